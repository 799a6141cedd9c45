"""The acting person: who does it, in which capacity, seen from which session."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec


class By(msgspec.Struct, frozen=True):
    """Who acts. `unit_id` is the unit a staff member has chosen to work at; residents have none."""

    kind: Literal["resident", "staff"]
    person_id: UUID
    session_id: UUID
    unit_id: UUID | None = None
    language: str = "sv"

    @property
    def is_staff(self) -> bool:
        """Whether a staff member acts."""
        return self.kind == "staff"
