"""Nytt ärende för ett barn i telefon: the guardian who called has it as one that she wrote herself; nobody else has."""

from __future__ import annotations

from uuid import UUID

import pytest

from linjen.core import clock
from linjen.demo.world import RESIDENTS, birth_of, number_of
from linjen.integrations.person_data import Person as Registered
from linjen.web import rate
from tests.region import Person, Region
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does
from tests.stories.test_patient_info import protect
from tests.stories.test_patients import search
from tests.stories.test_phone_case import add, added, walk

_OPENED = "select opened_by from cases where id = $1"


@pytest.fixture(autouse=True)
def _begin_anew() -> None:
    rate.forget()


async def call(region: Region, karin: Person, guardian: str = "astrid", child: str = "elsa") -> UUID:
    """The case that Karin adds for a guardian on the phone."""
    caller = f"guardian-{region.actors.residents[guardian]}"
    patient = region.actors.residents[child]
    return added(await add(karin, patient, await walk(karin, patient, {}, caller=caller, text="Hon har ont i halsen")))


async def test_the_guardian_who_called_reads_and_answers_and_is_told(region: Region) -> None:
    sms, karin, astrid = (
        await Sms(region).begin(),
        await region.staff("karin", "ankaret"),
        await region.resident("astrid"),
    )
    case_id = await call(region, karin)
    assert str(case_id) in (await astrid.get("/cases")).text
    page = (await astrid.get(f"/cases/{case_id}")).text
    assert "Hon har ont i halsen" in page
    assert "Skrivet av" not in page
    await sms.go_on()
    assert len(await sms.states(case_id)) == 1
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert (await karin.say(case_id, "Hej Astrid!")).status_code == 201
    assert (await astrid.say(case_id, "Hej!")).status_code == 201
    head = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Astrid Nyberg ringde" in head
    assert "Skrivet av" not in head


async def test_neither_the_other_guardian_nor_a_sibling_has_it(region: Region) -> None:
    case_id = await call(region, await region.staff("karin", "ankaret"))
    for key in ("henrik", "nils", "gustav"):
        other = await region.resident(key)
        assert (await other.get(f"/cases/{case_id}")).status_code == 404
        assert (await other.say(case_id, "Hej!")).status_code == 404


async def test_on_her_thirteenth_birthday_it_is_the_childs_alone(region: Region) -> None:
    karin, astrid, elsa = (
        await region.staff("karin", "ankaret"),
        await region.resident("astrid"),
        await region.resident("elsa"),
    )
    case_id = await call(region, karin)
    await owner_does(
        region, f"update cases set patient_birth_on = current_date - interval '13 years' where id = '{case_id}'"
    )
    assert (await astrid.get(f"/cases/{case_id}")).status_code == 404
    assert (await elsa.get(f"/cases/{case_id}")).status_code == 200


async def test_a_child_who_is_protected_is_out_of_reach_at_once_and_no_guardian_is_named(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    case_id, elsa = await call(region, karin), region.actors.residents["elsa"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    await protect(karin, case_id, "yes", "no")
    assert (await astrid.get(f"/cases/{case_id}")).status_code == 404
    form = (await karin.get(f"/clinic/patients/{elsa}/calls")).text
    assert "Astrid" not in form
    assert 'value="parent"' in form


async def test_a_guardian_who_lost_custody_meanwhile_gets_no_case(region: Region) -> None:
    karin, elsa = await region.staff("karin", "ankaret"), region.actors.residents["elsa"]
    caller = f"guardian-{region.actors.residents['astrid']}"
    end = await walk(karin, elsa, {}, caller=caller, text="Hon har ont i halsen")
    await owner_does(region, "update guardianships set ended_at = now()")
    answer = await add(karin, elsa, end)
    assert answer.status_code == 409
    assert "Vårdnaden är inte bekräftad nu" in answer.text
    assert "Hon har ont i halsen" in answer.text
    assert await region.value("select count(*) from cases where begun_by is not null") == 0
    refused = "select count(*) from access_log where verb = 'begin_case' and refused = 'not_guardian'"
    assert await region.value(refused) == 1


@pytest.mark.parametrize(("child", "who"), [("elsa", "gustav"), ("nils", "astrid"), ("gustav", "astrid")])
async def test_a_forged_guardian_is_not_taken(region: Region, child: str, who: str) -> None:
    karin, patient = await region.staff("karin", "ankaret"), region.actors.residents[child]
    caller = f"guardian-{region.actors.residents[who]}"
    form = {"entry": "admin", "caller": caller, "text": "Tid för prov"}
    assert (await karin.post(f"/clinic/patients/{patient}/calls", form)).status_code == 422


async def test_an_unnamed_guardian_leaves_the_case_to_the_phone(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    elsa = region.actors.residents["elsa"]
    case_id = added(await add(karin, elsa, await walk(karin, elsa, {}, entry="admin", caller="parent", text="Tid")))
    assert await region.value(_OPENED, case_id) == elsa
    assert (await astrid.get(f"/cases/{case_id}")).status_code == 404


class Register:
    """The population register: Elsa, with Astrid (protected or not) as her only guardian."""

    def __init__(self, *, protected: bool = False) -> None:
        self._protected = protected

    def _person(self, key: str) -> Registered:
        number, today = number_of(key), clock.local_date(clock.now())
        one = next(resident for resident in RESIDENTS if resident.key == key)
        return Registered(
            personal_number=number, given_name=one.given_name, called_name=one.given_name, surname=one.surname,
            birth_on=birth_of(one, today), sex=number.sex, protected=self._protected and key == "astrid",
            deregistered=False, guardians=(number_of("astrid"),) if key == "elsa" else (),
        )  # fmt: skip

    async def see_person(self, number: object) -> Registered:
        """Elsa, whoever is asked for."""
        return self._person("elsa")

    async def see_persons(self, numbers: object) -> dict[object, Registered]:
        """Astrid."""
        return {number_of("astrid"): self._person("astrid")}


_LIVING = "select count(*) from guardianships where child_id = $1 and ended_at is null"


async def test_a_search_for_a_child_asks_anew_who_has_custody(region: Region) -> None:
    karin, elsa = await region.staff("karin", "ankaret"), region.actors.residents["elsa"]
    await owner_does(region, f"delete from guardianships where guardian_id = '{region.actors.residents['astrid']}'")
    region.site.person_data = Register()  # type: ignore[assignment]
    assert (await search(karin, number_of("elsa").canonical)).status_code == 303
    form = (await karin.get(f"/clinic/patients/{elsa}/calls")).text
    assert "Astrid Nyberg, vårdnadshavare" in form
    assert "Henrik" not in form
    await call(region, karin)
    region.site.person_data = Register(protected=True)  # type: ignore[assignment]
    assert (await search(karin, number_of("elsa").canonical)).status_code == 303
    assert await region.value(_LIVING, elsa) == 0
    assert "Astrid" not in (await karin.get(f"/clinic/patients/{elsa}/calls")).text
