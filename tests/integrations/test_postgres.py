"""The embedded database: whose it is, where it may lie, what it survives, and what the application may not do."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from linjen.core import postgres
from linjen.core.errors import Unavailable
from linjen.core.postgres import Embedded, cluster_of, find_running

ROOT = Path(__file__).resolve().parents[2]
LIFE = Path(__file__).with_name("embedded_life.py")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can try what root must not do")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder that everybody may pass, two steps below one that only its owner may; emptied afterwards."""
    yield tmp_path
    for marker in tmp_path.rglob("postgres.elsewhere"):
        shutil.rmtree(marker.read_text().strip(), ignore_errors=True)
    shutil.rmtree(tmp_path, ignore_errors=True)


@contextmanager
def running(folder: Path) -> Iterator[Embedded]:
    """A server over a folder, stopped afterwards."""
    embedded = Embedded(folder)
    try:
        embedded.start()
        yield embedded
    finally:
        embedded.stop()


@contextmanager
def life(folder: Path, **how: Any) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A program of its own with a server, and what it said when it was ready."""
    python = how.pop("python", sys.executable)
    process = subprocess.Popen(
        [python, str(LIFE), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **how
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(40)
        process.stdout.close()


def ask(dsn: str, sql: str, role: str = "linjen_app") -> Any:
    """One value, as a role."""

    async def asking() -> Any:
        connection = await asyncpg.connect(dsn.replace("linjen_app@", f"{role}@"))
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(asking())


def modes_above(folder: Path) -> dict[str, str]:
    """Every parent folder with its mode and owner."""
    return {str(p): f"{p.stat().st_mode:o} {p.stat().st_uid}:{p.stat().st_gid}" for p in folder.parents}


@as_root
def test_as_root_no_parent_folder_is_changed_and_the_server_is_not_root(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    folder = closed / "inner" / "data"
    folder.mkdir(parents=True)
    before = modes_above(folder)
    with running(folder) as embedded:
        owner = Path(f"/proc/{embedded.pid}").stat().st_uid
        assert pwd.getpwuid(owner).pw_name == "linjen"
        assert ask(embedded.app_dsn, "select 1") == 1
        assert modes_above(folder) == before
        assert cluster_of(folder).stat().st_mode & 0o777 == 0o700
    assert modes_above(folder) == before


@as_root
def test_a_cluster_that_had_to_lie_elsewhere_is_found_again_and_never_inherited(place: Path) -> None:
    folder = place / "closed" / "data"
    folder.parent.mkdir(mode=0o700)
    with running(folder) as embedded:
        ask(embedded.app_dsn, "create table kept (id integer)", "linjen_owner")
        first = cluster_of(folder)
        assert not first.is_relative_to(folder)
    place.chmod(0o755)
    folder.parent.chmod(0o755)  # the way is open now; the data is where it was
    with running(folder) as embedded:
        assert ask(embedded.app_dsn, "select to_regclass('kept') is not null")
    folder.parent.chmod(0o700)
    shutil.rmtree(folder)
    with running(folder) as embedded:  # a folder made anew has new keys, and must not meet old rows
        assert ask(embedded.app_dsn, "select to_regclass('kept') is null")
    shutil.rmtree(first)


def test_a_long_path_and_a_long_temporary_folder_do_not_stop_the_socket(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place / ("long" * 20) / ("longer" * 15) / "data"
    folder.mkdir(parents=True)
    assert len(str(folder)) > 150
    monkeypatch.setattr("tempfile.tempdir", str(folder.parent))
    with running(folder) as embedded:
        assert ask(embedded.app_dsn, "select 1") == 1


def test_a_killed_program_leaves_a_server_that_the_next_start_replaces(place: Path) -> None:
    folder = place / "data"
    with life(folder) as (process, said):
        ask(said["app"], "create table acked (id integer)", "linjen_owner")
        ask(said["app"], "insert into acked select generate_series(1, 1000)", "linjen_owner")
        process.send_signal(signal.SIGKILL)
        process.wait()
        orphan, sockets = said["pid"], Path(said["app"].partition("host=")[2])
        assert Path(f"/proc/{orphan}").exists(), "the control: the server lives on when its program is killed"
        with running(folder) as embedded:
            assert embedded.pid != orphan
            assert not Path(f"/proc/{orphan}").exists()
            assert not sockets.exists()
            assert ask(embedded.app_dsn, "select count(*) from acked", "linjen_owner") == 1000


def test_a_killed_server_comes_back_with_every_row(place: Path) -> None:
    folder = place / "data"
    with running(folder) as embedded:
        ask(embedded.app_dsn, "create table acked as select generate_series(1, 1000)", "linjen_owner")
        os.kill(embedded.pid, signal.SIGKILL)
    begun = time.monotonic()
    with running(folder) as embedded:
        assert time.monotonic() - begun < 5
        assert ask(embedded.app_dsn, "select count(*) from acked", "linjen_owner") == 1000


def test_a_held_folder_is_refused_by_name_and_its_holder_is_not_disturbed(place: Path) -> None:
    folder = place / "data"
    with life(folder) as (_, said):
        with pytest.raises(Unavailable, match="data_folder_in_use") as refused:
            Embedded(folder).start()
        assert refused.value.detail["folder"] == str(folder.resolve())
        found = find_running(folder)
        assert found is not None
        assert found.partition("host=")[2] == said["app"].partition("host=")[2]
        assert Path(f"/proc/{said['pid']}").exists()
    assert find_running(folder) is None


def test_two_folders_side_by_side_know_nothing_of_each_other(place: Path) -> None:
    with running(place / "one") as one, running(place / "two") as two:
        ask(one.app_dsn, "create table mine (id integer)", "linjen_owner")
        assert ask(two.app_dsn, "select to_regclass('mine') is null")


def test_an_interrupted_first_start_is_made_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place / "data"
    whole = Embedded._run

    def cut_short(self: Embedded, *arguments: str, **rest: Any) -> None:
        whole(self, *arguments, **rest)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Embedded, "_run", cut_short)
        with pytest.raises(KeyboardInterrupt), running(folder):
            pass
    with running(folder) as embedded:
        assert ask(embedded.app_dsn, "select 1") == 1


@as_root
def test_an_ordinary_user_runs_it_too_and_nobody_else_gets_in(place: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    python = next((p for p in (sys.executable, "/usr/bin/python3") if _may_run(p, nobody)), None)
    if python is None:
        pytest.skip("no Python here that another user may run")
    folder = Path("/tmp") / f"linjen-user-{os.getpid()}"  # noqa: S108 - made here, owned by that user alone
    folder.mkdir(mode=0o700)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{sysconfig.get_path('purelib')}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        with life(
            folder / "data", python=python, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], env=environment
        ) as (_, said):
            assert said.get("me") == nobody.pw_uid, said
            assert Path(f"/proc/{said['pid']}").stat().st_uid == nobody.pw_uid
            sockets = Path(said["app"].partition("host=")[2])
            assert sockets.stat().st_mode & 0o777 == 0o700
            assert _psql_as("daemon", sockets) != 0, "another user may not even reach the socket"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _may_run(python: str, user: pwd.struct_passwd) -> bool:
    """Whether a user may run this Python, and it is of our version."""
    asking = [python, "-c", f"import sys; print(sys.version_info[:2] == {sys.version_info[:2]})"]
    try:
        result = subprocess.run(
            asking, capture_output=True, text=True, check=False, cwd="/", env={},
            user=user.pw_uid, group=user.pw_gid, extra_groups=[],
        )  # fmt: skip
    except OSError:
        return False
    return result.stdout.strip() == "True"


def _psql_as(name: str, sockets: Path) -> int:
    user = pwd.getpwnam(name)
    command = [
        str(postgres.bundled_binaries() / "psql"),
        "-h",
        str(sockets),
        "-U",
        "linjen_app",
        "-c",
        "select 1",
        "linjen",
    ]
    return subprocess.run(
        command, capture_output=True, check=False, user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/"
    ).returncode


def test_nothing_is_lost_for_speed_and_nothing_listens_on_the_network(ground: tuple[Embedded, Path]) -> None:
    dsn = ground[0].app_dsn
    for setting, wanted in (
        ("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on"), ("data_checksums", "on"),
        ("listen_addresses", ""), ("unix_socket_permissions", "0700"),
    ):  # fmt: skip
        assert ask(dsn, f"show {setting}") == wanted, setting
    assert ask(dsn, "select count(*) from pg_hba_file_rules where type <> 'local'", "postgres") == 0
    inodes = {str(link.readlink()) for link in Path(f"/proc/{ground[0].pid}/fd").iterdir() if link.is_symlink()}
    listening = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    assert not [fields for fields in listening if f"socket:[{fields[9]}]" in inodes]


def test_the_application_is_neither_owner_nor_superuser(ground: tuple[Embedded, Path]) -> None:
    for role in ("linjen_app", "linjen_owner"):
        rights = ask(
            ground[0].app_dsn,
            "select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls from pg_roles"
            f" where rolname = '{role}'",
        )
        assert rights is False, role
    owned = "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'linjen_app'"
    assert ask(ground[0].app_dsn, owned) == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(ground[0].app_dsn, "create table mine (id integer)")
