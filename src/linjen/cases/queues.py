"""How long the queues are: for those who watch that residents are being answered, not for any person's page."""

from __future__ import annotations

from datetime import datetime

from linjen.core.database import Connection
from linjen.core.metrics import Queue

_WAITING = """
select u.hsa_id, p.priority, count(v.id) as length,
  coalesce(extract(epoch from $1 - min(v.queued_at)), 0)::float8 as oldest_s
from units u cross join generate_series(1, 5) as p(priority)
left join visits v on v.unit_id = u.id and v.priority = p.priority and v.state = 'queued'
group by 1, 2 order by 1, 2
"""


async def measure_queues(db: Connection, at: datetime) -> list[Queue]:
    """What waits at `at` in every unit at each urgency, the empty ones too: a line that ends would look like a gap."""
    return [
        Queue(row["hsa_id"], row["priority"], row["length"], row["oldest_s"]) for row in await db.fetch(_WAITING, at)
    ]
