"""Tidigare inställningar: every change of a unit's setting is kept, in the transaction of the change itself."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.core.ids import new_id
from linjen.units.managed import may_at, take_turns

Value = TypeVar("Value")

#: So many changes of a unit are listed, the latest first; older ones stay in the table.
SHOWN = 200


@dataclasses.dataclass(frozen=True, kw_only=True)
class Setting(Generic[Value]):
    """One setting of a unit, as it is kept.

    `name`: in the table of versions, for ever; `verb`: of policy.UNIT_VERBS, who decides it; `shape`: the type that a
    kept value is read back as. `find` reads it. `save` decides it, from the new value and what the page showed, and
    raises Invalid or Refused('changed'). `stamp` is what a page brings back of the value that it showed. `copy`: SQL
    that gives the unit $2 what the unit $1 has, for a new unit in its place; '' for what is of the old one alone.
    """

    name: str
    verb: str
    shape: Any
    find: Callable[[Connection, UUID], Awaitable[Value]]
    save: Callable[[Connection, By, UUID, Value, Any], Awaitable[None]]
    copy: str
    stamp: Callable[[Value], Any] = lambda value: value

    def write(self, value: Value) -> Any:
        """The value as JSON: sets in order, keys as text."""
        return msgspec.to_builtins(value, str_keys=True, order="deterministic")

    def read(self, written: Any) -> Value:
        """The value that was written so. Who gives a setting another shape rewrites its versions in the migration."""
        value: Value = msgspec.convert(written, self.shape, strict=False)
        return value


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `undoes` is the change that it took back, `undone` whether a later one took it back; `at` is UTC."""

    id: UUID
    setting: str
    was: Any
    became: Any
    by_name: str
    at: datetime
    undoes: UUID | None
    undone: bool


async def change_setting(
    db: Connection, by: By, unit_id: UUID, setting: Setting[Value], new: Value, shown: Any, undoes: UUID | None = None
) -> tuple[Value, Value]:
    """Decide a setting and keep the change; what it was, and what it is now. The same once more is no change.

    Raises NotFound for who does not decide it, and what the setting's own `save` raises.
    """
    if not await may_at(db, by, unit_id, setting.verb):
        raise NotFound("unit")
    await take_turns(db, unit_id)
    was = await setting.find(db, unit_id)
    await setting.save(db, by, unit_id, new, shown)
    became = await setting.find(db, unit_id)
    await _keep(db, by, unit_id, setting, was, became, undoes)
    return was, became


async def copy_settings(
    db: Connection, by: By, from_id: UUID, to_id: UUID, settings: Sequence[Setting[Any]]
) -> None:  # fmt: skip
    """Give a unit that has just been opened what the one has whose place it takes, each kept as a change. The caller
    has asked the policy, of both.
    """
    for setting in settings:
        if setting.copy:
            was = await setting.find(db, to_id)
            await db.execute(setting.copy, from_id, to_id)
            await _keep(db, by, to_id, setting, was, await setting.find(db, to_id))


async def _keep(
    db: Connection, by: By, unit_id: UUID, setting: Setting[Value], was: Value, became: Value,
    undoes: UUID | None = None,
) -> None:  # fmt: skip
    if setting.write(was) != setting.write(became):
        await db.execute(
            "insert into setting_versions (id, unit_id, setting, was, became, undoes, by_id)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            new_id(), unit_id, setting.name, setting.write(was), setting.write(became), undoes, by.person_id,
        )  # fmt: skip


async def undo_change(
    db: Connection, by: By, unit_id: UUID, setting: Setting[Value], version: Version, shown: str
) -> tuple[Value, Value]:
    """Put back what a change replaced, by the setting's own verb and checks. `shown` is the mark of what the page said
    that the setting is now (see `mark_of`); Refused('changed') when it is something else meanwhile.
    """
    if not await may_at(db, by, unit_id, setting.verb):
        raise NotFound("unit")
    await take_turns(db, unit_id)
    now = await setting.find(db, unit_id)
    if mark_of(setting, now) != shown:
        raise Refused("changed", verb=setting.verb)
    old = setting.read(version.was)
    return await change_setting(db, by, unit_id, setting, old, setting.stamp(now), version.id)


def mark_of(setting: Setting[Value], value: Value) -> str:
    """What a form brings along of a value, whatever its shape."""
    return hashlib.sha256(msgspec.json.encode(setting.write(value))).hexdigest()[:32]


_VERSIONS = """
select x.id, x.setting, x.was, x.became, x.at, x.undoes, s.given_name || ' ' || s.surname as by_name,
  exists (select 1 from setting_versions later where later.undoes = x.id) as undone
from setting_versions x join staff s on s.id = x.by_id
where x.unit_id = $1 and x.setting = any($2::text[])"""


async def list_versions(db: Connection, by: By, unit_id: UUID, settings: Sequence[Setting[Any]]) -> list[Version]:
    """The changes of those of the settings that this person decides, the latest first; logged. NotFound for who
    decides none.
    """
    names = await _decided_by(db, by, unit_id, settings)
    if not names or not await may_at(db, by, unit_id, "see_versions"):
        raise NotFound("unit")
    await log_access(db, by, "see_versions", shown=[unit_id])
    rows = await db.fetch(f"{_VERSIONS} order by x.id desc limit $3", unit_id, names, SHOWN)
    return [Version(**dict(row)) for row in rows]


async def see_version(
    db: Connection, by: By, unit_id: UUID, version_id: UUID, settings: Sequence[Setting[Any]]
) -> Version:
    """One change; NotFound for who does not decide that setting. Logged."""
    names = await _decided_by(db, by, unit_id, settings)
    row = await db.fetchrow(f"{_VERSIONS} and x.id = $3", unit_id, names, version_id)
    if row is None or not await may_at(db, by, unit_id, "see_versions"):
        raise NotFound("unit")
    await log_access(db, by, "see_versions", shown=[unit_id])
    return Version(**dict(row))


async def _decided_by(db: Connection, by: By, unit_id: UUID, settings: Sequence[Setting[Any]]) -> list[str]:
    return [one.name for one in settings if await may_at(db, by, unit_id, one.verb)]
