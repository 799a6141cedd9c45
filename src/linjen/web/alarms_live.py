"""Larm, live: open pages of the administration are told that there is something new, and ask for it themselves."""

from __future__ import annotations

from uuid import UUID

from linjen.cases.waiting.boards import read_standing
from linjen.web.site import Site
from linjen.web.streams import Stream, frame


class AlarmWatch:
    """One round over the open pages of the administration on this node; it remembers what each has been told."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._told: dict[Stream, str] = {}

    async def look(self) -> None:
        """Wake the pages of those for whom something has begun or ended, and end those of who may not see it more."""
        boards = self._site.hub.boards()
        people = {stream.by.person_id for stream in boards}
        standing: dict[UUID, str] = {}
        if people:
            async with self._site.database.connection() as db:
                standing = await read_standing(db, people)
        for stream in boards:
            value = standing.get(stream.by.person_id)
            if value is None:
                stream.end("signed_out")
            elif value != self._told.get(stream, stream.version):
                stream.put(frame("alarms", value))
        self._told = {stream: standing.get(stream.by.person_id, "") for stream in boards}
