"""`linjen backup FILE`: everything the database holds in one file; the keys are not in it and are kept elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path

from linjen.cli.opening import add_data_argument, key_file_of, opened, read_for, read_keys, require_folder, told
from linjen.core.backup import make_backup


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the data folder where it is not the one of the settings."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write; it must not exist")
    add_data_argument(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the backup, running or stopped, and say what it holds and what it does not."""
    settings = read_for(arguments)
    file: Path = arguments.file.resolve()

    async def work() -> None:
        require_folder(settings)  # before the keys, which lie in it
        sealer = read_keys(settings)
        async with opened(settings, may_make=False) as database:
            manifest = await make_backup(database.owner_dsn, sealer, file, bundled=database.programs)
        size = (manifest.dump_bytes + 1_048_575) // 1_048_576
        print(f"{file}: {sum(manifest.rows.values())} rows in {len(manifest.rows)} tables, {size} MB")
        print(f"The keys are not in it. Keep {key_file_of(settings).resolve()} in another safe place:")
        print("without that file nobody can read what people wrote.")

    return told(work)
