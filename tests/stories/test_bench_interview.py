"""The bench of the interview: its residents are the same every time, and what it counts has been saved."""

from __future__ import annotations

import time

import asyncpg
import msgspec
import pytest

from linjen.bench.answerers import Answerer, Script, form_of, make_scripts, reset
from linjen.bench.chatters import TEXT
from linjen.bench.interviewees import interviewees, turns
from linjen.bench.triage_costs import measure_load
from linjen.cases.intake.start import Intake
from linjen.triage import Asked, Page, load
from linjen.triage.own_words.tripwire import find_red_flags
from tests.region import Region


def page(*codes: Asked, kind: str = "red_flags") -> Page:
    """A page with these questions."""
    return Page("p", kind, "Har du något av detta?", "", codes)  # type: ignore[arg-type]


def yes_no(code: str) -> Asked:
    """A yes/no question."""
    return Asked(code, "bool", "Har du det?")


def test_every_run_has_the_same_residents_and_answers() -> None:
    """Otherwise two runs could not be compared."""
    protocols = load()
    one, other = interviewees(protocols, 2), interviewees(protocols, 2)
    assert one == other
    assert {who.reason for who in one} == {"", *protocols.reasons}
    assert all(who.reason for who in interviewees(protocols, 1, picks=True))
    for who in one[::40]:
        assert list(turns(protocols, who)) == list(turns(protocols, who))


def test_a_list_is_sent_as_a_browser_sends_it() -> None:
    """Unticked boxes are left out; "inget av detta" is ticked when nothing else is."""
    ticks = page(yes_no("a"), yes_no("b"))
    assert form_of(ticks, {"a": True, "b": False}) == [("page", "p"), ("a", "yes")]
    assert form_of(ticks, {"a": None, "b": False}) == [("page", "p"), ("a.unknown", "1")]
    assert form_of(ticks, {"a": False, "b": False}) == [("page", "p"), ("none", "1")]
    quoted = page(yes_no("a"), yes_no("b"), kind="tripwire")
    assert form_of(quoted, {"a": None, "b": False}) == [("page", "p"), ("a", "unknown"), ("b", "no")]
    number = page(Asked("n", "number", "Hur hög feber?"))
    assert form_of(number, {"n": None}) == [("page", "p"), ("n.unknown", "1")]
    assert form_of(number, {"n": 38.5}) == [("page", "p"), ("n", "38.5")]
    stated = page(Asked("n", "number", "Hur hög feber?", stated=39.0), kind="tripwire")
    assert form_of(stated, {"n": 39.0}) == [("page", "p"), ("n", "stated")]
    assert form_of(stated, {"n": 38.5}) == [("page", "p"), ("n", "other"), ("n.number", "38.5")]
    assert form_of(stated, {"n": None}) == [("page", "p"), ("n", "unknown")]


def test_loading_is_measured_in_its_parts() -> None:
    """Protocols and lexicon, in seconds."""
    found = measure_load()
    assert found["reasons"] == len(load().reasons)
    assert found["load_s"] == pytest.approx(found["load_protocols_s"] + found["load_lexicon_s"])


def test_the_message_of_the_bench_sets_off_nothing() -> None:
    """Else the bare loops beside it would wait for the alarms that are written meanwhile."""
    assert find_red_flags(TEXT) == {}


async def scripts_of(region: Region, db: asyncpg.Connection[asyncpg.Record]) -> list[Script]:
    """Drafts of a few grown-ups with different contact reasons."""
    protocols = load()
    people = interviewees(protocols, 1, from_age=13, picks=True)[::20]
    return await make_scripts(db, region.site.sealer, protocols, people)


@pytest.mark.parametrize("see_pages", [False, True])
async def test_what_is_counted_is_saved_and_is_what_was_answered(region: Region, see_pages: bool) -> None:
    """Every form is taken, leads to the next page, and stands sealed in the draft with the answers of the script."""
    db = await asyncpg.connect(region.dsn)
    protocols, browser = load(), Answerer(region.url)
    await browser.connect()
    try:
        people = interviewees(protocols, 1, from_age=13, picks=True)[::20]
        for who, script in zip(people, await scripts_of(region, db), strict=True):
            taken = await browser.play(script, time.perf_counter() + 60, see_pages=see_pages)
            assert (
                taken
                == len(script.forms)
                == await db.fetchval("select version from intakes where case_id = $1", script.case_id)
            )
            sealed = await db.fetchval("select state_sealed from intakes where case_id = $1", script.case_id)
            intake = msgspec.json.decode(region.site.sealer.unseal("intake", sealed, script.case_id.bytes), type=Intake)
            wanted = {code: value for _, given in turns(protocols, who) for code, value in given.items()}
            assert intake.said == wanted
        assert browser.failures == 0
        assert len(browser.gets) == (len(browser.posts) if see_pages else 0)
    finally:
        browser.close()
        await db.close()


async def test_an_answer_that_is_not_taken_is_a_failure(region: Region) -> None:
    """A draft that was answered already is not answered again, and not counted, until it is set back."""
    db = await asyncpg.connect(region.dsn)
    browser = Answerer(region.url)
    await browser.connect()
    try:
        script = (await scripts_of(region, db))[0]
        until = time.perf_counter() + 60
        first = await browser.play(script, until, see_pages=False)
        assert first == len(script.forms) > 0
        assert await browser.play(script, until, see_pages=False) == 0
        assert browser.failures == 1
        await reset(db, [script])
        assert await browser.play(script, until, see_pages=False) == first
        assert browser.failures == 1
    finally:
        browser.close()
        await db.close()
