"""The make-believe card holders, read from the JSON file that the demo or a test supplies."""

from __future__ import annotations

from pathlib import Path

import msgspec

from linjen.core.errors import Misconfigured

LOA3 = "http://id.sambi.se/loa/loa3"


class CardHolder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One card. Without `employee_hsa_id` it is a card that no employer has connected to a service id."""

    given_name: str
    family_name: str
    title: str
    description: str = ""
    employee_hsa_id: str = msgspec.field(default="", name="employeeHsaId")
    acr: str = LOA3

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def initials(self) -> str:
        return self.given_name[:1] + self.family_name[:1]


def read_card_holders(path: Path) -> list[CardHolder]:
    """The file's card holders, in its order. Raises Misconfigured when it cannot be read or names nobody."""
    try:
        holders = msgspec.json.decode(path.read_bytes(), type=list[CardHolder])
    except (OSError, msgspec.DecodeError) as error:
        raise Misconfigured("staff_file_unreadable", setting="staff_file", why=str(error)) from error
    if not holders:
        raise Misconfigured("staff_file_empty", setting="staff_file", why="it must name at least one person")
    return holders
