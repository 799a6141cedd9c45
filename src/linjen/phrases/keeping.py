"""Sköta fraser: add, change, remove and put back the phrases of a unit or one's own (F081, F082)."""

from __future__ import annotations

import re
from uuid import UUID

import asyncpg
import msgspec

from linjen.access.by import By
from linjen.cases.talk.fields import check_known
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.visible import is_visible, plain_text
from linjen.phrases.library import Home, must

LONGEST_TITLE = 80
LONGEST_SHORT = 20
LONGEST_BODY = 2_000
#: More than anybody finds again.
MOST = 300

_SHORT = re.compile(r"[a-zåäö0-9-]+")
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")


class Wording(msgspec.Struct, frozen=True):
    """What somebody has typed of a phrase."""

    title: str
    short: str
    body: str


def check_wording(typed: Wording) -> Wording:
    """The wording as it is kept: the title on one line, the short name in small letters without its slash.

    Raises Invalid('empty' | 'too_long' | 'unreadable' | 'wrong_short' | 'unknown_field') with the field.
    """
    clean = Wording(
        " ".join(typed.title.split()), typed.short.strip().removeprefix("/").lower(),
        plain_text(typed.body).strip(),
    )  # fmt: skip
    lengths = (("title", LONGEST_TITLE), ("short", LONGEST_SHORT), ("body", LONGEST_BODY))
    for name, longest in lengths:
        text = getattr(clean, name)
        if _UNREADABLE.search(text):
            raise Invalid("unreadable", name)
        if name != "short" and not is_visible(text):
            raise Invalid("empty", name)
        if len(text) > longest:
            raise Invalid("too_long", name, longest=longest)
    if clean.short and not _SHORT.fullmatch(clean.short):
        raise Invalid("wrong_short", "short")
    check_known(clean.body)
    return clean


async def _may_keep(db: Connection, by: By, home: Home) -> tuple[UUID | None, UUID | None]:
    await must(db, by, home.verb, home.unit_id or by.unit_id)
    return home.owner(by)


async def add_phrase(db: Connection, by: By, home: Home, phrase_id: UUID, typed: Wording) -> None:
    """A new phrase under the id that its form made: the same form once more changes nothing.

    Raises as `check_wording`, Invalid('short_taken' | 'too_many'), Reused, and NotFound for who does not keep
    these phrases.
    """
    wording, owner = check_wording(typed), await _may_keep(db, by, home)
    of_home = "unit_id is not distinct from $1 and staff_id is not distinct from $2"
    texts = "select unit_id, staff_id, title, short, body, version from phrases where id = $1"
    if known := await db.fetchrow(texts, phrase_id):
        same = tuple(known)[2:5] == (wording.title, wording.short, wording.body) or known["version"] > 1
        must_repeat("title", ours=tuple(known)[:2] == owner, same=same)
        return
    if int(await db.fetchval(f"select count(*) from phrases where {of_home} and removed_at is null", *owner)) >= MOST:
        raise Invalid("too_many", "title", longest=MOST)
    try:
        await db.execute(
            "insert into phrases (id, unit_id, staff_id, title, short, body, created_by, changed_by)"
            " values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict (id) do nothing",
            phrase_id, *owner, wording.title, wording.short, wording.body, by.person_id,
        )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        raise Invalid("short_taken", "short") from error


async def change_phrase(db: Connection, by: By, home: Home, phrase_id: UUID, version: int, typed: Wording) -> None:
    """The phrase with another wording, if it still is the `version` that was read.

    Raises Refused('changed_meanwhile') when somebody else was first, and otherwise as `add_phrase`.
    """
    wording, owner = check_wording(typed), await _may_keep(db, by, home)
    try:
        done = await db.fetchval(
            "update phrases set title = $4, short = $5, body = $6, version = version + 1, changed_by = $7,"
            " changed_at = now() where unit_id is not distinct from $1 and staff_id is not distinct from $2"
            " and id = $3 and version = $8 and removed_at is null returning id",
            *owner, phrase_id, wording.title, wording.short, wording.body, by.person_id, version,
        )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        raise Invalid("short_taken", "short") from error
    if done is None:
        await _refuse(db, owner, phrase_id)


async def _refuse(db: Connection, owner: tuple[UUID | None, UUID | None], phrase_id: UUID) -> None:
    known = await db.fetchrow("select unit_id, staff_id from phrases where id = $1", phrase_id)
    if known is None or tuple(known) != owner:
        raise NotFound("phrase")
    raise Refused("changed_meanwhile")


async def remove_phrase(db: Connection, by: By, home: Home, phrase_id: UUID) -> None:
    """The phrase is offered no more; it stays as a row, and removing it twice is removing it once."""
    owner = await _may_keep(db, by, home)
    done = await db.fetchval(
        "update phrases set removed_at = coalesce(removed_at, now()), changed_by = $4, changed_at = now()"
        " where unit_id is not distinct from $1 and staff_id is not distinct from $2 and id = $3 returning id",
        *owner, phrase_id, by.person_id,
    )  # fmt: skip
    if done is None:
        raise NotFound("phrase")


async def restore_phrase(db: Connection, by: By, home: Home, phrase_id: UUID) -> None:
    """A removed phrase is offered again, without its short name when another one has that meanwhile."""
    owner = await _may_keep(db, by, home)
    done = await db.fetchval(
        "update phrases p set removed_at = null, changed_by = $4, changed_at = now(), version = version + 1,"
        " short = case when exists (select 1 from phrases o where o.id <> p.id and o.short = p.short"
        " and o.removed_at is null and o.unit_id is not distinct from $1 and o.staff_id is not distinct from $2)"
        " then '' else p.short end"
        " where p.unit_id is not distinct from $1 and p.staff_id is not distinct from $2 and p.id = $3"
        " and p.removed_at is not null returning p.id",
        *owner, phrase_id, by.person_id,
    )  # fmt: skip
    if done is None:
        await _still_there(db, owner, phrase_id)


async def _still_there(db: Connection, owner: tuple[UUID | None, UUID | None], phrase_id: UUID) -> None:
    known = await db.fetchrow("select unit_id, staff_id from phrases where id = $1", phrase_id)
    if known is None or tuple(known) != owner:
        raise NotFound("phrase")


async def copy_phrases(db: Connection, from_id: UUID, to_id: UUID) -> int:
    """Give a unit that has just been opened the phrases of the one whose place it takes; how many. They stand by the
    names of who wrote them. The caller has asked the policy, of both.
    """
    rows = await db.fetch(
        "insert into phrases (id, unit_id, title, short, body, created_by, created_at, changed_by, changed_at)"
        " select gen_random_uuid(), $2::uuid, title, short, body, created_by, created_at, changed_by, changed_at"
        " from phrases where unit_id = $1 and removed_at is null returning id",
        from_id, to_id,
    )  # fmt: skip
    return len(rows)
