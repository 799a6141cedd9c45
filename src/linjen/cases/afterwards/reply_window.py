"""Hur länge ett avslutat ärende kan besvaras: the unit's days after closing, counted in Swedish days."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from linjen.cases.loading import Case
from linjen.core import clock
from linjen.core.database import Connection
from linjen.units.reply_days import MOST


async def find_reply_until(db: Connection, case: Case) -> date | None:
    """The last day (Swedish) on which a closed case can be answered, also when it has passed; None when never.

    The caller has seen the case.
    """
    if case.state != "closed" or case.visit_id is None:
        return None
    row = await db.fetchrow(
        "select v.closed_at, u.reopen_days from visits v join units u on u.id = v.unit_id"
        " where v.id = $1 and v.closed_by is not null and u.reopen_days > 0 and u.shut_at is null",
        case.visit_id,
    )
    return clock.local_date(row["closed_at"]) + timedelta(days=row["reopen_days"]) if row else None


def may_reply(until: date | None) -> bool:
    """Whether the day has not passed."""
    return until is not None and clock.local_date(clock.now()) <= until


async def count_answerable(db: Connection, unit_id: UUID) -> dict[str, int]:
    """How many closed cases of the unit can be answered now; a number only, for who decides the days."""
    found = await db.fetchval(
        "select count(*) from visits v join cases c on c.id = v.case_id and c.visit_id = v.id"
        " join units u on u.id = v.unit_id where v.unit_id = $1 and v.state = 'closed' and v.closed_by is not null"
        " and u.reopen_days > 0 and u.shut_at is null and v.closed_at > now() - make_interval(days => $2)"
        " and (v.closed_at at time zone 'Europe/Stockholm')::date + u.reopen_days"
        " >= (now() at time zone 'Europe/Stockholm')::date",
        unit_id, MOST + 2,
    )  # fmt: skip
    return {"answerable": int(found or 0)}
