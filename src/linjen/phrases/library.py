"""Frasbibliotek: the phrases that somebody can use, most used first, and those that she keeps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.swedish import sort_key
from linjen.units.managed import may_at


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """One phrase. `own` when it is the reader's own, else her unit's; `uses` are hers at this unit, `unit_uses` all's.

    `short` is what may be typed after the slash, or ''. `version` counts the changes; times are UTC.
    """

    id: UUID
    own: bool
    title: str
    short: str
    body: str
    version: int
    changed_by: str
    changed_at: datetime
    removed_at: datetime | None
    uses: int = 0
    unit_uses: int = 0


class Home(msgspec.Struct, frozen=True):
    """Whose phrases: a unit's, or with None the acting person's own."""

    unit_id: UUID | None = None

    @property
    def verb(self) -> str:
        """What one must be allowed to do to keep them."""
        return "keep_phrases" if self.unit_id else "keep_own_phrases"

    def owner(self, by: By) -> tuple[UUID | None, UUID | None]:
        """(unit, person) of the rows: one of them is None."""
        return (self.unit_id, None) if self.unit_id else (None, by.person_id)


_COLUMNS = """p.id, p.staff_id is not null as own, p.title, p.short, p.body, p.version,
  s.given_name || ' ' || s.surname as changed_by, p.changed_at, p.removed_at"""
_FROM = "phrases p join staff s on s.id = p.changed_by"
_OF_HOME = "p.unit_id is not distinct from $1 and p.staff_id is not distinct from $2"

_USABLE = f"""
select {_COLUMNS}, coalesce(sum(n.uses) filter (where n.staff_id = $1), 0)::integer as uses,
  coalesce(sum(n.uses), 0)::integer as unit_uses
from {_FROM} left join phrase_uses n on n.phrase_id = p.id and n.unit_id = $2
where p.removed_at is null and (p.staff_id = $1 or p.unit_id = $2) group by p.id, s.id
"""


async def must(db: Connection, by: By, verb: str, unit_id: UUID | None) -> None:
    """Raises NotFound unless this person may do the verb (of policy.UNIT_VERBS) at the unit."""
    if unit_id is None or not await may_at(db, by, unit_id, verb):
        raise NotFound("page")


async def list_usable(db: Connection, by: By) -> list[Phrase]:
    """The unit's phrases and her own: those that she uses most first, then those that her colleagues use.

    Raises NotFound for who does not work with cases at the unit that she has chosen.
    """
    await must(db, by, "use_phrases", by.unit_id)
    found = [Phrase(**dict(row)) for row in await db.fetch(_USABLE, by.person_id, by.unit_id)]
    return sorted(found, key=lambda one: (-one.uses, -one.unit_uses, sort_key(one.title)))


async def list_kept(db: Connection, by: By, home: Home) -> list[Phrase]:
    """Every phrase of a home, removed ones too, by title; NotFound for who does not keep them."""
    await must(db, by, home.verb, home.unit_id or by.unit_id)
    rows = await db.fetch(f"select {_COLUMNS} from {_FROM} where {_OF_HOME}", *home.owner(by))
    return sorted((Phrase(**dict(row)) for row in rows), key=lambda one: sort_key(one.title))


async def see_kept(db: Connection, by: By, home: Home, phrase_id: UUID) -> Phrase:
    """One phrase of a home that is not removed; NotFound otherwise."""
    await must(db, by, home.verb, home.unit_id or by.unit_id)
    row = await db.fetchrow(
        f"select {_COLUMNS} from {_FROM} where {_OF_HOME} and p.id = $3 and p.removed_at is null",
        *home.owner(by), phrase_id,
    )  # fmt: skip
    if row is None:
        raise NotFound("phrase")
    return Phrase(**dict(row))


async def count_use(db: Connection, by: By, phrase_id: UUID) -> str:
    """One more use of a phrase by this person at her unit; its text. NotFound for a phrase that is not hers to use."""
    await must(db, by, "use_phrases", by.unit_id)
    body = await db.fetchval(
        "select body from phrases where id = $1 and removed_at is null and (staff_id = $2 or unit_id = $3)",
        phrase_id, by.person_id, by.unit_id,
    )  # fmt: skip
    if body is None:
        raise NotFound("phrase")
    await db.execute(
        "insert into phrase_uses (phrase_id, unit_id, staff_id, uses) values ($1, $2, $3, 1)"
        " on conflict (phrase_id, unit_id, staff_id) do update set uses = phrase_uses.uses + 1, used_at = now()",
        phrase_id, by.unit_id, by.person_id,
    )  # fmt: skip
    return str(body)
