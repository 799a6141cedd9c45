"""Skicka meddelande without JavaScript: the plain form does the same, once, and loses no word."""

from __future__ import annotations

import asyncio
import re

import pytest

from linjen.cases.moves.close import close
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.intake_walk import Walk

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7*7 }} &amp;'


def form(page: str) -> str:
    """The message id that the page's form carries."""
    found = re.search(r'name="message_id" value="([0-9a-f-]{36})"', page)
    assert found, "the page has no box to write in"
    return found[1]


async def write(who: Person, path: str, text: str, message_id: str | None = None) -> tuple[int, str, str]:
    """Send the form of a case's page as a browser without JavaScript does: status, where to, and what is shown."""
    message_id = message_id or form((await who.get(path)).text)
    answer = await who.post(f"{path}/messages", {"message_id": message_id, "text": text})
    return answer.status_code, answer.headers.get("location", ""), answer.text


async def test_a_message_is_sent_by_the_plain_form_once_however_often_it_is_posted(region: Region) -> None:
    gustav, karin = await region.resident("gustav"), await region.staff("karin", "ankaret")
    case = region.cases["held_by_karin"]
    path = f"/cases/{case}"
    message_id = form((await gustav.get(path)).text)
    async with karin.listen(f"/clinic/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        tries = await asyncio.gather(*(write(gustav, path, "Tre dagar ungefär", message_id) for _ in range(4)))
        await ear.wait_for("message_sent", "Tre dagar ungefär")
    assert {(status, to) for status, to, _ in tries} == {(303, f"{path}#composer")}
    page = (await gustav.get(path)).text
    assert page.count("Tre dagar ungefär") == 1
    assert form(page) != message_id


async def test_hostile_right_to_left_and_very_long_text_is_shown_as_it_was_typed(region: Region) -> None:
    gustav, path = await region.resident("gustav"), f"/cases/{region.cases['held_by_karin']}"
    for text in (HOSTILE, "مرحبا كيف حالك", "👩‍⚕️" * 1600, "å" * 8_000, "a\nb\n\nc"):
        status, _, _ = await write(gustav, path, text)
        assert status == 303, text[:20]
    page = (await gustav.get(path)).text
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;" in page
    assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|49 ", page)
    assert "å" * 8_000 in page
    assert "مرحبا كيف حالك" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [("  \n ", "Skriv ett meddelande först"), ("å" * 8_001, "högst 8 000 tecken"), ("a\x00b", "går att läsa")],
)
async def test_what_cannot_be_sent_comes_back_with_words_at_the_field(region: Region, text: str, words: str) -> None:
    gustav, path = await region.resident("gustav"), f"/cases/{region.cases['held_by_karin']}"
    status, _, page = await write(gustav, path, text)
    assert status == 422
    assert re.search(rf'<a href="#composer-text">[^<]*{words}', page), "in the summary"
    assert re.search(rf'id="composer-error"[^\n]*{words}', page), "at the field"
    assert "<title>Fel:" in page
    assert 'aria-invalid="true"' in page
    if len(text) > 100:
        assert text in page


async def test_half_a_surrogate_is_refused_with_words_and_kills_nothing(region: Region) -> None:
    gustav, case = await region.resident("gustav"), region.cases["held_by_karin"]
    headers = {"origin": region.url, "sec-fetch-site": "same-origin", "x-csrf": gustav.csrf}
    as_json = {**headers, "x-linjen": "1", "content-type": "application/json"}
    body = b'{"id": "%s", "text": "hej \\ud800"}' % str(new_id()).encode()
    answer = await gustav.http.post(f"/cases/{case}/messages", content=body, headers=as_json)
    assert (answer.status_code, answer.json()["reason"]) == (422, "unreadable")
    as_form = {**headers, "content-type": "application/x-www-form-urlencoded"}
    raw = f"message_id={new_id()}&text=hej+%ED%A0%80".encode()
    answer = await gustav.http.post(f"/cases/{case}/messages", content=raw, headers=as_form)
    assert answer.status_code in {303, 422}
    assert await region.value("select count(*) from messages where case_id = $1", case) in {2, 3}


async def test_an_old_page_sent_again_with_another_text_loses_nothing(region: Region) -> None:
    gustav, path = await region.resident("gustav"), f"/cases/{region.cases['held_by_karin']}"
    message_id = form((await gustav.get(path)).text)
    await write(gustav, path, "det första", message_id)
    status, _, page = await write(gustav, path, "det andra", message_id)
    assert status == 409
    assert "det andra</textarea>" in page
    assert "Din text finns kvar" in page
    assert form(page) != message_id
    status, _, _ = await write(gustav, path, "det andra", form(page))
    assert status == 303


