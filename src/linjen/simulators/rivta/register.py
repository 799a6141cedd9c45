"""Who lives here, who has custody of whom, and who is listed where: read from the JSON file that the owner supplies."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import msgspec

from linjen.core.errors import Invalid, Misconfigured
from linjen.core.personal_number import parse_personal_number


class Deregistration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why and when somebody left the population register; AV has died, UV has moved abroad."""

    code: str
    on: date


class Resident(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One record. `former_numbers` lead here too; `given_name_indicator` is the register's, for example 20."""

    number: str
    given_name: str
    surname: str
    middle_name: str = ""
    given_name_indicator: str = ""
    county_code: str = ""
    protected: bool = False
    protected_registration: bool = False
    test: bool = True
    birth: str = ""
    deregistered: Deregistration | None = None
    former_numbers: list[str] = []


class Custody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`guardian` has custody of `child`. A guardian without a number has a birth date instead."""

    child: str
    guardian: str = ""
    guardian_birth: str = ""
    since: date | None = None
    until: date | None = None


class ListingRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One listing, or one place in a queue. Times without an offset are Swedish."""

    number: str
    unit: str
    unit_name: str
    kind: str = "PRIMARY_CARE"
    since: datetime | None = None
    until: datetime | None = None
    in_queue: bool = False
    queue_position: int | None = None


class Register(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    persons: list[Resident] = []
    custody: list[Custody] = []
    listings: list[ListingRow] = []

    def find_resident(self, number: str, *, follow: bool) -> Resident | None:
        """Who has the number now, or with `follow` had it before."""
        for person in self.persons:
            if person.number == number or (follow and number in person.former_numbers):
                return person
        return None


def read_register(path: Path) -> Register:
    """Raises Misconfigured when the file cannot be read, or uses a number that is none."""
    try:
        register = msgspec.json.decode(path.read_bytes(), type=Register)
    except (OSError, msgspec.DecodeError) as error:
        raise Misconfigured("register_unreadable", setting="data_file", why=str(error)) from error
    numbers = [person.number for person in register.persons]
    numbers += [number for person in register.persons for number in person.former_numbers]
    numbers += [row.child for row in register.custody] + [row.guardian for row in register.custody if row.guardian]
    numbers += [row.number for row in register.listings]
    for number in numbers:
        _check(number)
    if len(set(numbers[: len(register.persons)])) != len(register.persons):
        raise Misconfigured("register_doubled", setting="data_file", why="a person stands there twice")
    return register


def _check(number: str) -> None:
    try:
        canonical = parse_personal_number(number).canonical
    except Invalid as error:
        raise Misconfigured("register_number", setting="data_file", why=error.reason) from error
    if canonical != number:
        raise Misconfigured("register_number", setting="data_file", why="numbers are written with twelve characters")
