"""From event to job: in order, each once, and none missed however slowly its transaction ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import asyncpg
import pytest

from linjen.app import build_site
from linjen.core.database import Connection
from linjen.core.dispatcher import Dispatcher, Reaction, begin
from linjen.core.events import Event
from linjen.core.jobs import Wanted
from linjen.rounds import beside
from tests.region import Region

_WRITE = "insert into events (kind, data, by_kind) values ($1, jsonb_build_object('n', $2::int), $3) returning id"
WRITERS, EACH = 16, 25


async def write(region: Region, kind: str, *numbers: int, by_kind: str = "system") -> None:
    """Events, each in a transaction of its own."""
    for number in numbers:
        await region.site.database.fetch(_WRITE, kind, number, by_kind)


async def ended(region: Region) -> None:
    """Wait until every event may be read. The oldest running transaction is the cluster's, not this database's: a test
    beside this one that copies a database holds the reader back for a moment, as it should."""
    over = "select coalesce(max(txid) < pg_snapshot_xmin(pg_current_snapshot()), true) from events"
    for _ in range(3000):
        if await region.value(over):
            return
        await asyncio.sleep(0.01)
    pytest.fail("something has been running for half a minute")


async def race(region: Region) -> None:
    """16 writers at once, whose transactions end in another order than they took their numbers."""

    async def writer(first: int) -> None:
        connection = await asyncpg.connect(region.dsn)
        chance = random.Random(first)
        for number in range(first, first + EACH):
            async with connection.transaction():
                await connection.fetchval(_WRITE, "rung", number, "system")
                await asyncio.sleep(chance.random() * 0.02)
        await connection.close()

    await asyncio.gather(*(writer(n * EACH) for n in range(WRITERS)))


def collecting(into: list[int]) -> Reaction:
    """A reaction that keeps the events' numbers and asks for a job each."""

    async def react(_: Connection, events: Sequence[Event]) -> Sequence[Wanted]:
        into.extend(event.data["n"] for event in events)
        return [Wanted("rung", event.data) for event in events]

    return react


async def test_no_event_of_16_writers_is_missed_or_read_twice_by_two_readers(region: Region) -> None:
    seen: list[int] = []
    readers = [Dispatcher(region.site.database, "bells") for _ in range(2)]
    for reader in readers:
        reader.add("rung", collecting(seen))
        await reader.step()  # the cursor begins here
    writing = asyncio.create_task(race(region))

    async def read(reader: Dispatcher) -> None:
        while not writing.done():
            await reader.step()

    await asyncio.gather(*(read(reader) for reader in readers))
    await writing
    await ended(region)
    while await readers[0].step():
        pass
    assert sorted(seen) == list(range(WRITERS * EACH))
    jobs = "select count(distinct payload) = count(*) and count(*) = $1 from jobs"
    assert await region.value(jobs, WRITERS * EACH)


async def test_the_control_a_reader_by_id_alone_loses_some(region: Region) -> None:
    seen: set[int] = set()
    last = 0
    writing = asyncio.create_task(race(region))
    while not writing.done():
        rows = await region.site.database.fetch(
            "select id, data from events where kind = 'rung' and id > $1 order by id", last
        )
        seen.update(row["data"]["n"] for row in rows)
        last = rows[-1]["id"] if rows else last
    await writing
    rows = await region.site.database.fetch("select data from events where kind = 'rung' and id > $1", last)
    seen.update(row["data"]["n"] for row in rows)
    assert len(seen) < WRITERS * EACH, "this race must be hard enough for the trap to close"


async def test_an_event_behind_an_open_transaction_waits_and_then_comes_in_order(region: Region) -> None:
    seen: list[int] = []
    reader = Dispatcher(region.site.database)
    reader.add("rung", collecting(seen))
    await reader.step()
    slow = await asyncpg.connect(region.dsn)
    transaction = slow.transaction()
    await transaction.start()
    await slow.fetchval(_WRITE, "rung", 1, "system")
    await write(region, "rung", 2, 3)
    assert await reader.step() == 0
    await transaction.commit()
    await slow.close()
    await ended(region)
    assert await reader.step() == 3
    assert seen == [1, 2, 3]
    assert await reader.step() == 0


