"""SMS by HTTP against a gateway that is not ours: Debian's Kannel, over an independent SMSC."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from linjen.core.errors import LinjenError, Refused
from linjen.core.settings import Settings, read_settings
from linjen.integrations.sms import HttpGateway
from tests.integrations.smsc import LOGIN, Smsc, smsc
from tests.plain_http import plain_client
from tests.region import Region
from tests.stories.sms_world import Sms
from tests.stories.test_sms import claim

_CONFIG = """
group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = x
smsbox-port = {box}
smsbox-interface = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
log-level = 1
store-type = file
store-location = "{folder}/store"

group = smsc
smsc = smpp
smsc-id = operator
host = 127.0.0.1
port = {smsc}
transceiver-mode = true
smsc-username = {user}
smsc-password = {password}
system-type = ""
address-range = ""
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send}
sendsms-interface = "127.0.0.1"
log-file = "{folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = linjen
password = secret
max-messages = 5
concatenation = true
"""


def programs() -> list[str]:
    """bearerbox and smsbox; skipped where they are not installed, which under CI is a failure."""
    found = [
        path for name in ("bearerbox", "smsbox") if (path := shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin"))
    ]
    if len(found) < 2:
        why = "needs kannel (bin/setup dev installs it as root)"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return found


def free_ports(count: int) -> list[int]:
    """So many free ports of this machine."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextlib.asynccontextmanager
async def kannel(folder: Path, operator: Smsc) -> AsyncIterator[int]:
    """Kannel over this operator; the port of its HTTP interface, when it is bound."""
    admin, box, send = free_ports(3)
    config = folder / "kannel.conf"
    config.write_text(_CONFIG.format(
        admin=admin, box=box, send=send, folder=folder, smsc=operator.port, user=LOGIN[0], password=LOGIN[1],
    ))  # fmt: skip
    running = []
    quiet = asyncio.subprocess.DEVNULL
    try:
        for program in programs():
            running.append(await asyncio.create_subprocess_exec(program, str(config), stdout=quiet, stderr=quiet))
            await asyncio.sleep(1)  # the second one looks for the first only once
        async with asyncio.timeout(20), plain_client() as client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    status = (await client.get(f"http://127.0.0.1:{admin}/status.txt?password=x")).text
                    if "online" in status and "smsbox" in status:
                        break
                await asyncio.sleep(0.2)
        yield send
    finally:
        for one in reversed(running):
            with contextlib.suppress(ProcessLookupError):
                one.terminate()
            try:
                await asyncio.wait_for(one.wait(), 10)
            except TimeoutError:
                one.kill()
                await one.wait()


def settings(port: int, password: str) -> Settings:
    """The settings that docs/operate.md shows for Kannel."""
    fields = [
        "username=linjen", f"password={password}", "from={from}", "to={to}", "text={text}", "charset=UTF-8",
        "coding={coding}", "dlr-mask=31", "dlr-url={report_url}?status=%d",
    ]  # fmt: skip
    return read_settings(
        {}, demo=True, sms_url=f"http://127.0.0.1:{port}/cgi-bin/sendsms", sms_encoding="query", sms_fields=fields,
        sms_id_path="", sms_report_delivered=["1"], sms_report_failed=["2", "16"],
    )  # fmt: skip


async def test_from_what_happened_to_the_phone_and_back(region: Region, tmp_path: Path) -> None:
    sms = await Sms(region).begin()
    async with smsc() as operator, kannel(tmp_path, operator) as port:
        chosen = settings(port, "secret")
        gateway = region.site.sms = HttpGateway.from_settings(chosen)
        region.site.settings = msgspec.structs.replace(
            region.site.settings, sms_report_delivered=["1"], sms_report_failed=["2", "16"]
        )
        case_id = await claim(sms)
        await sms.go_on()
        (taken,) = await operator.until(1)
        assert (
            taken["text"] == "Region Exempel: Det är din tur nu. Logga in som du brukar, med BankID, så fortsätter vi."
        )
        assert (taken["from"], taken["fromTon"], taken["coding"]) == ("Linjen", 5, 0)
        async with asyncio.timeout(20):
            while await sms.states(case_id) != [("your_turn", "delivered", "")]:  # noqa: ASYNC110 - rows tell no one
                await asyncio.sleep(0.1)
        # What the operator could not hand over comes back as work.
        operator.mishap(receipt="UNDELIV")
        karin = await region.staff("karin", "ankaret")
        await karin.say(case_id, "Hur är det i dag?")
        await sms.go_on()
        async with asyncio.timeout(20):
            while (await sms.states(case_id))[-1] != ("new_message", "failed", "not_delivered"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        assert "Telefonen fick det inte." in (await karin.get("/clinic/sms")).text
        await gateway.close()


async def test_every_alphabet_arrives_and_a_wrong_password_is_refused(region: Region, tmp_path: Path) -> None:
    from tests.integrations.test_sms_gateway import message  # noqa: PLC0415 - its numbers and ids

    async with smsc() as operator, kannel(tmp_path, operator) as port:
        gateway = HttpGateway.from_settings(settings(port, "secret"))
        for text in ("åäö ÅÄÖ é @ €", "Привет", "å" * 200):
            assert await gateway.send(message(text)) == ""
        taken = await operator.until(4)
        await gateway.close()
        assert taken[0]["text"] == "åäö ÅÄÖ é @ €"
        assert taken[1]["text"] == "Привет"
        assert "".join(one["text"] for one in taken[2:]) == "å" * 200
        wrong = HttpGateway.from_settings(settings(port, "wrong"))
        with pytest.raises(LinjenError) as caught:
            await wrong.send(message())
        await wrong.close()
        assert isinstance(caught.value, Refused)
