"""Avsluta: with a reason, by the holder alone, and the resident reads it afterwards."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import pytest

from linjen.cases.moves.close import close
from linjen.core.errors import Invalid
from tests.region import Person, Region
from tests.stories.test_answer_alarm import questions
from tests.stories.test_drafts import keep
from tests.stories.test_ledger import ledger_of, names_in_order, owner_does
from tests.stories.test_listening import heard

_STATE = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_REASON = "select v.close_reason from cases c join visits v on v.id = c.visit_id where c.id = $1"


async def test_it_leaves_the_ledger_and_can_be_read_by_both_sides(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        answer = await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/clinic/ledger?done=closed")
        await ear.wait_for("gone", str(case_id))
    assert "held_by_karin" not in names_in_order(region, await ledger_of(karin))
    assert "Ärendet är avslutat" in (await karin.get("/clinic/ledger?done=closed")).text
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Orsak: Råd och egenvård" in page
    assert "Hur länge har det varat?" in page
    assert 'name="message_id"' not in page
    gustav = await region.resident("gustav")
    assert "Hur länge har det varat?" in (await gustav.get(f"/cases/{case_id}")).text


async def test_the_question_has_every_reason_and_none_is_chosen(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    page = (await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}/closings")).text
    assert page.count('name="reason"') == 9
    assert " checked" not in page
    assert "Gustav Öberg" in page


async def test_without_a_reason_it_is_asked_again_and_nothing_ends(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    tried: tuple[dict[str, object], ...] = ({}, {"reason": ""}, {"reason": "self_care"}, {"reason": "banan" * 2000})
    for data in tried:
        answer = await karin.post(f"/clinic/cases/{case_id}/closings", data)
        assert answer.status_code == 422, data
        if len(str(data)) < 100:
            assert "Välj hur ärendet slutade" in answer.text
            assert 'id="error-summary"' in answer.text
            assert "<title>Fel:" in answer.text
    assert await region.value(_STATE, case_id) == "in_progress"


async def test_only_the_holder(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    bo, lena = await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan")
    karin = await region.staff("karin", "ankaret")
    for answer in (
        await bo.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"}),
        await bo.get(f"/clinic/cases/{case_id}/closings"),
    ):
        assert answer.status_code == 409
        assert "Karin Lindqvist har ärendet" in answer.text
    assert (await lena.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})).status_code == 404
    assert (await lena.get(f"/clinic/cases/{case_id}/closings")).status_code == 404
    waiting = await karin.post(f"/clinic/cases/{region.cases['waiting']}/closings", {"reason": "advice"})
    assert waiting.status_code == 409
    assert await region.value(_STATE, case_id) == "in_progress"


async def test_twice_the_same_is_one_end_and_another_reason_afterwards_is_refused(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    url = f"/clinic/cases/{case_id}/closings"
    answers = await asyncio.gather(*(karin.post(url, {"reason": "advice"}) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert (await karin.post(url, {"reason": "booked"})).status_code == 409
    assert await region.value("select count(*) from events where case_id = $1 and kind = 'closed'", case_id) == 1
    assert await region.value(_REASON, case_id) == "advice"


async def test_what_the_resident_wrote_last_is_pointed_out_before_the_end(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    await region.site.database.execute("update cases set staff_unread = 0 where id = $1", case_id)
    await gustav.say(case_id, "En sak till")
    assert "ett meddelande som ingen har läst" in (await karin.get(f"/clinic/cases/{case_id}/closings")).text


async def test_a_failed_event_leaves_nothing_changed(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await owner_does(region, "alter table events add constraint broken check (kind <> 'closed') not valid")
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})).status_code == 500
    assert await region.value(_STATE, case_id) == "in_progress"


_ADVICE = {"reason": "advice"}


async def confirmed(region: Region) -> tuple[UUID, Person, Person]:
    """A case that Karin holds, whose writer confirmed a warning sign and was answered."""
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin = await region.staff("karin", "ankaret")
    await gustav.say(case_id, "Nu har jag svårt att andas")
    await heard(region, case_id, 1)
    for action, _ in await questions(gustav, case_id):
        await gustav.post(action, {"answer": "yes"})
    await karin.say(case_id, "Hej Gustav, hur är det nu?")
    return case_id, karin, gustav


def acknowledged(page: str) -> dict[str, object]:
    """The closing form with its box ticked, for the alarms that stand on the page."""
    return _ADVICE | {"dealt_with": "yes", "alarm": re.findall(r'name="alarm" value="([^"]+)"', page)}


async def test_what_alarmed_stands_on_the_closing_page_and_must_be_taken_care_of(region: Region) -> None:
    case_id, karin, _ = await confirmed(region)
    url = f"/clinic/cases/{case_id}/closings"
    page = (await karin.get(url)).text
    assert "svårt att andas" in page
    assert "Patienten svarar ja" in page
    assert 'name="dealt_with" value="yes"' in page
    for data in (_ADVICE, _ADVICE | {"dealt_with": "yes"}):
        refused = await karin.post(url, data)
        assert refused.status_code == 422
        assert 'href="#dealt_with"' in refused.text
        assert 'id="dealt_with-error"' in refused.text
    assert await region.value(_STATE, case_id) == "in_progress"
    assert (await karin.post(url, acknowledged(page))).status_code == 303
    assert (await karin.post(url, acknowledged(page))).status_code == 303, "the same twice is one end"
    kept = "select jsonb_array_length(data -> 'alarms') from events where case_id = $1 and kind = 'closed'"
    assert await region.value(kept, case_id) == page.count('name="alarm"')


async def test_no_other_way_to_close_passes_an_alarm_by(region: Region) -> None:
    case_id, _, _ = await confirmed(region)
    with pytest.raises(Invalid, match="alarms_left"):
        async with region.site.database.transaction() as db:
            await close(db, region.actors.staff("karin", "ankaret"), case_id, "advice")


async def test_an_alarm_that_comes_while_the_page_is_open_is_asked_about_anew(region: Region) -> None:
    case_id, karin, gustav = await confirmed(region)
    url = f"/clinic/cases/{case_id}/closings"
    before = acknowledged((await karin.get(url)).text)
    known = await region.value("select count(*) from alarms where case_id = $1", case_id)
    await gustav.say(case_id, "Nu svimmade jag")
    await heard(region, case_id, known + 1)  # type: ignore[operator]
    refused = await karin.post(url, before)
    assert refused.status_code == 422
    assert "svimmade" in refused.text
    assert " checked" not in refused.text.split('id="dealt_with"')[1].split(">")[0]
    assert await region.value(_STATE, case_id) == "in_progress"


async def test_what_was_wrong_or_answered_no_asks_for_nothing(region: Region) -> None:
    case_id, karin, _ = await confirmed(region)
    url = f"/clinic/cases/{case_id}/closings"
    await region.site.database.execute(
        "update alarms set answer = 'no', answered_at = now() where case_id = $1", case_id
    )  # fmt: skip
    assert "dealt_with" not in (await karin.get(url)).text
    await region.site.database.execute(
        "update alarms set answer = 'yes', verdict = 'wrong', judged_at = now(), judged_by = $2 where case_id = $1",
        case_id, region.actors.staff("karin", "ankaret").person_id,
    )  # fmt: skip
    assert "dealt_with" not in (await karin.get(url)).text
    assert (await karin.post(url, _ADVICE)).status_code == 303


async def test_where_words_alarmed_no_advice_for_waiting_comes_back_when_the_case_is_closed(region: Region) -> None:
    case_id, astrid = region.cases["waiting"], await region.resident("astrid")
    karin = await region.staff("karin", "ankaret")
    assert "Råd till dig" in (await astrid.get(f"/cases/{case_id}")).text
    await karin.post(f"/clinic/cases/{case_id}/claims")
    await astrid.say(case_id, "Nu har jag svårt att andas")
    await heard(region, case_id, 1)
    await karin.say(case_id, "Hej Astrid, jag ringer dig.")
    assert "Råd till dig" not in (await astrid.get(f"/cases/{case_id}")).text
    url = f"/clinic/cases/{case_id}/closings"
    assert (await karin.post(url, acknowledged((await karin.get(url)).text))).status_code == 303
    page = (await astrid.get(f"/cases/{case_id}")).text
    assert "Råd till dig" not in page
    assert page.index("Livshotande tillstånd?") < page.index("Du har fått råd")


async def test_what_the_nurse_has_typed_and_not_sent_is_not_lost_in_silence(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    url = f"/clinic/cases/{case_id}/closings"
    assert "leave_draft" not in (await karin.get(url)).text
    assert await keep(karin, region, case_id, "Hej Gustav! " + "Ring oss om hostan inte ger med sig. " * 20) == 200
    page = (await karin.get(url)).text
    assert "Du har ett meddelande som inte är skickat" in page
    assert "Hej Gustav! Ring oss" in page
    assert f'href="/clinic/cases/{case_id}#composer-text"' in page
    refused = await karin.post(url, _ADVICE)
    assert refused.status_code == 422
    assert 'id="leave_draft-error"' in refused.text
    assert 'value="advice" checked' in refused.text, "what was chosen stays"
    assert await region.value(_STATE, case_id) == "in_progress"
    assert (await karin.post(url, _ADVICE | {"leave_draft": "yes"})).status_code == 303


async def test_a_draft_that_was_sent_or_emptied_asks_for_nothing(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert await keep(karin, region, case_id, "  ") == 200
    await keep(await region.resident("gustav"), region, case_id, "Gustavs eget")
    page = (await karin.get(f"/clinic/cases/{case_id}/closings")).text
    assert "inte är skickat" not in page
    assert "Gustavs eget" not in page
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", _ADVICE)).status_code == 303


async def test_the_fee_is_judged_kept_and_told_the_patient(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    url, fee = f"/clinic/cases/{case_id}/closings", "select fee from visits where case_id = $1"
    page = (await karin.get(url)).text
    for words in ("Ingen avgift", "Avgift: recept", "Avgift: intyg", "Avgift: fysiskt besök", "Avgift: digitalt besök"):
        assert words in page
    again = await karin.post(url, {"fee": "certificate"})
    assert '<option value="certificate" selected>' in again.text, "what was chosen stays"
    assert await region.value(fee, case_id) is None
    assert (await karin.post(url, _ADVICE | {"fee": "certificate"})).status_code == 303
    assert await region.value(fee, case_id) == "certificate"
    assert "Patientavgift för intyg tas ut" in (await (await region.resident("gustav")).get(f"/cases/{case_id}")).text


async def test_advice_costs_nothing_and_no_fee_is_told_of(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await karin.post(f"/clinic/cases/{case_id}/closings", _ADVICE | {"fee": "banan"})
    assert await region.value("select fee from visits where case_id = $1", case_id) == "none"
    assert (
        "Patientavgift"
        not in (await (await region.resident("gustav")).get(f"/cases/{case_id}"))
        .text.split('id="case-status"')[1]
        .split('id="chat"')[0]
    )


def drawn(page: str) -> dict[str, str]:
    """What a form carries of when it was drawn."""
    return {"drawn_at": re.findall(r'name="drawn_at" value="([0-9]+)"', page)[0]}


@pytest.mark.parametrize("verb", ["closings", "signposts"])
async def test_what_the_resident_writes_while_the_page_is_open_is_asked_about_once(region: Region, verb: str) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    url, form = f"/clinic/cases/{case_id}/{verb}", {"reason": "advice", "text": "Vänd dig till vårdcentralen"}
    await gustav.say(case_id, "Skrivet innan sidan öppnades")
    before = drawn((await karin.get(url)).text)
    await gustav.say(case_id, "Vänta, en fråga till om medicinen")
    said = await region.value("select count(*) from messages where case_id = $1", case_id)
    refused = await karin.post(url, {**form, **before})
    assert refused.status_code == 422
    assert 'href="#written"' in refused.text
    assert 'id="written"' in refused.text
    assert "Skrivet innan" not in refused.text
    assert verb == "signposts" or "en fråga till om medicinen" in refused.text
    assert await region.value(_STATE, case_id) == "in_progress"
    assert await region.value("select count(*) from messages where case_id = $1", case_id) == said
    assert (await karin.post(url, {**form, **drawn(refused.text)})).status_code == 303
    assert (await karin.post(url, {**form, **drawn(refused.text)})).status_code == 303, "the same twice is one end"


async def test_her_own_message_asks_for_nothing(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    url = f"/clinic/cases/{case_id}/closings"
    before = drawn((await karin.get(url)).text)
    await karin.say(case_id, "Krya på dig!")
    assert (await karin.post(url, {**_ADVICE, **before})).status_code == 303


async def test_no_other_way_to_close_passes_a_new_message_by(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await gustav.say(case_id, "En sak till")
    with pytest.raises(Invalid, match="written_meanwhile"):
        async with region.site.database.transaction() as db:
            await close(db, region.actors.staff("karin", "ankaret"), case_id, "advice", drawn_at=0)


async def test_a_form_that_does_not_say_when_it_was_drawn_has_shown_nothing_she_wrote(region: Region) -> None:
    karin, gustav, case_id = (
        await region.staff("karin", "ankaret"), await region.resident("gustav"), region.cases["held_by_karin"],
    )  # fmt: skip
    await gustav.say(case_id, "Nu har jag ont i bröstet också")
    for verb, fields in (("closings", {"reason": "advice"}), ("signposts", {"text": "Vänd dig till Lyktan."})):
        for drawn_at in ("", "hej", "-1"):
            answer = await karin.post(f"/clinic/cases/{case_id}/{verb}", fields | {"drawn_at": drawn_at})
            assert answer.status_code == 422, (verb, drawn_at)
            assert "Patienten har skrivit medan" in answer.text
    assert await region.value("select state from visits where case_id = $1", case_id) == "in_progress"


_SAID = "select count(*) from messages where case_id = $1 and by_kind = 'staff'"
_DRAFTS = "select count(*) from record_drafts where case_id = $1"


async def test_words_of_ones_own_reach_the_patient_and_the_note_each_in_its_place(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id, said = region.cases["held_by_karin"], 0
    said = int(str(await region.value(_SAID, case_id)))
    form = {
        "reason": "advice",
        "tell": "Tack för att du hörde av dig. Krya på dig!",
        "words": "Viros, inga röda flaggor.",
    }
    for _ in range(2):
        answer = await karin.post(f"/clinic/cases/{case_id}/closings", {**form, "drawn_at": "999"})
        assert answer.status_code == 303
    assert await region.value(_SAID, case_id) == said + 1, "the same form once more sends nothing"
    hers = (await gustav.get(f"/cases/{case_id}")).text
    assert "Krya på dig!" in hers
    assert "röda flaggor" not in hers
    note = (await karin.get(f"/clinic/cases/{case_id}/record")).text
    assert note.count("Viros, inga röda flaggor.") == 2, "under Bedömning and in the whole note, once"
    assert await region.value("select count(*) from record_drafts where body_sealed::text like '%Viros%'") == 0
    other = await karin.post(f"/clinic/cases/{case_id}/closings", {**form, "tell": "Något annat"})
    assert other.status_code == 409
    assert "Något annat" in other.text, "what was typed stands"
    assert await region.value(_SAID, case_id) == said + 1


async def test_a_word_that_cannot_be_sent_ends_nothing_and_stands_in_its_box(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    path = f"/clinic/cases/{case_id}/closings"
    for name, text in (("tell", "x" * 8_001), ("words", "x" * 8_001), ("tell", "Hej [namn]!")):
        answer = await karin.post(path, {"reason": "advice", name: text})
        assert answer.status_code == 422, (name, text[:9])
        assert 'id="error-summary"' in answer.text
        assert text[:8_000] in answer.text
    assert await region.value(_STATE, case_id) == "in_progress"
    assert await region.value(_DRAFTS, case_id) == 0


async def test_without_its_event_neither_word_is_kept(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    said = await region.value(_SAID, case_id)
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'closed') not valid")
    answer = await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice", "tell": "Hej", "words": "Ord"})
    assert answer.status_code == 500
    assert await region.value(_SAID, case_id) == said
    assert await region.value(_DRAFTS, case_id) == 0


async def test_who_has_closed_it_in_another_window_is_not_told_that_she_did_not(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    path = f"/clinic/cases/{case_id}/closings"
    assert (await karin.post(path, {"reason": "advice"})).status_code == 303
    answer = await karin.post(path, {"reason": "other_way", "words": "Mina egna ord"})
    assert answer.status_code == 409
    assert "<h1>Du har redan avslutat ärendet</h1>" in answer.text
    assert "avslutades inte av dig" not in answer.text
    assert "Mina egna ord" in answer.text


async def test_who_comes_late_gets_the_words_back(region: Region) -> None:
    bo, case_id = await region.staff("bo", "ankaret"), region.cases["held_by_karin"]
    answer = await bo.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice", "words": "Mina egna ord"})
    assert answer.status_code == 409
    assert "Mina egna ord" in answer.text
    assert "Karin Lindqvist har ärendet" in answer.text or "Karin Lindqvist" in answer.text
