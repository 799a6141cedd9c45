"""Läst: how far each party has received and read, written for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import Case, open_cases
from linjen.core.database import Connection, Database
from linjen.core.errors import LinjenError


class Marks(msgspec.Struct, frozen=True):
    """Numbers of the last message that a party has received and has read; 0 is none."""

    delivered: int = 0
    read: int = 0


class Delivery(msgspec.Struct, frozen=True):
    """A party's open page has been given the messages up to `seq`."""

    case_id: UUID
    party: str
    seq: int


class Reading(msgspec.Struct, frozen=True):
    """Somebody's page shows a case's messages up to `seq`."""

    by: By
    case_id: UUID
    seq: int


class Read(msgspec.Struct, frozen=True):
    """How far the party has got; `unit_id` is the unit whose ledger counts fewer unread now, None when none does."""

    marks: Marks
    unit_id: UUID | None = None


async def find_marks(db: Connection, case_id: UUID, party: str) -> Marks:
    """How far `party` ('resident' or 'staff') has got."""
    row = await db.fetchrow(
        "select delivered_seq, read_seq from reading_marks where case_id = $1 and party = $2", case_id, party
    )
    return Marks(row["delivered_seq"], row["read_seq"]) if row else Marks()


async def is_reading(db: Connection, case_id: UUID, since: datetime) -> bool:
    """Whether staff have read or written in the case after `since`."""
    return bool(await db.fetchval(
        "select exists (select from reading_marks where case_id = $1 and party = 'staff' and read_at > $2)"
        " or exists (select from messages where case_id = $1 and by_kind = 'staff' and sent_at > $2)",
        case_id, since,
    ))  # fmt: skip


async def mark_delivered(database: Database, batch: Sequence[Delivery]) -> list[None]:
    """Write how far deliveries have got; the marks only move forward."""
    furthest: dict[tuple[UUID, str], int] = {}
    for item in batch:
        key = (item.case_id, item.party)
        furthest[key] = max(item.seq, furthest.get(key, 0))
    ordered = sorted(furthest.items())
    await database.execute(
        "insert into reading_marks (case_id, party, delivered_seq)"
        " select * from unnest($1::uuid[], $2::text[], $3::integer[])"
        " on conflict (case_id, party) do update"
        " set delivered_seq = greatest(reading_marks.delivered_seq, excluded.delivered_seq)",
        [key[0] for key, _ in ordered], [key[1] for key, _ in ordered], [seq for _, seq in ordered],
    )  # fmt: skip
    return [None] * len(batch)


_MARK_READ = """
insert into reading_marks (case_id, party, delivered_seq, read_seq, read_at)
select case_id, party, seq, seq, now() from unnest($1::uuid[], $2::text[], $3::integer[]) as a(case_id, party, seq)
on conflict (case_id, party) do update set read_at = now(),
  read_seq = greatest(reading_marks.read_seq, excluded.read_seq),
  delivered_seq = greatest(reading_marks.delivered_seq, excluded.read_seq)
returning case_id, party, delivered_seq, read_seq
"""

#: A case that both parties read in the same instant is one row here; null leaves a party's figure as it is.
_COUNT_UNREAD = """
update cases c set
  staff_unread = case when k.by_staff is null then c.staff_unread else (
    select count(*) from messages m where m.case_id = c.id and m.seq > k.by_staff and m.by_kind <> 'staff') end,
  resident_unread = case when k.by_resident is null then c.resident_unread else (
    select count(*) from messages m where m.case_id = c.id and m.seq > k.by_resident and m.by_kind <> 'resident') end
from unnest($1::uuid[], $2::integer[], $3::integer[]) as k(case_id, by_staff, by_resident)
where c.id = k.case_id returning c.id, c.staff_unread
"""


async def mark_read(database: Database, batch: Sequence[Reading]) -> list[Read | LinjenError]:
    """Läst: each acting party has read up to `seq`; its unread count starts anew from what came after it.

    All in one transaction; one answer for each, in order, after the commit: a refusal is what open_case would raise.
    Of several readings by one party of one case the furthest counts.
    """
    async with database.transaction() as db:
        cases = await open_cases(db, [(item.by, item.case_id) for item in batch], "mark_read")
        furthest: dict[tuple[UUID, str], int] = {}
        for item, case in zip(batch, cases, strict=True):
            if isinstance(case, Case):
                key = (case.id, item.by.kind)
                furthest[key] = max(min(max(item.seq, 0), case.counter), furthest.get(key, 0))
        marks = await _mark(db, furthest) if furthest else {}
        unread = await _count_unread(db, marks) if marks else {}
    return [
        Read(marks[case.id, item.by.kind], case.unit_id if case.staff_unread != unread[case.id] else None)
        if isinstance(case, Case) else case
        for item, case in zip(batch, cases, strict=True)
    ]  # fmt: skip


async def _mark(db: Connection, furthest: dict[tuple[UUID, str], int]) -> dict[tuple[UUID, str], Marks]:
    ordered = sorted(furthest.items())
    rows = await db.fetch(
        _MARK_READ, [case_id for (case_id, _), _ in ordered], [party for (_, party), _ in ordered],
        [seq for _, seq in ordered],
    )  # fmt: skip
    return {(row["case_id"], row["party"]): Marks(row["delivered_seq"], row["read_seq"]) for row in rows}


async def _count_unread(db: Connection, marks: dict[tuple[UUID, str], Marks]) -> dict[UUID, int]:
    """Count both parties' unread messages anew; staff's figure for each case."""
    case_ids = sorted({case_id for case_id, _ in marks})
    read = {key: mark.read for key, mark in marks.items()}
    rows = await db.fetch(
        _COUNT_UNREAD, case_ids, [read.get((one, "staff")) for one in case_ids],
        [read.get((one, "resident")) for one in case_ids],
    )  # fmt: skip
    return {row["id"]: row["staff_unread"] for row in rows}
