"""From what happened to an SMS or push: which committed events are told outside, to whom, and after how long.

Rows are written by the dispatcher, never in the transaction of a message, and whether they are still needed is looked
at again when their time has come.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from linjen.access import policy
from linjen.cases.waiting.queues import queues_sql
from linjen.core import clock
from linjen.core.connection import Connection
from linjen.core.dispatcher import Dispatcher, Reaction
from linjen.core.events import Event
from linjen.core.jobs import Wanted
from linjen.notices.outbox import Wish, put
from linjen.notices.pushes import put_pushes
from linjen.notices.requests import ASKING, tell_asked
from linjen.units.hours import State, state_at
from linjen.units.opening import list_schedules

#: So long a resident may take to come to an open page by herself before she is told that it is her turn.
TURN_AFTER_S = 20
#: Somebody is told that it is her turn once in so long, however often the case changes hands.
TURN_AGAIN = timedelta(hours=1)
#: What was not reacted to for so long (SMS were off, the program stood still) is no news any more.
_OLD = timedelta(hours=1)


#: Writes wishes down as rows of one way of telling, in the transaction that moves the cursor.
Put = Callable[[Connection, Sequence[Wish]], Awaitable[int]]


def add_reactions(dispatcher: Dispatcher, unread_after_s: int) -> None:
    """Ask `dispatcher` for everything that is told by SMS; an unread message is told of after `unread_after_s`."""
    _tell_resident(dispatcher, unread_after_s, "sms", put)
    dispatcher.add("case_sent", _to_staff)
    for kind in ASKING:
        dispatcher.add(kind, _asked, by={"staff"})
    dispatcher.add("went_unmet", _unmet)


def add_push_reactions(dispatcher: Dispatcher, unread_after_s: int) -> None:
    """Ask `dispatcher` for what residents are told by push: the same as by SMS, from a cursor of its own."""
    _tell_resident(dispatcher, unread_after_s, "pushes", put_pushes)


def _tell_resident(dispatcher: Dispatcher, unread_after_s: int, table: str, put: Put) -> None:
    dispatcher.add("claimed", _your_turn(table, put), by={"staff"})
    dispatcher.add("message_sent", _new_message(unread_after_s, put), by={"staff"})
    dispatcher.add("reminded", _reminded(put), by={"staff"})
    dispatcher.add("block_opened", _block_opened(put), by={"staff"})
    dispatcher.add("case_begun", _new_case(put), by={"staff"})


def _fresh(events: Sequence[Event]) -> list[tuple[Event, datetime]]:
    now = clock.now()
    return [(event, event.at) for event in events if event.at is not None and now - event.at < _OLD]


def _your_turn(table: str, put: Put) -> Reaction:
    async def react(db: Connection, events: Sequence[Event]) -> list[Wanted]:
        """Din tur: somebody has taken the case."""
        fresh = _fresh(events)
        told = await db.fetch(
            f"select distinct case_id from {table} where case_id = any($1::uuid[]) and kind = 'your_turn'"
            " and state in ('waiting', 'sending', 'accepted', 'delivered', 'uncertain') and created_at > $2",
            [event.case_id for event, _ in fresh], clock.now() - TURN_AGAIN,
        )  # fmt: skip
        seen: set[UUID] = {row["case_id"] for row in told}
        wishes = []
        for event, at in fresh:
            if event.case_id not in seen:
                seen.add(event.case_id)
                wishes.append(_wish("your_turn", event, at + timedelta(seconds=TURN_AFTER_S)))
        await put(db, wishes)
        return []

    return react


def _new_message(unread_after_s: int, put: Put) -> Reaction:
    async def react(db: Connection, events: Sequence[Event]) -> list[Wanted]:
        """Nytt meddelande: one SMS for all that she has not read, counted from the first of it."""
        # The first message of a case that care began is told of as that case.
        fresh = [(event, at) for event, at in _fresh(events) if not event.data.get("opening")]
        rows = await db.fetch(
            "select case_id, read_seq from reading_marks where case_id = any($1::uuid[]) and party = 'resident'",
            [event.case_id for event, _ in fresh],
        )
        read = {row["case_id"]: row["read_seq"] for row in rows}
        await put(db, [
            Wish(
                kind="new_message", cause=f"unread/{event.case_id}/{read.get(event.case_id, 0)}", case_id=event.case_id,
                next_at=at + timedelta(seconds=unread_after_s),
            ) for event, at in fresh
        ])  # fmt: skip
        return []

    return react


def _new_case(put: Put) -> Reaction:
    async def react(db: Connection, events: Sequence[Event]) -> list[Wanted]:
        """Nytt ärende: care has begun a case with her (routine F046)."""
        await put(db, [_wish("new_case", event, at) for event, at in _fresh(events) if event.data.get("told")])
        return []

    return react


def _block_opened(put: Put) -> Reaction:
    async def react(db: Connection, events: Sequence[Event]) -> list[Wanted]:
        """Det du har spärrat är öppnat: she is told at once, in words that say nothing of it."""
        await put(db, [_wish("block_opened", event, at) for event, at in _fresh(events)])
        return []

    return react


def _reminded(put: Put) -> Reaction:
    async def react(db: Connection, events: Sequence[Event]) -> list[Wanted]:
        """Påminnelse: the holder has asked for it, now, in fixed words or her own."""
        wishes = []
        for event, at in _fresh(events):
            text_id = UUID(event.data["reminder"]) if event.data.get("own_text") else None
            wishes.append(_wish("free_text" if text_id else "reminder", event, at, text_id))
        await put(db, wishes)
        return []

    return react


async def _asked(db: Connection, events: Sequence[Event]) -> list[Wanted]:
    """A colleague asks something of somebody by name."""
    await tell_asked(db, _fresh(events))
    return []


def _wish(kind: str, event: Event, next_at: datetime, text_id: UUID | None = None) -> Wish:
    return Wish(
        kind=kind, cause=f"{event.kind}/{event.case_id}/{event.seq}", case_id=event.case_id, next_at=next_at,
        text_id=text_id, by_id=event.by_id,
    )  # fmt: skip


_WHO = f"""
select c.id as case_id, v.unit_id, s.id as staff_id, s.sms_new_cases
from cases c join visits v on v.id = c.visit_id and v.state = 'queued'
join staff s on s.active and s.sms_new_cases <> 'no' and s.phone is not null
  and s.id in (select staff_id from assignments where unit_id = v.unit_id)
