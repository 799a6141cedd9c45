"""Support: help with the service itself, by telephone or in writing, and the two numbers for help with one's health."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import Response

from linjen.core.errors import Invalid
from linjen.core.ids import new_id, parse_id
from linjen.people.support import ABOUT, ANSWER_BY, LONGEST, ask_support, check_asked
from linjen.triage.own_words.tripwire import ALARM_LEVELS, finding_levels
from linjen.triage.own_words.unheard import heard_in
from linjen.units.service_status import find_status
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page
from linjen.web.status_words import status_in_words

#: From the series that is reserved for fiction: this region is invented, and its support must ring nobody.
PHONE = ("070-174 06 90", "+46701740690")
_FIELDS = ("about", "text", "answer_by", "reach")


@get_page("/support", verb="support", who="anyone")
async def show_support(exchange: Exchange) -> Response[Any]:
    """Where to turn when the service is hard to use, and what to do while it does not work. Also before signing in."""
    return await _page(exchange)


@post_page("/support", verb="support", who="anyone", limit="support")
async def write(exchange: Exchange) -> Response[Any]:
    """Back to the page, which thanks her; or the form anew. Words that may mean danger are met with 112 first, and are
    sent when she presses once more.
    """
    typed = {field: exchange.text_of(field, longest=10_000) for field in _FIELDS}
    request_id = parse_id(exchange.text_of("request_id", longest=40))
    asked, faults = check_asked(**typed)
    danger = await _is_danger(typed["text"])
    if request_id is None:
        faults.append(Invalid("unreadable", "text"))
    if faults or request_id is None:
        return await _page(exchange, typed, faults, danger=danger, status=422)
    if danger and exchange.text_of("told", longest=10) != "yes":
        return await _page(exchange, typed, danger=True, status=422)
    person_id = exchange.session.person_id if exchange.session else None
    try:
        async with exchange.site.database.transaction() as db:
            await ask_support(db, exchange.site.sealer, person_id, request_id, asked, exchange.language)
    except Invalid as error:
        return await _page(exchange, typed, [error], danger=danger, status=422)
    return exchange.redirect("/support?sent=1#main")


async def _is_danger(text: str) -> bool:
    """Whether the tripwire hears what may be dangerous; nobody in care reads what is written here."""
    hits, levels = await asyncio.to_thread(heard_in, text), finding_levels()
    return any(levels.get(code) in ALARM_LEVELS for code in hits)


async def _page(
    exchange: Exchange, typed: dict[str, str] | None = None, faults: Sequence[Invalid] = (), *,
    danger: bool = False, status: int = 200,
) -> Response[Any]:  # fmt: skip
    phone, dialled = PHONE
    say = exchange.say
    told: dict[str, str] = {}
    for fault in faults:
        told.setdefault(fault.field, exchange.told(fault, "support.form.fault", longest=LONGEST))
    async with exchange.site.database.connection() as db:
        standing = status_in_words(exchange, await find_status(db))
    return exchange.page(
        "resident/support.html", status=status, tab="support", phone=phone, dialled=dialled, longest=LONGEST,
        typed=typed or dict.fromkeys(_FIELDS, ""), error_of={name: told.get(name) for name in _FIELDS},
        errors=[{"field": field, "text": _apart(exchange, field, text)} for field, text in told.items()],
        danger=danger, told="yes",
        about_options=[{"value": one, "text": say(f"support.form.about_what.{one}")} for one in ABOUT],
        by_options=[{"value": one, "text": say(f"support.form.by.{one}")} for one in ANSWER_BY],
        request_id=exchange.form_id("request_id") if typed else str(new_id()),
        sent="sent" in exchange.request.query_params and status == 200,
        service=standing,
    )  # fmt: skip


def _apart(exchange: Exchange, field: str, text: str) -> str:
    """A fault as the summary says it: that of a choice with its question, since two choices have the same words."""
    return f"{exchange.say(f'support.form.{field}')} {text}" if field in {"about", "answer_by"} else text


ROUTES = [show_support, write]
