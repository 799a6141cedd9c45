"""What an operator sees of the program at work: times by route, a line for each page, and figures sampled now and then.

Labels hold route templates and statuses, never a path, an id or a person. The hot routes measure themselves, since a
layer around them would cost more than it tells; what is sampled costs one connection for a moment every 15 s.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from time import perf_counter
from typing import Any

from linjen.cases.alarms.alarm_counts import measure_listening
from linjen.cases.talk.message import Sent
from linjen.cases.waiting.queues import measure_queues
from linjen.core import clock, metrics
from linjen.core.database import Database
from linjen.core.errors import LinjenError
from linjen.core.jobs import count_jobs
from linjen.core.logs import get_log, request_scope
from linjen.triage.shelf import Shelf

log = get_log(__name__)

SAMPLE_S = 15
_METHODS = frozenset(("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"))
_STREAM = b"text/event-stream"
_COMMITTED = {sender: metrics.MESSAGES_COMMITTED.labels(sender) for sender in ("staff", "resident")}
_heard = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# A transaction without an id of its own holds nobody up, however long it lasts.
_OLDEST = """
select coalesce(extract(epoch from max(clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity
where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()
"""


class Measuring:
    """Gives each request its id, times it by route template, and writes its line."""

    def __init__(self, rest: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        begun, status, ended = perf_counter(), 500, 0.0
        offered = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
        with request_scope(offered.decode("latin-1") if offered else None) as request_id:

            async def answer(message: MutableMapping[str, Any]) -> None:
                nonlocal status, ended
                if message["type"] == "http.response.start":
                    status = message["status"]
                    headers = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
                    if any(name == b"content-type" and kind.startswith(_STREAM) for name, kind in headers):
                        ended = perf_counter()  # how long somebody listens is no measure of ours
                    message = {**message, "headers": headers}
                await send(message)

            try:
                await self._rest(scope, receive, answer)
            finally:
                _tell(scope, status, (ended or perf_counter()) - begun)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    route = scope.get("path_template") or "none"
    metrics.observe_request(method, route, status, seconds)
    if _heard.isEnabledFor(logging.INFO):
        log.info("request", method=method, route=route, path=scope["path"], status=status, ms=round(seconds * 1000, 1))


def count_messages(sent: Sequence[Sent]) -> None:
    """What one batch of the message writer has committed."""
    metrics.BATCH_SIZE.observe(len(sent))
    many = {"staff": 0, "resident": 0}
    for one in sent:
        if one.event is not None:
            many[one.event.by_kind] += 1
    for sender, count in many.items():
        if count:
            _COMMITTED[sender].inc(count)


class Sampler:
    """Figures that have to be read somewhere, kept ready for whoever asks for the metrics."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database = database
        self._shelf = shelf
        self._listening: metrics.Listening | None = None
        self._queues: list[metrics.Queue] = []
        self._jobs: dict[str, int] = {}
        self._oldest_s = 0.0

    def show(self) -> None:
        """The last figures are what the metrics show from now on."""
        metrics.watch_queues(lambda: self._queues)
        metrics.watch_jobs(lambda: self._jobs)
        metrics.watch_pool(lambda: metrics.Pool(*self._database.pool_figures()))
        metrics.watch_oldest_transaction(lambda: self._oldest_s)
        metrics.watch_triage(lambda: self._shelf.now(clock.now()))
        metrics.watch_listening(lambda: self._listening)

    async def run(self) -> None:
        """Sample every 15 s, for ever; the last figures stand while the database is away."""
        self.show()
        while True:
            try:
                await self.sample()
            except LinjenError as error:
                log.warning("sampling_failed", reason=error.reason)
            except Exception as error:  # such as a table that is not migrated yet: figures never end the program
                log.error("sampling_failed", exc_info=error)
            await asyncio.sleep(SAMPLE_S)

    async def sample(self) -> None:
        """Read everything once."""
        async with self._database.connection() as db:
            self._oldest_s = await db.fetchval(_OLDEST)
            self._queues = await measure_queues(db, clock.now())
            self._jobs = await count_jobs(db)
            self._listening = await measure_listening(db)
