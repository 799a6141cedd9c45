"""Bedöm triagens nivå: said with one key at closing, by who handled the case, and it never stops the closing."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import pytest

from linjen.cases.afterwards.triage_verdict import Said, read_said
from linjen.core.errors import Invalid
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

WHY = "Hade redan ringt 1177 och fått samma råd, 7 % av fallen"
_STATE = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_EVENTS = "select count(*) from events where case_id = $1 and kind = 'level_judged'"


async def held(region: Region, level: int = 3) -> tuple[UUID, Person]:
    """The case that Karin holds, with this level of the triage."""
    case = region.cases["held_by_karin"]
    await region.site.database.execute("update assessments set level = $2 where case_id = $1", case, level)
    return case, await region.staff("karin", "ankaret")


async def kept(region: Region, case: UUID) -> tuple[object, ...]:
    """What is kept of the verdict, its words as they lie in the database."""
    row = await region.site.database.fetch_row(
        "select verdict, right_level, why_sealed from assessments where case_id = $1", case
    )
    assert row is not None
    return tuple(row)


async def test_at_closing_it_is_asked_with_nothing_chosen_and_may_be_left_out(region: Region) -> None:
    case, karin = await held(region)
    url = f"/clinic/cases/{case}/closings"
    page = (await karin.get(url)).text
    assert "Triagens nivå var 3, Inom ett dygn. Stämde den?" in page
    assert re.findall(r'name="verdict" value="(\w+)" data-key="(\d)"', page) == [
        ("right", "1"), ("too_high", "2"), ("too_low", "3"),
    ]  # fmt: skip
    assert " checked" not in page
    assert "js/verdict.js" in page
    assert (await karin.post(url, {"reason": "advice", "verdict": "", "right_level": "", "why": ""})).status_code == 303
    assert await region.value(_STATE, case) == "closed"
    assert await kept(region, case) == (None, None, None)
    assert await region.value(_EVENTS, case) == 0


async def test_the_verdict_is_kept_with_its_words_sealed_and_shown_to_staff_alone(region: Region) -> None:
    case, karin = await held(region)
    data = {"reason": "advice", "verdict": "too_high", "right_level": "4", "why": WHY}
    assert (await karin.post(f"/clinic/cases/{case}/closings", data)).status_code == 303
    assert await region.value(_STATE, case) == "closed"
    verdict, level, sealed = await kept(region, case)
    assert (verdict, level) == ("too_high", 4)
    assert isinstance(sealed, bytes)
    assert b"1177" not in sealed
    event = await region.value("select data from events where case_id = $1 and kind = 'level_judged'", case)
    assert event == {"verdict": "too_high", "triage": 3, "level": 4}
    page = (await (await region.staff("bo", "ankaret")).get(f"/clinic/cases/{case}")).text
    for words in ("För hög. Rätt nivå: 4, Inom en vecka", WHY, "Karin Lindqvist bedömde triagens nivå: för hög"):
        assert words in page, words
    assert "Ändra bedömningen" not in page
    resident = (await (await region.resident("gustav")).get(f"/cases/{case}")).text
    assert not re.search("För hög|Rätt nivå|fått samma råd|bedömt", resident)


async def test_right_needs_no_level_and_what_was_typed_beside_it_is_passed_over(region: Region) -> None:
    case, karin = await held(region)
    data = {"reason": "advice", "verdict": "right", "right_level": "1"}
    assert (await karin.post(f"/clinic/cases/{case}/closings", data)).status_code == 303
    assert (await kept(region, case))[:2] == ("right", 3)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"verdict": "too_high", "right_level": "2"}, "Välj en nivå som stämmer"),
        ({"verdict": "too_low", "right_level": "3"}, "Välj en nivå som stämmer"),
        ({"verdict": "nja"}, "Välj rätt, för hög eller för låg"),
        ({"why": "Kom aldrig fram"}, "töm rutan Varför"),
    ],
)
async def test_what_contradicts_itself_is_asked_anew_with_everything_kept(
    region: Region, data: dict[str, str], words: str
) -> None:
    case, karin = await held(region)
    answer = await karin.post(f"/clinic/cases/{case}/closings", {"reason": "booked", **data})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="booked" checked' in answer.text
    if "verdict" in data and data["verdict"] != "nja":
        assert f'value="{data["verdict"]}" data-key' in answer.text
        assert re.search(rf'value="{data["verdict"]}" data-key="\d" checked', answer.text)
    assert await region.value(_STATE, case) == "in_progress"
    assert await kept(region, case) == (None, None, None)


def test_a_level_alone_says_the_verdict_and_what_cannot_be_is_refused() -> None:
    assert read_said(3, "", 2, "") == Said("too_low", 2)
    assert read_said(3, "", 5, "ord") == Said("too_high", 5, "ord")
    assert read_said(3, "", 3, "") == Said("right", 3)
    assert read_said(3, "", None, "") is None
    for level, verdict in ((1, "too_low"), (5, "too_high")):
        with pytest.raises(Invalid):
            read_said(level, verdict, None, "")


async def test_at_level_1_nothing_can_be_too_low(region: Region) -> None:
    case, karin = await held(region, 1)
    page = (await karin.get(f"/clinic/cases/{case}/closings")).text
    assert re.findall(r'name="verdict" value="(\w+)" data-key="(\d)"', page) == [("right", "1"), ("too_high", "2")]
    assert "Mer brådskande" not in page


async def test_an_administrative_question_is_not_asked_about(region: Region) -> None:
    karin, case = await region.staff("karin", "ankaret"), region.cases["admin"]
    await karin.post(f"/clinic/cases/{case}/claims")
    page = (await karin.get(f"/clinic/cases/{case}/closings")).text
    assert "Triagens nivå" not in page
    assert (await karin.get(f"/clinic/cases/{case}/triage-verdicts")).status_code == 404
    assert (await karin.post(f"/clinic/cases/{case}/triage-verdicts", {"verdict": "right"})).status_code == 409
    data = {"reason": "other_way", "verdict": "right"}
    assert (await karin.post(f"/clinic/cases/{case}/closings", data)).status_code == 303


async def test_only_who_handles_the_case(region: Region) -> None:
    case, _ = await held(region)
    url = f"/clinic/cases/{case}/triage-verdicts"
    bo, lena = await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan")
    gustav = await region.resident("gustav")
    for person, status in ((bo, 409), (lena, 404)):
        assert (await person.get(url)).status_code == status
        assert (await person.post(url, {"verdict": "right"})).status_code == status
        both = {"reason": "advice", "verdict": "right"}
        assert (await person.post(f"/clinic/cases/{case}/closings", both)).status_code == status
    assert (await gustav.post(url, {"verdict": "right"})).status_code == 303, "to the sign-in of staff"
    assert await kept(region, case) == (None, None, None)
    assert await region.value(_STATE, case) == "in_progress"
    refused = "select count(*) from access_log where case_id = $1 and verb = 'judge_level' and refused is not null"
    assert await region.value(refused, case) == 4


async def test_who_closed_it_may_think_again_and_nobody_else(region: Region) -> None:
    case, karin = await held(region)
    url = f"/clinic/cases/{case}/triage-verdicts"
    await karin.post(f"/clinic/cases/{case}/closings", {"reason": "advice"})
    assert "Bedöm triagens nivå" in (await karin.get(f"/clinic/cases/{case}")).text
    assert (await karin.post(url, {})).status_code == 422
    assert (await karin.post(url, {"verdict": "too_low", "right_level": "2", "why": WHY})).status_code == 303
    page = (await karin.get(url)).text
    assert re.search(r'value="too_low" data-key="3" checked', page)
    assert '<option value="2" selected>' in page
    assert WHY in page
    assert (await karin.post(url, {"verdict": "right"})).status_code == 303
    assert await kept(region, case) == ("right", 3, None)
    assert "Ändra bedömningen" in (await karin.get(f"/clinic/cases/{case}")).text
    assert (await (await region.staff("bo", "ankaret")).post(url, {"verdict": "right"})).status_code == 409
    assert await region.value(_EVENTS, case) == 2


async def test_sent_twice_it_is_one_verdict_and_two_different_ones_never_mix(region: Region) -> None:
    case, karin = await held(region)
    url = f"/clinic/cases/{case}/closings"
    same = {"reason": "advice", "verdict": "too_low", "right_level": "2", "why": WHY}
    answers = await asyncio.gather(*(karin.post(url, same) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_EVENTS, case) == 1
    assert await region.value("select count(*) from events where case_id = $1 and kind = 'closed'", case) == 1
    other = f"/clinic/cases/{case}/triage-verdicts"
    await asyncio.gather(
        karin.post(other, {"verdict": "too_high", "right_level": "5"}),
        karin.post(other, {"verdict": "too_low", "right_level": "1"}),
    )
    assert (await kept(region, case))[:2] in {("too_high", 5), ("too_low", 1)}
    assert await region.value(_EVENTS, case) == 3


async def test_a_failed_event_leaves_nothing_changed(region: Region) -> None:
    case, karin = await held(region)
    await owner_does(region, "alter table events add constraint broken check (kind <> 'level_judged') not valid")
    answer = await karin.post(f"/clinic/cases/{case}/closings", {"reason": "advice", "verdict": "right"})
    assert answer.status_code == 500
    assert await kept(region, case) == (None, None, None)
    assert await region.value(_STATE, case) == "in_progress"
