"""Patientliggaren: the waiting cases in priority order, then those that somebody holds; several views of one list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from litestar import Response

from linjen.cases.alarms.late_alarms import LateAlarm, list_late_alarms
from linjen.cases.moves.left_behind import list_held_elsewhere
from linjen.cases.waiting.ledger import MOST, LedgerRow, see_ledger, was_used
from linjen.cases.waiting.ledger_filters import read_filters
from linjen.cases.waiting.queues import find_queues
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.ids import new_id
from linjen.records.waiting_work import count_waiting_work
from linjen.units.opening import see_schedule
from linjen.units.shutting import Shutting, find_shutting
from linjen.units.staff_message import StaffMessage, find_staff_message
from linjen.web.clinic.case.case_head import moment
from linjen.web.clinic.moves.day_end import closing_near, closing_words, hours_words
from linjen.web.clinic.talk.chats import chats_here
from linjen.web.clinic.waiting.ledger_tools import (
    Wanted,
    by_name,
    filters_of,
    ordered,
    search_words,
    shown_by,
    tools_here,
    view_of,
)
from linjen.web.clinic.waiting.views import views_with
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words, draw_row, draw_rows
from linjen.web.load_live import load_words
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page
from linjen.web.unit_words import stops_in_words

#: What has just been done, told once above the ledger; the words stand under ledger.done.
_DONE = ("closed", "released", "handed_over", "nobody_waits")

#: Views in which nothing waits for somebody to take it.
_HELD_ONLY = ("mine", "answer")

#: The view in which nobody has taken anything yet.
_QUEUED_ONLY = ("handed",)

#: Views that show everything that the reader holds herself.
_WITH_OWN = ("role", "mine")


@get_page("/clinic/ledger", verb="ledger", who="staff")
async def show_ledger(exchange: Exchange) -> Response[Any]:
    """What this person's role works with: the whole page, or for its own script only the table. 404 for who does not
    work with cases here.
    """
    return await _show(exchange, "role")


@get_page("/clinic/ledger/handed", verb="ledger", who="staff")
async def show_handed(exchange: Exchange) -> Response[Any]:
    """What has been handed over to this person or her role, and waits."""
    return await _show(exchange, "handed")


@get_page("/clinic/ledger/answer", verb="ledger", who="staff")
async def show_answer(exchange: Exchange) -> Response[Any]:
    """What waits for the patient to write."""
    return await _show(exchange, "answer")


@get_page("/clinic/ledger/unit", verb="ledger", who="staff")
async def show_unit(exchange: Exchange) -> Response[Any]:
    """Everything open at the unit that this person may see, whatever her role."""
    return await _show(exchange, "unit")


@get_page("/clinic/ledger/invited", verb="ledger", who="staff")
async def show_invited(exchange: Exchange) -> Response[Any]:
    """The cases that others keep and to which this person is invited."""
    return await _show(exchange, "invited")


@get_page("/clinic/mine", verb="ledger", who="staff")
async def show_mine(exchange: Exchange) -> Response[Any]:
    """The cases that this person holds."""
    return await _show(exchange, "mine")


@post_page("/clinic/ledger/search", verb="ledger", who="staff", limit="ledger_search")
async def search(exchange: Exchange) -> Response[Any]:
    """The view that it was asked from, with the rows that hold the words: by a form, since they may be a name."""
    view, words = view_of(exchange), search_words(exchange)
    filters = read_filters(parse_qsl(exchange.text_of("filters", longest=400)))
    found = await by_name(exchange, view)
    return await _show(exchange, view, Wanted(filters, words, found))


async def _show(exchange: Exchange, view: str, wanted: Wanted | None = None) -> Response[Any]:
    by, site = exchange.by, exchange.site
    if by.unit_id is None:
        return exchange.redirect("/clinic/units")
    alone = bool(exchange.request.headers.get("x-linjen"))
    wanted = wanted or Wanted(filters_of(exchange))
    version = site.hub.ledger_version(by.unit_id)  # read first: what is committed meanwhile makes the script look again
    async with site.database.connection() as db:
        rows = await see_ledger(db, by, view)
        used = bool(rows) or await was_used(db, by.unit_id)
        waiting = await count_waiting_work(db, by)
        late = await list_late_alarms(db, by) if waiting["late_alarms"] else []
        load = await load_words(db, exchange, clock.now()) if waiting["load"] else ""
        message = await find_staff_message(db, by.unit_id) if waiting["message"] else StaffMessage()
        shutting = await find_shutting(db, by.unit_id) if waiting["stops"] else Shutting()
        around = {} if alone else await _around(db, exchange, view, wanted, rows)
        if not alone:
            around["elsewhere"] = await list_held_elsewhere(db, by) if waiting["elsewhere"] else []
            around["prints"] = view == "unit" and waiting["prints"] > 0
            around["views"] = views_with(exchange, view, waiting)
    values = _sections(exchange, rows, wanted) | around
    values |= {"view": view, "held_only": view in _HELD_ONLY, "queued_only": view in _QUEUED_ONLY}
    values |= {"used": used, "version": version, "most": MOST if len(rows) == MOST else 0, "load": load}
    values["message"] = {"text": message.text, "at": moment(exchange, message.at)} if message.at else None
    values["stops"] = stops_in_words(exchange, shutting)
    values["late"] = [_late(exchange, one) for one in late]
    if alone:
        return exchange.page("clinic/waiting/ledger_table.html", **values)
    done = exchange.request.query_params.get("done", "")
    return exchange.page(
        "clinic/waiting/ledger.html", done=done if done in _DONE else "", triage_on=site.shelf.is_on, **values
    )


async def _around(
    db: Connection, exchange: Exchange, view: str, wanted: Wanted, rows: Sequence[LedgerRow]
) -> dict[str, Any]:
    """What stands around the table. Who holds none of what her own list shows, all of it, has no chats to look for."""
    me = exchange.by.person_id
    holds = any(row.holder_id == me for row in rows)
    may_chat = view not in _WITH_OWN or len(rows) == MOST or holds
    return {
        "chats": await chats_here(db, exchange, known={row.case_id for row in rows}) if may_chat else [],
        "claim_id": str(new_id()),
        "tools": await tools_here(db, exchange, view, wanted),
        "tries": await _tries(db, exchange) if exchange.site.settings.demo else "",
    } | await _day(db, exchange, holds)  # fmt: skip


async def _tries(db: Connection, exchange: Exchange) -> str:
    """Whose three lines of what to try in the demo: those of what this person's own queue is for."""
    queues = await find_queues(db, exchange.by)
    return "nurse" if "nurse" in queues else "secretary" if "medical_secretary" in queues else "other"


