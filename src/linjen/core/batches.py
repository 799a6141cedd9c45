"""A sweep's work a batch at a time: no transaction may last long, since readers of events wait for the oldest one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from linjen.core.database import Connection, Database, Row

#: So many rows in one transaction.
BATCH: Final = 100


async def in_batches(
    database: Database, find: str, *values: object, each: Callable[[Connection, Row], Awaitable[int]]
) -> int:
    """Do `each` with every row that a statement finds, a batch in a transaction; the sum of what it answers.

    `find` has its values as $2 and on, takes at most $1 rows and finds no row twice once `each` has done with it.
    """
    done = 0
    while True:
        async with database.transaction() as db:
            rows = await db.fetch(find, BATCH, *values)
            for row in rows:
                done += await each(db, row)
        if len(rows) < BATCH:
            return done
