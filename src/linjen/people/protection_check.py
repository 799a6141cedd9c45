"""Skyddade personuppgifter, frågat igen: whether somebody is protected is asked anew when the last answer is a day old.

Only for what may not be done without knowing (SMS): a page that is read shows what is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from linjen.core.database import Database
from linjen.core.errors import Unavailable
from linjen.core.logs import get_log
from linjen.core.personal_number import parse_personal_number
from linjen.core.sealing import Sealer
from linjen.integrations.person_data import PersonData
from linjen.people.guardians import end_bonds
from linjen.people.residents import told_by_register

log = get_log(__name__)

_PATIENCE_S = 6.0


async def ask_protection(
    database: Database, sealer: Sealer, person_data: PersonData | None, resident_ids: Sequence[UUID]
) -> bool:
    """Ask the register of these residents and keep its answer; False when it cannot be asked now.

    Whom it does not know stays as she was: nobody passes as unprotected because a record was absent.
    What staff have set stands, and counts as checked; but a Ja goes before their Nej.
    """
    if person_data is None:
        return False
    rows = await database.fetch("select id, number_sealed from residents where id = any($1)", list(set(resident_ids)))
    numbers = {
        parse_personal_number(sealer.unseal("personal_number", row["number_sealed"], b"residents").decode()): row["id"]
        for row in rows
    }
    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await person_data.see_persons(numbers)
    except (Unavailable, TimeoutError) as error:
        log.warning("person_data_unavailable", reason=getattr(error, "reason", "timeout"))
        return False
    known = {numbers[number]: "yes" if person.protected else "no" for number, person in found.items()}
    async with database.transaction() as db:
        rows = await db.fetch(
            f"update residents r set protected_checked_at = now(), {told_by_register('r', 'k.protected')}"
            " from unnest($1::uuid[], $2::text[]) as k(id, protected) where r.id = k.id returning r.id, r.protected",
            list(known), list(known.values()),
        )  # fmt: skip
        await end_bonds(db, [row["id"] for row in rows if row["protected"] == "yes"])
    return True
