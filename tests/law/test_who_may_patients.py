"""The law of patients: every verb on a patient, by every person, on every resident, against a table that is read.

`who_may_patients.csv` has a row for each verb and person and a column for each resident: `yes`, or `404` where she does
not exist for this person. LINJEN_WRITE_LAW=1 writes the table anew; read every changed cell then.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from uuid import UUID

import pytest

from linjen.access.by import By
from linjen.access.policy import PATIENT_VERBS
from linjen.cases.patients.patients import give_reason, reaches, see_patient
from linjen.core.errors import NotFound
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.law.test_who_may import RESIDENTS, people
from tests.region import Region

TABLE = Path(__file__).with_name("who_may_patients.csv")
PATIENTS = (*RESIDENTS, "elsa", "vera")


async def answer(region: Region, by: By, patient_id: UUID, verb: str) -> str:
    """What happens when the person tries, without anything being kept."""
    async with region.site.database.connection() as db:
        transaction = db.transaction()
        await transaction.start()
        try:
            await see_patient(db, by, patient_id, verb)
        except NotFound:
            return "404"
        finally:
            await transaction.rollback()
    return "yes"


async def test_every_verb_by_every_person_on_every_patient_is_as_the_table_says(region: Region) -> None:
    patients = region.actors.residents
    found = {
        (verb, name): {key: await answer(region, by, patients[key], verb) for key in PATIENTS}
        for verb in sorted(PATIENT_VERBS)
        for name, by in sorted(people(region).items())
    }
    if os.environ.get("LINJEN_WRITE_LAW"):
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            rows = [[*key, *cells.values()] for key, cells in found.items()]
            csv.writer(file).writerows([["verb", "person", *PATIENTS], *rows])
    with TABLE.open(newline="", encoding="utf-8") as file:
        wanted = {(row.pop("verb"), row.pop("person")): row for row in csv.DictReader(file)}
    assert found == wanted


@pytest.mark.parametrize("who", ["session", "colleague", "unit", "patient"])
async def test_a_reason_opens_one_patient_for_one_person_in_one_session_at_one_unit(region: Region, who: str) -> None:
    karin, patients = region.actors.staff("karin", "ankaret"), region.actors.residents
    async with region.site.database.transaction() as db:
        assert not await reaches(db, karin, patients["olle"])
        await give_reason(db, region.site.sealer, karin, patients["olle"], "calls", "Ringer om ett provsvar")
        assert await reaches(db, karin, patients["olle"])
        other = {
            "session": By("staff", karin.person_id, new_id(), karin.unit_id),
            "colleague": region.actors.staff("bo", "ankaret"),
            "unit": By("staff", karin.person_id, karin.session_id, id_of("unit/rehab")),
            "patient": karin,
        }[who]
        assert not await reaches(db, other, patients["vera" if who == "patient" else "olle"])


async def test_an_ended_or_coming_assignment_finds_nobody(region: Region) -> None:
    bo, gustav = region.actors.staff("bo", "ankaret"), region.actors.residents["gustav"]
    for change in ("ended_at = now()", "ended_at = null, from_at = now() + interval '1 day'", "role = 'user_admin'"):
        await region.site.database.execute(f"update assignments set {change} where staff_id = $1", bo.person_id)
        assert await answer(region, bo, gustav, "see_patient") == "404", change
