"""Samtycke till dialog: whether care may begin a case with a resident here, as she decides herself (routine F047).

It hangs on the resident and not on a case. Nothing is chosen beforehand, each choice is kept with its time and the
wording she read, and the latest one counts: who has withdrawn is contacted in another way from that moment on.
"""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.patients.consent import DIALOGUE, WORDING, Consent
from linjen.core.database import Connection
from linjen.core.ids import new_id

_CHOICES = """
select kind, choice, wording, given_at from consents where resident_id = $1 and case_id is null
order by given_at desc, id desc limit 100
"""


async def choose_dialogue(db: Connection, by: By, choice: bool) -> None:
    """Keep the resident's own choice; the same once more is no new choice."""
    await take_turns(db, by.person_id)
    if await find_dialogue(db, by.person_id) == choice:
        return
    await db.execute(
        "insert into consents (id, case_id, resident_id, given_by, kind, choice, wording)"
        " values ($1, null, $2, $2, $3, $4, $5)",
        new_id(), by.person_id, DIALOGUE, choice, WORDING,
    )  # fmt: skip


async def take_turns(db: Connection, resident_id: UUID) -> None:
    """Until the transaction ends nobody else chooses or goes by the choice: a case begins before or after it."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"dialogue {resident_id}")


async def find_dialogue(db: Connection, resident_id: UUID) -> bool | None:
    """The latest choice, None when there is none."""
    latest = await db.fetchrow(_CHOICES, resident_id)
    return latest["choice"] if latest else None


async def list_dialogue(db: Connection, resident_id: UUID) -> list[Consent]:
    """Every choice, the latest first; for the resident herself."""
    return [Consent(**dict(row)) for row in await db.fetch(_CHOICES, resident_id)]
