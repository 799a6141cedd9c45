"""Tysta ärenden: 24 real hours without an answer, the holder's three ways on, and never closed by itself."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from linjen.cases.moves.inactivity import flag_silent, watch_silence
from linjen.cases.moves.left_behind import return_unstaffed
from linjen.core import clock
from linjen.core.dispatcher import Dispatcher
from tests.region import Person, Region
from tests.stories.sms_world import OVER

#: Something that the reader listens to and has not read.
_LEFT = """
select exists (select from events e join event_cursors k on k.name = 'silence' where (e.txid, e.id) > (k.txid, k.id)
               and e.kind in ('message_sent', 'action_confirmed', 'closed', 'withdrawn'))
"""


class Silences:
    """A region whose silence is counted by hand."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.reader = Dispatcher(region.site.database, "silence")
        watch_silence(self.reader)

    async def react(self) -> None:
        """Read all events; the program's own reader may be at it, too."""
        async with asyncio.timeout(30):
            while not await self.region.value(OVER):  # noqa: ASYNC110 - rows tell no one
                await asyncio.sleep(0.01)
            await self.reader.step()
            while await self.region.value(_LEFT):
                await self.reader.step()
                await asyncio.sleep(0.01)

    async def flag(self, hours: float) -> int:
        """The sweep, so many hours from now."""
        await self.react()
        return await flag_silent(self.region.site.database, clock.now() + timedelta(hours=hours))

    async def due_at(self, case_id: UUID) -> datetime:
        """When the case is to be asked about."""
        found = await self.region.value("select due_at from silences where case_id = $1", case_id)
        assert isinstance(found, datetime)
        return found


@pytest.fixture
async def silences(region: Region) -> Silences:
    one = Silences(region)
    await one.react()
    await region.site.database.execute("delete from silences")
    return one


async def written(silences: Silences) -> tuple[Person, Person, UUID]:
    """Karin has taken Astrid's case and written."""
    karin, astrid = await silences.region.staff("karin", "ankaret"), await silences.region.resident("astrid")
    case_id = silences.region.cases["waiting"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    await karin.say(case_id, "Hur är det i dag?")
    await silences.react()
    return karin, astrid, case_id


async def test_after_24_hours_the_holder_is_asked_and_nothing_is_closed(silences: Silences) -> None:
    karin, _, case_id = await written(silences)
    assert await silences.flag(23.9) == 0
    assert "Tysta ärenden" not in (await karin.get("/clinic/ledger")).text
    async with karin.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        assert await silences.flag(24.1) == 1
        await ear.wait_for("fell_silent")
    assert await silences.flag(100) == 0, "asked once"
    assert 'Tysta ärenden <span class="lj-count">1<' in (await karin.get("/clinic/ledger")).text
    page = (await karin.get("/clinic/silent")).text
    assert "Astrid Nyberg" in page
    for way in ("keepings", "closings"):
        assert f"/clinic/cases/{case_id}/{way}" in page
    case = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Inget svar på 24 timmar" in case
    assert "Patienten har inte svarat på 24 timmar" in case
    assert await silences.region.value("select state from visits where case_id = $1", case_id) == "in_progress"


async def test_an_answer_ends_the_silence_and_one_that_races_the_sweep_wins(silences: Silences) -> None:
    karin, astrid, case_id = await written(silences)
    await astrid.say(case_id, "Bättre!")
    await silences.region.site.database.execute(
        "insert into silences (case_id, since_seq, since_at, due_at) values ($1, 1, now(), now())"
        " on conflict (case_id) do update set due_at = now()", case_id,
    )  # fmt: skip
    assert await flag_silent(silences.region.site.database, clock.now()) == 0
    await silences.react()
    assert "tyst" not in (await karin.get("/clinic/ledger")).text.lower().partition("<main")[2]


async def test_an_answer_after_the_flag_takes_the_case_off_the_list_at_once(silences: Silences) -> None:
    karin, astrid, case_id = await written(silences)
    assert await silences.flag(25) == 1
    await astrid.say(case_id, "Här är jag")
    assert "Inget av dina ärenden är tyst" in (await karin.get("/clinic/silent")).text
    assert "Inget svar på 24 timmar" not in (await karin.get(f"/clinic/cases/{case_id}")).text.partition("Händelser")[0]


async def test_who_wrote_last_in_a_round_decides_in_whichever_order_it_is_read(silences: Silences) -> None:
    karin, astrid, case_id = await written(silences)
    await astrid.say(case_id, "Bättre")
    await karin.say(case_id, "Bra. Hör av dig i morgon.")
    await silences.react()
    assert await silences.region.value("select count(*) from silences where case_id = $1", case_id) == 1
    await astrid.say(case_id, "Det gör jag")
    await silences.react()
    assert await silences.region.value("select count(*) from silences where case_id = $1", case_id) == 0


async def test_a_case_that_is_closed_is_asked_about_no_more(silences: Silences) -> None:
    karin, _, case_id = await written(silences)
    await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})
    assert await silences.flag(48) == 0
    assert await silences.region.value("select count(*) from silences where case_id = $1", case_id) == 0


async def test_the_sweep_of_several_nodes_flags_once(silences: Silences) -> None:
    _, _, case_id = await written(silences)
    at = clock.now() + timedelta(hours=25)
    done = await asyncio.gather(*(flag_silent(silences.region.site.database, at) for _ in range(6)))
    assert sum(done) == 1
    told = "select count(*) from events where case_id = $1 and kind = 'fell_silent'"
    assert await silences.region.value(told, case_id) == 1


