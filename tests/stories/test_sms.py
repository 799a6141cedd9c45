"""SMS till invånaren: who is told, of what, when not, and that whatever fails at most one goes out."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from linjen.core.errors import LinjenError, Refused, Unavailable
from linjen.core.settings import read_settings
from linjen.integrations.sms import HttpGateway, Uncertain
from linjen.notices.needed import MOST_TRIES
from linjen.notices.outbox import Outcome, take_receipt, take_report, write
from linjen.simulators import sms as simulator
from tests.region import Region
from tests.stories.sms_world import Sms


@pytest.fixture
async def sms(region: Region) -> Sms:
    return await Sms(region).begin()


async def claim(sms: Sms, case: str = "waiting") -> UUID:
    """Karin takes a waiting case."""
    karin = await sms.region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{sms.region.cases[case]}/claims")).status_code == 303
    return sms.region.cases[case]


async def patient_of(sms: Sms, case_id: UUID) -> UUID:
    """The id of the case's patient."""
    found = await sms.region.value("select patient_id from cases where id = $1", case_id)
    assert isinstance(found, UUID)
    return found


async def test_who_does_not_look_is_told_that_it_is_her_turn_in_fixed_words(sms: Sms) -> None:
    case_id = await claim(sms)
    assert await sms.go_on(hurry=False) == [], "she may come by herself first"
    sent = await sms.go_on()
    phone = await sms.region.value(
        "select phone from residents r join cases c on c.patient_id = r.id where c.id = $1", case_id
    )
    assert [one.to for one in sent] == [phone]
    assert sent[0].text == "Region Exempel: Det är din tur nu. Logga in som du brukar, med BankID, så fortsätter vi."
    assert await sms.states(case_id) == [("your_turn", "accepted", "")]
    assert await sms.go_on() == [], "once"


async def test_in_the_language_that_she_has_chosen(sms: Sms) -> None:
    case_id = await claim(sms)
    astrid = await sms.region.resident("astrid")
    for language, kept in (("en", "en"), ("sv-latt", "sv"), ("en", "en")):
        assert (await astrid.post("/language", {"language": language})).status_code == 303
        assert (
            await sms.region.value("select language from residents where id = $1", await patient_of(sms, case_id))
            == kept
        )
    assert "It is your turn now" in (await sms.go_on())[0].text


async def test_who_has_the_case_open_or_has_read_is_not_told(sms: Sms) -> None:
    case_id = await claim(sms)
    astrid = await sms.region.resident("astrid")
    async with astrid.listen(f"/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        assert await sms.go_on() == []
    assert await sms.states(case_id) == [("your_turn", "dropped", "read")]


async def test_a_case_that_is_put_back_and_taken_again_tells_once_in_an_hour(sms: Sms) -> None:
    case_id = await claim(sms)
    karin = await sms.region.staff("karin", "ankaret")
    assert len(await sms.go_on()) == 1
    await karin.post(f"/clinic/cases/{case_id}/releases")
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert await sms.go_on() == []


async def test_an_unread_message_is_told_once_however_many_come(sms: Sms) -> None:
    case_id = await claim(sms)
    await sms.go_on()
    karin = await sms.region.staff("karin", "ankaret")
    for text in ("Hej!", "Hur mår du i dag?"):
        assert (await karin.say(case_id, text)).status_code == 201
    assert await sms.go_on(hurry=False) == [], "five minutes are hers"
    sent = await sms.go_on()
    assert [one.text for one in sent] == [
        "Region Exempel: Du har ett nytt meddelande. Logga in som du brukar, med BankID, och läs det."
    ]
    await karin.say(case_id, "Är du kvar?")
    assert await sms.go_on() == [], "she has been told of what she has not read"


async def test_what_was_read_meanwhile_is_not_told(sms: Sms) -> None:
    case_id = await claim(sms)
    await sms.go_on()
    karin, astrid = await sms.region.staff("karin", "ankaret"), await sms.region.resident("astrid")
    await karin.say(case_id, "Hej!")
    await sms.react()
    headers = {"x-csrf": astrid.csrf, "x-linjen": "1", "origin": sms.region.url, "sec-fetch-site": "same-origin"}
    seq = await sms.region.value("select counter from cases where id = $1", case_id)
    assert (await astrid.http.post(f"/cases/{case_id}/reads", json={"seq": seq}, headers=headers)).is_success
    assert await sms.go_on() == []
    assert (await sms.states(case_id))[-1] == ("new_message", "dropped", "read")


async def test_who_has_the_page_open_and_reads_nothing_is_asked_about_again_later(sms: Sms) -> None:
    case_id = await claim(sms)
    await sms.go_on()
    karin, astrid = await sms.region.staff("karin", "ankaret"), await sms.region.resident("astrid")
    await karin.say(case_id, "Hej!")
    async with astrid.listen(f"/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        assert await sms.go_on() == []
        assert (await sms.states(case_id))[-1] == ("new_message", "waiting", "looks")
    assert len(await sms.go_on()) == 1


async def test_a_closed_case_tells_nothing(sms: Sms) -> None:
    case_id = await claim(sms)
    karin = await sms.region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "other_way"})).status_code == 303
    assert await sms.go_on() == []


