"""Åtgärd: what a case ends in, as a card in the talk that the patient confirms having read (routine F181–F182).

The card comes with a message that says what it is, so that everything that tells the patient of a message tells her of
this, too. A case with a card that waits is not closed: either she confirms, or staff say how else they reached her.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.talk.message import check_told, pass_turn, unseal_text, write_message
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer

KINDS: Final = ("prescription", "certificate", "booking", "other")

#: How the patient was reached when she did not confirm. `taken_back`: the card was a mistake and holds no longer.
WAYS: Final = ("phone", "e_services", "letter", "in_person", "other")
TAKEN_BACK: Final = "taken_back"


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One card. `confirmed_by` and `settled_by` are names, '' while it waits. Times are UTC."""

    id: UUID
    seq: int
    kind: str
    text: str
    by_name: str
    at: datetime
    confirmed_at: datetime | None
    confirmed_by: str
    settled_at: datetime | None
    settled_by: str
    settled_how: str

    @property
    def waits(self) -> bool:
        """Nobody has confirmed it or said how else she was reached."""
        return self.confirmed_at is None and self.settled_at is None


_KNOWN = """
select a.case_id, a.by_id, a.kind, a.message_id, m.body_sealed from actions a join messages m on m.id = a.message_id
where a.id = $1
"""


async def add_action(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, action_id: UUID, kind: str, text: str
) -> None:
    """Lägg in en åtgärd: the message and its card. `action_id` is made by the form: once more it changes nothing.

    Raises Invalid('unknown_kind') with field "kind", Invalid('empty' | 'unreadable' | 'too_long') and Reused with
    field "text", and as open_case.
    """
    if kind not in KINDS:
        raise Invalid("unknown_kind", "kind")
    clean = check_told(text)
    await open_case(db, by, case_id, "add_action")
    if (known := await db.fetchrow(_KNOWN, action_id)) is not None:
        ours = (known["case_id"], known["by_id"]) == (case_id, by.person_id)
        same = ours and known["kind"] == kind
        same = same and unseal_text(sealer, case_id, known["message_id"], known["body_sealed"]) == clean
        must_repeat("text", ours=ours, same=same)
        return
    message = await write_message(db, sealer, by, case_id, clean)
    event = await record(db, case_id, "action_added", by.kind, by.person_id, {"kind": kind})
    await db.execute(
        "insert into actions (id, case_id, seq, message_id, kind, by_id) values ($1, $2, $3, $4, $5, $6)",
        action_id, case_id, event.seq, UUID(message.data["message"]), kind, by.person_id,
    )  # fmt: skip


async def confirm_action(db: Connection, by: By, case_id: UUID, action_id: UUID) -> None:
    """Jag har läst: by the patient or her guardian. The same once more changes nothing.

    Raises NotFound('action'), Refused('action_settled') when staff have settled it, and as open_case.
    """
    await open_case(db, by, case_id, "confirm_action")
    kind = await db.fetchval(
        "update actions set confirmed_at = now(), confirmed_by = $3 where id = $1 and case_id = $2"
        " and confirmed_at is null and settled_at is null returning kind",
        action_id, case_id, by.person_id,
    )  # fmt: skip
    if kind is not None:
        await record(db, case_id, "action_confirmed", by.kind, by.person_id, {"kind": kind})
        await pass_turn(db, case_id, "staff")  # that she has read it is her answer
    elif not (await _ended(db, case_id, action_id))[0]:
        raise Refused("action_settled")


async def settle_action(db: Connection, by: By, case_id: UUID, action_id: UUID, how: str) -> None:
    """Nådd på annat sätt: the holder says how, or takes the card back. The same once more changes nothing.

    Raises Invalid('unknown_way') with field "how", NotFound('action'), Refused('action_confirmed') when the patient was
    first, Refused('action_settled') when it was settled in another way, and as open_case.
    """
    if how not in (*WAYS, TAKEN_BACK):
        raise Invalid("unknown_way", "how")
    await open_case(db, by, case_id, "settle_action")
    kind = await db.fetchval(
        "update actions set settled_at = now(), settled_by = $3, settled_how = $4 where id = $1 and case_id = $2"
        " and confirmed_at is null and settled_at is null returning kind",
        action_id, case_id, by.person_id, how,
    )  # fmt: skip
    if kind is not None:
        await record(db, case_id, "action_settled", by.kind, by.person_id, {"kind": kind, "how": how})
        return
    is_confirmed, before = await _ended(db, case_id, action_id)
    if is_confirmed or before != how:
        raise Refused("action_confirmed" if is_confirmed else "action_settled")


async def _ended(db: Connection, case_id: UUID, action_id: UUID) -> tuple[bool, str]:
    """Of a card that waits no longer: whether it was confirmed, and how it was settled ('' if not)."""
    row = await db.fetchrow(
        "select confirmed_at is not null as confirmed, coalesce(settled_how, '') as how from actions"
        " where id = $1 and case_id = $2",
        action_id, case_id,
    )  # fmt: skip
    if row is None:
        raise NotFound("action")
    return row["confirmed"], row["how"]


async def find_waiting(db: Connection, case_id: UUID) -> set[UUID]:
    """The cards of the case that wait; nothing of it is shown."""
    rows = await db.fetch(
        "select id from actions where case_id = $1 and confirmed_at is null and settled_at is null", case_id
    )
    return {row["id"] for row in rows}


_ACTIONS = """
select a.id, a.seq, a.kind, a.at, a.message_id, m.body_sealed, s.given_name || ' ' || s.surname as by_name,
  a.confirmed_at, coalesce(r.given_name || ' ' || r.surname, '') as confirmed_by,
  a.settled_at, coalesce(t.given_name || ' ' || t.surname, '') as settled_by, coalesce(a.settled_how, '') as settled_how
from actions a join messages m on m.id = a.message_id join staff s on s.id = a.by_id
left join residents r on r.id = a.confirmed_by left join staff t on t.id = a.settled_by
where a.case_id = $1 order by a.seq
"""


async def list_actions(db: Connection, sealer: Sealer, case_id: UUID) -> list[Action]:
    """The cards in order. The caller has seen the case by see_case."""
    found = []
    for row in await db.fetch(_ACTIONS, case_id):
        fields = dict(row)
        message_id, sealed = fields.pop("message_id"), fields.pop("body_sealed")
        found.append(Action(text=unseal_text(sealer, case_id, message_id, sealed), **fields))
    return found