async def test_the_list_is_the_holder_s_own_and_logged(silences: Silences) -> None:
    _, _, case_id = await written(silences)
    await silences.flag(25)
    bo, mona = await silences.region.staff("bo", "ankaret"), await silences.region.staff("maja", "ankaret")
    assert "Astrid" not in (await bo.get("/clinic/silent")).text
    assert (await mona.get("/clinic/silent")).status_code == 404
    karin = await silences.region.staff("karin", "ankaret")
    await karin.get("/clinic/silent")
    logged = await silences.region.value("select shown from access_log where verb = 'silent' order by id desc limit 1")
    assert logged == [case_id]


# -- keep --------------------------------------------------------------------------------------------------------------


async def keep(person: Person, case_id: UUID, until: str) -> tuple[int, str]:
    """Send the form; status and page."""
    answer = await person.post(f"/clinic/cases/{case_id}/keepings", {"until": until})
    return answer.status_code, answer.text


async def test_kept_until_a_day_it_is_asked_about_again_then(silences: Silences) -> None:
    karin, _, case_id = await written(silences)
    await silences.flag(25)
    until = clock.local_date(clock.now()) + timedelta(days=10)
    assert (await keep(karin, case_id, until.isoformat()))[0] == 303
    assert "Inget av dina ärenden är tyst" in (await karin.get("/clinic/silent")).text
    assert clock.local(await silences.due_at(case_id)).date() == until
    assert clock.local(await silences.due_at(case_id)).hour == 0
    assert "behåller ärendet öppet till" in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert await silences.flag(24 * 8) == 0
    assert await silences.flag(24 * 12) == 1


@pytest.mark.parametrize("days", [-1, 0, 61, None])
async def test_only_a_day_ahead(silences: Silences, days: int | None) -> None:
    karin, _, case_id = await written(silences)
    until = "i morgon" if days is None else (clock.local_date(clock.now()) + timedelta(days=days)).isoformat()
    status, page = await keep(karin, case_id, until)
    assert status == 422
    assert "från i morgon till om 60 dagar" in page


async def test_kept_by_the_holder_alone_and_only_while_it_is_silent(silences: Silences) -> None:
    karin, astrid, case_id = await written(silences)
    bo = await silences.region.staff("bo", "ankaret")
    until = (clock.local_date(clock.now()) + timedelta(days=2)).isoformat()
    assert (await keep(bo, case_id, until))[0] == 409
    await astrid.say(case_id, "Jag svarar")
    await silences.react()
    status, page = await keep(karin, case_id, until)
    assert (status, "Patienten har svarat" in page) == (409, True)


async def test_a_new_message_of_staff_begins_anew(silences: Silences) -> None:
    karin, _, case_id = await written(silences)
    await silences.flag(25)
    before = await silences.due_at(case_id)
    await karin.say(case_id, "Hör du mig?")
    await silences.react()
    assert await silences.due_at(case_id) > before
    assert await silences.region.value("select flagged_at from silences where case_id = $1", case_id) is None


async def test_a_reminder_gives_another_24_hours(silences: Silences) -> None:
    from tests.stories.sms_world import Sms  # noqa: PLC0415 - only this one sends
    from tests.stories.test_remind import remind  # noqa: PLC0415

    sms = await Sms(silences.region).begin()
    karin, _, case_id = await written(silences)
    await silences.flag(25)
    close = (await karin.get(f"/clinic/cases/{case_id}/closings")).text
    assert "Ingen påminnelse är skickad i ärendet" in close
    assert (await remind(karin, case_id))[0] == 303
    assert len(await sms.go_on()) >= 1
    assert "Inget av dina ärenden är tyst" in (await karin.get("/clinic/silent")).text
    assert await silences.flag(23) == 0
    assert await silences.flag(25) == 1
    assert "Påmind" in (await karin.get("/clinic/silent")).text


async def test_what_went_back_to_the_queue_for_the_night_is_asked_of_those_who_work_with_it(silences: Silences) -> None:
    karin, _, case_id = await written(silences)
    await karin.post(f"/clinic/cases/{case_id}/releases")
    assert await silences.flag(24.1) == 1
    bo = await silences.region.staff("bo", "ankaret")
    sara = await silences.region.staff("sara", "ankaret")
    page = (await bo.get("/clinic/silent")).text
    assert f'action="/clinic/cases/{case_id}/claims"' in page
    assert f"/clinic/cases/{case_id}/keepings" not in page
    assert str(case_id) not in (await sara.get("/clinic/silent")).text
    await bo.post(f"/clinic/cases/{case_id}/claims")
    assert f"/clinic/cases/{case_id}/keepings" in (await bo.get("/clinic/silent")).text
    assert str(case_id) not in (await karin.get("/clinic/silent")).text


async def test_a_case_that_is_kept_to_a_day_stays_with_its_holder_over_the_nights(silences: Silences) -> None:
    _, _, case_id = await written(silences)
    region, state = silences.region, "select state from visits where case_id = $1"
    evening = clock.now() + timedelta(days=9)
    kept = clock.local_date(evening) + timedelta(days=1)
    await region.site.database.execute("update silences set kept_until = $1, due_at = now()", kept)
    await return_unstaffed(region.site.database, evening)
    assert await region.value(state, case_id) == "in_progress"
    await return_unstaffed(region.site.database, evening + timedelta(days=1))
    assert await region.value(state, case_id) == "queued"
