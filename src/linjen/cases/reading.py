"""Läst: how far each party has received and read, written for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core.database import Connection, Database


class Marks(msgspec.Struct, frozen=True):
    """Numbers of the last message that a party has received and has read; 0 is none."""

    delivered: int = 0
    read: int = 0


class Delivery(msgspec.Struct, frozen=True):
    """A party's open page has been given the messages up to `seq`."""

    case_id: UUID
    party: str
    seq: int


async def find_marks(db: Connection, case_id: UUID, party: str) -> Marks:
    """How far `party` ('resident' or 'staff') has got."""
    row = await db.fetchrow(
        "select delivered_seq, read_seq from reading_marks where case_id = $1 and party = $2", case_id, party
    )
    return Marks(row["delivered_seq"], row["read_seq"]) if row else Marks()


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


async def mark_read(db: Connection, by: By, case_id: UUID, seq: int) -> Marks:
    """The acting party has read up to `seq`; the unread count starts anew from what came after it."""
    case = await open_case(db, by, case_id, "mark_read")
    row = await db.fetchrow(
        "insert into reading_marks (case_id, party, delivered_seq, read_seq, read_at) values ($1, $2, $3, $3, now())"
        " on conflict (case_id, party) do update set read_at = now(),"
        " read_seq = greatest(reading_marks.read_seq, excluded.read_seq),"
        " delivered_seq = greatest(reading_marks.delivered_seq, excluded.read_seq)"
        " returning delivered_seq, read_seq",
        case_id, by.kind, min(max(seq, 0), case.counter),
    )  # fmt: skip
    assert row is not None  # noqa: S101 - an upsert returns its row
    column = "staff_unread" if by.is_staff else "resident_unread"
    await db.execute(
        f"update cases set {column} = (select count(*) from messages where case_id = $1 and seq > $2 and by_kind <> $3)"
        " where id = $1",
        case_id, row["read_seq"], by.kind,
    )  # fmt: skip
    return Marks(row["delivered_seq"], row["read_seq"])
