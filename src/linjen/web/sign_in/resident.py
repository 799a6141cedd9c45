"""Logga in (invånare): choosing how, the order page with its moving code, and the moment the session begins."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import msgspec
from litestar import Response
from litestar.response import Stream

from linjen.access.devices import browser_of
from linjen.access.sessions import begin_session
from linjen.access.sign_in_orders import use_order
from linjen.core.errors import LinjenError, NotFound, Refused, Unavailable
from linjen.core.logs import get_log
from linjen.integrations.bankid import QrCode, Web, error_key, is_mobile, qr_code, qr_content, start_link
from linjen.people.residents import note_language, see_resident
from linjen.people.sign_in import OWN_REASONS, Asking, BankIDSignIn, Standing, count_sign_in
from linjen.people.sign_in_companion import Companion
from linjen.units.service_status import find_status
from linjen.web.cookies import make_cookie
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page
from linjen.web.sign_in.browser import (
    attempt_of,
    begin_attempt,
    client_address,
    device_of,
    end_attempt,
    end_living,
    ended_words,
    safe_path,
    user_agent,
)
from linjen.web.status_words import status_in_words
from linjen.web.streams import frame
from linjen.web.telling import show_protection

log = get_log(__name__)

HOME = "/home"
#: What BankID says of an order that an app has opened: from then on its code is of no use to anybody.
_SCANNED = frozenset(("userSign", "userMrtd", "userCallConfirm", "processing"))
_GOES_ON = frozenset(("pending", "waiting"))
#: A stream is closed after so long, and its page opens another.
_LONGEST_STREAM_S = 5 * 60


def journey(exchange: Exchange) -> BankIDSignIn:
    """The BankID journey of this installation. Raises Unavailable('bankid_not_here') where it is not set up."""
    site = exchange.site
    if site.bankid is None:
        raise Unavailable("bankid_not_here")
    return BankIDSignIn(site.settings, site.database, site.sealer, site.bankid, site.person_data)


@get_page("/sign-in", verb="sign_in", who="anyone")
async def choose(exchange: Exchange) -> Response[Any]:
    """Choose where BankID is: on this device or on another."""
    wanted = safe_path(exchange.request.query_params.get("next", ""), HOME)
    if exchange.session is not None:
        return exchange.redirect(wanted)
    return await _choices(exchange, wanted, ended_words(exchange))


async def _choices(exchange: Exchange, wanted: str, problem: str = "", status: int = 200) -> Response[Any]:
    service = await _service(exchange)
    return exchange.page(
        "sign_in/choose.html", status=status, next=wanted, problem=problem, ready=exchange.site.bankid is not None,
        service=service,
    )  # fmt: skip


async def _service(exchange: Exchange) -> dict[str, str] | None:
    """The line about how the service is; while the database is away the page stands without it."""
    try:
        async with exchange.site.database.connection() as db:
            return status_in_words(exchange, await find_status(db))
    except Unavailable:
        return None


@post_page("/sign-in/bankid", verb="sign_in", who="anyone", limit="sign_in")
async def begin(exchange: Exchange) -> Response[Any]:
    """Begin an order, bound to this browser."""
    site, wanted = exchange.site, safe_path(exchange.text_of("next"), HOME)
    asking = Asking(
        end_user_ip=client_address(exchange),
        web=Web(
            referring_domain=urlsplit(site.settings.public_url).hostname or "",
            user_agent=user_agent(exchange), device_identifier=device_of(exchange),
        ),
        visible_text=exchange.say("sign_in.visible_text", region=site.settings.region_name),
    )  # fmt: skip
    try:
        order_id = await journey(exchange).begin(
            begin_attempt(exchange, "resident"), asking, same_device=exchange.text_of("device") == "same",
            return_page=f"{site.settings.public_url.rstrip('/')}/sign-in/bankid/return", return_to=wanted,
        )  # fmt: skip
    except (Unavailable, Refused) as error:
        if not error.reason.startswith("bankid_"):
            raise
        count_sign_in("bankid", error.reason)
        log.warning("bankid_not_begun", reason=error.reason)
        return await _choices(exchange, wanted, error_key(error), 503 if isinstance(error, Unavailable) else 409)
    return exchange.redirect(f"/sign-in/bankid/{order_id}")


@get_page("/sign-in/bankid/return", verb="sign_in", who="anyone")
async def come_back(exchange: Exchange) -> Response[Any]:
    """Where the app on the same device sends its person: only the browser that began goes on from here."""
    nonce = exchange.request.query_params.get("nonce", "")[:200]
    try:
        standing = await journey(exchange).come_back(nonce, attempt_of(exchange, "resident"))
    except (NotFound, Refused):
        return _elsewhere(exchange)
    if standing.may_enter:
        return await _enter(exchange, standing)
    return exchange.redirect(f"/sign-in/bankid/{standing.order.id}")


@get_page("/sign-in/bankid/{order_id:str}", verb="sign_in", who="anyone")
async def show_order(exchange: Exchange) -> Response[Any]:
    """The order: the code or the start button, what happens now, and the way back."""
    order_id = exchange.id_of("order_id")
    try:
        standing = await journey(exchange).follow(order_id, attempt_of(exchange, "resident"))
    except NotFound:
        return exchange.redirect(HOME) if exchange.session else _elsewhere(exchange)
    if standing.may_enter:
        return await _enter(exchange, standing)
    if standing.status == "used":
        return exchange.redirect(standing.order.return_to if exchange.session else "/sign-in")
    if standing.status == "failed":
        return _ended(exchange, standing)
    code = _code(standing)
    return exchange.page(
        "sign_in/order.html", order_id=str(order_id), same_device=standing.order.same_device,
        waiting=standing.status == "complete", words=standing.words_key(mobile=_mobile(exchange)),
        start=_start_address(exchange, standing), code=code.drawn() if code else None,
        phone=exchange.site.demo_links.get("bankid_phone", ""),
    )  # fmt: skip


def _mobile(exchange: Exchange) -> bool:
    return is_mobile(user_agent(exchange))


def _start_address(exchange: Exchange, standing: Standing) -> str:
    """The link that opens the app on this device with the order as it is now."""
    if not standing.order.same_device:
        return ""
    phone = exchange.site.demo_links.get("bankid_phone", "")
    return start_link(
        standing.secret.order.auto_start_token, user_agent(exchange),
        return_url=standing.secret.asking.return_url, app_url=f"{phone.rstrip('/')}/start" if phone else "",
    )  # fmt: skip


def _code(standing: Standing) -> QrCode | None:
    """The code of this second, None where there is nothing to scan, or no longer. Its secret stays on the server."""
    if standing.status != "pending" or standing.order.same_device or standing.order.hint in _SCANNED:
        return None
    order = standing.secret.order
    return qr_code(qr_content(order.qr_start_token, order.qr_start_secret, standing.qr_seconds))


def _ended(exchange: Exchange, standing: Standing) -> Response[Any]:
    hint = standing.order.hint
    title = f"sign_in.refused.{hint}.title" if hint in OWN_REASONS else "sign_in.ended.title"
    return exchange.page(
        "sign_in/ended.html", title=title, words=standing.words_key(mobile=_mobile(exchange)),
        again=hint not in {"too_young", "deregistered"}, next=standing.order.return_to,
        device="same" if standing.order.same_device else "other",
    )  # fmt: skip


def _elsewhere(exchange: Exchange) -> Response[Any]:
    return exchange.page("sign_in/elsewhere.html", status=403)


async def _enter(exchange: Exchange, standing: Standing) -> Response[Any]:
    """The session begins, with a token of its own; what the browser had before is worthless now."""
    site, person_id = exchange.site, standing.order.person_id
    await end_living(exchange, exchange.session)
    async with site.database.transaction() as db:
        if person_id is None or not await use_order(db, standing.order.id):
            return exchange.redirect("/sign-in")
        device = browser_of(exchange.request.headers.get("user-agent") or "")
        token = await begin_session(db, site.settings, "resident", person_id, language=exchange.words, device=device)
        resident = await see_resident(db, person_id)
        await note_language(db, resident, exchange.language)
    if resident.protected == "yes":  # the register may have said so just now
        await show_protection(site, [person_id])
    count_sign_in("bankid")
    end_attempt(exchange, "resident")
    exchange.cookies.append(make_cookie(site.settings, "resident", token))
    return exchange.redirect(standing.order.return_to)


@get_page("/sign-in/bankid/{order_id:str}/state", verb="sign_in", who="anyone")
async def tell_state(exchange: Exchange) -> Response[Any]:
    """How it goes, for the page's script: status, hint, text, the code of this second, and the start link, which
    changes with a renewal.
    """
    try:
        standing = await journey(exchange).follow(exchange.id_of("order_id"), attempt_of(exchange, "resident"))
    except NotFound:
        return Response({"status": "elsewhere"}, status_code=404)
    return Response(_state(exchange, standing))


def _state(exchange: Exchange, standing: Standing) -> dict[str, Any]:
    key = standing.words_key(mobile=_mobile(exchange))
    return {
        "status": "waiting" if standing.status == "complete" and not standing.may_enter else standing.status,
        "hint": standing.order.hint, "key": key, "text": exchange.say(key),
        "start": _start_address(exchange, standing) if standing.status == "pending" else "",
        "code": _code(standing),
    }  # fmt: skip


@get_page("/sign-in/bankid/{order_id:str}/stream", verb="sign_in", who="anyone")
async def stream_state(exchange: Exchange) -> Response[Any]:
    """The same as a stream, a second apart, until it is over: one request for a whole sign-in."""
    own, browser = journey(exchange), attempt_of(exchange, "resident")
    try:
        standing = await own.see(exchange.id_of("order_id"), browser)
    except NotFound:
        return Response({"status": "elsewhere"}, status_code=404)
    headers = {"x-accel-buffering": "no"}
    told = _tell_each_second(exchange, Companion(own, standing, browser))
    return Stream(told, media_type="text/event-stream; charset=utf-8", headers=headers)


async def _tell_each_second(exchange: Exchange, companion: Companion) -> AsyncIterator[bytes]:
    ending = exchange.site.hub.ending
    try:
        yield b"retry: 1000\n\n"
        for _ in range(_LONGEST_STREAM_S):
            state = _state(exchange, await companion.look())
            yield frame("state", msgspec.json.encode(state).decode())
            if state["status"] not in _GOES_ON or await _is_set(ending, 1.0):
                return
    except LinjenError as error:  # such as the database being away: the page comes back by itself
        log.warning("sign_in_stream_cut", reason=error.reason)
    finally:
        companion.leave()


async def _is_set(event: asyncio.Event, within_s: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            return await event.wait()
    return False


@post_page("/sign-in/bankid/{order_id:str}/cancel", verb="sign_in", who="anyone")
async def cancel(exchange: Exchange) -> Response[Any]:
    """Turn back to the choice; the order ends at BankID too."""
    order_id: UUID = exchange.id_of("order_id")
    wanted = HOME
    try:
        wanted = (await journey(exchange).cancel(order_id, attempt_of(exchange, "resident"))).order.return_to
    except LinjenError as error:
        log.info("sign_in_not_cancelled", reason=error.reason)
    end_attempt(exchange, "resident")
    return exchange.redirect("/sign-in" if wanted == HOME else f"/sign-in?next={quote(wanted, safe='/')}")


ROUTES = [choose, begin, come_back, show_order, tell_state, stream_state, cancel]
