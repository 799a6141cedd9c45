"""Who looked at what. If the log cannot be written, nothing is shown."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linjen.access.by import By
from linjen.core.database import Connection, Database

_INSERT = """
insert into access_log (by_kind, by_id, session_id, unit_id, verb, case_id, shown, refused)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""

_INSERT_MANY = """
insert into access_log (by_kind, by_id, session_id, unit_id, verb, case_id)
select kind, person_id, session_id, unit_id, $5, case_id
from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $6::uuid[]) with ordinality
  as a(kind, person_id, session_id, unit_id, case_id, n) order by n
"""

#: Whoever works with the program's own commands and the installation's keys; by_kind is then 'system'.
OPERATOR = UUID(int=0)


async def log_access(
    db: Connection, by: By, verb: str, case_id: UUID | None = None, shown: Sequence[UUID] = ()
) -> None:
    """One row: `by` did `verb` with a case, or was shown the rows `shown` (a list view is one row).

    The verb says what the ids in `shown` are: cases of a list, staff of see_staff, units of see_unit and of figures.
    """
    await db.execute(
        _INSERT, by.kind, by.person_id, by.session_id, by.unit_id, verb, case_id, list(shown), None
    )  # fmt: skip


async def log_accesses(db: Connection, verb: str, accesses: Sequence[tuple[By, UUID]]) -> None:
    """As `log_access` for many people in one statement, each with a case; a row for each."""
    people = [by for by, _ in accesses]
    await db.execute(
        _INSERT_MANY, [by.kind for by in people], [by.person_id for by in people], [by.session_id for by in people],
        [by.unit_id for by in people], verb, [case_id for _, case_id in accesses],
    )  # fmt: skip


_INSERT_LISTS = """
insert into access_log (by_kind, by_id, session_id, unit_id, verb, shown)
select a.kind, a.person_id, a.session_id, a.unit_id, $5, array_agg(s.id order by s.place)
from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[]) with ordinality
  as a(kind, person_id, session_id, unit_id, n)
join unnest($6::bigint[], $7::uuid[]) with ordinality as s(n, id, place) on s.n = a.n
group by a.n, a.kind, a.person_id, a.session_id, a.unit_id order by a.n
"""


async def log_lists(db: Connection, verb: str, shown: Sequence[tuple[By, Sequence[UUID]]]) -> None:
    """As `log_access` of lists for many people in one statement: a row for each, with the ids that she was shown."""
    people = [by for by, _ in shown]
    pairs = [(n, one) for n, (_, ids) in enumerate(shown, 1) for one in ids]
    await db.execute(
        _INSERT_LISTS, [by.kind for by in people], [by.person_id for by in people], [by.session_id for by in people],
        [by.unit_id for by in people], verb, [n for n, _ in pairs], [one for _, one in pairs],
    )  # fmt: skip


def log_each(verb: str, rows: str) -> str:
    """`log_accesses` as part of a statement: SQL that logs each of its `rows`, which have the columns named here."""
    return (
        "insert into access_log (by_kind, by_id, session_id, unit_id, verb, case_id)"
        f" select kind, person_id, session_id, unit_id, '{verb}', case_id from {rows} order by n"
    )


def log_found(rows: str, *, kind: str, person: str, session: str, unit: str, verb: str) -> str:
    """`log_access` as part of the statement that reads a case: SQL that logs the `id` of its `rows`, if there is one.

    The others name the statement's parameters.
    """
    return (
        "insert into access_log (by_kind, by_id, session_id, unit_id, verb, case_id)"
        f" select {kind}, {person}, {session}, {unit}, {verb}, id from {rows}"
    )


def log_shown(verb: str, case_ids: str, *, person: str, unit: str, session: str) -> str:
    """`log_access` of a staff list as part of the statement that reads it: SQL that logs the ids of a query.

    Nothing is logged when it is empty. The others name the statement's parameters.
    """
    return (
        "insert into access_log (by_kind, by_id, session_id, unit_id, verb, shown)"
        f" select 'staff', {person}, {session}, {unit}, '{verb}', array({case_ids}) where exists ({case_ids})"
    )


async def log_export(db: Connection, verb: str, case_ids: Sequence[UUID]) -> None:
    """One row: the operator took something of these cases out on the command line, where nobody has signed in."""
    await db.execute(_INSERT, "system", OPERATOR, None, None, verb, None, list(case_ids), None)


async def log_refusal(
    database: Database, by: By, verb: str, case_id: UUID | None, reason: str, wanted: Sequence[UUID] = ()
) -> None:
    """A refused attempt, in a transaction of its own, since the attempt's own is rolled back.

    `wanted` is what was asked for where it is no case, as `log_access` has it; it was not shown.
    """
    await database.execute(
        _INSERT, by.kind, by.person_id, by.session_id, by.unit_id, verb, case_id, list(wanted), reason
    )  # fmt: skip
