"""How a page is declared: its path, its verb and who may come; session, token, errors and refusals in one place.

A handler takes an Exchange and returns a Response. A route without a verb cannot be made, and a house test reads the
declarations from the router itself.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import SplitResult, quote, urlsplit

from litestar import Litestar, Request, Response
from litestar import get as litestar_get
from litestar import post as litestar_post
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException, HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from linjen.access.sessions import Session, find_session
from linjen.cases.loading import note_refusal
from linjen.cases.patients.patients import note_patient_refusal
from linjen.cases.tickets.ticket import note_ticket_refusal
from linjen.core.errors import LinjenError, NotFound, Refused, Unavailable
from linjen.core.ids import parse_id
from linjen.core.logs import get_log
from linjen.web import rate
from linjen.web.clinic.case.meanwhile import tell_meanwhile
from linjen.web.cookies import cookie_name
from linjen.web.exchange import Exchange
from linjen.web.faults import fault_page, typed_in
from linjen.web.resident.outgrown import tell_outgrown
from linjen.web.site import Site
from linjen.web.words import LANGUAGES
from linjen.web.words.made_up import MADE_UP

log = get_log(__name__)

Who = Literal["anyone", "resident", "staff"]
Handler = Callable[[Exchange], Awaitable[Response[Any]]]

_SIGN_IN = {"resident": "/sign-in", "staff": "/clinic/sign-in"}


def get_page(path: str, *, verb: str, who: Who, limit: str = "") -> Callable[[Handler], HTTPRouteHandler]:
    """A page that is read."""

    def declare(handler: Handler) -> HTTPRouteHandler:
        async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
            return await _answer(handler, request, who, limit)

        answer.__name__ = getattr(handler, "__name__", "page")
        return litestar_get(path, opt={"verb": verb, "who": who}, include_in_schema=False)(answer)

    return declare


def post_page(
    path: str, *, verb: str, who: Who, limit: str = "", max_body: int = 256 * 1024
) -> Callable[[Handler], HTTPRouteHandler]:
    """A form that is sent; `max_body` in bytes."""

    def declare(handler: Handler) -> HTTPRouteHandler:
        async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
            return await _answer(handler, request, who, limit)

        answer.__name__ = getattr(handler, "__name__", "form")
        decorator = litestar_post(
            path,
            opt={"verb": verb, "who": who},
            include_in_schema=False,
            status_code=200,
            request_max_body_size=max_body,
        )
        return decorator(answer)

    return declare


def site_of(request: Request[Any, Any, Any]) -> Site:
    """The site that a request came to (see pages.py)."""
    site: Site = request.state.site
    return site


async def _answer(handler: Handler, request: Request[Any, Any, Any], who: Who, limit: str) -> Response[Any]:
    site = site_of(request)
    exchange = Exchange(request, site, None, "sv" if who == "staff" else wanted_language(request), "")
    try:
        rate.check(limit, request)
        exchange.session = await _session(site, request, "staff" if who == "staff" else "resident")
        turned_away = _turn_away(exchange, who)
        if turned_away is not None:
            return await _told_locked(exchange) or turned_away
        if exchange.session is not None:
            rate.check_person(limit, str(exchange.session.person_id))
        await _welcome(exchange, who)
        if request.method == "POST":
            await _check_form(exchange)
        return await handler(exchange)
    except LinjenError as error:
        if isinstance(error, Unavailable):
            await _keep_typed(exchange)
        await _note(exchange, error)
        meanwhile = None if request.headers.get("x-linjen") else await tell_meanwhile(exchange, error)
        return fault_page(exchange, await tell_outgrown(exchange, error), meanwhile)


async def _keep_typed(exchange: Exchange) -> None:
    """Where the database is away nobody can be recognised; what our own page sent is given back to who sent it."""
    request = exchange.request
    told = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if request.method == "POST" and not exchange.form and any(told) and is_same_origin(*told, exchange.site):
        with contextlib.suppress(LinjenError, ValueError, LookupError, TypeError, AssertionError, HTTPException):
            exchange.form = await request.form()


async def _told_locked(exchange: Exchange) -> Response[Any] | None:
    """A form of a page without script that came when the screen was locked: the lock page has what was typed in it."""
    request, session = exchange.request, exchange.session
    if session is None or not session.locked or request.method != "POST" or request.headers.get("x-linjen"):
        return None
    await _welcome(exchange, "staff")
    with contextlib.suppress(LinjenError, HTTPException):
        await _check_form(exchange)
        if typed := typed_in(exchange):
            return exchange.page("sign_in/locked.html", status=409, next="", typed=typed)
    return None


async def _session(site: Site, request: Request[Any, Any, Any], kind: str) -> Session | None:
    token = request.cookies.get(cookie_name(site.settings, kind))
    touch = _is_use(request)
    return await find_session(site.database, site.settings, token, kind, touch=touch) if token else None


def _is_use(request: Request[Any, Any, Any]) -> bool:
    """Whether somebody sits there. What a page's script fetches when others have done something, and that a message
    came into view, happen on a screen that was left, too; keys and pointer are told by session.js.
    """
    seen_only = request.method == "GET" or request.route_handler.opt.get("verb") == "mark_read"
    return not (seen_only and request.headers.get("x-linjen"))


def _turn_away(exchange: Exchange, who: Who) -> Response[Any] | None:
    """The way to the sign-in for who must sign in, to the lock page for a locked staff session."""
    session, path = exchange.session, exchange.request.url.path
    if who == "anyone":
        return None
    if session is None:
        if exchange.request.headers.get("x-linjen"):
            return Response({"reason": "signed_out"}, status_code=401)
        wanted = path if exchange.request.method == "GET" else exchange.request.headers.get("referer", "")
        ended = "&why=ended" if cookie_name(exchange.site.settings, who) in exchange.request.cookies else ""
        return exchange.redirect(f"{_SIGN_IN[who]}?next={quote(split_address(wanted).path, safe='/')}{ended}")
    if session.locked and path not in {"/clinic/locked", "/clinic/sign-out"}:
        if exchange.request.headers.get("x-linjen"):
            return Response({"reason": "locked"}, status_code=401)
        return exchange.redirect(_to_lock(exchange))
    return None


def _to_lock(exchange: Exchange) -> str:
    """The lock page, told which page was asked for: who goes back from it names in her referer another one."""
    request = exchange.request
    if request.method != "GET":
        return "/clinic/locked"
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/clinic/locked?next={quote(request.url.path + query, safe='/')}"


async def _welcome(exchange: Exchange, who: Who) -> None:
    """Fill in who it is, the language and the token that forms must bring back."""
    site, session = exchange.site, exchange.session
    if session is None:
        return
    exchange.csrf = csrf_token(site, session)
    exchange.words = "sv" if session.kind == "staff" else session.language
    exchange.person, exchange.unit = await site.faces.look_up(session.kind, session.person_id, session.unit_id)


def csrf_token(site: Site, session: Session) -> str:
    """The token that this session's forms carry."""
    return site.sealer.token("csrf", session.id.bytes)


