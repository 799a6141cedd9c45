"""The phone page as a person meets it, every hint on demand, and who may start the simulator."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from linjen.core.errors import Misconfigured
from linjen.integrations.bankid import start_link
from linjen.simulators import require_permission
from linjen.simulators.bankid import serve
from linjen.simulators.bankid.orders import FAILED_HINTS, PENDING_HINTS
from linjen.simulators.bankid.persons import read_persons
from tests.integrations.bankid_world import ASTRID, NILS, bankid_world, write_persons

RETURN = "https://linjen.example/back#nonce=1"


async def test_a_person_scans_the_screen_chooses_herself_and_signs(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start(visible_text="Du loggar in på <Linjen>.", return_url=RETURN)
        handle = {"order": order.auto_start_token}
        home = (await world.phone.get("/")).text
        assert "Simulator för demo och test" in home and "Skanna QR-koden på skärmen" in home
        world.clock.move(12)
        page = await world.phone.post("/scan", data=handle, follow_redirects=True)
        assert "Vem är du?" in page.text and "Du loggar in på &lt;Linjen&gt;." in page.text
        page = await world.phone.post("/person", data=handle | {"person": ASTRID}, follow_redirects=True)
        assert "Skriv under" in page.text and "Avbryt" in page.text and "Astrid Exempel" in page.text
        assert (await world.bankid.collect(order.order_ref)).hint_code == "userSign"
        # By QR the person goes on at the other screen: returnUrl is for the same device.
        signed = await world.phone.post("/sign", data=handle)
        assert (signed.status_code, signed.headers["Location"]) == (303, "/done?outcome=signed")
        assert "Klart!" in (await world.phone.get(signed.headers["Location"])).text
        assert (await world.bankid.collect(order.order_ref)).status == "complete"


async def test_on_the_same_device_the_browser_is_led_back(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        for return_url, tap in ((RETURN, "/sign"), ("", "/sign"), (RETURN, "/cancel")):
            order = await world.start(return_url=return_url)
            app = world.simulator.phone_url + "/start"
            link = start_link(order.auto_start_token, "", return_url="https://linjen.example/old", app_url=app)
            page = await world.phone.get(link, follow_redirects=True)
            assert "Vem är du?" in page.text
            assert (await world.bankid.collect(order.order_ref)).hint_code == "started"
            handle = {"order": order.auto_start_token, "person": ASTRID}
            ended = await world.phone.post(tap, data=handle)
            assert ended.status_code == 303
            assert ended.headers["Location"] == (return_url or "https://linjen.example/old")


async def test_a_null_redirect_leads_nowhere(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start()
        told = await world.tap("/start", autostarttoken=order.auto_start_token, redirect="null", person=ASTRID)
        assert told.json()["return_url"] == ""
        assert (await world.tap("/sign")).json()["status"] == "complete"


@pytest.mark.parametrize("hint", [*PENDING_HINTS, *FAILED_HINTS])
async def test_every_hint_on_demand(tmp_path: Path, hint: str) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start()
        page = await world.phone.post("/scan", data={"order": order.auto_start_token}, follow_redirects=True)
        assert f"<option>{hint}</option>" in page.text
        await world.phone.post("/hint", data={"order": order.auto_start_token, "hint": hint})
        seen = await world.bankid.collect(order.order_ref)
        assert (seen.status, seen.hint_code) == ("pending" if hint in PENDING_HINTS else "failed", hint)


async def test_what_the_phone_refuses_is_said_in_words(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        assert (await world.tap("/sign")).json() == {"error": "no_such_order"}
        order = await world.start()
        handle = {"order": order.auto_start_token}
        assert (await world.tap("/person", person=ASTRID)).json() == {"error": "not_started"}
        assert (await world.tap("/scan", qr="bankid.x.0.y")).status_code == 409
        await world.scan(order)
        assert (await world.tap("/sign")).json() == {"error": "person_missing"}
        assert (await world.tap("/person", person="190001010000")).json() == {"error": "person_unknown"}
        assert (await world.tap("/hint", hint="neverHeardOf")).json() == {"error": "hint_unknown"}
        assert (await world.tap("/fault", status=418)).json() == {"error": "fault_unknown"}
        page = await world.phone.post("/sign", data=handle)
        assert page.status_code == 409 and "Välj först vem du är." in page.text
        assert (await world.phone.get("/nowhere")).status_code == 404
        assert (
            await world.phone.post("/sign", content=b"[1]", headers={"Content-Type": "application/json"})
        ).json() == {"error": "unreadable"}


async def test_the_pages_have_no_script_and_the_parts_they_need(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        await world.start()
        for path in ("/", "/paste", "/faults", "/order", "/done?outcome=signed", "/done"):
            page = await world.phone.get(path)
            assert page.status_code == 200 and '<html lang="sv">' in page.text
            assert "<script" not in page.text and "style=" not in page.text
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            labels = set(re.findall(r'<label for="(\w+)"', page.text))
            fields = set(re.findall(r'<(?:textarea|select|input) id="(\w+)"', page.text))
            assert labels == fields
        assert (await world.phone.get("/phone.css")).headers["Content-Type"].startswith("text/css")
        listed = (await world.phone.get("/persons")).json()["persons"]
        assert [person["personal_number"] for person in listed] == [ASTRID, NILS]
        assert len((await world.phone.get("/orders")).json()["orders"]) == 1


def test_it_refuses_to_start_unless_it_is_allowed() -> None:
    for environ in ({}, {"LINJEN_SIMULATORS": "1"}, {"LINJEN_SIMULATORS": ""}):
        with pytest.raises(Misconfigured) as caught:
            require_permission(environ)
        assert caught.value.reason == "simulators_not_allowed"
    require_permission({"LINJEN_SIMULATORS": "allowed"})
    require_permission({}, allowed=True)


async def test_serve_asks_for_permission_before_anything_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINJEN_SIMULATORS", raising=False)
    with pytest.raises(Misconfigured):
        await serve(tmp_path / "new", tmp_path / "none.json")
    assert not (tmp_path / "new").exists()


def test_persons_are_read_from_either_format_and_checked(tmp_path: Path) -> None:
    toml = tmp_path / "persons.toml"
    line = 'name = "A B"\ngiven_name = "A"\nsurname = "B"\n'
    toml.write_text(f'[[persons]]\n{line}personal_number = "{ASTRID}"\n', "utf-8")
    assert [person.personal_number for person in read_persons(toml)] == [ASTRID]
    assert len(read_persons(write_persons(tmp_path))) == 2
    for broken in ("[[persons]]\n" + line, f'[[persons]]\n{line}personal_number = "9512262396"\n', "not toml"):
        toml.write_text(broken, "utf-8")
        with pytest.raises(Misconfigured):
            read_persons(toml)


def test_as_a_process_it_prints_one_line_and_stops_on_a_signal(tmp_path: Path) -> None:
    persons = write_persons(tmp_path)
    command = [sys.executable, "-m", "linjen.simulators.bankid", "--folder", str(tmp_path / "c"), "--persons"]
    environ = os.environ | {"LINJEN_SIMULATORS": "allowed"}
    with subprocess.Popen([*command, str(persons)], env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        for name in ("ca_file", "client_cert_file", "client_key_file", "root_file"):
            assert Path(told[name]).is_file()
        assert Path(told["client_key_file"]).stat().st_mode & 0o777 == 0o600
        assert told["rp_url"].startswith("https://127.0.0.1:") and told["phone_url"].startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    refused = subprocess.run(
        [*command, str(persons)], env=environ | {"LINJEN_SIMULATORS": ""}, capture_output=True, check=False, text=True
    )
    assert refused.returncode == 2 and "simulators_not_allowed" in refused.stderr
