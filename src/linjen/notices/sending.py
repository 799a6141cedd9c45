"""Skicka SMS: what is due is claimed, looked at once more, and handed to the gateway; at most one goes out.

A row is `sending`, and that is committed, before the gateway is asked. So whatever dies after that leaves a row that is
marked uncertain, not one that is sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from linjen.core import clock
from linjen.core.database import Database
from linjen.core.errors import Invalid, Refused, Unavailable
from linjen.core.logs import get_log
from linjen.core.phone import parse_mobile
from linjen.core.sealing import Sealer
from linjen.integrations.sms import Gateway, Outgoing, Uncertain
from linjen.integrations.sms_text import check_sms_text
from linjen.notices.needed import Facts, Surroundings, find_facts, fresh_contact, later, otherwise_than_now
from linjen.notices.outbox import TO_STAFF, Due, Outcome, claim, give_up_abandoned, note_receiver, write
from linjen.notices.rounds import go_round
from linjen.notices.to_staff import find_staff_phone

log = get_log(__name__)

AT_ONCE: Final = 8


class SmsSurroundings(Surroundings, frozen=True, kw_only=True):
    """As Surroundings, with where the gateway tells what became of an SMS."""

    report_url: Callable[[UUID], str]


class Sender:
    """One sender of a process; several share the rows between them."""

    def __init__(self, database: Database, sealer: Sealer, gateway: Gateway, around: SmsSurroundings) -> None:
        self._database = database
        self._sealer = sealer
        self._gateway = gateway
        self._around = around
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look once a second until `stop`; what is under way then is ended first."""
        await go_round(self.step, AT_ONCE, self._stopping, "sms_round_failed")

    def stop(self) -> None:
        """Claim nothing new; `run` returns when what is under way has ended."""
        self._stopping.set()

    async def step(self) -> int:
        """Send what is due, a few at a time; how many were claimed."""
        await give_up_abandoned(self._database, clock.now())
        due = await claim(self._database, clock.now(), AT_ONCE)
        await asyncio.gather(*(self._send(one) for one in due))
        return len(due)

    async def _send(self, due: Due) -> None:
        try:
            ready = await self._prepare(due)
        except Unavailable:  # nothing was handed over, so it may wait without a doubt
            ready = later(due.tries, "not_ready")
        except Exception as error:
            log.error("sms_unprepared", exc_info=error)
            ready = Outcome("failed", "defect")
        outcome = ready if isinstance(ready, Outcome) else await self._hand_over(due, ready)
        if outcome.state in {"failed", "uncertain"}:
            log.warning("sms_not_sent", kind=due.kind, state=outcome.state, reason=outcome.reason, tries=due.tries)
        await write(self._database, due.id, due.case_id, outcome)

    async def _hand_over(self, due: Due, sms: Outgoing) -> Outcome:
        try:
            return Outcome("accepted", gateway_id=await self._gateway.send(sms))
        except Unavailable as error:
            return later(due.tries, error.reason)
        except Refused as error:
            return Outcome("failed", error.reason)
        except Uncertain as error:
            return Outcome("uncertain", error.reason)
        except Exception as error:  # a defect on the way out: nobody knows how far it came
            log.error("sms_defect", exc_info=error)
            return Outcome("uncertain", "defect")

    async def _prepare(self, due: Due) -> Outgoing | Outcome:
        """The message as it is sent, or why it is not."""
        if due.kind in TO_STAFF:
            found = await find_staff_phone(self._database, due)
            if isinstance(found, Outcome):
                return found
            return self._outgoing(due, found, self._around.say("sv", f"sms.{due.kind}"))
        facts = await find_facts(self._database, due.case_id, due.text_id)
        if facts is None:
            return Outcome("dropped", "gone")
        contact = await fresh_contact(self._database, due.case_id, self._around)
        if contact is None:
            return Outcome("withheld", "no_phone")
        if (otherwise := otherwise_than_now(due, facts, contact, self._around)) is not None:
            return otherwise
        if (why := contact.why_no_sms(clock.now())) == "protection_unknown" and self._around.ask is not None:
            waits = later(due.tries, why)
            return waits if waits.state == "waiting" else Outcome("withheld", why)
        if why:
            return Outcome("withheld", why)
        await note_receiver(self._database, due.id, contact.resident_id)
        own = due.text_id is not None and facts.text_sealed is not None
        text = self._own(due, facts) if own else self._around.say(contact.language, f"sms.{due.kind}")
        return self._outgoing(due, contact.phone, text, contact.names if due.text_id else ())

    def _own(self, due: Due, facts: Facts) -> str:
        row = due.case_id.bytes + (due.text_id or due.id).bytes
        return self._sealer.unseal("sms", facts.text_sealed or b"", row).decode()

    def _outgoing(self, due: Due, phone: str, text: str, names: Sequence[str] = ()) -> Outgoing | Outcome:
        """Guarded once more, whoever wrote it: nothing passes that may not stand in an SMS."""
        try:
            number, clean = parse_mobile(phone), check_sms_text(text, names)
        except Invalid as error:
            if error.field != "phone":
                log.error("sms_unfit", kind=due.kind, reason=error.reason)
            return Outcome("withheld", error.reason if error.field == "phone" else "unfit")
        return Outgoing(due.id, number, clean, self._around.report_url(due.id))
