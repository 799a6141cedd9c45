"""Här är du inloggad: each of the resident's sign-ins in plain words, and how she ends one of them or all."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.access.sign_ins import SignIn, end_sign_ins
from linjen.core import clock, swedish
from linjen.people.push_devices import end_all_devices
from linjen.web.cookies import erase_cookie
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


def sign_in_rows(exchange: Exchange, sign_ins: list[SignIn]) -> list[dict[str, Any]]:
    """What the profile shows of each."""
    return [_row(exchange, one) for one in sign_ins]


def _row(exchange: Exchange, one: SignIn) -> dict[str, Any]:
    at, language = clock.now(), exchange.language
    return {
        "id": str(one.id), "device": device_words(exchange, one.device), "here": one.id == exchange.by.session_id,
        "when": swedish.moment_words(one.begun_at, at, language),
        "seen": swedish.moment_words(one.seen_at, at, language),
    }  # fmt: skip


def device_words(exchange: Exchange, device: str) -> str:
    """ "Chrome på Android", as far as it is known."""
    browser, _, system = device.partition("/")
    names = {
        "browser": exchange.say(f"profile.devices.{browser}") if browser else "",
        "system": exchange.say(f"profile.devices.{system}") if system else "",
    }
    if browser and system:
        return exchange.say("profile.devices.both", **names)
    return names["browser"] or names["system"] or exchange.say("profile.devices.unknown")


@post_page("/profile/sign-ins/{sign_in_id:str}/ends", verb="profile", who="resident")
async def end_one(exchange: Exchange) -> Response[Any]:
    """Logga ut there. What is open in that browser is closed at once; one that has ended already is no fault."""
    await _end(exchange, exchange.id_of("sign_in_id"))
    return exchange.redirect("/profile?ended=one#sign-ins")


@post_page("/profile/sign-ins/ends", verb="profile", who="resident")
async def end_all(exchange: Exchange) -> Response[Any]:
    """Logga ut överallt: every session of hers, this one, too."""
    await _end(exchange)
    exchange.cookies.append(erase_cookie(exchange.site.settings, "resident"))
    response = exchange.redirect("/")
    response.headers["clear-site-data"] = '"cache"'
    return response


async def _end(exchange: Exchange, sign_in_id: Any = None) -> None:
    async with exchange.site.database.transaction() as db:
        ended = await end_sign_ins(db, exchange.by, sign_in_id)
        if sign_in_id is None:  # a device that she no longer has is told no more, either
            await end_all_devices(db, exchange.by.person_id)
    for session_id in ended:
        exchange.site.hub.end_session(session_id)


ROUTES = [end_one, end_all]
