"""Administrativa frågor: free text, no triage, and a tripwire that shows the way without barring it."""

from __future__ import annotations

from uuid import UUID

import pytest

from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.intake_walk import Walk


async def test_an_administrative_question_reaches_the_unit(region: Region) -> None:
    walk = await Walk(region, await region.resident("amina")).begin("admin")
    assert walk.step == "unit"
    await walk.send({"unit": str(id_of("unit/bjorken"))})
    assert walk.step == "words"
    await walk.send({"text": "Kan jag få ett intyg till skolan?"})
    await walk.to_check()
    assert "Kan jag få ett intyg till skolan?" in walk.html
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    assert "Tack! Ditt ärende är skickat" in walk.html
    case = await region.site.database.fetch_row(
        "select c.*, v.priority from cases c join visits v on v.id = c.visit_id where c.id = $1", UUID(walk.case_id)
    )
    assert case is not None
    assert (case["entry"], case["phase"], case["urgency"], case["priority"]) == ("admin", "sent", None, 4)
    assert case["unit_id"] == id_of("unit/bjorken")


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("Jag vill förnya mitt recept. Det trycker över bröstet nu och jag kallsvettas", 1),
        ("Kan jag få intyg? Jag svimmade i går", 2),
        ("Jag vill byta tid. Jag har blod i avföringen", 3),
        ("Jag vill byta tid", 4),
    ],
)
async def test_it_is_sorted_as_urgent_as_what_its_words_say_and_has_no_level_of_its_own(
    region: Region, words: str, level: int
) -> None:
    walk = await Walk(region, await region.resident("amina")).begin("admin")
    await walk.send({"unit": str(id_of("unit/bjorken"))})
    await walk.send({"text": words})
    if walk.step == "emergency":
        await walk.send(path=f"/intakes/{walk.case_id}/warning")
    await walk.to_check()
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    found = await region.site.database.fetch_row(
        "select c.urgency, v.priority, (select min(level) from alarms a where a.case_id = c.id) as heard"
        " from cases c join visits v on v.id = c.visit_id where c.id = $1", UUID(walk.case_id),
    )  # fmt: skip
    assert found is not None
    assert (found["urgency"], found["priority"]) == (None, level)
    assert found["heard"] == (level if level < 4 else None)
