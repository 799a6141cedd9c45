"""The database and the keys that a command on the command line works with: by DSN, or embedded in the data folder."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from linjen.core.database import Database
from linjen.core.errors import LinjenError, Misconfigured, Unavailable
from linjen.core.migrations import is_migrated
from linjen.core.postgres import Embedded, cluster_of, find_running
from linjen.core.sealing import Sealer, make_key_file, read_key_file
from linjen.core.settings import Settings, read_settings


@dataclass(frozen=True)
class Opened:
    """A database that may be changed: the owner's DSN, the application's role, and programs to prefer."""

    owner_dsn: str
    app_role: str
    programs: Path | None


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """`--data DIR`, for a folder that is not the one of the settings, such as the demo's."""
    parser.add_argument("--data", type=Path, help="the data folder of an embedded database (the setting data_dir)")


def read_for(arguments: argparse.Namespace) -> Settings:
    """The settings of a command that serves no pages, so that what cookies need is not asked of it."""
    if arguments.data is None:
        return read_settings(cookie_secure=False)
    return read_settings(cookie_secure=False, data_dir=arguments.data, dsn="", owner_dsn="")


def key_file_of(settings: Settings) -> Path:
    """Where the key file is."""
    return settings.master_key_file or settings.data_dir / "keys" / "master.key"


def read_keys(settings: Settings) -> Sealer:
    """The sealer of the installation; Misconfigured when there is no key file."""
    path = key_file_of(settings)
    if not path.exists():
        why = f"there is no {path}; a backup holds no keys, so put the installation's key file there first"
        raise Misconfigured("key_file_missing", setting="master_key_file", why=why)
    return Sealer(read_key_file(path))


def require_folder(settings: Settings) -> None:
    """Misconfigured, with what to do, when the database lies in a folder that is not there."""
    if not (settings.dsn or settings.owner_dsn) and not settings.data_dir.is_dir():
        why = (
            f"there is no folder {settings.data_dir}; name the installation's folder with --data DIR, "
            "or its database with LINJEN_DSN, LINJEN_OWNER_DSN and LINJEN_MASTER_KEY_FILE"
        )
        raise Misconfigured("data_dir_missing", setting="data_dir", why=why)


def make_first_keys(settings: Settings) -> None:
    """A key file for an embedded database that is about to be made; over old data no new key may ever appear."""
    if settings.master_key_file is None and not cluster_of(settings.data_dir).exists():
        make_key_file(key_file_of(settings))


@contextlib.asynccontextmanager
async def opened(settings: Settings, *, may_make: bool) -> AsyncIterator[Opened]:
    """The database of the settings. An embedded one is started, or met where it runs; `may_make` lets it be new."""
    if settings.dsn or settings.owner_dsn:
        if not settings.owner_dsn:
            why = "the role that owns the tables is needed, not the application's"
            raise Misconfigured("owner_dsn_missing", setting="owner_dsn", why=why)
        role = unquote(urlsplit(settings.dsn).username or "linjen_app")
        yield Opened(settings.owner_dsn, role, None)
        return
    if not may_make:
        require_folder(settings)
    make_first_keys(settings)
    postgres = Embedded(settings.data_dir)
    try:
        await asyncio.to_thread(postgres.start)
    except Unavailable as error:
        running = find_running(settings.data_dir) if error.reason == "data_folder_in_use" else None
        if running is None:
            raise
        yield Opened(running, "linjen_app", postgres.binaries)
        return
    try:
        yield Opened(postgres.owner_dsn, "linjen_app", postgres.binaries)
    finally:
        await asyncio.to_thread(postgres.stop)


@contextlib.asynccontextmanager
async def opened_rows(settings: Settings) -> AsyncIterator[Database]:
    """The rows of the database of the settings, which must be there and at this version."""
    async with opened(settings, may_make=False) as found:
        database = Database(found.owner_dsn, size=2)
        try:
            async with database.connection() as db:
                if not await db.fetchval("select to_regclass('schema_migrations') is not null") or not (
                    await is_migrated(db)
                ):
                    raise Misconfigured("not_migrated", setting="dsn", why="run linjen migrate first")
            yield database
        finally:
            await database.close()


def told(work: Callable[[], Coroutine[None, None, None]]) -> int:
    """Run a command's work; 0 when it was done, 1 after a line that says why it was not."""
    try:
        asyncio.run(work())
    except Misconfigured:
        raise  # main says which setting
    except (LinjenError, OSError) as error:
        reason = error.reason if isinstance(error, LinjenError) else "system"
        why = _why(error) if isinstance(error, LinjenError) else error
        print(f"linjen: {reason}: {why}", file=sys.stderr)
        return 1
    return 0


def _why(error: LinjenError) -> str:
    """What an error tells beside its name: where it is in a file, and why."""
    where = ":".join(str(error.detail[key]) for key in ("file", "line") if key in error.detail)
    return ": ".join(part for part in (where, str(error.detail.get("why", ""))) if part)
