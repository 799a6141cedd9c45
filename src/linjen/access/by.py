"""The acting person: who does it, in which capacity, seen from which session."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from linjen.core import clock


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

    def asking(self) -> tuple[UUID, UUID | None, date]:
        """Who asks, where and on which day (Stockholm): the first three values of a statement with `policy.asked`."""
        return self.person_id, self.unit_id, clock.local_date(clock.now())
