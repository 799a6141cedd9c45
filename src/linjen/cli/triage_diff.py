"""`linjen triage diff A B`: what a clinician must see of the changes between two versions, in plain Swedish."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from linjen.cli.opening import add_data_argument, opened_rows, read_for, told
from linjen.core.database import Database
from linjen.core.errors import Invalid, NotFound
from linjen.core.settings import Settings
from linjen.triage.content.archives import read_archive
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.in_words.change_words import report_lines
from linjen.triage.in_words.changes import find_changes
from linjen.triage.releases import find_version, read_files

SHIPPED = "shipped"
VERSION = f"a folder, a zip file, the stamp or id of a version in the database, or {SHIPPED!r}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two versions."""
    parser.add_argument("before", metavar="A", help=VERSION)
    parser.add_argument("after", metavar="B", help="the same")
    parser.add_argument("--json", action="store_true", help="print the changes as JSON instead of words")
    add_data_argument(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what differs. Returns 1 when a version cannot be read."""

    async def work() -> None:
        settings = read_for(arguments)
        before, after = await read_versions(settings, arguments.before, arguments.after)
        changes = find_changes(before, after)
        if arguments.json:
            sys.stdout.write(msgspec.json.encode(changes).decode() + "\n")
        else:
            print("\n".join(report_lines(changes)))

    return told(work)


async def read_versions(settings: Settings, *names: str) -> list[dict[str, bytes]]:
    """The files of each version; the database is opened only when one of them lies there.

    Raises NotFound("release"), Invalid as archives.read_archive.
    """
    found = [files_of(name) for name in names]
    if all(files is not None for files in found):
        return [files for files in found if files is not None]
    async with opened_rows(settings) as database:
        return [
            files if files is not None else await _stored(database, name)
            for files, name in zip(found, names, strict=True)
        ]


def files_of(name: str) -> dict[str, bytes] | None:
    """The files of a folder or a zip file, or what ships; None for what must lie in the database."""
    path = Path(name)
    if path.is_dir():
        files = files_in(path)
        if not files:
            raise Invalid("archive_empty", why=f"{path} holds no protocol file (*.yaml)")
        return files
    if path.is_file():
        return read_archive(path.read_bytes())
    return files_in(FOLDER) if name == SHIPPED else None


async def _stored(database: Database, name: str) -> dict[str, bytes]:
    async with database.connection() as db:
        release_id = await find_version(db, name)
        if release_id is None:
            raise NotFound("release", why=f"{name} is no folder, no zip file and no version in the database")
        return await read_files(db, release_id)
