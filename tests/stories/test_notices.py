"""Aviseringar: quiet hours, notices of a single case, and a number that has stopped working."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

import pytest

from linjen.core import clock
from linjen.core.errors import Refused
from linjen.core.ids import new_id
from linjen.integrations.sms import Uncertain
from tests.region import Person, Region
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does


@pytest.fixture
async def sms(region: Region) -> Sms:
    return await Sms(region).begin()


async def set_quiet(sms: Sms, from_hour: int, until_hour: int) -> None:
    """Everybody's quiet hours."""
    await sms.region.site.database.execute(
        "update residents set quiet_from = $1, quiet_until = $2", from_hour, until_hour
    )


async def claimed(sms: Sms, case: str = "waiting", *, level: int = 3) -> tuple[Person, UUID]:
    """Karin with a case of a level that was sent hours ago."""
    case_id = sms.region.cases[case]
    await sent_ago(sms, case_id, "5 hours")
    await sms.region.site.database.execute("update cases set urgency = $2 where id = $1", case_id, level)
    await sms.region.site.database.execute("update visits set priority = $2 where case_id = $1", case_id, level)
    karin = await sms.region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    return karin, case_id


async def sent_ago(sms: Sms, case_id: UUID, interval: str) -> None:
    """What she has written in the case, she wrote so long ago."""
    await owner_does(sms.region, f"update cases set sent_at = now() - interval '{interval}' where id = '{case_id}'")
    await owner_does(
        sms.region, f"update messages set sent_at = now() - interval '{interval}' where case_id = '{case_id}'"
    )


def hour() -> int:
    """The hour on a Swedish clock now."""
    return clock.local(clock.now()).hour


async def test_in_quiet_hours_it_waits_until_they_end_and_then_goes_once(sms: Sms) -> None:
    await set_quiet(sms, hour(), (hour() + 2) % 24)
    _, case_id = await claimed(sms)
    assert await sms.go_on() == []
    assert await sms.states(case_id) == [("your_turn", "waiting", "quiet")]
    next_at = await sms.region.value("select next_at from sms where case_id = $1", case_id)
    assert isinstance(next_at, datetime)
    assert clock.local(next_at).hour == (hour() + 2) % 24
    assert clock.local(next_at).minute == 0
    await set_quiet(sms, (hour() + 2) % 24, (hour() + 3) % 24)
    assert len(await sms.go_on()) == 1
    assert await sms.go_on() == []


async def test_what_was_read_in_the_quiet_is_not_told_afterwards(sms: Sms) -> None:
    await set_quiet(sms, hour(), (hour() + 2) % 24)
    karin, case_id = await claimed(sms)
    await karin.say(case_id, "Hej")
    assert await sms.go_on() == []
    await sms.region.site.database.execute("update cases set resident_unread = 0 where id = $1", case_id)
    await sms.region.site.database.execute(
        "insert into reading_marks (case_id, party, read_seq, read_at) values ($1, 'resident', 99, now())"
        " on conflict (case_id, party) do update set read_at = now()", case_id,
    )  # fmt: skip
    await set_quiet(sms, 0, 0)
    assert await sms.go_on() == []
    assert [state for _, state, _ in await sms.states(case_id)] == ["dropped", "dropped"]


@pytest.mark.parametrize(("level", "goes"), [(1, True), (2, True), (3, False), (5, False)])
async def test_an_urgent_case_is_told_at_any_hour(sms: Sms, level: int, goes: bool) -> None:
    await set_quiet(sms, hour(), (hour() + 2) % 24)
    await claimed(sms, level=level)
    assert (len(await sms.go_on()) == 1) is goes


async def test_who_has_just_written_is_awake_and_told(sms: Sms) -> None:
    await set_quiet(sms, hour(), (hour() + 2) % 24)
    karin, case_id = await claimed(sms)
    await sms.region.site.database.execute(
        "update cases set sent_at = now() - interval '20 minutes' where id = $1", case_id
    )
    assert len(await sms.go_on()) == 1
    await sms.region.site.database.execute(
        "update cases set sent_at = now() - interval '2 hours' where id = $1", case_id
    )
    await karin.say(case_id, "Hej")
    assert await sms.go_on() == []


async def test_her_quiet_hours_are_21_to_7_until_she_chooses_others(region: Region) -> None:
    region.site.sms = Sms(region).phones
    astrid = await region.resident("astrid")
    page = (await astrid.get("/profile/notices")).text
    assert '<option value="21" selected>Kl. 21.00' in page
    assert '<option value="7" selected>Kl. 07.00' in page
    answer = await astrid.post("/profile/notices/quiet", {"quiet": "yes", "quiet_from": "22", "quiet_until": "6"})
    assert answer.status_code == 303
    assert "Din tysta tid är sparad" in (await astrid.get(answer.headers["location"])).text
    found = await region.value("select (quiet_from, quiet_until)::text from residents where id = $1",
                               region.actors.residents["astrid"])  # fmt: skip
    assert found == "(22,6)"
    await astrid.post("/profile/notices/quiet", {"quiet": "no", "quiet_from": "22", "quiet_until": "6"})
    assert 'value="no" checked' in (await astrid.get("/profile/notices")).text


