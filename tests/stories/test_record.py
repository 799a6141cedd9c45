"""Dokumentera: what is closed waits for its note, which is put together by the routine's headings (F042, F077–F079)."""

from __future__ import annotations

import asyncio
import html
import re
from uuid import UUID, uuid4

import httpx
import pytest

from tests.region import Person, Region
from tests.stories.test_actions import add, confirm
from tests.stories.test_ledger import owner_does
from tests.stories.test_note import note as write_internal
from tests.stories.triaged import WORDS, send_triaged

_COPIES = "select count(*) from access_log where case_id = $1 and verb = 'copy_text' and refused is null"
_EVENTS = "select count(*) from events where case_id = $1 and kind = 'documented'"
_PARTS = ("about", "initiative", "reason", "mode", "current", "assessment", "action", "diagnosis", "talk")


async def closed(region: Region) -> tuple[Person, UUID]:
    """A triaged case that Karin took, answered with a card, and closed."""
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id, action_id = await send_triaged(region, "gustav", {"ent.trismus"}, set()), uuid4()
    await karin.post(f"/clinic/cases/{case_id}/claims")
    await write_internal(karin, case_id, "Ring laboratoriet")
    await gustav.say(case_id, "Jag kan inte gapa")
    await add(karin, case_id, action_id=action_id)
    await confirm(gustav, case_id, action_id)
    await region.site.database.execute("update alarms set answer = 'no', answered_at = now()")
    answer = await karin.post(
        f"/clinic/cases/{case_id}/closings", {"reason": "prescribed", "fee": "prescription"}
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    return karin, case_id


async def page_of(person: Person, case_id: UUID) -> str:
    """The page of the note."""
    answer = await person.get(f"/clinic/cases/{case_id}/record")
    assert answer.status_code == 200, answer.text
    return answer.text


def box(page: str, name: str) -> str:
    """The text of a box on the page."""
    found = re.search(rf'<textarea[^>]*id="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found, name
    return html.unescape(found[1])


def form(page: str, **changed: str) -> dict[str, object]:
    """The form as the page fills it in, with some fields changed; None-like '' leaves a tick out."""
    fields: dict[str, object] = {"version": re.search(r'name="version" value="(\d+)"', page)[1]}  # type: ignore[index]
    for name in _PARTS:
        if re.search(rf'name="tick_{name}" value="yes" checked', page):
            fields[f"tick_{name}"] = "yes"
        if f'name="empty_{name}" value="yes"' in page:
            fields[f"empty_{name}"] = "yes"
        if name != "mode":
            fields[f"text_{name}"] = box(page, f"text_{name}")
    fields |= {"mode": "chat", "contact_type": "written"}
    return {key: value for key, value in (fields | changed).items() if value != ""}


async def save(person: Person, case_id: UUID, fields: dict[str, object]) -> httpx.Response:
    """Spara utkast."""
    return await person.post(f"/clinic/cases/{case_id}/record", fields)


async def test_each_heading_is_filled_in_from_the_case_and_nothing_internal_follows(region: Region) -> None:
    karin, case_id = await closed(region)
    page = await page_of(karin, case_id)
    whole = box(page, "record-whole")
    parts = ["Uppgifter", "Initiativ till kontakt från\nPatienten", "Kontaktorsak", "Aktuellt", "Åtgärd"]
    places = [whole.index(part) for part in parts]
    assert places == sorted(places), whole
    assert "Kontaktsätt\nDistanskontakt 1177 direkt: chatt" in whole
    assert f"- {WORDS}" in whole
    assert "Recept: Ditt recept på penicillin finns på apoteket. (Gustav Öberg har bekräftat" in whole
    assert "Avslut: Recept eller annan åtgärd är ordnad" in whole
    assert "Avgift: recept" in whole
    assert re.search(r"Patient: \d{8}-\d{4}", whole)
    assert "Diagnos" not in whole, "left out until somebody ticks it"
    assert box(page, "text_assessment") == "", "the assessment is hers: the triage's reasons are none"
    assert "Bedömning" not in whole
    assert not re.search(r"linjen_exempel|i dag|i går", whole), whole
    assert "Jag kan inte gapa" not in whole
    assert "Jag kan inte gapa" in box(page, "text_talk")
    assert "laboratoriet" not in page
    assert "Telefonkontakt/Annan kontakt (primärvård)" in page
    assert "Skriftlig distanskontakt" in page
    assert "Distanskontakt via videoväxling" in page
    for field in ("Fribokning", "Kund", "Avtal", "Vårdtjänst", "Kontakttyp", "Besökstyp"):
        assert field in page, field


async def test_who_wrote_for_her_child_is_named_as_the_guardian(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["child"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "other_way"})
    assert "Initiativ till kontakt från\nVårdnadshavare" in box(await page_of(karin, case_id), "record-whole")


async def test_it_stays_in_the_list_until_it_is_documented(region: Region) -> None:
    karin, case_id = await closed(region)
    bo = await region.staff("bo", "ankaret")
    for person, words in ((karin, "Du avslutade"), (bo, "Karin Lindqvist avslutade")):
        listed = (await person.get("/clinic/document")).text
        assert f"/clinic/cases/{case_id}/record" in listed
        assert words in listed
    assert re.search(r'Att dokumentera <span class="lj-count">\d', (await karin.get("/clinic/ledger")).text)
    done = await karin.post(f"/clinic/cases/{case_id}/documentations")
    assert (done.status_code, done.headers["location"]) == (303, "/clinic/document?done=documented")
    assert "Ärendet är dokumenterat" in (await karin.get(done.headers["location"])).text
    for person in (karin, bo):
        assert str(case_id) not in (await person.get("/clinic/document")).text
    assert "Karin Lindqvist dokumenterade ärendet" in await page_of(bo, case_id)
    assert "har dokumenterat ärendet i journalen" in (await bo.get(f"/clinic/cases/{case_id}")).text


async def test_what_is_ticked_and_edited_is_kept_sealed_and_erased_when_it_is_documented(region: Region) -> None:
    karin, case_id = await closed(region)
    changed = {"text_diagnosis": "J36 Peritonsillit", "tick_diagnosis": "yes", "tick_current": "", "mode": "video"}
    answer = await save(karin, case_id, form(await page_of(karin, case_id), **changed))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/cases/{case_id}/record?done=saved")
    page = (await karin.get(answer.headers["location"])).text
    assert "Utkastet är sparat" in page
    whole = box(page, "record-whole")
    assert "Diagnos\nJ36 Peritonsillit" in whole
    assert "Aktuellt" not in whole
    assert "Distanskontakt 1177 direkt: videosamtal" in whole
    assert "Utkast finns" in (await karin.get("/clinic/document")).text
    assert "Peritonsillit" not in str(await region.site.database.fetch("select * from record_drafts"))
    await karin.post(f"/clinic/cases/{case_id}/documentations")
    assert await region.value("select count(*) from record_drafts") == 0
    assert (await save(karin, case_id, form(page))).status_code == 409
    assert await region.value("select count(*) from record_drafts") == 0


async def test_what_is_written_in_an_empty_part_is_in_the_note_without_a_tick(region: Region) -> None:
    karin, case_id = await closed(region)
    page = await page_of(karin, case_id)
    sent = form(page, text_diagnosis="J03 Halsfluss")
    assert "tick_diagnosis" not in sent or not sent["tick_diagnosis"]
    await save(karin, case_id, sent)
    page = await page_of(karin, case_id)
    assert "Diagnos\nJ03 Halsfluss" in box(page, "record-whole")
    await save(karin, case_id, form(page, tick_diagnosis=""))
    assert "J03" not in box(await page_of(karin, case_id), "record-whole"), "the tick can be taken away"


async def test_two_who_write_at_once_do_not_overwrite_each_other(region: Region) -> None:
    karin, case_id = await closed(region)
    bo = await region.staff("bo", "ankaret")
    page = await page_of(karin, case_id)
    assert (await save(bo, case_id, form(page, text_assessment="Bos bedömning"))).status_code == 303
    late = await save(karin, case_id, form(page, text_assessment="Karins bedömning"))
    assert late.status_code == 409
    assert "En kollega har sparat utkastet" in late.text
    assert box(late.text, "text_assessment") == "Karins bedömning"
    assert "Bos bedömning" in await page_of(bo, case_id)
    assert (await save(karin, case_id, form(late.text))).status_code == 303, "again replaces it"
    assert box(await page_of(bo, case_id), "text_assessment") == "Karins bedömning"


async def test_the_same_form_twice_is_one_draft(region: Region) -> None:
    karin, case_id = await closed(region)
    fields = form(await page_of(karin, case_id))
    answers = await asyncio.gather(*(save(karin, case_id, fields) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value("select version from record_drafts") == 1
    done = await asyncio.gather(*(karin.post(f"/clinic/cases/{case_id}/documentations") for _ in range(3)))
    assert {answer.status_code for answer in done} == {303}
    assert await region.value(_EVENTS, case_id) == 1


async def test_each_copy_is_logged_before_it_is_given(region: Region) -> None:
    karin, case_id = await closed(region)
    lena, page = await region.staff("lena", "lyktan"), await page_of(karin, case_id)
    assert page.partition("</main")[0].count("data-copy=") == len(_PARTS) + 2
    assert 'data-copy="#record-whole"' in page
    url = f"/clinic/cases/{case_id}/copies"
    assert f'data-log="{url}"' in page
    assert f'data-log="{url}"' in (await karin.get(f"/clinic/cases/{case_id}")).text, "the anamnesis, too"
    assert (await karin.post(url)).status_code == 200
    assert await region.value(_COPIES, case_id) == 1
    assert (await lena.post(url)).status_code == 404
    await owner_does(region, "alter table access_log add constraint broken check (verb <> 'copy_text') not valid")
    assert (await karin.post(url)).status_code == 500, "what cannot be logged is not given"


async def test_only_what_is_closed_is_documented_and_only_at_its_unit(region: Region) -> None:
    karin, case_id = await closed(region)
    lena, mona = await region.staff("lena", "lyktan"), await region.staff("mona", "ankaret")
    gustav = await region.resident("gustav")
    for person in (lena, mona):
        assert (await person.get(f"/clinic/cases/{case_id}/record")).status_code == 404
        assert (await person.post(f"/clinic/cases/{case_id}/documentations")).status_code == 404
        assert str(case_id) not in (await person.get("/clinic/document")).text
    held = region.cases["held_by_karin"]
    assert (await karin.get(f"/clinic/cases/{held}/record")).status_code == 409
    assert (await karin.post(f"/clinic/cases/{held}/documentations")).status_code == 409
    assert "dokumenterat" not in (await gustav.get(f"/cases/{case_id}")).text
    assert await region.value(_EVENTS, case_id) == 0


async def test_what_a_resident_took_back_owes_no_note(region: Region) -> None:
    karin, astrid, case_id = (
        await region.staff("karin", "ankaret"), await region.resident("astrid"), region.cases["waiting"],
    )  # fmt: skip
    assert (await astrid.post(f"/cases/{case_id}/withdrawals")).status_code == 303
    assert str(case_id) not in (await karin.get("/clinic/document")).text


async def test_the_list_is_one_row_in_the_log(region: Region) -> None:
    karin, case_id = await closed(region)
    await karin.get("/clinic/document")
    logged = "select count(*) from access_log where verb = 'to_document' and $1 = any(shown)"
    assert await region.value(logged, case_id) == 1


@pytest.mark.parametrize("length", [20_001])
async def test_what_is_too_long_is_not_kept(region: Region, length: int) -> None:
    karin, case_id = await closed(region)
    answer = await save(karin, case_id, form(await page_of(karin, case_id), text_current="x" * length))
    assert answer.status_code == 422
    assert await region.value("select count(*) from record_drafts") == 0


async def test_without_its_event_nothing_has_changed(region: Region) -> None:
    karin, case_id = await closed(region)
    await save(karin, case_id, form(await page_of(karin, case_id)))
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'documented') not valid")
    assert (await karin.post(f"/clinic/cases/{case_id}/documentations")).status_code == 500
    assert await region.value("select count(*) from record_drafts") == 1
    assert str(case_id) in (await karin.get("/clinic/document")).text
