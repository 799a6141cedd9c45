"""Stäng enheten: it takes no new cases from a day, is shut only when nothing is open in it, and opens again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from linjen.access.by import By
from linjen.cases.waiting.shutting import shut_unit
from linjen.core import clock
from linjen.core.errors import Invalid, Refused
from linjen.core.swedish import date_words
from linjen.demo.world import id_of
from linjen.units.shutting import Shutting
from tests.region import Person, Region
from tests.stories.intake_walk import Walk
from tests.stories.test_handover import pass_on
from tests.stories.test_ledger import ledger_of, owner_does
from tests.stories.test_outreach import begin
from tests.stories.test_reopen import closed, reply
from tests.stories.test_ticket import form, issue

ANKARET, BJORKEN = str(id_of("unit/ankaret")), str(id_of("unit/bjorken"))
_UNIT = f"/manage/units/{ANKARET}"
_PATH = f"{_UNIT}/shutting"
_SHUT = "select shut_at is not null from units where id = $1"


def day(days: int = 0) -> str:
    """So many days from today, as a date field sends it."""
    return (clock.local_date(clock.now()) + timedelta(days=days)).isoformat()


async def decide(person: Person, state: str, on: str = "", was: tuple[str, str] = ("open", "")) -> httpx.Response:
    """Both steps of the form."""
    return await person.decide(_PATH, {"state": state, "on": on, "was": was[0], "was_on": was[1]})


async def emptied(region: Region, unit: str = ANKARET) -> None:
    """Everything of the unit's is closed."""
    await owner_does(region, "update visits set state = 'closed', holder_id = null, claimed_at = null,"
                             " closed_at = now(), close_reason = 'advice', for_staff_id = null"
                             f" where unit_id = '{unit}' and state <> 'closed'")  # fmt: skip
    await owner_does(region, "update tickets set state = 'cancelled', booked_for = null, booked_by = null,"
                             " return_sealed = null, returned_by = null where state in ('issued', 'booked', 'returned',"
                             " 'expired')")  # fmt: skip


async def at_check(region: Region, person: Person) -> Walk:
    """A resident's case for Ankaret, finished and not sent."""
    walk = await Walk(region, person).begin()
    await walk.pass_start("Jag har ont i halsen", unit=ANKARET)
    await walk.send({"reasons": ["ovrigt"]})
    await walk.answer_all()
    return await walk.to_check()


async def test_while_anything_is_open_it_is_refused_with_numbers_and_nothing_of_a_patient(region: Region) -> None:
    disa = await region.staff("disa")
    assert f'href="{_PATH}"' in (await disa.get(_UNIT)).text
    page = (await disa.get(_PATH)).text.split("<main")[1].split("</main")[0]
    for words in ("Väntar i kö</dt><dd>6", "Pågår</dt><dd>2", "Karin Lindqvist</dt><dd>1 ärende"):
        assert words in page, words
    assert "/clinic" not in page, "she works with no cases"
    assert not [key for key in ("Astrid", "Gustav", "Elsa") if key in page]
    refused = await decide(disa, "shut")
    assert refused.status_code == 422
    assert "Enheten kan inte stängas än." in refused.text
    assert 'value="shut" checked' in refused.text
    assert await region.value(_SHUT, id_of("unit/ankaret")) is False
    assert await region.value("select count(*) from setting_versions") == 0


@pytest.mark.parametrize("left", [
    "update visits set state = 'queued', closed_at = null, close_reason = null where case_id = '{case}'",
    "update tickets set state = 'issued', last_on = current_date + 3 where case_id = '{case}'",
])  # fmt: skip
async def test_one_thing_left_is_enough(region: Region, left: str) -> None:
    karin, disa = await region.staff("karin", "ankaret"), await region.staff("disa")
    case_id = region.cases["held_by_karin"]
    assert (await issue(karin, case_id, form())).status_code == 303
    await emptied(region)
    await owner_does(region, left.format(case=case_id))
    assert (await decide(disa, "shut")).status_code == 422


