"""What waits for who is not there goes to somebody who is, with a trace, and keeps its place."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from linjen import rounds
from linjen.cases.moves.left_behind import return_from_gone
from linjen.cases.moves.nobody_there import requeue_unserved
from linjen.demo.world import id_of
from tests.region import Region, ids_in
from tests.stories.test_handover import pass_on, to
from tests.stories.test_ledger import owner_does, send_new
from tests.stories.test_left_behind import ends, works_as

_QUEUE = """select v.for_role || '/' || coalesce(s.given_name, '') from cases c join visits v on v.id = c.visit_id
left join staff s on s.id = v.for_staff_id where c.id = $1"""
_EVENTS = "select count(*) from events where case_id = $1 and kind = 'requeued'"
_SINCE = "select v.queued_at from cases c join visits v on v.id = c.visit_id where c.id = $1"


async def _in_own_queue(region: Region, key: str, case_id: UUID, unit: str = "ankaret") -> bool:
    page = await (await region.staff(key, unit)).get("/clinic/ledger")
    assert page.status_code == 200
    return str(case_id) in ids_in(page.text)


async def test_what_was_handed_to_somebody_who_has_left_is_her_roles(region: Region) -> None:
    case_id, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    await pass_on(karin, case_id, to("nurse", "bo"))
    since = await region.value(_SINCE, case_id)
    assert await requeue_unserved(region.site.database) == 0
    await owner_does(region, f"update staff set active = false where id = '{id_of('staff/bo')}'")
    async with karin.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        assert await requeue_unserved(region.site.database) == 1
        await ear.wait_for("row", str(case_id))
    assert await region.value(_QUEUE, case_id) == "nurse/"
    assert await region.value(_SINCE, case_id) == since
    assert await requeue_unserved(region.site.database) == 0
    told = "eftersom kollegan som det lämnades till inte arbetar med det längre"
    assert told in (await karin.get(f"/clinic/cases/{case_id}")).text
    gustav = await region.resident("gustav")
    assert "väntar på någon annan i kön" not in (await gustav.get(f"/cases/{case_id}")).text


async def test_it_follows_within_half_a_minute(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    await pass_on(karin, case_id, to("nurse", "bo"))
    await ends(region, "bo", "nurse")
    monkeypatch.setattr(rounds, "_WATCH_S", 0.05)
    watching = asyncio.create_task(rounds._watch(region.site))
    async with asyncio.timeout(20):
        while await region.value(_QUEUE, case_id) != "nurse/":  # noqa: ASYNC110 - rows tell no one
            await asyncio.sleep(0.05)
    watching.cancel()


async def test_the_queue_of_a_role_that_nobody_has_any_more_falls_to_the_nurses(region: Region) -> None:
    case_id, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    await pass_on(karin, case_id, to("physician"))
    assert not await _in_own_queue(region, "bo", case_id)
    assert await requeue_unserved(region.site.database) == 0
    await ends(region, "sara", "physician")
    assert await requeue_unserved(region.site.database) == 1
    assert await region.value(_QUEUE, case_id) == "nurse/"
    assert await _in_own_queue(region, "bo", case_id)
    told = "eftersom ingen på enheten arbetar med kön som det väntade i"
    assert told in (await karin.get(f"/clinic/cases/{case_id}")).text


async def test_where_no_nurse_is_left_it_falls_to_who_works_with_such_a_case(region: Region) -> None:
    symptom, admin = region.cases["held_by_karin"], await send_new(region, "olle", "ankaret")
    await owner_does(region, f"update cases set entry = 'admin' where id = '{admin}'")
    for key in ("karin", "bo", "petra"):
        await ends(region, key, "nurse")
    assert await return_from_gone(region.site.database) > 0
    await requeue_unserved(region.site.database)
    assert await region.value(_QUEUE, symptom) == "physician/", "never the secretaries'"
    assert await region.value(_QUEUE, admin) == "medical_secretary/"
    assert await _in_own_queue(region, "sara", symptom)
    assert await _in_own_queue(region, "mona", admin)
    for key, role in (("sara", "physician"), ("mona", "medical_secretary")):
        await ends(region, key, role)
    assert await requeue_unserved(region.site.database) == 0, "nobody is there: it stays"
    await works_as(region, "bo", "counsellor")
    assert await requeue_unserved(region.site.database) > 0, "until somebody comes"
    assert await _in_own_queue(region, "bo", symptom)


async def test_what_a_unit_has_decided_of_its_queues_counts(region: Region) -> None:
    case_id, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    await pass_on(karin, case_id, to("physician"))
    await owner_does(
        region,
        f"insert into unit_queues (unit_id, role, queue) values ('{id_of('unit/ankaret')}', 'counsellor', 'physician')",
    )
    await works_as(region, "bo", "counsellor")
    await ends(region, "sara", "physician")
    assert await requeue_unserved(region.site.database) == 0, "the counsellors work with it here"


async def test_it_locks_nothing_while_everything_is_before_somebody(region: Region) -> None:
    async with region.site.database.transaction() as db:
        await db.execute("select 1 from cases for update")
        async with asyncio.timeout(5):
            assert await requeue_unserved(region.site.database) == 0
            assert await return_from_gone(region.site.database) == 0


async def test_two_nodes_move_it_once_and_without_its_event_nothing_is_moved(region: Region) -> None:
    case_id, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    await pass_on(karin, case_id, to("physician"))
    await ends(region, "sara", "physician")
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'requeued') not valid")
    with pytest.raises(Exception, match="no_more"):
        await requeue_unserved(region.site.database)
    assert await region.value(_QUEUE, case_id) == "physician/"
    await owner_does(region, "alter table events drop constraint no_more")
    moved = await asyncio.gather(*(requeue_unserved(region.site.database) for _ in range(4)))
    assert sum(moved) == 1
    assert await region.value(_EVENTS, case_id) == 1
