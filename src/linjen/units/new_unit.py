"""Lägg upp en ny enhet: a unit with its name and HSA-id, on its own or in the place of another one (routine F092)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, must_repeat
from linjen.core.hsa_id import parse_hsa_id
from linjen.core.ids import parse_id
from linjen.core.phone import parse_phone
from linjen.core.swedish import sort_key
from linjen.core.visible import is_visible, straight_text
from linjen.units.schedule import EVER, MIDNIGHT, Week, week_as_typed, week_from_rows
from linjen.units.shutting import awaits

KINDS = ("health_centre", "rehab")
LONGEST_NAME = 80

Found = TypeVar("Found")


#: The boxes of the week, from Monday.
DAYS = tuple(f"day_{number}" for number in range(7))


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A new unit as somebody has typed it; `replaces` is '' for one that takes no other's place. A day's hours are as
    spans_of reads them; all seven empty: the hours of the unit whose place it takes.
    """

    name: str
    hsa_id: str
    kind: str
    provider: str
    phone: str
    takes_residents: str
    replaces: str
    day_0: str = ""
    day_1: str = ""
    day_2: str = ""
    day_3: str = ""
    day_4: str = ""
    day_5: str = ""
    day_6: str = ""

    @property
    def days(self) -> list[str]:
        """The seven, from Monday."""
        return [getattr(self, day).strip() for day in DAYS]


class NewUnit(msgspec.Struct, frozen=True, kw_only=True):
    """The same as it is kept: the name on one line, the HSA-id in capitals, the number as E.164; `week` is None where
    the hours are those of the unit whose place it takes.
    """

    name: str
    hsa_id: str
    kind: str
    provider_id: UUID
    phone: str
    takes_residents: bool
    replaces: UUID | None
    week: Week | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A care provider, or a unit that a new one can take the place of (with its kind)."""

    id: UUID
    name: str
    kind: str = ""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that somebody has opened: whether it has hours, whether it takes no cases yet (units/shutting.py), and the
    unit whose place it takes.
    """

    id: UUID
    name: str
    takes_residents: bool
    has_hours: bool
    awaits: bool
    replaces: UUID | None
    old_name: str
    old_is_shut: bool


class Faulty(Invalid):
    """Everything that is wrong with a new unit, each with its field; the first one speaks for all."""

    def __init__(self, faults: list[Invalid]) -> None:
        super().__init__(faults[0].reason, faults[0].field, **faults[0].detail)
        self.faults = faults


async def may_open(db: Connection, by: By) -> bool:
    """Whether this person opens units: a configuration administrator, at any unit of the region."""
    clause = policy.region_clause("open_unit", person="$1")
    return by.is_staff and bool(await db.fetchval(f"select {clause}", by.person_id))


async def list_providers(db: Connection) -> list[Choice]:
    """The care providers of the region, by name."""
    rows = await db.fetch("select id, name from care_providers")
    return sorted((Choice(**dict(row)) for row in rows), key=lambda one: sort_key(one.name))


async def list_replaceable(db: Connection, by: By) -> list[Choice]:
    """The units whose place a new one can take, by name: those that this person shuts. What the old one's page says of
    the new one is said for the old one.
    """
    may = policy.unit_clause("shut_unit", person="$1")
    rows = await db.fetch(f"select u.id, u.name, u.kind from units u where {may}", by.person_id)
    return sorted((Choice(**dict(row)) for row in rows), key=lambda one: sort_key(one.name))


