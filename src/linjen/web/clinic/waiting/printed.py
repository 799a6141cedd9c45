"""Utskriven liggare: what is printed for a stop, by whom it may be, and the list itself on paper."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.waiting.ledger import MOST, has_ledger
from linjen.cases.waiting.printed import PrintedRow, print_ledger
from linjen.core import clock
from linjen.core.errors import NotFound
from linjen.units.managed import may_at
from linjen.web.clinic.case.case_head import moment
from linjen.web.exchange import Exchange
from linjen.web.fast import row_values
from linjen.web.listed_names import listed_name
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page


@get_page("/clinic/units/{unit_id:str}/ledger", verb="print_ledger", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """What is printed and that it is logged; nothing of any case yet. 404 for who may not print here."""
    return await noting_refusals(exchange, "print_ledger", lambda: _ask(exchange))


@post_page("/clinic/units/{unit_id:str}/ledger", verb="print_ledger", who="staff")
async def draw(exchange: Exchange) -> Response[Any]:
    """The list, as it goes to the printer."""
    return await noting_refusals(exchange, "print_ledger", lambda: _draw(exchange))


async def _ask(exchange: Exchange) -> Response[Any]:
    unit_id = exchange.id_of("unit_id")
    async with exchange.site.database.connection() as db:
        if not await may_at(db, exchange.by, unit_id, "print_ledger"):
            raise NotFound("unit")
        name = await db.fetchval("select name from units where id = $1", unit_id)
    return await _page(exchange, unit_id=unit_id, unit_name=name, rows=None)


async def _draw(exchange: Exchange) -> Response[Any]:
    unit_id = exchange.id_of("unit_id")
    async with exchange.site.database.transaction() as db:
        rows = await print_ledger(db, exchange.by, unit_id)
        name = await db.fetchval("select name from units where id = $1", unit_id)
    return await _page(
        exchange, unit_id=unit_id, unit_name=name, rows=[_row(exchange, one) for one in rows],
        at=moment(exchange, clock.now()), most=MOST if len(rows) == MOST else 0,
    )  # fmt: skip


async def _page(exchange: Exchange, **values: Any) -> Response[Any]:
    """In the clinic for who works there; the head, who has no ledger of her own, stays in the administration."""
    async with exchange.site.database.connection() as db:
        works = exchange.by.unit_id is not None and await has_ledger(db, exchange.by)
    frame = "parts/clinic_page.html" if works else "parts/manage_page.html"
    return await manage_page(
        exchange, "clinic/waiting/printed.html", frame=frame, tab="ledger" if works else "units", **values
    )


def _row(exchange: Exchange, one: PrintedRow) -> dict[str, Any]:
    at = clock.now()
    values = row_values(
        one, reason=reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol), mine=False,
        minutes=max(0, int((at - one.waiting_since).total_seconds() // 60)),
        turn_minutes=max(0, int((at - one.turn_at).total_seconds() // 60)), today=clock.local_date(at),
    )  # fmt: skip
    shown = ("priority", "level", "age", "reason", "due", "turn_words", "holder", "waits_for")
    return {key: values[key] for key in shown} | {
        "name": listed_name(exchange, one.name, one.protected), "since": moment(exchange, one.waiting_since),
    }  # fmt: skip


ROUTES = [ask, draw]
