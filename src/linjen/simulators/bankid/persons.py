"""The people who have a BankID in the simulator: read from a JSON or TOML file that the demo or a test gives."""

from __future__ import annotations

from pathlib import Path

import msgspec

from linjen.core.errors import Misconfigured


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One holder of a simulated BankID. `personal_number` has 12 digits; `risk` is what BankID says when asked."""

    name: str
    given_name: str
    surname: str
    personal_number: str
    note: str = ""
    issued_on: str = "2024-02-01+01:00"
    risk: str = "low"


class _File(msgspec.Struct):
    persons: list[Person]


def read_persons(path: Path) -> list[Person]:
    """The list under `persons` in a .toml or .json file; a bare JSON list will do too. Raises Misconfigured."""
    try:
        content = path.read_bytes()
        if path.suffix == ".toml":
            persons = msgspec.toml.decode(content, type=_File).persons
        elif content.lstrip().startswith(b"["):
            persons = msgspec.json.decode(content, type=list[Person])
        else:
            persons = msgspec.json.decode(content, type=_File).persons
    except (OSError, msgspec.MsgspecError) as error:
        raise Misconfigured("persons_unreadable", setting="persons_file", why=str(error)) from error
    for person in persons:
        if not (len(person.personal_number) == 12 and person.personal_number.isdigit()):
            raise Misconfigured("persons_unreadable", setting="persons_file", why="a personal number has 12 digits")
    return persons
