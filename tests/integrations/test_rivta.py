"""The wire under the national services: every way to fail has a name, nothing personal leaks, certificates count."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from linjen.core.errors import Misconfigured, Unavailable
from linjen.core.settings import read_settings
from linjen.integrations.listing import CONTRACT, Listing
from linjen.integrations.rivta import Rivta
from linjen.simulators.rivta import Mischief, Running, serve
from linjen.simulators.rivta.running import TlsFiles
from tests.integrations import rivta_region as region
from tests.integrations.certificates import make_certificate
from tests.integrations.rivta_region import ANKARET, ASTRID
from tests.plain_http import plain_client


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with region.services(tmp_path) as started:
        yield started


async def refusal(url: str, **options: object) -> Unavailable:
    async with region.client(url, **options) as rivta:
        with pytest.raises(Unavailable) as caught:
            await Listing(rivta, region.REGION).find_registered_unit(ASTRID)
        return caught.value


@pytest.mark.parametrize(
    ("mischief", "reason", "code"),
    [
        (region.fault(f"VP007 Authorization is missing for {ASTRID.canonical}"), "rivta_not_authorised", "VP007"),
        (region.fault("VP002 no certificate"), "rivta_not_authorised", "VP002"),
        (region.fault("VP004 unknown"), "rivta_not_addressed", "VP004"),
        (region.fault("VP009 the producer does not answer"), "rivta_fault", "VP009"),
        (region.fault(f"Astrid Påhittad {ASTRID.on_screen} is too much"), "rivta_fault", ""),
        (Mischief(kind="status", status=503), "rivta_down", None),
        (Mischief(kind="status", status=403), "rivta_not_authorised", None),
        (Mischief(kind="status", status=404), "rivta_answer_unreadable", None),
        (Mischief(kind="garbage"), "rivta_answer_unreadable", None),
        (Mischief(kind="doctype"), "rivta_answer_unreadable", None),
        (Mischief(kind="wrong_answer"), "rivta_answer_unreadable", None),
    ],
)
async def test_every_failure_has_a_name(running: Running, mischief: Mischief, reason: str, code: str | None) -> None:
    running.tell(mischief)
    error = await refusal(running.url)
    assert error.reason == reason
    assert error.detail.get("code") == code
    shown = f"{error!s} {error.detail} {error.__cause__!r}"
    assert "Påhittad" not in shown
    assert ASTRID.canonical[-4:] not in shown
    async with region.client(running.url) as rivta:
        assert await Listing(rivta, region.REGION).find_registered_unit(ASTRID) == ANKARET, "once is once"


async def test_a_service_that_is_slow_is_down(running: Running) -> None:
    running.tell(Mischief(kind="delay", seconds=3))
    started = time.monotonic()
    assert (await refusal(running.url, total_s=0.3)).reason == "rivta_down"
    assert time.monotonic() - started < 2


async def test_nobody_there_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert (await refusal(f"http://127.0.0.1:{port}/vp")).reason == "rivta_down"


async def test_an_endless_answer_is_cut(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linjen.integrations.rivta.MAX_ANSWER", 500)
    assert (await refusal(running.url)).reason == "rivta_answer_unreadable"


@pytest.mark.parametrize("url", ["http://platform.example/vp", "ftp://127.0.0.1/vp", "127.0.0.1", "", "https://"])
def test_only_https_leaves_this_machine(url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        Rivta(url)
    assert caught.value.detail["setting"] == "rivta_url"


def test_the_settings_must_name_the_platform() -> None:
    with pytest.raises(Misconfigured) as caught:
        Rivta.from_settings(read_settings({}, demo=True))
    assert caught.value.detail["setting"] == "rivta_url"


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        Rivta("https://platform.example/vp", cert_file=tmp_path / "no.pem")
    assert caught.value.detail["setting"] == "rivta_key_file"
    with pytest.raises(Misconfigured) as caught:
        Rivta("https://platform.example/vp", ca_file=tmp_path / "no.pem")
    assert caught.value.detail["setting"] == "rivta_ca_file"


# The simulator -------------------------------------------------------------------------------------------------------


async def post(running: Running, body: bytes, **headers: str) -> httpx.Response:
    given = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{CONTRACT.soap_action}"'} | headers
    async with plain_client() as http:
        return await http.post(f"{running.url}/{CONTRACT.path}", content=body, headers=given)


def envelope(inside: str, address: str = region.REGION) -> bytes:
    return f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>
      <LogicalAddress xmlns="urn:riv:itintegration:registry:1">{address}</LogicalAddress></s:Header>
      <s:Body>{inside}</s:Body></s:Envelope>""".encode()


