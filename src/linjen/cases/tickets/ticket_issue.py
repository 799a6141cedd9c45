"""Utfärda biljett: the holder sends the patient on to another unit, with what she has chosen to send along.

The history is no part of it until its sender has put it there (routine F050). Over the border of a care provider the
disclosure is logged, and the patient is told in the chat.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.loading import Case, open_case
from linjen.cases.talk.message import check_optional, check_told_optional, write_message
from linjen.cases.tickets.ticket import open_text, seal_text
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer
from linjen.people.colleagues import find_provider
from linjen.units.resources import Destination, find_destination
from linjen.units.shutting import hold_open

LONGEST_HISTORY = 20_000
LONGEST_NOTE = 2_000
#: So far ahead a ticket may be good, and how long it is when nobody says otherwise.
LONGEST_DAYS = timedelta(days=90)
USUAL_DAYS = timedelta(days=14)

KINDS = ("drop_in", "booking")


class Ticketing(msgspec.Struct, frozen=True, kw_only=True):
    """What a ticket is to hold; `last_on` is its last day. `tell` is sent to the patient in the chat."""

    kind: str
    unit_id: UUID
    resource: str | None
    last_on: date
    history: str = ""
    note: str = ""
    tell: str = ""


class Checked(msgspec.Struct, frozen=True):
    """The same once it can be issued: its texts as they will be stored, and whether it leaves the care provider."""

    what: Ticketing
    to: Destination
    other_provider: bool


async def check_ticketing(db: Connection, case: Case, what: Ticketing) -> Checked:
    """What would be issued from a case that the caller has loaded for "issue_ticket"; writes nothing.

    Raises Invalid('wrong_kind' | 'nowhere' | 'last_day' | 'tell_needed') with its field, and as check_told_optional.
    """
    if what.kind not in KINDS:
        raise Invalid("wrong_kind", "kind")
    to = await find_destination(db, what.unit_id, what.resource)
    if to is None:
        raise Invalid("nowhere", "to")
    today = clock.local_date(clock.now())
    if not today <= what.last_on <= today + LONGEST_DAYS:
        raise Invalid("last_day", "last_on")
    clean = msgspec.structs.replace(
        what, history=check_told_optional(what.history, "history", LONGEST_HISTORY),
        note=check_told_optional(what.note, "note", LONGEST_NOTE), tell=check_told_optional(what.tell, "tell"),
    )  # fmt: skip
    other = case.unit_id is not None and await find_provider(db, case.unit_id) != to.provider_id
    if other and not clean.tell:
        raise Invalid("tell_needed", "tell")
    return Checked(clean, to, other)


async def issue_ticket(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, ticket_id: UUID, what: Ticketing
) -> None:  # fmt: skip
    """Issue it. `ticket_id` is made by the form: the same form once more does nothing.

    Raises Reused with field "note", and as check_ticketing and open_case.
    """
    try:
        case = await open_case(db, by, case_id, "issue_ticket")
    except (NotFound, Refused):  # the case may have gone on since this very form was sent
        if await _is_done(db, sealer, by, case_id, ticket_id, what):
            return
        raise
    if await _is_done(db, sealer, by, case_id, ticket_id, what):
        return
    checked = await check_ticketing(db, case, what)
    await hold_open(db, what.unit_id)
    if checked.what.tell:
        await write_message(db, sealer, by, case_id, checked.what.tell)
    await _insert(db, sealer, by, case, ticket_id, checked)
    if checked.other_provider:
        await log_access(db, by, "disclose_ticket", case_id, [ticket_id])
    data = {"ticket": str(ticket_id), "kind": what.kind, "unit": str(what.unit_id), "other": checked.other_provider}
    await record(db, case_id, "ticket_issued", by.kind, by.person_id, data)


async def _insert(
    db: Connection, sealer: Sealer, by: By, case: Case, ticket_id: UUID, checked: Checked
) -> None:  # fmt: skip
    what = checked.what
    await db.execute(
        "insert into tickets (id, case_id, kind, by_id, from_unit_id, to_unit_id, to_resource, other_provider,"
        " priority, history_sealed, note_sealed, last_on) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        ticket_id, case.id, what.kind, by.person_id, case.unit_id, what.unit_id, what.resource, checked.other_provider,
        case.priority, seal_text(sealer, ticket_id, "history", what.history),
        seal_text(sealer, ticket_id, "note", what.note), what.last_on,
    )  # fmt: skip


_KNOWN = """
select case_id, by_id, kind, to_unit_id, to_resource, last_on, history_sealed, note_sealed from tickets where id = $1
"""


async def _is_done(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, ticket_id: UUID, what: Ticketing
) -> bool:  # fmt: skip
    """Whether this very form was done before; Reused with field "note" when it held something else."""
    if (known := await db.fetchrow(_KNOWN, ticket_id)) is None:
        return False
    ours = tuple(known)[:2] == (case_id, by.person_id)
    texts = [
        (open_text(sealer, ticket_id, "history", known["history_sealed"]), what.history, LONGEST_HISTORY),
        (open_text(sealer, ticket_id, "note", known["note_sealed"]), what.note, LONGEST_NOTE),
    ]
    same = tuple(known)[2:6] == (what.kind, what.unit_id, what.resource, what.last_on)
    same = same and all(kept == check_optional(typed, "note", longest) for kept, typed, longest in texts)
    must_repeat("note", ours=ours, same=same)
    return True
