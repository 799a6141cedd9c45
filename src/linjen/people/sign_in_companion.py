"""Följer inloggningen: goes with one attempt at BankID for as long as its page is open, and tells how it stands."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta

from linjen.access.sign_in_orders import keep_order, lease_order, note_hint
from linjen.core import clock
from linjen.core.errors import LinjenError
from linjen.integrations.bankid import COLLECT_EVERY_S
from linjen.people.sign_in import BankIDSignIn, Standing

_EVERY = timedelta(seconds=COLLECT_EVERY_S)
#: The attempt is kept anew when so little is left of the time: longer than any answer of BankID can take.
_WORN = timedelta(seconds=33)
#: What is under way for pages that have gone: without this nobody would hold on to it.
_ENDING: set[asyncio.Task[None]] = set()


class Companion:
    """Goes with one attempt for as long as its page is open.

    It alone asks BankID then, every other second, and keeps the attempt to itself over all its questions: what it has
    heard itself needs no reading, so that a second of waiting costs the database nothing. Leave it by `leave`.

    A page may go away in any moment, mostly when its person comes back from the app: a look that has begun is ended all
    the same, since BankID says once only that an order is complete.
    """

    def __init__(self, journey: BankIDSignIn, standing: Standing, browser: str) -> None:
        """`standing` as `journey.see` gave it a moment ago, for the browser whose cookie is `browser`."""
        self.standing = standing
        self._journey, self._browser = journey, browser
        self._asked_at = standing.order.asked_at
        self._kept_until: datetime | None = None
        self._looking: asyncio.Task[Standing] | None = None

    async def look(self) -> Standing:
        """How the attempt stands now. NotFound when it has been erased."""
        self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    def leave(self) -> asyncio.Task[None]:
        """The page is gone: who asks next may, when this is done. Nothing of it hangs on who calls it."""
        ending = asyncio.create_task(self._leave())
        _ENDING.add(ending)
        ending.add_done_callback(_ENDING.discard)
        return ending

    async def _leave(self) -> None:
        with contextlib.suppress(LinjenError):  # the database is away: the attempt is free again by itself
            if self._looking is not None:
                await self._looking
        if self._kept_until is not None:
            self._kept_until = None
            order = self.standing.order
            with contextlib.suppress(LinjenError):
                await note_hint(self._journey.database, order.id, order.hint, self._asked_at)

    async def _look(self) -> Standing:
        waited = clock.now() - self._asked_at
        if self.standing.order.state != "pending" or waited < timedelta(0):  # another asks, or all is said
            await self._see()
        elif waited >= _EVERY:
            await (self._ask() if await self._keeps() else self._see())
        return self.standing

    async def _see(self) -> None:
        self._kept_until = None
        self.standing = await self._journey.see(self.standing.order.id, self._browser)
        self._asked_at = self.standing.order.asked_at

    async def _keeps(self) -> bool:
        """Whether BankID may be asked by us: otherwise another page of the attempt is asking, or it has ended."""
        if self._kept_until is not None:
            return True
        return await lease_order(self._journey.database, self.standing.order.id, COLLECT_EVERY_S)

    async def _ask(self) -> None:
        order_id = self.standing.order.id
        self._asked_at = clock.now()
        hint = await self._journey.collect(self.standing)
        if hint is None:
            await self._see()
            return
        worn = self._kept_until is None or self._kept_until - self._asked_at < _WORN
        if worn or hint != self.standing.order.hint:
            self._kept_until = await keep_order(self._journey.database, order_id, hint, COLLECT_EVERY_S)
            if self._kept_until is None:
                await self._see()
                return
        self.standing = self.standing.with_hint(hint)
