"""The strip of one's own chats, live: who holds a case in which something happened has her other pages told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

from linjen.core.database import Database
from linjen.web.live import Hub
from linjen.web.streams import frame

_MOST = 20_000
#: A person's pages are told at once, and then not again before this; what happened meanwhile is told together.
PAUSE_S = 0.5

_HOLDERS = """
select c.id, v.holder_id from cases c join visits v on v.id = c.visit_id
where c.id = any($1) and v.holder_id is not null
"""


class Strips:
    """Remembers who held what, so that who has let go of a case is told, too."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self._held: dict[UUID, UUID] = {}
        #: (unit, person) who have just been told, and whether there is more to tell them.
        self._resting: dict[tuple[UUID, UUID], bool] = {}
        hub.on_touched = self.touched

    async def touched(self, unit_id: UUID, case_ids: Iterable[UUID]) -> None:
        """Something has happened in these cases of a unit. The pages fetch what they show themselves."""
        pages = self._hub.staff_pages(unit_id)
        if not pages:
            return
        cases = set(case_ids)
        now = {row["id"]: row["holder_id"] for row in await self._database.fetch(_HOLDERS, list(cases))}
        before = {self._held.pop(case_id, None) for case_id in cases}
        if len(self._held) > _MOST:
            self._held.clear()
        self._held |= now
        people = before | set(now.values())
        for person_id in {page.by.person_id for page in pages} & people:
            self._tell(unit_id, person_id)

    def _tell(self, unit_id: UUID, person_id: UUID) -> None:
        if (unit_id, person_id) in self._resting:
            self._resting[unit_id, person_id] = True
            return
        self._resting[unit_id, person_id] = False
        asyncio.get_running_loop().call_later(PAUSE_S, self._rested, unit_id, person_id)
        for page in self._hub.staff_pages(unit_id):
            if page.by.person_id == person_id:
                page.put(frame("chats", ""))

    def _rested(self, unit_id: UUID, person_id: UUID) -> None:
        if self._resting.pop((unit_id, person_id)):
            self._tell(unit_id, person_id)
