"""Öppna det som är spärrat: with the patient's consent, or in an emergency when she cannot be asked (PDL 4:5).

It opens for one person, at the unit where she works, for one patient and HOURS; what is blocked again meanwhile is
closed. Each opening is a row in the log by its own verb, which stands there for nothing else that was granted, is told
to the patient, and is work for who leads the unit that was blocked.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.loading import hold_case
from linjen.cases.talk.message import check_optional, check_text
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer

#: So long it stays open: a shift.
HOURS: Final = 8
LONGEST_WHY: Final = 500

#: How it may be opened -> the reasons to choose from; the words stand under blocking.reasons.<how>.
REASONS: Final = {
    "consent": ("here", "phone", "wrote"),
    "emergency": ("unreachable", "urgent", "other"),
}
#: How it may be opened -> the verb of policy.VERBS.
VERBS: Final = {"consent": "open_by_consent", "emergency": "open_in_emergency"}

_BLOCKS = f"""
select distinct b.id from access_blocks b
join cases c on c.patient_id = b.resident_id join visits v on v.id = c.visit_id
where b.resident_id = $4 and b.lifted_at is null and b.unit_id <> $2
  and b.unit_id in ({policy.UNITS_OF_CASE})
  and $3::date is not null and {policy.knows_of_blocked(person="$1", unit="$2")}
"""


async def open_blocks(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, how: str, reason: str, why: str
) -> UUID:  # fmt: skip
    """Open what is blocked of the patient of `case_id`, which is open at the unit of `by`; whose it is. A second press
    does nothing.

    In an emergency `why` is wanted, with consent it is optional. Raises Invalid('choose_how') with field "how",
    Invalid('choose_reason') with field "reason", Invalid as check_text with field "why",
    Refused('nothing_blocked') when there is nothing that is closed for her, and as open_case.
    """
    if how not in REASONS:
        raise Invalid("choose_how", "how")
    if reason not in REASONS[how]:
        raise Invalid("choose_reason", "reason")
    said = check_text(why, "why", LONGEST_WHY) if how == "emergency" else check_optional(why, "why", LONGEST_WHY)
    case = await hold_case(db, by, case_id, VERBS[how])
    if case.patient_id is None:  # a sent case always has a patient; the type does not say so
        raise LookupError("a case without a patient")
    blocks = [row["id"] for row in await db.fetch(_BLOCKS, *by.asking(), case.patient_id)]
    if not blocks:
        if await _has_opened(db, by, case_id):  # the same form once more
            await log_access(db, by, "see", case_id)
            return case.patient_id
        raise Refused("nothing_blocked", verb=VERBS[how])
    for block_id in blocks:
        opening_id = new_id()
        await db.execute(
            "insert into block_openings (id, block_id, case_id, staff_id, unit_id, kind, reason, why_sealed, until_at)"
            f" values ($1, $2, $3, $4, $5, $6, $7, $8, now() + interval '{HOURS} hours')",
            opening_id, block_id, case_id, by.person_id, by.unit_id, how, reason, seal_why(sealer, opening_id, said),
        )  # fmt: skip
    await log_access(db, by, VERBS[how], case_id)
    await record(db, case_id, "block_opened", by.kind, by.person_id, {"how": how})
    return case.patient_id


def seal_why(sealer: Sealer, opening_id: UUID, text: str) -> bytes:
    """Why it was opened, bound to its row."""
    return sealer.seal("block_opening", text.encode(), opening_id.bytes)


def unseal_why(sealer: Sealer, opening_id: UUID, sealed: bytes) -> str:
    """As seal_why, the other way."""
    return sealer.unseal("block_opening", sealed, opening_id.bytes).decode()


async def _has_opened(db: Connection, by: By, case_id: UUID) -> bool:
    return bool(await db.fetchval(
        "select exists (select 1 from block_openings where case_id = $1 and staff_id = $2 and unit_id = $3"
        " and until_at > now())", case_id, by.person_id, by.unit_id,
    ))  # fmt: skip
