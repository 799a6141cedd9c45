"""Numret fungerar inte: a resident's number that the last SMS did not reach, so that she and staff learn of it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from linjen.core.connection import Connection

#: So many in a row that did not arrive: one alone may be a phone that was off for days.
IN_A_ROW: Final = 2


def failing_sql(resident: str, changed_at: str) -> str:
    """SQL: whether the last SMS to a resident (expressions: her id, and since when she has her number) all failed.

    Only what is known counts: handed over and not told of again is neither.
    """
    return f"""(
  select count(*) = {IN_A_ROW} and bool_and(l.state = 'failed') from (
    select o.state from sms o where o.to_kind = 'resident' and o.to_id = {resident}
      and (o.state = 'delivered' or (o.state = 'failed' and o.reason in ('not_delivered', 'gateway_refused')))
      and o.created_at > coalesce({changed_at}, '-infinity')
    order by o.changed_at desc limit {IN_A_ROW}) l)"""


async def is_failing(db: Connection, resident_id: UUID) -> bool:
    """Whether her number has stopped working."""
    return bool(
        await db.fetchval(
            f"select {failing_sql('r.id', 'r.phone_changed_at')} from residents r where r.id = $1"
            " and r.phone is not null",
            resident_id,
        )
    )