async def test_shut_it_is_offered_to_nobody_and_read_by_who_works_there_and_opens_again(region: Region) -> None:
    karin, disa = await region.staff("karin", "ankaret"), await region.staff("disa")
    await emptied(region)
    shown = await disa.post(_PATH, {"state": "shut", "was": "open"})
    assert "Öppna ärenden och biljetter</dt><dd>0" in shown.text
    assert (await decide(disa, "shut")).status_code == 303
    assert await region.value(_SHUT, id_of("unit/ankaret")) is True
    today = date_words(clock.local_date(clock.now()))
    assert f"Enheten är stängd. Nya ärenden tas inte emot sedan {today}" in (await disa.get(_UNIT)).text
    for path in ("/manage", "/manage/units"):
        assert "Enheten är stängd." in (await disa.get(path)).text, path
    ledger = await ledger_of(karin)
    assert "Enheten är stängd. Nya ärenden tas inte emot sedan" in ledger
    assert (await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}")).status_code == 200
    gustav = await region.resident("gustav")
    assert ANKARET not in (await gustav.get("/units")).text
    saved = await gustav.get(f"/units/{ANKARET}")
    assert saved.status_code == 200
    assert "Hälsocentralen Ankaret tar inte emot nya ärenden längre" in saved.text
    assert 'href="/units"' in saved.text
    walk = await Walk(region, gustav).begin()
    assert ANKARET not in walk.html
    assert (await walk.send({"unit": ANKARET})).response.status_code == 422
    before = await region.value("select count(*) from cases")
    refused = await begin(karin, region.actors.residents["gustav"])
    assert refused.status_code == 409
    assert "Enheten är stängd, så inga nya ärenden startas här." in refused.text
    assert await region.value("select count(*) from cases") == before
    versions = (await disa.get(f"{_UNIT}/versions")).text
    assert "Stäng enheten" in versions
    assert (await decide(disa, "open", was=("shut", day()))).status_code == 303
    assert ANKARET in (await gustav.get("/units")).text
    assert (await begin(karin, region.actors.residents["gustav"])).status_code == 303


async def test_from_a_day_nothing_comes_from_outside_and_what_is_open_goes_on(region: Region) -> None:
    disa, ulf, gustav = (
        await region.staff("disa"),
        await region.staff("ulf", "bjorken"),
        await region.resident("gustav"),
    )
    henriks = region.cases["at_bjorken"]
    assert (await decide(disa, "ending", day(30))).status_code == 303
    assert ANKARET in (await gustav.get("/units")).text, "not before the day"
    assert "Enheten tar inte emot nya ärenden från och med" in (await disa.get(_UNIT)).text
    assert (await decide(disa, "ending", day(), was=("ending", day(30)))).status_code == 303
    assert ANKARET not in (await gustav.get("/units")).text
    assert (await ulf.post(f"/clinic/cases/{henriks}/claims")).status_code == 303
    assert "Ankaret" not in (await ulf.get(f"/clinic/cases/{henriks}/handovers")).text.split("<main")[1]
    passed = await pass_on(ulf, henriks, f"{ANKARET}/nurse")
    assert passed.status_code == 422
    assert "Enheten tar inte emot nya ärenden längre. Välj någon på en annan enhet." in passed.text
    assert "Ingen med den rollen" not in passed.text
    karin = await region.staff("karin", "ankaret")
    assert (await pass_on(karin, region.cases["held_by_karin"], f"{ANKARET}/physician")).status_code == 303
    assert (await begin(karin, region.actors.residents["astrid"])).status_code in {303, 409}
    lena = await region.staff("lena", "lyktan")
    await lena.post(f"/clinic/cases/{region.cases['at_lyktan']}/claims")
    assert f'"{ANKARET}' not in (await lena.get(f"/clinic/cases/{region.cases['at_lyktan']}/tickets")).text


@pytest.mark.parametrize("on", ["", "2020-01-01", "2999-01-01", "i morgon", "20300515"])
async def test_what_is_no_day_is_told_beside_the_field(region: Region, on: str) -> None:
    answer = await decide(await region.staff("disa"), "ending", on)
    assert answer.status_code == 422
    assert 'id="on-error"' in answer.text
    assert await region.value("select count(*) from units where shuts_on is not null") == 0


async def test_a_draft_is_led_to_another_unit_and_keeps_its_words(region: Region) -> None:
    disa, gustav = await region.staff("disa"), await region.resident("gustav")
    walk = await at_check(region, gustav)
    await emptied(region)
    assert (await decide(disa, "shut")).status_code == 303
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "unit"
    assert "Hälsocentralen Ankaret tar inte emot nya ärenden längre." in walk.html
    await walk.send({"unit": BJORKEN})
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    assert str(await region.value("select unit_id from cases where id = $1", UUID(walk.case_id))) == BJORKEN


