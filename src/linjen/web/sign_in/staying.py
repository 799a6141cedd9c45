"""Stanna, låsa, logga ut: how a session is kept alive, locked and ended, and which language it speaks."""

from __future__ import annotations

import re
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from linjen.access.locking import lock_session
from linjen.access.sessions import set_language
from linjen.cases.moves.left_behind import list_held, list_held_elsewhere, return_mine
from linjen.core.errors import Invalid
from linjen.core.ids import parse_id
from linjen.people.residents import note_language, see_resident
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, nearest_page, post_page
from linjen.web.sign_in.browser import referring_path, safe_path, sign_out
from linjen.web.sign_in.staff import INSIDE, wanted_path
from linjen.web.words import LANGUAGES, tongue_of
from linjen.web.words.made_up import MADE_UP

_OF_CASE = re.compile(r"/clinic/cases/([0-9a-f-]{36})(?:[/?#]|$)")
_LANGUAGE_S = 400 * 24 * 3600


@post_page("/sign-out", verb="sign_out", who="resident")
async def leave(exchange: Exchange) -> Response[Any]:
    """Logga ut (invånare): the session ends here and in every open window."""
    await sign_out(exchange, exchange.session, "resident")
    return _forgotten(exchange.redirect("/"))


def _forgotten(response: Response[Any]) -> Response[Any]:
    """No page is kept in the browser to go back to. Cookies and storage stay: others of this host use them, too."""
    response.headers["clear-site-data"] = '"cache"'
    return response


@post_page("/session/extend", verb="stay", who="resident")
async def stay(exchange: Exchange) -> Response[Any]:
    """Stay signed in. Being asked is enough: finding the session has written that it was seen."""
    return _time_left(exchange, safe_path(referring_path(exchange), "/home"))


@post_page("/clinic/alive", verb="stay", who="staff")
async def stay_at_clinic(exchange: Exchange) -> Response[Any]:
    """Tell that somebody sits there, sent by the page's script while keys and pointer are used.

    On the page of a case she counts as one who reads it, as far as its stream has asked the policy (web/presence.py).
    """
    if (case := _OF_CASE.match(referring_path(exchange))) and (case_id := parse_id(case[1])):
        exchange.site.presence.active(case_id, exchange.by.person_id)
    return _time_left(exchange, safe_path(referring_path(exchange), "/clinic", INSIDE))


def _time_left(exchange: Exchange, back: str) -> Response[Any]:
    if exchange.request.headers.get("x-linjen") and exchange.session is not None:
        return Response({"idle_left_s": exchange.session.idle_left_s})
    return exchange.redirect(back)


@get_page("/clinic/locked", verb="lock", who="staff")
async def show_lock(exchange: Exchange) -> Response[Any]:
    """The locked screen: nothing of any case, and the way to unlock by signing in anew."""
    wanted = wanted_path(exchange) or safe_path(referring_path(exchange), "", INSIDE)
    if exchange.session is None or not exchange.session.locked:
        return exchange.redirect(wanted or "/clinic")
    return exchange.page("sign_in/locked.html", next=wanted)


@post_page("/clinic/locked", verb="lock", who="staff")
async def lock(exchange: Exchange) -> Response[Any]:
    """Lock the screen now; drafts and what is under way stay as they are."""
    await lock_session(exchange.site.database, exchange.by.session_id)
    exchange.site.hub.end_session(exchange.by.session_id)
    return exchange.redirect("/clinic/locked")


@post_page("/clinic/sign-out", verb="sign_out", who="staff")
async def leave_clinic(exchange: Exchange) -> Response[Any]:
    """Logga ut (personal). Who still holds cases is first led through them; what is left then goes back to its queue.

    A locked session may do this too, and who has chosen no unit yet: her cases go back at once, since nothing of them
    can be shown.
    """
    session, database = exchange.session, exchange.site.database
    if session is not None:
        if session.unit_id is not None and not session.locked and not exchange.text_of("leave", longest=10):
            async with database.connection() as db:
                held = await list_held(db, exchange.by) or await list_held_elsewhere(db, exchange.by)
            if held:
                return exchange.redirect("/clinic/leaving?out=1")
        async with database.transaction() as db:
            await return_mine(db, exchange.by)
    await sign_out(exchange, exchange.session, "staff")
    return _forgotten(exchange.redirect("/clinic/sign-in"))


@post_page("/language", verb="choose_language", who="anyone")
async def choose_language(exchange: Exchange) -> Response[Any]:
    """Speak another language from now on, and go back to the page where it was chosen."""
    await speak(exchange, exchange.text_of("language"))
    return exchange.redirect(_back(exchange))


async def speak(exchange: Exchange, language: str) -> None:
    """Speak this language, or this easier way of it, from the next page on. Raises Invalid('unknown_language')."""
    if language not in LANGUAGES and not (language == MADE_UP and exchange.site.settings.made_up_language):
        raise Invalid("unknown_language", "language")
    if exchange.session is not None:
        async with exchange.site.database.transaction() as db:
            await set_language(db, exchange.session.id, language)
            if exchange.session.kind == "resident":
                resident = await see_resident(db, exchange.session.person_id)
                await note_language(db, resident, tongue_of(language))
    exchange.cookies.append(Cookie(
        key="linjen-language", value=language, path="/", httponly=True, samesite="lax", max_age=_LANGUAGE_S,
        secure=exchange.site.settings.cookie_secure,
    ))  # fmt: skip


def _back(exchange: Exchange) -> str:
    """The page it was chosen on, sign-in pages included; its path from the form where the browser tells no referer."""
    for path in (referring_path(exchange), exchange.text_of("next")):
        if safe_path("/x" + path, "") and path.startswith("/"):
            return nearest_page(exchange.request.app, path)
    return "/"


ROUTES = [leave, stay, stay_at_clinic, show_lock, lock, leave_clinic, choose_language]
