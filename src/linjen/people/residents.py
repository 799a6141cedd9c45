"""Invånare: who has signed in or is somebody's child, found by a blind index of the personal number."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.core.database import Connection, Row
from linjen.core.errors import Invalid, NotFound
from linjen.core.ids import new_id
from linjen.core.personal_number import PersonalNumber
from linjen.core.phone import parse_mobile
from linjen.core.sealing import Sealer


class Resident(msgspec.Struct, frozen=True, kw_only=True):
    """A resident as staff and pages may know her; the personal number stays sealed."""

    id: UUID
    given_name: str
    surname: str
    birth_on: date
    sex: str
    protected: str
    language: str
    first_signed_in_at: datetime | None = None


_COLUMNS = "id, given_name, surname, birth_on, sex, protected, language, first_signed_in_at"


def resident_json(row: str) -> str:
    """SQL: a resident of a statement's own (`row` is its alias) as one JSON object, null for none; see `Resident`."""
    fields = ", ".join(f"'{name}', {row}.{name}" for name in _COLUMNS.split(", "))
    return f"case when {row}.id is not null then jsonb_build_object({fields}) end"


def told_by_register(row: str, says: str) -> str:
    """SQL: what an update sets when the register says 'yes' or 'no' (an expression) of the resident `row`.

    What staff have set stands, but for one thing: a Ja of the register goes before their Nej, and staff look again.
    """
    overruled = f"({row}.protected_set_at is not null and {row}.protected = 'no' and {says} = 'yes')"
    return (
        f"protected = case when {row}.protected_set_at is null or {overruled} then {says} else {row}.protected end,"
        f" protected_set_by = case when not {overruled} then {row}.protected_set_by end,"
        f" protected_set_at = case when not {overruled} then {row}.protected_set_at end,"
        f" protected_overruled_at = case when {overruled} then now()"
        f" when {says} = 'yes' then {row}.protected_overruled_at end"
    )


#: The register's word in an insert; where it could not be asked what is known stands.
_SAYS = "coalesce(nullif(excluded.protected, 'unchecked'), residents.protected)"


def _index(sealer: Sealer, number: PersonalNumber) -> bytes:
    return sealer.index("personal_number", number.canonical)


def _as_resident(row: Row) -> Resident:
    return Resident(**dict(row))


async def find_by_number(db: Connection, sealer: Sealer, number: PersonalNumber) -> Resident | None:
    """The resident with this number, if she is known here."""
    row = await db.fetchrow(f"select {_COLUMNS} from residents where number_index = $1", _index(sealer, number))
    return _as_resident(row) if row else None


async def see_resident(db: Connection, resident_id: UUID) -> Resident:
    """The resident with this id; NotFound otherwise."""
    row = await db.fetchrow(f"select {_COLUMNS} from residents where id = $1", resident_id)
    if row is None:
        raise NotFound("resident")
    return _as_resident(row)


async def register(
    db: Connection,
    sealer: Sealer,
    number: PersonalNumber,
    given_name: str,
    surname: str,
    *,
    protected: str = "unchecked",
    birth_on: date | None = None,
) -> Resident:
    """The resident with this number, made if new, with today's name and protection flag ('yes', 'no', 'unchecked').

    An 'unchecked' never overwrites what is known, and nothing but a Ja what staff have set. Birth date and sex come
    from the number; a number that does not say needs `birth_on`, else Invalid('birth_date_unknown').
    """
    born_on = number.birth_on or birth_on
    if born_on is None:
        raise Invalid("birth_date_unknown")
    resident_id = new_id()
    sealed = sealer.seal("personal_number", number.canonical.encode(), b"residents")
    row = await db.fetchrow(
        "insert into residents"
        " (id, number_index, number_sealed, given_name, surname, birth_on, sex, protected, protected_checked_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, case when $8 = 'unchecked' then null else now() end)"
        " on conflict (number_index) do update set given_name = excluded.given_name, surname = excluded.surname,"
        f" {told_by_register('residents', _SAYS)},"
        " protected_checked_at = coalesce(excluded.protected_checked_at, residents.protected_checked_at)"
        f" returning {_COLUMNS}",
        resident_id, _index(sealer, number), sealed, given_name, surname, born_on, number.sex, protected,
    )  # fmt: skip
    assert row is not None  # noqa: S101 - an upsert returns its row
    return _as_resident(row)


async def unseal_number(db: Connection, sealer: Sealer, resident_id: UUID) -> str:
    """The 12 digits, for outside look-ups and for Patientinfo; never for an address or a log."""
    sealed = await db.fetchval("select number_sealed from residents where id = $1", resident_id)
    if sealed is None:
        raise NotFound("resident")
    return sealer.unseal("personal_number", sealed, b"residents").decode()


async def note_signed_in(db: Connection, resident_id: UUID) -> None:
    """Remember the first sign-in: care may only begin a dialogue with who has been here (routine F047)."""
    await db.execute(
        "update residents set first_signed_in_at = now() where id = $1 and first_signed_in_at is null", resident_id
    )


#: The languages that notices are written in.
_WRITTEN: Final = frozenset({"sv", "en"})


async def note_language(db: Connection, resident: Resident, language: str) -> None:
    """What is sent to her from now on is written in the language of the pages that she reads, or else in Swedish."""
    written = language if language in _WRITTEN else "sv"
    if resident.language != written:
        await db.execute("update residents set language = $2 where id = $1", resident.id, written)


async def find_phone(db: Connection, resident_id: UUID) -> str:
    """The phone number that she has given, in its canonical spelling, or ''."""
    return await db.fetchval("select phone from residents where id = $1", resident_id) or ""


def phone_changed(number: str) -> str:
    """SQL: what else an update sets when it sets the number (an expression): another number has failed nobody yet."""
    return f"phone_changed_at = case when phone is distinct from {number} then now() else phone_changed_at end"


async def set_phone(db: Connection, resident_id: UUID, text: str) -> None:
    """Keep the mobile number that SMS go to; an empty text erases it. Raises Invalid as parse_mobile."""
    number = parse_mobile(text) if text.strip() else None
    await db.execute(f"update residents set phone = $2, {phone_changed('$2')} where id = $1", resident_id, number)


async def find_deregistered(db: Connection, resident_id: UUID) -> str:
    """Why the population register has let her go: died, moved or other; '' while she is in it."""
    return await db.fetchval("select deregistered from residents where id = $1", resident_id) or ""
