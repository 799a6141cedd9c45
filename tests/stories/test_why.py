"""Därför: with each case who approved the protocol, what would have changed the level, and names as they were then."""

from __future__ import annotations

import html
import re
from uuid import UUID

import msgspec

from linjen.cases.intake.interview import read_assessment, read_state
from linjen.cases.intake.start import read_intake
from linjen.cases.loading import see_case
from linjen.demo.world import id_of
from linjen.triage import load
from linjen.triage.asking.margins import margins
from linjen.triage.releases import retire
from tests.region import Person, Region
from tests.stories.intake_walk import Walk
from tests.stories.released import changed, release, run
from tests.stories.test_clinic_case import read
from tests.stories.triaged import send_triaged


async def copied(person: Person, case_id: UUID) -> str:
    """The anamnesis as text."""
    page = (await person.get(f"/clinic/cases/{case_id}")).text
    found = re.search(r'id="copy-text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


async def sore_throat(region: Region, who: str, text: str, language: str = "sv") -> UUID:
    """A whole interview about a sore throat by the pages, sent; the case's id."""
    resident = await region.resident(who)
    await region.site.database.execute("update sessions set language = $1 where kind = 'resident'", language)
    walk = await Walk(region, resident).begin()
    await walk.pass_start(text, unit=str(id_of("unit/ankaret")))
    await walk.send({"reasons": ["halsont"]})
    await walk.answer_all()
    await walk.finish()
    assert walk.step == "receipt"
    return UUID(walk.case_id)


async def test_staff_read_what_would_have_made_it_more_and_less_urgent(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = await send_triaged(region, "gustav", {"ent.trismus"}, set())
    page = await read(karin, case_id)
    for words in ("Vad hade ändrat nivån?", "Mer brådskande", "Mindre brådskande", "Utan svårt att gapa",
                  "Några frågor till hade då avgjort nivån."):  # fmt: skip
        assert words in page
    line = next(one for one in (await copied(karin, case_id)).splitlines() if one.startswith("Hade ändrat nivån: "))
    assert "nivå 1: " in line
    assert line.endswith("nivå 5: utan svårt att gapa"), line


async def test_what_is_kept_can_be_worked_out_again_from_what_was_answered(region: Region) -> None:
    case_id = await send_triaged(region, "gustav", {"ent.trismus", "gen.fever"}, {"gen.chills"})
    async with region.site.database.transaction() as db:
        case = await see_case(db, region.actors.staff("karin", "ankaret"), case_id)
        intake = await read_intake(db, region.site.sealer, case.id)
        found = await read_assessment(db, region.site.sealer, case.id)
    state = read_state(intake)
    assert state is not None
    assert found is not None
    assert found.urgency is not None
    assert found.margins == margins(load(), state, found.urgency)


async def test_an_assessment_from_before_there_were_margins_is_still_read(region: Region) -> None:
    karin, site = await region.staff("karin", "ankaret"), region.site
    case_id = await send_triaged(region, "gustav", {"ent.trismus"}, set())
    async with site.database.transaction() as db:
        found = await read_assessment(db, site.sealer, case_id)
        old = {name: value for name, value in msgspec.to_builtins(found).items() if name not in {"margins", "language"}}
        sealed = site.sealer.seal("intake_result", msgspec.json.encode(old), case_id.bytes)
        await db.execute("update intakes set result_sealed = $2 where case_id = $1", case_id, sealed)
    page = await read(karin, case_id)
    assert "Därför brådskandegrad 2" in page
    assert "Vad hade ändrat nivån?" not in page
    assert "Hade ändrat nivån" not in await copied(karin, case_id)


async def test_who_approved_the_version_is_named_and_a_retired_one_is_told(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    before = await read(karin, await send_triaged(region, "gustav", set(), set()))
    assert "Innehållet följer med programmet. Ingen i regionen har godkänt det." in before
    release_id = await release(region, changed("halsont.yaml", "name: Halsont", "name: Ont i svalget"))
    await run(region, release_id)
    case_id = await sore_throat(region, "amina", "Jag har ont i halsen och det gör ont att svälja")
    page = await read(karin, case_id)
    assert "Protokoll linjen_exempel, version 0.2.0." in page
    assert re.search(r"Godkänt av Eva Rask, medicinskt ansvarig läkare, \d+ \w+ \d{4}\.", page)
    assert "Ont i svalget" in page
    await run(region, None)
    async with region.site.database.transaction() as db:
        await retire(db, region.actors.staff("eva", "ankaret"), release_id)
    assert "Versionen är sedan dess indragen." in await read(karin, case_id)
    assert "Ont i svalget" in await read(karin, case_id), "the case keeps the name that it was sorted under"
    for path in ("/clinic/ledger", f"/clinic/cases/{case_id}/visits"):
        assert "Ont i svalget" in (await karin.get(path)).text, path


async def test_what_was_read_in_english_is_told_to_staff(region: Region) -> None:
    case_id = await sore_throat(region, "gustav", "I have a sore throat and it hurts to swallow", language="en")
    page = await read(await region.staff("karin", "ankaret"), case_id)
    assert "Frågorna lästes på engelska. Här står de på svenska." in page
