"""Larmens utfall: how often alarms were right, for a unit's staff, and what an operator watches of the listening."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.metrics import Listening

#: What staff are shown and metrics tell looks back so far.
DAYS = 90


class AlarmCounts(msgspec.Struct, frozen=True):
    """A unit's alarms of the last `DAYS` days by verdict; `may_see_more` for who may open the page of figures."""

    right: int
    wrong: int
    unjudged: int
    may_see_more: bool


async def count_alarms(db: Connection, by: By, unit_id: UUID) -> AlarmCounts:
    """How the alarms of a unit have turned out; the caller has seen a case of it."""
    more = policy.unit_clause("see_triage_quality", person="$3")
    row = await db.fetchrow(
        "select count(*) filter (where verdict = 'right') as right, count(*) filter (where verdict = 'wrong') as wrong,"
        " count(*) filter (where verdict is null) as unjudged,"
        f" exists (select 1 from units u where {more}) as may_see_more"
        " from alarms where unit_id = $1 and heard_at > $2",
        unit_id, clock.now() - timedelta(days=DAYS), by.person_id,
    )  # fmt: skip
    assert row is not None  # noqa: S101 - counts are always one row
    return AlarmCounts(**dict(row))


_BY_VERDICT = """
select coalesce(verdict, 'none') as verdict, count(*)::integer as many from alarms where heard_at > $1 group by 1
"""

# What the listening reader has not passed yet: its place is (transaction id, id), as the dispatcher keeps it.
_UNHEARD = """
select count(*)::integer as many,
  coalesce(extract(epoch from clock_timestamp() - min(e.at)), 0)::float8 as oldest_s
from event_cursors r join events e on (e.txid, e.id) > (r.txid, r.id)
where r.name = 'listening' and e.kind = 'message_sent' and e.by_kind = 'resident' and not (e.data ? 'opening')
"""


async def measure_listening(db: Connection) -> Listening:
    """Of all units, alarms by verdict ('none' for unjudged); nothing in it leads to a person or a case."""
    rows = await db.fetch(_BY_VERDICT, clock.now() - timedelta(days=DAYS))
    waiting = await db.fetchrow(_UNHEARD)
    assert waiting is not None  # noqa: S101 - counts are always one row
    found = {row["verdict"]: row["many"] for row in rows}
    return Listening(
        {verdict: found.get(verdict, 0) for verdict in ("right", "wrong", "none")}, waiting["many"],
        waiting["oldest_s"],
    )  # fmt: skip
