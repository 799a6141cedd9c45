"""Köer: in whose queue a case waits, which queues a role works with, and how long they are.

Every open visit has one holder or one queue: a role at its unit, and sometimes one person in it (routine F059–F065).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.metrics import Queue

#: Which queues each role works with, where its unit has not decided otherwise (`unit_queues`). Nurses work with all
#: that comes in; the others with what was handed over to them.
USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "nurse": ("nurse", "medical_secretary"),
        "medical_secretary": ("medical_secretary",),
        "physician": ("physician",),
        "physiotherapist": ("physiotherapist",),
        "counsellor": ("counsellor",),
    }
)

_USUAL_SQL = ", ".join(f"('{role}', '{queue}')" for role, queues in USUAL.items() for queue in queues)

#: The queues of one person at one unit, as a one-column query; two SQL expressions.
QUEUES_OF = """
select coalesce(own.queue, usual.queue) as queue from assignments a
left join unit_queues own on own.unit_id = a.unit_id and own.role = a.role
left join (values {usual}) as usual (role, queue) on own.unit_id is null and usual.role = a.role
where a.staff_id = {person} and a.unit_id = {unit} and a.from_at <= now()
  and (a.ended_at is null or a.ended_at > now())
"""

#: Which queues somebody works with now, and in which role: (unit_id, role, queue) of all units.
SERVED = f"""
select distinct a.unit_id, a.role, coalesce(own.queue, usual.queue) as queue from assignments a
join staff s on s.id = a.staff_id and s.active
left join unit_queues own on own.unit_id = a.unit_id and own.role = a.role
left join (values {_USUAL_SQL}) as usual (role, queue) on own.unit_id is null and usual.role = a.role
where a.from_at <= now() and (a.ended_at is null or a.ended_at > now())
  and coalesce(own.queue, usual.queue) is not null
"""

#: What an UPDATE of visits sets when one goes to a queue. That it was asynchronous was its holder's promise; one that
#: care began as such keeps its day, which the patient was told.
TO_QUEUE = (
    "state = 'queued', holder_id = null, claimed_at = null, kind = begun_as,"
    " until_on = case when begun_as = 'async' then until_on end"
)


def queues_sql(*, person: str, unit: str) -> str:
    """The queues that a person works with at a unit, as a query of one column."""
    return QUEUES_OF.format(usual=_USUAL_SQL, person=person, unit=unit)


async def find_queues(db: Connection, by: By) -> set[str]:
    """The queues that this person works with at the unit that she has chosen."""
    return {row["queue"] for row in await db.fetch(queues_sql(person="$1", unit="$2"), by.person_id, by.unit_id)}


def queue_of(entry: str) -> str:
    """The queue that a new case comes to: administrative questions to the secretaries, whom nurses help."""
    return "medical_secretary" if entry == "admin" else "nurse"


_WAITING = """
select u.hsa_id, p.priority, count(v.id) as length,
  coalesce(extract(epoch from $1 - min(v.queued_at)), 0)::float8 as oldest_s
from units u cross join generate_series(1, 5) as p(priority)
left join visits v on v.unit_id = u.id and v.priority = p.priority and v.state = 'queued'
  and v.queued_at <= $1
group by 1, 2 order by 1, 2
"""


async def measure_queues(db: Connection, at: datetime) -> list[Queue]:
    """What waits at `at` in every unit at each urgency, the empty ones too: a line that ends would look like a gap."""
    return [
        Queue(row["hsa_id"], row["priority"], row["length"], row["oldest_s"]) for row in await db.fetch(_WAITING, at)
    ]
