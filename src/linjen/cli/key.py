"""`linjen key`: the first key file of an installation, where there is none and nothing was ever sealed."""

from __future__ import annotations

import argparse

from linjen.cli.opening import add_data_argument, key_file_of, read_for, told
from linjen.core.database import Database
from linjen.core.errors import Misconfigured
from linjen.core.postgres import cluster_of
from linjen.core.sealing import make_key_file
from linjen.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The data folder where it is not the one of the settings."""
    add_data_argument(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the file, and say where it is. An existing one is never touched, and none is made over old data."""
    settings = read_for(arguments)
    path = key_file_of(settings)

    async def work() -> None:
        if path.exists():
            raise Misconfigured("key_file_there", setting="master_key_file", why=f"{path} is there; it stays as it is")
        if await _has_data(settings):
            why = f"the database has data already, which only its own key opens; put that file back as {path}"
            raise Misconfigured("key_file_missing", setting="master_key_file", why=why)
        make_key_file(path)
        print(f"made {path}; keep a copy in a safe place that is not where the backups are")

    return told(work)


async def _has_data(settings: Settings) -> bool:
    """Whether something may be sealed in the database of the settings; an embedded cluster counts from its making."""
    dsn = settings.owner_dsn or settings.dsn
    if not dsn:
        return cluster_of(settings.data_dir).exists()
    database = Database(dsn, size=1)
    try:
        async with database.connection() as db:
            if not await db.fetchval("select to_regclass('residents') is not null"):
                return False
            return bool(await db.fetchval("select exists (select from residents)"))
    finally:
        await database.close()