async def open_unit(db: Connection, by: By, unit_id: UUID, wanted: Wanted) -> NewUnit | None:
    """Open it under the id that its form made, with the hours of the unit whose place it takes; logged. None where the
    same form has come before: one unit is opened.

    Nobody is given anything to do there: assignments are given elsewhere. Raises NotFound for who may not, Faulty with
    all that is to be changed, and Reused for a form that has opened another unit.
    """
    if not await may_open(db, by):
        raise NotFound("page")
    # Two who open a unit of the same name take turns; an HSA-id has its own constraint besides.
    await db.execute("select pg_advisory_xact_lock(hashtextextended('open_unit', 0))")
    old = await _find_replaced(db, by, wanted.replaces)
    new, faults = _read(wanted, old)
    if new is not None and await _is_repeated(db, by, unit_id, new):
        return None
    faults += await _list_taken(db, wanted, old)
    if new is None or faults:
        raise Faulty(_in_order(faults))
    await log_access(db, by, "open_unit", shown=[unit_id, *([new.replaces] if new.replaces else [])])
    await db.execute(
        "insert into units (id, provider_id, hsa_id, name, kind, phone, takes_residents, opened_by, replaces,"
        " opened_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())",
        unit_id, new.provider_id, new.hsa_id, new.name, new.kind, new.phone, new.takes_residents, by.person_id,
        new.replaces,
    )  # fmt: skip
    if new.replaces:
        await _copy_what_has_no_page(db, new.replaces, unit_id)
    if new.replaces and new.week is None:
        await db.execute(
            "insert into opening_hours (unit_id, from_on, stay_minutes, weekday, opens, closes)"
            " select $2::uuid, from_on, stay_minutes, weekday, opens, closes from opening_hours where unit_id = $1",
            new.replaces, unit_id,
        )  # fmt: skip
    await db.executemany(
        "insert into opening_hours (unit_id, weekday, opens, closes) values ($1, $2, $3, $4)",
        [(unit_id, weekday, span.opens, span.closes) for weekday, spans in enumerate(new.week or ()) for span in spans],
    )
    return new


async def _copy_what_has_no_page(db: Connection, from_id: UUID, to_id: UUID) -> None:
    """The holidays on which it is open, and what can be chosen of it on a ticket."""
    for copy in (
        "insert into closures (id, unit_id, from_at, until_at, kind, reason)"
        " select gen_random_uuid(), $2::uuid, from_at, until_at, kind, reason from closures"
        " where unit_id = $1 and kind = 'holiday_open' and until_at > now()",
        "insert into unit_resources (unit_id, role) select $2::uuid, role from unit_resources where unit_id = $1",
    ):
        await db.execute(copy, from_id, to_id)


async def list_waiting(db: Connection, by: By) -> list[Choice]:
    """The units that this person has opened and that take no cases yet, so that none is forgotten."""
    rows = await db.fetch(
        f"select u.id, u.name from units u where u.opened_by = $1 and {awaits('u')} order by u.opened_at", by.person_id
    )
    return [Choice(**dict(row)) for row in rows]


async def see_opened(db: Connection, by: By, unit_id: UUID) -> Opened:
    """A unit that this person has opened herself, for the page that says what comes next; NotFound otherwise."""
    row = await db.fetchrow(
        f"select u.id, u.name, u.takes_residents, u.replaces, {awaits('u')} as awaits,"
        " coalesce(o.name, '') as old_name, o.shut_at is not null as old_is_shut,"
        " exists (select 1 from opening_hours h where h.unit_id = u.id) as has_hours"
        " from units u left join units o on o.id = u.replaces where u.id = $1 and u.opened_by = $2",
        unit_id, by.person_id,
    )  # fmt: skip
    if row is None or not await may_open(db, by):
        raise NotFound("unit")
    return Opened(**dict(row))


class _Old(msgspec.Struct, frozen=True):
    """The unit whose place is to be taken."""

    id: UUID
    kind: str
    #: It takes no new cases from some day on, so that another one may have its name.
    ends: bool
    taken_by: str
    hsa_id: str
    name: str
    has_hours: bool


async def _find_replaced(db: Connection, by: By, typed: str) -> _Old | None:
    may = policy.unit_clause("shut_unit", person="$2")
    row = await db.fetchrow(
        "select u.id, u.kind, u.shuts_on is not null as ends, coalesce((select n.name from units n where"
        " n.replaces = u.id and n.shut_at is null limit 1), '') as taken_by, u.hsa_id, u.name,"
        " exists (select 1 from opening_hours h where h.unit_id = u.id) as has_hours from units u where u.id = $1 and"
        f" {may}",
        parse_id(typed), by.person_id,
    )  # fmt: skip
    return _Old(**dict(row)) if row is not None else None


def _name(text: str) -> str:
    name = " ".join(straight_text(text).split())
    if not is_visible(name):
        raise Invalid("name_empty", "name")
    if len(name) > LONGEST_NAME:
        raise Invalid("name_long", "name", longest=LONGEST_NAME)
    return name


