"""What a function that reads or writes is given: a connection in its caller's transaction, and the rows it brings."""

from __future__ import annotations

from typing import TypeAlias

import asyncpg

#: A connection inside a transaction: what every function that writes takes as its first parameter.
Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Row: TypeAlias = asyncpg.Record
