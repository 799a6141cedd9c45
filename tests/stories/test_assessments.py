"""What interviews end in is counted: sent, self-care, 112, or left on the way; of a draft nothing but that it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from linjen.cases.intake.assessments import month_of, settle_self_care
from linjen.cases.intake.expiry import expire_drafts
from linjen.cases.intake.start import KEPT_DAYS
from linjen.core import clock
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))


async def begun(region: Region, reason: str = "halsont") -> Walk:
    """Gustav at the questions about a sore throat."""
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag har ont i halsen", unit=ANKARET)
    return await walk.send({"reasons": [reason]})


async def advised(region: Region) -> Walk:
    """Gustav at the self-care advice."""
    walk = await (await begun(region)).answer_all()
    assert walk.step == "self-care", walk.step
    return walk


async def left_drafts(region: Region) -> list[tuple[Any, ...]]:
    """What is counted of drafts, without unit and month."""
    rows = await region.site.database.fetch("select reason, ended, step, count from left_drafts order by 1, 2, 3")
    return [tuple(row) for row in rows]


async def all_at_once(region: Region, days: float) -> None:
    """Sweep so many days from now, with nothing but Gustav's own drafts in the region."""
    other = "delete from intakes where case_id in (select id from cases where opened_by <> $1 and phase <> 'sent')"
    await region.site.database.execute(other, region.actors.residents["gustav"])
    await region.site.database.execute("delete from intakes where case_id = $1", region.cases["emergency"])
    await expire_drafts(region.site.database, region.site.sealer, clock.now() + timedelta(days=days))


async def row_of(region: Region, case_id: str) -> dict[str, Any]:
    """What is kept of one case."""
    row = await region.site.database.fetch_row("select * from assessments where case_id = $1", UUID(case_id))
    assert row is not None
    return dict(row)


async def test_a_sent_case_keeps_level_reason_month_and_number_of_questions(region: Region) -> None:
    walk, answered = await begun(region), 0
    while walk.step.startswith("questions"):
        await walk.send(walk.filled(lambda code: "yes" if code == "ent.trismus" else "no"))
        answered += 1
    await walk.finish()
    assert walk.step == "receipt"
    found = await row_of(region, walk.case_id)
    level = await region.value("select urgency from cases where id = $1", UUID(walk.case_id))
    assert (found["outcome"], found["level"], found["reason"]) == ("sent", level, "halsont")
    assert (found["month"], str(found["unit_id"])) == (month_of(clock.now()), ANKARET)
    assert found["questions"] == answered


async def test_an_administrative_question_is_not_counted(region: Region) -> None:
    case = region.cases["admin"]
    assert await region.value("select count(*) from assessments where case_id = $1", case) == 0
    amina = await region.resident("amina")
    await (await Walk(region, amina).begin("admin")).open()
    await all_at_once(region, KEPT_DAYS + 1)
    assert await left_drafts(region) == []


async def test_a_draft_that_is_left_is_one_more_of_its_page_and_reason_and_nobodys(region: Region) -> None:
    await begun(region)
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.send({"unit": ANKARET})
    assert await left_drafts(region) == []
    await all_at_once(region, KEPT_DAYS + 1)
    assert await left_drafts(region) == [("", "left", "consent", 1), ("halsont", "left", "questions", 1)]
    kinds = await region.site.database.fetch(
        "select data_type from information_schema.columns where table_name = 'left_drafts'"
    )
    assert {row["data_type"] for row in kinds} == {"uuid", "date", "text", "integer"}
    assert await region.value("select count(*) from left_drafts where unit_id <> $1", UUID(ANKARET)) == 0
    await begun(region)
    await all_at_once(region, 2 * KEPT_DAYS + 2)
    assert ("halsont", "left", "questions", 2) in await left_drafts(region)


async def test_who_leaves_herself_is_counted_at_once(region: Region) -> None:
    walk = await begun(region)
    await walk.who.post(f"/cases/{walk.case_id}/withdrawals")
    assert await region.value("select phase from cases where id = $1", UUID(walk.case_id)) == "abandoned"
    assert await left_drafts(region) == [("halsont", "left", "questions", 1)]


async def test_112_is_an_end_of_its_own(region: Region) -> None:
    walk = await (await begun(region)).answer_all(lambda code: "yes" if code == "neuro.face_droop" else "no")
    assert walk.step == "emergency"
    await all_at_once(region, KEPT_DAYS + 1)
    assert [row[1:] for row in await left_drafts(region)] == [("emergency", "emergency", 1)]


async def test_followed_advice_is_settled_after_seven_days_without_a_new_case(region: Region) -> None:
    walk = await advised(region)
    await walk.send(path=f"/intakes/{walk.case_id}/self-care/follow")
    found = await row_of(region, walk.case_id)
    assert (found["outcome"], found["level"], found["came_back"]) == ("self_care", 5, None)
    database = region.site.database
    assert await settle_self_care(database, clock.now() + timedelta(days=6.9)) == 0
    assert await settle_self_care(database, clock.now() + timedelta(days=7.1)) == 1
    assert (await row_of(region, walk.case_id))["came_back"] is False
    assert await settle_self_care(database, clock.now() + timedelta(days=30)) == 0, "once is enough"


async def test_a_new_case_of_the_same_patient_within_seven_days_is_having_come_back(region: Region) -> None:
    for days, back in ((6, True), (8, False)):
        walk = await advised(region)
        await walk.send(path=f"/intakes/{walk.case_id}/self-care/follow")
        at = timedelta(days=days)
        closed = "update cases set closed_at = now() - $2::interval where id = $1"
        await region.site.database.execute(closed, UUID(walk.case_id), at)
        seed = "update cases set sent_at = now() where patient_id = $1 and phase = 'sent' and entry = 'symptom'"
        await region.site.database.execute(seed, region.actors.residents["gustav"])
        await settle_self_care(region.site.database, clock.now() + timedelta(days=2))
        assert (await row_of(region, walk.case_id))["came_back"] is back, days


async def test_advice_that_was_read_and_left_counts_too_with_or_without_a_new_case(region: Region) -> None:
    gustav = region.actors.residents["gustav"]
    earlier = "update cases set sent_at = now() - interval '3 days' where patient_id = $1 and phase = 'sent'"
    await region.site.database.execute(earlier, gustav)
    await advised(region)
    await all_at_once(region, KEPT_DAYS + 1)
    assert [row[1:] for row in await left_drafts(region)] == [("stayed", "self_care", 1)]
    await advised(region)
    later = "update cases set sent_at = now() + interval '3 days' where patient_id = $1 and phase = 'sent'"
    await region.site.database.execute(later, gustav)
    await all_at_once(region, KEPT_DAYS + 1)
    assert [row[1:] for row in await left_drafts(region)] == [
        ("came_back", "self_care", 1), ("stayed", "self_care", 1),
    ]  # fmt: skip


async def test_a_draft_that_can_no_longer_be_read_is_emptied_all_the_same(region: Region) -> None:
    walk = await begun(region)
    spoil = "update intakes set state_sealed = '\\x00' where case_id = $1"
    await region.site.database.execute(spoil, UUID(walk.case_id))
    await all_at_once(region, KEPT_DAYS + 1)
    assert await left_drafts(region) == [("", "left", "questions", 1)]
    assert await region.value("select phase from cases where id = $1", UUID(walk.case_id)) == "abandoned"