@pytest.mark.parametrize(("begin", "end"), [("24", "7"), ("-1", "7"), ("", "7"), ("x", "7"), ("²", "7"), ("7", "99")])
async def test_an_hour_that_no_clock_has_is_refused(region: Region, begin: str, end: str) -> None:
    astrid = await region.resident("astrid")
    answer = await astrid.post("/profile/notices/quiet", {"quiet": "yes", "quiet_from": begin, "quiet_until": end})
    assert answer.status_code == 422


async def mute(person: Person, case_id: UUID, notices: str = "off") -> int:
    """Press the switch of a case; the status."""
    return (await person.post(f"/cases/{case_id}/notices", {"notices": notices})).status_code


async def party(sms: Sms, case: str = "waiting") -> Person:
    """The patient of a seeded case, signed in."""
    patient_id = await sms.region.value("select patient_id from cases where id = $1", sms.region.cases[case])
    return await sms.region.resident(next(k for k, one in sms.region.actors.residents.items() if one == patient_id))


async def test_a_case_that_she_has_muted_tells_nothing_and_staff_see_that_she_has(sms: Sms) -> None:
    astrid, (karin, case_id) = await party(sms), await claimed(sms)
    page = (await astrid.get(f"/cases/{case_id}")).text
    assert "Stäng av för det här ärendet" in page
    assert await mute(astrid, case_id) == 303
    assert "Avisera mig om det här ärendet" in (await astrid.get(f"/cases/{case_id}")).text
    await karin.say(case_id, "Hej")
    assert await sms.go_on() == []
    assert {(state, reason) for _, state, reason in await sms.states(case_id)} == {("dropped", "muted")}
    assert "stängde av aviseringar om ärendet" in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert await mute(astrid, case_id, "on") == 303
    await karin.say(case_id, "Hej igen")
    await sms.region.site.database.execute("update cases set resident_unread = 1 where id = $1", case_id)
    await sms.region.site.database.execute(
        "insert into reading_marks (case_id, party, read_seq) values ($1, 'resident', 7)"
        " on conflict (case_id, party) do update set read_seq = 7", case_id,
    )  # fmt: skip
    await karin.say(case_id, "Hej en gång till")
    assert len(await sms.go_on()) == 1


@pytest.mark.parametrize(("level", "is_work"), [(2, True), (4, False)])
async def test_of_an_urgent_case_that_is_muted_staff_have_the_work(sms: Sms, level: int, is_work: bool) -> None:
    astrid, (karin, case_id) = await party(sms), await claimed(sms, level=level)
    await mute(astrid, case_id)
    await karin.say(case_id, "Hej")
    await sms.go_on()
    page = (await karin.get("/clinic/sms")).text
    assert ("Patienten har stängt av aviseringar om ärendet." in page) is is_work


async def remind(karin: Person, case_id: UUID) -> int:
    """Ask for a reminder in fixed words; the status."""
    form = (await karin.get(f"/clinic/cases/{case_id}/reminders")).text
    reminder = form.partition('name="reminder_id" value="')[2].partition('"')[0] or str(new_id())
    return (
        await karin.post(f"/clinic/cases/{case_id}/reminders", {"reminder_id": reminder, "what": "fixed"})
    ).status_code


async def test_a_reminder_that_she_mutes_before_it_leaves_is_work_for_who_asked_for_it(sms: Sms) -> None:
    astrid, (karin, case_id) = await party(sms), await claimed(sms, level=4)
    assert await remind(karin, case_id) == 303
    await mute(astrid, case_id)
    assert await sms.go_on() == []
    assert "Patienten har stängt av aviseringar om ärendet." in (await karin.get("/clinic/sms")).text
    sms_id = await sms.region.value("select id from sms where kind = 'reminder'")
    answer = await karin.post(f"/clinic/cases/{case_id}/sms/{sms_id}/settlings", {"how": "again"})
    assert answer.status_code == 409, "it would only come back"
    assert "Patienten har stängt av aviseringar om ärendet" in answer.text


async def test_of_a_muted_case_no_reminder_is_offered(sms: Sms) -> None:
    astrid, (karin, case_id) = await party(sms), await claimed(sms, level=4)
    await mute(astrid, case_id)
    assert "stängt av aviseringar om ärendet" in (await karin.get(f"/clinic/cases/{case_id}/reminders")).text
    assert await remind(karin, case_id) == 409


