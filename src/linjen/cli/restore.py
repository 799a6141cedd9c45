"""`linjen restore FILE`: read a backup into an empty database, prove it, count it and bring it to this version."""

from __future__ import annotations

import argparse
from pathlib import Path

from linjen.cli.opening import add_data_argument, opened, read_for, read_keys, told
from linjen.core.backup import check_backup, restore_backup


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the data folder where it is not the one of the settings."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that `linjen backup` wrote")
    add_data_argument(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Restore; a file that is altered, foreign or of another key is refused before anything is made."""
    settings = read_for(arguments)
    file: Path = arguments.file.resolve()

    async def work() -> None:
        sealer = read_keys(settings)
        check_backup(file, sealer)
        async with opened(settings, may_make=True) as database:
            manifest, applied = await restore_backup(
                database.owner_dsn, database.app_role, sealer, file, bundled=database.programs
            )
        print(f"{sum(manifest.rows.values())} rows in {len(manifest.rows)} tables, as they were at {manifest.made_at}")
        print(f"migrations applied after that: {', '.join(applied) or 'none was needed'}")

    return told(work)
