"""The shelf of versions on a node: which content runs, and the others that interviews under way were begun on.

The rows say what runs; each node looks once a second, so a switch needs no restart. A version is compiled in a thread
and kept. One that cannot be compiled changes nothing: the version before goes on. Only where there is none before, at
the start of a node, is the triage off there until the rows name one that can be used: content that nobody in the region
has chosen must not decide in its place.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime

from linjen.core import clock
from linjen.core.database import Connection, Database
from linjen.core.errors import Invalid, LinjenError, Unavailable
from linjen.core.logs import get_log
from linjen.core.metrics import TriageNow
from linjen.triage.content.library import Protocols, compile_files, load, make_ready
from linjen.triage.releases import Switch, find_approval, find_released, find_switch, read_files

log = get_log(__name__)

_EVERY_S = 1.0
#: Versions kept compiled beside the running one; some 10 MB each.
_KEPT = 4


def _made_ready(files: dict[str, bytes]) -> Protocols:
    """Compiled, and ready to read, so that nobody waits for what reading works out at its first text."""
    return make_ready(compile_files(files))


class Shelf:
    """What a node triages with. `triage_on` false is the installation's own setting: forms alone, whatever runs."""

    def __init__(self, database: Database, *, triage_on: bool = True) -> None:
        self._database = database
        self._allowed = triage_on
        self._switch: Switch | None = None
        self._running: Protocols | None = None
        self._is_whole = True
        self._since: datetime | None = None
        self._kept: OrderedDict[str, Protocols] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Protocols]] = {}
        #: Stamps whose content this program cannot compile, or reads otherwise: not tried again.
        self._lost: set[str] = set()
        #: Two who look at once would put what they read there in the order in which they were compiled.
        self._looking = asyncio.Lock()

    def running(self) -> Protocols:
        """The content that runs. Raises Unavailable("triage_not_loaded") before the rows have been read."""
        if self._running is None:
            raise Unavailable("triage_not_loaded")
        return self._running

    @property
    def is_on(self) -> bool:
        """Whether cases are triaged; otherwise there are forms alone, and the words are still heard for danger."""
        return self._allowed and self._is_whole and self._switch is not None and self._switch.triage_on

    def now(self, at: datetime) -> TriageNow | None:
        """For the metrics at an instant: None before the rows have been read."""
        if self._running is None or self._since is None:
            return None
        return TriageNow(self.is_on, self._running.stamp, max(0.0, (at - self._since).total_seconds()))

    def at_hand(self, stamp: str) -> Protocols | None:
        """The version with this stamp if it is loaded already, for names on a page; no I/O."""
        if self._running is not None and self._running.stamp == stamp:
            return self._running
        return self._kept.get(stamp)

    async def find(self, db: Connection, stamp: str) -> Protocols | None:
        """The version with this stamp for an interview that began on it; None when it can no longer be had.

        That is one that was retired, that this version of the program reads otherwise, or that an older program
        shipped. It is loaded when needed, through the caller's connection.
        """
        if self._running is not None and self._running.stamp == stamp:
            return self._running
        shipped = await asyncio.to_thread(load)
        if shipped.stamp == stamp:
            return shipped
        release_id = await find_released(db, stamp)
        if release_id is None or stamp in self._lost:
            return None
        if stamp not in self._kept:
            await self._load(stamp, await read_files(db, release_id))
        if stamp in self._kept:
            self._kept.move_to_end(stamp)
        return self._kept.get(stamp)

    async def _load(self, stamp: str, files: dict[str, bytes]) -> None:
        """Compile once for all who wait for the same version."""
        task = self._loading.get(stamp)
        if task is None:
            task = self._loading[stamp] = asyncio.create_task(asyncio.to_thread(_made_ready, files))
            task.add_done_callback(lambda _: self._loading.pop(stamp, None))
        try:
            found = await asyncio.shield(task)
        except Invalid as error:
            log.error("release_unusable", stamp=stamp, reason=error.reason)
            self._lost.add(stamp)
            return
        if found.stamp == stamp:
            self._keep(found)
        else:  # the vocabularies of this program are newer than the release
            self._lost.add(stamp)

    def _keep(self, protocols: Protocols) -> None:
        self._kept[protocols.stamp] = protocols
        self._kept.move_to_end(protocols.stamp)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    async def refresh(self) -> None:
        """Do what the rows say. Raises Unavailable when they cannot be read; then what ran goes on."""
        async with self._looking, self._database.connection() as db:
            switch = await find_switch(db)
            before = self._switch
            if before is not None and switch.number == before.number:
                return
            if before is None or switch.release_id != before.release_id or not self._is_whole:
                await self._change(db, switch)
        self._switch = switch
        log.info("triage_runs", number=switch.number, stamp=self.running().stamp, on=self.is_on)

    async def _change(self, db: Connection, switch: Switch) -> None:
        try:
            files = await read_files(db, switch.release_id) if switch.release_id is not None else None
            found = await asyncio.to_thread(_made_ready, files) if files else await asyncio.to_thread(load)
        except Invalid as error:
            log.error("release_unusable", reason=error.reason, **{"release": str(switch.release_id), **error.detail})
            if self._running is None:  # its words and forms are better than none, but nothing is triaged with it
                self._running, self._is_whole = await asyncio.to_thread(load), False
                self._since = clock.now()
            return
        if self._running is not None:
            self._keep(self._running)
        self._running, self._is_whole = found, True
        approval = await find_approval(db, found.stamp)
        self._since = approval.at if approval else switch.at or clock.now()

    async def look(self) -> None:
        """As `refresh`, with what goes wrong in the log."""
        try:
            await self.refresh()
        except LinjenError as error:
            log.warning("triage_look_failed", reason=error.reason)
        except Exception as error:  # a defect here must not end the looking: the next switch may be urgent
            log.error("triage_look_failed", reason="defect", exc_info=error)

    async def run(self) -> None:
        """Look once a second, for ever."""
        while True:
            await asyncio.sleep(_EVERY_S)
            await self.look()
