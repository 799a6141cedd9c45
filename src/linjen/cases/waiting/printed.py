"""Utskriven liggare: a unit's open cases with names, for a stop; each of them is logged as read.

On the screen the ledger has no names. On paper it is all that is left when the systems are down, so a nurse or the head
of the unit may print it, and the log says of each case that it left the screen, and of which unit. A nurse prints where
she works now: what she may read at another unit of hers she reads when she has chosen it. Who is protected has no name.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access, log_accesses
from linjen.access.by import By
from linjen.cases.waiting.ledger import MOST, ROW_COLUMNS, ROWS_FROM, LedgerRow
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.units.managed import may_at

#: Whether $1 may print the ledger of the unit $2, where she works now: one or none.
_MAY: Final = policy.unit_clause("print_ledger", person="$1", unit="$2")
MAY_PRINT: Final = f"select count(*) from units u where u.id = $2 and {_MAY}"

_PRINTED = f"""
select rows.*, r.given_name || ' ' || r.surname as name, r.protected from (
  select {ROW_COLUMNS} from {ROWS_FROM} where v.unit_id = $1 and v.state in ('queued', 'in_progress')
  order by v.priority, v.queued_at limit {MOST}
) rows join cases c on c.id = rows.case_id join residents r on r.id = c.patient_id
"""


class PrintedRow(LedgerRow, frozen=True, kw_only=True):
    """A row of the ledger with whom it is about; `protected` as the resident's row."""

    name: str
    protected: str


async def print_ledger(db: Connection, by: By, unit_id: UUID) -> list[PrintedRow]:
    """The unit's open cases in the order of their turn, each with a row in the access log of its own.

    Raises NotFound for who may not print at the unit.
    """
    if not await may_at(db, by, unit_id, "print_ledger"):
        raise NotFound("unit")
    at = clock.now()
    rows = [PrintedRow(**row) for row in await db.fetch(_PRINTED, unit_id)]
    by = msgspec.structs.replace(by, unit_id=unit_id)  # who leads the unit may have chosen another one, or none
    await log_access(db, by, "print_ledger", shown=[row.case_id for row in rows])
    await log_accesses(db, "print_ledger", [(by, row.case_id) for row in rows])
    return sorted(rows, key=lambda row: (row.state != "queued", row.place(at)))
