"""Vidimering: a colleague or a role is asked to look at a case, for knowledge or for follow-up (routine F057, F058).

It is talk between staff on any case that has been sent, also a closed one. It moves nothing in the case, and what is
open stays open when the case ends. The texts are sealed, and nothing of it is ever the patient's to read.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.by import By
from linjen.cases.loading import Case, open_case
from linjen.cases.talk.message import check_optional
from linjen.core import clock
from linjen.core.database import Connection, Row
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer
from linjen.people.colleagues import list_colleagues

LONGEST = 2_000
PURPOSES = ("knowledge", "follow_up")
#: A day further ahead than this is a new contact, not a follow-up.
LAST_DAY = timedelta(days=365)

#: Who has no medical history before her: she is asked about administrative cases.
_ADMIN_ONLY = "medical_secretary"


class Addressee(msgspec.Struct, frozen=True):
    """Who is asked: everybody with a role at the case's unit, or one of them."""

    role: str
    staff_id: UUID | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the addressee; `due_on` (a Swedish day) is needed for the purpose 'follow_up'."""

    to: Addressee
    purpose: str
    due_on: date | None = None
    note: str = ""


_KNOWN = """
select case_id, by_id, purpose, note_sealed, state, due_on, to_role, to_staff_id,
  exists (select 1 from attestation_moves m where m.attestation_id = a.id) as moved from attestations a where id = $1
"""


def _is_same(sealer: Sealer, case_id: UUID, attestation_id: UUID, known: Row, asked: Asked, note: str) -> bool:
    """Whether just this was asked; what its receiver has changed meanwhile is not held against it."""
    to = known["moved"] or (known["to_role"], known["to_staff_id"]) == (asked.to.role, asked.to.staff_id)
    day = asked.purpose != "follow_up" or known["state"] == "follow_up" or known["due_on"] == asked.due_on
    text = unseal(sealer, "attestation", known["note_sealed"], case_id, attestation_id)
    return bool(to) and day and known["purpose"] == asked.purpose and text == note


async def request_attestation(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, attestation_id: UUID, asked: Asked
) -> None:
    """Ask. `attestation_id` is made by the form: the same form once more does nothing.

    Raises Invalid with field "purpose", "due_on", "note" or "to" (as check_addressee), Reused with
    field "note", and as open_case.
    """
    note = check_optional(asked.note, "note", LONGEST)
    if asked.purpose not in PURPOSES:
        raise Invalid("purpose", "purpose")
    due_on = check_day(asked.due_on) if asked.purpose == "follow_up" else None
    case = await open_case(db, by, case_id, "request_attestation")
    if (known := await db.fetchrow(_KNOWN, attestation_id)) is not None:
        ours = (known["case_id"], known["by_id"]) == (case_id, by.person_id)
        must_repeat("note", ours=ours, same=ours and _is_same(sealer, case_id, attestation_id, known, asked, note))
        return
    await check_addressee(db, case, asked.to, by.person_id)
    data = {"attestation": str(attestation_id), "purpose": asked.purpose, **to_data(asked.to)}
    event = await record(db, case_id, "attestation_requested", by.kind, by.person_id, data)
    await db.execute(
        "insert into attestations (id, case_id, seq, by_id, to_role, to_staff_id, purpose, due_on, note_sealed)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        attestation_id, case_id, event.seq, by.person_id, asked.to.role, asked.to.staff_id, asked.purpose, due_on,
        seal(sealer, "attestation", note, case_id, attestation_id),
    )  # fmt: skip


def check_day(day: date | None) -> date:
    """A Swedish day from today to a year ahead; Invalid('day') with field "due_on" otherwise."""
    today = clock.local_date(clock.now())
    if day is None or not today <= day <= today + LAST_DAY:
        raise Invalid("day", "due_on")
    return day


def to_data(to: Addressee) -> dict[str, str]:
    """Who was asked, as an event keeps it: the role, and the person where one was named."""
    return {"role": to.role} | ({"staff": str(to.staff_id)} if to.staff_id is not None else {})


async def check_addressee(db: Connection, case: Case, to: Addressee, asker_id: UUID, *, field: str = "to") -> None:
    """Raises Invalid with `field`: 'yourself', 'admin_only' for a role that has no reach of a medical case, or
    'nobody_there' when nobody with the role, or not that person, works at the case's unit now.
    """
    if to.staff_id == asker_id:
        raise Invalid("yourself", field)
    if to.role == _ADMIN_ONLY and case.entry != "admin":
        raise Invalid("admin_only", field)
    if case.unit_id is None:  # a sent case always has a unit; the type does not say so
        raise LookupError("a case without a unit")
    for one in await list_colleagues(db, case.unit_id):
        if one.unit_id == case.unit_id and one.role == to.role and to.staff_id in {None, one.staff_id}:
            return
    raise Invalid("nobody_there", field)


_OF_CASE = "from cases c join visits v on v.id = c.visit_id where c.id = t.case_id and t.case_id = $1"
_IS_ASKED = policy.IS_ASKED.format(person="$2")
_IS_ASKER = policy.IS_ASKER.format(person="$2")


async def mark_seen(db: Connection, by: By, case_id: UUID) -> None:
    """Opening the case is seeing what is asked of one in it. Only after see_case by the same person."""
    waiting = (
        "select true from attestations t join cases c on c.id = t.case_id join visits v on v.id = c.visit_id"
        f" where t.case_id = $1 and t.state = 'requested' and {_IS_ASKED} limit 1"
    )
    if not await db.fetchval(waiting, case_id, by.person_id):
        return
    # The case first, as every verb takes it: two locks in two orders would wait for each other.
    await db.execute("select 1 from cases where id = $1 for no key update", case_id)
    seen = await db.fetch(
        f"update attestations t set state = 'seen', seen_by = $2, seen_at = now() {_OF_CASE}"
        f" and t.state = 'requested' and {_IS_ASKED} returning t.id",
        case_id, by.person_id,
    )  # fmt: skip
    for row in seen:
        await record(db, case_id, "attestation_seen", by.kind, by.person_id, {"attestation": str(row["id"])})


async def attest(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, attestation_id: UUID, comment: str = ""
) -> None:
    """Vidimera: it has been seen to; `comment` is for who asked. The same once more changes nothing.

    Raises Invalid as check_text with field "comment", Refused('attested_already') when she has said something else,
    and as open_attestation.
    """
    clean = check_optional(comment, "comment", LONGEST)
    if await open_attestation(db, by, case_id, attestation_id, "attest") is None:
        said = await db.fetchval("select comment_sealed from attestations where id = $1", attestation_id)
        if unseal(sealer, "attestation_comment", said, case_id, attestation_id) != clean:
            raise Refused("attested_already", verb="attest")
        return
    await db.execute(
        "update attestations t set state = 'attested', attested_by = $2, ended_at = now(), comment_sealed = $4,"
        " seen_by = coalesce(t.seen_by, $2), seen_at = coalesce(t.seen_at, now())"
        f" {_OF_CASE} and t.id = $3 and {_IS_ASKED}",
        case_id, by.person_id, attestation_id, seal(sealer, "attestation_comment", clean, case_id, attestation_id),
    )  # fmt: skip
    await record(db, case_id, "attested", by.kind, by.person_id, {"attestation": str(attestation_id)})


async def follow_up(db: Connection, by: By, case_id: UUID, attestation_id: UUID, due_on: date | None) -> None:
    """Följ upp: who is asked will come back to it by a day, from today to a year ahead; then it is attested.

    Raises Invalid('day') with field "due_on", and as open_attestation.
    """
    day = check_day(due_on)
    if await open_attestation(db, by, case_id, attestation_id, "follow_up") is None:
        return
    done = await db.fetchval(
        "update attestations t set state = 'follow_up', due_on = $4::date, seen_by = coalesce(t.seen_by, $2),"
        f" seen_at = coalesce(t.seen_at, now()) {_OF_CASE} and t.id = $3 and {_IS_ASKED}"
        " and (t.state <> 'follow_up' or t.due_on <> $4::date) returning t.id",
        case_id, by.person_id, attestation_id, day,
    )  # fmt: skip
    if done is not None:  # the same day once more is no news
        data = {"attestation": str(attestation_id), "until": day.isoformat()}
        await record(db, case_id, "attestation_kept", by.kind, by.person_id, data)


async def withdraw_attestation(db: Connection, by: By, case_id: UUID, attestation_id: UUID) -> None:
    """Ta tillbaka: who asked does not need it any more. The same once more changes nothing; as open_attestation."""
    if await open_attestation(db, by, case_id, attestation_id, "withdraw_attestation") is None:
        return
    await db.execute(
        f"update attestations t set state = 'withdrawn', ended_at = now() {_OF_CASE} and t.id = $3 and {_IS_ASKER}",
        case_id, by.person_id, attestation_id,
    )  # fmt: skip
    await record(db, case_id, "attestation_withdrawn", by.kind, by.person_id, {"attestation": str(attestation_id)})


_SEE = f"""
select t.state, t.by_id, t.attested_by, {_IS_ASKED} as asked, {_IS_ASKER} as asker,
  {policy.IS_MOVABLE.format(person="$2")} as movable
