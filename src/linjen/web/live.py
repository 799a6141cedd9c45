"""Live pages: what was committed reaches every open page that may see it, drawn for its listener.

The hub is told of events after their commit. In each round it takes all that wait, asks the policy once for all
listeners concerned (`may_see`, as each of them), and puts the drawn fragment in the listener's queue, or "gone" where
access was lost, "signed_out" where the session was. What is lost without an event is seen by a round of its own
(open_pages.py). A stream holds no database connection and has a greatest age; a browser that comes back says which
number it saw last and is given what came after from the rows.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any
from uuid import UUID

from linjen.access.sessions import find_alive
from linjen.cases.levels import URGENT
from linjen.cases.loading import may_see
from linjen.cases.patients.contact import list_beside
from linjen.core.database import Database
from linjen.core.errors import LinjenError
from linjen.core.events import Event
from linjen.core.ids import new_id
from linjen.core.logs import get_log
from linjen.core.metrics import EVENT_DELIVERY_SECONDS
from linjen.core.settings import Settings
from linjen.web.streams import Party, Stream, frame

log = get_log(__name__)

HEARTBEAT_S = 20
#: A ledger is drawn at most this often, so that a burst of messages costs one row.
LEDGER_PAUSE_S = 0.1
#: For so long after a case was to be looked at again a page that comes (back) is told so.
_AGAIN_S = 60.0
#: So many pages of one session are open at once; one more ends the one that was opened first.
_MOST_OF_SESSION = 20
#: Ends the care of the moment, by which its unit reads the patient's cases at other units.
_ENDS_CARE = frozenset({"closed", "withdrawn", "handed_over"})

Draw = Callable[[Event, Party], Awaitable[str | None]]
DrawRows = Callable[[UUID, Sequence["Stream"], set[UUID]], Awaitable[None]]


class Hub:
    """All open streams of this process, and the rounds that serve them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._by_case: dict[UUID, set[Stream]] = defaultdict(set)
        self._by_unit: dict[UUID, set[Stream]] = defaultdict(set)
        #: Of the pages of cases those of staff, by the unit where they work now.
        self._staff_by_unit: dict[UUID, set[Stream]] = defaultdict(set)
        #: Pages apart: of a case those that show no talk, and under None those of the administration.
        self._apart: dict[UUID | None, set[Stream]] = defaultdict(set)
        self._again: dict[UUID, float] = {}
        self._by_session: dict[UUID, dict[Stream, None]] = defaultdict(dict)
        self._pending: list[Event] = []
        self._waiting_since = 0.0
        self._touched: dict[UUID, set[UUID]] = defaultdict(set)
        self._changes: dict[UUID, int] = defaultdict(int)
        self._started = new_id().hex
        self._wake = asyncio.Event()
        self._wake_ledgers = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        #: Set when the server stops: for what is open for long without being one of the streams here.
        self.ending = asyncio.Event()
        self.draw: Draw | None = None
        self.draw_rows: DrawRows | None = None
        self.read_since: Callable[[UUID, int], Awaitable[Sequence[Event]]] | None = None
        #: Told (case, party, number) when a message has been put into the other party's open page.
        self.on_delivered: Callable[[UUID, Party, int], None] | None = None
        #: Told when a page has been opened or left.
        self.on_page: Callable[[Stream], None] | None = None
        #: Told of the cases of a unit in which something has happened, once a round.
        self.on_touched: Callable[[UUID, set[UUID]], Awaitable[None]] | None = None

    # -- streams -------------------------------------------------------------------------------------------------

    def add(self, stream: Stream) -> None:
        """Begin to serve a stream: a page apart, or of its case, or else of its unit's ledger."""
        if stream.version is not None:
            self._apart[stream.case_id].add(stream)
        elif stream.case_id is not None:
            self._by_case[stream.case_id].add(stream)
            if stream.by.is_staff and stream.by.unit_id is not None:
                self._staff_by_unit[stream.by.unit_id].add(stream)
        elif stream.by.unit_id is not None:
            self._by_unit[stream.by.unit_id].add(stream)
        of_session = self._by_session[stream.by.session_id]
        of_session[stream] = None
        for oldest in list(of_session)[: max(0, len(of_session) - _MOST_OF_SESSION)]:
            oldest.close()
        if self.on_page is not None and stream.version is None:
            self.on_page(stream)

    def remove(self, stream: Stream) -> None:
        """Stop serving a stream."""
        indexes: tuple[tuple[dict[Any, set[Stream]], UUID | None], ...] = (
            (self._apart, stream.case_id), (self._by_case, stream.case_id), (self._by_unit, stream.by.unit_id),
            (self._staff_by_unit, stream.by.unit_id),
        )  # fmt: skip
        for index, key in indexes:
            if key in index:
                index[key].discard(stream)
                if not index[key]:
                    del index[key]
        of_session = self._by_session.get(stream.by.session_id, {})
        of_session.pop(stream, None)
        if not of_session:
            self._by_session.pop(stream.by.session_id, None)
        stream.closed = True
        if self.on_page is not None and stream.version is None:
            self.on_page(stream)

    @contextlib.contextmanager
    def serving(self, stream: Stream) -> Iterator[None]:
        """Serve a stream for as long as its page is open; whatever ends it, it is let go."""
        self.add(stream)
        try:
            yield
        finally:
            self.remove(stream)

    def streams(self) -> Iterable[Stream]:
        """Every open stream."""
        for streams in [*self._by_case.values(), *self._by_unit.values(), *self._apart.values()]:
            yield from list(streams)

    def boards(self) -> list[Stream]:
        """The open pages of the administration."""
        return [stream for stream in self._apart.get(None, ()) if not stream.closed]

    def has_open(self, case_id: UUID, person_id: UUID | None) -> bool:
        """Whether the case stands open on a page of this person."""
        return any(stream.by.person_id == person_id and not stream.closed for stream in self._by_case.get(case_id, ()))

    def pages_of(self, case_id: UUID) -> list[Stream]:
        """The open pages of a case."""
        return [stream for stream in self._by_case.get(case_id, ()) if not stream.closed]

    def ledgers_of(self, unit_id: UUID) -> list[Stream]:
        """The open ledgers of a unit."""
        return [stream for stream in self._by_unit.get(unit_id, ()) if not stream.closed]

    def reload_ledgers(self, unit_id: UUID) -> None:
        """What stands in the open ledgers of a unit is another list now, without an event of any case."""
        for stream in self.ledgers_of(unit_id):
            stream.put(frame("reload", ""))

    def staff_pages(self, unit_id: UUID) -> list[Stream]:
        """Every open case on the screens of those who work at a unit now."""
        return list(self._staff_by_unit.get(unit_id, ()))

    def end_session(self, session_id: UUID) -> None:
        """Close what a session that signed out had open."""
        for stream in self.streams():
            if stream.by.session_id == session_id:
                stream.end("signed_out")

    # -- what is told --------------------------------------------------------------------------------------------

    def publish(self, events: Sequence[Event]) -> None:
        """Events of a transaction that has been committed."""
        if not self._pending:
            self._waiting_since = perf_counter()
        self._pending.extend(events)
        for event in events:
            for unit_id in _units_of(event):
                self._changes[unit_id] += 1
        self._wake.set()

    def ledger_version(self, unit_id: UUID) -> str:
        """Changes with every event of the unit: a ledger drawn at an older version than its stream's has missed one."""
        return f"{self._started}-{self._changes[unit_id]}"

    def redraw_row(self, unit_id: UUID, case_id: UUID) -> None:
        """A figure of a case's row has changed without an event: its unit's open ledgers are given the row anew."""
        self._changes[unit_id] += 1
        if self._by_unit or self._by_case:
            self._touched[unit_id].add(case_id)
            self._wake_ledgers.set()

    async def tell_typing(self, case_id: UUID, to: Party, name: str) -> None:
        """Who is writing, for the other party's open pages of a case; who may see it no more is told so."""
        streams = [stream for stream in self._by_case.get(case_id, ()) if stream.by.kind == to]
        for stream in await self.end_lost(streams):
            stream.put(frame("typing", name))

    def signal(self, case_id: UUID, to: Party, name: str, data: str) -> None:
        """A number for the other party's open pages of a case: how far it has been delivered or read."""
        for stream in self._by_case.get(case_id, ()):
            if stream.by.kind == to:
                stream.put(frame(name, data))

    async def look_again(self, case_ids: Sequence[UUID]) -> None:
        """Who may see these cases, or what may be shown of them, has changed without an event in each: who may not see
        one any more loses it at once, and the pages of staff fetch anew.
        """
        now = time.monotonic()
        self._again = {one: at for one, at in self._again.items() if now - at < _AGAIN_S} | dict.fromkeys(case_ids, now)
        await self._tell_again(
            [s for one in case_ids for s in (*self._by_case.get(one, ()), *self._apart.get(one, ()))]
        )

    async def _tell_again(self, pages: Sequence[Stream]) -> None:
        for stream in await self.end_lost(pages):
            if stream.by.is_staff:
                stream.put(frame("reload", ""))

    def is_to_look_again(self, case_id: UUID) -> bool:
        """Whether a page that opens its stream now may have been drawn before the case was looked at again."""
        return time.monotonic() - self._again.get(case_id, -_AGAIN_S) < _AGAIN_S

    # -- rounds --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin the rounds."""
        self._tasks = [
            asyncio.create_task(self._serve_cases()),
            asyncio.create_task(self._serve_ledgers()),
            asyncio.create_task(self._beat()),
        ]

    def end_streams(self) -> None:
        """End every stream: a server that stops must not wait for open pages."""
        self.ending.set()
        for stream in self.streams():
            stream.close()

    async def stop(self) -> None:
        """End the streams and the rounds."""
        self.end_streams()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve_cases(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            events, self._pending = self._pending, []
            since = self._waiting_since
            try:
                pages = await self._deliver(events)
                EVENT_DELIVERY_SECONDS.observe(perf_counter() - since, times=pages)
            except Exception as error:  # the rows are the truth: pages are told to fetch anew, and the rounds go on
                _note("delivery_failed", error)
                self._tell_to_reload(events)

    def _tell_to_reload(self, events: Sequence[Event]) -> None:
        for event in events:
            for stream in self._by_case.get(event.case_id, ()):
                stream.put(frame("reload", ""))

    async def _deliver(self, events: Sequence[Event]) -> int:
        """Hand the events to the open pages of their cases; to how many pages something went."""
        for event in events:
            for unit_id in _units_of(event):
                if self._by_unit or self._by_case:
                    self._touched[unit_id].add(event.case_id)
                    self._wake_ledgers.set()
            if event.kind in {"alarm_heard", "further_answered"} and event.data.get("level", 9) <= URGENT:
                await self._tell_elsewhere(event, "urgent", event.data["level"])
            elif event.kind == "case_sent" or (event.kind == "case_begun" and event.data.get("waits")):
                await self._tell_elsewhere(event, "arrived", event.data.get("urgency") or 0)
            elif event.kind == "reprioritised" and _is_raised(event.data):
                await self._tell_elsewhere(event, "urgent", event.data["to"])
            elif event.kind == "went_unmet":
                await self._tell_elsewhere(event, "unmet", event.data["minutes"])
        await self._tell_beside([event.case_id for event in events if event.kind in _ENDS_CARE])
        pairs = [(stream, event) for event in events for stream in self._by_case.get(event.case_id, ())]
        if not pairs:
            return 0
        allowed = set(await self.end_lost(list({stream: None for stream, _ in pairs})))
        for stream, event in pairs:
            if stream in allowed and event.seq > stream.seen_seq:
                await self._send_event(stream, event)
        return len(pairs)

    async def _tell_elsewhere(self, event: Event, name: str, figure: int) -> None:
        """Who has another case of the unit open is told that one is urgent now or new: its level, and nothing else; or
        for how many minutes nobody has opened one of level 1.
        """
        streams = [
            stream for case_id, some in self._by_case.items() for stream in some
            if case_id != event.case_id and stream.by.is_staff and stream.by.unit_id == event.unit_id
        ]  # fmt: skip
        if not streams:
            return
        for stream, may in zip(streams, await self._may_see([(s, event.case_id) for s in streams]), strict=True):
            if may:
                stream.put(frame(name, str(figure)))

    async def _tell_beside(self, case_ids: Sequence[UUID]) -> None:
        """Care of these has ended here: what shows one of their patients without the talk may show another unit's, too,
        and looks again.
        """
        open_now = [case_id for case_id in self._apart if case_id is not None]
        if case_ids and open_now:
            async with self._database.connection() as db:
                beside = await list_beside(db, case_ids, open_now)
            await self._tell_again([stream for one in beside for stream in self._apart.get(one, ())])

    async def _send_event(self, stream: Stream, event: Event) -> None:
        html = await self.draw(event, stream.by.kind) if self.draw else None
        stream.seen_seq = event.seq
        if html is not None:
            stream.put(frame(event.kind, html, event.seq))
            if event.kind == "message_sent" and event.by_kind != stream.by.kind and self.on_delivered:
                self.on_delivered(event.case_id, stream.by.kind, event.seq)

    async def catch_up(self, stream: Stream) -> None:
        """Give a page that came back what was written after the number it saw last, from the rows."""
        if stream.case_id is not None and self.read_since is not None:
            for event in await self.read_since(stream.case_id, stream.seen_seq):
                if event.seq > stream.seen_seq:
                    await self._send_event(stream, event)

    async def _may_see(self, pairs: list[tuple[Stream, UUID | None]]) -> list[bool]:
        asked = [(stream.by, case) for stream, case in pairs if case is not None]
        return await may_see(self._database, self._settings, asked)

    async def end_lost(self, streams: Sequence[Stream]) -> list[Stream]:
        """Of these pages of cases those that may go on. The others are ended: "gone", or "signed_out" where the session
        is over, which the policy knows nothing of.
        """
        may = await self._may_see([(stream, stream.case_id) for stream in streams])
        lost = [stream for stream, may_see in zip(streams, may, strict=True) if not may_see]
        alive = await find_alive(self._database, self._settings, [stream.by for stream in lost])
        for stream in lost:
            stream.end("gone" if stream.by.session_id in alive else "signed_out")
        return [stream for stream, may_see in zip(streams, may, strict=True) if may_see]

    async def _serve_ledgers(self) -> None:
        while True:
            await self._wake_ledgers.wait()
            self._wake_ledgers.clear()
            touched, self._touched = self._touched, defaultdict(set)
            for unit_id, cases in touched.items():
                streams = list(self._by_unit.get(unit_id, ()))
                try:
                    if streams and self.draw_rows:
                        await self.draw_rows(unit_id, streams, cases)
                    if self.on_touched:
                        await self.on_touched(unit_id, cases)
                except Exception as error:  # as above: one unit's trouble never ends the rounds for the others
                    _note("ledger_delivery_failed", error)
                    for stream in streams:
                        stream.put(frame("reload", ""))
            await asyncio.sleep(LEDGER_PAUSE_S)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            for stream in self.streams():
                stream.put(b": still here\n\n")


def _is_raised(data: Mapping[str, Any]) -> bool:
    """Whether a case that nobody holds has become urgent by a colleague's judgement."""
    return bool(data.get("waits")) and data["to"] <= URGENT and data["to"] < data["from"]


def _units_of(event: Event) -> set[UUID]:
    """The units whose ledgers an event concerns: its own, and the one that a case was handed over to."""
    units = {event.unit_id} if event.unit_id is not None else set()
    return units | ({UUID(event.data["unit"])} if event.kind == "handed_over" else set())


def _note(what: str, error: Exception) -> None:
    if isinstance(error, LinjenError):
        log.warning(what, reason=error.reason)
    else:
        log.error(what, exc_info=error)