async def test_who_reminds_in_quiet_hours_reads_until_when(sms: Sms) -> None:
    await set_quiet(sms, hour(), (hour() + 2) % 24)
    karin, case_id = await claimed(sms, level=4)
    assert "Invånaren har tyst tid till" in (await karin.get(f"/clinic/cases/{case_id}/reminders")).text
    await set_quiet(sms, 0, 0)
    assert "Invånaren har tyst tid" not in (await karin.get(f"/clinic/cases/{case_id}/reminders")).text


async def test_who_can_be_told_nowhere_is_told_so_where_the_switch_would_stand(sms: Sms) -> None:
    astrid, (_, case_id) = await party(sms), await claimed(sms)
    await sms.region.site.database.execute("update residents set phone = null")
    page = (await astrid.get(f"/cases/{case_id}")).text
    assert "Du får ingen avisering än" in page
    assert "Stäng av för det här ärendet" not in page
    await sms.region.site.database.execute("update residents set protected = 'yes'")
    assert "Aviseringar om ärendet" not in (await astrid.get(f"/cases/{case_id}")).text


async def test_pressed_twice_at_once_it_is_one_change(sms: Sms) -> None:
    astrid, (_, case_id) = await party(sms), await claimed(sms)
    assert await asyncio.gather(*(mute(astrid, case_id) for _ in range(4))) == [303] * 4
    assert await sms.region.value("select count(*) from events where kind = 'notices_muted'") == 1
    assert await sms.region.value("select count(*) from muted_cases") == 1


async def test_nobody_elses_case_and_none_that_is_closed(sms: Sms) -> None:
    gustav, (_, case_id) = await sms.region.resident("gustav"), await claimed(sms)
    assert await mute(gustav, case_id) == 404
    astrid = await party(sms)
    assert await mute(astrid, case_id, "maybe") == 422
    closed = await party(sms, "closed")
    assert await mute(closed, sms.region.cases["closed"]) == 409
    assert await sms.region.value("select count(*) from muted_cases") == 0


@pytest.mark.parametrize("kind", ["notices_muted", "notices_wanted"])
async def test_without_its_event_nothing_has_changed(sms: Sms, kind: str) -> None:
    astrid, (_, case_id) = await party(sms), await claimed(sms)
    if kind == "notices_wanted":
        await mute(astrid, case_id)
    before = await sms.region.value("select count(*) from muted_cases")
    await owner_does(sms.region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    assert await mute(astrid, case_id, "on" if kind == "notices_wanted" else "off") == 500
    assert await sms.region.value("select count(*) from muted_cases") == before


async def fail(sms: Sms, karin: Person, case_id: UUID, times: int) -> None:
    """So many SMS that the operator refuses."""
    for number in range(times):
        await karin.say(case_id, f"Hej {number}")
        await sms.region.site.database.execute(
            "insert into reading_marks (case_id, party, read_seq) values ($1, 'resident', $2)"
            " on conflict (case_id, party) do update set read_seq = $2", case_id, number + 1,
        )  # fmt: skip
        sms.phones.next = [Refused("gateway_refused")]
        await sms.go_on()


async def test_a_number_that_keeps_failing_is_told_her_and_staff_until_it_is_another(sms: Sms) -> None:
    astrid, (karin, case_id) = await party(sms), await claimed(sms)
    sms.phones.next = [Refused("gateway_refused")]
    await sms.go_on()
    assert "tar inte emot våra sms" not in (await astrid.get("/profile/notices")).text, "one alone may be chance"
    await fail(sms, karin, case_id, 1)
    assert "Numret tar inte emot våra sms" in (await astrid.get("/profile/notices")).text
    assert "De senaste sms:en kom inte fram" in (await astrid.get("/home")).text
    assert "Numret har slutat fungera" in (await karin.get("/clinic/sms")).text
    await astrid.post("/profile/notices/phone", {"phone": "070-174 06 08"})
    assert "tar inte emot våra sms" not in (await astrid.get("/profile/notices")).text
    assert "Numret har slutat fungera" not in (await karin.get("/clinic/sms")).text


async def test_a_doubt_is_no_failure_and_one_that_arrives_ends_it(sms: Sms) -> None:
    astrid, (karin, case_id) = await party(sms), await claimed(sms)
    sms.phones.next = [Uncertain("gateway_cut")]
    await sms.go_on()
    await fail(sms, karin, case_id, 1)
    assert "tar inte emot våra sms" not in (await astrid.get("/profile/notices")).text
    await fail(sms, karin, case_id, 2)
    assert "tar inte emot våra sms" in (await astrid.get("/profile/notices")).text
    await sms.region.site.database.execute(
        "update sms set state = 'delivered', changed_at = now() where id = (select max(id::text)::uuid from sms)"
    )
    assert "tar inte emot våra sms" not in (await astrid.get("/profile/notices")).text
