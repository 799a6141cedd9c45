"""Versioner av triagen: drafts and releases of the protocol files, who approved them, and which one runs since when.

The only SQL of the triage. A version is a whole set of files. A draft is changed by whoever has read its latest
version; a release has a named approver and never changes again (the tables refuse it), it can only be retired. The
content that the program ships needs no row: it is the version None.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from linjen.access import policy
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import new_id, parse_id
from linjen.triage.checking.lint import check_files
from linjen.triage.content.archives import checked_files, read_archive, sha256_of, write_archive
from linjen.triage.content.files import stamp_of
from linjen.triage.content.library import compile_files

_LONGEST_NOTE = 2000


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One version. `version` counts the changes of a draft; the people are names; `based_on` is a stamp or empty.

    `stamp` is name@release+hash as the library gives it; `sha256` covers every byte of every file. Times are UTC.
    """

    id: UUID
    state: Literal["draft", "released", "retired"]
    stamp: str
    sha256: str
    note: str
    based_on: str
    version: int
    author: str
    created_at: datetime
    changer: str
    changed_at: datetime
    approver: str | None
    approver_title: str | None
    approved_at: datetime | None
    retirer: str | None
    retired_at: datetime | None


class Approval(msgspec.Struct, frozen=True):
    """Who approved a version, by name and title, and when (UTC); `retired` when nobody begins on it any more."""

    by: str
    title: str
    at: datetime
    retired: bool


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """What runs since `at`: a release, or with None the shipped content; with triage_on false, forms alone.

    Before anybody has switched, `number` is 0.
    """

    number: int = 0
    release_id: UUID | None = None
    triage_on: bool = True
    note: str = ""
    by: str = ""
    at: datetime | None = None


_RELEASES = """
select r.id, r.state, r.stamp, r.sha256, r.note, r.based_on, r.version, r.created_at, r.changed_at, r.approved_at,
  r.retired_at, a.given_name || ' ' || a.surname as author, c.given_name || ' ' || c.surname as changer,
  p.given_name || ' ' || p.surname as approver, p.title as approver_title, t.given_name || ' ' || t.surname as retirer
from triage_releases r join staff a on a.id = r.author_id join staff c on c.id = r.changed_by
left join staff p on p.id = r.approver_id left join staff t on t.id = r.retired_by
"""

_LATEST = "order by coalesce(r.approved_at, r.changed_at) desc, r.id desc"

_SWITCHES = """
select w.number, w.release_id, w.triage_on, w.note, w.at, s.given_name || ' ' || s.surname as by
from triage_switches w join staff s on s.id = w.by_id order by w.number desc limit $1
"""


async def may(db: Connection, by: By, verb: str) -> bool:
    """Whether this person may do a verb of policy.REGION_VERBS."""
    clause = policy.region_clause(verb, person="$1")
    return by.is_staff and bool(await db.fetchval(f"select {clause}", by.person_id))


async def _must(db: Connection, by: By, verb: str) -> None:
    if not await may(db, by, verb):
        raise NotFound("page")


def _checked_note(note: str) -> str:
    if len(note) > _LONGEST_NOTE:
        raise Invalid("too_long", "note", longest=_LONGEST_NOTE)
    return note


# -- looking -----------------------------------------------------------------------------------------------------------


async def list_releases(db: Connection, by: By) -> list[Release]:
    """Every version, drafts too, the latest change first. Raises NotFound for who may not see the triage."""
    await _must(db, by, "see_triage")
    return await list_all(db)


async def see_release(db: Connection, by: By, release_id: UUID) -> Release:
    """One version; NotFound when it does not exist or for who may not see it."""
    await _must(db, by, "see_triage")
    row = await db.fetchrow(f"{_RELEASES} where r.id = $1", release_id)
    if row is None:
        raise NotFound("release")
    return Release(**dict(row))


async def list_switches(db: Connection, by: By, most: int = 50) -> list[Switch]:
    """What has run, the present first. Raises NotFound for who may not see the triage."""
    await _must(db, by, "see_triage")
    return [Switch(**dict(row)) for row in await db.fetch(_SWITCHES, most)]


async def find_switch(db: Connection) -> Switch:
    """What runs now, for the program itself, so nobody is named. Number 0 and the shipped content before any switch."""
    row = await db.fetchrow(_SWITCHES, 1)
    return Switch(**dict(row)) if row else Switch()


async def find_released(db: Connection, stamp: str) -> UUID | None:
    """The release with this stamp, for the program itself; None for a retired one, which nobody may begin or go on."""
    found: UUID | None = await db.fetchval(
        "select id from triage_releases where stamp = $1 and state = 'released'", stamp
    )
    return found


