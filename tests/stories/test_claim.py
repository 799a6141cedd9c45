"""Ta emot: it works, it is refused, it is raced, and it leaves a trace."""

from __future__ import annotations

import asyncio

from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.nurses import make_nurses
from tests.stories.test_ledger import ledger_of, names_in_order, owner_does

_HOLDER = "select v.holder_id from cases c join visits v on v.id = c.visit_id where c.id = $1"
_CLAIMS = "select count(*) from events where case_id = $1 and kind = 'claimed'"


async def test_who_takes_a_case_comes_to_it_and_may_write(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["waiting"]
    answer = await karin.post(f"/clinic/cases/{case_id}/claims")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/cases/{case_id}")
    assert 'name="message_id"' in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert (await karin.say(case_id, "Välkommen!")).status_code == 201
    shown = names_in_order(region, await ledger_of(karin))
    assert shown.index("waiting") > shown.index("protected")


async def test_the_same_button_twice_is_one_taking(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["waiting"]
    answers = await asyncio.gather(*(karin.post(f"/clinic/cases/{case_id}/claims") for _ in range(4)))
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, f"/clinic/cases/{case_id}")
    }
    assert await region.value(_CLAIMS, case_id) == 1


async def test_of_twelve_who_try_one_wins_and_the_others_are_told_who(region: Region) -> None:
    nurses = await make_nurses(region, 12)
    for name in ("waiting", "child", "urgent", "admin"):
        case_id = region.cases[name]
        answers = await asyncio.gather(*(nurse.post(f"/clinic/cases/{case_id}/claims") for nurse in nurses))
        won = [number for number, answer in enumerate(answers, 1) if answer.status_code == 303]
        assert len(won) == 1, [answer.status_code for answer in answers]
        assert await region.value(_HOLDER, case_id) == id_of(f"staff/nurse-{won[0]}")
        assert await region.value(_CLAIMS, case_id) == 1
        for number, answer in enumerate(answers, 1):
            if number not in won:
                assert answer.status_code == 409
                assert f"Sköterska Nr{won[0]} tog emot ärendet före dig" in answer.text
                assert 'href="/clinic/ledger"' in answer.text
                assert f'href="/clinic/cases/{case_id}"' in answer.text


async def test_who_may_not_is_told_nothing(region: Region) -> None:
    case_id = region.cases["waiting"]
    for key, unit in (("lena", "lyktan"), ("ulf", "bjorken"), ("mona", "ankaret"), ("ivar", "ankaret")):
        person = await region.staff(key, unit)
        assert (await person.post(f"/clinic/cases/{case_id}/claims")).status_code == 404, key
    astrid = await region.resident("astrid")
    assert "/clinic/sign-in" in (await astrid.post(f"/clinic/cases/{case_id}/claims")).headers["location"]
    assert await region.value(_HOLDER, case_id) is None


async def test_a_closed_case_and_a_stranger_s_form_change_nothing(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    closed = await karin.post(f"/clinic/cases/{region.cases['closed']}/claims")
    assert closed.status_code == 409
    assert "Du har redan avslutat ärendet" in closed.text
    url = f"/clinic/cases/{region.cases['waiting']}/claims"
    foreign = await karin.http.post(url, data={"csrf": karin.csrf}, headers={"origin": "https://example.org"})
    no_token = await karin.http.post(url, data={}, headers={"origin": region.url})
    assert (foreign.status_code, no_token.status_code) == (409, 409)
    assert await region.value(_HOLDER, region.cases["waiting"]) is None


async def test_the_attempt_of_who_came_second_stands_in_the_access_log(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_bo"]
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 409
    refused = "select refused from access_log where case_id = $1 and by_id = $2 and verb = 'claim'"
    assert await region.value(refused, case_id, id_of("staff/karin")) == "already_claimed"


async def test_a_failed_event_leaves_nothing_changed(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["waiting"]
    await owner_does(region, "alter table events add constraint broken check (kind <> 'claimed') not valid")
    before = await region.value("select counter from cases where id = $1", case_id)
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 500
    assert await region.value(_HOLDER, case_id) is None
    assert await region.value("select counter from cases where id = $1", case_id) == before
