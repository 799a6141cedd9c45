"""Mitt skrivbord: how a staff member has set up her own work; nobody else sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from linjen.core.database import Connection
from linjen.core.errors import Invalid

DENSITIES = ("roomy", "compact")
LETTERS = ("usual", "large", "larger")


async def find_chats(db: Connection, staff_id: UUID) -> int | None:
    """How many chats at once she has chosen, None when she has not."""
    found = await db.fetchval("select chats from staff_desks where staff_id = $1", staff_id)
    return None if found is None else int(found)


async def choose_chats(db: Connection, staff_id: UUID, chats: int, most: int) -> None:
    """Keep her choice; Invalid('chats_range') with field "chats" when it is none of 1 to `most`."""
    if not 1 <= chats <= most:
        raise Invalid("chats_range", "chats", most=most)
    await db.execute(
        "insert into staff_desks (staff_id, chats) values ($1, $2)"
        " on conflict (staff_id) do update set chats = excluded.chats", staff_id, chats,
    )  # fmt: skip


async def choose_density(db: Connection, staff_id: UUID, density: str) -> None:
    """How close the rows of her lists stand; Invalid('unknown_choice') with field "density"."""
    if density not in DENSITIES:
        raise Invalid("unknown_choice", "density")
    await db.execute(
        "insert into staff_desks (staff_id, density) values ($1, $2)"
        " on conflict (staff_id) do update set density = excluded.density", staff_id, density,
    )  # fmt: skip


async def choose_look(db: Connection, staff_id: UUID, letters: str, *, title_count: bool) -> None:
    """How large the letters of her pages are, and whether the ledger's title counts those who wait.

    Raises Invalid('unknown_choice') with field "letters".
    """
    if letters not in LETTERS:
        raise Invalid("unknown_choice", "letters")
    await db.execute(
        "insert into staff_desks (staff_id, letters, title_count) values ($1, $2, $3)"
        " on conflict (staff_id) do update set letters = excluded.letters, title_count = excluded.title_count",
        staff_id, letters, title_count,
    )  # fmt: skip


async def choose_notices(db: Connection, staff_id: UUID, levels: Sequence[int], sound: int, notices: bool) -> None:
    """At which levels a new case is told her by a sound (0 is none, 3 the loudest) and by a notice on her desk.

    Raises Invalid('unknown_choice') with field "levels" or "sound".
    """
    if not set(levels) <= {1, 2, 3, 4, 5}:
        raise Invalid("unknown_choice", "levels")
    if not 0 <= sound <= 3:
        raise Invalid("unknown_choice", "sound")
    await db.execute(
        "insert into staff_desks (staff_id, notice_levels, sound, notices) values ($1, $2, $3, $4)"
        " on conflict (staff_id) do update set notice_levels = excluded.notice_levels, sound = excluded.sound,"
        " notices = excluded.notices", staff_id, sorted(set(levels)), sound, notices,
    )  # fmt: skip


async def choose_keys(db: Connection, staff_id: UUID, keys: Mapping[str, str], single: bool) -> None:
    """The keys that she has chosen instead of the usual ones, and whether keys of one character work for her."""
    await db.execute(
        "insert into staff_desks (staff_id, keys, single_keys) values ($1, $2, $3)"
        " on conflict (staff_id) do update set keys = excluded.keys, single_keys = excluded.single_keys",
        staff_id, dict(keys), single,
    )  # fmt: skip
