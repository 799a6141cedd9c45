"""Beslutsstöd: the unit's own table of which complaints go where, such as to the rehab unit (routine F056).

It is the unit's local routine, kept by its configuration administrator; the program shows it and decides nothing by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.visible import is_visible
from linjen.units.managed import begin_deciding

MOST = 60
LONGEST = 200

COPY = (
    "insert into referrals (unit_id, position, complaint, goes_to, remark)"
    " select $2::uuid, position, complaint, goes_to, remark from referrals where unit_id = $1"
)


class Referral(msgspec.Struct, frozen=True):
    """One row of the table."""

    complaint: str
    goes_to: str
    remark: str = ""


def parse_referrals(text: str) -> list[Referral]:
    """Rows from text, one a line: complaint; where to; remark, which may be left out. Empty lines are skipped.

    Raises Invalid('referral_form' | 'referral_long', "referrals") with the line's number, Invalid('referral_many').
    """
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split(";", 2)]
        if len(parts) < 2 or not all(is_visible(part) for part in parts[:2]):
            raise Invalid("referral_form", "referrals", line=number)
        if any(len(part) > LONGEST for part in parts):
            raise Invalid("referral_long", "referrals", line=number, longest=LONGEST)
        rows.append(Referral(*parts))
    if len(rows) > MOST:
        raise Invalid("referral_many", "referrals", line=MOST)
    return rows


def as_text(rows: Sequence[Referral]) -> str:
    """The rows as `parse_referrals` reads them."""
    return "\n".join("; ".join(filter(None, (one.complaint, one.goes_to, one.remark))) for one in rows)


def version_of(rows: Sequence[Referral]) -> str:
    """What a form brings back to say which table it was drawn with."""
    return hashlib.sha256(as_text(rows).encode()).hexdigest()[:16]


async def list_referrals(db: Connection, unit_id: UUID | None) -> list[Referral]:
    """The unit's table in its order; empty where it keeps none."""
    rows = await db.fetch(
        "select complaint, goes_to, remark from referrals where unit_id = $1 order by position", unit_id
    )
    return [Referral(**dict(row)) for row in rows]


async def keep_referrals(db: Connection, by: By, unit_id: UUID, rows: Sequence[Referral], version: str) -> None:
    """Put these rows in the table's place, from now on; logged. `version` is of the table that they were made from.

    Raises NotFound for who does not keep it, Refused('table_changed') when somebody has saved another one meanwhile.
    """
    await begin_deciding(db, by, unit_id, "keep_referrals")
    before = await list_referrals(db, unit_id)
    if version != version_of(before) and list(rows) != before:  # the same once more changes nothing
        raise Refused("table_changed")
    await db.execute("delete from referrals where unit_id = $1", unit_id)
    await db.executemany(
        "insert into referrals (unit_id, position, complaint, goes_to, remark) values ($1, $2, $3, $4, $5)",
        [(unit_id, place, one.complaint, one.goes_to, one.remark) for place, one in enumerate(rows, 1)],
    )