async def test_a_guardian_is_told_and_not_the_child(sms: Sms) -> None:
    case_id = sms.region.cases["child"]
    await sms.region.site.database.execute(
        "update visits set state = 'queued', holder_id = null, claimed_at = null, closed_at = null, close_reason = null"
        " where case_id = $1", case_id,
    )  # fmt: skip
    await claim(sms, "child")
    astrid = await sms.region.value("select phone from residents where given_name = 'Astrid'")
    assert [one.to for one in await sms.go_on()] == [astrid]


@pytest.mark.parametrize("flag", ["yes", "unchecked"])
@pytest.mark.parametrize("who", ["patient", "guardian"])
async def test_none_to_the_protected_nor_when_it_is_unknown(sms: Sms, flag: str, who: str) -> None:
    case = "child" if who == "guardian" else "waiting"
    if case == "child":
        await test_a_guardian_is_told_and_not_the_child(sms)
        await sms.region.site.database.execute("delete from sms")
    column = "opened_by" if who == "guardian" else "patient_id"
    await sms.region.site.database.execute(
        f"update residents set protected = $2 where id = (select {column} from cases where id = $1)",
        sms.region.cases[case], flag,
    )  # fmt: skip
    if case == "child":
        karin = await sms.region.staff("karin", "ankaret")
        await karin.say(sms.region.cases[case], "Hej!")
    else:
        await claim(sms)
    assert await sms.go_on() == []
    assert sms.phones.asked == (1 if case == "child" else 0)
    reason = {"yes": "protected", "unchecked": "protection_unknown"}[flag]
    assert (await sms.states(sms.region.cases[case]))[-1][1:] == ("withheld", reason)


async def test_a_protected_child_stops_the_sms_to_her_guardian(sms: Sms) -> None:
    case_id = sms.region.cases["child"]
    await sms.region.site.database.execute(
        "update residents set protected = 'yes' where id = (select patient_id from cases where id = $1)", case_id
    )
    karin = await sms.region.staff("karin", "ankaret")
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert await sms.go_on() == []


async def test_an_answer_about_protection_that_is_a_day_old_counts_no_more(sms: Sms) -> None:
    case_id = await claim(sms)
    await sms.region.site.database.execute("update residents set protected_checked_at = now() - interval '25 hours'")
    assert await sms.go_on() == []
    assert await sms.states(case_id) == [("your_turn", "withheld", "protection_unknown")]


@pytest.mark.parametrize(
    ("number", "reason"), [(None, "no_phone"), ("+46480123456", "phone_not_mobile"), ("112", "phone_not_mobile")]
)
async def test_a_number_that_sms_cannot_reach_gets_none(sms: Sms, number: str | None, reason: str) -> None:
    case_id = await claim(sms)
    await sms.region.site.database.execute("update residents set phone = $1", number)
    assert await sms.go_on() == []
    assert await sms.states(case_id) == [("your_turn", "withheld", reason)]


# -- faults: at most one -----------------------------------------------------------------------------------------------


async def test_what_certainly_was_not_taken_is_tried_again_with_longer_waits_and_given_up(sms: Sms) -> None:
    case_id = await claim(sms)
    sms.phones.next = [Unavailable("gateway_unreachable") for _ in range(MOST_TRIES)]
    waits = []
    for _ in range(MOST_TRIES - 1):
        assert await sms.go_on() == []
        left = await sms.region.value("select next_at - now() from sms where case_id = $1", case_id)
        assert isinstance(left, timedelta)
        waits.append(left.total_seconds())
    assert [round(wait, -1) for wait in waits] == [30, 60, 120, 240, 480, 900, 900]
    assert await sms.go_on() == []
    assert await sms.states(case_id) == [("your_turn", "failed", "gateway_unreachable")]
    assert await sms.go_on() == []
    assert sms.phones.asked == MOST_TRIES