from attestations t join cases c on c.id = t.case_id join visits v on v.id = c.visit_id
where t.case_id = $1 and t.id = $3
"""
_NEEDS = {"withdraw_attestation": "asker", "forward_attestation": "movable"}


async def open_attestation(db: Connection, by: By, case_id: UUID, attestation_id: UUID, verb: str) -> Case | None:
    """The case, opened for `verb` on this attestation; None when this very person has already ended it by that verb.

    Raises Refused('attested_already' | 'withdrawn_already') when it has ended otherwise, Refused('not_yours'), NotFound
    when the case has none such, and as open_case.
    """
    case, refused = None, None
    try:
        case = await open_case(db, by, case_id, verb)
    except Refused as error:  # there may be nothing left to do, because it is done
        refused = error
    row = await db.fetchrow(_SEE, case_id, by.person_id, attestation_id)
    if row is None:
        raise NotFound("attestation")
    if row["state"] in {"attested", "withdrawn"}:
        if _is_done(row, by, verb):
            return None
        raise Refused(f"{row['state']}_already", verb=verb)
    if case is None or not row[_NEEDS.get(verb, "asked")]:
        raise refused or Refused("not_yours", verb=verb)
    return case


def _is_done(row: Row, by: By, verb: str) -> bool:
    if row["state"] == "attested":
        return verb == "attest" and row["attested_by"] == by.person_id
    return verb == "withdraw_attestation" and row["by_id"] == by.person_id


def seal(sealer: Sealer, purpose: str, text: str, case_id: UUID, row_id: UUID) -> bytes | None:
    """The sealed text of a row of a case, None for an empty one."""
    return sealer.seal(purpose, text.encode(), case_id.bytes + row_id.bytes) if text else None


def unseal(sealer: Sealer, purpose: str, sealed: bytes | None, case_id: UUID, row_id: UUID) -> str:
    """What seal has sealed, '' for None."""
    return sealer.unseal(purpose, sealed, case_id.bytes + row_id.bytes).decode() if sealed else ""
