"""Häva Skyddad identitet: who takes a Ja back has looked herself today and says why; the register's Ja stays."""

from __future__ import annotations

import asyncio
from html import unescape
from uuid import UUID

import httpx
import pytest

from tests.region import Person, Region
from tests.stories.test_clinic_case import read
from tests.stories.test_ledger import owner_does
from tests.stories.test_patient_info import _FLAG, _REFUSED, _known, protect

_WHY = "Skyddet upphörde i våras enligt journalen."
_KEPT = "select count(*) from protection_liftings"


async def lift(person: Person, case_id: UUID, why: str = _WHY) -> httpx.Response:
    """Send the form."""
    return await person.post(f"/clinic/cases/{case_id}/protection-liftings", {"why": why})


async def looked(person: Person, case_id: UUID) -> None:
    """Press Jag har öppnat journalen."""
    assert (await person.post(f"/clinic/cases/{case_id}/record-openings")).status_code == 303


async def protected(region: Region, name: str = "held_by_karin") -> tuple[Person, UUID]:
    """Karin, and a case whose patient Bo has set protected by hand."""
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases[name]
    await _known(region, case_id)
    assert (await protect(bo, case_id, "yes", "no")).status_code == 303
    await looked(bo, case_id)
    return karin, case_id


async def test_who_has_looked_today_takes_it_back_with_a_reason_that_is_shown_and_sealed(region: Region) -> None:
    karin, case_id = await protected(region)
    page = await read(karin, case_id, "/patient")
    assert "Öppna patientens journal först" in page, "that Bo has looked is not enough"
    await looked(karin, case_id)
    assert "Varför gäller skyddet inte längre?" in await read(karin, case_id, "/patient")
    assert (await lift(karin, case_id)).status_code == 303
    assert await region.value(_FLAG, case_id) == "no"
    assert f"Skäl: {_WHY}" in await read(karin, case_id, "/patient")
    assert b"upph" not in bytes(await region.value("select why_sealed from protection_liftings"))  # type: ignore[call-overload]
    assert "upph" not in str(await region.site.database.fetch("select data from events where case_id = $1", case_id))
    event = "select kind from events e join protection_liftings l on l.case_id = e.case_id and l.seq = e.seq"
    assert await region.value(event) == "protection_set"
    assert (await protect(karin, case_id, "yes", "no")).status_code == 303
    assert "Skäl:" not in await read(karin, case_id, "/patient"), "it was said of the Nej"


async def test_neither_the_old_form_nor_who_has_not_looked_takes_it_back(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    karin, case_id = await protected(region)
    forged = await protect(karin, case_id, "no", "yes")
    assert forged.status_code == 409
    assert await region.value(_REFUSED, case_id, "set_protection") == "reason_needed"
    answer = await lift(karin, case_id)
    assert answer.status_code == 409
    assert "Öppna patientens journal först" in answer.text
    assert await region.value(_REFUSED, case_id, "lift_protection") == "record_not_opened"
    await looked(karin, case_id)
    await owner_does(region, "update record_looks set on_day = on_day - 1")
    assert (await lift(karin, case_id)).status_code == 409, "that was yesterday"
    assert await region.value(_FLAG, case_id) == "yes"


@pytest.mark.parametrize(("why", "words"), [(" ", "Skriv varför"), ("a" * 501, "högst 500 tecken")])
async def test_without_a_reason_it_stays_and_what_was_typed_does_too(region: Region, why: str, words: str) -> None:
    karin, case_id = await protected(region)
    await looked(karin, case_id)
    answer = await lift(karin, case_id, why)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert f">{why.strip()}</textarea>" in answer.text
    assert await region.value(_FLAG, case_id) == "yes"


async def test_a_secretary_sets_ja_but_does_not_take_it_back_and_a_stranger_sees_nothing(region: Region) -> None:
    mona, lena = await region.staff("mona", "ankaret"), await region.staff("lena", "lyktan")
    case_id = region.cases["admin"]
    await _known(region, case_id)
    assert (await protect(mona, case_id, "yes", "no")).status_code == 303
    await looked(mona, case_id)
    assert "Varför gäller skyddet" not in await read(mona, case_id, "/patient")
    assert (await lift(mona, case_id)).status_code == 409
    assert (await lift(lena, case_id)).status_code == 404
    assert (await region.value(_FLAG, case_id), await region.value(_KEPT)) == ("yes", 0)


async def test_a_ja_that_the_register_gave_today_is_not_taken_back_by_hand(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    patient = await _known(region, case_id)
    await looked(karin, case_id)
    says = "protected = 'yes', protected_set_at = null, protected_set_by = null, protected_checked_at = now()"
    await owner_does(region, f"update residents set {says} where id = '{patient}'")
    page = await read(karin, case_id, "/patient")
    assert "Folkbokföringen svarar Ja." in page
    assert "befolkningsregist" not in page.lower(), "one register has one name"
    assert (await lift(karin, case_id)).status_code == 409
    assert await region.value(_REFUSED, case_id, "lift_protection") == "register_says_yes"
    assert await region.value(_FLAG, case_id) == "yes"
    await owner_does(region, "update residents set protected_checked_at = now() - interval '25 hours'")
    assert (await lift(karin, case_id)).status_code == 303, "the answer is too old to say what is so today"


async def test_pressed_twice_it_is_one_and_another_reason_is_told_that_it_has_changed(region: Region) -> None:
    karin, case_id = await protected(region)
    await looked(karin, case_id)
    answers = await asyncio.gather(*(lift(karin, case_id) for _ in range(3)))
    assert {one.status_code for one in answers} == {303}
    assert await region.value(_KEPT) == 1
    late = await lift(karin, case_id, "Något annat")
    assert late.status_code == 409
    assert await region.value(_KEPT) == 1


async def test_without_its_event_nothing_has_changed(region: Region) -> None:
    karin, case_id = await protected(region)
    await looked(karin, case_id)
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'protection_set') not valid")
    assert (await lift(karin, case_id)).status_code == 500
    assert (await region.value(_FLAG, case_id), await region.value(_KEPT)) == ("yes", 0)
