"""Med egna ord: nothing typed is lost, whatever happens around it."""

from __future__ import annotations

from uuid import UUID

from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))


async def _at_words(region: Region) -> Walk:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.send({"unit": ANKARET})
    await walk.send({"care_history": "allow", "medication_list": "allow"})
    return await walk.send()


async def test_an_empty_box_and_a_text_too_long_are_told_and_kept(region: Region) -> None:
    walk = await _at_words(region)
    await walk.send({"text": "   "})
    assert walk.response.status_code == 422
    assert "<title>Fel:" in walk.html
    assert 'id="error-summary"' in walk.html
    assert 'href="#text"' in walk.html
    assert "Skriv några ord om vad du vill ha hjälp med." in walk.html
    long = "Det gör ont. " * 1_600
    await walk.send({"text": long})
    assert walk.response.status_code == 422
    assert "tecken för lång" in walk.html
    assert long.strip() in walk.html


async def test_what_is_typed_is_kept_when_she_leaves_without_a_button(region: Region) -> None:
    walk = await _at_words(region)
    kept = await walk.who.post(
        f"/intakes/{walk.case_id}/words/draft", {"version": walk.field("version"), "text": "Jag började skriva"}
    )
    assert kept.status_code == 204
    await walk.open()
    assert walk.step == "words"
    assert "Jag började skriva" in walk.html
    await walk.send({"text": "Jag började skriva om ryggen"})
    assert walk.step == "reasons"


async def test_the_button_for_later_saves_and_leads_home(region: Region) -> None:
    walk = await _at_words(region)
    answer = await walk.who.post(
        f"/intakes/{walk.case_id}/words/draft",
        {"version": walk.field("version"), "text": "Mer i kväll", "do": "later"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    await walk.open()
    assert "Mer i kväll" in walk.html
    await walk.send({"text": "Ont i halsen i kväll"})
    await walk.open("words")
    changed = {"version": walk.field("version"), "text": "Hosta i kväll", "do": "later"}
    await walk.who.post(f"/intakes/{walk.case_id}/words/draft", changed)
    await walk.open()
    assert walk.step == "reasons"
    assert 'value="hosta"' in walk.html


async def test_the_later_of_two_windows_sees_both_texts_and_loses_none(region: Region) -> None:
    first = await _at_words(region)
    second = await Walk(region, first.who).open("words", first.case_id)
    await first.send({"text": "Jag har ont i ryggen"})
    assert first.step == "reasons"
    await second.send({"text": "Jag har ont i knät"})
    assert second.response.status_code == 409
    assert "Du har ändrat ärendet i ett annat fönster." in second.html
    assert "Jag har ont i ryggen" in second.html
    assert "Jag har ont i knät" in second.html
    assert await region.value("select step from intakes where case_id = $1", UUID(first.case_id)) == "reasons"
    await second.send({"text": "Jag har ont i ryggen och i knät"})
    assert second.step == "reasons"
    assert "Jag har ont i ryggen och i knät" in second.html


async def test_markup_in_her_words_is_shown_as_words(region: Region) -> None:
    walk = await _at_words(region)
    await walk.send({"text": "<script>alert(1)</script> ont"})
    assert "<script>alert(1)" not in walk.response.text
    assert "&lt;script&gt;alert(1)" in walk.response.text


async def test_both_consents_must_be_answered_and_the_one_given_stays(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.send({"unit": ANKARET})
    assert "checked" not in walk.response.text
    await walk.send({"care_history": "allow"})
    assert walk.response.status_code == 422
    assert "för läkemedelslista." in walk.html
    assert walk.response.text.count("checked") == 1
    await walk.send({"care_history": "allow", "medication_list": "refuse"})
    assert walk.step == "fee"
    await walk.open("consent")
    await walk.send({"care_history": "refuse", "medication_list": "refuse"})
    rows = await region.site.database.fetch(
        "select kind, choice from consents where case_id = $1 order by given_at, kind", UUID(walk.case_id)
    )
    assert [(row["kind"], row["choice"]) for row in rows] == [
        ("care_history", True), ("medication_list", False), ("care_history", False),
    ]  # fmt: skip


async def test_new_words_after_the_questions_bring_new_reasons_and_keep_the_answers(region: Region) -> None:
    walk = await _at_words(region)
    await walk.send({"text": "Jag har ont i halsen"})
    await walk.send({"reasons": ["halsont"]})
    await walk.answer_all(lambda code: "yes" if code == "gen.fever" else "no")
    await walk.open("words")
    await walk.send({"text": "Jag har ont i halsen och hostar"})
    assert walk.step == "reasons"
    assert 'value="halsont" checked' in walk.html
    await walk.send({"reasons": ["halsont", "hosta"]})
    assert walk.step.startswith("questions")
    await walk.answer_all()
    await walk.finish()
    assert walk.step == "receipt"


async def test_the_pages_are_there_in_english(region: Region) -> None:
    walk = await _at_words(region)
    await region.site.database.execute("update sessions set language = 'en' where kind = 'resident'")
    await walk.send({"text": "I have a sore throat, ont i halsen"})
    assert '<html lang="en"' in walk.html
    assert "What is it about?" in walk.html
