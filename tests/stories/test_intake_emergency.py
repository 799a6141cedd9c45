"""Ring 112, egenvård och snubbeltråd: the pages that come when the answers, or the words, say so."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))


async def _begun(region: Region, text: str, reason: str) -> Walk:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start(text, unit=ANKARET)
    return await walk.send({"reasons": [reason]})


async def _in_danger(region: Region) -> Walk:
    walk = await _begun(region, "Jag har ont i halsen", "halsont")
    return await walk.answer_all(lambda code: "yes" if code == "neuro.face_droop" else "no")


async def test_a_life_threatening_answer_shows_112_at_once_and_keeps_the_draft(region: Region) -> None:
    walk = await _in_danger(region)
    assert walk.step == "emergency"
    assert 'role="alert"' in walk.html
    assert 'href="tel:112"' in walk.html
    assert "Skicka ändå till vården" not in walk.html
    assert await region.value("select phase from cases where id = $1", UUID(walk.case_id)) == "emergency_advised"
    await walk.open()
    assert walk.step == "emergency"
    await walk.open("pictures")
    assert walk.step == "emergency"


async def test_she_may_go_back_and_correct_the_answer(region: Region) -> None:
    walk = await _in_danger(region)
    await walk.open("questions/3")
    assert walk.response.status_code == 200
    assert "checked" in walk.response.text
    await walk.send(walk.filled())
    assert walk.step.startswith("questions")
    assert await region.value("select phase from cases where id = $1", UUID(walk.case_id)) == "intake"


async def test_without_the_regions_setting_an_emergency_is_not_queued(region: Region) -> None:
    walk = await _in_danger(region)
    version = await region.value("select version from intakes where case_id = $1", UUID(walk.case_id))
    await walk.send({"version": str(version)}, path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "emergency"
    assert await region.value("select count(*) from visits where case_id = $1", UUID(walk.case_id)) == 0


async def test_with_the_regions_setting_it_may_be_queued_as_level_1(region: Region) -> None:
    region.site.settings = msgspec.structs.replace(region.site.settings, emergency_may_queue=True)
    walk = await _in_danger(region)
    assert "Skicka ändå till vården" in walk.html
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    assert "Ring 112 nu om du inte redan har gjort det." in walk.html
    assert await region.value("select priority from visits where case_id = $1", UUID(walk.case_id)) == 1


async def test_self_care_that_is_followed_closes_the_case_and_stays_readable(region: Region) -> None:
    walk = await _begun(region, "Jag har lite ont i halsen", "halsont")
    await walk.answer_all()
    assert walk.step == "self-care", walk.step
    assert "Så lindrar du ont i halsen" in walk.html
    assert "Jag följer råden" in walk.html
    assert "Jag vill ha kontakt med vården" in walk.html
    await walk.send(path=f"/intakes/{walk.case_id}/self-care/follow")
    assert walk.step == "advice"
    assert "Så lindrar du ont i halsen" in walk.html
    row = await region.site.database.fetch_row("select * from cases where id = $1", UUID(walk.case_id))
    assert row is not None
    assert (row["phase"], row["close_reason"], row["visit_id"]) == ("closed", "self_care", None)
    await walk.send({}, path=f"/intakes/{walk.case_id}/self-care/follow")
    assert walk.step == "advice"
    await walk.open()
    assert walk.step == "advice"


async def test_who_wants_contact_all_the_same_is_level_5(region: Region) -> None:
    walk = await _begun(region, "Jag har lite ont i halsen", "halsont")
    await walk.answer_all()
    await walk.send()
    await walk.to_pictures()
    await walk.finish()
    assert walk.step == "receipt"
    assert await region.value("select priority from visits where case_id = $1", UUID(walk.case_id)) == 5


async def test_what_the_tripwire_hears_becomes_a_question(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag har ont i halsen och det trycker över bröstet", unit=ANKARET)
    assert walk.step == "questions/1"
    assert "Du skrev ”" in walk.html
    await walk.send(walk.filled())
    await walk.send({"reasons": ["halsont"]})
    assert walk.step == "questions/2"


async def test_a_last_word_is_heard_too_before_it_can_be_sent(region: Region) -> None:
    walk = await _begun(region, "Jag har ont i ryggen", "ryggont")
    await walk.answer_all()
    await walk.to_pictures()
    await walk.send({"do": "next"})
    await walk.send({"extra": "Jag har svårt att andas och det trycker över bröstet"})
    assert walk.step.startswith("questions/")
    assert "Du skrev ”" in walk.html
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step.startswith("questions/")
    await walk.open(walk.step.split("?")[0])
    await walk.answer_all()
    assert walk.step == "check"


async def _admin(region: Region, text: str) -> Walk:
    walk = await Walk(region, await region.resident("gustav")).begin("admin")
    await walk.send({"unit": ANKARET})
    return await walk.send({"text": text})


async def test_a_warning_sign_in_an_administrative_question_suggests_care_and_lets_her_go_on(region: Region) -> None:
    walk = await _admin(region, "Kan jag få ett intyg? Jag har blod i avföringen sedan i går")
    assert walk.step == "warning"
    assert "Sök vård" in walk.html
    await walk.open("check")
    assert walk.step == "warning"
    await walk.to_check()
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"


async def test_danger_to_life_in_an_administrative_question_shows_112_and_lets_her_go_on(region: Region) -> None:
    walk = await _admin(region, "Jag vill ha ett intyg. Jag andas inte och är medvetslös")
    assert walk.step == "emergency", walk.html
    assert 'href="tel:112"' in walk.html
    await walk.open("check")
    assert walk.step == "emergency"
    await walk.send(path=f"/intakes/{walk.case_id}/warning")
    await walk.to_check()
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    assert await region.value("select priority from visits where case_id = $1", UUID(walk.case_id)) == 1
