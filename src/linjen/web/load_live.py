"""Belastningslarm, live: open ledgers say that many wait, and when the head of the unit knew of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linjen.cases.waiting.load import weigh_load
from linjen.core.database import Connection
from linjen.core.swedish import moment_words, time_inside
from linjen.notices.load import Told, find_told, tell_load
from linjen.web.exchange import Exchange
from linjen.web.site import Site


class LoadWatch:
    """One round over all units; between rounds it remembers what the open ledgers of this node say."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._told: dict[UUID, Told] = {}

    async def look(self, at: datetime) -> None:
        """Begin and end alarms, have SMS written, and draw the open ledgers of units anew where something is news."""
        database = self._site.database
        await weigh_load(database, at)
        if self._site.sms is not None:
            await tell_load(database, at)
        async with database.connection() as db:
            told = {one.unit_id: one for one in await find_told(db, None)}
        changed = [unit_id for unit_id in told | self._told if told.get(unit_id) != self._told.get(unit_id)]
        self._told = told
        for unit_id in changed:
            self._site.hub.reload_ledgers(unit_id)


async def load_words(db: Connection, exchange: Exchange, at: datetime) -> str:
    """'Det är många som väntar just nu. Verksamhetschefen är informerad kl. 10.15.', '' while no alarm stands."""
    unit_id = exchange.by.unit_id
    standing = await find_told(db, unit_id) if unit_id is not None else []
    if not standing:
        return ""
    told_at = standing[0].told_at
    if told_at is None:
        return exchange.say("load.here")
    same_day = told_at.date() == at.date()
    return exchange.say("load.here_told", at=time_inside(told_at) if same_day else moment_words(told_at, at))
