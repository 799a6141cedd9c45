"""In the evening: who takes a case after the staff has gone keeps it while she is there, and nobody's is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from linjen.cases.moves.after_hours import return_after_hours
from linjen.cases.moves.left_behind import return_unstaffed
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.test_ledger import owner_does

#: A Tuesday far ahead: the staff of Ankaret leaves at 16.30, Swedish winter time, and is there again the next morning.
_TAKEN = datetime(2037, 11, 24, 17, tzinfo=UTC)
_STATE = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_WHY = "select data->>'reason' from events where case_id = $1 and kind = 'returned'"
_IDLE_S = 900


async def _seen(region: Region, at: datetime, unit: str = "ankaret") -> None:
    """Karin's browser was used last at an instant, and Karin took the case when its unit was unstaffed."""
    await owner_does(
        region,
        f"update visits set claimed_at = '{_TAKEN.isoformat()}', queued_at = '{_TAKEN.isoformat()}'"
        f" where case_id = '{region.cases['held_by_karin']}'",
    )
    await owner_does(
        region,
        f"update sessions set seen_at = '{at.isoformat()}', expires_at = '{(at + timedelta(hours=9)).isoformat()}',"
        f" unit_id = '{id_of(f'unit/{unit}')}' where person_id = '{id_of('staff/karin')}' and ended_at is null",
    )


async def test_who_has_closed_her_browser_in_the_evening_keeps_the_case_no_longer_than_her_session(
    region: Region,
) -> None:
    case_id, database = region.cases["held_by_karin"], region.site.database
    await region.staff("karin", "ankaret")
    await _seen(region, _TAKEN)
    await return_unstaffed(database, _TAKEN + timedelta(minutes=25))
    await return_after_hours(database, _IDLE_S, _TAKEN + timedelta(minutes=14))
    assert await region.value(_STATE, case_id) == "in_progress"
    await return_after_hours(database, _IDLE_S, _TAKEN + timedelta(minutes=16))
    assert await region.value(_STATE, case_id) == "queued"
    assert await region.value(_WHY, case_id) == "after_hours"
    assert await return_after_hours(database, _IDLE_S, _TAKEN + timedelta(minutes=17)) == 0
    bo = await region.staff("bo", "ankaret")
    told = "Linjen lade tillbaka ärendet i kön: enheten är obemannad och den ansvariga är inte kvar i Linjen"
    assert told in (await bo.get(f"/clinic/cases/{case_id}")).text


async def test_who_really_works_in_the_evening_keeps_it_while_she_is_there(region: Region) -> None:
    case_id, database = region.cases["held_by_karin"], region.site.database
    await region.staff("karin", "ankaret")
    for hours in (1, 3):
        await _seen(region, _TAKEN + timedelta(hours=hours))
        await return_after_hours(database, _IDLE_S, _TAKEN + timedelta(hours=hours, minutes=5))
        assert await region.value(_STATE, case_id) == "in_progress"
    await owner_does(region, f"update sessions set ended_at = now() where person_id = '{id_of('staff/karin')}'")
    await return_after_hours(database, _IDLE_S, _TAKEN + timedelta(hours=3, minutes=5))
    assert await region.value(_STATE, case_id) == "queued", "signed out on the way home"


async def test_who_has_gone_on_to_another_unit_keeps_it_for_an_hour(region: Region) -> None:
    case_id, database = region.cases["held_by_karin"], region.site.database
    await region.staff("karin", "ankaret")
    await _seen(region, _TAKEN + timedelta(minutes=55), unit="bjorken")
    await return_after_hours(database, _IDLE_S, _TAKEN + timedelta(minutes=58))
    assert await region.value(_STATE, case_id) == "in_progress"
    await return_after_hours(database, _IDLE_S, _TAKEN + timedelta(minutes=61))
    assert await region.value(_STATE, case_id) == "queued"


async def test_what_is_held_in_the_day_is_not_a_matter_of_sessions(region: Region) -> None:
    case_id, database = region.cases["held_by_karin"], region.site.database
    await _seen(region, _TAKEN)
    await return_after_hours(database, _IDLE_S, _TAKEN + timedelta(hours=17))  # ten in the morning
    assert await region.value(_STATE, case_id) == "in_progress"
