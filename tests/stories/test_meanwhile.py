"""Under tiden: who comes a moment too late is told who did what and when, and gets back every word she typed."""

from __future__ import annotations

import asyncio
import html
import re
from uuid import UUID, uuid4

import pytest

from tests.region import Person, Region
from tests.stories.test_record import closed, form, page_of, save
from tests.stories.test_reopen import closed as ended
from tests.stories.test_reopen import reply

_TYPED = "Ring mig direkt om det blir sämre"
_WHEN = r"\d{1,2} \w+ \d{4}, kl\. \d\d\.\d\d"


def main_of(page: str) -> str:
    """What stands before the dialog of keys."""
    return page.partition("</main")[0]


async def _hands_over(region: Region, case_id: UUID) -> Person:
    """Bo takes the case from Karin, who has put it back, and keeps it."""
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    assert (await karin.post(f"/clinic/cases/{case_id}/releases")).status_code == 303
    assert (await bo.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    return karin


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("closings", {"reason": "advice"}), ("signposts", {"text": _TYPED}), ("keepings", {"until": "2099-01-01"}),
        ("handovers", {"to": "", "note": _TYPED}), ("messages", {"text": _TYPED, "message_id": str(uuid4())}),
        ("reminders", {"text": _TYPED}),
    ],
)  # fmt: skip
async def test_a_stale_form_names_the_colleague_and_the_time(region: Region, verb: str, fields: dict[str, str]) -> None:
    case_id = region.cases["held_by_karin"]
    karin = await _hands_over(region, case_id)
    if verb == "handovers":
        fields = fields | {"to": re.findall(r'<option value="([^"]+/nurse)"', (
            await karin.get(f"/clinic/cases/{region.cases['waiting']}/handovers")).text)[0]}  # fmt: skip
    if verb == "keepings":
        fields = {"until": str(await region.value("select (now() + interval '3 days')::date::text"))}
    answer = await karin.post(f"/clinic/cases/{case_id}/{verb}", fields)
    assert answer.status_code == 409
    page = main_of(answer.text)
    assert re.search(rf"Bo Hellström tog emot ärendet {_WHEN}\.", page), page
    if _TYPED in fields.values():
        assert _TYPED in page


async def test_when_nobody_has_it_that_is_what_is_said(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await karin.post(f"/clinic/cases/{case_id}/releases")
    page = main_of((await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})).text)
    assert "Ingen är ansvarig för ärendet just nu" in page
    assert re.search(rf"Du lade tillbaka ärendet i kön {_WHEN}\.", page)
    assert "kollega" not in page


async def test_who_closed_it_herself_is_told_so(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    url = f"/clinic/cases/{case_id}/closings"
    counter = re.search(r'name="drawn_at" value="(\d+)"', (await karin.get(url)).text)
    assert counter
    assert (await karin.post(url, {"reason": "advice", "drawn_at": counter[1]})).status_code == 303
    mine = main_of((await karin.post(url, {"reason": "booked"})).text)
    assert "Du har redan avslutat ärendet" in mine
    assert re.search(rf"Du avslutade ärendet {_WHEN}\.", mine)
    bos = main_of((await bo.post(f"/clinic/cases/{case_id}/claims")).text)
    assert "Ärendet är avslutat" in bos
    assert re.search(rf"Karin Lindqvist avslutade ärendet {_WHEN}\.", bos)


async def test_who_takes_a_case_too_late_is_told_when_it_was_taken(region: Region) -> None:
    karin, bo, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"), region.cases["waiting"],
    )  # fmt: skip
    await bo.post(f"/clinic/cases/{case_id}/claims")
    answer = await karin.post(f"/clinic/cases/{case_id}/claims")
    assert answer.status_code == 409
    assert re.search(rf"Det var {_WHEN}\.", main_of(answer.text))


async def test_a_stranger_is_told_nothing_of_it_by_the_plain_form_of_a_message(region: Region) -> None:
    lena, case_id = await region.staff("lena", "lyktan"), region.cases["held_by_karin"]
    answer = await lena.post(f"/clinic/cases/{case_id}/messages", {"text": _TYPED, "message_id": str(uuid4())})
    assert answer.status_code == 404
    assert "Karin" not in answer.text


