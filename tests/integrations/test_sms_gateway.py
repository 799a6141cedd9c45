"""The SMS gateway's HTTP interface: what each answer means, and that a doubt is never a second message."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qs

import msgspec
import pytest

from linjen.core.errors import LinjenError, Misconfigured, Refused, Unavailable
from linjen.core.ids import new_id
from linjen.core.settings import Settings, read_settings
from linjen.integrations import sms as integration
from linjen.integrations.sms import HttpGateway, Outgoing, Uncertain, read_report
from linjen.simulators import sms as simulator
from tests.plain_http import plain_client

USER = ("linjen", "secret")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def settings(url: str, **rest: object) -> Settings:
    """Settings with a gateway."""
    return read_settings({}, **{"demo": True, "sms_url": url, "sms_user": USER[0], "sms_password": USER[1], **rest})


def message(text: str = "Ärende på väg: åäö") -> Outgoing:
    """A message to a number of fiction."""
    return Outgoing(new_id(), "+46701740605", text, "http://127.0.0.1:1/report")


@contextlib.asynccontextmanager
async def gateway(url: str, **rest: object) -> AsyncIterator[HttpGateway]:
    """A client of the gateway at this address."""
    one = HttpGateway.from_settings(settings(url, **rest))
    try:
        yield one
    finally:
        await one.close()


class Line:
    """A gateway that speaks byte by byte, so that every cut can be made; `taken` holds the requests it read."""

    def __init__(self, answer: bytes | None, *, hang: bool = False, drip: bool = False) -> None:
        self.taken: list[bytes] = []
        self._answer = answer
        self._hang = hang
        self._drip = drip
        self.url = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            self.taken.append(head + await reader.readexactly(length))
            if self._hang:
                await asyncio.sleep(60)
            for piece in (
                [self._answer[i : i + 1] for i in range(len(self._answer))] if self._answer and self._drip else []
            ):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.15)
            if self._answer and not self._drip:
                writer.write(self._answer)
                await writer.drain()
        writer.close()

    @contextlib.asynccontextmanager
    async def up(self) -> AsyncIterator[Line]:
        """Listen while the block runs."""
        tasks: set[asyncio.Task[None]] = set()

        def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._serve(reader, writer))
            tasks.add(task)

        server = await asyncio.start_server(begin, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sms"
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            server.close()
            await server.wait_closed()


def http(status: int, body: bytes = b"{}") -> bytes:
    """A whole answer."""
    return b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)


async def outcome(line: Line, **rest: object) -> LinjenError | str:
    """What a send over this line comes to: the gateway's id, or the error."""
    async with line.up(), gateway(line.url, **rest) as one:
        try:
            return await one.send(message())
        except LinjenError as error:
            return error


@pytest.mark.parametrize("status", [408, 425, 429, 503])
async def test_not_now_may_be_tried_again(status: int) -> None:
    assert isinstance(await outcome(Line(http(status))), Unavailable)


@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 422])
async def test_a_refusal_is_final(status: int) -> None:
    error = await outcome(Line(http(status)))
    assert isinstance(error, Refused)
    assert error.reason == "gateway_refused"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line(http(500)), "gateway_fault"), (Line(http(502)), "gateway_fault"), (Line(http(504)), "gateway_fault"),
        (Line(None), "gateway_cut"), (Line(b"HTTP/1.1 2"), "gateway_cut"),
        (Line(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"), "gateway_cut"),
        (Line(b"\x00garbage\r\n\r\n"), "gateway_cut"),
        (Line(http(200, b"<html>")), "gateway_unreadable"),
        (Line(http(200, b'{"error": "no credit"}')), "gateway_unreadable"),
        (Line(http(200, b'{"id": null}')), "gateway_unreadable"),
        (Line(http(200, b'[{"id": 1}]')), "gateway_unreadable"),
    ],
)  # fmt: skip
async def test_what_may_have_been_taken_is_a_doubt_and_asked_once(line: Line, reason: str) -> None:
    error = await outcome(line)
    assert isinstance(error, Uncertain)
    assert error.reason == reason
    assert len(line.taken) == 1


@pytest.mark.parametrize("encoding", ["form", "json", "query"])
async def test_a_cut_line_is_a_doubt_and_asked_once_however_the_fields_travel(encoding: str) -> None:
    line = Line(None)
    error = await outcome(line, sms_encoding=encoding)
    assert isinstance(error, Uncertain)
    assert len(line.taken) == 1, "a GET would be repeated by the library itself"
    assert b"authorization: basic bGluamVuOnNlY3JldA==".lower() in line.taken[0].lower()


@pytest.mark.parametrize("line", [Line(None, hang=True), Line(http(200, b'{"id": "1"}'), drip=True)])
async def test_a_gateway_that_hangs_or_drips_is_a_doubt(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integration, "PATIENCE_S", 0.4)
    async with asyncio.timeout(5):
        assert isinstance(await outcome(line), Uncertain)


async def test_a_gateway_that_knows_keys_again_may_be_asked_twice_with_the_same() -> None:
    line = Line(None)
    async with line.up(), gateway(line.url, sms_idempotent=True) as one:
        sms = message()
        for _ in range(2):
            with pytest.raises(Unavailable):
                await one.send(sms)
    assert len(line.taken) == 2
    assert all(b"idempotency-key: " + str(sms.id).encode() in taken.lower() for taken in line.taken)


