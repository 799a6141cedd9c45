"""Stämmer det: what was heard in a message is asked of who wrote it; her answer is shown and lowers nothing."""

from __future__ import annotations

import asyncio
import html
import re
from uuid import UUID

import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.intake_walk import Walk
from tests.stories.test_clinic_case import read
from tests.stories.test_ledger import owner_does
from tests.stories.test_listening import CHEST, FAINT, heard, waiting

_ACTION = r'action="(/cases/[^"]+/alarms/[^"]+/answers)"'


async def questions(person: Person, case_id: UUID) -> list[tuple[str, str]]:
    """(where to answer, the question) of each that her page asks."""
    page = (await person.get(f"/cases/{case_id}")).text
    asked = re.findall(rf'{_ACTION}[^>]*>.*?<h2 id="alarm-[^"]+">([^<]+)</h2>', page, re.DOTALL)
    return [(action, html.unescape(text)) for action, text in asked]


async def asked(region: Region, text: str = FAINT) -> tuple[UUID, Person, str]:
    """A case in which something was heard, its writer, and where she answers."""
    case_id, astrid = await waiting(region)
    await astrid.say(case_id, text)
    await heard(region, case_id, 1)
    found = await questions(astrid, case_id)
    assert found
    return case_id, astrid, found[0][0]


async def test_she_is_asked_in_the_words_of_the_triage_and_staff_see_what_she_says(region: Region) -> None:
    case_id, astrid, action = await asked(region)
    assert [text for _, text in await questions(astrid, case_id)] == ["Har du svimmat?"]
    karin = await region.staff("karin", "ankaret")
    assert "Patienten har inte svarat om det stämmer" in await read(karin, case_id)
    assert (await astrid.post(action, {"answer": "yes"})).status_code == 303
    page = await read(karin, case_id)
    assert "Patienten svarar ja" in page
    assert "Astrid Nyberg svarade på en fråga om det som skrevs" in page
    assert await questions(astrid, case_id) == []
    assert 'href="tel:112"' in (await astrid.get(f"/cases/{case_id}")).text


async def test_a_no_takes_the_notice_away_but_lowers_nothing(region: Region) -> None:
    case_id, astrid, _ = await asked(region, CHEST)
    before = await region.value("select priority from visits where case_id = $1", case_id)
    while left := await questions(astrid, case_id):
        await astrid.post(left[0][0], {"answer": "no"})
    assert before in {1, 2}
    assert await region.value("select priority from visits where case_id = $1", case_id) == before
    assert "Det kan vara brådskande" not in (await astrid.get(f"/cases/{case_id}")).text
    assert "Patienten svarar nej" in await read(await region.staff("karin", "ankaret"), case_id)


async def test_it_can_be_thought_over_and_the_same_answer_twice_is_one(region: Region) -> None:
    case_id, astrid, action = await asked(region)
    count = "select count(*) from events where case_id = $1 and kind = 'alarm_answered'"
    for answer in ("unknown", "unknown", "yes"):
        assert (await astrid.post(action, {"answer": answer})).status_code == 303
    assert await region.value(count, case_id) == 2
    kept = await region.value("select answer from alarms where case_id = $1 and message_id is not null", case_id)
    assert kept == "yes"
    assert (await astrid.post(action, {"answer": "kanske"})).status_code == 422


async def test_nobody_else_answers_and_not_for_another_case(region: Region) -> None:
    case_id, astrid, action = await asked(region)
    gustav, karin = await region.resident("gustav"), await region.staff("karin", "ankaret")
    assert (await gustav.post(action, {"answer": "no"})).status_code == 404
    assert (await karin.post(action, {"answer": "no"})).status_code in {303, 401, 404}
    other = action.replace(str(case_id), str(region.cases["child"]))
    assert (await astrid.post(other, {"answer": "no"})).status_code == 404
    assert await region.value("select count(*) from alarms where answer is not null and case_id = $1", case_id) == 0


async def test_two_who_answer_at_once_leave_one_answer_and_every_event(region: Region) -> None:
    case_id, astrid, action = await asked(region)
    done = await asyncio.gather(*(astrid.post(action, {"answer": one}) for one in ("yes", "no") * 3))
    assert {response.status_code for response in done} == {303}
    answer = await region.value("select answer from alarms where case_id = $1 and message_id is not null", case_id)
    assert answer in {"yes", "no"}


