"""Our BankID client against the simulator over real TLS."""

from __future__ import annotations

import ssl
from datetime import date
from pathlib import Path

import httpx
import pytest

from linjen.core.errors import Invalid, LinjenError, Misconfigured, NotFound, Refused, Unavailable
from linjen.core.settings import read_settings
from linjen.integrations.bankid import App, BankID, Requirement, Web, error_key
from linjen.integrations.http_line import Answer, Cut, HttpLine
from tests.integrations.bankid_world import ASTRID, NILS, bankid_world, write_persons

WEB = Web(referring_domain="linjen.example", user_agent="Mozilla/5.0", device_identifier="2f6d0c9a")


async def test_a_scanned_order_goes_through_its_hints_to_the_person(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start(web=WEB, visible_text="Du loggar in på Linjen.", non_visible_data=b"ref 1")
        hints = [(await world.bankid.collect(order.order_ref)).hint_code]
        await world.scan(order)
        hints.append((await world.bankid.collect(order.order_ref)).hint_code)
        await world.tap("/person", person=ASTRID)
        hints.append((await world.bankid.collect(order.order_ref)).hint_code)
        await world.tap("/sign")
        done = await world.bankid.collect(order.order_ref)
        assert hints == ["outstandingTransaction", "started", "userSign"]
        assert done.status == "complete" and done.completion is not None
        assert done.completion.user.personal_number == ASTRID
        assert done.completion.user.given_name == "Astrid"
        assert done.completion.risk == "low"
        assert done.completion.issued_on == date(2024, 2, 1)
        assert done.completion.ip_address == "127.0.0.1" and done.completion.uhi
        assert ASTRID not in repr(done) and order.qr_start_secret not in repr(order)


async def test_every_field_of_auth_reaches_the_other_side(tmp_path: Path) -> None:
    requirement = Requirement(
        pin_code=True,
        mrtd=True,
        card_reader="class1",
        certificate_policies=["1.2.3.4.5"],
        personal_number=ASTRID,
    )
    async with bankid_world(tmp_path) as world:
        order = await world.start(
            return_url="https://linjen.example/sign-in/return#nonce=abc",
            web=WEB,
            visible_text="# Hej\nå ä ö",
            visible_markdown=True,
            non_visible_data=b"\x00\xff",
            requirement=requirement,
        )
        kept = world.simulator.orders.find(order.auto_start_token)
        assert kept is not None
        sent = kept.request
        assert (sent.end_user_ip, sent.return_url) == ("192.0.2.7", "https://linjen.example/sign-in/return#nonce=abc")
        assert sent.visible_text == "# Hej\nå ä ö" and sent.user_visible_data_format == "simpleMarkdownV1"
        assert sent.user_non_visible_data == "AP8=" and sent.return_risk is True
        assert sent.web is not None and sent.web.device_identifier == "2f6d0c9a"
        assert sent.requirement.card_reader == "class1" and sent.requirement.personal_number == ASTRID
        assert sent.requirement.pin_code and sent.requirement.mrtd
        assert sent.requirement.certificate_policies == ["1.2.3.4.5"]
        app = App(app_identifier="se.linjen", device_os="Android 15", device_model_name="X", device_identifier="y")
        other = world.simulator.orders.find((await world.start(app=app)).auto_start_token)
        assert other is not None and other.request.app is not None and other.request.app.device_os == "Android 15"


async def test_a_passport_is_read_before_signing_when_asked_for(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start(requirement=Requirement(mrtd=True))
        await world.scan(order, person=ASTRID)
        assert (await world.bankid.collect(order.order_ref)).hint_code == "userMrtd"
        assert (await world.tap("/sign")).json() == {"error": "mrtd_missing"}
        await world.tap("/mrtd")
        assert (await world.bankid.collect(order.order_ref)).hint_code == "userSign"
        await world.tap("/sign")
        done = await world.bankid.collect(order.order_ref)
        assert done.completion is not None and done.completion.mrtd is True


async def test_high_risk_is_refused_and_moderate_is_told(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start()
        await world.scan(order, person=ASTRID)
        await world.tap("/sign", risk="high")
        with pytest.raises(Refused) as caught:
            await world.bankid.collect(order.order_ref)
        assert caught.value.reason == "bankid_risk_high"
        order = await world.start()
        await world.scan(order, person=NILS)
        await world.tap("/sign")
        done = await world.bankid.collect(order.order_ref)
        assert done.completion is not None and done.completion.risk == "moderate"


async def test_an_order_is_collected_once_and_cancelled_at_most_once(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start()
        await world.scan(order, person=ASTRID)
        await world.tap("/cancel")
        failed = await world.bankid.collect(order.order_ref)
        assert (failed.status, failed.hint_code) == ("failed", "userCancel")
        with pytest.raises(NotFound):
            await world.bankid.collect(order.order_ref)
        second = await world.start()
        assert await world.bankid.cancel(second.order_ref) is True
        assert await world.bankid.cancel(second.order_ref) is False


async def test_a_hint_nobody_has_heard_of_is_passed_on(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start()
        await world.tap("/hint", hint="userDancing", status="pending")
        seen = await world.bankid.collect(order.order_ref)
        assert (seen.status, seen.hint_code) == ("pending", "userDancing")
        await world.tap("/hint", hint="userFellAsleep", status="failed")
        seen = await world.bankid.collect(order.order_ref)
        assert (seen.status, seen.hint_code) == ("failed", "userFellAsleep")


async def test_a_second_order_for_the_same_person_is_refused_and_ends_the_first(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        wanted = Requirement(personal_number=ASTRID)
        first = await world.start(requirement=wanted)
        with pytest.raises(Refused) as caught:
            await world.start(requirement=wanted)
        assert error_key(caught.value) == "bankid.rfa4"
        ended = await world.bankid.collect(first.order_ref)
        assert (ended.status, ended.hint_code) == ("failed", "cancelled")
        assert await world.start(requirement=wanted)


@pytest.mark.parametrize(
    ("status", "reason", "key"),
    [
        (408, "bankid_timeout", "bankid.rfa5"),
        (429, "bankid_busy", "bankid.rfa5"),
        (500, "bankid_internal", "bankid.rfa5"),
        (503, "bankid_maintenance", "bankid.rfa5"),
        (401, "bankid_own_fault", "bankid.own_fault"),
    ],
)
async def test_each_error_of_bankid_has_its_reason(tmp_path: Path, status: int, reason: str, key: str) -> None:
    async with bankid_world(tmp_path) as world:
        await world.tap("/fault", status=status, times=2)
        with pytest.raises(Unavailable) as caught:
            await world.start()
        assert caught.value.reason == reason and error_key(caught.value) == key
        if status == 429:
            assert caught.value.detail["retry_after_s"] == 7


async def test_maintenance_is_tried_once_more_and_an_internal_error_is_not(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        await world.tap("/fault", status=503, times=1)
        assert (await world.start()).order_ref
        await world.tap("/fault", status=500, times=1)
        with pytest.raises(Unavailable):
            await world.start()


async def test_a_connection_given_up_over_there_is_tried_anew_and_no_longer_than_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start()
        asked: dict[str, bool] = {}

        async def cut(_self: HttpLine, _method: str, url: str, *, repeatable: bool = False, **_rest: object) -> Answer:
            asked[url.rpartition("/")[2]] = repeatable
            raise Cut("ServerDisconnectedError")

        monkeypatch.setattr(HttpLine, "ask", cut)
        for call in (world.start(), world.bankid.collect(order.order_ref), world.bankid.cancel(order.order_ref)):
            with pytest.raises(Unavailable) as caught:
                await call
            assert caught.value.reason == "bankid_unreachable"
        assert asked == {"auth": True, "collect": True, "cancel": True}


async def test_our_own_field_errors_never_leave_the_house(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        wrong: list[dict[str, object]] = [
            {"visible_text": "å" * 600},
            {"non_visible_data": b"x" * 1200},
            {"requirement": Requirement(personal_number="9512262396")},
            {"requirement": Requirement(card_reader="class2")},
            {"web": WEB, "app": App(app_identifier="a", device_os="b", device_model_name="c", device_identifier="d")},
        ]
        for fields in wrong:
            with pytest.raises(Invalid):
                await world.start(**fields)
        with pytest.raises(Invalid):
            await world.bankid.auth(end_user_ip="not an address")
        assert world.simulator.orders.open_orders() == []


async def test_a_field_that_only_bankid_can_judge_is_our_own_fault(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        with pytest.raises(Unavailable) as caught:
            await world.start(return_url="no scheme")
        assert caught.value.reason == "bankid_own_fault"


async def test_a_client_without_a_certificate_is_refused(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        context = ssl.create_default_context(cafile=str(world.simulator.ca_file))
        async with httpx.AsyncClient(verify=context, trust_env=False) as stranger:
            with pytest.raises(httpx.TransportError):
                await stranger.post(world.simulator.rp_url + "auth", json={"endUserIp": "192.0.2.7"})


async def test_a_certificate_of_somebody_else_is_refused_either_way(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with bankid_world(tmp_path / "a") as ours, bankid_world(tmp_path / "b") as theirs:
        here, there = ours.simulator, theirs.simulator
        wrong_client = BankID(here.rp_url, here.ca_file, there.client_cert_file, there.client_key_file)
        wrong_server = BankID(there.rp_url, here.ca_file, there.client_cert_file, there.client_key_file)
        for client in (wrong_client, wrong_server):
            with pytest.raises(Unavailable) as caught:
                await client.auth(end_user_ip="192.0.2.7")
            assert caught.value.reason == "bankid_unreachable"
            await client.close()


async def test_a_stopped_bankid_is_unreachable_and_not_a_crash(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        await world.simulator.stop()
        with pytest.raises(Unavailable) as caught:
            await world.start()
        assert error_key(caught.value) == "bankid.rfa5"


async def test_the_settings_make_a_client_or_name_what_is_missing(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        simulator = world.simulator
        whole = {
            "bankid_url": simulator.rp_url,
            "bankid_ca_file": simulator.ca_file,
            "bankid_cert_file": simulator.client_cert_file,
            "bankid_key_file": simulator.client_key_file,
        }
        client = BankID.from_settings(read_settings({}, demo=True, **whole))
        assert (await client.auth(end_user_ip="2001:db8::7")).order_ref
        await client.close()
        for missing in whole:
            part = {name: value for name, value in whole.items() if name != missing}
            with pytest.raises(Misconfigured) as caught:
                BankID.from_settings(read_settings({}, demo=True, **part))
            assert caught.value.detail["setting"] == missing
        text = write_persons(tmp_path)
        with pytest.raises(Misconfigured) as caught:
            BankID.from_settings(read_settings({}, demo=True, **(whole | {"bankid_ca_file": text})))
        assert caught.value.detail["setting"] == "bankid_ca_file"


def test_an_error_of_another_kind_is_our_own_fault() -> None:
    assert error_key(LinjenError("something_else")) == "bankid.own_fault"
