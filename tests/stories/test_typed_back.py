"""A form that cannot be taken gives back every word that was typed in it, and none of what it only carried along."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from lxml import html

from linjen.demo.world import id_of
from tests.region import Person, Region

_UNIT = f"/manage/units/{id_of('unit/ankaret')}"


def quoted(page: str) -> list[str]:
    """What the page of a fault gives back."""
    return ["".join(str(part) for part in one.itertext()) for one in html.fromstring(page).iter("blockquote")]


async def _released(region: Region) -> tuple[Person, str]:
    """Karin, who has put back the case that she still has the form of."""
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert (await karin.post(f"/clinic/cases/{case_id}/releases")).status_code == 303
    return karin, f"/clinic/cases/{case_id}/closings"


async def test_who_closes_too_late_has_the_words_for_the_record_back(region: Region) -> None:
    karin, closings = await _released(region)
    unchosen = await karin.post(closings, {"words": "Till journalen", "tell": "Till patienten"})
    assert unchosen.status_code == 409
    assert quoted(unchosen.text) == ["Till journalen", "Till patienten"]


async def test_and_why_the_level_was_wrong(region: Region) -> None:
    karin, closings = await _released(region)
    verdict = {"verdict": "too_high", "right_level": "5", "why": "Han hade hosta", "tell": "Hej", "words": "Råd"}
    late = await karin.post(closings, {"reason": "advice", **verdict})
    assert late.status_code == 409
    assert all(words in late.text for words in ("Han hade hosta", "Hej", "Råd"))


@pytest.mark.parametrize(
    ("who", "path", "typed"),
    [
        ("karin", "/clinic/phrases", {"title": "Hosta", "short": "hosta", "body": "Drick varmt"}),
        ("disa", "/manage/service-status", {"line": "Stängt i natt", "line_en": "Closed tonight"}),
        ("disa", f"{_UNIT}/referrals", {"referrals": "Fysioterapi: ring"}),
        ("disa", f"{_UNIT}/closures", {"reason": "felskickad"}),
    ],
)
async def test_an_old_page_gives_back_what_was_typed(
    region: Region, who: str, path: str, typed: dict[str, str]
) -> None:
    person = await region.staff(who, *(["ankaret"] if who == "karin" else []))
    carried = {"was": "Så stod det", "phrase_id": str(uuid4()), "kind": "acute", "from_on": "2031-05-15"}
    old = await person.post(path, {**carried, **typed, "csrf": "old"})
    assert old.status_code == 409
    assert quoted(old.text) == list(typed.values())


async def test_a_choice_a_receiver_and_a_number_are_no_words(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case = f"/clinic/cases/{region.cases['held_by_karin']}"
    to = f"{id_of('unit/ankaret')}/nurse"
    for verb, fields in (
        ("closings", {"reason": "advice", "drawn_at": "7", "alarm": str(uuid4())}),
        ("handovers", {"to": to, "handover_id": str(uuid4())}),
        ("record", {"contact_type": "written", "tick_about": "yes"}),
    ):
        old = await karin.post(f"{case}/{verb}", {**fields, "csrf": "old"})
        assert (old.status_code, quoted(old.text)) == (409, []), verb
    who = await karin.post("/clinic/patients", {"who": "19121212-1212", "csrf": "old"})
    assert "1212" not in re.sub(r'(?:src|href)="[^"]*"', "", who.text), "a personal number is not shown once more"


@pytest.mark.parametrize(("who", "verb"), [("karin", "notes"), ("karin", "handovers"), ("gustav", "messages")])
async def test_a_text_beyond_every_limit_is_not_told_of_pictures(region: Region, who: str, verb: str) -> None:
    person = await (region.resident(who) if who == "gustav" else region.staff(who, "ankaret"))
    clinic = "" if who == "gustav" else "/clinic"
    path = f"{clinic}/cases/{region.cases['held_by_karin']}/{verb}"
    answer = await person.post(path, {"note": "a" * 1_100_000, "text": "a"})
    assert answer.status_code == 413
    assert "Texten är för lång" in answer.text
    assert "bild" not in answer.text.partition("<main")[2].partition("</main")[0].lower()


async def test_a_page_that_is_not_there_promises_nothing_that_is_not_kept(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    gone = await karin.get(f"/clinic/cases/{uuid4()}/notes")
    assert gone.status_code == 404
    assert "Allt du har skrivit" not in gone.text


async def test_a_form_that_comes_to_a_locked_screen_is_not_thrown_away(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await karin.post("/clinic/locked")
    notes = f"/clinic/cases/{case_id}/notes"
    answer = await karin.post(notes, {"note": "Ring dottern först", "note_id": str(uuid4())})
    assert "Skärmen är låst" in answer.text
    assert quoted(answer.text) == ["Ring dottern först"]
    assert await region.value("select count(*) from notes where case_id = $1", case_id) == 0
    lock_page = await karin.get("/clinic/locked")
    assert "Ring dottern" not in lock_page.text, "it stands there once"


async def test_what_another_page_sends_to_a_locked_screen_is_not_shown(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await karin.post("/clinic/locked")
    foreign = await karin.post(f"/clinic/cases/{case_id}/notes", {"note": "Köp här", "csrf": "of another"})
    assert foreign.headers["location"] == "/clinic/locked"
    empty = await karin.post(f"/clinic/cases/{case_id}/claims")
    assert empty.headers["location"] == "/clinic/locked"