async def test_a_new_reader_begins_now_and_hears_only_its_kinds(region: Region) -> None:
    await write(region, "rung", 1)
    await ended(region)
    seen: list[int] = []
    reader = Dispatcher(region.site.database, "late")
    reader.add("rung", collecting(seen))
    assert await reader.step() == 0
    await write(region, "knocked", 2)
    await write(region, "rung", 3)
    await ended(region)
    assert await reader.step() == 1
    assert seen == [3]


async def test_what_happens_before_a_readers_first_round_is_read_in_it(region: Region) -> None:
    seen: list[int] = []
    asked, unasked, idle = (Dispatcher(region.site.database, name) for name in ("asked", "unasked", "idle"))
    asked.add("rung", collecting(seen))
    unasked.add("rung", collecting(seen))
    await begin(region.site.database, [asked, idle])
    await write(region, "rung", 1)
    await ended(region)
    assert await unasked.step() == 0, "the control: who was not registered begins with its first round"
    assert await asked.step() == 1
    assert seen == [1]
    await begin(region.site.database, [asked])
    assert await asked.step() == 0, "to begin again changes nothing"
    idle.add("rung", collecting(seen))
    assert await idle.step() == 0, "who had nothing to do is not told of what has been since"


async def test_a_program_starts_where_nothing_can_be_written(region: Region) -> None:
    owner = await asyncpg.connect(region.dsn.replace("linjen_app@", "linjen_owner@"))
    name = await owner.fetchval("select current_database()")
    await owner.execute(f"alter database {name} set default_transaction_read_only = on")  # as while another takes over
    await owner.close()
    site = build_site(region.site.settings, region.dsn)
    site.listener, site.trier = region.site.listener, region.site.trier
    reader = Dispatcher(site.database, "new")
    reader.add("rung", collecting([]))
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await begin(site.database, [reader])
    async with beside(site, by_the_clock=False):
        assert await site.database.fetch_value("select count(*) from cases") > 0


async def test_a_reaction_hears_only_those_it_is_for(region: Region) -> None:
    some: list[int] = []
    everybody: list[int] = []
    reader = Dispatcher(region.site.database)
    reader.add("rung", collecting(some), by={"resident"})
    reader.add("knocked", collecting(everybody))
    await reader.step()
    await write(region, "rung", 1)
    await write(region, "rung", 2, by_kind="resident")
    await write(region, "knocked", 3, by_kind="staff")
    await ended(region)
    assert await reader.step() == 3
    assert (some, everybody) == ([2], [3])


async def test_a_reaction_that_fails_loses_nothing(region: Region) -> None:
    seen: list[int] = []
    broken = True

    async def react(_: Connection, events: Sequence[Event]) -> Sequence[Wanted]:
        if broken:
            raise ZeroDivisionError
        seen.extend(event.data["n"] for event in events)
        return [Wanted("rung", event.data) for event in events]

    reader = Dispatcher(region.site.database)
    reader.add("rung", react)
    await reader.step()
    await write(region, "rung", 1, 2, 3)
    await ended(region)
    with pytest.raises(ZeroDivisionError):
        await reader.step()
    assert await region.value("select count(*) from jobs") == 0, "neither half of the round was kept"
    broken, seen[:] = False, []
    assert await reader.step() == 3
    assert seen == [1, 2, 3]


async def test_more_than_one_round_of_events_is_read_in_rounds(region: Region) -> None:
    seen: list[int] = []
    reader = Dispatcher(region.site.database)
    reader.add("rung", collecting(seen))
    await reader.step()
    await region.site.database.execute(
        "insert into events (kind, by_kind, data)"
        " select 'rung', 'system', jsonb_build_object('n', n) from generate_series(1, 1200) n"
    )
    await ended(region)
    assert [await reader.step() for _ in range(4)] == [500, 500, 200, 0]
    assert seen == list(range(1, 1201))
