"""What a case may end with and what the patient then reads: a reason that points to something needs it to exist.

Looked at in the visit that ends: what was written before it was for another question.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from linjen.cases.moves.inactivity import SILENT_AFTER
from linjen.cases.talk.actions import TAKEN_BACK
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound

#: Reasons whose text leads the patient to what staff have written.
_IN_WORDS: Final = frozenset({"advice", "redirected", "wrong_unit"})

#: Reasons that are an action, and the cards that are one: the patient has it as a card (routine F181).
_IN_CARDS: Final = {
    "booked": frozenset({"booking", "other"}),
    "prescribed": frozenset({"prescription", "certificate", "booking", "other"}),
}

#: What the patient reads where all her cards are of one kind; of several, or another, that it is arranged.
_CARDS_TOLD: Final = {"prescription": "prescribed", "certificate": "certified", "booking": "booked"}

#: Staff who write again this long after it became the patient's turn remind her: two bubbles in a row are one message.
_ANEW: Final = timedelta(hours=1)


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """A case that is to end: `written` and `cards` are of its present visit, the rest of when it last was opened.

    `turn_at` is since when it is `turn`'s to speak, `said_at` when staff wrote last since then, `reminded_at` when the
    patient was reminded, in the talk or by an SMS that was not in vain. Times are UTC.
    """

    booked: bool
    turn: str
    turn_at: datetime
    written: bool
    answered: bool
    cards: list[str]
    ticket: bool
    said_at: datetime | None
    reminded_at: datetime | None


_LOOK = """
with since as (select coalesce(max(seq) filter (where kind in ('closed', 'withdrawn')), 0) as opened,
  coalesce(max(seq) filter (where kind in ('closed', 'withdrawn', 'visit_booked')), 0) as visit
  from events where case_id = $1)
select coalesce(v.booked_on is not null, false) as booked, c.turn, c.turn_at,
  exists (select from messages m where m.case_id = c.id and m.by_kind = 'staff' and m.seq > s.visit) as written,
  exists (select from messages m where m.case_id = c.id and m.by_kind = 'staff' and m.seq > s.opened) as answered,
  array(select distinct a.kind from actions a where a.case_id = c.id and a.seq > s.opened
        and a.settled_how is distinct from $2 order by a.kind) as cards,
  exists (select from tickets t where t.case_id = c.id and t.state in ('issued', 'used', 'booked')) as ticket,
  (select max(m.sent_at) from messages m where m.case_id = c.id and m.by_kind = 'staff' and m.sent_at >= c.turn_at)
    as said_at,
  greatest((select max(e.at) from events e where e.case_id = c.id and e.kind = 'reminded' and e.at > c.turn_at
      and not exists (select from sms s where s.cause = 'reminded/' || e.case_id || '/' || e.seq
        and s.state in ('failed', 'withheld', 'dropped'))),
    (select max(m.sent_at) from messages m where m.case_id = c.id and m.by_kind = 'staff'
     and m.sent_at >= c.turn_at + $3)) as reminded_at
from cases c left join visits v on v.id = c.visit_id cross join since s where c.id = $1
"""


async def look_at_end(db: Connection, case_id: UUID) -> Ending:
    """How the case stands now, for check_end and told_as. The caller has seen the case."""
    row = await db.fetchrow(_LOOK, case_id, TAKEN_BACK, _ANEW)
    if row is None:
        raise NotFound("case")
    return Ending(**dict(row))


def check_end(ending: Ending, reason: str, *, has_last: bool) -> None:
    """Whether the case can end for `reason`; `has_last` says that the patient is written to as it does.

    Raises Invalid('action_missing' | 'ticket_missing') for what does not exist, Invalid('not_told') with field "tell"
    where she would be led to words that nobody has written, and for a patient who is said not to have answered
    Invalid('patient_waits'), and Invalid('remind_first' | 'silent_lately' | 'reminded_so_lately').
    """
    if reason in _IN_CARDS and not _IN_CARDS[reason].intersection(ending.cards):
        raise Invalid("action_missing", "reason")
    if reason == "ticketed" and not ending.ticket:
        raise Invalid("ticket_missing", "reason")
    is_told = has_last or ending.written or (ending.booked if reason == "advice" else ending.ticket)
    if reason in _IN_WORDS and not is_told:
        raise Invalid("not_told", "tell", about=reason)
    if reason == "inactive":
        _check_silence(ending)


def _check_silence(ending: Ending) -> None:
    """24 real hours since she was last written to, and a reminder in between (routine F040–F041)."""
    if ending.turn == "staff":
        raise Invalid("patient_waits", "reason")
    due_at = max(one for one in (ending.turn_at, ending.said_at, ending.reminded_at) if one) + SILENT_AFTER
    if due_at > clock.now():
        raise Invalid("reminded_so_lately" if ending.reminded_at else "silent_lately", "reason", due_at=due_at)
    if ending.reminded_at is None:
        raise Invalid("remind_first", "reason")


def told_as(ending: Ending, reason: str, *, has_last: bool) -> str:
    """Which words tell the patient how it ended, of those under closed.*: mostly those of `reason` itself."""
    if reason == "prescribed":
        return _CARDS_TOLD.get(ending.cards[0], "arranged") if len(ending.cards) == 1 else "arranged"
    if reason == "withdrawn" and (has_last or ending.answered):
        return "not_needed"
    if reason in _IN_WORDS and not (has_last or ending.written):
        return "other" if reason == "advice" else "ticketed"
    return reason


_TOLD = """
select v.close_reason as reason, (select e.data->>'told' from events e where e.case_id = c.id and e.kind = 'closed'
    order by e.seq desc limit 1) as told,
  exists (select from messages m where m.case_id = c.id and m.by_kind = 'staff') as answered
from cases c join visits v on v.id = c.visit_id where c.id = $1
"""


async def find_told(db: Connection, case_id: UUID) -> str:
    """How the closed case is told of to the patient, '' where its reason says it. The caller has seen the case."""
    row = await db.fetchrow(_TOLD, case_id)
    if row is None:
        return ""
    if row["reason"] == "withdrawn" and row["answered"]:  # also one that she took back from the queue herself
        return "not_needed"
    return row["told"] or ""