async def _check_form(exchange: Exchange) -> None:
    request = exchange.request
    if not is_same_origin(request.headers.get("sec-fetch-site"), request.headers.get("origin"), exchange.site):
        raise Refused("foreign_origin")
    try:
        exchange.form = await request.form()
    except LinjenError:
        raise
    except (ValueError, LookupError, TypeError, AssertionError) as error:  # such as a part in an unheard-of charset
        raise ClientException("unreadable") from error
    if exchange.session is not None:
        given = exchange.form.get("csrf") or request.headers.get("x-csrf") or ""
        if not isinstance(given, str) or not secrets.compare_digest(given.encode(), exchange.csrf.encode()):
            raise Refused("form_expired")


def nearest_page(app: Litestar, path: str) -> str:
    """`path` when it can be looked at, else the nearest page above it: what a form was sent to is often none."""
    bare = path.partition("?")[0].rstrip("/")
    if not bare or _can_be_read(app, bare):
        return path
    while bare and not _can_be_read(app, bare):
        bare = bare.rpartition("/")[0]
    return bare or "/"


def _can_be_read(app: Litestar, path: str) -> bool:
    return any(shape.fullmatch(path) for shape in _read_shapes(app))


@lru_cache(maxsize=4)
def _read_shapes(app: Litestar) -> list[re.Pattern[str]]:
    """The addresses that a browser may ask for, as patterns."""
    paths = (route.path for route in app.routes if isinstance(route, HTTPRoute) and "GET" in route.methods)
    return [re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path).replace("\\:", ":"))) for path in paths]


def is_same_origin(fetch_site: str | None, origin: str | None, site: Site) -> bool:
    """Whether a change was sent from our own pages, by what the browser itself says; absent headers pass here."""
    return _is_same_origin(fetch_site, origin, site.settings.public_url)


@lru_cache(maxsize=256)
def _is_same_origin(fetch_site: str | None, origin: str | None, public_url: str) -> bool:
    if fetch_site is not None and fetch_site not in {"same-origin", "none"}:
        return False
    if origin is None or origin == "null":
        return origin is None or fetch_site == "same-origin"
    return split_address(origin)[:2] == urlsplit(public_url)[:2]


def split_address(text: str) -> SplitResult:
    """An address that a browser sends, in its parts; empty ones for what is none."""
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult("", "", "", "", "")


def wanted_language(request: Request[Any, Any, Any]) -> str:
    """The words that were chosen in this browser, else the language that it asks for, else Swedish."""
    chosen = request.cookies.get("linjen-language") or request.headers.get("accept-language") or "sv"
    wanted = chosen.lower()
    if wanted in LANGUAGES or (wanted == MADE_UP and site_of(request).settings.made_up_language):
        return wanted
    starts = ((one, (f"{one}-", f"{one},", f"{one};")) for one in LANGUAGES)
    return next((one for one, signs in starts if wanted == one or wanted.startswith(signs)), "sv")


async def _note(exchange: Exchange, error: LinjenError) -> None:
    """A refused attempt at a case, a ticket or a patient leaves its row in the access log."""
    if exchange.session and isinstance(error, NotFound | Refused):
        verb, database, by = (
            str(exchange.request.route_handler.opt.get("verb", "")),
            exchange.site.database,
            exchange.by,
        )
        case_id, ticket_id, patient_id = (
            parse_id(str(exchange.request.path_params.get(name, ""))) for name in ("case_id", "ticket_id", "patient_id")
        )
        if case_id is not None:
            await note_refusal(database, by, verb, case_id, error)
        elif ticket_id is not None:
            await note_ticket_refusal(database, by, verb, ticket_id, error)
        elif patient_id is not None:
            await note_patient_refusal(database, by, verb, patient_id, error)
    if isinstance(error, Unavailable):
        log.warning("unavailable", reason=error.reason, **error.detail)


__all__ = [
    "FormMultiDict",
    "Handler",
    "Who",
    "csrf_token",
    "get_page",
    "is_same_origin",
    "post_page",
    "wanted_language",
]
