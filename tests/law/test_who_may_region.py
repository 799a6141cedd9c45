"""The law of what belongs to the whole region: every verb by every person, against a table that is read.

`who_may_region.csv` has a row for each verb and person, `yes` or `404`. LINJEN_WRITE_LAW=1 writes it anew; read every
changed cell then.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

from linjen.access.policy import REGION_VERBS
from linjen.triage.releases import may
from tests.law.test_who_may_manage import people
from tests.region import Region

TABLE = Path(__file__).with_name("who_may_region.csv")


async def test_every_verb_by_every_person_is_as_the_table_says(region: Region) -> None:
    async with region.site.database.connection() as db:
        found = {
            (verb, name): "yes" if await may(db, by, verb) else "404"
            for verb in sorted(REGION_VERBS)
            for name, by in sorted(people(region).items())
        }
    if os.environ.get("LINJEN_WRITE_LAW"):
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["verb", "person", "answer"], *([*key, cell] for key, cell in found.items())])
    with TABLE.open(newline="", encoding="utf-8") as file:
        wanted = {(row["verb"], row["person"]): row["answer"] for row in csv.DictReader(file)}
    assert found == wanted


async def test_an_ended_or_coming_assignment_and_a_care_role_release_nothing(region: Region) -> None:
    eva, database = region.actors.staff("eva", "ankaret"), region.site.database
    for change in ("ended_at = now()", "ended_at = null, from_at = now() + interval '1 day'", "role = 'physician'"):
        await database.execute(f"update assignments set {change} where staff_id = $1", eva.person_id)
        async with database.connection() as db:
            assert not [verb for verb in REGION_VERBS if await may(db, eva, verb)], change
