"""Åtgärd: a card in the talk that the patient confirms, and without which a case is not closed (F181–F182)."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from tests.region import Person, Region
from tests.stories.test_inactivity import Silences
from tests.stories.test_ledger import owner_does

_WORDS = "Ditt recept på penicillin finns på apoteket."
_STATE = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_EVENTS = "select count(*) from events where case_id = $1 and kind = $2"


async def add(
    person: Person, case_id: UUID, kind: str = "prescription", text: str = _WORDS, action_id: UUID | None = None
) -> httpx.Response:
    """Send the form of a card."""
    fields = {"kind": kind, "text": text, "action_id": str(action_id or uuid4())}
    return await person.post(f"/clinic/cases/{case_id}/actions", fields)


async def confirm(person: Person, case_id: UUID, action_id: UUID) -> httpx.Response:
    """Press Jag har läst."""
    return await person.post(f"/cases/{case_id}/actions/{action_id}/confirmations")


async def settle(person: Person, case_id: UUID, action_id: UUID, how: str) -> httpx.Response:
    """Say how the patient was reached instead."""
    return await person.post(f"/clinic/cases/{case_id}/actions/{action_id}/settlements", {"how": how})


async def carded(region: Region) -> tuple[Person, Person, UUID, UUID]:
    """Karin has put a card into the case that she holds of Gustav."""
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id, action_id = region.cases["held_by_karin"], uuid4()
    assert (await add(karin, case_id, action_id=action_id)).status_code == 303
    return karin, gustav, case_id, action_id


async def test_the_patient_confirms_the_card_and_both_see_it_live(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id, action_id = region.cases["held_by_karin"], uuid4()
    async with (
        karin.listen(f"/clinic/cases/{case_id}/stream") as ours, gustav.listen(f"/cases/{case_id}/stream") as his,
    ):  # fmt: skip
        await asyncio.gather(ours.wait_for("hello"), his.wait_for("hello"))
        assert (await add(karin, case_id, action_id=action_id)).status_code == 303
        await his.wait_for("message_sent", _WORDS)
        await his.wait_for("action_added")
        page = (await gustav.get(f"/cases/{case_id}")).text
        assert "Recept" in page
        assert "Läs meddelandet och bekräfta" in page
        assert "Vården har skickat en åtgärd till dig" in page
        assert "Väntar på att patienten bekräftar" in (await karin.get(f"/clinic/cases/{case_id}")).text
        answer = await confirm(gustav, case_id, action_id)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case_id}")
        await ours.wait_for("action_confirmed")
    after = (await gustav.get(f"/cases/{case_id}")).text
    assert "Läst och bekräftat" in after
    assert "/confirmations" not in after
    assert "Vården har skickat en åtgärd" not in after
    clinic = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Gustav Öberg har bekräftat" in clinic
    assert "Gustav Öberg bekräftade att åtgärden är läst: recept" in clinic
    closed = await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "prescribed"})
    assert closed.status_code == 303


async def test_in_english_the_card_speaks_english(region: Region) -> None:
    _, gustav, case_id, _ = await carded(region)
    await region.site.database.execute("update sessions set language = 'en' where kind = 'resident'")
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert "Prescription" in page
    assert "I have read this" in page


async def test_a_case_with_a_card_that_waits_is_not_closed(region: Region) -> None:
    karin, _, case_id, action_id = await carded(region)
    url = f"/clinic/cases/{case_id}/closings"
    page = (await karin.get(url)).text
    assert "Åtgärder som patienten inte har bekräftat" in page
    for reason in ("prescribed", "advice"):
        refused = await karin.post(url, {"reason": reason})
        assert refused.status_code == 422
        assert "Patienten har inte bekräftat åtgärden" in refused.text
        assert 'href="#actions"' in refused.text
    assert await region.value(_STATE, case_id) == "in_progress"
    reached = {"reason": "prescribed", f"reached_{action_id}": "phone"}
    answers = [await karin.post(url, reached) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303], "the same twice is one end"
    assert await region.value(_EVENTS, case_id, "action_settled") == 1
    assert await region.value("select settled_how from actions where id = $1", action_id) == "phone"


async def test_a_way_that_does_not_exist_is_asked_for_anew(region: Region) -> None:
    karin, _, case_id, action_id = await carded(region)
    url = f"/clinic/cases/{case_id}/closings"
    answer = await karin.post(url, {"reason": "advice", f"reached_{action_id}": "pigeon"})
    assert answer.status_code == 422
    assert await region.value(_STATE, case_id) == "in_progress"


async def test_what_was_said_of_other_ways_counts_less_than_her_own_word(region: Region) -> None:
    karin, gustav, case_id, action_id = await carded(region)
    assert (await confirm(gustav, case_id, action_id)).status_code == 303
    closing = {"reason": "advice", f"reached_{action_id}": "letter"}
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", closing)).status_code == 303
    assert await region.value("select settled_how from actions where id = $1", action_id) is None


async def test_a_reason_that_is_an_action_needs_its_card(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    url = f"/clinic/cases/{case_id}/closings"
    for reason in ("prescribed", "booked"):
        refused = await karin.post(url, {"reason": reason})
        assert refused.status_code == 422
        assert "Lägg in åtgärden som ett kort" in refused.text
        assert f'href="/clinic/cases/{case_id}/actions"' in refused.text
    action_id = uuid4()
    await add(karin, case_id, action_id=action_id)
    refused = await karin.post(url, {"reason": "prescribed", f"reached_{action_id}": "taken_back"})
    assert refused.status_code == 422, "a card that was taken back is none"
    assert await region.value(_STATE, case_id) == "in_progress"


async def test_staff_say_on_the_card_how_they_reached_her(region: Region) -> None:
    karin, gustav, case_id, action_id = await carded(region)
    assert "Nådd på annat sätt" in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert (await settle(karin, case_id, action_id, "e_services")).status_code == 303
    assert (await settle(karin, case_id, action_id, "e_services")).status_code == 303
    assert await region.value(_EVENTS, case_id, "action_settled") == 1
    assert "patienten är nådd på annat sätt (1177:s e-tjänster)" in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Vården har nått dig på annat sätt" in (await gustav.get(f"/cases/{case_id}")).text
    assert (await confirm(gustav, case_id, action_id)).status_code == 303, "the page says how it stands"
    assert await region.value("select confirmed_at from actions where id = $1", action_id) is None
    assert (await settle(karin, case_id, action_id, "banan")).status_code == 422


async def test_a_card_that_was_a_mistake_is_taken_back(region: Region) -> None:
    karin, gustav, case_id, action_id = await carded(region)
    assert (await settle(karin, case_id, action_id, "taken_back")).status_code == 303
    assert "Det här gäller inte längre" in (await gustav.get(f"/cases/{case_id}")).text
    assert "Karin Lindqvist tog tillbaka en åtgärd: recept" in (await karin.get(f"/clinic/cases/{case_id}")).text


async def test_confirming_and_settling_at_once_is_one_of_them(region: Region) -> None:
    karin, gustav, case_id, action_id = await carded(region)
    answers = await asyncio.gather(
        confirm(gustav, case_id, action_id), confirm(gustav, case_id, action_id),
        settle(karin, case_id, action_id, "phone"),
    )  # fmt: skip
    assert {answer.status_code for answer in answers} == {303}
    told = [await region.value(_EVENTS, case_id, f"action_{one}") for one in ("confirmed", "settled")]
    assert sorted(told, key=str) == [0, 1]


async def test_the_same_form_twice_is_one_card_and_one_message(region: Region) -> None:
    karin, case_id, action_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"], uuid4()
    said = "select count(*) from messages where case_id = $1"
    before = await region.value(said, case_id)
    answers = await asyncio.gather(*(add(karin, case_id, action_id=action_id) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(said, case_id) == before + 1  # type: ignore[operator]
    assert await region.value(_EVENTS, case_id, "action_added") == 1


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("", _WORDS, "Välj vad åtgärden är"), ("banan", _WORDS, "Välj vad åtgärden är"),
        ("booking", "", "Skriv ett meddelande först"), ("booking", "x" * 8001, "högst 8"),
        ("booking", "Din tid är [datum]", "[datum]"),
    ],
)  # fmt: skip
async def test_what_is_missing_is_asked_for_and_what_was_written_stays(
    region: Region, kind: str, text: str, words: str
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await add(karin, case_id, kind, text)
    assert answer.status_code == 422
    assert words in answer.text
    assert text in answer.text
    assert await region.value(_EVENTS, case_id, "action_added") == 0


async def test_only_the_holder_adds_and_settles_and_only_the_patient_confirms(region: Region) -> None:
    _, _, case_id, action_id = await carded(region)
    bo, lena = await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan")
    astrid = await region.resident("astrid")
    late = await add(bo, case_id)
    assert late.status_code == 409
    assert _WORDS in late.text, "what was typed is not lost"
    assert "Karin Lindqvist är ansvarig" in late.text
    assert (await add(lena, case_id)).status_code == 404
    assert (await settle(bo, case_id, action_id, "phone")).status_code == 409
    assert (await settle(lena, case_id, action_id, "phone")).status_code == 404
    assert (await confirm(astrid, case_id, action_id)).status_code == 404
    gustav, own = await region.resident("gustav"), region.cases["held_by_karin"]
    assert (await confirm(gustav, own, uuid4())).status_code == 404
    assert await region.value("select confirmed_at from actions where id = $1", action_id) is None


async def test_a_card_that_waits_is_never_folded_away(region: Region) -> None:
    karin, gustav, case_id, _ = await carded(region)
    for number in range(6):
        await gustav.say(case_id, f"Fråga {number}")
        await karin.say(case_id, f"Svar {number}")
    await region.site.database.execute("update reading_marks set read_seq = 1000 where case_id = $1", case_id)
    page = (await gustav.get(f"/cases/{case_id}")).text
    folded = page.split('class="lj-earlier"')[1].split("</details>")[0] if "lj-earlier" in page else ""
    assert "/confirmations" in page
    assert "/confirmations" not in folded
    assert _WORDS not in folded


async def test_her_word_that_she_has_read_is_an_answer(region: Region) -> None:
    silences = Silences(region)
    await silences.react()
    _, gustav, case_id, action_id = await carded(region)
    await silences.react()
    waits = "select count(*) from silences where case_id = $1"
    assert await region.value(waits, case_id) == 1
    await confirm(gustav, case_id, action_id)
    await silences.react()
    assert await region.value(waits, case_id) == 0


async def test_its_words_are_sealed(region: Region) -> None:
    await carded(region)
    for table in ("messages", "actions", "events"):
        assert "penicillin" not in str(
            [tuple(row) for row in await region.site.database.fetch(f"select * from {table}")]
        )


@pytest.mark.parametrize("kind", ["action_added", "action_confirmed", "action_settled"])
async def test_without_its_event_nothing_has_changed(region: Region, kind: str) -> None:
    karin, gustav, case_id, action_id = await carded(region)
    await owner_does(region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    before = await region.value("select array_agg(a order by seq)::text from actions a where case_id = $1", case_id)
    said = await region.value("select count(*) from messages where case_id = $1", case_id)
    tries = {
        "action_added": lambda: add(karin, case_id, "other", "Ett till"),
        "action_confirmed": lambda: confirm(gustav, case_id, action_id),
        "action_settled": lambda: settle(karin, case_id, action_id, "phone"),
    }
    assert (await tries[kind]()).status_code == 500
    after = await region.value("select array_agg(a order by seq)::text from actions a where case_id = $1", case_id)
    assert after == before
    assert await region.value("select count(*) from messages where case_id = $1", case_id) == said
