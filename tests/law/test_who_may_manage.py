"""The law of administration: every verb on a unit, by every person, at every unit, against a table that is read.

`who_may_manage.csv` has a row for each verb and person and a column for each unit: `yes`, or `404` where the unit does
not exist for this person. LINJEN_WRITE_LAW=1 writes the table anew; read every changed cell then.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from linjen.access.by import By
from linjen.access.policy import UNIT_VERBS, unit_clause
from linjen.cases.afterwards.triage_quality import list_seen_units
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.demo.world import STAFF, UNITS, id_of
from linjen.people.roster import list_assigned
from linjen.units.managed import list_managed_units, see_managed_unit
from tests.region import Region

TABLE = Path(__file__).with_name("who_may_manage.csv")
Row = TypeVar("Row")
_UNITS = [unit.key for unit in UNITS]


def people(region: Region) -> dict[str, By]:
    """Everybody who works in the region, a resident, and one who has forged her choice of unit."""
    staff = {one.key: region.actors.staff(one.key, one.assignments[0][0]) for one in STAFF}
    forged = region.actors.staff("lena", "ankaret")
    return staff | {"resident astrid": region.actors.resident("astrid"), "lena, forged ankaret": forged}


async def reached(db: Connection, by: By, verb: str) -> set[str]:
    """The units that a verb's clause lets this person reach."""
    may = unit_clause(verb, person="$1", unit="$2::uuid")
    rows = await db.fetch(
        f"select u.id from units u where ($2::uuid is null or true) and {may}", by.person_id, by.unit_id
    )
    found = {row["id"] for row in rows}
    return {key for key in _UNITS if _id(key) in found}


async def test_every_verb_by_every_person_at_every_unit_is_as_the_table_says(region: Region) -> None:
    found: dict[tuple[str, str], dict[str, str]] = {}
    async with region.site.database.connection() as db:
        for verb in UNIT_VERBS:
            for name, by in people(region).items():
                units = await reached(db, by, verb)
                found[verb, name] = {key: "yes" if key in units else "404" for key in _UNITS}
    if os.environ.get("LINJEN_WRITE_LAW"):
        _write(found)
    with TABLE.open(newline="", encoding="utf-8") as file:
        wanted = {(row.pop("verb"), row.pop("person")): row for row in csv.DictReader(file)}
    assert found == wanted


def _write(found: dict[tuple[str, str], dict[str, str]]) -> None:
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["verb", "person", *_UNITS])
        for (verb, name), cells in sorted(found.items()):
            writer.writerow([verb, name, *cells.values()])


def _id(key: str) -> UUID:
    return id_of(f"unit/{key}")


async def _or_none(reading: Awaitable[list[Row]]) -> list[Row]:
    try:
        return await reading
    except NotFound:
        return []


async def test_what_the_pages_read_obeys_the_same_law(region: Region) -> None:
    at = clock.now()
    async with region.site.database.transaction() as db:
        for by in people(region).values():
            units, staffed = await reached(db, by, "see_unit"), await reached(db, by, "see_staff")
            assert {one.id for one in await _or_none(list_managed_units(db, by))} == {_id(key) for key in units}
            assert {one.unit_id for one in await _or_none(list_assigned(db, by))} == {_id(key) for key in staffed}
            for verb in ("see_triage_quality", "export_triage_quality"):
                counted = await _or_none(list_seen_units(db, by, verb))
                assert {one.id for one in counted} == {_id(key) for key in await reached(db, by, verb)}
            for key in _UNITS:
                try:
                    seen = (await see_managed_unit(db, by, _id(key), at)).id == _id(key)
                except NotFound:
                    seen = False
                assert seen == (key in units)


async def test_an_ended_or_coming_assignment_and_a_care_role_administer_nothing(region: Region) -> None:
    maja, database = people(region)["maja"], region.site.database
    for change in ("ended_at = now()", "ended_at = null, from_at = now() + interval '1 day'", "role = 'nurse'"):
        await database.execute(f"update assignments set {change} where staff_id = $1", maja.person_id)
        async with database.connection() as db:
            assert not await reached(db, maja, "see_unit") | await reached(db, maja, "see_staff"), change
