"""Skicka push: what is due is claimed, looked at once more as an SMS is, and handed to the browser's push service.

The words are those of the SMS, so that one guard and one test hold both: no content, no link, no unit, no name.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from linjen.core import clock
from linjen.core.database import Database
from linjen.core.errors import Invalid, Refused, Unavailable
from linjen.core.logs import get_log
from linjen.core.sealing import Sealer
from linjen.integrations.sms_text import check_sms_text
from linjen.integrations.web_push import Doubtful, Gone, Subscription, WebPush
from linjen.notices.needed import Surroundings, find_facts, fresh_contact, later, otherwise_than_now
from linjen.notices.outbox import Outcome
from linjen.notices.pushes import DuePush, claim_pushes, give_up_abandoned_pushes, write_push
from linjen.notices.rounds import go_round
from linjen.people.push_devices import forget_gone, unseal_device

log = get_log(__name__)

AT_ONCE: Final = 8
#: So long a push service keeps what it cannot deliver: a turn is soon past, a message can be read tomorrow, too.
_LIVE_S: Final = {"your_turn": 3600}
_ELSE_S: Final = 24 * 3600


class Ready(msgspec.Struct, frozen=True):
    """A message that may go out now."""

    to: Subscription
    text: bytes


class Pusher:
    """One sender of a process; several share the rows between them."""

    def __init__(self, database: Database, sealer: Sealer, push: WebPush, around: Surroundings) -> None:
        self._database = database
        self._sealer = sealer
        self._push = push
        self._around = around
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look once a second until `stop`; what is under way then is ended first."""
        await go_round(self.step, AT_ONCE, self._stopping, "push_round_failed")

    def stop(self) -> None:
        """Claim nothing new; `run` returns when what is under way has ended."""
        self._stopping.set()

    async def step(self) -> int:
        """Send what is due, a few at a time; how many were claimed."""
        await give_up_abandoned_pushes(self._database, clock.now())
        due = await claim_pushes(self._database, clock.now(), AT_ONCE)
        await asyncio.gather(*(self._send(one) for one in due))
        return len(due)

    async def _send(self, due: DuePush) -> None:
        try:
            ready = await self._prepare(due)
        except Unavailable:
            ready = later(due.tries, "not_ready")
        except Exception as error:
            log.error("push_unprepared", exc_info=error)
            ready = Outcome("failed", "defect")
        outcome = ready if isinstance(ready, Outcome) else await self._hand_over(due, ready)
        if outcome.state in {"failed", "uncertain"}:
            log.warning("push_not_sent", kind=due.kind, state=outcome.state, reason=outcome.reason, tries=due.tries)
        await write_push(self._database, due, outcome)

    async def _hand_over(self, due: DuePush, ready: Ready) -> Outcome:
        try:
            live_s = _LIVE_S.get(due.kind, _ELSE_S)
            await self._push.send(ready.to, ready.text, live_s=live_s, urgent=due.kind == "your_turn")
        except Gone:
            async with self._database.transaction() as db:
                await forget_gone(db, due.device_id)
            return Outcome("dropped", "device_gone")
        except Unavailable as error:
            return later(due.tries, error.reason, float(str(error.detail.get("after_s", 0))))
        except Refused as error:
            return Outcome("failed", error.reason)
        except Doubtful as error:
            return Outcome("uncertain", error.reason)
        except Exception as error:  # a defect on the way out: nobody knows how far it came
            log.error("push_defect", exc_info=error)
            return Outcome("uncertain", "defect")
        return Outcome("accepted")

    async def _prepare(self, due: DuePush) -> Ready | Outcome:
        """The message as it is sent, or why it is not."""
        facts = await find_facts(self._database, due.case_id)
        contact = await fresh_contact(self._database, due.case_id, self._around)
        if facts is None or contact is None or due.subscription_sealed is None:
            return Outcome("dropped", "device_gone")
        if contact.resident_id != due.resident_id:  # a child has turned thirteen, or a guardian's bond has ended
            return Outcome("dropped", "not_hers")
        if (otherwise := otherwise_than_now(due, facts, contact, self._around)) is not None:
            return otherwise
        if why := contact.why_untold(clock.now()):
            waits = later(due.tries, why)
            asks_again = why == "protection_unknown" and self._around.ask is not None and waits.state == "waiting"
            return waits if asks_again else Outcome("withheld", why)
        say = self._around.say
        try:
            body = check_sms_text(say(contact.language, f"sms.{due.kind}"), contact.names)
        except Invalid as error:
            log.error("push_unfit", kind=due.kind, reason=error.reason)
            return Outcome("withheld", "unfit")
        text = {"title": say(contact.language, "parts.wordmark"), "body": body, "lang": contact.language}
        kept = unseal_device(self._sealer, due.device_id, due.subscription_sealed)
        return Ready(kept.to, msgspec.json.encode(text))
