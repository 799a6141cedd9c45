"""Backup and restore: one file with a sealed head (what it holds, and the proof) and PostgreSQL's own custom dump.

The head is exactly HEAD bytes: a line that names the format, the manifest as JSON, and a keyed proof of the manifest,
which holds the dump's SHA-256. So every byte of the file is covered, a file of another installation is known by its
key, and `tail -c +16385 FILE` is a plain dump for `pg_restore` in an emergency. The key file is never in a backup.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import asyncpg
import msgspec

from linjen import __version__
from linjen.core import clock
from linjen.core.errors import LinjenError
from linjen.core.migrations import list_migrations, migrate
from linjen.core.postgres_programs import Programs
from linjen.core.sealing import Sealer

HEAD = 16_384
_FIRST_LINE = b"linjen backup 1\n"
_CHUNK = 1 << 20


class BackupRefused(LinjenError):
    """The file or the database is not as it must be; `reason` says what, and `why` says it in words."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `rows` counts every table in the same snapshot as the dump; sizes are bytes."""

    version: str
    migration: int
    server_major: int
    made_at: datetime
    rows: dict[str, int]
    dump_bytes: int
    dump_sha256: str
    key_check: str


def _key_check(sealer: Sealer) -> str:
    return sealer.token("backup-key", b"which key file is this")


def _head(manifest: Manifest, sealer: Sealer) -> bytes:
    line = msgspec.json.encode(manifest)
    head = _FIRST_LINE + line + b"\n" + sealer.token("backup-manifest", line).encode() + b"\n"
    if len(head) >= HEAD:
        raise BackupRefused("backup_head_too_long", why="there are more tables than the head has room for")
    return head.ljust(HEAD - 1) + b"\n"


# -- making ----------------------------------------------------------------------------------------------------------


async def make_backup(owner_dsn: str, sealer: Sealer, file: Path, *, bundled: Path | None = None) -> Manifest:
    """Write everything the database holds to `file` (mode 0600), while it may be in use; returns what it holds.

    `bundled` is a folder of PostgreSQL programs to prefer. Raises BackupRefused('file_exists' | 'not_migrated'),
    Unavailable without a server or a fitting pg_dump. A backup that fails leaves no file.
    """
    _refuse_existing(file)
    connection: Any = await asyncpg.connect(owner_dsn, timeout=10)
    partial = file.with_name(file.name + ".partial")
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            # We wait in this transaction while pg_dump reads; it has no transaction id, so no cursor waits for it.
            await connection.execute("set local idle_in_transaction_session_timeout = 0")
            snapshot = await connection.fetchval("select pg_export_snapshot()")
            major = _server_major(connection)
            migration = await _migration_of(connection)
            programs = Programs.for_dump(major, bundled)
            with _fresh(partial) as out:
                out.write(b" " * HEAD)
                size, digest = await programs.dump(owner_dsn, snapshot, out)
                manifest = Manifest(
                    version=__version__, migration=migration, server_major=major, made_at=clock.now(),
                    rows=await count_rows(connection), dump_bytes=size, dump_sha256=digest,
                    key_check=_key_check(sealer),
                )  # fmt: skip
                out.seek(0)
                out.write(_head(manifest, sealer))
        os.link(partial, file)  # unlike a rename, it refuses a file that came meanwhile
        return manifest
    finally:
        partial.unlink(missing_ok=True)
        await connection.close(timeout=5)


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise BackupRefused("file_exists", why=f"{file} exists already; a backup never overwrites one")


@contextlib.contextmanager
def _fresh(path: Path) -> Iterator[IO[bytes]]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _server_major(connection: Any) -> int:
    return int(connection.get_server_version().major)


async def _migration_of(connection: Any) -> int:
    if await connection.fetchval("select to_regclass('schema_migrations') is null"):
        raise BackupRefused("not_migrated", why="the database is empty: there is nothing to back up")
    return int(await connection.fetchval("select coalesce(max(number), 0) from schema_migrations"))


async def count_rows(connection: Any) -> dict[str, int]:
    """The number of rows of every table of the schema `public`, by name."""
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    return {name: await connection.fetchval(f'select count(*) from public."{name}"') for (name,) in tables}


# -- reading ---------------------------------------------------------------------------------------------------------


def check_backup(file: Path, sealer: Sealer) -> Manifest:
    """Read the whole file and prove it; what it holds.

    Raises BackupRefused('not_a_backup' | 'backup_of_another_key' | 'backup_altered' | 'backup_newer').
    """
    try:
        with file.open("rb") as source:
            manifest = _read_head(source.read(HEAD), sealer)
            digest, size = hashlib.sha256(), 0
            while part := source.read(_CHUNK):
                digest.update(part)
                size += len(part)
    except OSError as error:
        raise BackupRefused("not_a_backup", why=f"{file}: {error.strerror}") from error
    if size != manifest.dump_bytes or digest.hexdigest() != manifest.dump_sha256:
        raise BackupRefused("backup_altered", why="the dump is not the one that was written")
    newest = max(number for number, _, _ in list_migrations())
    if manifest.migration > newest:
        why = f"it was made by Linjen {manifest.version}, which is newer than this one ({__version__})"
        raise BackupRefused("backup_newer", why=why)
    return manifest


def _read_head(head: bytes, sealer: Sealer) -> Manifest:
    if not head.startswith(_FIRST_LINE):
        raise BackupRefused("not_a_backup", why="it does not begin as a backup of Linjen does")
    try:
        manifest = msgspec.json.decode(head[len(_FIRST_LINE) :].split(b"\n", 1)[0], type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BackupRefused("backup_altered", why="its manifest cannot be read") from error
    if not hmac.compare_digest(manifest.key_check.encode(), _key_check(sealer).encode()):
        why = "the key file here is not the one its content was sealed with: put that one back first"
        raise BackupRefused("backup_of_another_key", why=why)
    if not hmac.compare_digest(head, _head(manifest, sealer)):
        raise BackupRefused("backup_altered", why="its manifest is not the one that was written")
    return manifest


async def restore_backup(
    owner_dsn: str, app_role: str, sealer: Sealer, file: Path, *, bundled: Path | None = None
) -> tuple[Manifest, list[str]]:
    """Read a backup into an empty database, count its rows, and migrate; what it held, and the migrations applied.

    Raises BackupRefused as `check_backup`, and 'database_not_empty', 'server_older', 'restore_failed' (nothing was
    written) or 'rows_missing'.
    """
    manifest = check_backup(file, sealer)
    connection: Any = await asyncpg.connect(owner_dsn, timeout=10)
    try:
        if await connection.fetchval("select exists (select 1 from pg_tables where schemaname = 'public')"):
            raise BackupRefused("database_not_empty", why="a backup is read into an empty database only")
        major = _server_major(connection)
        if major < manifest.server_major:
            why = f"the backup comes from PostgreSQL {manifest.server_major}, this server is {major}"
            raise BackupRefused("server_older", why=why)
        await Programs.for_restore(manifest.server_major, major, bundled).restore(owner_dsn, file, HEAD)
        await _compare(manifest.rows, await count_rows(connection))
    finally:
        await connection.close(timeout=5)
    return manifest, await migrate(owner_dsn, app_role)


async def _compare(wanted: dict[str, int], found: dict[str, int]) -> None:
    wrong = sorted(name for name in wanted | found if wanted.get(name) != found.get(name))
    if wrong:
        raise BackupRefused("rows_missing", why=f"the rows of these tables are not as many as they were: {wrong}")
