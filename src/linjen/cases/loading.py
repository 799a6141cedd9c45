"""The only way to a case: reach, state, row lock and access log in one place.

`see_case` is for reading, `open_case` for changing. A case out of reach and a case that does not exist look the same.
Who may do something is asked before its form is shown, too, but the log has the verb of a deed only where it was done:
a form is a look at the case, whatever it is for, and whoever reads the log tells one from the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import cast
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access, log_accesses, log_found, log_refusal
from linjen.access.by import By
from linjen.access.sessions import alive_sql, alive_values
from linjen.cases.states import READABLE, STATE, is_allowed, states_for
from linjen.core import clock
from linjen.core.database import Connection, Database, Row
from linjen.core.errors import LinjenError, NotFound, Refused
from linjen.core.settings import Settings


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it stood when it was loaded. Times are UTC; `state` is one of cases.states.STATES.

    `begun_by` is who in care began it, None for one that a resident began. `booked_on` is the Swedish day of a
    booked visit, `starts_at` its time where it has one.
    """

    id: UUID
    entry: str
    state: str
    patient_id: UUID | None
    patient_birth_on: date | None
    opened_by: UUID
    begun_by: UUID | None
    unit_id: UUID | None
    visit_id: UUID | None
    starts_at: datetime | None
    booked_on: date | None
    holder_id: UUID | None
    urgency: int | None
    priority: int | None
    reason: str
    protocol: str
    counter: int
    pictures: int
    resident_unread: int
    staff_unread: int
    close_reason: str | None
    created_at: datetime
    sent_at: datetime | None
    queued_at: datetime | None
    claimed_at: datetime | None
    closed_at: datetime | None


_COLUMNS = f"""c.id, c.entry, {STATE} as state, c.patient_id, c.patient_birth_on, c.opened_by, c.begun_by,
 coalesce(v.unit_id, c.unit_id) as unit_id, c.visit_id, v.starts_at, v.booked_on, v.holder_id, c.urgency, v.priority,
 c.reason, c.protocol,
 c.counter, c.pictures, c.resident_unread, c.staff_unread, coalesce(v.close_reason, c.close_reason) as close_reason,
 c.created_at, c.sent_at, v.queued_at, v.claimed_at, coalesce(v.closed_at, c.closed_at) as closed_at"""

_FROM = "from cases c left join visits v on v.id = c.visit_id"


_ALIVE = alive_sql(
    session="l.session_id", unit="l.unit_id", at="$6", staff_seen="$7::timestamptz", resident_seen="$8::timestamptz"
)


class Beside(msgspec.Struct, frozen=True):
    """What the statement that loads a case (`c`) brings along: further columns, and the joins that they need."""

    columns: str = ""
    joins: str = ""


_ALONE = Beside()


def _as_case(row: Row) -> Case:
    return msgspec.convert(dict(row), Case)


@lru_cache(maxsize=256)
def _select(verb: str, kind: policy.Kind, beside: Beside = _ALONE) -> str:
    where = policy.clause(verb, kind, person="$2", unit="$3", today="$4")
    # Every clause names its own parameters; the comparisons with null name the others, so that they keep their types.
    typed = "$2::uuid is not null and ($3::uuid is null or true) and $4::date is not null"
    return f"select {_COLUMNS}{beside.columns} {_FROM} {beside.joins} where c.id = $1 and {typed} and {where}"


def _who(by: By, case_id: UUID) -> tuple[object, ...]:
    return case_id, by.person_id, by.unit_id, clock.local_date(clock.now())


async def see_case(db: Connection, by: By, case_id: UUID, verb: str = "see") -> Case:
    """The case for reading, with a row in the access log written in the caller's transaction.

    The verb is what this person must be able to do. In the log stands `see`, or the verb itself where it is a way of
    reading (states.READABLE): what is done with the case afterwards is logged by open_case.

    Raises NotFound when it does not exist or is out of this person's reach, Refused('wrong_state') when there is
    nothing to read in its state, Refused('not_yours') when this person may see it but not do this.
    """
    return (await see_case_beside(db, by, case_id, verb, _ALONE))[0]


