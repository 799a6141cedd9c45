"""Forward-only migrations in plain SQL, applied under a lock so that two nodes may start together."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import Any

import asyncpg

from linjen.core.errors import Misconfigured

_LOCK = 0x6C696E6A656E  # "linjen" as a number: the advisory lock of the migrations

#: Tables that the application may only add to: what happened, who looked, what was written and which triage ran cannot
#: be rewritten. What is to be erased when its time is out is erased by the owner of the tables.
APPEND_ONLY = ("events", "access_log", "triage_switches", "messages", "notes", "handovers")


def list_migrations() -> list[tuple[int, str, str]]:
    """(number, name, SQL) of every migration shipped with this version, in order."""
    found = []
    for entry in resources.files("linjen").joinpath("migrations").iterdir():
        if entry.name.endswith(".sql"):
            number, name = entry.name.removesuffix(".sql").split("_", 1)
            found.append((int(number), name, entry.read_text("utf-8")))
    return sorted(found)


async def migrate(owner_dsn: str, app_role: str) -> list[str]:
    """Bring the database to this version and give `app_role` its rights; the names that were applied now.

    Raises Misconfigured if a migration that was applied before has since been altered, or if the database is newer.
    """
    connection = await asyncpg.connect(owner_dsn, timeout=10)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        applied = await _apply_missing(connection)
        if applied or not await _has_rights(connection, app_role):
            await _grant(connection, app_role)
        return applied
    finally:
        await connection.close()


async def _apply_missing(connection: Any) -> list[str]:
    await connection.execute(
        "create table if not exists schema_migrations"
        " (number integer primary key, name text not null, sha256 text not null, applied_at timestamptz default now())"
    )
    known = {row["number"]: row["sha256"] for row in await connection.fetch("select * from schema_migrations")}
    shipped = list_migrations()
    if known and max(known) > max(number for number, _, _ in shipped):
        raise Misconfigured("database_newer", setting="dsn", why="the database was migrated by a newer version")
    applied = []
    for number, name, sql in shipped:
        digest = hashlib.sha256(sql.encode()).hexdigest()
        if number in known:
            if known[number] != digest:
                raise Misconfigured("migration_altered", setting="dsn", why=f"migration {number} was altered")
            continue
        async with connection.transaction():
            await connection.execute(sql)
            insert = "insert into schema_migrations (number, name, sha256) values ($1, $2, $3)"
            await connection.execute(insert, number, name, digest)
        applied.append(f"{number:04}_{name}")
    return applied


async def _has_rights(connection: Any, app_role: str) -> bool:
    """A database that was restored holds the tables but not the application's rights to them; an older one may give it
    more than it should have.
    """
    has = "has_table_privilege($1, {table}, {right})"
    reads = has.format(table="'schema_migrations'", right="'select'")
    rewrites = has.format(table="one", right="'update'")
    found = await connection.fetchval(
        f"select {reads} and not exists (select 1 from unnest($2::text[]) one where {rewrites})",
        app_role, list(APPEND_ONLY),
    )  # fmt: skip
    return bool(found)


async def _grant(connection: Any, app_role: str) -> None:
    role = '"' + app_role.replace('"', '""') + '"'
    await connection.execute(
        f"grant usage on schema public to {role};"
        f"grant select, insert, update, delete on all tables in schema public to {role};"
        f"grant usage on all sequences in schema public to {role};"
        f"revoke update, delete, truncate on {', '.join(APPEND_ONLY)} from {role};"
        f"revoke insert, update, delete on schema_migrations from {role}"
    )


async def is_migrated(connection: Any) -> bool:
    """Whether the newest migration of this version has been applied."""
    newest = max(number for number, _, _ in list_migrations())
    return bool(await connection.fetchval("select exists (select 1 from schema_migrations where number >= $1)", newest))
