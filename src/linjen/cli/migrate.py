"""`linjen migrate`: bring the database to this version and give the application its rights."""

from __future__ import annotations

import argparse

from linjen.cli.opening import add_data_argument, opened, read_for, told
from linjen.core.migrations import migrate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The data folder where it is not the one of the settings."""
    add_data_argument(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, and say what was applied; several nodes may do it at the same time."""
    settings = read_for(arguments)

    async def work() -> None:
        async with opened(settings, may_make=True) as database:
            applied = await migrate(database.owner_dsn, database.app_role)
        print("\n".join(applied) or "the database is at this version")

    return told(work)
