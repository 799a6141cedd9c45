"""SMS som inte kom fram: what failed, or may have, is work for the unit until somebody has dealt with it (H08)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.moves.remind import why_no_reminder
from linjen.core import clock
from linjen.core.connection import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.events import record
from linjen.notices.failing import failing_sql
from linjen.notices.outbox import Wish, put

#: How it was dealt with: sent again, or reached in another way. Their words stand under sms.settled.
WAYS: Final = ("again", "phone", "letter", "other")


class FailedSms(msgspec.Struct, frozen=True, kw_only=True):
    """One SMS that did not arrive, or may not have, with the case it belongs to. `at` is UTC; `is_failing` says that
    her number has stopped working. `protected` is the patient's row, `told_protected` hers and that of who is told
    taken together: only with 'no' may anything be sent.
    """

    id: UUID
    case_id: UUID
    kind: str
    state: str
    reason: str
    at: datetime
    name: str
    protected: str
    told_protected: str
    birth_on: date
    holder: str
    is_failing: bool


#: What still matters: the case is open, and she has not been in to read since. That it was her turn is told by the
#: message that follows; so of what a rule withheld only the unread message and what staff asked for are work. Who has
#: given no number and was told by push is told.
_OPEN = f"""
from sms o join cases c on c.id = o.case_id join visits v on v.id = c.visit_id
join residents p on p.id = c.patient_id left join residents t on t.id = o.to_id left join staff h on h.id = v.holder_id
where o.state in ('failed', 'uncertain', 'withheld') and o.settled_at is null and o.to_kind <> 'staff'
  and (o.state <> 'withheld' or o.kind <> 'your_turn') and v.state <> 'closed'
  and (o.reason <> 'no_phone' or not exists (select from pushes u where u.cause = o.cause and u.state = 'accepted'))
  and not exists (select from reading_marks m where m.case_id = c.id and m.party = 'resident'
                  and m.read_at > o.created_at)
  and {policy.asked()}
"""

#: As cases/patients/contact.py has it: a guardian is told, and she or the child is protected.
_TOLD = """case when 'yes' in (p.protected, coalesce(t.protected, p.protected)) then 'yes'
  when p.protected = 'no' and coalesce(t.protected, p.protected) = 'no' then 'no' else 'unchecked' end"""

#: How many SMS of the unit wait for somebody to deal with them, as far as she may see their cases.
WAITING: Final = f"select count(*) {_OPEN}"


async def list_failed(db: Connection, by: By) -> list[FailedSms]:
    """Those SMS, the oldest first, at most 200; logged as one row with their cases."""
    rows = await db.fetch(
        "select o.id, o.case_id, o.kind, o.state, o.reason, o.changed_at as at,"
        f" p.given_name || ' ' || p.surname as name, p.protected, {_TOLD} as told_protected,"
        " c.patient_birth_on as birth_on,"
        " coalesce(h.given_name || ' ' || h.surname, '') as holder,"
        f" {failing_sql('t.id', 't.phone_changed_at')} as is_failing {_OPEN} order by o.created_at limit 200",
        *by.asking(),
    )
    await log_access(db, by, "failed_sms", None, _ids(rows))
    return [FailedSms(**dict(row)) for row in rows]


def _ids(rows: Sequence[object]) -> list[UUID]:
    return list(dict.fromkeys(row["case_id"] for row in rows))  # type: ignore[index]


async def settle_sms(db: Connection, by: By, case_id: UUID, sms_id: UUID, how: str) -> None:
    """Somebody has dealt with it: sends it once more as a new SMS, or has reached the resident in another way.

    Raises Invalid('unknown_way'), Refused('sms_settled') when a colleague was first, Refused('sms_…') as remind when
    it may not be sent again, and as open_case. The same once more changes nothing.
    """
    if how not in WAYS:
        raise Invalid("unknown_way", "how")
    await open_case(db, by, case_id, "settle_sms")
    if how == "again" and (why := await why_no_reminder(db, case_id)):
        raise Refused(f"sms_{why}")
    row = await db.fetchrow(
        "update sms set settled_at = now(), settled_by = $3, settled_how = $4 where id = $1 and case_id = $2"
        " and settled_at is null and state in ('failed', 'uncertain', 'withheld') returning kind, text_id",
        sms_id, case_id, by.person_id, how,
    )  # fmt: skip
    if row is None:
        known = await db.fetchrow(
            "select settled_by, settled_how from sms where id = $1 and case_id = $2", sms_id, case_id
        )
        if known is None:
            raise NotFound("sms")
        if tuple(known) == (by.person_id, how):
            return
        raise Refused("sms_settled")
    if how == "again":
        wish = Wish(kind=row["kind"], cause=f"again/{sms_id}", case_id=case_id, next_at=clock.now(),
                    text_id=row["text_id"], by_id=by.person_id)  # fmt: skip
        await put(db, [wish])
    await record(db, case_id, "sms_settled", by.kind, by.person_id, {"how": how, "kind": row["kind"]})