@lru_cache(maxsize=512)
def _select_and_log(verb: str, kind: policy.Kind, beside: Beside, logged_as: str) -> str:
    """As `_select`, with a row in the log if there is something to read."""
    states = ", ".join(f"'{state}'" for state in states_for(verb))
    logged = log_found(
        f"found where state in ({states})",
        kind="$5::text",
        person="$2",
        session="$6::uuid",
        unit="$3",
        verb=f"'{logged_as}'",
    )
    return f"with found as ({_select(verb, kind, beside)}), logged as ({logged}) select * from found"


async def see_case_beside(db: Connection, by: By, case_id: UUID, verb: str, beside: Beside) -> tuple[Case, Row]:
    """As `see_case`, with the row that holds what was asked for beside the case.

    Case and log row are one statement, so that a page which is only read needs no transaction around it.
    """
    return await _load(db, by, case_id, verb, beside, verb if verb in READABLE else "see")


async def _load(
    db: Connection, by: By, case_id: UUID, verb: str, beside: Beside, logged_as: str
) -> tuple[Case, Row]:  # fmt: skip
    who = _who(by, case_id)
    row = await db.fetchrow(_select_and_log(verb, by.kind, beside, logged_as), *who, by.kind, by.session_id)
    if row is None:
        if verb != "see" and await db.fetchrow(_select("see", by.kind), *who):
            raise Refused("not_yours", verb=verb)
        raise NotFound("case")
    case = _as_case(row)
    if not is_allowed(case.state, verb):
        raise Refused("wrong_state", state=case.state, verb=verb)
    return case, row


async def find_case_beside(db: Connection, by: By, case_id: UUID, verb: str, beside: Beside) -> tuple[Case, Row] | None:
    """As `see_case_beside`, for a change that is decided first and written afterwards: no lock and no row in the log.

    So nothing of it may be shown, not even that it is there, before the change has been written and logged as one. None
    when it is out of reach or not in a state for `verb`.
    """
    row = await db.fetchrow(_select(verb, by.kind, beside), *_who(by, case_id))
    if row is None:
        return None
    case = _as_case(row)
    return (case, row) if is_allowed(case.state, verb) else None


async def see_again(db: Connection, case: Case, beside: Beside) -> tuple[Case, Row]:
    """A case that this transaction has opened, as its own changes have left it: no new look, so no row in the log."""
    row = await db.fetchrow(f"select {_COLUMNS}{beside.columns} {_FROM} {beside.joins} where c.id = $1", case.id)
    if row is None:
        raise NotFound("case")
    return _as_case(row), row


async def open_case(db: Connection, by: By, case_id: UUID, verb: str) -> Case:
    """The case locked for a change by `verb` until the caller's transaction ends, with the verb in the access log.

    Raises as `see_case`. The lock is on the case row: two changes of one case take turns.
    """
    return (await open_case_beside(db, by, case_id, verb, _ALONE))[0]


async def open_case_beside(db: Connection, by: By, case_id: UUID, verb: str, beside: Beside) -> tuple[Case, Row]:
    """As `open_case`, with the row that holds what was asked for beside the case."""
    await _lock(db, case_id)
    return await _load(db, by, case_id, verb, beside, verb)


async def hold_case(db: Connection, by: By, case_id: UUID, verb: str) -> Case:
    """As `open_case`, for a change that may turn out to be none: locked, and nothing in the log yet.

    The caller logs what came of it in the same transaction, the verb where it was done and `see` where it was not.
    """
    await _lock(db, case_id)
    found = await find_case_beside(db, by, case_id, verb, _ALONE)
    return found[0] if found else await see_case(db, by, case_id, verb)  # which raises why not


async def _lock(db: Connection, case_id: UUID) -> None:
    if await db.fetchval("select id from cases where id = $1 for update", case_id) is None:
        raise NotFound("case")


#: Two batches lock in one order, so they never wait for each other in a circle; what refers to a case is not held up.
_LOCK_MANY = "select 1 from cases where id = any($1::uuid[]) order by id for no key update"


