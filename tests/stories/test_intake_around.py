"""Around the pages of the intake: an example that says so, a quick way out, what to do now, and when all is asked."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from linjen.demo.world import id_of
from linjen.triage import Protocols, load
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))
EXAMPLE = "Frågorna och råden är ett exempel. De är inte kliniskt validerade och inte CE-märkta."
OUT = "Lämna sidan snabbt"
FINISHED = "Vi har frågat klart. Fler frågor ändrar inte bedömningen."


async def _begun(region: Region, text: str, reason: str) -> Walk:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start(text, unit=ANKARET)
    return await walk.send({"reasons": [reason]})


async def test_every_page_says_that_it_is_an_example_and_has_a_quick_way_out(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    seen = set()
    while walk.step != "receipt":
        assert EXAMPLE in walk.html, walk.step
        assert OUT in walk.html, walk.step
        assert 'href="https://www.smhi.se/" rel="noreferrer"' in walk.html, walk.step
        seen.add(walk.step.partition("/")[0])
        match walk.step.partition("/")[0]:
            case "unit":
                await walk.send({"unit": ANKARET})
            case "consent":
                await walk.send({"care_history": "allow", "medication_list": "refuse"})
            case "words":
                await walk.send({"text": "Jag har ont i halsen"})
            case "reasons":
                await walk.send({"reasons": ["halsont"]})
            case "questions":
                await walk.send(walk.filled())
            case "check":
                await walk.send(path=f"/intakes/{walk.case_id}/send")
            case "form":
                await walk.send(walk.least_form())
            case "pictures":
                await walk.send({"do": "next"})
            case _:
                await walk.send()
    assert EXAMPLE in walk.html
    assert OUT in walk.html
    assert seen >= {"words", "reasons", "questions", "self-care", "pictures", "extra", "check"}


async def test_reviewed_content_is_not_called_an_example(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = await _begun(region, "Jag har ont i halsen", "halsont")
    seen: list[tuple[str, ...]] = []

    def is_example(self: Protocols, reasons: tuple[str, ...] = ()) -> bool:
        seen.append(tuple(reasons))
        return False

    monkeypatch.setattr(Protocols, "is_example", is_example)
    await walk.open("questions/1")
    assert "CE-märkta" not in walk.html
    assert seen == [("halsont",)]


def test_one_file_that_is_not_reviewed_makes_it_an_example() -> None:
    protocols = load()
    assert protocols.is_example()
    reviewed = tuple(msgspec.structs.replace(file, example=False, reviewed=True) for file in protocols.signed)
    common = dataclasses.replace(protocols, signed=reviewed)
    assert not common.is_example()
    assert common.is_example(["halsont"])


async def test_it_says_when_all_is_asked_and_only_then(region: Region) -> None:
    walk = await _begun(region, "Jag har ont i halsen", "halsont")
    while walk.step.startswith("questions"):
        assert FINISHED not in walk.html
        await walk.send(walk.filled())
    assert walk.step == "self-care"
    assert FINISHED in walk.html
    await walk.send()
    assert FINISHED not in walk.html


async def test_the_pages_left_never_grow_without_a_word(region: Region) -> None:
    walk = await _begun(region, "Jag har ont i halsen", "halsont")
    told: int | None = None
    grown = 0
    yes = {"resp.dyspnea", "gen.fever", "trauma.occurred"}
    while walk.step.startswith("questions"):
        left = _pages_left(walk)
        if told is not None and left > told - 1:
            assert "Dina svar gör att vi behöver fråga lite mer." in walk.html, walk.step
            grown += 1
        else:
            assert "Dina svar gör att vi behöver fråga lite mer." not in walk.html, walk.step
        told = left
        await walk.send(walk.filled(lambda code: "yes" if code in yes else "no"))
    assert grown, "this interview grows"


def _pages_left(walk: Walk) -> int:
    if "Ungefär en sida med frågor till" in walk.html:
        return 1
    found = walk.html.partition("Ungefär ")[2].partition(" sidor")[0]
    return int(found) if found.isdecimal() else 0


async def test_dark_thoughts_are_met_at_once_with_what_to_do_now(region: Region) -> None:
    walk = await _begun(region, "Jag är nedstämd och sover dåligt", "nedstamdhet")
    while "psych.suicidal" not in {name for name, _, _ in walk.fields()}:
        assert "Du behöver inte vara ensam med det här" not in walk.html
        await walk.send(walk.filled())
    await walk.send(walk.filled(lambda code: "yes" if code == "psych.suicidal" else "no"))
    assert "Du behöver inte vara ensam med det här" in walk.html
    for number in ("112", "90101", "1177"):
        assert f'href="tel:{number}"' in walk.html
    await walk.answer_all()
    assert "Du behöver inte vara ensam med det här" in walk.html, walk.step
    await walk.finish()
    assert walk.step == "receipt"
    assert 'href="tel:90101"' in walk.html


async def test_a_plan_to_end_ones_life_shows_112_and_the_line_to_call(region: Region) -> None:
    walk = await _begun(region, "Jag är nedstämd och sover dåligt", "nedstamdhet")
    await walk.answer_all(lambda code: "yes" if code in {"psych.suicidal", "psych.suicidal_plan"} else "no")
    assert walk.step == "emergency"
    assert 'href="tel:90101"' in walk.html


async def test_the_regions_own_way_out(region: Region) -> None:
    region.site.settings = msgspec.structs.replace(region.site.settings, quick_exit_url="https://example.org/vader")
    walk = await Walk(region, await region.resident("gustav")).begin()
    assert 'href="https://example.org/vader"' in walk.html


async def test_the_advice_can_be_printed_and_always_leads_to_staff(region: Region) -> None:
    walk = await _begun(region, "Jag har lite ont i halsen", "halsont")
    await walk.answer_all()
    assert walk.step == "self-care"
    assert "Du kan skriva ut råden eller spara dem." in walk.html
    assert "Jag vill ha kontakt med vården" in walk.html
    await walk.send(path=f"/intakes/{walk.case_id}/self-care/follow")
    assert walk.step == "advice"
    assert "Du kan skriva ut råden eller spara dem." in walk.html
    assert 'href="tel:1177"' in walk.html
    assert EXAMPLE in walk.html
    await walk.send({"entry": "symptom"}, path="/cases")
    assert walk.step == "unit", "the way to staff begins a new case"
