"""Telefon, e-post, tolkbehov och skyddad identitet satt för hand: what staff change, each in one statement."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.phone import parse_phone
from linjen.people.guardians import end_bonds
from linjen.people.residents import phone_changed

_LONGEST_EMAIL: Final = 254
_EMAIL = re.compile(r"[^\s@<>\",;]+@[^\s@<>\",;]+\.[^\s@<>\",;.]{2,}")
_LONGEST_LANGUAGE: Final = 40
_LANGUAGE = re.compile(r"[^\W\d_]+(?:[ ,-]+[^\W\d_]+)*")


class Contacts(msgspec.Struct, frozen=True):
    """How a resident is reached: E.164 and an address, '' for none."""

    phone: str
    email: str


class SetByHand(msgspec.Struct, frozen=True):
    """Who in care has set the protection flag, and when (UTC)."""

    by_name: str
    at: datetime


def parse_contacts(phone: str, email: str) -> Contacts:
    """What was typed, in its kept spelling. Raises Invalid as parse_phone, and 'email_form' with field "email"."""
    number, address = parse_phone(phone) if phone.strip() else "", email.strip()
    if address and (len(address) > _LONGEST_EMAIL or not _EMAIL.fullmatch(address)):
        raise Invalid("email_form", "email")
    return Contacts(number, address)


async def find_contacts(db: Connection, resident_id: UUID) -> Contacts:
    """How she is reached now."""
    row = await db.fetchrow("select coalesce(phone, ''), coalesce(email, '') from residents where id = $1", resident_id)
    return Contacts(*row) if row else Contacts("", "")


def parse_interpreter(text: str) -> str:
    """A language's name as it is kept, '' for no need. Raises Invalid('language_form') with field "interpreter"."""
    language = " ".join(text.split()).lower()
    if language and (len(language) > _LONGEST_LANGUAGE or not _LANGUAGE.fullmatch(language)):
        raise Invalid("language_form", "interpreter")
    return language


async def find_interpreter(db: Connection, resident_id: UUID) -> str:
    """The language in which she needs an interpreter, '' for no need."""
    return await db.fetchval("select interpreter from residents where id = $1", resident_id) or ""


async def swap_interpreter(db: Connection, resident_id: UUID, new: str, was: str) -> bool:
    """Put `new` where `was` still stands; False when it does not."""
    done = await db.fetchval(
        "update residents set interpreter = nullif($2, '') where id = $1 and coalesce(interpreter, '') = $3"
        " returning id",
        resident_id, new, was,
    )  # fmt: skip
    return done is not None


async def find_set_by_hand(db: Connection, resident_id: UUID) -> SetByHand | None:
    """Who has set the flag, None while the register alone has spoken."""
    row = await db.fetchrow(
        "select s.given_name || ' ' || s.surname as by_name, r.protected_set_at as at from residents r"
        " join staff s on s.id = r.protected_set_by where r.id = $1",
        resident_id,
    )
    return SetByHand(**dict(row)) if row else None


async def find_register_yes(db: Connection, resident_id: UUID) -> datetime | None:
    """When the register last said Ja (UTC), where the flag is its own Ja; None for every other flag."""
    found: datetime | None = await db.fetchval(
        "select protected_checked_at from residents where id = $1 and protected = 'yes' and protected_set_at is null",
        resident_id,
    )
    return found


async def find_overruled(db: Connection, resident_id: UUID) -> datetime | None:
    """When the register said Ja (UTC) after staff had set Nej; None once somebody has set the flag again."""
    found: datetime | None = await db.fetchval(
        "select protected_overruled_at from residents where id = $1", resident_id
    )
    return found


async def swap_contacts(db: Connection, resident_id: UUID, new: Contacts, was: Contacts) -> bool:
    """Put `new` where `was` still stands and she is known not to be protected; False when it does not."""
    number = "nullif($2, '')"
    done = await db.fetchval(
        f"update residents set phone = {number}, {phone_changed(number)}, email = nullif($3, '')"
        " where id = $1 and protected = 'no'"
        " and coalesce(phone, '') = $4 and coalesce(email, '') = $5 returning id",
        resident_id, new.phone, new.email, was.phone, was.email,
    )  # fmt: skip
    return done is not None


async def swap_protected(db: Connection, resident_id: UUID, new: str, was: str, by_id: UUID) -> bool:
    """Set the flag by hand ('yes' or 'no') where `was` still stands; False when it does not, or it is set so already.

    A flag that the register gave and staff confirm is theirs from then on.
    """
    done = await db.fetchval(
        "update residents set protected = $2, protected_set_by = $4, protected_set_at = now(),"
        " protected_overruled_at = null, protected_checked_at = now() where id = $1 and protected = $3"
        " and (protected <> $2 or protected_set_at is null) returning id",
        resident_id, new, was, by_id,
    )  # fmt: skip
    if done is not None and new == "yes":
        await end_bonds(db, [resident_id])
    return done is not None
