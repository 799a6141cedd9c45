"""Öppna sidor: once a second each is asked whether its reader may still see it, so that none outlives what it rests on.

An assignment, an account, a guardianship and a session end without an event that the hub is told of: by an
administrator, by the register, by a clock, or on another node. Being asked is no use of a session: none lasts longer.
"""

from __future__ import annotations

import asyncio

from linjen.access.sessions import find_alive
from linjen.cases.waiting.boards import find_leading
from linjen.cases.waiting.open_ledgers import find_ledgers
from linjen.core.errors import LinjenError
from linjen.core.logs import get_log
from linjen.web.site import Site
from linjen.web.streams import Stream

log = get_log(__name__)

LOOK_S = 1.0
#: So many pages of cases are asked about in one statement, so that what is delivered meanwhile is not held up.
_AT_ONCE = 500


class OpenPages:
    """The round over all open pages of this node."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except LinjenError as error:  # without the database nothing is shown to anybody either
                log.warning("open_pages_failed", reason=error.reason)
            except Exception as error:  # one round's trouble never ends the rounds
                log.error("open_pages_failed", exc_info=error)

    async def look(self) -> None:
        """End what may be seen no more."""
        streams = [stream for stream in self._site.hub.streams() if not stream.closed]
        pages = [stream for stream in streams if stream.case_id is not None]
        for start in range(0, len(pages), _AT_ONCE):
            await self._site.hub.end_lost(pages[start : start + _AT_ONCE])
        await self._look_at_lists([stream for stream in streams if stream.case_id is None])

    async def _look_at_lists(self, streams: list[Stream]) -> None:
        """The ledgers and the pages of the administration."""
        if not streams:
            return
        site = self._site
        alive = await find_alive(site.database, site.settings, [stream.by for stream in streams])
        async with site.database.connection() as db:
            work = await find_ledgers(db, [stream.by for stream in streams if stream.version is None])
            lead = await find_leading(db, {stream.by.person_id for stream in streams if stream.version is not None})
        for stream in streams:
            by = stream.by
            may = by.person_id in lead if stream.version is not None else (by.person_id, by.unit_id) in work
            if by.session_id not in alive or not may:
                stream.end("signed_out")