async def test_where_nobody_listens_nothing_was_taken() -> None:
    line = Line(None)
    async with line.up():
        url = line.url
    async with gateway(url) as one:
        with pytest.raises(Unavailable) as caught:
            await one.send(message())
    assert caught.value.reason == "gateway_unreachable"


async def test_the_fields_are_those_of_the_settings() -> None:
    fields = ["username=u", "to={to}", "text={text}", "coding={coding}", "dlr-url={report_url}?status=%d"]
    line = Line(http(202, b"0: Accepted for delivery"))
    async with line.up(), gateway(line.url, sms_encoding="query", sms_fields=fields, sms_id_path="") as one:
        assert await one.send(message("Å & ж")) == ""
    query = parse_qs(line.taken[0].split(b" ")[1].decode().partition("?")[2])
    assert query["to"] == ["+46701740605"]
    assert query["text"] == ["Å & ж"]
    assert query["coding"] == ["2"]
    assert query["dlr-url"] == ["http://127.0.0.1:1/report?status=%d"]
    line = Line(http(201, b'{"messages": [{"ref": 7}]}'))
    rest = {"sms_encoding": "json", "sms_fields": ["to={to}", "body={text}"], "sms_headers": ["X-Key: k-{id}"]}
    async with line.up(), gateway(line.url, sms_id_path="messages.0.ref", **rest) as one:
        assert await one.send(message('"}{')) == "7"
    assert msgspec.json.decode(line.taken[0].partition(b"\r\n\r\n")[2]) == {"to": "+46701740605", "body": '"}{'}
    assert b"x-key: k-" in line.taken[0].lower()


@pytest.mark.parametrize(
    ("name", "value"),
    [("sms_fields", ["to"]), ("sms_fields", ["to={number}"]), ("sms_headers", ["X={id}"]), ("sms_encoding", "xml"),
     ("sms_url", "nowhere"), ("sms_sender", "Region Kalmar län"), ("sms_unread_after_s", 5)],
)  # fmt: skip
def test_a_setting_that_cannot_be_right_stops_the_start(name: str, value: object) -> None:
    with pytest.raises(Misconfigured) as caught:
        HttpGateway.from_settings(msgspec.structs.replace(settings("http://127.0.0.1:1"), **{name: value}))
        settings("http://127.0.0.1:1", **{name: value})
    assert caught.value.detail["setting"] == name


def test_reports_are_read_by_the_words_of_the_settings() -> None:
    usual = settings("http://127.0.0.1:1")
    assert read_report(usual, {"status": "delivered"}) == "delivered"
    assert read_report(usual, {"status": "FAILED"}) == "failed"
    assert read_report(usual, {"status": "sent"}) == read_report(usual, {}) == ""
    kannel = settings(
        "http://127.0.0.1:1", sms_report_field="s", sms_report_delivered=["1"], sms_report_failed=["2", "16"]
    )
    assert [read_report(kannel, {"s": one}) for one in ("1", "2", "8", "16")] == ["delivered", "failed", "", "failed"]


def test_nobody_s_number_or_text_is_shown_by_accident() -> None:
    assert "+46" not in repr(message())


# -- our own simulator -------------------------------------------------------------------------------------------------


@pytest.fixture
async def phones() -> AsyncIterator[simulator.Running]:
    running = await simulator.serve(*USER, delivery_s=0.01, allowed=True)
    yield running
    await running.stop()


async def test_the_simulator_shows_the_phone_what_was_sent(phones: simulator.Running) -> None:
    async with gateway(phones.url) as one:
        assert await one.send(message()) == phones.messages[0].id
    async with plain_client() as client:
        page = (await client.get(phones.phones_url)).text
        assert (await client.get(f"{phones.phones_url}phones.css")).is_success
        assert (await client.get(f"{phones.phones_url}x")).status_code == 404
    assert "Ärende på väg: åäö" in page
    assert "+46701740605" in page


async def test_the_simulator_wants_the_password(phones: simulator.Running) -> None:
    async with gateway(phones.url, sms_password="wrong") as one:
        with pytest.raises(LinjenError):
            await one.send(message())
    assert not phones.messages


@pytest.mark.parametrize(
    ("mishap", "error", "taken"),
    [("refuse", Refused, 0), ("busy", Unavailable, 0), ("fault", Uncertain, 0), ("cut", Uncertain, 1)],
)
async def test_the_simulator_fails_as_it_is_told(
    phones: simulator.Running, mishap: str, error: type[LinjenError], taken: int
) -> None:
    async with plain_client() as client:
        assert (await client.post(f"{phones.phones_url}mishaps", data={"mishap": mishap})).status_code == 303
    async with gateway(phones.url) as one:
        with pytest.raises(error):
            await one.send(message())
        await one.send(message())
    assert len(phones.messages) == taken + 1


async def test_the_simulator_answers_a_known_key_as_the_first_time(phones: simulator.Running) -> None:
    sms = message()
    async with gateway(phones.url) as one:
        assert await one.send(sms) == await one.send(sms)
    assert len(phones.messages) == 1
