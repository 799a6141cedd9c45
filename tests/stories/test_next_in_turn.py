"""Nästa: who stands first in one's queue, one each for all who ask at once, and no more than one is to have."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.nurses import make_nurses
from tests.stories.test_ledger import owner_does, send_new

_HOLDER = "select v.holder_id from cases c join visits v on v.id = c.visit_id where c.id = $1"
_NEXT = "/clinic/ledger/next"


async def _next(person: Person, claim_id: UUID | None = None) -> str:
    """Where the button led to, '' when it was refused."""
    answer = await person.post(_NEXT, {"claim_id": str(claim_id or new_id())})
    assert answer.status_code in {303, 409}, answer.text
    return str(answer.headers.get("location", ""))


def _name(region: Region, location: str) -> str:
    names = {f"/clinic/cases/{case_id}": name for name, case_id in region.cases.items()}
    return names.get(location, location)


async def test_it_takes_the_cases_in_the_order_of_the_ledger(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    taken = [_name(region, await _next(karin)) for _ in range(3)]
    assert taken == ["urgent", "waiting", "child"]
    assert await region.value(_HOLDER, region.cases["urgent"]) == id_of("staff/karin")
    logged = "select count(*) from access_log where verb = 'claim' and case_id = $1 and by_id = $2 and refused is null"
    assert await region.value(logged, region.cases["urgent"], id_of("staff/karin")) == 1
    told = "select count(*) from events where kind = 'claimed' and case_id = $1"
    assert await region.value(told, region.cases["urgent"]) == 1


async def test_all_who_ask_at_once_get_one_each(region: Region) -> None:
    nurses = await make_nurses(region, 9)
    taken = [place for place in await asyncio.gather(*(_next(nurse) for nurse in nurses)) if "cases" in place]
    assert len(taken) == len(set(taken)) == 6, "six wait, and nobody is left over"
    for place in taken:
        assert await region.value(_HOLDER, UUID(place.rpartition("/")[2])) is not None
    assert await region.value("select count(*) from events where kind = 'claimed'") == 6 + 3, "three in the seed"


async def test_the_same_form_twice_is_one_case(region: Region) -> None:
    karin, claim_id = await region.staff("karin", "ankaret"), new_id()
    places = await asyncio.gather(*(_next(karin, claim_id) for _ in range(4)))
    assert len(set(places)) == 1
    assert _name(region, places[0]) == "urgent"


async def test_each_role_is_given_what_waits_for_it(region: Region) -> None:
    sara, mona = await region.staff("sara", "ankaret"), await region.staff("mona", "ankaret")
    assert await _next(sara) == "/clinic/ledger?done=nobody_waits", "nothing has been handed to physicians"
    assert "Ingen väntar i din kö just nu" in (await sara.get("/clinic/ledger?done=nobody_waits")).text
    assert _name(region, await _next(mona)) == "admin", "a secretary takes administrative questions"
    await region.site.database.execute(
        "update visits set for_role = 'physician', for_staff_id = $2 where case_id = $1",
        region.cases["waiting"], id_of("staff/sara"),
    )  # fmt: skip
    assert _name(region, await _next(sara)) == "waiting"


async def test_what_was_handed_to_another_person_is_left_to_her(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    await region.site.database.execute(
        "update visits set for_staff_id = $2 where case_id = $1", region.cases["urgent"], id_of("staff/bo")
    )
    assert _name(region, await _next(karin)) == "waiting"
    assert _name(region, await _next(bo)) == "urgent"


async def test_who_takes_no_cases_here_gets_none(region: Region) -> None:
    ivar, ulf = await region.staff("ivar", "ankaret"), await region.staff("ulf", "bjorken")
    assert await _next(ivar) == "/clinic/ledger?done=nobody_waits"
    assert _name(region, await _next(ulf)) == "at_bjorken"
    lena = await region.staff("lena", "ankaret")  # she works elsewhere and has forged her choice of unit
    assert await _next(lena) == "/clinic/ledger?done=nobody_waits"


async def _choose(person: Person, chats: int) -> int:
    return (await person.post("/clinic/profile/chats", {"chats": str(chats)})).status_code


async def test_no_more_than_one_has_chosen_and_asynchronous_cases_do_not_count(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert await _choose(karin, 2) == 303
    assert 'value="2" selected' in (await karin.get("/clinic/profile")).text
    assert _name(region, await _next(karin)) == "urgent", "she had one"
    refused = await karin.post(_NEXT, {"claim_id": str(new_id())})
    assert refused.status_code == 409
    assert "Du har nått din gräns för samtidiga chattar: 2" in refused.text
    assert await region.value(_HOLDER, region.cases["waiting"]) is None
    await region.site.database.execute(
        "update visits set kind = 'async', until_on = current_date + 3 where case_id = $1", region.cases["urgent"]
    )
    assert _name(region, await _next(karin)) == "waiting"


async def test_two_windows_of_one_person_never_pass_the_number_together(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert await _choose(karin, 3) == 303
    places = await asyncio.gather(*(_next(karin) for _ in range(6)))
    assert sum("/clinic/cases/" in place for place in places) == 2
    held = "select count(*) from visits where holder_id = $1 and state = 'in_progress'"
    assert await region.value(held, id_of("staff/karin")) == 3


async def test_by_hand_she_is_asked_first_and_an_emergency_is_never_asked_about(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["waiting"]
    assert await _choose(karin, 1) == 303
    asked = await karin.post(f"/clinic/cases/{case_id}/claims")
    assert asked.status_code == 409
    assert "Ta emot ändå" in asked.text
    assert await region.value(_HOLDER, case_id) is None
    refused = "select refused from access_log where case_id = $1 and verb = 'claim' order by id desc limit 1"
    assert await region.value(refused, case_id) == "at_cap"
    assert (await karin.post(f"/clinic/cases/{case_id}/claims", {"over_cap": "yes"})).status_code == 303
    assert await region.value(_HOLDER, case_id) == id_of("staff/karin")
    again = await karin.post(f"/clinic/cases/{case_id}/claims")
    assert again.status_code == 303, "what she holds already is hers"
    assert (await karin.post(f"/clinic/cases/{region.cases['urgent']}/claims")).status_code == 303


async def test_the_unit_has_the_last_word_and_its_administrator_says_it(region: Region) -> None:
    path = f"/manage/units/{id_of('unit/ankaret')}/chat-limit"
    karin, disa, maja = [await region.staff(key, "ankaret") for key in ("karin", "disa", "maja")]
    assert await _choose(karin, 8) == 422, "seven unless the unit has decided"
    assert (await maja.post(path, {"chats": "8"})).status_code == 404
    assert (await karin.post(path, {"chats": "8"})).status_code == 404
    for bad in ("0", "21", "many", ""):
        assert (await disa.post(path, {"chats": bad, "was": "7"})).status_code == 422
    assert (await disa.decide(path, {"chats": "8", "was": "7"})).status_code == 303
    assert await _choose(karin, 8) == 303
    assert (await disa.decide(path, {"chats": "1", "was": "7"})).status_code == 409, "it is eight meanwhile"
    assert (await disa.decide(path, {"chats": "1", "was": "8"})).status_code == 303
    assert await _next(karin) == "", "she has one, and the unit lets nobody have two"
    page = (await disa.get(f"/manage/units/{id_of('unit/ankaret')}")).text
    assert 'value="1" selected' in page


async def test_the_page_has_the_button_with_an_id_of_its_own(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    ids = {re.findall(r'name="claim_id" value="([^"]+)"', (await karin.get("/clinic/ledger")).text)[0] for _ in "12"}
    assert len(ids) == 2


async def test_a_failed_event_leaves_nothing_changed(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    await owner_does(region, "alter table events add constraint broken check (kind <> 'claimed') not valid")
    assert (await karin.post(_NEXT, {"claim_id": str(new_id())})).status_code == 500
    assert await region.value(_HOLDER, region.cases["urgent"]) is None


async def test_taking_the_next_while_others_write_and_hand_back_never_stops(region: Region) -> None:
    """Takers, takers by hand and those who hand back at the same time: no two wait for each other in a circle."""
    nurses = await make_nurses(region, 6)
    await asyncio.gather(*(send_new(region, "gustav", "ankaret") for _ in range(3)))
    by_hand = [region.cases[name] for name in ("urgent", "waiting", "child")]

    async def work(number: int, nurse: Person) -> None:
        for turn in range(4):
            if (number + turn) % 2:
                await nurse.post(f"/clinic/cases/{by_hand[turn % 3]}/claims", {"over_cap": "yes"})
            else:
                place = await _next(nurse)
                if "/clinic/cases/" in place:
                    assert (await nurse.post(f"{place}/releases")).status_code == 303

    await asyncio.wait_for(asyncio.gather(*(work(number, nurse) for number, nurse in enumerate(nurses))), 60)
    twice = "select count(*) from visits where (state = 'in_progress') <> (holder_id is not null)"
    assert await region.value(twice) == 0