where c.id = any($1::uuid[]) and {policy.clause("see", "staff", person="s.id", unit="v.unit_id", today="current_date")}
  and not exists (select from sms o where o.to_id = s.id and o.kind = 'staff_new_case' and o.state = 'waiting')
"""


async def _to_staff(db: Connection, events: Sequence[Event]) -> list[Wanted]:
    """Notifiering (routine F086): staff who have chosen it are told of each new case that they may see."""
    at_of = {event.case_id: at for event, at in _fresh(events)}
    rows = await db.fetch(_WHO, list(at_of)) if at_of else []
    schedules = await list_schedules(db, list({row["unit_id"] for row in rows})) if rows else {}
    wishes = [
        Wish(
            kind="staff_new_case", cause=f"case_sent/{row['case_id']}/{row['staff_id']}", case_id=row["case_id"],
            to_id=row["staff_id"], next_at=at_of[row["case_id"]],
        )
        for row in rows
        if row["sms_new_cases"] == "always"
        or state_at(schedules[row["unit_id"]], at_of[row["case_id"]]) in {State.OPEN, State.CLOSED_TO_RESIDENTS}
    ]  # fmt: skip
    await put(db, wishes)
    return []


_OF_ROLE = f"""
select s.id from cases c join visits v on v.id = c.visit_id
join staff s on s.active and s.sms_new_cases <> 'no' and s.phone is not null
  and s.id in (select staff_id from assignments where unit_id = v.unit_id)
where c.id = $1 and {policy.clause("see", "staff", person="s.id", unit="v.unit_id", today="current_date")}
  and (v.holder_id = s.id or v.for_role in ({queues_sql(person="s.id", unit="v.unit_id")}))
"""

#: Who leads the case's unit.
_MANAGERS = """
select distinct s.id from cases c join visits v on v.id = c.visit_id
join assignments a on a.unit_id = v.unit_id and a.role = 'unit_manager' and a.from_at <= now()
  and (a.ended_at is null or a.ended_at > now())
join staff s on s.id = a.staff_id and s.active and s.phone is not null where c.id = $1
"""


async def _unmet(db: Connection, events: Sequence[Event]) -> list[Wanted]:
    """Nivå 1 som ingen har sett: first whoever of the role wants SMS is told, then the head of the unit."""
    wishes = []
    for event, at in _fresh(events):
        first = event.data["step"] == 1
        kind = "staff_level_one" if first else "manager_level_one"
        for row in await db.fetch(_OF_ROLE if first else _MANAGERS, event.case_id):
            cause = f"went_unmet/{event.case_id}/{event.seq}/{row['id']}"
            wishes.append(Wish(kind=kind, cause=cause, case_id=event.case_id, to_id=row["id"], next_at=at))
    await put(db, wishes)
    return []
