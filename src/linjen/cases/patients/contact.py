"""Vem som får veta: who is told when something happens in a case, and whether an SMS may reach her."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from linjen.access.ages import OWN_FROM_YEARS
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.phone import parse_mobile

#: How long an answer about protected identity counts (house section 9).
PROTECTION_COUNTS = timedelta(hours=24)


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """The resident to tell, and her patient, who is the same unless she is a guardian.

    `phone` is as she gave it ('' for none). `protected` is 'yes' if either of the two is, 'no' only if both are known
    not to be, else 'unchecked'; `checked_at` is the older of the two checks (UTC).
    `quiet_from` and `quiet_until` are her quiet hours; `muted` says that she wants no notices of this case.
    """

    resident_id: UUID
    patient_id: UUID
    phone: str
    language: str
    names: list[str]
    protected: str
    checked_at: datetime | None
    quiet_from: int
    quiet_until: int
    muted: bool

    def is_known(self, at: datetime) -> bool:
        """Whether it has been asked lately enough if she is protected."""
        return self.protected == "yes" or (
            self.protected == "no" and self.checked_at is not None and at - self.checked_at <= PROTECTION_COUNTS
        )

    def why_untold(self, at: datetime) -> str:
        """'' when she may be told in any way that leaves the house, else protected or protection_unknown."""
        return "protected" if self.protected == "yes" else "" if self.is_known(at) else "protection_unknown"

    def why_no_sms(self, at: datetime) -> str:
        """'' when an SMS may be sent, else protected, protection_unknown, no_phone or phone_not_mobile."""
        if self.protected == "yes":
            return "protected"
        if not self.phone:
            return "no_phone"
        try:
            parse_mobile(self.phone)
        except Invalid:
            return "phone_not_mobile"
        return "" if self.is_known(at) else "protection_unknown"


# A guardian who wrote is told as long as the case is hers; from the child's thirteenth birthday it is the child's.
_CONTACT = f"""
with told as (
  select c.patient_id, case when c.opened_by <> c.patient_id
    and c.patient_birth_on > ($2::date - interval '{OWN_FROM_YEARS} years')
    and exists (select 1 from guardianships g where g.guardian_id = c.opened_by and g.child_id = c.patient_id
                and g.ended_at is null) then c.opened_by else c.patient_id end as resident_id
  from cases c where c.id = $1 and c.patient_id is not null
)
select t.resident_id, t.patient_id, coalesce(r.phone, '') as phone, r.language,
  array[r.given_name, r.surname, p.given_name, p.surname] as names,
  case when 'yes' in (r.protected, p.protected) then 'yes' when r.protected = 'no' and p.protected = 'no' then 'no'
    else 'unchecked' end as protected,
  case when r.protected_checked_at is not null and p.protected_checked_at is not null
    then least(r.protected_checked_at, p.protected_checked_at) end as checked_at,
  r.quiet_from, r.quiet_until,
  exists (select from muted_cases m where m.case_id = $1 and m.resident_id = t.resident_id) as muted
from told t join residents r on r.id = t.resident_id join residents p on p.id = t.patient_id
"""


async def find_contact(db: Connection, case_id: UUID) -> Contact | None:
    """Whom to tell of this case; None for a draft without a patient."""
    row = await db.fetchrow(_CONTACT, case_id, clock.local_date(clock.now()))
    return msgspec.convert(dict(row), Contact) if row else None


async def list_concerned(db: Connection, resident_ids: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """The cases of which something else may be seen when it has changed whether these are protected: theirs, those that
    they have written, and those of their children, each with its unit. Ids only, for waking open pages.
    """
    rows = await db.fetch(
        "select id, unit_id from cases where visit_id is not null and (patient_id = any($1) or opened_by = any($1)"
        " or patient_id in (select child_id from guardianships where guardian_id = any($1)))",
        list(resident_ids),
    )
    return {row["id"]: row["unit_id"] for row in rows}


async def list_beside(db: Connection, case_ids: Sequence[UUID], among: Sequence[UUID]) -> list[UUID]:
    """Of the cases `among`, those whose patient is one of `case_ids`', and these themselves. As above."""
    rows = await db.fetch(
        "select k.id from cases k where k.id = any($2)"
        " and k.patient_id in (select c.patient_id from cases c where c.id = any($1))",
        list(case_ids), list(among),
    )  # fmt: skip
    return [row["id"] for row in rows]