async def test_after_a_fault_that_passes_it_goes_out_once_under_the_same_key(sms: Sms) -> None:
    await claim(sms)
    sms.phones.next = [Unavailable("gateway_busy"), Unavailable("gateway_busy")]
    keys = set()
    while not sms.phones.sent:
        keys |= {one.id for one in await sms.go_on()}
    assert sms.phones.asked == 3
    assert keys == {sms.phones.sent[0].id}


async def test_a_gateway_that_refuses_is_asked_once(sms: Sms) -> None:
    case_id = await claim(sms)
    sms.phones.next = [Refused("gateway_refused")]
    await sms.go_on()
    await sms.go_on()
    assert sms.phones.asked == 1
    assert await sms.states(case_id) == [("your_turn", "failed", "gateway_refused")]


@pytest.mark.parametrize("fault", [Uncertain("gateway_cut"), ValueError("a defect")])
async def test_cut_after_it_was_taken_it_is_never_sent_again_but_shown(sms: Sms, fault: LinjenError) -> None:
    case_id = await claim(sms)
    sms.phones.next, sms.phones.taken_all_the_same = [fault], True
    for _ in range(3):
        await sms.go_on()
    assert len(sms.phones.sent) == 1
    assert [state for _, state, _ in await sms.states(case_id)] == ["uncertain"]


async def test_a_sender_that_dies_in_the_middle_leaves_it_uncertain_not_to_the_next(sms: Sms) -> None:
    case_id = await claim(sms)
    await sms.react()
    await sms.region.site.database.execute(
        "update sms set state = 'sending', tries = 1, sending_at = now() - interval '3 minutes'"
    )
    assert await sms.go_on() == []
    assert await sms.states(case_id) == [("your_turn", "uncertain", "interrupted")]


async def test_many_senders_at_once_send_each_sms_once(sms: Sms) -> None:
    for case in ("waiting", "teen", "urgent"):
        await claim(sms, case)
    await sms.react()
    await sms.region.site.database.execute("update sms set next_at = now()")
    await asyncio.gather(*(sms.sender.step() for _ in range(8)))
    assert len(sms.phones.sent) == len({one.id for one in sms.phones.sent}) == 3


async def test_two_readers_of_the_same_events_write_one_row(sms: Sms) -> None:
    case_id = await claim(sms)
    await sms.react()
    await sms.region.site.database.execute("update event_cursors set txid = '0'::xid8, id = 0 where name = 'notices'")
    await sms.react()
    assert len(await sms.states(case_id)) == 1


async def test_what_happened_while_sms_were_off_is_no_news(sms: Sms) -> None:
    case_id = await claim(sms)
    database = re.search(r"/(t_[0-9a-f]+)\?", sms.region.dsn)
    assert database is not None
    owner = await asyncpg.connect(sms.region.embedded.owner_dsn.replace("/linjen?", f"/{database[1]}?"))
    await owner.execute("update events set at = now() - interval '2 hours'")
    await owner.close()
    assert await sms.go_on() == []
    assert await sms.states(case_id) == []


# -- reports -----------------------------------------------------------------------------------------------------------


async def one_sent(sms: Sms) -> tuple[UUID, UUID, str]:
    """(case, SMS, path of its report)."""
    case_id = await claim(sms)
    sent = (await sms.go_on())[0]
    return case_id, sent.id, sent.report_url.removeprefix(sms.region.url)


async def test_a_report_is_kept_once_and_shown_in_the_timeline(sms: Sms) -> None:
    case_id, _, path = await one_sent(sms)
    karin = await sms.region.staff("karin", "ankaret")
    async with karin.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        for _ in range(3):
            answer = await karin.http.post(path, data={"id": "x", "status": "delivered"}, headers={"cookie": ""})
            assert answer.status_code == 204
        await ear.wait_for("sms_told")
    assert await sms.states(case_id) == [("your_turn", "delivered", "")]
    told = "select count(*) from events where case_id = $1 and kind = 'sms_told' and data->>'state' = 'delivered'"
    assert await sms.region.value(told, case_id) == 1
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Sms (din tur) har kommit fram" in page
    assert "Sms (din tur) är lämnat till operatören" in page
    astrid = await sms.region.resident("astrid")
    assert "sms (din tur)" not in (await astrid.get(f"/cases/{case_id}")).text.lower()