async def find_approval(db: Connection, stamp: str) -> Approval | None:
    """Who approved the version with this stamp, for who reads a case that it sorted; None for one without a release."""
    row = await db.fetchrow(
        "select s.given_name || ' ' || s.surname as by, s.title, r.approved_at as at, r.state = 'retired' as retired"
        " from triage_releases r join staff s on s.id = r.approver_id where r.stamp = $1 and r.state <> 'draft'",
        stamp,
    )
    return Approval(**dict(row)) if row else None


async def find_version(db: Connection, name: str) -> UUID | None:
    """For the operator's commands: the version with this id, or the one that was approved with this stamp."""
    given = parse_id(name)
    if given is not None:
        found: UUID | None = await db.fetchval("select id from triage_releases where id = $1", given)
        return found
    stamped: UUID | None = await db.fetchval(
        "select id from triage_releases where stamp = $1 and state <> 'draft'", name
    )
    return stamped


async def list_all(db: Connection) -> list[Release]:
    """Every version, for the operator's commands; as list_releases."""
    return [Release(**dict(row)) for row in await db.fetch(f"{_RELEASES} {_LATEST}")]


async def read_files(db: Connection, release_id: UUID) -> dict[str, bytes]:
    """The files of a version that the caller has seen, or that the program runs; file name to bytes.

    Raises NotFound when there is none, Invalid("release_altered") when they are not what was saved.
    """
    rows = await db.fetch(
        "select r.sha256, f.name, f.content from triage_releases r join triage_files f on f.release_id = r.id"
        " where r.id = $1 order by f.name collate \"C\"", release_id,
    )  # fmt: skip
    if not rows:
        raise NotFound("release")
    files = {row["name"]: bytes(row["content"]) for row in rows}
    if sha256_of(files) != rows[0]["sha256"]:
        raise Invalid("release_altered", release=str(release_id))
    return files


async def export_files(db: Connection, by: By, release_id: UUID) -> bytes:
    """A version as a zip, from which `import_files` makes the same version."""
    await see_release(db, by, release_id)
    return write_archive(await read_files(db, release_id))


# -- drafts ------------------------------------------------------------------------------------------------------------


async def save_draft(db: Connection, by: By, files: Mapping[str, bytes], note: str, based_on: str) -> UUID:
    """A new draft with these files; its id. They may be faulty: only an approval asks for more than sizes and names.

    Raises Invalid as archives.checked_files, NotFound for who may not edit.
    """
    await _must(db, by, "edit_triage")
    kept, release_id = checked_files(files), new_id()
    await db.execute(
        "insert into triage_releases (id, stamp, sha256, note, based_on, author_id, changed_by)"
        " values ($1, $2, $3, $4, $5, $6, $6)",
        release_id, stamp_of(kept), sha256_of(kept), _checked_note(note), based_on, by.person_id,
    )  # fmt: skip
    await db.executemany(
        "insert into triage_files (release_id, name, content) values ($1, $2, $3)",
        [(release_id, name, raw) for name, raw in kept.items()],
    )
    return release_id


async def import_files(db: Connection, by: By, raw: bytes, note: str, based_on: str = "") -> UUID:
    """A new draft from a zip; its id. Raises Invalid as archives.read_archive."""
    await _must(db, by, "edit_triage")
    return await save_draft(db, by, await asyncio.to_thread(read_archive, raw), note, based_on)


async def change_draft(
    db: Connection, by: By, release_id: UUID, version: int, files: Mapping[str, bytes | None], note: str | None = None
) -> int:
    """Change files of a draft (None takes one away) and its note; the new version, to change it again with.

    `version` is the one last read. Raises Refused("changed_meanwhile") when somebody else has changed it since,
    Refused("not_a_draft"), Invalid as save_draft, NotFound for who may not edit.
    """
    await _must(db, by, "edit_triage")
    new = await db.fetchval(
        "update triage_releases set version = version + 1, changed_by = $3, changed_at = now(),"
        " note = coalesce($4, note) where id = $1 and version = $2 and state = 'draft' returning version",
        release_id, version, by.person_id, None if note is None else _checked_note(note),
    )  # fmt: skip
    if new is None:
        raise await _why_not(db, release_id)
    before = await db.fetch("select name, content from triage_files where release_id = $1", release_id)
    held = {row["name"]: bytes(row["content"]) for row in before if row["name"] not in files}
    kept = checked_files(held | {name: raw for name, raw in files.items() if raw is not None})
    await db.execute(
        "delete from triage_files where release_id = $1 and name = any($2::text[])", release_id, list(files)
    )  # fmt: skip
    await db.executemany(
        "insert into triage_files (release_id, name, content) values ($1, $2, $3)",
        [(release_id, name, raw) for name, raw in files.items() if raw is not None],
    )
    await db.execute(
        "update triage_releases set stamp = $2, sha256 = $3 where id = $1", release_id, stamp_of(kept), sha256_of(kept)
    )
    return int(new)


