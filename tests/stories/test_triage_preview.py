"""Förhandsgranska: the real interview on any version, page by page; nothing of it is a case or stays on the server."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
import pytest

from linjen.triage.content.library import load
from linjen.triage.releases import change_draft, save_draft
from tests.region import Person, Region
from tests.stories.released import changed, shipped
from tests.stories.test_triage_pages import text_of

START = {"age": "31", "sex": "female", "writer": "self", "name": "", "text": "", "reason": "", "language": "sv"}
SHIPPED = "/manage/triage/shipped"


def fields_of(answer: httpx.Response) -> dict[str, Any]:
    """The form as it stands: what is hidden in it, with every question answered no."""
    html = answer.text.split("<main", 1)[1]
    fields: dict[str, Any] = {"do": "next"}
    fields |= {name: unescape(value) for name, value in
               re.findall(r'<input type="hidden" name="(held|place)" value="([^"]*)"', html)}  # fmt: skip
    if 'name="none"' in html:
        fields["none"] = "1"
    for name, value in re.findall(r'<input type="radio" name="([\w.]+)" value="([^"]*)"', html):
        fields[name] = "no" if value == "no" else fields.get(name, value)
    for name in re.findall(r'<input class="lj-input lj-input-short" id="[^"]*" name="([\w.]+)"', html):
        fields[f"{name}.unknown"] = "1"
    return fields


def heading_of(answer: httpx.Response) -> str:
    """The heading of a page."""
    heading = re.search(r"<h1.*?</h1>", answer.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", heading[0]).split()) if heading else ""


async def walk(person: Person, path: str, facts: dict[str, str], **start: str) -> tuple[str, list[str], list[str]]:
    """Go through a preview to its end with `facts` (code to value) and no to the rest: the end, headings, texts."""
    answer = await person.post(f"{path}/previews", START | start)
    headings: list[str] = []
    texts: list[str] = []
    for _ in range(60):
        assert answer.status_code == 200, text_of(answer.text)[:400]
        if "Så slutade intervjun" in answer.text:
            return text_of(answer.text), headings, texts
        headings.append(heading_of(answer))
        texts.append(text_of(answer.text))
        fields = fields_of(answer)
        if 'name="reasons"' in answer.text:
            fields["reasons"] = [re.findall(r'name="reasons" value="(\w+)"', answer.text)[0]]
        for code, value in facts.items():
            if f'name="{code}"' in answer.text:
                fields[code] = value
                fields.pop(f"{code}.unknown", None)
                fields.pop("none", None)
        answer = await person.post(f"{path}/previews", fields)
    raise AssertionError("the preview does not end")


async def test_an_adult_with_a_sore_throat_ends_in_self_care_and_sees_why(region: Region) -> None:
    eva = await region.staff("eva")
    rows = await region.value("select count(*) from cases"), await region.value("select count(*) from access_log")
    end, headings, _ = await walk(eva, SHIPPED, {"ent.sore_throat": "yes"}, text="jag har lite ont i halsen")
    assert headings[0] == "Vad handlar det om?"
    assert "5 Egenvård Invånaren får egenvårdsråd" in end
    for words in (
        "Kontaktorsak: Halsont.",
        "Halsont går oftast över",
        "Så lindrar du ont i halsen",
        "Det här frågades",
    ):
        assert words in end, words
    after = await region.value("select count(*) from cases"), await region.value("select count(*) from access_log")
    assert rows == after


async def test_the_questions_follow_age_sex_writer_and_name(region: Region) -> None:
    eva = await region.staff("eva")
    child = {"age": "0,2", "writer": "parent", "name": "Elsa", "text": "hon har feber"}
    end, _, _ = await walk(eva, SHIPPED, {"gen.fever": "yes"}, **child)
    assert "1 Omgående Invånaren får rådet att ringa 112" in end
    assert "Feber hos barn under 3 månader." in end
    older = child | {"age": "4", "text": "hon hostar"}
    _, _, texts = await walk(eva, SHIPPED, {}, **older)
    assert any("Elsa" in text for text in texts)
    assert not any("Är du gravid" in text for text in texts)
    _, english, _ = await walk(eva, SHIPPED, {}, text="jag har ont i halsen", language="en")
    assert english[0] == "What is it about?"


async def test_what_to_do_now_stands_where_the_resident_would_see_it(region: Region) -> None:
    eva = await region.staff("eva")
    title = load().general.support[0].title
    end, _, texts = await walk(eva, SHIPPED, {"psych.suicidal": "yes"}, text="jag är ledsen", reason="nedstamdhet")
    assert title in end or any(title in text for text in texts)
    assert title not in texts[0]


async def test_it_is_held_on_the_version_that_is_looked_at(region: Region) -> None:
    eva, by = await region.staff("eva"), region.actors.staff("eva", "ankaret")
    files = changed("halsont.yaml", "  level: 5\n", "  level: 3\n")
    async with region.site.database.transaction() as db:
        draft = await save_draft(db, by, files, "", "")
    end, _, _ = await walk(eva, f"/manage/triage/{draft}", {}, reason="halsont", text="ont i halsen")
    assert "3 Inom ett dygn Ärendet skickas till vården." in end
    assert region.site.shelf.running().stamp.startswith("linjen_exempel@0.1.0")


async def test_back_shows_the_answers_and_a_change_leads_on_from_there(region: Region) -> None:
    eva = await region.staff("eva")
    first = await eva.post(f"{SHIPPED}/previews", START | {"reason": "halsont", "text": "ont i halsen"})
    second = await eva.post(f"{SHIPPED}/previews", fields_of(first))
    back = await eva.post(f"{SHIPPED}/previews", fields_of(second) | {"do": "back"})
    assert heading_of(back) == heading_of(first)
    assert heading_of(second) != heading_of(first)
    assert re.search(r'name="none" value="1"[^>]* checked|value="no"[^>]* checked', back.text)
    empty = {key: value for key, value in fields_of(first).items() if key in {"held", "place", "do"}}
    wrong = await eva.post(f"{SHIPPED}/previews", empty)
    assert wrong.status_code == 422
    assert 'id="error-summary"' in wrong.text


ODD_AGES = ["gammal", "131", "1_0", "٣٥", "1e1", "+7", "3 5", "nan", "²", "0x1", ""]


@pytest.mark.parametrize(
    ("field", "value"), [*(("age", age) for age in ODD_AGES), ("sex", "x"), ("reason", "finns_inte")]
)
async def test_a_wrong_beginning_is_told_at_its_field(region: Region, field: str, value: str) -> None:
    answer = await (await region.staff("eva")).post(f"{SHIPPED}/previews", START | {field: value})
    assert answer.status_code == 422
    assert 'id="error-summary"' in answer.text
    if field == "age":
        assert "Skriv åldern med siffror, från 0 till 130." in text_of(answer.text)


@pytest.mark.parametrize("age", ["0", "0,5", "0.5", " 35 ", "130"])
async def test_an_age_in_plain_digits_is_taken(region: Region, age: str) -> None:
    answer = await (await region.staff("eva")).post(f"{SHIPPED}/previews", START | {"age": age, "reason": "halsont"})
    assert answer.status_code == 200


async def test_an_interview_of_somebody_else_altered_or_on_other_content_begins_anew(region: Region) -> None:
    eva, disa, by = await region.staff("eva"), await region.staff("disa"), region.actors.staff("eva", "ankaret")
    first = await eva.post(f"{SHIPPED}/previews", START | {"reason": "halsont"})
    fields = fields_of(first)
    assert (await disa.post(f"{SHIPPED}/previews", fields)).status_code == 409
    for held in ("", "x" * 40, fields["held"][:-8] + "AAAAAAA=", "ö"):
        answer = await eva.post(f"{SHIPPED}/previews", fields | {"held": held})
        assert answer.status_code == 409, held
        assert "Börja om" in answer.text
    async with region.site.database.transaction() as db:
        draft = await save_draft(db, by, shipped(), "", "")
    begun = fields_of(await eva.post(f"/manage/triage/{draft}/previews", START | {"reason": "halsont"}))
    async with region.site.database.transaction() as db:
        files = changed("halsont.yaml", "level: 5", "level: 4")
        await change_draft(db, by, draft, 1, {"halsont.yaml": files["halsont.yaml"]})
    assert (await eva.post(f"/manage/triage/{draft}/previews", begun)).status_code == 409


async def test_a_draft_that_cannot_be_used_says_so_and_strangers_meet_nothing(region: Region) -> None:
    eva, by = await region.staff("eva"), region.actors.staff("eva", "ankaret")
    async with region.site.database.transaction() as db:
        draft = await save_draft(db, by, shipped() | {"risk.yaml": b"kind: risk\n"}, "", "")
    answer = await eva.post(f"/manage/triage/{draft}/previews", START)
    assert answer.status_code == 422
    assert "Versionen har fel som måste rättas" in answer.text
    karin = await region.staff("karin", "ankaret")
    assert (await karin.get(f"{SHIPPED}/preview")).status_code == 404
    assert (await karin.post(f"{SHIPPED}/previews", START)).status_code == 404
    assert (await (await region.staff("disa")).get(f"{SHIPPED}/preview")).status_code == 200
