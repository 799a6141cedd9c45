"""Triagen är avstängd: own words and a short form; danger in the words is still heard, and nothing gets a level."""

from __future__ import annotations

from uuid import UUID

from linjen.cases.alarms.alarms import list_alarms
from linjen.cases.intake.interview import read_assessment
from linjen.core.settings import read_settings
from linjen.demo.world import id_of
from linjen.triage.shelf import Shelf
from tests.region import Region
from tests.stories.intake_walk import Walk
from tests.stories.released import run

ANKARET = str(id_of("unit/ankaret"))
FORM = {"allmant.borjade": "I måndags", "allmant.andrats": "2", "allmant.halsa": "Astma"}


async def written(region: Region, who: str, text: str, **rest: str) -> Walk:
    """A draft with these own words, at the page that follows."""
    walk = await Walk(region, await region.resident(who)).begin()
    await walk.pass_start(text, unit=ANKARET, **rest)
    return walk


async def sent(walk: Walk) -> Walk:
    """From the form to the receipt."""
    assert walk.step == "form", walk.step
    await walk.send(FORM)
    assert walk.step == "pictures"
    await walk.send({"do": "next"})
    assert walk.step == "check"
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    return walk


async def stored(region: Region, walk: Walk) -> tuple[object, object, object, object]:
    """Urgency, reason and priority of the sent case, and how many rows say what the triage came to."""
    row = await region.site.database.fetch_row(
        "select c.urgency, c.reason, v.priority, (select count(*) from assessments a where a.case_id = c.id) as counted"
        " from cases c join visits v on v.id = c.visit_id where c.id = $1", UUID(walk.case_id),
    )  # fmt: skip
    assert row is not None
    return row["urgency"], row["reason"], row["priority"], row["counted"]


async def test_own_words_a_short_form_and_pictures_become_a_case_without_a_level(region: Region) -> None:
    await run(region, None, triage_on=False)
    walk = await written(region, "gustav", "Jag har hostat i två veckor")
    assert "När började det?" in walk.html
    await walk.send({"allmant.provat": "Te"})
    assert walk.response.status_code == 422, "when it began must be said"
    await sent(walk)
    assert await stored(region, walk) == (None, "", 3, 0)
    page = (await (await region.staff("karin", "ankaret")).get(f"/clinic/cases/{walk.case_id}")).text
    assert "Triagen är avstängd. Ärendet sorteras som brådskandegrad 3 tills någon har läst det." in page
    for words in ("Jag har hostat i två veckor", "I måndags", "Det blir sämre", "Astma"):
        assert words in page
    for words in ("Därför brådskandegrad 3</h2>\n<ol", "Inga varningstecken i svaren", "Var triagens nivå"):
        assert words not in page
    assert "Sök vård" in (await walk.who.get("/cases")).text


async def test_what_will_be_sent_can_be_seen_and_changed_and_no_page_of_the_triage_opens(region: Region) -> None:
    await run(region, None, triage_on=False)
    walk = await written(region, "gustav", "Jag har hostat i två veckor")
    await walk.send(FORM)
    await walk.send({"do": "next"})
    for words in ("Jag har hostat i två veckor", "När började det?", "I måndags", "Det blir sämre", "0 st"):
        assert words in walk.html
    assert "Vad det handlar om" not in walk.html
    for page in ("reasons", "questions/1", "self-care", "extra", "warning", "emergency"):
        await walk.open(page)
        assert walk.step == "check", page
    await walk.open("words")
    await walk.send({"text": "Jag har hostat i tre veckor"})
    assert walk.step == "check"
    assert "tre veckor" in walk.html


