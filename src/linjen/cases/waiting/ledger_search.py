"""Sök i liggaren: whose case a row is, by name. The word is kept nowhere; whom it found stands in the access log."""

from __future__ import annotations

from uuid import UUID

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.waiting.ledger import MOST, VIEWS
from linjen.core.database import Connection

_MAY = policy.asked()

_NAMES = {
    view: f"""
select c.id, r.given_name || ' ' || r.surname as name
from visits v join cases c on c.id = v.case_id and c.visit_id = v.id join residents r on r.id = c.patient_id
where v.unit_id = $2 and r.protected = 'no' and v.state in ('queued', 'in_progress') and {_MAY} and {in_view}
order by v.priority, v.queued_at limit {MOST}
"""
    for view, in_view in VIEWS.items()
}

#: A shorter piece of a name finds half the list.
SHORTEST = 2


def is_number(words: str) -> bool:
    """Whether it looks like a personal number, which is searched for on a page of its own."""
    return sum(char.isdigit() for char in words) >= 6


async def find_by_name(db: Connection, by: By, view: str, words: str) -> set[UUID]:
    """The open cases of a view whose patient's name holds all of the words; each hit is logged.

    Who is protected, or has not been checked, is not found by her name: no list holds it, so nobody learns here which
    of them is hers.

    Names are compared here and not in the database, which knows no Swedish letters.
    """
    wanted = words.casefold().split()
    if is_number(words) or not any(len(word) >= SHORTEST and not word.isdigit() for word in wanted):
        return set()
    rows = await db.fetch(_NAMES[view], *by.asking())
    hits = [row["id"] for row in rows if all(word in row["name"].casefold() for word in wanted)]
    if hits:
        await log_access(db, by, "search", None, hits)
    return set(hits)
