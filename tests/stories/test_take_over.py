"""Ta över: an urgent case whose holder is not there is nobody's to wait for; a colleague takes it, with a trace."""

from __future__ import annotations

import asyncio
from uuid import UUID

from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.test_alarms import WORDS
from tests.stories.test_ledger import owner_does

_HOLDER = "select v.holder_id from cases c join visits v on v.id = c.visit_id where c.id = $1"
_WHY = "select data->>'reason' from events where case_id = $1 and kind = 'taken_over'"


async def _alarmed(region: Region) -> UUID:
    """Karin holds a case in which Gustav has written what alarms."""
    case_id, gustav, bo = (
        region.cases["held_by_karin"],
        await region.resident("gustav"),
        await region.staff("bo", "ankaret"),
    )
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        await gustav.say(case_id, WORDS)
        await ear.wait_for("row", f'id="case-{case_id}" class="lj-row-1"', within_s=20)
    return case_id


async def test_an_alarm_of_who_is_not_there_is_taken_over_once_and_she_is_told(region: Region) -> None:
    case_id = await _alarmed(region)
    bo, sara, url = (
        await region.staff("bo", "ankaret"),
        await region.staff("sara", "ankaret"),
        f"/clinic/cases/{case_id}",
    )
    page = (await bo.get(url)).text
    assert "Karin Lindqvist för samtalet" in page
    assert f'action="{url}/take-overs"' in page
    answers = await asyncio.gather(bo.post(f"{url}/take-overs"), sara.post(f"{url}/take-overs"))
    assert sorted(one.status_code for one in answers) == [303, 409], "one wins"
    winner, name = (bo, "bo") if answers[0].status_code == 303 else (sara, "sara")
    assert await region.value(_HOLDER, case_id) == id_of(f"staff/{name}")
    assert await region.value(_WHY, case_id) == "not_there"
    page = (await winner.get(url)).text
    assert "tog över ärendet från Karin Lindqvist: ärendet larmade och den ansvariga var inte kvar i Linjen" in page
    assert 'id="composer-text"' in page
    assert (await winner.post(f"{url}/take-overs")).status_code == 303, "once more is nothing new"
    assert await region.value("select count(*) from events where case_id = $1 and kind = 'taken_over'", case_id) == 1
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    told = (
        "select count(*) from note_mentions m join notes n on n.id = m.note_id where n.case_id = $1 and m.staff_id = $2"
    )
    assert await region.value(told, case_id, id_of("staff/karin")) == 1
    assert "Jag har tagit över ärendet. Det larmade när du inte var kvar i Linjen." in (await karin.get(url)).text
    assert "har tagit över ärendet" in (await gustav.get(f"/cases/{case_id}")).text


async def test_who_is_signed_in_has_five_minutes_to_answer(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), await _alarmed(region)
    bo, url = await region.staff("bo", "ankaret"), f"/clinic/cases/{case_id}"
    early = await bo.post(f"{url}/take-overs")
    assert early.status_code == 409
    assert "Karin Lindqvist är inloggad och har till kl. " in early.text
    refused = "select verb from access_log where case_id = $1 and refused = 'holder_is_here'"
    assert await region.value(refused, case_id) == "take_over"
    await owner_does(
        region, f"update events set at = at - interval '6 minutes' where case_id = '{case_id}' and kind = 'alarm_heard'"
    )
    await karin.say(case_id, "Ring 112 nu.")
    assert "har svarat efter larmet" in (await bo.post(f"{url}/take-overs")).text
    await owner_does(region, f"update messages set sent_at = sent_at - interval '1 day' where case_id = '{case_id}'")
    assert (await bo.post(f"{url}/take-overs")).status_code == 303
    assert await region.value(_WHY, case_id) == "unanswered"


async def test_a_calm_case_is_not_taken_over(region: Region) -> None:
    case_id, bo = region.cases["held_by_karin"], await region.staff("bo", "ankaret")
    url = f"/clinic/cases/{case_id}"
    assert "take-overs" not in (await bo.get(url)).text
    refused = await bo.post(f"{url}/take-overs")
    assert refused.status_code == 409
    assert "brådskandegrad 1 eller 2 efter ett larm" in refused.text


async def test_an_urgent_case_of_a_colleague_stands_above_the_readers_own_calmer_one(region: Region) -> None:
    bo, mine = await region.staff("bo", "ankaret"), region.cases["held_by_bo"]
    own, rows = f'id="case-{mine}"', (await bo.get("/clinic/ledger/unit")).text
    assert rows.index(own) < rows.index(f'id="case-{region.cases["held_by_karin"]}"')
    urgent = f'id="case-{await _alarmed(region)}"'
    rows = (await bo.get("/clinic/ledger/unit")).text
    assert rows.index(urgent) < rows.index(own)
    keys = [rows.partition(f"{one} class")[2].partition('data-sort="')[2].partition('"')[0] for one in (urgent, own)]
    assert keys == sorted(keys), "as the page's script sorts them"
