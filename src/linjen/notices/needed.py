"""Behövs den ännu: what is looked at when a notice has become due, the same for SMS and push.

Whether she has read it, looks at the page, was answered or has turned it off; and whether it is quiet with her now.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

import msgspec

from linjen.cases.patients.contact import Contact, find_contact
from linjen.core import clock
from linjen.core.database import Database
from linjen.notices.outbox import Outcome
from linjen.people.quiet_hours import Quiet

MOST_TRIES: Final = 8
_FIRST_S, _LONGEST_S = 30.0, 900.0
#: Who wrote in the case so short a time ago is awake and waits for the answer.
AWAKE: Final = timedelta(hours=1)
#: At these levels she is told at any hour.
_URGENT: Final = frozenset({1, 2})
#: What staff ask for by name: when it may not go out they are told, since they count on it.
ASKED_FOR: Final = frozenset({"reminder", "free_text"})


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a sender is told by the roof.

    `say` gives the words of a key in a language; `looks` whether a case stands open before a person now; `ask` asks
    anew whether residents are protected (False when it cannot be asked now), None where there is nobody to ask.
    """

    say: Callable[[str, str], str]
    looks: Callable[[UUID, UUID], bool]
    ask: Callable[[Sequence[UUID]], Awaitable[bool]] | None
    unread_after_s: float


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """How the case stands. `awake_at`: when she last wrote in it or sent it; `level`: its urgency now, if any."""

    state: str
    unread: int
    level: int | None
    read_at: datetime | None
    wrote_at: datetime | None
    awake_at: datetime | None
    text_sealed: bytes | None


class Noticed(Protocol):
    """What of a claimed row is looked at."""

    @property
    def kind(self) -> str: ...
    @property
    def case_id(self) -> UUID: ...
    @property
    def created_at(self) -> datetime: ...


_FACTS = """
select case when c.phase = 'sent' then v.state else c.phase end as state, c.resident_unread as unread,
  coalesce(v.priority, c.urgency) as level,
  (select read_at from reading_marks m where m.case_id = c.id and m.party = 'resident') as read_at, w.at as wrote_at,
  greatest(w.at, case when c.begun_by is null then c.sent_at end) as awake_at, t.body_sealed as text_sealed
from cases c left join visits v on v.id = c.visit_id left join sms_texts t on t.id = $2
left join lateral (
  select max(sent_at) as at from messages m where m.case_id = c.id and m.by_kind = 'resident') w on true
where c.id = $1
"""


async def find_facts(database: Database, case_id: UUID, text_id: UUID | None = None) -> Facts | None:
    """How the case stands now, with a text of staff's own where there is one."""
    row = await database.fetch_row(_FACTS, case_id, text_id)
    return Facts(**dict(row)) if row else None


async def fresh_contact(database: Database, case_id: UUID, around: Surroundings) -> Contact | None:
    """Whom to tell, with a fresh answer about protection where the last one is a day old."""
    async with database.connection() as db:
        contact = await find_contact(db, case_id)
    if contact is None or contact.is_known(clock.now()) or around.ask is None:
        return contact
    await around.ask([contact.resident_id, contact.patient_id])
    async with database.connection() as db:
        return await find_contact(db, case_id)


def otherwise_than_now(due: Noticed, facts: Facts, contact: Contact, around: Surroundings) -> Outcome | None:
    """What becomes of a notice that is not to go out now; None for one that is."""
    if (unneeded := _unneeded(due, facts, contact, around)) is not None:
        return unneeded
    if contact.muted:
        counted_on = due.kind in ASKED_FOR or facts.level in _URGENT
        return Outcome("withheld" if counted_on else "dropped", "muted")
    if (until := quiet_until(facts, contact, clock.now())) is not None:
        return Outcome("waiting", "quiet", again_s=(until - clock.now()).total_seconds(), spent=False)
    return None


def quiet_until(facts: Facts, contact: Contact, at: datetime) -> datetime | None:
    """When her quiet hours end (UTC); None where they do not hold: it is urgent, or she is awake and waits."""
    if facts.level in _URGENT or (facts.awake_at is not None and at - facts.awake_at < AWAKE):
        return None
    return Quiet(contact.quiet_from, contact.quiet_until).ends(at)


def _unneeded(due: Noticed, facts: Facts, contact: Contact, around: Surroundings) -> Outcome | None:
    """Why a notice is not needed any more, or not yet."""
    if facts.state not in {"queued", "in_progress"}:
        return Outcome("dropped", "closed")
    looks = around.looks(due.case_id, contact.resident_id)
    if due.kind == "your_turn" and (
        looks or facts.state != "in_progress" or _is_after(facts.read_at, due.created_at)
    ):  # fmt: skip
        return Outcome("dropped", "read")
    if due.kind == "new_message":
        if facts.unread == 0:
            return Outcome("dropped", "read")
        if looks:
            return Outcome("waiting", "looks", again_s=around.unread_after_s, spent=False)
    if due.kind == "reminder" and _is_after(facts.wrote_at, due.created_at):
        return Outcome("dropped", "answered")
    return None


def later(tries: int, reason: str, after_s: float = 0) -> Outcome:
    """Tried again with longer and longer waits, at the earliest after `after_s` seconds, until it is given up."""
    if tries >= MOST_TRIES:
        return Outcome("failed", reason)
    return Outcome("waiting", reason, again_s=max(after_s, min(_FIRST_S * 2 ** (tries - 1), _LONGEST_S)))


def _is_after(at: datetime | None, since: datetime) -> bool:
    return at is not None and at > since
