"""Skriver: whether somebody may show that she is writing in a case. Nothing of it is kept, not even in the log."""

from __future__ import annotations

from uuid import UUID

from linjen.access import policy
from linjen.access.by import By
from linjen.cases.states import STATE, states_for
from linjen.core import clock
from linjen.core.database import Database


async def may_write(database: Database, by: By, case_id: UUID) -> bool:
    """Whether `by` may send a message in the case now. No content is shown, so there is no row in the access log."""
    where = policy.clause("send_message", by.kind, person="$2", unit="$3", today="$4")
    typed = "$2::uuid is not null and ($3::uuid is null or true) and $4::date is not null"
    found = await database.fetch_value(
        f"select true from cases c left join visits v on v.id = c.visit_id"
        f" where c.id = $1 and {typed} and {where} and {STATE} = any($5)",
        case_id, by.person_id, by.unit_id, clock.local_date(clock.now()), list(states_for("send_message")),
    )  # fmt: skip
    return bool(found)
