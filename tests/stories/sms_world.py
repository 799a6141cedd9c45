"""SMS as the stories meet them: a gateway that keeps what it was given, and the rounds taken by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self
from uuid import UUID

from linjen.core.dispatcher import Dispatcher
from linjen.core.errors import LinjenError
from linjen.integrations.sms import Outgoing
from linjen.notices.reactions import add_reactions
from linjen.notices.sending import Sender
from linjen.web.telling import sms_sender
from tests.region import Region

#: Whether every event can be read by now.
OVER = "select coalesce(max(txid) < pg_snapshot_xmin(pg_current_snapshot()), true) from events"


class Phones:
    """A gateway that takes everything, or what it is told: the next errors are raised one by one."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.asked = 0
        self.next: list[LinjenError] = []
        self.taken_all_the_same = False

    async def send(self, sms: Outgoing) -> str:
        """Keep it, or raise what comes next; `taken_all_the_same` keeps it and raises."""
        self.asked += 1
        await asyncio.sleep(0)
        if self.next:
            if self.taken_all_the_same:
                self.sent.append(sms)
            raise self.next.pop(0)
        self.sent.append(sms)
        return f"g-{len(self.sent)}"

    async def listen(self) -> None:
        """It tells nothing by itself."""

    async def close(self) -> None:
        """Nothing to let go."""


class Reader:
    """What reads a region's events for notices, stepped by hand."""

    def __init__(self, region: Region, name: str, add: Callable[[Dispatcher, int], None]) -> None:
        self.region = region
        self.reactions = Dispatcher(region.site.database, name)
        add(self.reactions, 300)

    async def begin(self) -> Self:
        """The cursor begins here: what the seeding did is not told. Nobody's night is quiet, whenever the tests run."""
        await self.region.site.database.execute("update residents set quiet_from = 0, quiet_until = 0")
        await self.reactions.step()
        return self

    async def react(self) -> None:
        """Read all events; what runs beside this test may hold the reader back for a moment."""
        async with asyncio.timeout(30):
            while not await self.region.value(OVER):  # noqa: ASYNC110 - rows tell no one
                await asyncio.sleep(0.01)
        while await self.reactions.step():
            pass


class Sms(Reader):
    """The rounds of one region, by hand."""

    def __init__(self, region: Region) -> None:
        self.phones = Phones()
        region.site.sms = self.phones
        super().__init__(region, "notices", add_reactions)

    @property
    def sender(self) -> Sender:
        """A sender over the region's site."""
        sender = sms_sender(self.region.site)
        assert sender is not None
        return sender

    async def go_on(self, *, hurry: bool = True) -> list[Outgoing]:
        """React, let time pass until everything is due, and send; what went out in this round."""
        before = len(self.phones.sent)
        await self.react()
        if hurry:
            await self.region.site.database.execute("update sms set next_at = now() where state = 'waiting'")
        await self.sender.step()
        return self.phones.sent[before:]

    async def states(self, case_id: UUID) -> list[tuple[str, str, str]]:
        """(kind, state, reason) of the case's SMS, the oldest first."""
        rows = await self.region.site.database.fetch(
            "select kind, state, reason from sms where case_id = $1 order by created_at, id", case_id
        )
        return [(row["kind"], row["state"], row["reason"]) for row in rows]