async def drop_draft(db: Connection, by: By, release_id: UUID, version: int) -> None:
    """Throw a draft away with its files. Raises as change_draft."""
    await _must(db, by, "edit_triage")
    done = await db.execute(
        "delete from triage_releases where id = $1 and version = $2 and state = 'draft'", release_id, version
    )
    if done != "DELETE 1":
        raise await _why_not(db, release_id)


async def _why_not(db: Connection, release_id: UUID) -> NotFound | Refused:
    state = await db.fetchval("select state from triage_releases where id = $1", release_id)
    if state is None:
        return NotFound("release")
    return Refused("changed_meanwhile") if state == "draft" else Refused("not_a_draft", state=state)


# -- releases ----------------------------------------------------------------------------------------------------------


async def approve(db: Connection, by: By, release_id: UUID, version: int) -> str:
    """Release a draft as this person, who has read its `version`; its stamp. What runs is not changed by it.

    Raises Invalid("bad_protocol") with `problems`, a list of lint.Problem (file, line, reason),
    Refused("already_released") when the same content is, and as change_draft; NotFound for who may not approve.
    """
    await _must(db, by, "approve_triage")
    found = await db.fetchrow("select state, version from triage_releases where id = $1", release_id)
    if found is None or found["state"] != "draft" or found["version"] != version:
        raise await _why_not(db, release_id)
    files = await read_files(db, release_id)
    problems = await asyncio.to_thread(check_files, files)
    if problems:
        raise Invalid("bad_protocol", problems=problems)
    stamp = (await asyncio.to_thread(compile_files, files)).stamp
    try:
        done = await db.execute(
            "update triage_releases set state = 'released', stamp = $4, approver_id = $3, approved_at = now()"
            " where id = $1 and version = $2 and state = 'draft'",
            release_id, version, by.person_id, stamp,
        )  # fmt: skip
    except asyncpg.UniqueViolationError:
        raise Refused("already_released", stamp=stamp) from None
    if done != "UPDATE 1":
        raise await _why_not(db, release_id)
    return stamp


async def run_release(
    db: Connection, by: By, release_id: UUID | None, seen: int, note: str = "", *, triage_on: bool = True
) -> int:
    """Let a release run from now on, an earlier one too, or with None the shipped content; the switch's number.

    `seen` is the number of the switch last read. With triage_on false nothing is triaged: forms alone. Raises
    Refused("switched_meanwhile") when somebody else has switched since, Refused("not_released") for a draft or a
    retired release; NotFound for who may not approve.
    """
    await _must(db, by, "approve_triage")
    if release_id is not None:
        state = await db.fetchval("select state from triage_releases where id = $1 for share", release_id)
        if state is None:
            raise NotFound("release")
        if state != "released":
            raise Refused("not_released", state=state)
    # Of two at once the later waits for the first to commit and then inserts nothing: no error, and no line in the log.
    done = await db.execute(
        "insert into triage_switches (number, release_id, triage_on, note, by_id)"
        " select $1::integer + 1, $2, $3, $4, $5"
        " where coalesce((select max(number) from triage_switches), 0) = $1::integer"
        " on conflict (number) do nothing",
        seen, release_id, triage_on, _checked_note(note), by.person_id,
    )  # fmt: skip
    if done != "INSERT 0 1":
        raise Refused("switched_meanwhile")
    return seen + 1


async def retire(db: Connection, by: By, release_id: UUID) -> None:
    """Nobody begins or goes on with this release any more; drafts of cases follow to the one that runs.

    Raises Refused("still_runs") for the one that runs, Refused("not_released"), NotFound for who may not approve.
    """
    await _must(db, by, "approve_triage")
    state = await db.fetchval("select state from triage_releases where id = $1 for update", release_id)
    if state is None:
        raise NotFound("release")
    if state != "released":
        raise Refused("not_released", state=state)
    if (await find_switch(db)).release_id == release_id:
        raise Refused("still_runs")
    await db.execute(
        "update triage_releases set state = 'retired', retired_by = $2, retired_at = now() where id = $1",
        release_id, by.person_id,
    )  # fmt: skip
