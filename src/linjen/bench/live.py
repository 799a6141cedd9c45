"""`linjen bench live`: 5,000 open streams in one process, and how soon a message has reached all who may see it.

2,500 cases with two listeners each and 40 open ledgers of their unit, while 50 messages a second are sent. Memory is
the server's proportional set size before and after the streams, by the number of streams. The limit beside the delay is
the same number of bytes written to as many bare sockets by a loop without HTTP or database.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from linjen.bench.chatters import Chatter
from linjen.bench.ground import Ground, make_cases, make_sessions, quantile
from linjen.demo.world import id_of

CASES = 2_500
LEDGERS = 40
#: One session has so many pages open at most (web/live.py); one more would end another.
PAGES_OF_SESSION = 20
PER_S = 50
SECONDS = 20


class _Ear(asyncio.Protocol):
    """One open stream: notes when each message's id comes by."""

    def __init__(self, heard: dict[bytes, list[float]], request: bytes, mark: bytes) -> None:
        self.live = asyncio.get_running_loop().create_future()
        self._heard = heard
        self._request = request
        self._mark = mark

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = transport
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Some of the stream."""
        if not self.live.done() and b"event: hello" in data:
            self.live.set_result(None)
        at = time.perf_counter()
        place = data.find(self._mark)
        while place >= 0:
            name = data[place + len(self._mark) : place + len(self._mark) + 36]
            if name in self._heard:
                self._heard[name].append(at)
            place = data.find(self._mark, place + 1)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        if not self.live.done():
            self.live.set_exception(exc or ConnectionError("closed before it was live"))


async def run() -> dict[str, Any]:
    """Streams, kB per stream and delays in milliseconds."""
    ground = Ground()
    try:
        await ground.open()
        db = await ground.connect()
        cases = await make_cases(db, CASES)
        rows = await db.fetch("select id, patient_id from cases where id = any($1::uuid[])", cases)
        patients = {row["id"]: row["patient_id"] for row in rows}
        residents = await make_sessions(db, "resident", [patients[case] for case in cases])
        many = (CASES + LEDGERS) // PAGES_OF_SESSION + 1
        nurses = await make_sessions(db, "staff", [id_of("staff/karin")] * many, id_of("unit/ankaret"))
        await ground.start_server()
        await _warm(ground, cases, residents, nurses[0])
        before = ground.server_memory_kb()
        heard: dict[bytes, list[float]] = {}
        rows_heard: dict[bytes, list[float]] = {}
        ears = await _open(ground, cases, residents, [token for token, _ in nurses], heard, rows_heard)
        await asyncio.sleep(2)
        per_stream = (ground.server_memory_kb() - before) / len(ears)
        server, database = ground.server_cpu_ms(), ground.database_cpu_ms()
        sent = await _chat(ground, cases, residents, heard)
        figures = _delays(sent, heard)
        took_s = SECONDS + 2
        await db.close()
        return {
            "streams": len(ears), "kb_per_stream": round(per_stream, 1), **figures,
            "server_cpu_share": round((ground.server_cpu_ms() - server) / took_s / 1000, 3),
            "database_cpu_share": round((ground.database_cpu_ms() - database) / took_s / 1000, 3),
            "limit_kb_per_stream": round(await _bare_socket_kb(), 1),
        }  # fmt: skip
    finally:
        ground.close()


async def _warm(ground: Ground, cases: list[UUID], residents: list[tuple[str, UUID]], nurse: tuple[str, UUID]) -> None:
    """Some messages first, so that what is loaded once is not counted as a stream's memory."""
    token, session_id = residents[0]
    chatter = Chatter(ground.url, cases[0], (token, ground.csrf(session_id)), nurse[0], by_staff=False)
    await chatter.open()
    for _ in range(200):
        await chatter.send()
    await chatter.close()
    await asyncio.sleep(1)


def _request(url: str, path: str, kind: str, token: str) -> bytes:
    port = urlsplit(url).port
    return (
        f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: __Host-linjen-{kind}-{port}={token}\r\n\r\n".encode()
    )


async def _open(
    ground: Ground, cases: list[UUID], residents: list[tuple[str, UUID]], nurses: list[str],
    heard: dict[bytes, list[float]], rows_heard: dict[bytes, list[float]],
) -> list[_Ear]:  # fmt: skip
    parts = urlsplit(ground.url)
    loop = asyncio.get_running_loop()
    staff = (token for token in nurses for _ in range(PAGES_OF_SESSION))
    wanted = [_request(ground.url, "/clinic/ledger/stream", "staff", next(staff)) for _ in range(LEDGERS)]
    marks = [b'id="case-'] * LEDGERS
    for case_id, (token, _) in zip(cases, residents, strict=True):
        wanted.append(_request(ground.url, f"/cases/{case_id}/stream", "resident", token))
        wanted.append(_request(ground.url, f"/clinic/cases/{case_id}/stream", "staff", next(staff)))
        marks += [b'id="m-'] * 2
    ears: list[_Ear] = []
    for start in range(0, len(wanted), 100):
        batch: list[_Ear] = []
        for request, mark in zip(wanted[start : start + 100], marks[start : start + 100], strict=True):
            ear = _Ear(rows_heard if mark == b'id="case-' else heard, request, mark)
            await loop.create_connection(functools.partial(_same, ear), parts.hostname or "", parts.port or 80)
            batch.append(ear)
        await asyncio.gather(*(ear.live for ear in batch))
        ears += batch
    return ears


def _same(ear: _Ear) -> _Ear:
    return ear


async def _chat(
    ground: Ground, cases: list[UUID], residents: list[tuple[str, UUID]], heard: dict[bytes, list[float]]
) -> dict[bytes, float]:
    sent: dict[bytes, float] = {}
    began = time.perf_counter()
    tasks = []
    async with ground.http() as http:

        async def send(number: int) -> None:
            case_id, (token, session_id) = cases[number * 7 % CASES], residents[number * 7 % CASES]
            message_id = str(uuid4())
            headers = {
                "cookie": f"__Host-linjen-resident-{urlsplit(ground.url).port}={token}", "origin": ground.url,
                "x-csrf": ground.csrf(session_id), "x-linjen": "1",
            }  # fmt: skip
            heard[message_id.encode()] = []
            at = time.perf_counter()
            body = {"id": message_id, "text": "Tack, då vet jag."}
            async with http.post(f"/cases/{case_id}/messages", json=body, headers=headers) as answer:
                if answer.status == 201:
                    sent[message_id.encode()] = at

        for number in range(PER_S * SECONDS):
            wait = began + number / PER_S - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(send(number)))
        await asyncio.gather(*tasks)
        await asyncio.sleep(2)
    return sent


def _delays(sent: dict[bytes, float], heard: dict[bytes, list[float]]) -> dict[str, float]:
    """The time until the last of the two listeners had it; a message that one never had counts as missed."""
    whole = [(max(heard[name]) - at) * 1000 for name, at in sent.items() if len(heard[name]) == 2]
    return {
        "messages": len(sent),
        "missed": len(sent) - len(whole),
        "p50_ms": round(quantile(whole, 0.5), 2),
        "p99_ms": round(quantile(whole, 0.99), 2),
    }


async def _bare_socket_kb() -> float:
    """What a bare asyncio connection that only waits costs in this Python: the floor for a stream."""
    import tracemalloc  # noqa: PLC0415 - only this figure needs it

    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    tracemalloc.start()
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
    await asyncio.sleep(0.2)
    size = tracemalloc.get_traced_memory()[0] / 1024 / len(clients)
    tracemalloc.stop()
    for client in clients:
        client.close()
    server.close()
    return size
