"""Skyddad identitet: a Ja by hand always wins over the register, and a Nej until the register answers Ja."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest

from linjen.core import clock
from linjen.core.personal_number import PersonalNumber, parse_personal_number
from linjen.integrations.person_data import Person as Record
from linjen.people.identity import recognise
from linjen.people.lookup import look_up
from linjen.people.protection_check import ask_protection
from tests.region import Person, Region
from tests.stories.sms_world import Sms
from tests.stories.test_clinic_case import read
from tests.stories.test_lift_protection import lift, looked
from tests.stories.test_patient_info import _BANNER, _FLAG, _known, protect
from tests.stories.test_remind import held, remind

_BY_HAND = "select protected_set_at is not null from residents r join cases c on c.patient_id = r.id where c.id = $1"
_PATIENT = "select patient_id from cases where id = $1"


class Register:
    """A population register that says of everybody what it is told to."""

    def __init__(self, *, protected: bool) -> None:
        self.protected = protected
        self.asked = 0

    async def see_person(self, number: PersonalNumber) -> Record:
        """Her record."""
        return (await self.see_persons([number]))[number]

    async def see_persons(self, numbers: Iterable[PersonalNumber]) -> dict[PersonalNumber, Record]:
        """Their records."""
        self.asked += 1
        return {one: self._record(one) for one in numbers}

    def _record(self, number: PersonalNumber) -> Record:
        return Record(
            personal_number=number, given_name="Gustav", called_name="Gustav", surname="Öberg", sex="male",
            birth_on=number.birth_on, protected=self.protected, deregistered=False,
        )  # fmt: skip


async def answers(region: Region, case_id: UUID, way: str, *, protected: bool) -> None:
    """The register says it, and Linjen hears it in one of the ways in which it asks."""
    site, register = region.site, Register(protected=protected)
    patient = await region.value(_PATIENT, case_id)
    assert isinstance(patient, UUID)
    row = await region.value("select number_sealed from residents where id = $1", patient)
    digits = site.sealer.unseal("personal_number", row, b"residents").decode()  # type: ignore[arg-type]
    if way == "search":
        await look_up(site.database, site.sealer, register, parse_personal_number(digits))  # type: ignore[arg-type]
    elif way == "sign_in":
        await recognise(site.database, site.sealer, register, digits, "Gustav", "Öberg")  # type: ignore[arg-type]
    else:
        assert await ask_protection(site.database, site.sealer, register, [patient])  # type: ignore[arg-type]
    assert register.asked


async def said_no(region: Region) -> tuple[Person, UUID]:
    """Karin has looked in the record system and set Nej for Gustav."""
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await _known(region, case_id)
    assert (await protect(karin, case_id, "no", "no")).status_code == 303
    assert await region.value(_BY_HAND, case_id) is True
    return karin, case_id


@pytest.mark.parametrize("way", ["search", "sign_in", "sms"])
async def test_a_yes_of_the_register_goes_before_a_no_by_hand_and_staff_look_again(region: Region, way: str) -> None:
    karin, case_id = await said_no(region)
    await answers(region, case_id, way, protected=False)
    assert await region.value(_BY_HAND, case_id) is True, "a no beside a no changes nothing"
    await answers(region, case_id, way, protected=True)
    assert await region.value(_FLAG, case_id) == "yes"
    assert _BANNER in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Folkbokföringen svarade Ja" in await read(karin, case_id, "/patient")
    assert (await protect(karin, case_id, "no", "no")).status_code == 409, "an old page does not take it back"
    assert await region.value(_FLAG, case_id) == "yes"
    await looked(karin, case_id)
    assert (await lift(karin, case_id)).status_code == 409, "the register is not overruled while its answer is new"
    await region.site.database.execute("update residents set protected_checked_at = now() - interval '25 hours'")
    assert (await lift(karin, case_id)).status_code == 303, "she has looked again, and the register cannot be asked"
    assert "Folkbokföringen svarade Ja" not in await read(karin, case_id, "/patient")
    await answers(region, case_id, way, protected=True)
    assert await region.value(_FLAG, case_id) == "yes"
    await answers(region, case_id, way, protected=False)
    assert await region.value(_FLAG, case_id) == "no", "it is the register's again"
    assert "Folkbokföringen svarade Ja" not in await read(karin, case_id, "/patient")


@pytest.mark.parametrize("way", ["search", "sign_in", "sms"])
async def test_a_yes_by_hand_is_never_taken_back_by_the_register(region: Region, way: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await _known(region, case_id)
    assert (await protect(karin, case_id, "yes", "no")).status_code == 303
    for protected in (False, True, False):
        await answers(region, case_id, way, protected=protected)
        assert await region.value(_FLAG, case_id) == "yes"
        assert await region.value(_BY_HAND, case_id) is True


async def test_a_day_later_the_register_is_asked_before_an_sms_and_its_yes_stops_it(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    sms = await Sms(region).begin()
    karin, case_id = await held(sms)
    register = Register(protected=True)
    region.site.person_data = register  # type: ignore[assignment]
    await region.site.database.execute("update residents set protected = 'no', phone = '+46701740605'")
    assert (await protect(karin, case_id, "no", "no")).status_code == 303
    assert "mobilnummer" not in (await karin.get(f"/clinic/cases/{case_id}/reminders")).text.partition("</main")[0]
    assert register.asked == 0, "what staff have seen today counts today"
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    async with bo.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        status, page = await remind(karin, case_id)
        assert status == 409
        assert "skyddade personuppgifter, och då skickas inga sms" in page
        await ear.wait_for("reload")
    assert register.asked == 1
    assert await sms.go_on() == []
    assert await region.value(_FLAG, case_id) == "yes"


async def test_who_is_protected_by_the_register_loses_her_bonds_whatever_asked(region: Region) -> None:
    astrid, case_id = await region.resident("astrid"), region.cases["child"]
    await _known(region, case_id)
    assert (await astrid.get(f"/cases/{case_id}")).status_code == 200
    await answers(region, case_id, "sms", protected=True)
    assert (await astrid.get(f"/cases/{case_id}")).status_code == 404
