"""Påminn: the holder asks for an SMS to the resident, in fixed words or, where the unit allows it, her own (F041).

The SMS itself follows from the committed event (notices/). What can be known now is said now: an SMS that a rule
forbids is refused here, not left to fail afterwards.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.moves.inactivity import note_reminded
from linjen.cases.patients.contact import find_contact
from linjen.cases.talk.fields import check_filled
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Refused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer
from linjen.core.visible import plain_text
from linjen.integrations.sms_text import check_sms_text
from linjen.units.own_sms import may_write_own

#: Nobody is reminded twice within this time, by whomever.
PAUSE = timedelta(minutes=10)


async def why_no_reminder(db: Connection, case_id: UUID) -> str:
    """'' when the resident may be sent an SMS now, else the reason as Contact.why_no_sms gives it, or muted."""
    contact = await find_contact(db, case_id)
    if contact is None:
        return "no_phone"
    return contact.why_no_sms(clock.now()) or ("muted" if contact.muted else "")


async def is_our_turn(db: Connection, case_id: UUID) -> bool:
    """Whether it is for care to speak: words that wait for her answer would be wrong then. The caller has seen it."""
    return bool(await db.fetchval("select turn = 'staff' from cases where id = $1", case_id))


async def remind(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, reminder_id: UUID, own_text: str | None = None
) -> None:
    """Ask for a reminder under the id that its form made: the same form once more changes nothing.

    `own_text` None sends the fixed words. Raises Refused: sms_protected, sms_protection_unknown, sms_no_phone,
    sms_phone_not_mobile, sms_muted, sms_own_text_off, reminded_lately; Invalid as check_sms_text and
    check_filled; Reused with field "text"; and as open_case.
    """
    case = await open_case(db, by, case_id, "remind")
    last = await db.fetchrow(
        "select at, data->>'reminder' as id, by_id from events where case_id = $1 and kind = 'reminded'"
        " order by seq desc limit 1", case_id,
    )  # fmt: skip
    if last is not None and last["id"] == str(reminder_id) and last["by_id"] == by.person_id:
        await _must_repeat(db, sealer, case_id, reminder_id, own_text)
        return
    if last is not None and clock.now() - last["at"] < PAUSE:
        raise Refused("reminded_lately")
    if why := await why_no_reminder(db, case_id):
        raise Refused(f"sms_{why}")
    if own_text is not None:
        await _keep(db, sealer, by, case_id, case.unit_id, reminder_id, own_text)
    data = {"reminder": str(reminder_id), "own_text": own_text is not None}
    await record(db, case_id, "reminded", by.kind, by.person_id, data)
    await note_reminded(db, case_id)


async def _must_repeat(db: Connection, sealer: Sealer, case_id: UUID, reminder_id: UUID, own_text: str | None) -> None:
    sealed = await db.fetchval("select body_sealed from sms_texts where id = $1", reminder_id)
    sent = sealer.unseal("sms", sealed, case_id.bytes + reminder_id.bytes).decode() if sealed else None
    must_repeat("text", ours=True, same=sent == (None if own_text is None else plain_text(own_text).strip()))


async def _keep(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, unit_id: UUID | None, reminder_id: UUID, text: str
) -> None:
    if not await may_write_own(db, unit_id):
        raise Refused("sms_own_text_off")
    contact = await find_contact(db, case_id)
    clean = check_sms_text(text, contact.names if contact else ())
    check_filled(clean)
    sealed = sealer.seal("sms", clean.encode(), case_id.bytes + reminder_id.bytes)
    done = await db.execute(
        "insert into sms_texts (id, case_id, by_id, body_sealed) values ($1, $2, $3, $4) on conflict do nothing",
        reminder_id, case_id, by.person_id, sealed,
    )  # fmt: skip
    must_repeat("text", ours=done == "INSERT 0 1", same=True)