async def _day(db: Connection, exchange: Exchange, holds: bool) -> dict[str, str]:
    """`hours` is where the unit stands in its day; `near`, to who still holds something there, that it ends soon.

    Only for her are the hours asked for anew: what reminds her must not be a minute old.
    """
    by, at = exchange.by, clock.now()
    if by.unit_id is None:
        return {"near": "", "hours": ""}
    schedule = await see_schedule(db, by.unit_id) if holds else await exchange.site.faces.hours_of(db, by.unit_id)
    near = closing_near(schedule, at) if holds else None
    return {"near": closing_words(exchange, near) if near else "", "hours": hours_words(exchange, schedule, at)}


def _late(exchange: Exchange, one: LateAlarm) -> dict[str, Any]:
    """A closed case in which something was heard afterwards, in words."""
    return {
        "href": f"/clinic/cases/{one.case_id}#case-alarms", "level": one.level,
        "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol),
        "age": age_words(one.birth_on, clock.now()), "at": moment(exchange, one.closed_at),
    }  # fmt: skip


def _sections(exchange: Exchange, rows: Sequence[LedgerRow], wanted: Wanted) -> dict[str, Any]:
    """The rows of both sections. Those that are not wanted are there and hidden, for the script to show again."""
    by, at, shelf = exchange.by, clock.now(), exchange.site.shelf

    @cache
    def name_of(entry: str, reason: str, protocol: str) -> str:
        return reason_on(shelf, entry, reason, protocol)

    def named(row: LedgerRow) -> str:
        return name_of(row.entry, row.reason, row.protocol)

    queued, held = ordered(rows, by.person_id)
    if wanted == Wanted():
        html = {"queued_html": draw_rows(queued, by, at, named), "held_html": draw_rows(held, by, at, named)}
        seen = [len(queued), len(held)]
    else:
        shows = shown_by(wanted, at, named)
        drawn = {row.case_id: (draw_row(row, by, at, named), shows(row)) for row in rows}
        html = {
            name: "".join(_hidden(*drawn[row.case_id]) for row in some)
            for name, some in (("queued_html", queued), ("held_html", held))
        }
        seen = [sum(drawn[row.case_id][1] for row in some) for some in (queued, held)]
    counts = {
        f"{name}_count": _count(exchange, shown, len(some))
        for name, shown, some in zip(("queued", "held"), seen, (queued, held), strict=True)
    }
    values = {"queued": len(queued), "held": len(held), "now": at.isoformat(), "shown": sum(seen), "all": len(rows)}
    return values | counts | html


def _count(exchange: Exchange, shown: int, of: int) -> str:
    """How many cases a section has; with a filter, or words that are searched for, how many of them are shown."""
    return str(of) if shown == of else exchange.say("filters.of", shown=shown, all=of)


def _hidden(row: str, is_shown: bool) -> str:
    return row if is_shown else row.replace("<tr ", "<tr hidden ", 1)


ROUTES = [search, show_ledger, show_handed, show_answer, show_unit, show_invited, show_mine]
