"""Överlämningar: the unit's rules for the line to the receiver and for how long a case waits for one colleague."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from linjen.cases.moves.untaken import requeue_untaken
from linjen.demo.cases import SeedCase
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_handover import pass_on, to
from tests.stories.test_ledger import owner_does

_UNIT = f"/manage/units/{id_of('unit/ankaret')}"
_PATH = f"{_UNIT}/handovers"
_RULES = "select handover_note || ' ' || handover_minutes from units where id = $1"
_QUEUE = """select v.for_role || '/' || coalesce(s.given_name, '') from cases c join visits v on v.id = c.visit_id
left join staff s on s.id = v.for_staff_id where c.id = $1"""
_EVENTS = "select count(*) from events where case_id = $1 and kind = 'requeued'"
_SINCE = "select v.queued_at from cases c join visits v on v.id = c.visit_id where c.id = $1"


async def decide(person: Person, note: str, minutes: object, was: tuple[str, object] = ("no", 60)) -> int:
    """Send the form; its status."""
    fields = {"note": note, "minutes": minutes, "was_note": was[0], "was_minutes": was[1]}
    return (await person.decide(_PATH, fields)).status_code


async def _handed_at(region: Region, case_id: UUID, at: datetime) -> None:
    await owner_does(region, f"update handovers set at = '{at.isoformat()}' where case_id = '{case_id}'")


async def test_the_administrator_decides_and_a_line_is_asked_for(region: Region) -> None:
    disa, karin = await region.staff("disa"), await region.staff("karin", "ankaret")
    case_id = region.cases["held_by_karin"]
    assert f'href="{_PATH}"' in (await disa.get(_UNIT)).text
    assert 'value="60"' in (await disa.get(_PATH)).text
    assert await decide(disa, "yes", 20) == 303
    assert await region.value(_RULES, id_of("unit/ankaret")) == "true 20"
    assert "Reglerna är sparade." in (await disa.get(f"{_PATH}?done=1")).text
    assert "Enheten vill att raden fylls i" in (await karin.get(f"/clinic/cases/{case_id}/handovers")).text
    refused = await pass_on(karin, case_id, to("physician"), tell="Hej då")
    assert refused.status_code == 422
    assert "Skriv en rad till den som tar över" in refused.text
    assert "Hej då" in refused.text, "what was typed stands"
    assert await region.value("select count(*) from handovers where case_id = $1", case_id) == 0
    assert (await pass_on(karin, case_id, to("physician"), note="Läs svaren")).status_code == 303


async def test_nobody_else_decides_and_a_stale_form_is_told(region: Region) -> None:
    for key in ("karin", "pelle", "maja", "gunvor", "eva", "lena"):
        person = await region.staff(key)
        assert (await person.get(_PATH)).status_code == 404, key
        assert await decide(person, "yes", 9) == 404, key
    disa = await region.staff("disa")
    for minutes in ("", "481", "-1", "två"):
        assert await decide(disa, "no", minutes) == 422
    answers = await asyncio.gather(*(decide(disa, "no", minutes) for minutes in (5, 6, 7)))
    assert sorted(answers) == [303, 409, 409]
    assert "Någon annan ändrade reglerna" in (await disa.post(_PATH, {"note": "yes", "minutes": "9"})).text
    await owner_does(region, "alter table access_log add constraint n check (verb <> 'set_handover_rules') not valid")
    kept = await region.value(_RULES, id_of("unit/ankaret"))
    assert await decide(disa, "yes", 8, ("no", str(kept).split()[1])) == 500
    assert await region.value(_RULES, id_of("unit/ankaret")) == kept


async def test_what_a_colleague_does_not_take_waits_for_her_role_after_staffed_minutes(region: Region) -> None:
    case_id, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    await pass_on(karin, case_id, to("nurse", "bo"))
    since = await region.value(_SINCE, case_id)
    monday = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    await _handed_at(region, case_id, monday)
    database = region.site.database
    assert await requeue_untaken(database, monday + timedelta(minutes=59)) == 0
    assert await region.value(_QUEUE, case_id) == "nurse/Bo"
    async with karin.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        assert await requeue_untaken(database, monday + timedelta(minutes=60)) == 1
        await ear.wait_for("row", str(case_id))
    assert await region.value(_QUEUE, case_id) == "nurse/"
    assert await region.value(_SINCE, case_id) == since, "it keeps its place"
    assert await requeue_untaken(database, monday + timedelta(minutes=90)) == 0
    told = "eftersom kollegan som det lämnades till inte hade tagit emot det i tid"
    assert told in (await karin.get(f"/clinic/cases/{case_id}")).text
    gustav = await region.resident("gustav")
    assert "i tid" not in (await gustav.get(f"/cases/{case_id}")).text.split("<main")[1].split("</main")[0]


async def test_nights_do_not_count_nor_what_she_took_nor_a_unit_that_waits_for_her(region: Region) -> None:
    case_id, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    await pass_on(karin, case_id, to("nurse", "bo"))
    database, evening = region.site.database, datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
    await _handed_at(region, case_id, evening)
    assert await requeue_untaken(database, evening + timedelta(hours=6)) == 0, "nobody works at night"
    assert await requeue_untaken(database, evening + timedelta(hours=14)) == 1
    await owner_does(region, f"update visits set for_staff_id = '{id_of('staff/bo')}' where case_id = '{case_id}'")
    disa = await region.staff("disa")
    assert await decide(disa, "no", 0) == 303
    assert await requeue_untaken(database, evening + timedelta(days=3)) == 0
    assert await decide(disa, "no", 60, ("no", 0)) == 303
    bo = await region.staff("bo", "ankaret")
    assert (await bo.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    assert (await bo.post(f"/clinic/cases/{case_id}/releases")).status_code == 303
    assert await requeue_untaken(database, evening + timedelta(days=3)) == 0, "he took it in time"


async def test_with_the_claim_one_wins_and_without_its_event_it_stays(region: Region) -> None:
    case_id, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    await pass_on(karin, case_id, to("nurse", "bo"))
    monday, database = datetime(2026, 11, 30, 10, 0, tzinfo=UTC), region.site.database
    await _handed_at(region, case_id, monday)
    await owner_does(region, "alter table events add constraint n check (kind <> 'requeued') not valid")
    with pytest.raises(Exception, match="violates check"):
        await requeue_untaken(database, monday + timedelta(hours=2))
    assert await region.value(_QUEUE, case_id) == "nurse/Bo"
    await owner_does(region, "alter table events drop constraint n")
    bo = await region.staff("bo", "ankaret")
    answer, moved = await asyncio.gather(
        bo.post(f"/clinic/cases/{case_id}/claims"), requeue_untaken(database, monday + timedelta(hours=2))
    )
    assert answer.status_code == 303
    state = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
    assert await region.value(state, case_id) == "in_progress"
    assert await region.value(_EVENTS, case_id) == moved


async def test_the_phrase_names_the_receiver_the_hours_and_a_child(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    page = (await karin.get(f"/clinic/cases/{case_id}/handovers")).text
    assert "Jag lämnar över ditt ärende till en kollega. Samtalet fortsätter här i chatten" in page
    assert "till en läkare på Hälsocentralen Ankaret." in page
    assert "till Bo Hellström, sjuksköterska på Hälsocentralen Ankaret." in page
    assert "till en fysioterapeut på Rehabenheten Exempel. Där finns personal" in page
    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    childs = await seed.draft("astrid", "symptom", "elsa", "ankaret", "Elsa har ont i halsen")
    await seed.send("astrid", childs, 3, "halsont", 0)
    assert (await karin.post(f"/clinic/cases/{childs}/claims")).status_code == 303
    page = (await karin.get(f"/clinic/cases/{childs}/handovers")).text
    assert "Jag lämnar över ärendet om Elsa till en kollega." in page
    assert "ditt ärende" not in page.split("<main")[1].split("</main")[0]
