"""Tysta ärenden: staff wrote, and the resident has not answered for 24 hours; the holder decides (routine F040).

A row for each case that waits for the resident, written from the committed messages, so that the message statement
stays as quick as it is. When its time has come the case is flagged, and that is all: nothing closes by itself (F039).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.waiting.queues import queues_sql
from linjen.core import clock
from linjen.core.database import Connection, Database
from linjen.core.dispatcher import Dispatcher
from linjen.core.events import Event, record
from linjen.core.jobs import Wanted

#: Real hours, not staffed ones: the routine counts the resident's time.
SILENT_AFTER: Final = timedelta(hours=24)
_AT_ONCE = 100


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """A case that waits for the resident. Times are UTC; `flagged_at` None means that its time has not come."""

    case_id: UUID
    since_at: datetime
    due_at: datetime
    flagged_at: datetime | None
    kept_until: date | None
    reminded_at: datetime | None


class SilentCase(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the list: the case in short, since when it is silent (UTC), and whether the reader holds it."""

    case_id: UUID
    entry: str
    reason: str
    protocol: str
    birth_on: date
    name: str
    protected: str
    since_at: datetime
    reminded_at: datetime | None
    is_held: bool


def watch_silence(dispatcher: Dispatcher) -> None:
    """Ask `dispatcher` for the messages, and for what ends a case."""
    dispatcher.add("message_sent", _spoken)
    dispatcher.add("action_confirmed", _answered)
    for kind in ("closed", "withdrawn"):
        dispatcher.add(kind, _ended)


async def _spoken(db: Connection, events: Sequence[Event]) -> list[Wanted]:
    """Of each case the last message of the round decides whose turn it is to speak."""
    last = {event.case_id: event for event in events}
    by_staff = [event for event in last.values() if event.by_kind == "staff" and event.at is not None]
    await db.execute(
        "insert into silences (case_id, since_seq, since_at, due_at)"
        " select a.id, a.seq, a.at, a.at + $4"
        " from unnest($1::uuid[], $2::integer[], $3::timestamptz[]) as a(id, seq, at)"
        " join cases c on c.id = a.id join visits v on v.id = c.visit_id and v.state <> 'closed'"
        " and v.queued_at <= now()"
        " on conflict (case_id) do update set since_seq = excluded.since_seq, since_at = excluded.since_at,"
        " due_at = excluded.due_at, flagged_at = null, kept_until = null, reminded_at = null"
        " where silences.since_seq < excluded.since_seq",
        [one.case_id for one in by_staff], [one.seq for one in by_staff], [one.at for one in by_staff], SILENT_AFTER,
    )  # fmt: skip
    return await _answered(db, [event for event in last.values() if event.by_kind == "resident"])


async def _answered(db: Connection, events: Sequence[Event]) -> list[Wanted]:
    """The resident wrote, or confirmed that she has read: the case waits for her no longer."""
    await db.execute(
        "delete from silences s using unnest($1::uuid[], $2::integer[]) as a(id, seq)"
        " where s.case_id = a.id and s.since_seq < a.seq",
        [event.case_id for event in events], [event.seq for event in events],
    )  # fmt: skip
    return []


async def _ended(db: Connection, events: Sequence[Event]) -> list[Wanted]:
    await db.execute("delete from silences where case_id = any($1::uuid[])", [event.case_id for event in events])
    return []


async def flag_silent(database: Database, at: datetime) -> int:
    """Flag the cases whose time has come, a few at a time; how many. An answer that came meanwhile wins."""
    flagged = 0
    due = await database.fetch(
        "select case_id from silences where flagged_at is null and due_at <= $1 order by due_at limit $2", at, _AT_ONCE
    )
    for row in due:
        async with database.transaction() as db:
            # The case first, as every writer takes it; then nobody can answer between the look and the flag.
            await db.execute("select 1 from cases where id = $1 for no key update", row["case_id"])
            done = await db.fetchval(
                "update silences s set flagged_at = $2 from cases c join visits v on v.id = c.visit_id"
                " where s.case_id = $1 and c.id = s.case_id and s.flagged_at is null and s.due_at <= $2"
                " and v.state <> 'closed' and not exists (select from messages m where m.case_id = s.case_id"
                " and m.seq > s.since_seq) returning s.case_id",
                row["case_id"], at,
            )  # fmt: skip
            if done is not None:
                await record(db, row["case_id"], "fell_silent", "system", None)
                flagged += 1
    return flagged


async def find_silence(db: Connection, case_id: UUID) -> Silence | None:
    """How long the case has waited for the resident, if it does. The caller has seen the case."""
    row = await db.fetchrow(
        "select case_id, since_at, due_at, flagged_at, kept_until, reminded_at from silences s where case_id = $1"
        " and not exists (select from messages m where m.case_id = s.case_id and m.seq > s.since_seq"
        " and m.by_kind = 'resident')",
        case_id,
    )
    return Silence(**dict(row)) if row else None


async def note_reminded(db: Connection, case_id: UUID) -> None:
    """The resident has been reminded: she has another 24 hours before the holder is asked again."""
    await db.execute(
        "update silences set reminded_at = now(), due_at = now() + $2, flagged_at = null, kept_until = null"
        " where case_id = $1", case_id, SILENT_AFTER,
    )  # fmt: skip


async def keep_silent(db: Connection, case_id: UUID, until: date) -> bool:
    """Do not ask about the case before `until` begins (Swedish time); False when it waits for nobody."""
    due_at = clock.at_wall(until, time(0))
    done = await db.execute(
        "update silences set due_at = $2, kept_until = $3, flagged_at = null where case_id = $1", case_id, due_at, until
    )
    return bool(done == "UPDATE 1")


#: Her own, and those that went back to her queue when the staff left: most of them, since a night is in between.
_MINE = f"""
from silences s join cases c on c.id = s.case_id join visits v on v.id = c.visit_id and v.case_id = c.id
join residents p on p.id = c.patient_id
where s.flagged_at is not null and v.state in ('queued', 'in_progress')
  and (v.holder_id = $1 or (v.holder_id is null and v.for_role in ({queues_sql(person="$1", unit="$2")})))
  and {policy.asked()}
  and not exists (select from messages m where m.case_id = s.case_id and m.seq > s.since_seq and m.by_kind = 'resident')
"""

#: How many silent cases wait for her decision.
WAITING: Final = f"select count(*) {_MINE}"


async def list_silent(db: Connection, by: By) -> list[SilentCase]:
    """Cases, hers or of her queue, that have been silent for too long, the longest first; logged as one row."""
    rows = await db.fetch(
        "select c.id as case_id, c.entry, c.reason, c.protocol, c.patient_birth_on as birth_on,"
        f" p.given_name || ' ' || p.surname as name, p.protected, s.since_at, s.reminded_at,"
        f" v.holder_id is not null as is_held {_MINE}"
        " order by s.since_at limit 200",
        *by.asking(),
    )  # fmt: skip
    await log_access(db, by, "silent", None, [row["case_id"] for row in rows])
    return [SilentCase(**dict(row)) for row in rows]
