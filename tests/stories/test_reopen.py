"""Svara efter avslut: within the unit's days the case waits in the queue again; after them a new case is the way."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import httpx

from linjen.core import clock
from linjen.core.swedish import date_words
from tests.region import Person, Region
from tests.stories.test_drafts import keep
from tests.stories.test_ledger import ledger_of, names_in_order, owner_does
from tests.stories.test_listening import heard

_TEXT = "Det blev inte bättre av råden"
_STATE = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_VISITS = "select count(*) from visits where case_id = $1"
_EVENTS = "select count(*) from events where case_id = $1 and kind = 'reopened'"
_SAID = "select count(*) from messages where case_id = $1 and by_kind = 'resident'"


async def closed(region: Region, days_ago: int = 0) -> tuple[Person, Person, UUID]:
    """Karin has closed Gustav's case, so many days ago."""
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})).status_code == 303
    await region.site.database.execute(
        "update visits set closed_at = closed_at - make_interval(days => $2) where case_id = $1", case_id, days_ago
    )
    return karin, gustav, case_id


async def reply(person: Person, case_id: UUID, text: str = _TEXT, page: str = "") -> httpx.Response:
    """Send the box of the closed case, as the page has it."""
    page = page or (await person.get(f"/cases/{case_id}")).text
    found = re.search(r'reopenings".*?name="message_id" value="([^"]+)"', page, re.DOTALL)
    return await person.post(
        f"/cases/{case_id}/reopenings", {"text": text, "message_id": found[1] if found else str(case_id)}
    )


def day(days: int) -> str:
    """So many days from today."""
    return date_words(clock.local_date(clock.now()) + timedelta(days=days))


async def test_a_reply_puts_it_back_into_the_queue_as_a_new_visit(region: Region) -> None:
    karin, gustav, case_id = await closed(region)
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert f"Du kan svara till och med {day(2)}" in page
    assert f"Patienten kan svara till och med {day(2)}" in (await karin.get(f"/clinic/cases/{case_id}")).text
    async with karin.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        answer = await reply(gustav, case_id)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case_id}#composer")
        await ear.wait_for("row", str(case_id))
    assert "held_by_karin" in names_in_order(region, await ledger_of(karin))
    assert await region.value(_VISITS, case_id) == 2
    assert await region.value(
        "select count(*) from visits where case_id = $1 and state = 'closed' and close_reason = 'advice'", case_id
    ) == 1, "how it ended the first time is kept"  # fmt: skip
    his = (await gustav.get(f"/cases/{case_id}")).text
    assert _TEXT in his
    assert "Gustav Öberg har skrivit igen" in his
    assert 'name="message_id"' in his
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    clinic = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert _TEXT in clinic
    assert "Gustav Öberg svarade efter avslutet" in clinic
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "redirected"})).status_code == 422
    told = {"reason": "redirected", "tell": "Ring Lyktan i stället."}
    again = await karin.post(f"/clinic/cases/{case_id}/closings", told)
    assert again.status_code == 303
    assert "Återbesök" in (await karin.get(f"/clinic/cases/{case_id}/record")).text.split("selected>")[-1]
    await karin.post(f"/clinic/cases/{case_id}/documentations")
    left = "select count(*) from visits where case_id = $1 and documented_at is null"
    assert await region.value(left, case_id) == 0, "one note for both"


async def test_the_last_day_counts_and_the_day_after_does_not(region: Region) -> None:
    _, gustav, case_id = await closed(region, 2)
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert f"Du kan svara till och med {day(0)}" in page
    await region.site.database.execute("update visits set closed_at = closed_at - interval '1 day'")
    late = await reply(gustav, case_id, page=page)
    assert late.status_code == 409
    assert "Tiden att svara i det här ärendet har gått ut" in late.text
    assert _TEXT in late.text, "what was typed is not lost"
    assert "Starta ett nytt ärende med texten" in late.text
    await gustav.post(f"/cases/{case_id}/drafts", {"text": ""})
    after = (await gustav.get(f"/cases/{case_id}")).text
    assert f"Det gick att svara här till och med {day(-1)}" in after
    assert "/reopenings" not in after
    assert await region.value(_STATE, case_id) == "closed"


async def test_the_unit_decides_for_how_many_days(region: Region) -> None:
    _, gustav, case_id = await closed(region, 4)
    await owner_does(region, "update units set reopen_days = 5")
    assert f"Du kan svara till och med {day(1)}" in (await gustav.get(f"/cases/{case_id}")).text
    await owner_does(region, "update units set reopen_days = 0")
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert "/reopenings" not in page
    assert "Det gick att svara" not in page
    assert (await reply(gustav, case_id)).status_code == 409


