"""From what happened to outgoing work: reads new events in order, and enqueues what the reactions ask for.

Sequence numbers are handed out before commit, so `id > last` would pass over an event whose transaction was slower.
The cursor is therefore (transaction id, id), and only transactions below the oldest running one are read: nothing can
be committed behind it any more. Cursor and jobs are written in one transaction, so each event is reacted to once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence, Set

from linjen.core.database import Connection, Database
from linjen.core.errors import LinjenError
from linjen.core.events import Event
from linjen.core.jobs import Wanted, enqueue
from linjen.core.logs import get_log

log = get_log(__name__)

_LOCK = 0x6C696E6A  # "linj" as a number
_MOST = 500
_EVERY_S = 1.0
#: How many transactions the cursor may lie behind before it is moved for its own sake, not for an event's.
_FAR_BEHIND = 1000
#: What follows from the events of one kind in a round, in order. It may read and write through the connection it is
#: given, in the transaction that moves the cursor: what it writes is written once.
Reaction = Callable[[Connection, Sequence[Event]], Awaitable[Sequence[Wanted]]]

_ANYBODY = frozenset({"resident", "staff", "system"})

# The events are read along their index and only as far as the round goes. A planner without figures would rather take
# all that wait and sort them, which made each round of a long queue cost as much as the whole queue.
_TAKE_TURN = """
select pg_try_advisory_xact_lock($1, hashtext($2)) from (
  select set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true) offset 0) as planned
"""

_BEGIN = """
insert into event_cursors (name, txid, id) select name, pg_snapshot_xmin(pg_current_snapshot()), 0
from unnest($1::text[]) as name on conflict do nothing
"""

# The snapshot is taken once and for both: its oldest running transaction, and the rows that it sees. `many` and
# `last_…` are those of all that were read, of which one for each `key` is brought back.
_READ = """
select e.txid::text, e.id, e.case_id, e.seq, e.kind, e.by_kind, e.by_id, e.unit_id, e.data, e.at, s.xmin::text,
  e.many, e.last_txid::text, e.last_id
from (select pg_snapshot_xmin(pg_current_snapshot()) as xmin) s
left join lateral (
  select distinct on ({key}) r.*, count(*) over w as many, last_value(txid) over w as last_txid,
    last_value(id) over w as last_id
  from (
    select * from events
    where (txid, id) > ($1::text::xid8, $2::bigint) and txid < s.xmin
      and kind = any($3::text[]) and by_kind = any($5::text[])
    order by txid, id limit $4
  ) r
  window w as (order by txid, id rows between unbounded preceding and unbounded following)
  order by {key}, txid desc, id desc
) e on true
order by e.txid, e.id
"""
_READ_ALL = _READ.format(key="txid, id")
_READ_LAST = _READ.format(key="case_id, kind, by_kind")


class Dispatcher:
    """One reader of the events, by name; of several nodes one at a time reads.

    It reads every `every_s` seconds, at most `most` events in one transaction. With `only_last` it is given of each
    round the last event of a kind in a case by either side, for what asks only how things are now.
    """

    def __init__(
        self, database: Database, name: str = "reactions", most: int = _MOST, every_s: float = _EVERY_S, *,
        only_last: bool = False,
    ) -> None:  # fmt: skip
        self._database = database
        self.name = name
        self._most = most
        self._every_s = every_s
        self._read = _READ_LAST if only_last else _READ_ALL
        self._reactions: dict[str, list[tuple[frozenset[str], Reaction]]] = defaultdict(list)

    def add(self, kind: str, reaction: Reaction, by: Set[str] = _ANYBODY) -> None:
        """Ask `reaction` in every round that has events of a kind, by one of `by`, from now on."""
        self._reactions[kind].append((frozenset(by), reaction))

    @property
    def reads(self) -> bool:
        """Whether anything follows from any event."""
        return bool(self._reactions)

    async def run(self) -> None:
        """Read again and again, for ever; without a reaction there is nothing to read.

        The first time after `every_s`, as every other: when a program starts there are others to be served.
        """
        while self.reads:
            await asyncio.sleep(self._every_s)
            try:
                while await self.step() >= self._most:
                    pass
            except LinjenError as error:
                log.warning("dispatch_failed", reason=error.reason)
            except Exception as error:  # a reaction's defect: the cursor stands, so nothing is lost
                log.error("dispatch_failed", reason="defect", exc_info=error)

    async def step(self) -> int:
        """React to the next events, at most a round of them; how many were read. 0, too, while another node reads."""
        async with self._database.transaction() as db:
            if not await db.fetchval(_TAKE_TURN, _LOCK, self.name):
                return 0
            place = await self._place(db)
            anybody = {one for reactions in self._reactions.values() for by, _ in reactions for one in by}
            rows = await db.fetch(self._read, *place, list(self._reactions), self._most, list(anybody))
            events = [
                Event(r["case_id"], r["seq"], r["kind"], r["by_kind"], r["by_id"], r["unit_id"], r["data"], r["at"])
                for r in rows if r["id"] is not None
            ]  # fmt: skip
            for kind, reactions in self._reactions.items():
                for by, reaction in reactions:
                    if concerned := [event for event in events if event.kind == kind and event.by_kind in by]:
                        await enqueue(db, await reaction(db, concerned))
            last, many = rows[-1], rows[-1]["many"] or 0
            # All that was there has been read: go on at the oldest transaction that ran then.
            after = (last["last_txid"], last["last_id"]) if many == self._most else (last["xmin"], 0)
            if events or int(after[0]) - int(place[0]) > _FAR_BEHIND:
                await db.execute(
                    "update event_cursors set txid = $2::text::xid8, id = $3 where name = $1", self.name, *after
                )
            return int(many)

    async def _place(self, db: Connection) -> tuple[str, int]:
        """Where this reader is; a new one begins now, and does not react to what happened before it existed."""
        row = await db.fetchrow("select txid::text, id from event_cursors where name = $1", self.name)
        if row is None:
            await db.execute(_BEGIN, [self.name])
            return await self._place(db)
        return row["txid"], row["id"]


async def begin(database: Database, dispatchers: Sequence[Dispatcher]) -> None:
    """From now on these readers are told of what happens: one that is new would else begin with its first round.

    One without a reaction is left out: the day it is given one it must not be told of all that has happened since.
    Where nothing can be written it raises what the database says; each begins with its first round all the same.
    """
    await database.execute(_BEGIN, [one.name for one in dispatchers if one.reads])
