"""Ta tillbaka ärendet: while it waits, and never from under the hands of who has taken it."""

from __future__ import annotations

import asyncio

import asyncpg

from linjen.cases.moves.claim import claim
from linjen.core.errors import Refused
from tests.region import Region


async def test_a_waiting_case_can_be_withdrawn_and_read_afterwards(region: Region) -> None:
    astrid, case = await region.resident("astrid"), region.cases["waiting"]
    answer = await astrid.post(f"/cases/{case}/withdrawals")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case}")
    page = (await astrid.get(f"/cases/{case}")).text
    assert "Ärendet är tillbakataget" in page
    assert "Jag har haft ont i halsen" in page
    assert await region.value("select count(*) from events where case_id = $1 and kind = 'withdrawn'", case) == 1


async def test_a_case_in_somebodys_hands_is_not_withdrawn_and_she_is_told_why(region: Region) -> None:
    gustav, case = await region.resident("gustav"), region.cases["held_by_karin"]
    answer = await gustav.post(f"/cases/{case}/withdrawals")
    assert answer.status_code == 409
    assert "har precis tagit emot ditt ärende" in answer.text


async def test_of_withdrawing_and_claiming_at_once_one_wins_and_the_other_is_told(region: Region) -> None:
    case, astrid = region.cases["waiting"], await region.resident("astrid")
    karin = region.actors.staff("karin", "ankaret")

    async def take() -> str:
        try:
            async with region.site.database.transaction() as db:
                await claim(db, karin, case)
        except Refused as error:
            return error.reason
        return "claimed"

    taken, answer = await asyncio.gather(take(), astrid.post(f"/cases/{case}/withdrawals"))
    state = await region.value("select state from visits where case_id = $1", case)
    assert (taken, answer.status_code, state) in {("claimed", 409, "in_progress"), ("wrong_state", 303, "closed")}
    both = "select count(*) from events where case_id = $1 and kind in ('claimed', 'withdrawn')"
    assert await region.value(both, case) == 1


async def test_a_failed_event_leaves_the_case_waiting(region: Region) -> None:
    astrid, case = await region.resident("astrid"), region.cases["waiting"]
    admin = await asyncpg.connect(region.dsn.replace("linjen_app@", "linjen_owner@"))
    await admin.execute("alter table events add constraint broken check (kind <> 'withdrawn') not valid")
    await admin.close()
    assert (await astrid.post(f"/cases/{case}/withdrawals")).status_code == 500
    assert await region.value("select state from visits where case_id = $1", case) == "queued"


async def test_a_draft_that_ended_in_advice_is_deleted_when_she_deletes_it(region: Region) -> None:
    amina, case = await region.resident("amina"), region.cases["self_care"]
    answer = await amina.post(f"/cases/{case}/withdrawals")
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    kept = "select count(*) from intakes where case_id = $1"
    assert await region.value(kept, case) == 0, "everything that was filled in is erased at once"
    phase = "select phase || ' ' || coalesce(close_reason, '') from cases where id = $1"
    assert await region.value(phase, case) == "abandoned "
    for path in ("/home", "/cases"):
        assert "följa egenvårdsråden" not in (await amina.get(path)).text
        assert str(case) not in (await amina.get(path)).text
    assert (await amina.get(f"/intakes/{case}/advice")).status_code == 409