@pytest.mark.parametrize("way", ["query", "json", "form"])
async def test_reports_come_in_three_ways(sms: Sms, way: str) -> None:
    case_id, _, path = await one_sent(sms)
    karin = await sms.region.staff("karin", "ankaret")
    if way == "query":
        answer = await karin.http.get(f"{path}?status=failed", headers={"cookie": ""})
    elif way == "json":
        answer = await karin.http.post(path, json={"status": "failed", "n": 1}, headers={"cookie": ""})
    else:
        answer = await karin.http.post(path, data={"status": "failed"}, headers={"cookie": ""})
    assert answer.status_code == 204
    assert await sms.states(case_id) == [("your_turn", "failed", "not_delivered")]


async def test_a_report_without_its_token_is_told_nothing(sms: Sms) -> None:
    case_id, sms_id, path = await one_sent(sms)
    other = await sms.region.staff("karin", "ankaret")
    for wrong in (path[:-1] + ("A" if path[-1] != "A" else "B"), f"/sms/reports/{case_id}/{path.split('/')[-1]}",
                  f"/sms/reports/{sms_id}/x", "/sms/reports/x/y"):  # fmt: skip
        assert (await other.http.post(wrong, data={"status": "failed"})).status_code == 404
    assert await sms.states(case_id) == [("your_turn", "accepted", "")]


async def test_strange_reports_change_nothing(sms: Sms) -> None:
    case_id, _, path = await one_sent(sms)
    karin = await sms.region.staff("karin", "ankaret")
    for content in (b"", b"[1]", b"{", b"status=" + b"x" * 9_000, b"\xff\xfe"):
        answer = await karin.http.post(path, content=content, headers={"cookie": ""})
        assert answer.status_code in {204, 413, 422}
    assert await sms.states(case_id) == [("your_turn", "accepted", "")]


async def test_what_a_report_says_stands_in_whatever_order_things_come(sms: Sms) -> None:
    case_id, sms_id, _ = await one_sent(sms)
    database = sms.region.site.database
    await database.execute("update sms set state = 'sending', sending_at = now() where id = $1", sms_id)
    assert await take_report(database, sms_id, "delivered"), "before the gateway's own answer"
    assert not await write(database, sms_id, case_id, Outcome("uncertain", "gateway_cut"))
    assert not await take_report(database, sms_id, "failed"), "what has arrived has arrived"
    assert await sms.states(case_id) == [("your_turn", "delivered", "")]


async def test_a_report_settles_what_was_uncertain(sms: Sms) -> None:
    case_id, sms_id, _ = await one_sent(sms)
    await sms.region.site.database.execute("update sms set state = 'uncertain' where id = $1", sms_id)
    assert await take_report(sms.region.site.database, sms_id, "delivered")
    assert await sms.states(case_id) == [("your_turn", "delivered", "")]


async def test_a_receipt_by_the_operator_s_own_id_finds_its_sms(sms: Sms) -> None:
    case_id, _, _ = await one_sent(sms)
    database = sms.region.site.database
    await take_receipt(database, None, "unheard-of", "delivered")
    assert await sms.states(case_id) == [("your_turn", "accepted", "")]
    await take_receipt(database, None, "g-1", "delivered")
    assert await sms.states(case_id) == [("your_turn", "delivered", "")]


async def test_over_a_real_line_it_arrives_and_its_report_comes_back(sms: Sms) -> None:
    running = await simulator.serve("linjen", "secret", delivery_s=0.01, allowed=True)
    settings = read_settings({}, demo=True, sms_url=running.url, sms_user="linjen", sms_password="secret")
    gateway = sms.region.site.sms = HttpGateway.from_settings(settings)
    try:
        running.gateway.mishaps += ["cut"]
        case_id = await claim(sms)
        await sms.go_on()
        async with asyncio.timeout(10):
            while (await sms.states(case_id))[0][1] != "delivered":  # noqa: ASYNC110 - rows tell no one
                await asyncio.sleep(0.05)
        await sms.go_on()
        assert len(running.messages) == 1, "cut after it was taken, then settled by the report"
    finally:
        await gateway.close()
        await running.stop()
