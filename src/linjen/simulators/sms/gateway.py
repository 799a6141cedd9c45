"""What the simulated gateway does with a message: takes it, refuses it, hangs or cuts, and reports what became of it.

The wire is the one that several Swedish providers share in its kind: a form POST with basic auth, an answer in JSON
with an id, and a form POST back when the phone has it. A key that came before is answered as the first time.
"""

from __future__ import annotations

import asyncio
import contextlib
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import aiohttp

from linjen.core.clock import now
from linjen.core.ids import new_id
from linjen.simulators.wire import Answer, Request, json_answer, parse_form

#: What the next call can be told to meet; their words stand in pages.py.
MISHAPS: Final = ("refuse", "busy", "fault", "hang", "cut", "lost", "twice", "silent")
_HANG_S = 60.0
_DELIVERY_S = 1.0
_MOST = 200


@dataclass
class Message:
    """One SMS that was taken, as its phone shows it."""

    id: str
    key: str
    sender: str
    to: str
    text: str
    at: datetime = field(default_factory=now)
    state: str = "sent"


class Gateway:
    """The gateway's memory: what it took, and what it is told to do wrong next."""

    def __init__(self, user: str, password: str, delivery_s: float = _DELIVERY_S) -> None:
        self.messages: list[Message] = []
        self.mishaps: list[str] = []
        self._user = user
        self._password = password
        self._delivery_s = delivery_s
        self._reporting: set[asyncio.Task[None]] = set()

    async def take(self, request: Request) -> Answer | None:
        """Answer one call; None means that the line is cut after the message was taken."""
        fields = parse_form(request)
        if not self._may(request):
            return json_answer(401, {"error": "unauthorized"})
        key = request.headers.get("idempotency-key", "")
        for known in self.messages:
            if key and known.key == key:
                return self._receipt(known)
        mishap = self.mishaps.pop(0) if self.mishaps else ""
        refusal = {"refuse": 403, "busy": 503, "fault": 500}.get(mishap)
        if refusal or not {"to", "message"} <= set(fields):
            return json_answer(refusal or 400, {"error": mishap or "missing field"})
        message = Message(str(new_id()), key, fields.get("from", ""), fields["to"], fields["message"])
        self.messages = [message, *self.messages][:_MOST]
        self._report(message, fields.get("whendelivered", ""), mishap)
        if mishap == "hang":
            await asyncio.sleep(_HANG_S)
        return None if mishap == "cut" else self._receipt(message)

    async def stop(self) -> None:
        """Report nothing more."""
        for task in self._reporting:
            task.cancel()
        await asyncio.gather(*self._reporting, return_exceptions=True)

    def _may(self, request: Request) -> bool:
        scheme, _, coded = request.headers.get("authorization", "").partition(" ")
        try:
            return scheme.lower() == "basic" and b64decode(coded).decode() == f"{self._user}:{self._password}"
        except ValueError:
            return False

    def _receipt(self, message: Message) -> Answer:
        return json_answer(200, {"id": message.id, "status": "created", "to": message.to, "from": message.sender})

    def _report(self, message: Message, url: str, mishap: str) -> None:
        if mishap != "silent":
            times = 2 if mishap == "twice" else 1
            task = asyncio.create_task(
                self._deliver(message, url, "failed" if mishap == "lost" else "delivered", times)
            )
            self._reporting.add(task)
            task.add_done_callback(self._reporting.discard)

    async def _deliver(self, message: Message, url: str, state: str, times: int) -> None:
        await asyncio.sleep(self._delivery_s)
        message.state = state
        if not url:
            return
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as client:
            for _ in range(times):
                report = {"id": message.id, "status": state, "delivered": now().isoformat()}
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    async with client.post(url, data=report):
                        pass
