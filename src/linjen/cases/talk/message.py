"""Skicka meddelande: many people's chat messages in one statement and one commit.

The one exception to "one verb, one transaction", for speed (house section 3): session, policy, state, idempotent
insert, the case's counter and the event are one statement, rendered from the same tables as every other verb. A
message's id is made by its sender, so that a retry is answered as the first time and written once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.by import By
from linjen.cases.states import STATE, states_for
from linjen.cases.talk.fields import check_filled
from linjen.core import clock
from linjen.core.database import Connection, Database, Row
from linjen.core.errors import Invalid
from linjen.core.events import Event, record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.core.settings import Settings
from linjen.core.visible import is_visible, plain_text

_UNREADABLE = re.compile("[\x00\ud800-\udfff]")

#: The longest message, in characters: four times what a long letter to a nurse holds.
LONGEST = 8_000

#: Locks the cases in one order, so that batches of several nodes never wait for each other in a circle, and so that
#: the statement after it sees every change that was made under the lock.
_LOCK = "select 1 from cases where id = any($1::uuid[]) order by id for no key update"

_states = ", ".join(f"'{state}'" for state in states_for("send_message"))

_SEND = f"""
with asked as (
  select * from unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::bytea[]) with ordinality
    as a(token_hash, case_id, message_id, body, n)
), listener as (
  -- Each by its key: left to itself, a planner without figures compared every open session with every message.
  select a.*, s.kind, s.person_id, s.unit_id from asked a cross join lateral (
    select * from sessions where token_hash = a.token_hash limit 1
  ) s
  where s.ended_at is null and s.expires_at > $5 and s.locked_at is null
    and s.seen_at > case s.kind when 'staff' then $6::timestamptz else $7::timestamptz end
    and (s.kind = 'resident' or exists (select 1 from staff st where st.id = s.person_id and st.active))
), allowed as (
  select l.*, c.counter, v.unit_id as at_unit from listener l join cases c on c.id = l.case_id
  left join lateral (select * from visits where id = c.visit_id limit 1) v on true
  where {policy.clause_for_many("send_message", listener="l", today="$8")} and {STATE} in ({_states})
), fresh as (
  select distinct on (message_id) a.* from allowed a
  left join lateral (select 1 as known from messages where id = a.message_id limit 1) m on true
  where m.known is null order by message_id, n
), numbered as (
  select f.*, (f.counter + row_number() over (partition by f.case_id order by f.n))::integer as seq from fresh f
), counted as (
  update cases c set counter = c.counter + k.many, changed_at = now(),
    resident_unread = c.resident_unread + k.by_staff, staff_unread = c.staff_unread + k.many - k.by_staff,
    turn = k.turn, turn_at = case when c.turn = k.turn then c.turn_at else now() end
  from (select case_id, count(*)::integer as many, (count(*) filter (where kind = 'staff'))::integer as by_staff,
          case (array_agg(kind order by seq desc))[1] when 'staff' then 'resident' else 'staff' end as turn
        from numbered group by case_id) k
  where c.id = k.case_id
), wrote as (
  insert into messages (id, case_id, seq, by_kind, by_id, body_sealed)
  select message_id, case_id, seq, kind, person_id, body from numbered
), recorded as (
  insert into events (case_id, seq, unit_id, kind, by_kind, by_id, data)
  select case_id, seq, at_unit, 'message_sent', kind, person_id, jsonb_build_object('message', message_id)
  from numbered
)
select n, seq, kind, person_id, at_unit from numbered
"""

#: Why a message was not written: asked only for those that were not, since it is seldom.
_WHY_NOT = """
select a.n, s.person_id, m.seq, m.body_sealed
from unnest($1::bytea[], $2::uuid[], $3::uuid[]) with ordinality as a(token_hash, case_id, message_id, n)
left join sessions s on s.token_hash = a.token_hash and s.ended_at is null and s.expires_at > $4
  and s.locked_at is null and s.seen_at > case s.kind when 'staff' then $5::timestamptz else $6::timestamptz end
  and (s.kind = 'resident' or exists (select 1 from staff st where st.id = s.person_id and st.active))