async def test_without_its_event_no_answer_is_kept(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, astrid, action = await asked(region)

    async def broken(*args: object) -> None:
        raise RuntimeError("no events today")

    monkeypatch.setattr("linjen.cases.alarms.answer_alarm.record", broken)
    assert (await astrid.post(action, {"answer": "yes"})).status_code == 500
    assert await region.value("select count(*) from alarms where answer is not null and case_id = $1", case_id) == 0


async def test_when_staff_have_written_nothing_more_is_asked(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin = await region.staff("karin", "ankaret")
    await gustav.say(case_id, FAINT)
    await heard(region, case_id, 1)
    assert await questions(gustav, case_id)
    await karin.say(case_id, "Jag ringer dig nu.")
    assert await questions(gustav, case_id) == []


async def test_while_the_holder_reads_along_it_says_that_she_is_told_now_and_not_that_nobody_is_there(
    region: Region,
) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await region.site.database.execute("delete from opening_hours")
    await owner_does(region, f"delete from messages where case_id = '{case_id}' and by_kind = 'staff'")
    await region.site.database.execute("delete from reading_marks where case_id = $1", case_id)
    await gustav.say(case_id, FAINT)
    await heard(region, case_id, 1)
    now, away, hours = "Den som har hand om ditt ärende får veta det nu.", "läses när någon är på plats", "är bemannad."
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert (now in page, away in page, hours in page) == (False, True, True)
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    async with bo.listen(f"/clinic/cases/{case_id}/stream"):
        assert now not in (await gustav.get(f"/cases/{case_id}")).text, "a colleague who looks in is not the holder"
    async with karin.listen(f"/clinic/cases/{case_id}/stream"):
        page = (await gustav.get(f"/cases/{case_id}")).text
        assert (now in page, away in page, hours in page) == (True, False, False)
    async with asyncio.timeout(5):  # the server learns a moment later that the page was closed
        while True:
            if not region.site.hub.has_open(case_id, id_of("staff/karin")):
                break
            await asyncio.sleep(0.05)
    assert now not in (await gustav.get(f"/cases/{case_id}")).text
    await karin.post(f"/clinic/cases/{case_id}/reads", {"seq": "1"})
    assert now in (await gustav.get(f"/cases/{case_id}")).text, "she has just read"
    await region.site.database.execute("update reading_marks set read_at = now() - interval '6 minutes'")
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert (now in page, away in page, hours in page) == (False, True, True)


@pytest.mark.parametrize("answer", ["yes", "no", "unknown"])
async def test_she_is_thanked_for_her_answer_with_112_beside_it_until_staff_write(region: Region, answer: str) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await gustav.say(case_id, FAINT)
    await heard(region, case_id, 1)
    assert "Tack, vi har fått ditt svar." not in (await gustav.get(f"/cases/{case_id}")).text
    await gustav.post((await questions(gustav, case_id))[0][0], {"answer": answer})
    status = (await gustav.get(f"/cases/{case_id}")).text.partition('id="case-status"')[2]
    thanks = status.partition("Tack, vi har fått ditt svar.")[2].partition("</div>")[0]
    assert 'href="tel:112"' in thanks
    await (await region.staff("karin", "ankaret")).say(case_id, "Jag ringer dig nu.")
    assert "Tack, vi har fått ditt svar." not in (await gustav.get(f"/cases/{case_id}")).text


async def test_a_guardian_is_asked_about_the_child_by_name_and_an_english_reader_in_english(region: Region) -> None:
    case_id, astrid = region.cases["child"], await region.resident("astrid")
    await astrid.say(case_id, "Hon svimmade nyss")
    await heard(region, case_id, 1)
    assert [text for _, text in await questions(astrid, case_id)] == ["Har Elsa svimmat?"]
    await region.site.database.execute("update sessions set language = 'en' where kind = 'resident'")
    assert [text for _, text in await questions(astrid, case_id)] == ["Has Elsa fainted?"]


async def test_what_was_confirmed_before_it_was_sent_stands_beside_the_words_that_were_heard(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag har ont i halsen och svimmade igår", unit=str(id_of("unit/ankaret")))
    await walk.send({"reasons": ["halsont"]})
    await walk.answer_all(lambda code: "yes" if code == "gen.syncope" else "no")
    await walk.finish()
    page = await read(await region.staff("karin", "ankaret"), UUID(walk.case_id))
    assert re.search(r"I de egna orden, .{10,40}\. Patienten svarar ja", page)


async def test_what_was_written_twice_is_asked_once_and_what_another_sign_means_is_not_asked(region: Region) -> None:
    case_id, astrid = await waiting(region)
    for _ in range(2):
        await astrid.say(case_id, CHEST)
    codes = {code for code, _ in await heard(region, case_id, 4)}
    assert codes == {"chest.ongoing", "chest.pain"}
    left = await questions(astrid, case_id)
    assert [text for _, text in left] == ["Har du ont i bröstet just nu, sedan mer än 15 minuter?"]
    await astrid.post(left[0][0], {"answer": "no"})
    left = await questions(astrid, case_id)
    assert [text for _, text in left] == ["Har du ont i bröstet?"], "a no to the one says nothing of the other"
    await astrid.post(left[0][0], {"answer": "yes"})
    assert await questions(astrid, case_id) == []


async def test_thoughts_of_death_in_the_chat_show_whom_to_call_as_the_interview_does(region: Region) -> None:
    case_id, astrid = await waiting(region)
    await astrid.say(case_id, "jag tänker ta livet av mig i kväll")
    await heard(region, case_id, 2)
    page = (await astrid.get(f"/cases/{case_id}")).text
    assert "Du behöver inte vara ensam med det här" in page
    assert 'href="tel:90101"' in page


async def test_other_alarms_do_not_speak_of_it(region: Region) -> None:
    case_id, astrid, _ = await asked(region)
    assert 'href="tel:90101"' not in (await astrid.get(f"/cases/{case_id}")).text
