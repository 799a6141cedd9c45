"""Närvaro: who reads and who writes a case, known from the open pages and what is typed in them; kept nowhere.

Colleagues see it in the ledger's row and on the case. It lives in the memory of this process for seconds, and each
listener is told only of cases that the policy lets her see now.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from linjen.cases.loading import may_see
from linjen.core.database import Database
from linjen.core.logs import get_log
from linjen.core.settings import Settings
from linjen.web.faces import Faces
from linjen.web.live import Hub
from linjen.web.streams import Stream, frame

log = get_log(__name__)

#: How long somebody counts as writing after what she typed last; her page tells of it every third second.
WRITES_FOR_S = 8.0
#: How long somebody counts as reading after her last key or touch in the page, which her page tells of once a minute
#: while there is any (static/js/session.js). Longer than it takes to read a case; shorter than the lock of the screen.
READS_FOR_S = 300.0
#: What has changed meanwhile is told in one go.
ROUND_S = 0.25

#: (person, "reads" or "writes"), in the order of the people's ids, so that two lists can be compared.
Who = tuple[tuple[UUID, str], ...]


class Presence:
    """Who is where, in this process."""

    def __init__(self, database: Database, settings: Settings, hub: Hub, faces: Faces) -> None:
        self._database = database
        self._settings = settings
        self._hub = hub
        self._faces = faces
        self._writing: dict[UUID, dict[UUID, float]] = defaultdict(dict)
        self._active: dict[tuple[UUID, UUID], float] = {}
        self._told: dict[UUID, Who] = {}
        self._units: dict[UUID, UUID] = {}
        self._changed: set[UUID] = set()
        self._new: set[Stream] = set()
        hub.on_page = self.page

    def page(self, stream: Stream) -> None:
        """A page of staff has been opened or left."""
        if not stream.by.is_staff:
            return
        if stream.case_id is not None:
            self._changed.add(stream.case_id)
            if stream.by.unit_id is not None:
                self._units[stream.case_id] = stream.by.unit_id
        if not stream.closed:
            if stream.case_id is not None:
                self.active(stream.case_id, stream.by.person_id)
            self._new.add(stream)

    def active(self, case_id: UUID, person_id: UUID) -> None:
        """Somebody has opened, pressed or touched her page of a case: she counts as reading it for a while."""
        fresh = (case_id, person_id) not in self._active
        self._active[case_id, person_id] = time.monotonic() + READS_FOR_S
        if fresh:
            self._changed.add(case_id)

    def writes(self, case_id: UUID, person_id: UUID) -> None:
        """A staff member has typed in a case; the caller has asked the policy."""
        fresh = person_id not in self._writing[case_id]
        self._writing[case_id][person_id] = time.monotonic() + WRITES_FOR_S
        self.active(case_id, person_id)
        if fresh:
            self._changed.add(case_id)

    def rests(self, case_id: UUID, person_id: UUID) -> None:
        """What she typed has been sent or cleared."""
        if self._writing.get(case_id, {}).pop(person_id, None) is not None:
            self._changed.add(case_id)

    def who(self, case_id: UUID) -> Who:
        """Who is there now."""
        open_pages = {stream.by.person_id for stream in self._hub.pages_of(case_id) if stream.by.is_staff}
        found = {person: "reads" for person in open_pages if (case_id, person) in self._active}
        found |= {person: "writes" for person in self._writing.get(case_id, {}) if person in found}
        return tuple(sorted(found.items()))

    async def run(self) -> None:
        """Tell what has changed, round by round, until cancelled."""
        while True:
            await asyncio.sleep(ROUND_S)
            try:
                await self.round()
            except Exception as error:  # it is no more than a courtesy: the next change is told again
                log.warning("presence_failed", exc_info=error)

    async def round(self) -> None:
        """One round: what has changed to all who listen, and all that is so to pages that have just been opened."""
        self._forget(time.monotonic())
        changed, self._changed = self._changed, set()
        new, self._new = self._new, set()
        differs = [case_id for case_id in changed if self._look(case_id)]
        pairs = [(stream, case_id) for case_id in differs for stream in self._listeners(case_id)]
        pairs += [(stream, case_id) for stream in new for case_id in self._told_to(stream)]
        await self._tell([pair for pair in dict.fromkeys(pairs) if not pair[0].closed])
        for case_id in changed - self._told.keys():
            if not self._hub.pages_of(case_id):  # who left hers open and untouched may come back to it
                self._units.pop(case_id, None)

    def _look(self, case_id: UUID) -> bool:
        """Whether somebody has come, gone, begun or ended writing there since it was told."""
        now, before = self.who(case_id), self._told.pop(case_id, ())
        if now:
            self._told[case_id] = now
        return now != before

    def _forget(self, now: float) -> None:
        for place in [place for place, until in self._active.items() if until < now]:
            del self._active[place]
            self._changed.add(place[0])
        for case_id, people in list(self._writing.items()):
            for person in [person for person, until in people.items() if until < now]:
                del people[person]
                self._changed.add(case_id)
            if not people:
                del self._writing[case_id]

    def _listeners(self, case_id: UUID) -> list[Stream]:
        """The open pages that may show it: the case's own of staff, and the ledgers of its unit."""
        unit_id = self._units.get(case_id)
        ledgers = self._hub.ledgers_of(unit_id) if unit_id is not None else []
        return [*(one for one in self._hub.pages_of(case_id) if one.by.is_staff), *ledgers]

    def _told_to(self, stream: Stream) -> list[UUID]:
        """The cases in which somebody is, and of which a new page may want to know."""
        if stream.case_id is not None:
            return [stream.case_id] if stream.case_id in self._told else []
        return [case_id for case_id in self._told if self._units.get(case_id) == stream.by.unit_id]

    async def _tell(self, pairs: Sequence[tuple[Stream, UUID]]) -> None:
        asked = [(stream.by, case_id) for stream, case_id in pairs]
        names: dict[UUID, str] = {}
        for (stream, case_id), may in zip(pairs, await may_see(self._database, self._settings, asked), strict=True):
            if may:
                others = [one for one in self._told.get(case_id, ()) if one[0] != stream.by.person_id]
                who = [{"name": await self._name(person, names), "does": does} for person, does in others]
                data = msgspec.json.encode({"case": str(case_id), "who": who}).decode()
                stream.put(frame("presence", data))

    async def _name(self, person_id: UUID, names: dict[UUID, str]) -> str:
        if person_id not in names:
            person, _ = await self._faces.look_up("staff", person_id, None)
            names[person_id] = f"{person['given_name']} {person['surname']}" if person else ""
        return names[person_id]