async def open_cases(db: Connection, asked: Sequence[tuple[By, UUID]], verb: str) -> list[Case | NotFound | Refused]:
    """`open_case` for many people at once: for each (by, case id) the case, or the error that open_case would raise.

    The cases are locked until the caller's transaction ends. Who is refused is only told so: the caller raises.
    """
    await db.execute(_LOCK_MANY, sorted({case_id for _, case_id in asked}))
    cases = {number: _as_case(row) for number, row in (await _reached(db, asked, verb)).items()}
    seen = await _reached(db, asked, "see") if len(cases) < len(asked) else {}
    found: list[Case | NotFound | Refused] = []
    for number in range(len(asked)):
        case = cases.get(number)
        if case is None:
            found.append(Refused("not_yours", verb=verb) if number in seen else NotFound("case"))
        elif not is_allowed(case.state, verb):
            found.append(Refused("wrong_state", state=case.state, verb=verb))
        else:
            found.append(case)
    opened = [one for one, answer in zip(asked, found, strict=True) if isinstance(answer, Case)]
    if opened:
        await log_accesses(db, verb, opened)
    return found


async def _reached(db: Connection, asked: Sequence[tuple[By, UUID]], verb: str) -> dict[int, Row]:
    """The cases that each may do `verb` to, by the place in `asked`."""
    clause = policy.clause_for_many(verb, listener="l", today="$5")
    rows = await db.fetch(
        f"select l.n, {_COLUMNS} from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[]) with ordinality"
        " as l(kind, person_id, unit_id, case_id, n) join cases c on c.id = l.case_id"
        f" left join visits v on v.id = c.visit_id where $5::date is not null and {clause}",
        [by.kind for by, _ in asked], [by.person_id for by, _ in asked], [by.unit_id for by, _ in asked],
        [case_id for _, case_id in asked], clock.local_date(clock.now()),
    )  # fmt: skip
    return {row["n"] - 1: row for row in rows}


async def note_refusal(database: Database, by: By, verb: str, case_id: UUID, error: LinjenError) -> None:
    """Log an attempt that was refused, if the case exists at all; call it after the attempt's own rollback.

    An error that has its row already gets no other.
    """
    if error.is_noted:
        return
    error.is_noted = True
    if await database.fetch_value("select true from cases where id = $1", case_id):
        await log_refusal(database, by, verb, case_id, error.reason)


async def list_my_cases(db: Connection, by: By) -> list[Case]:
    """A resident's own cases and those she wrote for her children, newest change first; logged as one row.

    What a guardian has begun and not sent, when the child turns 13, is left to be erased: nobody can go on with it.
    """
    where = policy.clause("see", "resident", person="$1", unit="$1", today="$2")
    rows = await db.fetch(
        f"select {_COLUMNS} {_FROM} where (c.opened_by = $1 or c.patient_id = $1) and {where}"
        " and c.phase <> 'abandoned' and (c.phase in ('sent', 'closed') or c.opened_by = $1)"
        " order by c.changed_at desc limit 200",
        by.person_id, clock.local_date(clock.now()),
    )  # fmt: skip
    cases = [_as_case(row) for row in rows]
    if cases:
        await log_access(db, by, "list", None, [case.id for case in cases])
    return cases


async def may(db: Connection, by: By, case_id: UUID, verb: str) -> bool:
    """Whether `by` could do the verb now, for a page that offers it. Nothing is shown by it, so nothing is logged."""
    row = await db.fetchrow(_select(verb, by.kind), *_who(by, case_id))
    return row is not None and is_allowed(row["state"], verb)


#: Who listens is refused seldom, so only the places of those are brought back.
_REFUSED = f"""
with l as materialized (
  select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) with ordinality
    as l(kind, person_id, unit_id, session_id, case_id, n)
)
select n from l where not {_ALIVE} or not exists (
  select 1 from cases c left join visits v on v.id = c.visit_id
  where c.id = l.case_id and {policy.clause_for_many("see", listener="l", today="$9::date")})
"""


async def may_see(database: Database, settings: Settings, listeners: Sequence[tuple[By, UUID]]) -> list[bool]:
    """For each who has a page open: may she see that case now, and does her session last? One statement for all."""
    if not listeners:
        return []
    people = [by for by, _ in listeners]
    rows = await database.fetch(
        _REFUSED,
        [by.kind for by in people], [by.person_id for by in people], [by.unit_id for by in people],
        [by.session_id for by in people], [case_id for _, case_id in listeners], *alive_values(settings),
        clock.local_date(clock.now()),
    )  # fmt: skip
    refused = {cast(int, row["n"]) for row in rows}
    return [number not in refused for number in range(1, len(listeners) + 1)]