async def test_what_she_took_back_herself_is_not_answered(region: Region) -> None:
    astrid, case_id = await region.resident("astrid"), region.cases["waiting"]
    await astrid.post(f"/cases/{case_id}/withdrawals")
    assert "/reopenings" not in (await astrid.get(f"/cases/{case_id}")).text
    assert (await reply(astrid, case_id)).status_code == 409
    assert await region.value(_STATE, case_id) == "closed"


async def test_the_same_form_twice_is_one_reply_and_one_visit(region: Region) -> None:
    _, gustav, case_id = await closed(region)
    page, said = (await gustav.get(f"/cases/{case_id}")).text, await region.value(_SAID, case_id)
    answers = await asyncio.gather(*(reply(gustav, case_id, page=page) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_VISITS, case_id) == 2
    assert await region.value(_EVENTS, case_id) == 1
    assert await region.value(_SAID, case_id) == said + 1  # type: ignore[operator]


async def test_another_text_from_an_old_page_stands_in_the_box_of_the_open_case(region: Region) -> None:
    _, gustav, case_id = await closed(region)
    page = (await gustav.get(f"/cases/{case_id}")).text
    await reply(gustav, case_id, page=page)
    second = await reply(gustav, case_id, "Och en sak till", page=page)
    assert second.status_code == 409
    assert "Ärendet är redan öppet igen" in second.text
    assert "Och en sak till</textarea>" in second.text
    assert await region.value(_EVENTS, case_id) == 1


async def test_what_is_empty_or_too_long_is_asked_for_anew(region: Region) -> None:
    _, gustav, case_id = await closed(region)
    for text, words in (("", "Skriv ett meddelande först"), ("x" * 8001, "Korta meddelandet")):
        answer = await reply(gustav, case_id, text)
        assert answer.status_code == 422
        assert words in answer.text
        assert 'href="#reply-text"' in answer.text
        assert f"{text}</textarea>" in answer.text
    assert await region.value(_STATE, case_id) == "closed"


async def test_what_came_a_moment_too_late_is_sent_with_one_press(region: Region) -> None:
    _, gustav, case_id = await closed(region)
    assert await keep(gustav, region, case_id, _TEXT) == 200
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert "Du kan skicka den nu, då öppnas ärendet igen" in page
    assert 'id="reply-text"' not in page, "one box, not two"
    message_id = re.search(r'id="unsent-text".*?name="message_id" value="([^"]+)"', page, re.DOTALL)[1]  # type: ignore[index]
    answer = await gustav.post(f"/cases/{case_id}/reopenings", {"text": _TEXT, "message_id": message_id})
    assert answer.status_code == 303
    assert await region.value("select count(*) from drafts where case_id = $1", case_id) == 0


async def test_only_the_patient_and_nobody_by_a_forged_id(region: Region) -> None:
    _, gustav, case_id = await closed(region)
    astrid = await region.resident("astrid")
    assert (await reply(astrid, case_id, page="x")).status_code == 404
    forged = await gustav.post(f"/cases/{case_id}/reopenings", {"text": _TEXT, "message_id": str(case_id)})
    assert forged.status_code == 409
    assert (await gustav.post(f"/cases/{case_id}/reopenings", {"text": _TEXT})).status_code == 404
    assert await region.value(_STATE, case_id) == "closed"


async def test_words_that_were_heard_too_late_stand_in_the_open_case_and_no_longer_above_the_ledger(
    region: Region,
) -> None:
    karin, gustav, case_id = await closed(region)
    await gustav.post(f"/cases/{case_id}/drafts", {"text": ""})
    await reply(gustav, case_id, "Nu har jag svårt att andas")
    await heard(region, case_id, 1)
    await region.site.database.execute("update alarms set late = true where case_id = $1", case_id)
    page = await karin.get("/clinic/ledger")
    assert page.status_code == 200
    assert "Ärendet var redan avslutat" not in page.text


async def test_without_its_event_nothing_has_changed(region: Region) -> None:
    _, gustav, case_id = await closed(region)
    said = await region.value(_SAID, case_id)
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'reopened') not valid")
    assert (await reply(gustav, case_id)).status_code == 500
    assert await region.value(_STATE, case_id) == "closed"
    assert await region.value(_VISITS, case_id) == 1
    assert await region.value(_SAID, case_id) == said
