"""Push as the stories meet it: browsers at a push service that is not ours, and the rounds taken by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from linjen.core.settings import read_settings
from linjen.integrations.http_line import Line
from linjen.integrations.web_push import Subscription, WebPush, make_key
from linjen.notices.pushing import Pusher
from linjen.notices.reactions import add_push_reactions
from linjen.web.telling import push_sender
from tests.integrations.push_service import HOST, PushService
from tests.region import Person, Region
from tests.stories.sms_world import Reader


def open_push(region: Region, line: Line) -> WebPush:
    """Push in a region whose settings named no key."""
    settings = read_settings(
        {}, demo=True, push_key=make_key(), push_contact="mailto:drift@example.org", push_hosts=[HOST]
    )
    region.site.push = WebPush.from_settings(settings, line)
    return region.site.push


class Push(Reader):
    """The rounds of one region, by hand."""

    def __init__(self, region: Region, service: PushService) -> None:
        self.service = service
        self.way_out = open_push(region, service)
        super().__init__(region, "pushes", add_push_reactions)

    async def browser(self) -> Subscription:
        """A browser of somebody's, with a subscription to our key."""
        return await self.service.subscribe(self.way_out.public_key)

    async def add(self, person: Person, to: Subscription) -> httpx.Response:
        """Ask for notices there, as the page's script does."""
        fields = {"endpoint": to.endpoint, "p256dh": to.p256dh, "auth": to.auth}
        return await person.post("/profile/notices/devices", fields)

    async def told(self, person: Person) -> Subscription:
        """A browser in which she has asked for notices."""
        to = await self.browser()
        assert (await self.add(person, to)).status_code == 204
        return to

    @property
    def sender(self) -> Pusher:
        """A sender over the region's site."""
        sender = push_sender(self.region.site)
        assert sender is not None
        return sender

    async def go_on(self) -> None:
        """React, let time pass until everything is due, and send."""
        await self.react()
        await self.hurry()
        await self.sender.step()

    async def hurry(self) -> None:
        """Everything that waits is due."""
        await self.region.site.database.execute("update pushes set next_at = now() where state = 'waiting'")

    async def states(self, case_id: UUID) -> list[tuple[Any, ...]]:
        """(kind, state, reason) of the case's pushes, the oldest first."""
        rows = await self.region.site.database.fetch(
            "select kind, state, reason from pushes where case_id = $1 order by created_at, id", case_id
        )
        return [tuple(row) for row in rows]
