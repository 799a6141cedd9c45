"""Patientliggaren: the waiting cases in priority order, then those that somebody holds; several views of one list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from litestar import Response

from linjen.cases.late_alarms import LateAlarm, list_late_alarms
from linjen.cases.ledger import MOST, LedgerRow, see_ledger, was_used
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.ids import new_id
from linjen.units.opening import see_schedule
from linjen.web.clinic.case_head import moment
from linjen.web.clinic.chats import chats_here
from linjen.web.clinic.leaving import closing_near, closing_words
from linjen.web.clinic.views import views_here
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words, draw_rows
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page

#: What has just been done, told once above the ledger; the words stand under ledger.done.
_DONE = ("closed", "released", "handed_over", "nobody_waits")

#: Views in which nothing waits for somebody to take it.
_HELD_ONLY = ("mine", "answer")


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


async def _show(exchange: Exchange, view: str) -> Response[Any]:
    by, site = exchange.by, exchange.site
    if by.unit_id is None:
        return exchange.redirect("/clinic/units")
    version = site.hub.ledger_version(by.unit_id)  # read first: what is committed meanwhile makes the script look again
    async with site.database.connection() as db:
        rows = await see_ledger(db, by, view)
        used = bool(rows) or await was_used(db, by.unit_id)
        late = await list_late_alarms(db, by)
        views = await views_here(db, exchange, view)
        near = await _closing(db, exchange, rows)
        chats = await chats_here(db, exchange, known={row.case_id for row in rows})
    values = _sections(exchange, rows) | {"view": view, "held_only": view in _HELD_ONLY}
    values |= {"used": used, "version": version}
    values |= {
        "most": MOST if len(rows) == MOST else 0,
        "views": views,
        "chats": chats,
        "near": near,
        "claim_id": str(new_id()),
    }
    values["late"] = [_late(exchange, one) for one in late]
    if exchange.request.headers.get("x-linjen"):
        return exchange.page("clinic/ledger_table.html", **values)
    done = exchange.request.query_params.get("done", "")
    return exchange.page("clinic/ledger.html", done=done if done in _DONE else "", triage_on=site.shelf.is_on, **values)


def _holds(exchange: Exchange, rows: Sequence[LedgerRow]) -> bool:
    return any(row.holder_id == exchange.by.person_id for row in rows)


async def _closing(db: Connection, exchange: Exchange, rows: Sequence[LedgerRow]) -> str:
    """That the unit's day ends soon, to who still holds something; '' otherwise."""
    by = exchange.by
    if by.unit_id is None or not _holds(exchange, rows):
        return ""
    near = closing_near(await see_schedule(db, by.unit_id), clock.now())
    return closing_words(exchange, near) if near else ""


def _late(exchange: Exchange, one: LateAlarm) -> dict[str, Any]:
    """A closed case in which something was heard afterwards, in words."""
    return {
        "href": f"/clinic/cases/{one.case_id}#case-alarms", "level": one.level,
        "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol),
        "age": age_words(one.birth_on, clock.now()), "at": moment(exchange, one.closed_at),
    }  # fmt: skip


def _sections(exchange: Exchange, rows: Sequence[LedgerRow]) -> dict[str, Any]:
    """Waiting rows as they come; held ones with the reader's own first."""
    by, at, shelf = exchange.by, clock.now(), exchange.site.shelf

    @cache
    def name_of(entry: str, reason: str, protocol: str) -> str:
        return reason_on(shelf, entry, reason, protocol)

    def named(row: LedgerRow) -> str:
        return name_of(row.entry, row.reason, row.protocol)

    queued = [row for row in rows if row.state == "queued"]
    held = sorted((row for row in rows if row.state != "queued"), key=lambda row: row.holder_id != by.person_id)
    return {
        "queued": len(queued), "queued_html": draw_rows(queued, by, at, named), "held": len(held),
        "held_html": draw_rows(held, by, at, named), "now": at.isoformat(),
    }  # fmt: skip


ROUTES = [show_ledger, show_handed, show_answer, show_unit, show_invited, show_mine]
