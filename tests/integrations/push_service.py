"""The independent push service of tests/counterparts, started for a test, and the line to it under an allowed name."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from linjen.integrations.http_line import Answer, HttpLine
from linjen.integrations.web_push import Subscription
from tests.integrations.siths_journeys import COUNTERPARTS, node_program
from tests.plain_http import plain_client

HOST = "push.example.org"


class PushService:
    """npm web-push-testing. As a line it takes what is sent to HOST by https, and passes it on to this machine.

    `next` are statuses that the next messages are answered with, in its place; `asked` the headers of what came.
    """

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._inner = HttpLine(connect_s=10, read_s=10, total_s=20)
        self._line = plain_client(base_url=self._url)
        self.next: list[int | Exception] = []
        self.asked: list[Mapping[str, str]] = []
        self.lengths: list[int] = []

    async def ask(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None,
        repeatable: bool = False, read: bool = True,
    ) -> Answer:  # fmt: skip
        """One message from the program."""
        assert url.startswith(f"https://{HOST}/")
        assert not repeatable and not read
        self.asked.append(headers or {})
        self.lengths.append(len(body))
        await asyncio.sleep(0)
        if self.next:
            answer = self.next.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return Answer(answer, {}, b"")
        return await self._inner.ask(method, url.replace(f"https://{HOST}", self._url), body=body, headers=headers)

    async def subscribe(self, public_key: str) -> Subscription:
        """A browser that subscribes, with keys of its own."""
        given = await self._ask("/subscribe", userVisibleOnly="true", applicationServerKey=public_key)
        path = urlsplit(given["endpoint"]).path
        # Its base64url is of the text of a base64: what it gives are the keys all the same.
        return Subscription(
            f"https://{HOST}{path}", given["keys"]["p256dh"].rstrip("="), given["keys"]["auth"].rstrip("=")
        )

    async def read(self, to: Subscription) -> list[dict[str, str]]:
        """What that browser has received and decrypted, the oldest first."""
        client = urlsplit(to.endpoint).path.rpartition("/")[2]
        return [json.loads(one) for one in (await self._ask("/get-notifications", clientHash=client))["messages"]]

    async def expire(self, to: Subscription) -> None:
        """The browser has let go of its subscription."""
        client = urlsplit(to.endpoint).path.rpartition("/")[2]
        await self._line.post(f"/expire-subscription/{client}")

    async def _ask(self, path: str, **body: str) -> dict[str, Any]:
        answer = await self._line.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]  # type: ignore[no-any-return]

    async def close(self) -> None:
        """Let connections go."""
        await self._inner.close()
        await self._line.aclose()


@contextlib.asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """npm web-push-testing on a free port of this machine."""
    node = node_program()
    if not (COUNTERPARTS / "node_modules" / "web-push-testing").is_dir():
        reason = "needs web-push-testing in tests/counterparts (bin/setup installs it)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    process = await asyncio.create_subprocess_exec(
        node, str(COUNTERPARTS / "push_service.mjs"), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), timeout=20)
        service = PushService(json.loads(line)["port"])
        yield service
        await service.close()
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), timeout=10)