left join messages m on m.id = a.message_id and m.case_id = a.case_id and m.by_id = s.person_id
order by a.n
"""


class Sending(msgspec.Struct, frozen=True):
    """One message on its way: whose session, to which case, its own id, and the text as it was typed."""

    token_hash: bytes
    case_id: UUID
    message_id: UUID
    text: str


class Sent(msgspec.Struct, frozen=True):
    """What became of it: `outcome` is sent, repeated, reused (the id has another text), signed_out or refused."""

    outcome: str
    seq: int = 0
    event: Event | None = None


def check_text(text: str, field: str = "text", longest: int = LONGEST) -> str:
    """The text as `plain_text` and without surrounding white space.

    Raises Invalid('empty' | 'too_long' | 'unreadable') at `field`.
    """
    clean = plain_text(text).strip()
    if not is_visible(clean):
        raise Invalid("empty", field)
    if len(clean) > longest:
        raise Invalid("too_long", field, longest=longest)
    if _UNREADABLE.search(clean):
        raise Invalid("unreadable", field)
    return clean


def check_optional(text: str, field: str, longest: int = LONGEST) -> str:
    """As `check_text`, for a box that may be left empty."""
    return check_text(text, field, longest) if text.strip() else ""


def check_told(text: str, field: str = "text", longest: int = LONGEST) -> str:
    """As `check_text`, for what staff write to a patient: Invalid('unfilled_field'), too, with a field left open."""
    clean = check_text(text, field, longest)
    check_filled(clean, field)
    return clean


def check_told_optional(text: str, field: str, longest: int = LONGEST) -> str:
    """As `check_told`, for a box that may be left empty."""
    return check_told(text, field, longest) if text.strip() else ""


def seal_text(sealer: Sealer, case_id: UUID, message_id: UUID, text: str) -> bytes:
    """The sealed text, bound to its case and message id."""
    return sealer.seal("message", text.encode(), case_id.bytes + message_id.bytes)


def unseal_text(sealer: Sealer, case_id: UUID, message_id: UUID, sealed: bytes) -> str:
    """The text of a stored message."""
    return sealer.unseal("message", sealed, case_id.bytes + message_id.bytes).decode()


async def send_messages(database: Database, sealer: Sealer, settings: Settings, batch: Sequence[Sending]) -> list[Sent]:
    """Write a batch in one transaction; one answer for each, in order, after the commit.

    Two tries of the same message in one batch would race each other: the later one waits for a batch of its own.
    """
    first: dict[int, int] = {}
    for place, item in enumerate(batch):
        first.setdefault(item.message_id.int, place)
    answers: list[Sent | None] = [None] * len(batch)
    now_places = sorted(first.values())
    sent = await _send_unique(database, sealer, settings, [batch[place] for place in now_places])
    for place, answer in zip(now_places, sent, strict=True):
        answers[place] = answer
    later = [place for place in range(len(batch)) if answers[place] is None]
    if later:
        repeated = await send_messages(database, sealer, settings, [batch[place] for place in later])
        for place, answer in zip(later, repeated, strict=True):
            answers[place] = answer
    return [answer for answer in answers if answer is not None]


async def _send_unique(database: Database, sealer: Sealer, settings: Settings, batch: Sequence[Sending]) -> list[Sent]:
    sealed = [seal_text(sealer, item.case_id, item.message_id, item.text) for item in batch]
    at = clock.now()
    idle = clock.before(at, settings.staff_idle_s), clock.before(at, settings.resident_idle_s)
    answers: list[Sent | None] = [None] * len(batch)
    async with database.transaction() as db:
        await db.execute(_LOCK, list({item.case_id for item in batch}))
        rows = await db.fetch(
            _SEND,
            [item.token_hash for item in batch], [item.case_id for item in batch],
            [item.message_id for item in batch], sealed, at, *idle, clock.local_date(at),
        )  # fmt: skip
        for row in rows:
            answers[row["n"] - 1] = _sent(batch[row["n"] - 1], row)
        left = [place for place, answer in enumerate(answers) if answer is None]
        if left:
            items = [batch[place] for place in left]
            for place, answer in zip(left, await _why_not(db, sealer, items, at, idle), strict=True):
                answers[place] = answer
    written = [answer for answer in answers if answer is not None]
    if database.on_commit is not None:
        database.on_commit([answer.event for answer in written if answer.event])
    return written


async def write_message(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, text: str, about: dict[str, Any] | None = None, *,
    passes_turn: bool = True, message_id: UUID | None = None,
) -> Event:  # fmt: skip
    """A message that belongs to another change of the case, in its transaction: it is sent if the change is made.

    `text` has passed check_text, or check_told where staff wrote it, and the caller has opened the case for `by`;
    `about` stands with the event, too. With `passes_turn` false it asks for no answer: whose turn it is to speak stays
    as it was. `message_id` is one that the form made, for what is written once. Of staff nothing is sent with a field
    left open, whatever the caller forgot: Invalid('unfilled_field').
    """
    if by.is_staff:
        check_filled(text)
    message_id = message_id or new_id()
    data = {"message": str(message_id), **(about or {})}
    event = await record(db, case_id, "message_sent", by.kind, by.person_id, data, unkept={"text": text})
    await db.execute(
        "insert into messages (id, case_id, seq, by_kind, by_id, body_sealed) values ($1, $2, $3, $4, $5, $6)",
        message_id, case_id, event.seq, by.kind, by.person_id, seal_text(sealer, case_id, message_id, text),
    )  # fmt: skip
    unread = "resident_unread" if by.is_staff else "staff_unread"
    await db.execute(f"update cases set {unread} = {unread} + 1 where id = $1", case_id)
    if passes_turn:
        await pass_turn(db, case_id, "resident" if by.is_staff else "staff")
    return event


async def pass_turn(db: Connection, case_id: UUID, to: str) -> None:
    """It is the turn of `to` ('staff' or 'resident') to speak, from now if it was not so already."""
    await db.execute("update cases set turn = $2, turn_at = now() where id = $1 and turn <> $2", case_id, to)


def _sent(item: Sending, row: Row) -> Sent:
    data = {"message": str(item.message_id), "text": item.text}
    event = Event(item.case_id, row["seq"], "message_sent", row["kind"], row["person_id"], row["at_unit"], data)
    return Sent("sent", row["seq"], event)


async def _why_not(
    db: Connection, sealer: Sealer, items: Sequence[Sending], at: datetime, idle: tuple[datetime, datetime]
) -> list[Sent]:
    rows = await db.fetch(
        _WHY_NOT, [i.token_hash for i in items], [i.case_id for i in items], [i.message_id for i in items], at, *idle
    )
    answers = []
    for item, row in zip(items, rows, strict=True):
        if row["person_id"] is None:
            answers.append(Sent("signed_out"))
        elif row["seq"] is not None:
            old = unseal_text(sealer, item.case_id, item.message_id, row["body_sealed"])
            answers.append(Sent("repeated" if old == item.text else "reused", row["seq"]))
        else:
            answers.append(Sent("refused"))
    return answers


class Message(msgspec.Struct, frozen=True):
    """One message as it is shown. `by_name` is what the other party may see: a name, and a title for staff.

    Of one that is a picture `text` is what its sender says of it; where it was set aside there is neither.
    """

    id: UUID
    seq: int
    by_kind: str
    by_id: UUID
    by_name: str
    by_title: str
    text: str
    sent_at: datetime
    is_picture: bool = False
    picture: UUID | None = None


async def list_messages(
    db: Connection, sealer: Sealer, case_id: UUID, after: int = 0, masked_as: str = ""
) -> list[Message]:
    """The case's messages in order, those with a number above `after`. The caller has seen the case by see_case.

    `masked_as` is read in place of a protected guardian's name; '' where no name is shown.
    """
    rows = await db.fetch(
        "select m.id, m.seq, m.by_kind, m.by_id, m.body_sealed, m.sent_at,"
        " case when $3 <> '' and r.protected = 'yes' and r.id is distinct from c.patient_id then $3"
        " else coalesce(st.given_name || ' ' || st.surname, r.given_name || ' ' || r.surname) end as name,"
        " coalesce(st.title, '') as title, p.id is not null as is_picture,"
        " case when p.set_aside_at is null and p.removed_at is null then p.id end as picture"
        " from messages m join cases c on c.id = m.case_id"
        " left join pictures p on p.case_id = $1 and p.message_id = m.id"
        " left join staff st on m.by_kind = 'staff' and st.id = m.by_id"
        " left join residents r on m.by_kind = 'resident' and r.id = m.by_id"
        " where m.case_id = $1 and m.seq > $2 order by m.seq",
        case_id, after, masked_as,
    )  # fmt: skip
    return [
        Message(
            row["id"], row["seq"], row["by_kind"], row["by_id"], row["name"], row["title"],
            "" if row["is_picture"] and row["picture"] is None
            else unseal_text(sealer, case_id, row["id"], row["body_sealed"]),
            row["sent_at"], row["is_picture"], row["picture"],
        )
        for row in rows
    ]  # fmt: skip
