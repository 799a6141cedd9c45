"""Migrations: two nodes at once, an altered one, a newer database, and one that fails half-way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from linjen.core import migrations
from linjen.core.errors import Misconfigured
from linjen.core.ids import new_id
from linjen.core.migrations import APPEND_ONLY, is_migrated, list_migrations, migrate
from linjen.core.postgres import Embedded


@pytest.fixture
async def empty(ground: tuple[Embedded, Path]) -> AsyncIterator[str]:
    """The owner's DSN of a database without a table."""
    name = f"m_{new_id().hex}"
    admin = await asyncpg.connect(ground[0].owner_dsn.replace("linjen_owner@", "postgres@"))
    await admin.execute(f"create database {name} owner linjen_owner template template0")
    yield ground[0].owner_dsn.replace("/linjen?", f"/{name}?")
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def ask(dsn: str, sql: str) -> object:
    """One value."""
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def shipped(monkeypatch: pytest.MonkeyPatch, *more: tuple[int, str, str]) -> None:
    """Let this version ship `more` migrations, or the same numbers with other SQL."""
    by_number = {number: (number, name, sql) for number, name, sql in [*list_migrations(), *more]}
    monkeypatch.setattr(migrations, "list_migrations", lambda: sorted(by_number.values()))


def test_numbers_have_no_gap_and_no_double() -> None:
    numbers = [number for number, _, _ in list_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_two_nodes_that_start_together_apply_each_migration_once(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow one gives the other every chance to come between; the table's own key would be the collision."""
    slow = (1, "slow", "select pg_sleep(0.4); create table once (id integer); insert into once values (1)")
    monkeypatch.setattr(migrations, "list_migrations", lambda: [slow])
    monkeypatch.setattr(migrations, "APPEND_ONLY", ("once",))
    applied = await asyncio.gather(*(migrate(empty, "linjen_app") for _ in range(4)))
    assert sorted(applied, key=len) == [[], [], [], ["0001_slow"]]
    assert await ask(empty, "select count(*) from once") == 1


async def test_without_the_lock_the_race_would_be_lost(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with a lock of its own for each node, the second one stumbles over the first."""
    slow = (1, "slow", "select pg_sleep(0.4); create table once (id integer)")
    monkeypatch.setattr(migrations, "list_migrations", lambda: [slow])
    monkeypatch.setattr(migrations, "APPEND_ONLY", ("once",))
    first = asyncio.create_task(migrate(empty, "linjen_app"))
    await asyncio.sleep(0.2)
    monkeypatch.setattr(migrations, "_LOCK", 1)
    with pytest.raises(asyncpg.PostgresError):
        await migrate(empty, "linjen_app")
    assert await first == ["0001_slow"]


async def test_a_migration_that_was_altered_afterwards_is_refused(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(empty, "linjen_app")
    number, name, sql = list_migrations()[0]
    shipped(monkeypatch, (number, name, sql + "\n-- one word more"))
    with pytest.raises(Misconfigured, match="migration_altered") as refused:
        await migrate(empty, "linjen_app")
    assert "migration 1" in str(refused.value.detail["why"])


async def test_a_database_of_a_newer_version_is_refused(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(empty, "linjen_app")
    newest = list_migrations()[-1][0]
    with monkeypatch.context() as newer:
        shipped(newer, (newest + 1, "later", "create table later (id integer)"))
        assert await migrate(empty, "linjen_app") == [f"{newest + 1:04}_later"]
    with pytest.raises(Misconfigured, match="database_newer"):
        await migrate(empty, "linjen_app")


async def test_a_migration_that_fails_leaves_nothing_and_can_be_tried_again(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(empty, "linjen_app")
    number = list_migrations()[-1][0] + 1
    with monkeypatch.context() as wrong:
        shipped(wrong, (number, "half", "create table half (id integer); select 1 / 0"))
        with pytest.raises(asyncpg.DivisionByZeroError):
            await migrate(empty, "linjen_app")
    assert await ask(empty, "select to_regclass('half') is null")
    assert await ask(empty, "select max(number) from schema_migrations") == number - 1
    shipped(monkeypatch, (number, "half", "create table half (id integer)"))
    assert await migrate(empty, "linjen_app") == [f"{number:04}_half"]


async def test_readiness_asks_for_the_newest_migration(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(empty, "linjen_app")
    connection = await asyncpg.connect(empty)
    assert await is_migrated(connection)
    shipped(monkeypatch, (list_migrations()[-1][0] + 1, "later", "select 1"))
    assert not await is_migrated(connection)
    await connection.close()


async def test_an_older_database_takes_back_a_right_that_the_application_should_not_have(empty: str) -> None:
    await migrate(empty, "linjen_app")
    owner, right = await asyncpg.connect(empty), "select has_table_privilege('linjen_app', 'messages', 'update')"
    await owner.execute("grant update, delete on messages, notes, handovers to linjen_app")
    assert await owner.fetchval(right)
    assert await migrate(empty, "linjen_app") == [], "nothing new was applied"
    assert not await owner.fetchval(right)
    await owner.close()


async def test_the_application_may_not_rewrite_what_happened_nor_make_tables(empty: str) -> None:
    await migrate(empty, "linjen_app")
    app = await asyncpg.connect(empty.replace("linjen_owner@", "linjen_app@"))
    try:
        for table in APPEND_ONLY:
            time = "sent_at" if table == "messages" else "at"
            for verb in (f"delete from {table}", f"update {table} set {time} = now()", f"truncate {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await app.execute(verb)
        for forbidden in (
            "create table mine (id integer)", "drop table events", "alter table events add x integer",
            "delete from schema_migrations", "create role other", "set role linjen_owner", "set role postgres",
        ):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(forbidden)
        assert await app.fetchval("select count(*) from events") == 0  # the control: reading is allowed
    finally:
        await app.close()
