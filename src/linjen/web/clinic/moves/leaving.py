"""Inför stängning: one pass over what a person still holds, with a suggestion for each, before she leaves (F035, F036).

It is offered 45 minutes before the unit closes and when somebody signs out; what is left goes to the queue by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from linjen.cases.loading import note_refusal, see_case
from linjen.cases.moves.asynchronous import MOST_DAYS, make_asynchronous
from linjen.cases.moves.left_behind import list_held
from linjen.cases.moves.release import release
from linjen.cases.talk.message import LONGEST
from linjen.cases.timeline import find_last_move
from linjen.cases.waiting.ledger import LedgerRow, see_ledger
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.core.swedish import date_words, time_inside
from linjen.units.hours import closes_at, next_opening, staffed_until
from linjen.units.opening import see_schedule
from linjen.units.schedule import Schedule
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.case.meanwhile import moved_words
from linjen.web.clinic.moves.asynchronous import USUAL_DAYS
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page

#: How long before the unit closes the ledger begins to remind (routine F035).
BEFORE = timedelta(minutes=45)

CHOICES = ("async", "queue", "stay")

#: The verb behind each choice that does something.
_VERBS = {"async": "make_asynchronous", "queue": "release"}

#: Levels that somebody must take over rather than wait with.
_URGENT = 2


class Closing(msgspec.Struct, frozen=True):
    """The end of a unit's day when it is near: when it closes to residents (None: it has) and when its staff leaves."""

    closes_at: datetime | None
    staffed_until: datetime


def closing_near(schedule: Schedule, at: datetime) -> Closing | None:
    """The closing that is at most 45 minutes away, or has been while the staff is still there."""
    closes, leaves = closes_at(schedule, at), staffed_until(schedule, at)
    if leaves is None or (closes is not None and closes - at > BEFORE):
        return None
    return Closing(closes, leaves)


def closing_words(exchange: Exchange, near: Closing) -> str:
    """'Enheten stänger kl. 16.00. Personalen är kvar till kl. 16.30.'"""
    key = "closes" if near.closes_at else "closed"
    closes = time_inside(near.closes_at) if near.closes_at else ""
    return exchange.say(f"leaving.{key}", closes=closes, until=time_inside(near.staffed_until))


