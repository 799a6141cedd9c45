"""Vad som väntar: how much of each kind of work waits for a staff member, all of it counted in one statement."""

from __future__ import annotations

from typing import Final

from linjen.access.by import By
from linjen.cases.alarms import late_alarms
from linjen.cases.colleagues import attestation_list, invitation, mention
from linjen.cases.moves import booked, inactivity, left_behind
from linjen.cases.patients import correction
from linjen.cases.talk import call_back
from linjen.cases.tickets import ticket_desk
from linjen.cases.waiting import ledger, printed
from linjen.core.database import Connection
from linjen.notices import failed, load
from linjen.records import undocumented
from linjen.units import shutting, staff_message

#: A count for each list, by its name; each part asks its own policy.
_COUNTS: Final = {
    "mine": ledger.MINE,
    "booked": f"({booked.WAITING}) + ({ticket_desk.BOOKED_TODAY})",
    "attestations": attestation_list.WAITING,
    "tickets": ticket_desk.WAITING,
    "to_document": undocumented.WAITING,
    "mentions": mention.WAITING,
    "invited": invitation.WAITING,
    "silent": inactivity.WAITING,
    "failed_sms": failed.WAITING,
    "corrections": correction.WAITING,
    "calls": call_back.WAITING,
    "late_alarms": late_alarms.WAITING,
    "load": load.WAITING,
    # Of what stands around the ledger, whether it is there: whether the unit says something, and she may print.
    "message": staff_message.STANDS,
    "stops": shutting.STOPS,
    "elsewhere": left_behind.HELD_ELSEWHERE,
    "prints": printed.MAY_PRINT,
}
#: One statement: a round trip for each of them was a third of the ledger's time.
_ALL: Final = "select " + ", ".join(f"({count}) as {name}" for name, count in _COUNTS.items())


async def count_waiting_work(db: Connection, by: By) -> dict[str, int]:
    """How many wait in each list for this person where she works now: mine, booked, attestations, tickets, to_document,
    mentions, invited, silent, elsewhere, failed_sms, corrections, calls, late_alarms and load; and as 0 or 1 whether
    there is a message of the unit, whether the unit stops, and whether she prints its ledger. Counts alone, so nothing
    is logged.
    """
    found = await db.fetchrow(_ALL, *by.asking())
    return dict(found) if found is not None else {}