async def test_words_of_danger_to_life_lead_to_112_and_raise_but_stop_nobody(region: Region) -> None:
    await run(region, None, triage_on=False)
    walk = await written(region, "gustav", "Det trycker över bröstet och jag har svårt att andas")
    assert walk.step == "emergency"
    assert "Ring 112 nu" in walk.html
    assert "Det du skrev kan betyda att det är livsfarligt." in walk.html
    for page in ("form", "pictures", "check"):
        await walk.open(page)
        assert walk.step == "emergency", page
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "emergency"
    await walk.send(path=f"/intakes/{walk.case_id}/warning")
    await sent(walk)
    urgency, _, priority, counted = await stored(region, walk)
    assert (urgency, priority, counted) == (None, 1, 0)
    async with region.site.database.transaction() as db:
        alarms = await list_alarms(db, region.site.sealer, UUID(walk.case_id))
    assert {alarm.level for alarm in alarms} >= {1}
    page = (await (await region.staff("karin", "ankaret")).get(f"/clinic/cases/{walk.case_id}")).text
    assert "De egna orden innehåller något som kan vara brådskande." in page
    assert "Ord som larmade" in page


async def test_danger_written_in_the_form_is_heard_too(region: Region) -> None:
    await run(region, None, triage_on=False)
    walk = await written(region, "gustav", "Jag är trött")
    await walk.send({**FORM, "allmant.hopp": "Jag vill inte leva längre, jag tänker ta mitt liv"})
    assert walk.step == "emergency"
    await walk.send(path=f"/intakes/{walk.case_id}/warning")
    assert walk.step == "pictures"
    await walk.open("words")
    await walk.send({"text": "Jag är trött och har svimmat med ont i bröstet"})
    assert walk.step == "emergency", "new words, a new danger"


async def test_a_milder_sign_raises_without_a_page_of_its_own(region: Region) -> None:
    await run(region, None, triage_on=False)
    walk = await written(region, "ingrid", "Jag har feber och ont när jag kissar och ont i ryggen vid njurarna")
    await sent(walk)
    async with region.site.database.transaction() as db:
        assessed = await read_assessment(db, region.site.sealer, UUID(walk.case_id))
        alarms = await list_alarms(db, region.site.sealer, UUID(walk.case_id))
    assert assessed is not None
    assert assessed.form_only
    heard = [alarm.level for alarm in alarms if alarm.level]
    assert (await stored(region, walk))[2] == min([3, *heard])


async def test_a_parent_and_an_english_reader_get_the_same_way(region: Region) -> None:
    await run(region, None, triage_on=False)
    elsa = str(region.actors.residents["elsa"])
    walk = await written(region, "astrid", "Elsa har feber", patient=elsa)
    assert "Gäller Elsa" in walk.html
    await sent(walk)
    person = await region.resident("olle")
    person.http.cookies.set("linjen-language", "en")
    await region.site.database.execute("update sessions set language = 'en' where kind = 'resident'")
    other = await Walk(region, person).begin()
    await other.pass_start("I have a cough", unit=ANKARET)
    assert "When did it start?" in other.html
    assert "Getting worse" in other.html


async def test_turned_off_in_the_middle_she_goes_on_with_the_form_and_staff_read_what_was_answered(
    region: Region,
) -> None:
    walk = await written(region, "gustav", "Jag har ont i halsen och lite feber")
    await walk.send({"reasons": ["halsont"]})
    await walk.send(walk.filled(lambda code: "yes"))
    assert walk.step.startswith(("questions", "emergency"))
    await run(region, None, triage_on=False)
    await walk.open()
    assert walk.step == "form"
    await walk.send(FORM)
    await walk.send({"do": "next"})
    assert walk.step == "check"
    assert "Dina svar" in walk.html
    assert "/questions/1" not in walk.html
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    urgency, _, priority, counted = await stored(region, walk)
    assert (urgency, priority, counted) == (None, 3, 0)
    async with region.site.database.transaction() as db:
        found = await read_assessment(db, region.site.sealer, UUID(walk.case_id))
    assert found is not None
    assert found.lines
    assert (found.urgency, found.rules, found.form_only) == (None, (), True)


async def test_what_was_on_the_page_when_it_was_turned_off_is_kept_and_nobody_is_told_of_another_window(
    region: Region,
) -> None:
    walk = await written(region, "gustav", "Jag har ont i halsen och lite feber")
    await walk.send({"reasons": ["halsont"]})
    before = walk.filled()
    await run(region, None, triage_on=False)
    await walk.send(before)
    assert walk.step == "form"
    assert "annat fönster" not in walk.html
    await run(region, None)
    await walk.open()
    assert walk.step == "questions/2", "the page that was sent after it was turned off counts"