@pytest.mark.parametrize("first", ["send", "shut"])
async def test_in_the_same_second_exactly_one_wins(region: Region, first: str) -> None:
    """The one that holds the unit first lets the other wait, and the other sees what it did."""
    gustav = await region.resident("gustav")
    walk = await at_check(region, gustav)
    await emptied(region)
    send = f"/intakes/{walk.case_id}/send"
    version = walk.field("version")
    disa = region.actors.staff("disa", "ankaret")
    if first == "shut":
        async with region.site.database.transaction() as db:
            await shut_unit(db, disa, id_of("unit/ankaret"), Shutting(None, True), Shutting())
            sending = asyncio.create_task(gustav.post(send, {"version": version}))
            await asyncio.sleep(1)
            assert not sending.done(), "it waits for the unit"
        answer = await sending
        assert answer.status_code == 409
        assert "Allt du har fyllt i finns kvar." in answer.text
        assert f'href="/intakes/{walk.case_id}/unit"' in answer.text
        assert await region.value("select count(*) from visits where case_id = $1", UUID(walk.case_id)) == 0
        assert await region.value(_SHUT, id_of("unit/ankaret")) is True
        return
    async with region.site.database.transaction() as sender:
        await _hold_as_a_sender(sender, region, UUID(walk.case_id))
        shutting = asyncio.create_task(_shut(region, disa))
        await asyncio.sleep(0.5)
        assert not shutting.done(), "it waits for the case"
    assert await shutting == "left_open"
    assert await region.value(_SHUT, id_of("unit/ankaret")) is False


async def _hold_as_a_sender(db: Any, region: Region, case_id: UUID) -> None:
    from linjen.cases.intake.send import send_case  # noqa: PLC0415
    from linjen.cases.intake.start import open_draft  # noqa: PLC0415

    gustav = region.actors.resident("gustav")
    draft = await open_draft(db, region.site.sealer, gustav, case_id)
    await send_case(db, region.site.sealer, gustav, draft, urgency=4, reason="ovrigt", protocol="", opening="Hej")


async def _shut(region: Region, by: By) -> str:
    try:
        async with region.site.database.transaction() as db:
            await shut_unit(db, by, id_of("unit/ankaret"), Shutting(None, True), Shutting())
    except (Invalid, Refused) as error:
        return error.reason
    return "shut"


async def test_a_closed_case_is_not_answered_at_a_shut_unit(region: Region) -> None:
    _, gustav, case_id = await closed(region)
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert "Du kan svara till och med" in page
    await emptied(region)
    assert (await decide(await region.staff("disa"), "shut")).status_code == 303
    shut = (await gustav.get(f"/cases/{case_id}")).text
    assert "Du kan svara till och med" not in shut
    assert "Enheten är stängd, så det går inte att svara här. Starta ett nytt ärende" in shut
    late = await reply(gustav, case_id, "Det blev inte bättre", page=page)
    assert late.status_code == 409
    for words in (
        "Ditt svar är inte skickat, för enheten är stängd.",
        "Det blev inte bättre</textarea>",
        "Enheten är stängd, så ingen där kan läsa det du skrev.",
        "Starta ett nytt ärende med texten",
    ):
        assert words in late.text, words
    assert "har gått ut" not in late.text
    assert "avslutades precis innan" not in late.text
    assert await region.value("select count(*) from access_log where verb = 'reopen' and refused = 'unit_shut'") == 1
    assert await region.value("select count(*) from visits where case_id = $1", case_id) == 1


async def test_nobody_else_does_it_and_of_two_at_once_one_wins(region: Region) -> None:
    for key in ("karin", "pelle", "maja", "gunvor", "eva", "lena"):
        person = await region.staff(key)
        assert (await person.get(_PATH)).status_code == 404, key
        assert (await decide(person, "ending", day(3))).status_code == 404, key
    assert await region.value("select count(*) from access_log where verb = 'shut_unit' and refused is not null") == 12
    disa = await region.staff("disa")
    answers = await asyncio.gather(*(decide(disa, "ending", day(days)) for days in (3, 4, 5)))
    assert sorted(one.status_code for one in answers) == [303, 409, 409]
    kept = str(await region.value("select shuts_on from units where id = $1", id_of("unit/ankaret")))
    assert (await decide(disa, "ending", day(9))).status_code == 409, "a stale form"
    assert (await decide(disa, "ending", kept, was=("open", ""))).status_code == 303, "once more is no change"
    await owner_does(region, "alter table access_log add constraint n check (verb <> 'shut_unit') not valid")
    assert (await decide(disa, "open", was=("ending", kept))).status_code == 500
    assert str(await region.value("select shuts_on from units where id = $1", id_of("unit/ankaret"))) == kept
