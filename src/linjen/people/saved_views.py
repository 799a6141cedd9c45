"""Sparade vyer: filters of the ledger that a staff member has given a name; her own alone."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.visible import is_visible

LONGEST, MOST = 40, 20


class SavedView(msgspec.Struct, frozen=True):
    """One of them: its name, the view of the ledger and the filters as a query."""

    id: UUID
    name: str
    view: str
    filters: str


async def list_saved(db: Connection, staff_id: UUID) -> list[SavedView]:
    """In the order in which they were saved."""
    rows = await db.fetch(
        "select id, name, view, filters from saved_views where staff_id = $1 order by saved_at, id", staff_id
    )
    return [SavedView(**dict(row)) for row in rows]


async def save_view(db: Connection, staff_id: UUID, saved: SavedView) -> None:
    """Keep it; the same id once more changes nothing. Invalid('empty' | 'too_long' | 'too_many') with field "name"."""
    if not is_visible(saved.name):
        raise Invalid("empty", "name")
    if len(saved.name) > LONGEST:
        raise Invalid("too_long", "name", longest=LONGEST)
    await db.execute("select 1 from staff where id = $1 for no key update", staff_id)
    there = await list_saved(db, staff_id)
    if len(there) >= MOST and all(one.id != saved.id for one in there):
        raise Invalid("too_many", "name", most=MOST)
    await db.execute(
        "insert into saved_views (id, staff_id, name, view, filters) values ($1, $2, $3, $4, $5)"
        " on conflict (id) do nothing",
        saved.id, staff_id, saved.name, saved.view, saved.filters,
    )  # fmt: skip


async def remove_view(db: Connection, staff_id: UUID, view_id: UUID) -> None:
    """Remove one of her own; of anybody else's nothing happens."""
    await db.execute("delete from saved_views where id = $1 and staff_id = $2", view_id, staff_id)