async def test_a_warning_sign_that_was_ticked_before_it_was_turned_off_counts_as_one_that_was_written(
    region: Region,
) -> None:
    walk = await written(region, "gustav", "Jag har ont i halsen")
    await walk.send({"reasons": ["halsont"]})
    while "resp.dyspnea" not in walk.html:
        await walk.send(walk.filled())
    sent = walk.filled(lambda code: "yes" if code == "resp.dyspnea" else "no")
    await run(region, None, triage_on=False)
    await walk.send(sent)
    assert walk.step == "form"
    await walk.send(FORM)
    await walk.send({"do": "next"})
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    urgency, _, priority, _ = await stored(region, walk)
    assert (urgency, priority) == (None, 2)


async def test_danger_to_life_that_was_ticked_leads_to_112_with_the_triage_off_too(region: Region) -> None:
    walk = await written(region, "gustav", "Jag har ont i halsen")
    await walk.send({"reasons": ["halsont"]})
    while "neuro.face_droop" not in walk.html:
        await walk.send(walk.filled())
    sent = walk.filled(lambda code: "yes" if code == "neuro.face_droop" else "no")
    await run(region, None, triage_on=False)
    await walk.send(sent)
    assert walk.step == "emergency"
    assert 'href="tel:112"' in walk.html


async def test_turned_on_again_a_draft_is_asked_where_it_was(region: Region) -> None:
    walk = await written(region, "gustav", "Jag har ont i halsen och lite feber")
    await walk.send({"reasons": ["halsont"]})
    await walk.send(walk.filled())
    assert walk.step == "questions/2"
    await run(region, None, triage_on=False)
    await walk.open()
    assert walk.step == "form"
    await run(region, None)
    await walk.open()
    assert walk.step == "questions/2"
    other = await Walk(region, await region.resident("ingrid")).begin()
    await run(region, None, triage_on=False)
    await other.pass_start("Jag har ont i halsen", unit=ANKARET)
    assert other.step == "form"
    await run(region, None)
    await other.open()
    assert other.step == "words", "the words have not been triaged yet"
    await other.send({"text": "Jag har ont i halsen"})
    assert other.step == "reasons"


async def test_an_infant_is_helped_by_phone_and_an_administrative_question_goes_as_before(region: Region) -> None:
    await run(region, None, triage_on=False)
    astrid = await region.resident("astrid")
    walk = await Walk(region, astrid).begin()
    vera = region.actors.residents["vera"]
    page = (await astrid.get(f"/intakes/{walk.case_id}/infants/{vera}")).text
    assert 'href="tel:1177"' in page
    assert 'type="checkbox"' not in page
    admin = await Walk(region, await region.resident("gustav")).begin("admin")
    await admin.send({"unit": ANKARET})
    await admin.send({"text": "Jag behöver ett intyg och har ont i bröstet"})
    assert admin.step in {"warning", "emergency"}
    await admin.open("warning")
    assert "så läser vården det tidigare" in admin.html


async def test_staff_see_in_the_ledger_that_it_is_off(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert "Triagen är avstängd." not in (await karin.get("/clinic/ledger")).text
    await run(region, None, triage_on=False)
    assert "Triagen är avstängd." in (await karin.get("/clinic/ledger")).text


async def test_the_installations_own_setting_wins_over_every_release(region: Region) -> None:
    assert read_settings({"LINJEN_TRIAGE_ON": "false"}, demo=True).triage_on is False
    shelf = Shelf(region.site.database, triage_on=False)
    await shelf.look()
    assert not shelf.is_on
    await run(region, None)
    await shelf.refresh()
    assert not shelf.is_on
    region.site.shelf = shelf
    assert (await written(region, "gustav", "Jag har hostat i två veckor")).step == "form"
