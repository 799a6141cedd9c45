"""Skicka ärende: one effect, however often and from however many windows it is sent."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg

from linjen.cases.intake.follow_advice import follow_advice
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.region import Region, ids_in
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))


async def _at_check(region: Region, text: str = "Jag har ont i halsen") -> Walk:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start(text, unit=ANKARET)
    await walk.send({"reasons": ["ovrigt"]})
    await walk.answer_all()
    return await walk.to_check()


async def test_a_sent_case_stands_in_the_ledger_with_her_words_first_in_the_chat(region: Region) -> None:
    walk = await _at_check(region)
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    assert f"/cases/{walk.case_id}" in walk.html
    karin = await region.staff("karin", "ankaret")
    assert walk.case_id in ids_in((await karin.get("/clinic/ledger")).text)
    async with region.site.database.transaction() as db:
        from linjen.cases.talk.message import list_messages  # noqa: PLC0415

        messages = await list_messages(db, region.site.sealer, UUID(walk.case_id))
    assert [one.text for one in messages] == ["Jag har ont i halsen"]


async def test_sent_twice_it_is_one_case_and_the_same_receipt(region: Region) -> None:
    walk = await _at_check(region)
    send = f"/intakes/{walk.case_id}/send"
    version = walk.field("version")
    first = await walk.who.post(send, {"version": version})
    again = await walk.who.post(send, {"version": version})
    assert first.headers["location"] == again.headers["location"] == f"/intakes/{walk.case_id}/receipt"
    await _is_one(region, walk.case_id)


async def test_two_windows_that_send_at_once_send_one_case(region: Region) -> None:
    walk = await _at_check(region)
    data: dict[str, object] = {"version": walk.field("version")}
    answers = await asyncio.gather(*(walk.who.post(f"/intakes/{walk.case_id}/send", data) for _ in range(6)))
    assert {answer.headers["location"] for answer in answers} == {f"/intakes/{walk.case_id}/receipt"}
    await _is_one(region, walk.case_id)


async def _is_one(region: Region, case_id: str) -> None:
    for sql in (
        "select count(*) from visits where case_id = $1", "select count(*) from messages where case_id = $1",
        "select count(*) from events where case_id = $1 and kind = 'case_sent'",
    ):  # fmt: skip
        assert await region.value(sql, UUID(case_id)) == 1, sql


async def test_an_unfinished_draft_is_led_to_what_it_lacks(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.send({"unit": ANKARET})
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "consent"
    assert await region.value("select count(*) from visits where case_id = $1", UUID(walk.case_id)) == 0


async def test_a_draft_changed_in_another_window_is_shown_again_before_it_is_sent(region: Region) -> None:
    walk = await _at_check(region)
    other = await Walk(region, walk.who).open("extra", walk.case_id)
    await other.send({"extra": "Jag är gravid"})
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.response.status_code == 409
    assert "Du har ändrat ärendet i ett annat fönster." in walk.html
    assert "Jag är gravid" in walk.html
    assert await region.value("select phase from cases where id = $1", UUID(walk.case_id)) == "intake"


async def test_after_sending_every_page_of_the_intake_leads_to_the_receipt(region: Region) -> None:
    walk = await _at_check(region)
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    for step in ("", "words", "questions/1", "check", "emergency"):
        await walk.open(step)
        assert walk.step == "receipt", step
    for step, form in (
        ("words", {"text": "nytt"}),
        ("extra", {"extra": "nytt"}),
        ("questions/1", {"gen.fever": "yes"}),
    ):
        late = await walk.who.post(f"/intakes/{walk.case_id}/{step}", {"version": "1", **form})
        assert late.status_code == 409, step
        assert "Ärendet är redan skickat" in late.text
        assert f'href="/cases/{walk.case_id}"' in late.text
        assert (">nytt</blockquote>" in late.text) == ("nytt" in form.values()), "her words are hers to copy"
    stranger = await (await region.resident("amina")).post(f"/intakes/{walk.case_id}/words", {"text": "nytt"})
    nothing = await walk.who.post(f"/intakes/{new_id()}/words", {"text": "nytt"})
    assert (stranger.status_code, nothing.status_code) == (404, 404)
    assert "redan skickat" not in stranger.text
    assert stranger.text.count("nytt") == nothing.text.count("nytt") == 1, "her own words, and nothing else"


async def test_a_draft_that_another_window_removed_says_so_and_leads_to_my_cases(region: Region) -> None:
    walk = await _at_check(region)
    await walk.who.post(f"/cases/{walk.case_id}/withdrawals")
    draft = f"/intakes/{walk.case_id}"
    read = (draft, f"{draft}/words", f"{draft}/receipt", f"/cases/{walk.case_id}")
    pages = [await walk.who.get(path) for path in read]
    pages += [await walk.who.post(f"{draft}/{step}", {"version": "1", "text": "x", "extra": "x"})
              for step in ("words", "extra", "questions/1", "pictures", "send")]  # fmt: skip
    for page in pages:
        assert page.status_code == 409, page.url
        assert "Det påbörjade finns inte kvar" in page.text, page.url
        assert 'href="/cases"' in page.text
    stranger = await (await region.resident("amina")).get(f"/intakes/{walk.case_id}/words")
    assert stranger.status_code == 404
    refused = "select count(*) from access_log where case_id = $1 and refused is not null"
    assert await region.value(refused, UUID(walk.case_id)) == len(pages) + 1


async def test_a_draft_that_was_sent_and_closed_or_ended_in_advice_tells_a_late_window(region: Region) -> None:
    walk = await _at_check(region)
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    await walk.who.post(f"/cases/{walk.case_id}/withdrawals")
    late = await walk.who.post(f"/intakes/{walk.case_id}/extra", {"version": "1", "extra": "mer"})
    assert (late.status_code, "redan skickat och avslutat" in late.text) == (409, True)
    amina, advised = await region.resident("amina"), region.cases["self_care"]
    async with region.site.database.transaction() as db:
        await follow_advice(db, region.site.sealer, region.actors.resident("amina"), advised)
    late = await amina.post(f"/intakes/{advised}/words", {"version": "1", "text": "mer"})
    assert (late.status_code, "följa råden" in late.text) == (409, True)
    assert f'href="/intakes/{advised}/advice"' in late.text


async def test_if_the_event_cannot_be_written_nothing_is_sent(region: Region) -> None:
    walk = await _at_check(region)
    admin = await asyncpg.connect(region.dsn.replace("linjen_app@", "linjen_owner@"))
    await admin.execute("alter table events add constraint broken check (kind <> 'case_sent') not valid")
    answer = await walk.who.post(f"/intakes/{walk.case_id}/send", {"version": walk.field("version")})
    assert answer.status_code == 500
    assert await region.value("select phase from cases where id = $1", UUID(walk.case_id)) == "intake"
    await admin.execute("alter table events drop constraint broken")
    await admin.close()
    await walk.open("check")
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"


async def test_without_the_forms_token_nothing_is_sent(region: Region) -> None:
    walk = await _at_check(region)
    answer = await walk.who.http.post(
        f"/intakes/{walk.case_id}/send", data={"version": walk.field("version")}, headers={"origin": region.url}
    )
    assert answer.status_code == 409
    assert await region.value("select phase from cases where id = $1", UUID(walk.case_id)) == "intake"