@get_page("/clinic/leaving", verb="ledger", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """All that this person holds and that is not asynchronous; the cases themselves are a press away."""
    return await _show(exchange)


@post_page("/clinic/leaving", verb="ledger", who="staff")
async def settle(exchange: Exchange) -> Response[Any]:
    """Do what was chosen for each case; what could not be done is told, and the rest is done."""
    by, site = exchange.by, exchange.site
    failed: dict[UUID, str] = {}
    to_fill: dict[UUID, str] = {}
    async with site.database.connection() as db:
        held = await list_held(db, by)
    for case_id in dict.fromkeys((*held, *_sent_cases(exchange))):
        choice = exchange.text_of(f"do-{case_id}", longest=10)
        tell = exchange.text_of(f"tell-{case_id}", longest=LONGEST + 1)
        try:
            async with site.database.transaction() as db:
                await _settle(db, exchange, case_id, choice, tell)
        except Invalid as error:
            to_fill[case_id] = exchange.told(error, "asynchronous", longest=LONGEST, most=MOST_DAYS)
        except (Refused, NotFound) as error:
            await note_refusal(site.database, by, _VERBS[choice], case_id, error)
            failed[case_id] = exchange.say("leaving.failed_one")
    if failed or to_fill:
        return await _show(exchange, failed, to_fill)
    return exchange.redirect("/clinic/leaving?done=yes" + ("&out=1" if _is_leaving(exchange) else ""))


def _is_leaving(exchange: Exchange) -> bool:
    """Whether she came here by signing out, and so may go in the middle of the day."""
    return bool(exchange.request.query_params.get("out") or exchange.text_of("out", longest=1))


def _sent_cases(exchange: Exchange) -> list[UUID]:
    """The cases of which the form says something: one that somebody has taken meanwhile is held no more."""
    names = (name.removeprefix("do-") for name in exchange.form if name.startswith("do-"))
    return [found for one in names if (found := parse_id(one))]


async def _settle(db: Connection, exchange: Exchange, case_id: UUID, choice: str, tell: str) -> None:
    if choice == "async":
        await make_asynchronous(db, exchange.site.sealer, exchange.by, case_id, USUAL_DAYS, tell)
    elif choice == "queue":
        await release(db, exchange.by, case_id, exchange.site.sealer, tell)


async def _show(
    exchange: Exchange, failed: Mapping[UUID, str] | None = None, to_fill: Mapping[UUID, str] | None = None
) -> Response[Any]:
    """What is still held; with `failed` what has changed meanwhile, and with `to_fill` whose text is to be changed."""
    by, at, failed, to_fill = exchange.by, clock.now(), failed or {}, to_fill or {}
    if by.unit_id is None:
        return exchange.redirect("/clinic/units")
    async with exchange.site.database.connection() as db:
        held = await list_held(db, by)
        rows = [row for row in await see_ledger(db, by, "mine") if row.case_id in set(held)]
        schedule = await see_schedule(db, by.unit_id)
    lost = [await _lost(exchange, one) for one in (*failed, *to_fill) if one not in set(held)]
    near = closing_near(schedule, at)
    return exchange.page(
        "clinic/moves/leaving.html",
        status=409 if failed else 422 if to_fill else 200, rows=[_row(exchange, row, schedule, at) for row in rows],
        near=closing_words(exchange, near) if near else "", failed={str(one): words for one, words in failed.items()},
        to_fill={str(one): words for one, words in to_fill.items()}, longest=LONGEST, lost=lost,
        done=bool(exchange.request.query_params.get("done")), leaving=_is_leaving(exchange),
    )  # fmt: skip


async def _lost(exchange: Exchange, case_id: UUID) -> dict[str, str]:
    """What was chosen for a case that she holds no more: who has it now, and the words that were not sent."""
    tell = exchange.text_of(f"tell-{case_id}", longest=LONGEST * 4)
    try:
        async with exchange.site.database.transaction() as db:
            case = await see_case(db, exchange.by, case_id)
            head, last = await case_head(db, exchange, case), await find_last_move(db, case_id)
    except NotFound:
        return {"case_id": "", "name": exchange.say("leaving.gone"), "moved": "", "tell": tell}
    name, moved = f"{head.reason}, {head.age}", f"{head.status}. {moved_words(exchange, last)}"
    return {"case_id": str(case_id), "name": name, "moved": moved, "tell": tell}


def _row(exchange: Exchange, row: LedgerRow, schedule: Schedule, at: datetime) -> dict[str, Any]:
    suggested = "queue" if row.priority <= _URGENT or row.unread else "async"
    until, opens = clock.local_date(at) + timedelta(days=USUAL_DAYS), next_opening(schedule, at)
    next_day = date_words(clock.local_date(opens)) if opens else exchange.say("leaving.next_day")
    told_day = date_words(until) if suggested == "async" else next_day
    return {
        "case_id": str(row.case_id), "level": row.priority, "age": age_words(row.birth_on, at), "unread": row.unread,
        "reason": reason_on(exchange.site.shelf, row.entry, row.reason, row.protocol), "suggested": suggested,
        "options": [{"value": one, "text": _choice_in_words(exchange, one, until)} for one in CHOICES],
        "tell": exchange.say(f"leaving.tell.{suggested}", date=told_day), **_typed(exchange, row.case_id),
    }  # fmt: skip


def _choice_in_words(exchange: Exchange, choice: str, until: date) -> str:
    key = "stay_out" if choice == "stay" and _is_leaving(exchange) else choice
    return exchange.say(f"leaving.choice.{key}", date=date_words(until))


def _typed(exchange: Exchange, case_id: UUID) -> dict[str, str]:
    """What this case's part of the form held when it was sent: nothing typed is lost where something was refused."""
    if f"do-{case_id}" not in exchange.form:
        return {}
    choice, tell = (
        exchange.text_of(f"do-{case_id}", longest=10),
        exchange.text_of(f"tell-{case_id}", longest=LONGEST * 4),
    )
    return {"tell": tell, **({"suggested": choice} if choice in CHOICES else {})}


ROUTES = [show, settle]
