"""Behov: e-post, tolk, hörsel och syn, as the resident tells them herself; each form in one statement."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.core.database import Connection
from linjen.people.contacts import parse_contacts, parse_interpreter


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """How she is reached by e-mail and what she needs: `interpreter` is a language, '' for none."""

    email: str = ""
    interpreter: str = ""
    hearing: bool = False
    vision: bool = False


_COLUMNS = "coalesce(email, '') as email, coalesce(interpreter, '') as interpreter, hearing, vision"


def parse_needs(email: str, interpreter: str, *, hearing: bool, vision: bool) -> Needs:
    """What was typed, in its kept spelling. Raises Invalid as parse_contacts and parse_interpreter."""
    address = parse_contacts("", email).email
    return Needs(email=address, interpreter=parse_interpreter(interpreter), hearing=hearing, vision=vision)


async def find_needs(db: Connection, resident_id: UUID) -> Needs:
    """What is known now."""
    row = await db.fetchrow(f"select {_COLUMNS} from residents where id = $1", resident_id)
    return Needs(**dict(row)) if row else Needs()


async def are_told(db: Connection, resident_id: UUID) -> bool:
    """Whether she has been asked and has answered."""
    return bool(await db.fetchval("select needs_at is not null from residents where id = $1", resident_id))


async def swap_needs(db: Connection, resident_id: UUID, new: Needs, was: Needs) -> bool:
    """Put `new` where `was` still stands; False when somebody has changed it otherwise meanwhile.

    The address of one who is protected stays as it is: no page shows it.
    """
    done = await db.fetchval(
        "update residents set email = case when protected = 'yes' then email else nullif($2, '') end,"
        " interpreter = nullif($3, ''), hearing = $4, vision = $5, needs_at = now() where id = $1"
        " and (protected = 'yes' or coalesce(email, '') in ($2, $6)) and coalesce(interpreter, '') in ($3, $7)"
        " and hearing in ($4, $8) and vision in ($5, $9) returning id",
        resident_id, new.email, new.interpreter, new.hearing, new.vision,
        was.email, was.interpreter, was.hearing, was.vision,
    )  # fmt: skip
    return done is not None


async def tell_no_needs(db: Connection, resident_id: UUID) -> None:
    """She has been asked and needs nothing that is not known already."""
    await db.execute("update residents set needs_at = now() where id = $1 and needs_at is null", resident_id)
