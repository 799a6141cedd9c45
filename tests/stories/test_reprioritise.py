"""Omprioritera: another place in the ledger, with a reason; the triage's own level stays."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.region import Region
from tests.stories.test_ledger import ledger_of, names_in_order, owner_does

_PRIORITY = "select v.priority from cases c join visits v on v.id = c.visit_id where c.id = $1"
_EVENTS = "select count(*) from events where case_id = $1 and kind = 'reprioritised'"


async def test_the_case_moves_in_every_open_ledger_and_its_page_says_who_and_why(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["teen"]
    assert names_in_order(region, await ledger_of(bo))[0] != "teen"
    was = await region.value(_PRIORITY, case_id)
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        answer = await karin.post(f"/clinic/cases/{case_id}/priorities", {"level": "1", "why": "Låter mycket sämre nu"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/cases/{case_id}")
        _, _, row = await ear.wait_for("row", str(case_id))
        assert 'data-priority="1"' in row
    assert names_in_order(region, await ledger_of(bo))[0] == "teen"
    page = (await bo.get(f"/clinic/cases/{case_id}")).text
    assert f"Ändrad från {was} till 1" in page
    assert "Låter mycket sämre nu" in page
    assert f"Karin Lindqvist omprioriterade ärendet från {was} till 1" in page


async def test_a_case_that_becomes_urgent_is_told_to_who_has_another_open(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["teen"]
    async with bo.listen(f"/clinic/cases/{region.cases['waiting']}/stream") as ear:
        await ear.wait_for("hello")
        await karin.post(f"/clinic/cases/{case_id}/priorities", {"level": "3", "why": "Kan vänta"})
        await karin.post(f"/clinic/cases/{case_id}/priorities", {"level": "2", "why": "Låter sämre nu"})
        assert (await ear.wait_for("urgent"))[2] == "2"
        assert len([one for one in ear.heard if one[0] == "urgent"]) == 1


async def test_the_triage_s_level_stays_and_the_reason_is_sealed_and_is_not_the_resident_s(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = region.cases["urgent"]
    level = await region.value("select urgency from cases where id = $1", case_id)
    await karin.post(f"/clinic/cases/{case_id}/priorities", {"level": "4", "why": "Ringt upp, mår bra"})
    assert await region.value("select urgency from cases where id = $1", case_id) == level
    assert await region.value(_PRIORITY, case_id) == 4
    assert "Ringt" not in str(await region.site.database.fetch("select * from reprioritisations"))
    assert "Ringt" not in str(await region.site.database.fetch("select data from events"))
    ingrid = await region.resident("ingrid")
    page = (await ingrid.get(f"/cases/{case_id}")).text
    assert "Ringt upp" not in page


async def test_the_patient_s_open_page_does_not_hear_of_it(region: Region) -> None:
    karin, ingrid = await region.staff("karin", "ankaret"), await region.resident("ingrid")
    case_id = region.cases["urgent"]
    async with (
        ingrid.listen(f"/cases/{case_id}/stream") as hers, karin.listen(f"/clinic/cases/{case_id}/stream") as ours,
    ):  # fmt: skip
        await asyncio.gather(hers.wait_for("hello"), ours.wait_for("hello"))
        await karin.post(f"/clinic/cases/{case_id}/priorities", {"level": "4", "why": "Ringt upp"})
        await ours.wait_for("reprioritised")
        await karin.post(f"/clinic/cases/{case_id}/claims")
        await hers.wait_for("claimed")
        assert {kind for kind, _, _ in hers.heard} == {"hello", "claimed"}
    async with ingrid.listen(f"/cases/{case_id}/stream", last_event_id="1") as later:
        await later.wait_for("claimed")
        assert "reprioritised" not in {kind for kind, _, _ in later.heard}, "nor when it comes back"


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        ({"level": "6", "why": "x"}, "Välj en brådskandegrad"), ({"why": "x"}, "Välj en brådskandegrad"),
        ({"level": "2", "why": "  "}, "Skriv varför du ändrar"),
        ({"level": "2", "why": "a" * 501}, "Skriv högst 500 tecken"),
    ],
)  # fmt: skip
async def test_a_level_and_a_reason_are_needed_and_what_was_filled_in_is_kept(
    region: Region, filled: dict[str, str], told: str
) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = region.cases["waiting"]
    answer = await karin.post(f"/clinic/cases/{case_id}/priorities", filled)
    assert answer.status_code == 422
    assert told in answer.text
    assert filled.get("why", "").strip() in answer.text
    assert await region.value(_EVENTS, case_id) == 0


async def test_the_same_once_more_changes_nothing(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = region.cases["waiting"]
    for _ in range(2):
        answer = await karin.post(f"/clinic/cases/{case_id}/priorities", {"level": "2", "why": "Sämre"})
        assert answer.status_code == 303
    assert await region.value(_EVENTS, case_id) == 1


async def test_it_is_for_medical_roles_of_the_unit_while_the_case_is_open(region: Region) -> None:
    filled = {"level": "1", "why": "x"}
    mona = await region.staff("mona", "ankaret")  # medical secretary
    admin = region.cases["admin"]
    assert (await mona.post(f"/clinic/cases/{admin}/priorities", filled)).status_code == 409
    assert "Omprioritera" not in (await mona.get(f"/clinic/cases/{admin}")).text
    lena = await region.staff("lena", "lyktan")
    assert (await lena.post(f"/clinic/cases/{region.cases['waiting']}/priorities", filled)).status_code == 404
    karin = await region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{region.cases['closed']}/priorities", filled)).status_code == 409
    assert "Omprioritera" in (await karin.get(f"/clinic/cases/{admin}")).text


async def test_a_failed_event_leaves_nothing_changed(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = region.cases["waiting"]
    was = await region.value(_PRIORITY, case_id)
    await owner_does(region, "alter table events add constraint broken check (kind <> 'reprioritised') not valid")
    answer = await karin.post(f"/clinic/cases/{case_id}/priorities", {"level": "1", "why": "x"})
    assert answer.status_code == 500
    assert await region.value(_PRIORITY, case_id) == was


async def test_of_three_who_set_the_level_at_once_one_wins_and_the_others_read_why(region: Region) -> None:
    case_id = region.cases["teen"]
    people = {key: await region.staff(key, "ankaret") for key in ("karin", "bo", "sara")}
    page = (await people["karin"].get(f"/clinic/cases/{case_id}/priorities")).text
    found = re.search(r'name="was" value="(\d)"', page)
    assert found
    levels = dict(zip(people, [one for one in "1235" if one != found[1]], strict=False))
    for was in (found[1], ""):  # a form without the field is no way around it
        answers = await asyncio.gather(*(
            one.post(f"/clinic/cases/{case_id}/priorities",
                     {"level": levels[key], "why": f"Orsak av {key}", "was": was} if was else
                     {"level": levels[key], "why": f"Orsak av {key}"})
            for key, one in people.items()
        ))  # fmt: skip
        if was:
            assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
            winner = next(key for key, answer in zip(people, answers, strict=True) if answer.status_code == 303)
            assert await region.value(_PRIORITY, case_id) == int(levels[winner])
        for key, answer in zip(people, answers, strict=True):
            if key == winner:
                continue
            assert answer.status_code == 409
            told = answer.text.partition("</main")[0]
            assert f"Orsak av {winner}" in told
            assert f"Orsak av {key}</textarea>" in told
            assert re.search(rf"kl\. \d\d\.\d\d: Ändrad från {found[1]} till {levels[winner]}", told)
            assert f'name="was" value="{levels[winner]}"' in told, "she has read it now, and may press again"
    assert await region.value(_EVENTS, case_id) == 1
    loser = next(key for key in people if key != winner)
    again = {"level": levels[loser], "why": "Jag står fast", "was": levels[winner]}
    sent = [await people[loser].post(f"/clinic/cases/{case_id}/priorities", again) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303], "the same form twice is one"
    assert await region.value(_EVENTS, case_id) == 2
