"""Skicka SMS: what is due is claimed, looked at once more, and handed to the gateway; at most one goes out.

A row is `sending`, and that is committed, before the gateway is asked. So whatever dies after that leaves a row that is
marked uncertain, not one that is sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.cases.patients.contact import Contact, find_contact
from linjen.core import clock
from linjen.core.database import Database, Row
from linjen.core.errors import Invalid, LinjenError, Refused, Unavailable
from linjen.core.logs import get_log
from linjen.core.phone import parse_mobile
from linjen.core.sealing import Sealer
from linjen.integrations.sms import Gateway, Outgoing, Uncertain
from linjen.integrations.sms_text import check_sms_text
from linjen.notices.outbox import TO_STAFF, Due, Outcome, claim, give_up_abandoned, write
from linjen.notices.to_staff import find_staff_phone

log = get_log(__name__)

MOST_TRIES: Final = 8
_FIRST_S, _LONGEST_S = 30.0, 900.0
_AT_ONCE = 8
_EVERY_S = 1.0


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender is told by the roof.

    `say` gives the words of a key in a language; `looks` whether a case stands open before a person now; `ask` asks
    anew whether residents are protected (False when it cannot be asked now), None where there is nobody to ask.
    """

    say: Callable[[str, str], str]
    looks: Callable[[UUID, UUID], bool]
    ask: Callable[[Sequence[UUID]], Awaitable[bool]] | None
    report_url: Callable[[UUID], str]
    unread_after_s: float


_FACTS = """
select case when c.phase = 'sent' then v.state else c.phase end as state, c.resident_unread,
  (select read_at from reading_marks m where m.case_id = c.id and m.party = 'resident') as read_at,
  (select max(sent_at) from messages m where m.case_id = c.id and m.by_kind = 'resident') as wrote_at,
  t.body_sealed
from cases c left join visits v on v.id = c.visit_id left join sms_texts t on t.id = $2
where c.id = $1
"""


class Sender:
    """One sender of a process; several share the rows between them."""

    def __init__(self, database: Database, sealer: Sealer, gateway: Gateway, around: Surroundings) -> None:
        self._database = database
        self._sealer = sealer
        self._gateway = gateway
        self._around = around
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look once a second until `stop`; what is under way then is ended first."""
        while not self._stopping.is_set():
            try:
                while await self.step() >= _AT_ONCE and not self._stopping.is_set():
                    pass
            except LinjenError as error:
                log.warning("sms_round_failed", reason=error.reason)
            except Exception as error:  # the rows are there, and the next round looks again
                log.error("sms_round_failed", reason="defect", exc_info=error)
            try:
                await asyncio.wait_for(self._stopping.wait(), _EVERY_S)
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Claim nothing new; `run` returns when what is under way has ended."""
        self._stopping.set()

    async def step(self) -> int:
        """Send what is due, a few at a time; how many were claimed."""
        await give_up_abandoned(self._database, clock.now())
        due = await claim(self._database, clock.now(), _AT_ONCE)
        await asyncio.gather(*(self._send(one) for one in due))
        return len(due)

    async def _send(self, due: Due) -> None:
        try:
            ready = await self._prepare(due)
        except Unavailable:  # nothing was handed over, so it may wait without a doubt
            ready = self._later(due, "not_ready")
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
            return self._later(due, error.reason)
        except Refused as error:
            return Outcome("failed", error.reason)
        except Uncertain as error:
            return Outcome("uncertain", error.reason)
        except Exception as error:  # a defect on the way out: nobody knows how far it came
            log.error("sms_defect", exc_info=error)
            return Outcome("uncertain", "defect")

    def _later(self, due: Due, reason: str) -> Outcome:
        if due.tries >= MOST_TRIES:
            return Outcome("failed", reason)
        return Outcome("waiting", reason, again_s=min(_FIRST_S * 2 ** (due.tries - 1), _LONGEST_S))

    async def _prepare(self, due: Due) -> Outgoing | Outcome:
        """The message as it is sent, or why it is not."""
        if due.kind in TO_STAFF:
            found = await find_staff_phone(self._database, due)
            if isinstance(found, Outcome):
                return found
            return self._outgoing(due, found, self._around.say("sv", f"sms.{due.kind}"))
        facts = await self._database.fetch_row(_FACTS, due.case_id, due.text_id)
        if facts is None:
            return Outcome("dropped", "gone")
        contact = await self._contact(due)
        if contact is None:
            return Outcome("withheld", "no_phone")
        if (dropped := self._unneeded(due, facts, contact)) is not None:
            return dropped
        if (why := contact.why_no_sms(clock.now())) == "protection_unknown" and self._around.ask is not None:
            later = self._later(due, why)
            return later if later.state == "waiting" else Outcome("withheld", why)
        if why:
            return Outcome("withheld", why)
        text = self._around.say(contact.language, f"sms.{due.kind}") if due.text_id is None else self._own(due, facts)
        return self._outgoing(due, contact.phone, text, contact.names if due.text_id else ())

    async def _contact(self, due: Due) -> Contact | None:
        """Whom to tell, with a fresh answer about protection where the last one is a day old."""
        async with self._database.connection() as db:
            contact = await find_contact(db, due.case_id)
        if contact is None or contact.is_known(clock.now()) or self._around.ask is None:
            return contact
        await self._around.ask([contact.resident_id, contact.patient_id])
        async with self._database.connection() as db:
            return await find_contact(db, due.case_id)

    def _unneeded(self, due: Due, facts: Row, contact: Contact) -> Outcome | None:
        """Why a message is not needed any more, or not yet."""
        since: datetime = due.created_at
        if facts["state"] not in {"queued", "in_progress"}:
            return Outcome("dropped", "closed")
        if due.kind == "your_turn":
            looks = self._around.looks(due.case_id, contact.resident_id)
            if looks or facts["state"] != "in_progress" or _is_after(facts["read_at"], since):
                return Outcome("dropped", "read")
        if due.kind == "new_message":
            if facts["resident_unread"] == 0:
                return Outcome("dropped", "read")
            if self._around.looks(due.case_id, contact.resident_id):
                return Outcome("waiting", "looks", again_s=self._around.unread_after_s, spent=False)
        if due.kind == "reminder" and _is_after(facts["wrote_at"], since):
            return Outcome("dropped", "answered")
        return None

    def _own(self, due: Due, facts: Row) -> str:
        row = due.case_id.bytes + (due.text_id or due.id).bytes
        return self._sealer.unseal("sms", facts["body_sealed"], row).decode()

    def _outgoing(self, due: Due, phone: str, text: str, names: Sequence[str] = ()) -> Outgoing | Outcome:
        """Guarded once more, whoever wrote it: nothing passes that may not stand in an SMS."""
        try:
            number, clean = parse_mobile(phone), check_sms_text(text, names)
        except Invalid as error:
            if error.field != "phone":
                log.error("sms_unfit", kind=due.kind, reason=error.reason)
            return Outcome("withheld", error.reason if error.field == "phone" else "unfit")
        return Outgoing(due.id, number, clean, self._around.report_url(due.id))


def _is_after(at: datetime | None, since: datetime) -> bool:
    return at is not None and at > since
