"""Nobody starves: a week of unbroken inflow, in which the database's own order says every time who is next."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from linjen.cases.waiting.turn import DEADLINES, place, place_sql
from linjen.core.database import Connection
from tests.region import Region

_MINUTES = "(array[" + ", ".join(str(DEADLINES[level]) for level in sorted(DEADLINES)) + "])[w.level]"
_ORDER = place_sql(level="w.level", since="w.came", minutes=_MINUTES, at="$3::timestamptz")
_FIRST = f"""
select w.n from unnest($1::integer[], $2::timestamptz[]) with ordinality as w(level, came, n)
order by {_ORDER}, w.n limit 1
"""


async def _first(db: Connection, waiting: list[tuple[int, datetime]], at: datetime) -> int:
    levels, came = [level for level, _ in waiting], [since for _, since in waiting]
    return int(await db.fetchval(_FIRST, levels, came, at)) - 1


@pytest.mark.parametrize("backlog", [2, 20, 80])
async def test_a_level_4_is_offered_within_a_fifth_over_its_deadline(region: Region, backlog: int) -> None:
    """Somebody is taken every ten minutes, somebody of level 2 or 3 comes as often, and so many always wait."""
    chance, begun = random.Random(backlog), datetime(2037, 3, 2, 8, tzinfo=UTC)
    waiting = [(4, begun), *((3, begun) for _ in range(backlog))]
    deadline, at, level = timedelta(minutes=DEADLINES[4]), begun, 0
    async with region.site.database.connection() as db:
        while level != 4 and at - begun < 2 * deadline:
            at += timedelta(minutes=10)
            waiting.append((chance.choice((2, 3)), at - timedelta(seconds=chance.randrange(1, 60))))
            number = await _first(db, waiting, at)
            places = [place(one, (at - came).total_seconds(), DEADLINES[one]) for one, came in waiting]
            assert places[number] == pytest.approx(min(places)), "the rule and the database agree"
            level, _ = waiting.pop(number)
    assert level == 4, "it starved"
    assert deadline < at - begun <= 1.2 * deadline, "and it came after those that were more urgent"