def _one_of(field: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise Invalid(f"{field}_missing", field)
    return text


def _provider(text: str) -> UUID:
    found = parse_id(text)
    if found is None:
        raise Invalid("provider_missing", "provider")
    return found


def _replaced(wanted: Wanted, old: _Old | None) -> UUID | None:
    if not wanted.replaces:
        return None
    if old is None:
        raise Invalid("replaces_unknown", "replaces")
    if wanted.kind in KINDS and old.kind != wanted.kind:
        raise Invalid("replaces_kind", "replaces")
    return old.id


def _week(wanted: Wanted, old: _Old | None) -> Week | None:
    """The hours that were typed, None where those of the old unit are to hold."""
    if not any(wanted.days):
        if old is None or not old.has_hours:
            raise Invalid("week_missing", DAYS[0])
        return None
    week = week_as_typed(wanted.days, "day")
    for day, spans in zip(DAYS, week, strict=True):
        if any(span.closes == MIDNIGHT for span in spans):  # the table keeps a day's end within the day
            raise Invalid("hours_midnight", day)
    return week


def _read(wanted: Wanted, old: _Old | None) -> tuple[NewUnit | None, list[Invalid]]:
    """The new unit, None where anything in it cannot be read, and all that is wrong with it by itself."""
    faults: list[Invalid] = []

    def found(read: Callable[[], Found]) -> Found | None:
        try:
            return read()
        except Invalid as error:
            faults.append(error)
            return None

    values: dict[str, Any] = {
        "name": found(lambda: _name(wanted.name)),
        "hsa_id": found(lambda: parse_hsa_id(wanted.hsa_id)),
        "kind": found(lambda: _one_of("kind", wanted.kind, KINDS)),
        "provider_id": found(lambda: _provider(wanted.provider)),
        "phone": found(lambda: parse_phone(wanted.phone)),
        "takes_residents": found(lambda: _one_of("takes_residents", wanted.takes_residents, ("yes", "no")) == "yes"),
        "replaces": found(lambda: _replaced(wanted, old)),
        "week": found(lambda: _week(wanted, old)),
    }
    return (None if faults else NewUnit(**values)), faults


async def _is_repeated(db: Connection, by: By, unit_id: UUID, new: NewUnit) -> bool:
    known = await db.fetchrow(
        "select name, hsa_id, kind, provider_id, phone, takes_residents, replaces, opened_by from units where id = $1",
        unit_id,
    )
    if known is None:
        return False
    week = new.week  # of an old unit's hours nobody has typed any
    if week is not None:
        first = "select weekday, opens, closes from opening_hours where unit_id = $1 and from_on = $2"
        rows = await db.fetch(first, unit_id, EVER)  # other hours may hold by now
        week = week_from_rows((row["weekday"], row["opens"], row["closes"]) for row in rows)
    was = NewUnit(**{name: known[name] for name in NewUnit.__struct_fields__ if name != "week"}, week=week)
    must_repeat("name", ours=known["opened_by"] == by.person_id, same=was == new)
    return True


#: HSA-ids name one thing each: a unit, a care provider or a person.
_HSA_ID = """
select name from units where hsa_id = $1 union all select name from care_providers where hsa_id = $1
union all select '' from staff where hsa_id = $1
"""
_NAME = "select id from units where lower(name) = lower($1) and shut_at is null and id is distinct from $2"


async def _list_taken(db: Connection, wanted: Wanted, old: _Old | None) -> list[Invalid]:
    """What is used already. The name of the unit whose place is taken is free once that one has a last day."""
    faults = []
    name, hsa_id = " ".join(straight_text(wanted.name).split()), wanted.hsa_id.strip().upper()
    if (by_whom := await db.fetchval(_HSA_ID, hsa_id)) is not None:
        reason = "hsa_id_taken" if by_whom else "hsa_id_of_person"
        faults.append(Invalid("hsa_id_of_old" if old and old.hsa_id == hsa_id else reason, "hsa_id", name=by_whom))
    if await db.fetchval(_NAME, name, old.id if old else None):
        faults.append(Invalid("name_taken", "name"))
    elif old and not old.ends and await db.fetchval(_NAME, name, None):
        faults.append(Invalid("name_of_old", "name"))
    provider = parse_id(wanted.provider)
    if provider and not await db.fetchval("select true from care_providers where id = $1", provider):
        faults.append(Invalid("provider_missing", "provider"))
    if old and old.taken_by:
        faults.append(Invalid("replaces_taken", "replaces", name=old.taken_by))
    return faults


def _in_order(faults: list[Invalid]) -> list[Invalid]:
    """As the fields stand, one for each."""
    fields = list(Wanted.__struct_fields__)
    first = {one.field: one for one in reversed(faults)}
    return [first[field] for field in fields if field in first]