async def test_what_staff_cannot_find_may_have_moved_on_and_nothing_tells_whether_it_exists(region: Region) -> None:
    lena, gustav = await region.staff("lena", "lyktan"), await region.resident("gustav")
    there, nowhere = region.cases["urgent"], uuid4()
    pages = [await lena.get(f"/clinic/cases/{one}") for one in (there, nowhere)]
    assert [page.status_code for page in pages] == [404, 404]
    assert main_of(pages[0].text) == main_of(pages[1].text)
    may_have = "Det kan ha gått vidare till en annan enhet, eller ligga utanför det du kan öppna nu."
    assert may_have in main_of(pages[0].text)
    assert may_have not in (await gustav.get(f"/cases/{nowhere}")).text


async def test_a_note_saved_after_a_colleague_documented_stands_in_the_page_to_copy(region: Region) -> None:
    karin, case_id = await closed(region)
    bo = await region.staff("bo", "ankaret")
    page = await page_of(karin, case_id)
    assert (await bo.post(f"/clinic/cases/{case_id}/documentations")).status_code == 303
    late = await save(karin, case_id, form(page, text_assessment=_TYPED))
    assert late.status_code == 409
    assert f"{_TYPED}</textarea>" in late.text
    assert re.search(rf"Bo Hellström dokumenterade ärendet {_WHEN}\.", late.text)
    assert "kopiera det du vill ha med" in late.text


async def test_a_note_saved_after_the_resident_reopened_gives_its_words_back(region: Region) -> None:
    karin, gustav, case_id = await ended(region)
    page = await page_of(karin, case_id)
    assert (await reply(gustav, case_id)).status_code == 303
    for verb in ("record", "documentations"):
        late = await karin.post(f"/clinic/cases/{case_id}/{verb}", form(page, text_assessment=_TYPED))
        assert late.status_code == 409
        assert _TYPED in main_of(late.text)
        assert re.search(rf"Patienten skrev igen {_WHEN}", late.text)


async def test_of_two_who_document_at_once_one_wins_and_the_other_is_told_who_and_when(region: Region) -> None:
    karin, case_id = await closed(region)
    bo = await region.staff("bo", "ankaret")
    names = {"Karin Lindqvist": karin, "Bo Hellström": bo}
    answers = await asyncio.gather(*(one.post(f"/clinic/cases/{case_id}/documentations") for one in names.values()))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    winner = next(name for name, answer in zip(names, answers, strict=True) if answer.status_code == 303)
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert re.search(rf"{winner} dokumenterade ärendet {_WHEN}\.", lost.text)
    events = "select count(*) from events where case_id = $1 and kind = 'documented'"
    assert await region.value(events, case_id) == 1


async def test_klar_with_words_that_were_never_saved_keeps_them_first(region: Region) -> None:
    karin, case_id = await closed(region)
    fields = form(await page_of(karin, case_id), text_assessment=_TYPED)
    url = f"/clinic/cases/{case_id}/documentations"
    first = await karin.post(url, fields)
    assert first.headers["location"] == f"/clinic/cases/{case_id}/record?done=kept"
    page = (await karin.get(first.headers["location"])).text
    assert f"{_TYPED}</textarea>" in page
    assert "Tryck på Klar: dokumenterat igen" in page
    assert (await karin.post(url, form(page))).headers["location"] == "/clinic/document?done=documented"
    assert await region.value("select count(*) from record_drafts") == 0


async def test_klar_on_a_note_as_the_case_filled_it_in_is_one_press(region: Region) -> None:
    karin, case_id = await closed(region)
    page = await page_of(karin, case_id)
    chosen = re.findall(
        r'<select[^>]*name="(booking_\w+)"[^>]*>\s*(?:<option>[^<]*</option>)*<option selected>([^<]*)<', page
    )
    written = re.findall(r'<input[^>]*name="(booking_\w+)" value="([^"]*)"', page)
    fields: dict[str, object] = {name: html.unescape(value) for name, value in (*chosen, *written)}
    fields |= form(page)
    answer = await karin.post(f"/clinic/cases/{case_id}/documentations", fields)
    assert answer.headers.get("location") == "/clinic/document?done=documented"