def request(actor_type: str = "CITIZEN") -> str:
    who = f"<d:root>{ASTRID.oid}</d:root><d:extension>{ASTRID.canonical}</d:extension>"
    return f"""<GetListing xmlns="{CONTRACT.namespace}" xmlns:d="{CONTRACT.types}"><actor>
      <d:actorId>{who}</d:actorId><d:actorType>{actor_type}</d:actorType></actor>
      <personId>{who}</personId></GetListing>"""


async def test_the_simulator_takes_the_message_that_this_test_spells_out(running: Running) -> None:
    response = await post(running, envelope(request()))
    assert response.status_code == 200
    assert ANKARET in response.text


@pytest.mark.parametrize(
    ("body", "headers", "says"),
    [
        (envelope(request("NURSE")), {}, "schema: RELAXNG"),
        (envelope(request() + request()), {}, "one element in its body"),
        (envelope("<other/>"), {}, "something else"),
        (envelope(request(), address=" "), {}, "VP004"),
        (envelope(request()), {"SOAPAction": '"urn:other"'}, "SOAPAction"),
        (envelope(request()), {"Content-Type": "application/soap+xml"}, "text/xml"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + envelope(request()), {}, "document type"),
        (b"not xml", {}, "not XML"),
    ],
)
async def test_the_simulator_refuses_what_the_real_one_would(
    running: Running, body: bytes, headers: dict[str, str], says: str
) -> None:
    response = await post(running, body, **headers)
    assert response.status_code == 500
    assert says in response.text
    assert "faultcode" in response.text


async def test_the_simulator_can_be_told_over_http(running: Running) -> None:
    control = running.url.removesuffix("/vp") + "/control"
    async with plain_client() as http:
        assert (await http.post(control, json={"kind": "status", "times": 9})).status_code == 204
        assert (await post(running, envelope(request()))).status_code == 503
        assert (await http.delete(control)).status_code == 204
        assert (await post(running, envelope(request()))).status_code == 200
        assert (await http.post(control, json={"kind": "magic"})).status_code == 400


async def test_no_simulator_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINJEN_SIMULATORS", raising=False)
    with pytest.raises(Misconfigured, match="simulators_not_allowed"):
        await serve(region.write_data(tmp_path))


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"people": []},
        {"persons": [{"number": "198403099820", "given_name": "A", "surname": "B"}]},
        {"persons": [{"number": ASTRID.on_screen, "given_name": "A", "surname": "B"}]},
        {"persons": [region.DATA["persons"][0]] * 2},
    ],
)
async def test_a_wrong_register_is_refused_at_start(tmp_path: Path, data: object) -> None:
    with pytest.raises(Misconfigured) as caught:
        await serve(region.write_data(tmp_path, data), allowed=True)
    assert caught.value.detail["setting"] == "data_file"


async def test_a_folder_without_schemas_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="schema_missing"):
        await serve(region.write_data(tmp_path), schemas=tmp_path, allowed=True)


async def test_as_a_program_it_prints_its_address_and_ends_when_told(tmp_path: Path) -> None:
    command = ("-m", "linjen.simulators.rivta", "--data-file", str(region.write_data(tmp_path)))
    environ = {**os.environ, "LINJEN_SIMULATORS": "allowed"}
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=-1, env=environ)
    assert process.stdout is not None
    url = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))["url"]
    async with region.client(url) as rivta:
        assert await Listing(rivta, region.REGION).find_registered_unit(ASTRID) == ANKARET
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0


# Certificates --------------------------------------------------------------------------------------------------------


async def test_mutual_tls_lets_in_the_known_client_alone(tmp_path: Path) -> None:
    server, client, stranger = (make_certificate(tmp_path, name) for name in ("server", "client", "stranger"))
    async with region.services(tmp_path, tls=TlsFiles(*server, client[0])) as running:
        url = running.url.replace("127.0.0.1", "localhost")
        ours = {"ca_file": server[0], "cert_file": client[0], "key_file": client[1]}
        async with region.client(url, **ours) as rivta:
            assert await Listing(rivta, region.REGION).find_registered_unit(ASTRID) == ANKARET
        theirs = {"ca_file": server[0], "cert_file": stranger[0], "key_file": stranger[1]}
        assert (await refusal(url, **theirs)).reason == "rivta_down"
        assert (await refusal(url, ca_file=server[0])).reason == "rivta_down"
        assert (await refusal(url, **ours | {"ca_file": stranger[0]})).reason == "rivta_down"
