"""Aviseringar: how a resident is told that something has happened: by SMS, on which devices, and when it is quiet."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from linjen.access.devices import browser_of
from linjen.cases.patients.muting import choose_notices
from linjen.core import clock, swedish
from linjen.core.connection import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.phone import display_phone
from linjen.integrations.web_push import Subscription
from linjen.notices.failing import is_failing
from linjen.people.push_devices import add_device, end_device, list_devices
from linjen.people.quiet_hours import Quiet, choose_quiet, find_quiet
from linjen.people.residents import find_phone, see_resident
from linjen.web.exchange import Exchange
from linjen.web.resident.phone import keep_phone
from linjen.web.resident.sign_ins import device_words
from linjen.web.routing import get_page, post_page
from linjen.web.sign_in.browser import user_agent

_PAGE: Final = "/profile/notices"
#: What the page says by itself after a change, by the word in its address.
_DONE: Final = frozenset({"phone", "erased", "quiet", "here", "ended"})


@get_page("/profile/notices", verb="profile", who="resident")
async def show_notices(exchange: Exchange) -> Response[Any]:
    """Her choices, and whether her number works."""
    return await _show(exchange)


@post_page("/profile/notices/phone", verb="profile", who="resident")
async def save_phone(exchange: Exchange) -> Response[Any]:
    """The page with a word of it, or with what was typed and what has to be changed."""
    typed, wrong = await keep_phone(exchange)
    if wrong:
        return await _show(exchange, typed, wrong)
    return exchange.redirect(f"{_PAGE}?done={'phone' if typed else 'erased'}")


@post_page("/profile/notices/quiet", verb="profile", who="resident")
async def save_quiet(exchange: Exchange) -> Response[Any]:
    """Keep her quiet hours. Raises Invalid('quiet_hour')."""
    hours = [exchange.number_of(name, -1) for name in ("quiet_from", "quiet_until")]
    if exchange.text_of("quiet", longest=3) == "no":
        hours = [0, 0]
    async with exchange.site.database.transaction() as db:
        await choose_quiet(db, exchange.by.person_id, Quiet(*hours))
    return exchange.redirect(f"{_PAGE}?done=quiet#quiet")


@post_page("/profile/notices/devices", verb="profile", who="resident")
async def add_this_device(exchange: Exchange) -> Response[Any]:
    """The browser's subscription, sent by the page's script: nothing to say, or why it is not kept."""
    push = exchange.site.push
    if push is None:
        raise NotFound("push")
    names = ("endpoint", "p256dh", "auth")
    try:
        to = Subscription(*(exchange.text_of(name, longest=1000) for name in names))
        async with exchange.site.database.transaction() as db:
            name = browser_of(user_agent(exchange))
            await add_device(db, exchange.site.sealer, exchange.by.person_id, to, name, push.hosts)
    except (Invalid, Refused) as error:
        known = error.reason in {"too_many_devices", "push_protected", "push_host"}
        key = error.reason if known else "push_failed"
        return Response({"text": exchange.say(f"my_notices.push.{key}")}, status_code=409)
    return Response(None, status_code=204)


@post_page("/profile/notices/devices/{device_id:str}/removals", verb="profile", who="resident")
async def remove_device(exchange: Exchange) -> Response[Any]:
    """One of hers is told no more."""
    async with exchange.site.database.transaction() as db:
        await end_device(db, exchange.by.person_id, exchange.id_of("device_id"))
    return exchange.redirect(f"{_PAGE}?done=ended#push")


@post_page("/cases/{case_id:str}/notices", verb="choose_notices", who="resident")
async def choose(exchange: Exchange) -> Response[Any]:
    """Avisera mig om det här ärendet: back to the case."""
    wanted = exchange.text_of("notices", longest=5)
    if wanted not in {"on", "off"}:
        raise Invalid("choice", "notices")
    case_id = exchange.id_of("case_id")
    async with exchange.site.database.transaction() as db:
        await choose_notices(db, exchange.by, case_id, wanted == "on")
    return exchange.redirect(f"/cases/{case_id}#case-notices")


async def _show(exchange: Exchange, typed: str | None = None, error: str = "") -> Response[Any]:
    by, site = exchange.by, exchange.site
    async with site.database.transaction() as db:
        person = await see_resident(db, by.person_id)
        kept = await find_phone(db, by.person_id)
        quiet = await find_quiet(db, by.person_id)
        failing = bool(kept) and await is_failing(db, by.person_id)
        devices = await _devices(db, exchange) if site.push is not None else []
    done = exchange.request.query_params.get("done", "")
    return exchange.page(
        "resident/notices.html", status=422 if error else 200, tab="profile", sms=site.sms is not None, push=site.push,
        protected=person.protected == "yes", failing=failing, devices=devices, error=error,
        phone=typed if typed is not None else display_phone(kept) if kept else "",
        errors=[{"field": "phone", "text": error}] if error else [],
        done=done if done in _DONE and not error else "", quiet=quiet, is_quiet=quiet.from_hour != quiet.until_hour,
        hours=[{"value": hour, "text": exchange.say("my_notices.quiet.hour", hour=f"{hour:02}")} for hour in range(24)],
    )  # fmt: skip


async def _devices(db: Connection, exchange: Exchange) -> list[dict[str, str]]:
    now, language = clock.now(), exchange.language
    return [
        {
            "id": str(one.id), "mark": one.mark, "name": device_words(exchange, one.name),
            "since": exchange.say("my_notices.push.since", when=swedish.moment_words(one.since, now, language)),
        }
        for one in await list_devices(db, exchange.site.sealer, exchange.by.person_id)
    ]  # fmt: skip


ROUTES = [show_notices, save_phone, save_quiet, add_this_device, remove_device, choose]
