"""SMS by SMPP 3.4 against an SMSC that is not ours: npm smpp."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from linjen.core.errors import LinjenError, Misconfigured, Refused, Unavailable
from linjen.core.ids import new_id
from linjen.core.settings import read_settings
from linjen.integrations import smpp
from linjen.integrations.smpp import SmppGateway
from linjen.integrations.sms import Outgoing, Uncertain
from tests.integrations.smsc import LOGIN, Smsc, smsc


class Line:
    """A gateway over SMPP, and the receipts that it told of."""

    def __init__(self, port: int, **rest: object) -> None:
        settings = read_settings({}, **{
            "demo": True, "sms_url": f"smpp://127.0.0.1:{port}", "sms_user": LOGIN[0], "sms_password": LOGIN[1], **rest,
        })  # fmt: skip
        self.receipts: list[tuple[UUID | None, str, str]] = []
        self._news = asyncio.Event()
        self.gateway = SmppGateway.from_settings(settings, self._take)

    async def _take(self, sms_id: UUID | None, gateway_id: str, said: str) -> None:
        self.receipts.append((sms_id, gateway_id, said))
        self._news.set()

    async def until(self, count: int) -> list[tuple[UUID | None, str, str]]:
        """The receipts, when there are so many."""
        async with asyncio.timeout(10):
            while len(self.receipts) < count:
                self._news.clear()
                await self._news.wait()
        return self.receipts


@contextlib.asynccontextmanager
async def lined(port: int, **rest: object) -> AsyncIterator[Line]:
    """A line that listens."""
    line = Line(port, **rest)
    listening = asyncio.create_task(line.gateway.listen())
    try:
        yield line
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await line.gateway.close()


@pytest.fixture
async def operator() -> AsyncIterator[Smsc]:
    async with smsc() as one:
        yield one


def message(text: str = "Ärende på väg: åäö ÅÄÖ é @ €") -> Outgoing:
    """A message to a number of fiction."""
    return Outgoing(new_id(), "+46701740605", text, "")


async def refusal(line: Line, sms: Outgoing | None = None) -> LinjenError:
    """The error that a send ends in."""
    with pytest.raises(LinjenError) as caught:
        await line.gateway.send(sms or message())
    return caught.value


async def test_a_message_arrives_letter_by_letter_and_its_receipt_comes_back(operator: Smsc) -> None:
    async with lined(operator.port) as line:
        sms = message()
        assert await line.gateway.send(sms) == "smsc-1"
        assert await line.until(1) == [(sms.id, "smsc-1", "delivered")]
    (taken,) = operator.taken
    assert taken["text"] == sms.text
    assert (taken["to"], taken["from"]) == ("46701740605", "Linjen")
    assert (taken["fromTon"], taken["toTon"], taken["coding"], taken["receipt"]) == (5, 1, 0, 1)


async def test_other_alphabets_and_long_texts_arrive_whole(operator: Smsc) -> None:
    async with lined(operator.port, sms_sender="+46701740699") as line:
        await line.gateway.send(message("Привет"))
        await line.gateway.send(message("å" * 300 + "€"))
        await line.gateway.send(message("ж" * 100))
        taken = await operator.until(5)
        assert len(await line.until(3)) == 3, "one receipt a message, not one a part"
    assert (taken[0]["text"], taken[0]["coding"], taken[0]["from"], taken[0]["fromTon"]) == (
        "Привет",
        8,
        "46701740699",
        1,
    )
    assert "".join(one["text"] for one in taken[1:3]) == "å" * 300 + "€"
    assert "".join(one["text"] for one in taken[3:]) == "ж" * 100
    assert [one["receipt"] for one in taken[1:]] == [0, 1, 0, 1]
    assert all(one["esm"] == 0x40 and one["header"] for one in taken[1:])


@pytest.mark.parametrize(("status", "kind"), [(0x58, Unavailable), (0x14, Unavailable), (0x08, Unavailable),
                                              (0x0B, Refused), (0x45, Refused)])  # fmt: skip
async def test_an_error_status_says_that_it_was_not_taken(operator: Smsc, status: int, kind: type[LinjenError]) -> None:
    operator.mishap(status=status)
    async with lined(operator.port) as line:
        assert isinstance(await refusal(line), kind)
        assert await line.gateway.send(message()) == "smsc-1", "the line goes on"


async def test_a_line_that_is_cut_after_it_was_taken_is_a_doubt_and_bound_anew(operator: Smsc) -> None:
    operator.mishap(cut=True)
    async with lined(operator.port) as line:
        assert isinstance(await refusal(line), Uncertain)
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(Unavailable):
                    assert await line.gateway.send(message()) == "smsc-2"
                    break
                await asyncio.sleep(0.1)
    assert len(operator.taken) == 2


async def test_an_operator_that_never_answers_is_a_doubt_that_its_receipt_may_settle(
    operator: Smsc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp, "PATIENCE_S", 1.0)
    operator.mishap(silent=True)
    async with lined(operator.port) as line:
        assert isinstance(await refusal(line), Uncertain)
        assert await line.until(1) == [(None, "smsc-1", "delivered")], (
            "under the operator's id, which nobody knows here"
        )


async def test_a_second_part_that_is_refused_leaves_a_doubt(operator: Smsc) -> None:
    operator.mishap()
    operator.mishap(status=0x58)
    async with lined(operator.port) as line:
        assert isinstance(await refusal(line, message("å" * 200)), Uncertain)


async def test_receipts_in_every_manner_are_read(operator: Smsc) -> None:
    for what in ({"receipt": "UNDELIV"}, {"receipt": "ACCEPTD"}, {"tlv": True}, {"twice": True}):
        operator.mishap(**what)
    async with lined(operator.port) as line:
        for _ in range(4):
            await line.gateway.send(message())
        told = [(gateway_id, said) for _, gateway_id, said in await line.until(4)]
    assert sorted(told) == [
        ("smsc-1", "failed"), ("smsc-3", "delivered"), ("smsc-4", "delivered"), ("smsc-4", "delivered"),
    ]  # fmt: skip


async def test_a_wrong_password_and_nobody_there_take_nothing(operator: Smsc) -> None:
    async with lined(operator.port, sms_password="wrong") as line:
        assert isinstance(await refusal(line), Unavailable)
    async with lined(1) as line:
        assert isinstance(await refusal(line), Unavailable)
    assert not operator.taken


@pytest.mark.parametrize("rest", [{"sms_url": "smpp://127.0.0.1"}, {"sms_user": ""}])
def test_a_setting_that_cannot_be_right_stops_the_start(rest: dict[str, object]) -> None:
    with pytest.raises(Misconfigured):
        Line(1, **rest)
