"""Dra tillbaka ett samtycke: one press, at once, live on the staff's page, and every earlier choice is kept."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from linjen.core.ids import new_id
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

_ROWS = "select count(*) from consents where case_id = $1 and kind = $2"
_EVENTS = "select count(*) from events where case_id = $1 and kind = 'consent_withdrawn'"


async def allow(region: Region, case: UUID, kind: str, choice: bool = True) -> None:
    """The patient has answered so, when she sent the case."""
    await region.site.database.execute(
        "insert into consents (id, case_id, resident_id, given_by, kind, choice, wording)"
        " select $2, c.id, c.patient_id, c.opened_by, $3, $4, '2026-11' from cases c where c.id = $1",
        case, new_id(), kind, choice,
    )  # fmt: skip


def main(text: str) -> str:
    return text.split("</main", 1)[0]


async def withdraw(person: Person, case: UUID, kind: str = "care_history") -> int:
    return (await person.post(f"/cases/{case}/consents/{kind}/withdrawals")).status_code


@pytest.mark.parametrize(("name", "owner"), [("held_by_karin", "gustav"), ("closed", "ingrid")])
async def test_one_press_takes_it_back_and_the_staff_see_it_live(region: Region, name: str, owner: str) -> None:
    case, her, karin = region.cases[name], await region.resident(owner), await region.staff("karin", "ankaret")
    await allow(region, case, "care_history")
    await allow(region, case, "medication_list")
    before = await region.value(_ROWS, case, "care_history")
    page = main((await her.get("/profile/consents")).text)
    assert "Ja sedan" in page
    assert f"/cases/{case}/consents/care_history/withdrawals" in page
    async with karin.listen(f"/clinic/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        assert await withdraw(her, case) == 303
        await ear.wait_for("consent_withdrawn")
    clinic = main((await karin.get(f"/clinic/cases/{case}")).text)
    assert "Samtycke: 1 av 2" in clinic
    assert "drog tillbaka ett samtycke. Sjukvårdshistorik: inte tillåtet" in clinic
    assert await region.value(_ROWS, case, "care_history") == before + 1, "what was allowed before is kept"  # type: ignore[operator]
    after = main((await her.get("/profile/consents?withdrawn=1")).text)
    assert "Samtycket är tillbakadraget" in after
    assert "Nej sedan" in after
    assert "Så här har det ändrats" in after
    assert f"/cases/{case}/consents/care_history/withdrawals" not in after
    assert f"/cases/{case}/consents/medication_list/withdrawals" in after, "the other one stands"


async def test_pressed_three_times_at_once_is_withdrawn_once(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await allow(region, case, "care_history")
    before = await region.value(_ROWS, case, "care_history")
    assert {*await asyncio.gather(*(withdraw(gustav, case) for _ in range(3)))} == {303}
    assert await region.value(_ROWS, case, "care_history") == before + 1  # type: ignore[operator]
    assert await region.value(_EVENTS, case) == 1


async def test_what_was_never_allowed_and_what_is_no_such_consent_changes_nothing(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await allow(region, case, "care_history", choice=False)
    before = await region.value("select count(*) from consents where case_id = $1", case)
    assert await withdraw(gustav, case) == 303
    assert await withdraw(gustav, case, "fee") == 422
    assert await withdraw(gustav, case, "nonsense") == 422
    assert await region.value("select count(*) from consents where case_id = $1", case) == before
    assert await region.value(_EVENTS, case) == 0


async def test_nobody_withdraws_for_somebody_else(region: Region) -> None:
    case = region.cases["held_by_karin"]
    await allow(region, case, "care_history")
    assert await withdraw(await region.resident("amina"), case) == 404
    assert str(case) not in (await (await region.resident("amina")).get("/profile/consents")).text
    assert await region.value(_EVENTS, case) == 0


async def test_a_guardian_withdraws_for_her_child(region: Region) -> None:
    case, astrid = region.cases["child"], await region.resident("astrid")
    await allow(region, case, "medication_list")
    assert await withdraw(astrid, case, "medication_list") == 303
    assert "Läkemedelslistan för Elsa Nyberg" in main((await astrid.get("/profile/consents")).text)
    page = (await astrid.get(f"/cases/{case}")).text
    assert "Läkemedelslistan för Elsa Nyberg" in page
    assert "Din läkemedelslista" not in page


async def test_without_its_event_nothing_is_withdrawn(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await allow(region, case, "care_history")
    before = await region.value(_ROWS, case, "care_history")
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'consent_withdrawn') not valid")
    assert await withdraw(gustav, case) == 500
    assert await region.value(_ROWS, case, "care_history") == before
