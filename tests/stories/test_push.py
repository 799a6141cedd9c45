"""Push till invånaren: who is told and of what, that nothing of her is in it, and that at most one reaches a device."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from linjen.core import clock
from linjen.core.dispatcher import Dispatcher
from linjen.core.ids import new_id
from linjen.integrations.http_line import Cut, NotSent
from linjen.integrations.web_push import Subscription
from linjen.notices.needed import MOST_TRIES
from linjen.notices.pushes import claim_pushes
from linjen.notices.reactions import add_push_reactions
from tests.integrations.push_service import HOST, push_service
from tests.region import Person, Region
from tests.stories.push_world import Push
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does

TURN = {
    "title": "Linjen", "lang": "sv",
    "body": "Region Exempel: Det är din tur nu. Logga in som du brukar, med BankID, så fortsätter vi.",
}  # fmt: skip


@pytest.fixture
async def push(region: Region) -> AsyncIterator[Push]:
    async with push_service() as service:
        yield await Push(region, service).begin()


async def claim(push: Push, case: str = "waiting") -> UUID:
    """Karin takes a waiting case."""
    karin = await push.region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{push.region.cases[case]}/claims")).status_code == 303
    return push.region.cases[case]


async def patient(push: Push, case: str = "waiting") -> Person:
    """The patient of a seeded case, signed in."""
    patient_id = await push.region.value("select patient_id from cases where id = $1", push.region.cases[case])
    key = next(key for key, one in push.region.actors.residents.items() if one == patient_id)
    return await push.region.resident(key)


async def test_her_device_is_told_in_the_words_of_an_sms_and_nothing_of_her_is_in_it(push: Push) -> None:
    to = await push.told(await patient(push))
    case_id = await claim(push)
    await push.react()
    await push.sender.step()
    assert await push.service.read(to) == [], "she may come by herself first"
    await push.go_on()
    assert await push.service.read(to) == [TURN]
    assert await push.states(case_id) == [("your_turn", "accepted", "")]
    assert push.service.asked[0]["urgency"] == "high"
    await push.go_on()
    assert len(push.service.asked) == 1


@pytest.mark.parametrize("kind", ["message", "reminder"])
async def test_each_kind_has_the_words_of_its_sms_and_own_words_of_staff_never_leave(push: Push, kind: str) -> None:
    astrid, case_id = await patient(push), await claim(push)
    to = await push.told(astrid)
    karin = await push.region.staff("karin", "ankaret")
    if kind == "message":
        await karin.say(case_id, "Provsvaret visar inget farligt")
    else:
        await push.region.site.database.execute(
            "insert into events (case_id, seq, kind, by_kind, by_id, data) select $1, counter + 1, 'reminded', 'staff',"
            " $2, $3 from cases where id = $1", case_id, push.region.actors.staff("karin", "ankaret").person_id,
            {"reminder": str(new_id()), "own_text": True},
        )  # fmt: skip
        await push.region.site.database.execute("update cases set counter = counter + 1 where id = $1", case_id)
    await push.go_on()
    words = {"message": "Du har ett nytt meddelande.", "reminder": "Vi väntar på ditt svar."}[kind]
    (said,) = [one for one in await push.service.read(to) if "din tur" not in one["body"]]
    assert said["body"].startswith(f"Region Exempel: {words} Logga in som du brukar, med BankID")
    assert await push.region.value("select count(*) from pushes where kind = 'free_text'") == 0


async def test_in_the_language_that_she_has_chosen(push: Push) -> None:
    to = await push.told(await patient(push))
    await push.region.site.database.execute("update residents set language = 'en'")
    await claim(push)
    await push.go_on()
    (said,) = await push.service.read(to)
    assert (said["lang"], "It is your turn now" in said["body"]) == ("en", True)


async def test_a_teenager_is_told_herself_in_the_same_words_and_her_guardian_is_not(push: Push) -> None:
    hers, guardians = (
        await push.told(await patient(push, "teen")),
        await push.told(await push.region.resident("astrid")),
    )
    await claim(push, "teen")
    await push.go_on()
    assert await push.service.read(hers) == [TURN]
    assert await push.service.read(guardians) == []


async def test_many_messages_are_one_push_and_what_she_has_read_is_none(push: Push) -> None:
    astrid, case_id = await patient(push), await claim(push)
    to = await push.told(astrid)
    karin = await push.region.staff("karin", "ankaret")
    for text in ("Hej", "Hur mår du?", "Hör av dig"):
        await karin.say(case_id, text)
    await push.go_on()
    assert [one[0] for one in await push.states(case_id)] == ["your_turn", "new_message"]
    assert len(await push.service.read(to)) == 2
    counter = await push.region.value("select counter from cases where id = $1", case_id)
    await astrid.post(f"/cases/{case_id}/reads", {"seq": str(counter)})
    await karin.say(case_id, "En sak till")
    await push.react()
    counter = await push.region.value("select counter from cases where id = $1", case_id)
    await astrid.post(f"/cases/{case_id}/reads", {"seq": str(counter)})
    await push.go_on()
    assert (await push.states(case_id))[-1] == ("new_message", "dropped", "read")


async def test_each_of_her_devices_is_told_once_and_nobody_elses(push: Push) -> None:
    astrid = await patient(push)
    mine, other = await push.told(astrid), await push.told(astrid)
    strangers = await push.told(await push.region.resident("gustav"))
    await claim(push)
    await push.go_on()
    assert [len(await push.service.read(one)) for one in (mine, other, strangers)] == [1, 1, 0]


async def test_two_nodes_at_once_tell_a_device_once(push: Push) -> None:
    to = await push.told(await patient(push))
    await claim(push)
    again = Dispatcher(push.region.site.database, "pushes")
    add_push_reactions(again, 300)
    await push.react()
    await asyncio.gather(*(one.step() for one in (push.reactions, again, push.reactions, again)))
    await push.hurry()
    await asyncio.gather(*(push.sender.step() for _ in range(4)))
    assert len(await push.service.read(to)) == 1


async def test_many_senders_at_once_claim_each_row_once(push: Push) -> None:
    astrid = await patient(push)
    for _ in range(5):
        await push.told(astrid)
    await claim(push)
    await push.react()
    for _ in range(10):
        await push.region.site.database.execute(
            "update pushes set state = 'waiting', sending_at = null, tries = 0, next_at = now()"
        )
        claims = await asyncio.gather(*(claim_pushes(push.region.site.database, clock.now(), 3) for _ in range(8)))
        ids = [one.id for some in claims for one in some]
        assert (len(ids), len(set(ids))) == (5, 5)


async def test_the_same_event_read_again_is_no_second_push(push: Push) -> None:
    to = await push.told(await patient(push))
    case_id = await claim(push)
    await push.go_on()
    await push.region.site.database.execute("update event_cursors set txid = '0', id = 0 where name = 'pushes'")
    await push.region.site.database.execute("update pushes set created_at = now() - interval '2 hours'")
    await push.go_on()
    assert len(await push.service.read(to)) == 1
    assert len([one for one in await push.states(case_id) if one[0] == "your_turn"]) == 1


@pytest.mark.parametrize("answer", [429, 500, 503, NotSent("down")])
async def test_what_was_not_taken_is_tried_again_later_and_in_the_end_given_up(
    push: Push, answer: int | Exception
) -> None:
    to = await push.told(await patient(push))
    case_id = await claim(push)
    push.service.next = [answer] * MOST_TRIES
    await push.go_on()
    assert (await push.states(case_id))[0][1] == "waiting"
    wait = await push.region.value("select extract(epoch from next_at - changed_at)::int from pushes")
    assert wait == 30
    for _ in range(MOST_TRIES):
        await push.hurry()
        await push.sender.step()
    assert (await push.states(case_id))[0][1] == "failed"
    assert await push.service.read(to) == []


async def test_tried_again_it_arrives_once(push: Push) -> None:
    to = await push.told(await patient(push))
    case_id = await claim(push)
    push.service.next = [503]
    await push.go_on()
    await push.go_on()
    assert await push.service.read(to) == [TURN]
    assert await push.states(case_id) == [("your_turn", "accepted", "")]


async def test_a_doubt_is_never_sent_again(push: Push) -> None:
    to = await push.told(await patient(push))
    case_id = await claim(push)
    push.service.next = [Cut("cut", timed_out=True)]
    await push.go_on()
    await push.go_on()
    assert await push.states(case_id) == [("your_turn", "uncertain", "push_cut")]
    assert await push.service.read(to) == []


async def test_a_sender_that_died_in_the_middle_leaves_a_doubt(push: Push) -> None:
    await push.told(await patient(push))
    case_id = await claim(push)
    await push.react()
    await push.region.site.database.execute(
        "update pushes set state = 'sending', sending_at = now() - interval '10 minutes', tries = 1"
    )
    await push.sender.step()
    assert await push.states(case_id) == [("your_turn", "uncertain", "interrupted")]


async def test_a_browser_that_let_go_is_forgotten(push: Push) -> None:
    to = await push.told(await patient(push))
    await push.service.expire(to)
    case_id = await claim(push)
    await push.go_on()
    assert await push.states(case_id) == [("your_turn", "dropped", "device_gone")]
    assert await push.region.value("select count(*) from push_devices") == 0


@pytest.mark.parametrize("who", ["patient", "unknown"])
async def test_nothing_leaves_to_who_is_protected_nor_where_nobody_knows(push: Push, who: str) -> None:
    to = await push.told(await patient(push))
    flag = "yes" if who == "patient" else "unchecked"
    await push.region.site.database.execute("update residents set protected = $1", flag)
    case_id = await claim(push)
    await push.go_on()
    reason = "protected" if who == "patient" else "protection_unknown"
    assert await push.states(case_id) == [("your_turn", "withheld", reason)]
    assert await push.service.read(to) == []
    assert push.service.asked == []


async def test_a_child_who_turns_thirteen_is_told_and_her_guardian_no_more(push: Push) -> None:
    mother = await push.region.resident("astrid")
    to = await push.told(mother)
    case_id = await claim(push, "child")
    await push.react()
    await push.region.site.database.execute(
        "update cases set patient_birth_on = current_date - interval '13 years' where id = $1", case_id
    )
    await push.go_on()
    assert await push.states(case_id) == [("your_turn", "dropped", "not_hers")]
    assert await push.service.read(to) == []


async def test_who_has_no_number_and_was_told_by_push_is_no_work_for_staff(push: Push) -> None:
    sms = await Sms(push.region).begin()
    to, case_id = await push.told(await patient(push)), await claim(push)
    await push.region.site.database.execute("update residents set phone = null")
    karin = await push.region.staff("karin", "ankaret")
    await karin.say(case_id, "Hej")
    await sms.go_on()
    assert "Mobilnummer saknas" in (await karin.get("/clinic/sms")).text
    await push.go_on()
    assert len(await push.service.read(to)) == 2
    assert "Alla sms har kommit fram" in (await karin.get("/clinic/sms")).text


async def test_without_a_key_there_is_no_push_and_no_word_of_it(region: Region) -> None:
    astrid = await region.resident("astrid")
    page = (await astrid.get("/profile/notices")).text
    assert "den här enheten" not in page.partition("<main")[2].lower()
    answer = await astrid.post("/profile/notices/devices", {"endpoint": "https://push.example.org/1"})
    assert answer.status_code == 404


async def test_a_device_is_sealed_and_named_and_hers_to_end(push: Push) -> None:
    astrid = await patient(push)
    to = await push.told(astrid)
    sealed = await push.region.value("select subscription_sealed from push_devices")
    assert isinstance(sealed, bytes)
    assert to.endpoint.encode() not in sealed
    device = await push.region.value("select id from push_devices")
    page = (await astrid.get("/profile/notices")).text
    assert str(device) in page
    assert to.endpoint not in page
    gustav = await push.region.resident("gustav")
    assert (await gustav.post(f"/profile/notices/devices/{device}/removals")).status_code == 303
    assert await push.region.value("select count(*) from push_devices") == 1, "somebody else's is left as it is"
    assert (await astrid.post(f"/profile/notices/devices/{device}/removals")).status_code == 303
    assert await push.region.value("select count(*) from push_devices") == 0


async def test_who_signs_out_everywhere_is_told_nowhere(push: Push) -> None:
    astrid = await patient(push)
    to = await push.told(astrid)
    gustavs = await push.told(await push.region.resident("gustav"))
    assert (await astrid.post("/profile/sign-ins/ends")).status_code == 303
    await claim(push)
    await push.go_on()
    assert await push.service.read(to) == []
    assert await push.region.value("select count(*) from push_devices") == 1, repr(gustavs)


async def test_the_same_browser_is_one_device_and_belongs_to_who_asked_last(push: Push) -> None:
    astrid, gustav = await patient(push), await push.region.resident("gustav")
    to = await push.told(astrid)
    answers = await asyncio.gather(*(push.add(astrid, to) for _ in range(4)))
    assert {one.status_code for one in answers} == {204}
    assert await push.region.value("select count(*) from push_devices") == 1
    assert (await push.add(gustav, to)).status_code == 204
    await claim(push)
    await push.go_on()
    assert await push.service.read(to) == []


async def test_five_devices_and_no_more_however_many_ask_at_once(push: Push) -> None:
    astrid = await patient(push)
    for _ in range(4):
        await push.told(astrid)
    more = [await push.browser() for _ in range(4)]
    answers = await asyncio.gather(*(push.add(astrid, to) for to in more))
    assert sorted(one.status_code for one in answers) == [204, 409, 409, 409]
    assert "fem enheter" in next(one.json()["text"] for one in answers if one.status_code == 409)
    assert await push.region.value("select count(*) from push_devices") == 5


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example.org/1", "https://127.0.0.1/1", "https://intern.example.org/1", "https://push.example.org:22/1",
     "https://push.example.org@10.0.0.1/", "", "x" * 2000],
)  # fmt: skip
async def test_an_address_that_is_not_a_push_services_is_refused(push: Push, endpoint: str) -> None:
    astrid, real = await patient(push), await push.browser()
    assert (await push.add(astrid, Subscription(endpoint, real.p256dh, real.auth))).status_code == 409
    assert await push.region.value("select count(*) from push_devices") == 0


@pytest.mark.parametrize(("p256dh", "auth"), [("AAAA", ""), ("", ""), ("B" * 87, "A" * 22), ("é", "é")])
async def test_keys_that_are_none_are_refused(push: Push, p256dh: str, auth: str) -> None:
    astrid = await patient(push)
    assert (await push.add(astrid, Subscription(f"https://{HOST}/1", p256dh, auth))).status_code == 409


async def test_a_protected_person_is_offered_none(push: Push) -> None:
    astrid, to = await patient(push), await push.browser()
    await push.region.site.database.execute("update residents set protected = 'yes'")
    assert (await push.add(astrid, to)).status_code == 409
    assert "Avisera mig här" not in (await astrid.get("/profile/notices")).text


async def test_a_push_that_cannot_be_written_down_is_not_sent_and_the_cursor_stands(push: Push) -> None:
    to = await push.told(await patient(push))
    await claim(push)
    await owner_does(push.region, "alter table pushes add constraint broken check (kind = 'x') not valid")
    with pytest.raises(asyncpg.CheckViolationError):
        await push.react()
    await owner_does(push.region, "alter table pushes drop constraint broken")
    await push.go_on()
    assert len(await push.service.read(to)) == 1