async def test_a_case_closed_while_she_wrote_gives_her_text_back(region: Region) -> None:
    gustav, case = await region.resident("gustav"), region.cases["held_by_karin"]
    message_id = form((await gustav.get(f"/cases/{case}")).text)
    async with region.site.database.transaction() as db:
        await close(db, region.actors.staff("karin", "ankaret"), case, "advice")
    status, _, page = await write(gustav, f"/cases/{case}", "en fråga till", message_id)
    assert status == 409
    assert "Du har fått råd" in page
    assert "en fråga till</textarea>" in page
    assert "hann inte skickas" in page
    assert await region.value("select count(*) from messages where case_id = $1", case) == 2


async def _closed_under(region: Region, text: str) -> tuple[Person, str, str]:
    """Gustav wrote `text` while Karin closed his case: he, its path, and the page that answers him."""
    gustav, path = await region.resident("gustav"), f"/cases/{region.cases['held_by_karin']}"
    message_id = form((await gustav.get(path)).text)
    async with region.site.database.transaction() as db:
        await close(db, region.actors.staff("karin", "ankaret"), region.cases["held_by_karin"], "advice")
    return gustav, path, (await write(gustav, path, text, message_id))[2]


async def test_what_came_too_late_stays_and_goes_on_in_a_new_case_or_is_removed(region: Region) -> None:
    gustav, path, _ = await _closed_under(region, "en fråga till")
    page = (await gustav.get(path)).text
    assert "en fråga till</textarea>" in page, "a page that is loaded anew has it still"
    assert "det kan vara brådskande" not in page.lower()
    karin = await region.staff("karin", "ankaret")
    assert "en fråga till" not in (await karin.get(f"/clinic{path}")).text, "only he sees it"
    again = await gustav.post("/cases", {"entry": "symptom", "text": "en fråga till", "kept": path[-36:]})
    draft = again.headers["location"].split("/")[2]
    walk = await Walk(region, gustav).open("", draft)
    await walk.send({"unit": str(id_of("unit/ankaret"))})
    await walk.send({"care_history": "allow", "medication_list": "refuse"})
    await walk.send()
    assert walk.step == "words"
    assert "en fråga till</textarea>" in walk.html
    assert "en fråga till" not in (await gustav.get(path)).text


async def test_what_came_too_late_can_be_removed(region: Region) -> None:
    gustav, path, _ = await _closed_under(region, "en fråga till")
    assert (await gustav.post(f"{path}/drafts", {"text": ""})).status_code == 303
    assert 'id="unsent' not in (await gustav.get(path)).text


async def test_what_came_too_late_is_read_for_warning_signs_all_the_same(region: Region) -> None:
    gustav, path, answered = await _closed_under(region, "Nu har jag fått svår bröstsmärta som trycker")
    for page in (answered, (await gustav.get(path)).text):
        status = page.split('id="case-status"')[1].split('id="case-unsent"')[0]
        assert "Det kan vara brådskande. Ärendet avslutades innan det du skrev hann fram" in status
        assert 'href="tel:112"' in status
        assert "överst hos vården" not in status, "nobody in care has it"


async def test_thoughts_of_death_that_came_too_late_are_met_with_whom_to_call(region: Region) -> None:
    _, _, page = await _closed_under(region, "Jag orkar inte leva längre, jag vill ta mitt liv")
    status = page.split('id="case-status"')[1].split('id="case-unsent"')[0]
    assert "Du behöver inte vara ensam med det här" in status
    assert 'href="tel:112"' in status


async def test_a_foreign_or_tokenless_form_writes_nothing(region: Region) -> None:
    gustav, case = await region.resident("gustav"), region.cases["held_by_karin"]
    data = {"message_id": str(new_id()), "text": "hej"}
    foreign = {"origin": "https://example.org", "sec-fetch-site": "cross-site"}
    one = await gustav.http.post(f"/cases/{case}/messages", data={**data, "csrf": gustav.csrf}, headers=foreign)
    two = await gustav.http.post(f"/cases/{case}/messages", data=data, headers={"origin": region.url})
    assert (one.status_code, two.status_code) == (409, 409)
    assert await region.value("select count(*) from messages where case_id = $1", case) == 2


async def test_more_often_than_the_limit_her_text_stays_in_the_box(region: Region) -> None:
    gustav, path = await region.resident("gustav"), f"/cases/{region.cases['held_by_karin']}"
    for _ in range(200):
        status, _, page = await write(gustav, path, "igen och igen", str(new_id()))
        if status != 303:
            break
    assert status == 429
    assert "igen och igen</textarea>" in page
    assert "Vänta en liten stund" in page
