"""Backup and restore: a round trip that reads the same, and every file that must be refused."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from linjen.cli.main import main
from linjen.core import backup
from linjen.core.backup import HEAD, BackupRefused, check_backup, make_backup, restore_backup
from linjen.core.errors import Unavailable
from linjen.core.ids import new_id
from linjen.core.postgres import Embedded
from linjen.core.postgres_programs import Programs, split_password
from linjen.core.sealing import Sealer, make_key_file, read_key_file
from tests.region import Region


def owner_of(region: Region) -> str:
    """The owner's DSN of a region's database."""
    return region.dsn.replace("linjen_app@", "linjen_owner@")


@pytest.fixture
async def empty(ground: tuple[Embedded, Path]) -> AsyncIterator[str]:
    """The owner's DSN of a database without a table."""
    name = f"e_{new_id().hex}"
    admin = await asyncpg.connect(ground[0].owner_dsn.replace("linjen_owner@", "postgres@"))
    await admin.execute(f"create database {name} owner linjen_owner template template0")
    await admin.execute(f"alter database {name} owner to linjen_owner")
    yield ground[0].owner_dsn.replace("/linjen?", f"/{name}?")
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


def names_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(entry.name for entry in folder.iterdir())


async def taken(region: Region, tmp_path: Path) -> Path:
    """A backup of the region."""
    file = tmp_path / "one.linjen"
    await make_backup(owner_of(region), region.site.sealer, file, bundled=region.embedded.binaries)
    return file


async def drawn(region: Region, case: str) -> list[tuple[str, str, str]]:
    """A case's messages as an open page is given them."""
    karin = await region.staff("karin", "ankaret")
    latest = await region.value("select max(seq) from messages where case_id = $1", region.cases[case])
    ids = await region.site.database.fetch("select id::text from messages where seq = $1", latest)
    async with karin.listen(f"/clinic/cases/{region.cases[case]}/stream", "0") as ear:
        for (message_id,) in ids:
            await ear.wait_for("message_sent", message_id)
        return [one for one in ear.heard if one[0] == "message_sent"]


async def test_what_was_written_reads_the_same_after_a_restore(region: Region, empty: str, tmp_path: Path) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    for number in range(10):
        await (karin, gustav)[number % 2].say(region.cases["held_by_karin"], f"Hej åäö, rad {number} <b>")
    file = await taken(region, tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    manifest, applied = await restore_backup(
        empty, "linjen_app", region.site.sealer, file, bundled=region.embedded.binaries
    )
    assert applied == []
    assert manifest.rows["messages"] == await region.value("select count(*) from messages")

    name = empty.partition("@/")[2].partition("?")[0]
    restored = Region(region.embedded, name, region._folder, region.cases, region.actors)
    await restored.open()
    try:
        before, after = await drawn(region, "held_by_karin"), await drawn(restored, "held_by_karin")
        assert len(before) >= 10
        assert after == before
        answer = await (await restored.staff("karin", "ankaret")).say(
            region.cases["held_by_karin"], "Det går att svara"
        )
        assert answer.status_code == 201
        with pytest.raises(asyncpg.InsufficientPrivilegeError):  # the application's limits came back, too
            await restored.site.database.execute("delete from events")
    finally:
        await restored.close()


async def test_a_backup_is_one_moment_even_while_people_write(region: Region, empty: str, tmp_path: Path) -> None:
    karin = await region.staff("karin", "ankaret")
    done = asyncio.Event()

    async def write() -> int:
        written = 0
        while not done.is_set():
            written += (await karin.say(region.cases["held_by_karin"], "Jag skriver hela tiden")).status_code == 201
        return written

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    file = await taken(region, tmp_path)
    done.set()
    assert await writing > 5
    await restore_backup(empty, "linjen_app", region.site.sealer, file, bundled=region.embedded.binaries)
    connection = await asyncpg.connect(empty)
    torn = "select count(*) from cases c where counter <> (select count(*) from events e where e.case_id = c.id)"
    assert await connection.fetchval(torn) == 0
    await connection.close()


async def test_every_altered_byte_is_found(region: Region, tmp_path: Path) -> None:
    file = await taken(region, tmp_path)
    whole = file.read_bytes()
    places = [0, 20, 200, HEAD // 2, HEAD - 1, HEAD, HEAD + 5, len(whole) // 2, len(whole) - 1]
    for place in places:
        altered = bytearray(whole)
        altered[place] ^= 1
        file.write_bytes(altered)
        with pytest.raises(BackupRefused) as refused:
            check_backup(file, region.site.sealer)
        assert refused.value.reason in {"backup_altered", "not_a_backup"}, place
    for shorter in (whole[:-1], whole[:HEAD], whole[:100], b""):
        file.write_bytes(shorter)
        with pytest.raises(BackupRefused):
            check_backup(file, region.site.sealer)
    file.write_bytes(whole)
    assert check_backup(file, region.site.sealer).dump_bytes == len(whole) - HEAD  # the control: unaltered is taken


async def test_another_installations_key_is_refused_by_name(region: Region, empty: str, tmp_path: Path) -> None:
    file = await taken(region, tmp_path)
    make_key_file(tmp_path / "other.key")
    other = Sealer(read_key_file(tmp_path / "other.key"))
    with pytest.raises(BackupRefused, match="backup_of_another_key"):
        await restore_backup(empty, "linjen_app", other, file, bundled=region.embedded.binaries)
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    await connection.close()


async def test_a_database_with_tables_is_never_written_over(region: Region, tmp_path: Path) -> None:
    file = await taken(region, tmp_path)
    before = await region.value("select count(*) from messages")
    with pytest.raises(BackupRefused, match="database_not_empty"):
        await restore_backup(owner_of(region), "linjen_app", region.site.sealer, file)
    assert await region.value("select count(*) from messages") == before
    with pytest.raises(BackupRefused, match="file_exists"):
        await make_backup(owner_of(region), region.site.sealer, file)


async def test_a_newer_backup_and_an_empty_database_are_refused(
    region: Region, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await taken(region, tmp_path)
    monkeypatch.setattr(backup, "list_migrations", lambda: [(0, "none", "")])
    with pytest.raises(BackupRefused, match="backup_newer"):
        check_backup(file, region.site.sealer)
    with pytest.raises(BackupRefused, match="not_migrated"):
        await make_backup(empty, region.site.sealer, tmp_path / "two.linjen")
    assert names_in(tmp_path) == ["one.linjen"]  # no half file was left


async def test_rows_that_are_missing_after_a_restore_are_told(
    region: Region, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await taken(region, tmp_path)

    async def one_less(connection: object) -> dict[str, int]:
        return {"messages": 0}

    monkeypatch.setattr(backup, "count_rows", one_less)
    with pytest.raises(BackupRefused, match="rows_missing"):
        await restore_backup(empty, "linjen_app", region.site.sealer, file, bundled=region.embedded.binaries)


async def test_a_dump_that_fails_leaves_no_file_and_no_table(
    region: Region, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Programs, *_: object) -> tuple[int, str]:
        raise Unavailable("postgres_failed", program="pg_dump")

    with monkeypatch.context() as patched:
        patched.setattr(Programs, "dump", broken)
        with pytest.raises(Unavailable):
            await taken(region, tmp_path)
    assert names_in(tmp_path) == []
    file = await taken(region, tmp_path)
    programs = Programs.for_restore(18, 18, region.embedded.binaries)
    torn = tmp_path / "torn"
    torn.write_bytes(file.read_bytes()[:-2000])
    with pytest.raises(Unavailable, match="postgres_failed"):
        await programs.restore(empty, torn, HEAD)
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    await connection.close()


def test_a_password_is_not_given_where_everybody_reads_it() -> None:
    assert split_password("postgresql://anna:s%40k@db.example:5433/linjen?sslmode=require") == (
        "postgresql://anna@db.example:5433/linjen?sslmode=require", "s@k",
    )  # fmt: skip
    assert split_password("postgresql://linjen@/linjen?host=/run") == ("postgresql://linjen@/linjen?host=/run", "")


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every user may pass, so that a cluster in it need not lie elsewhere."""
    with tempfile.TemporaryDirectory(prefix="linjen-commands-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_three_commands_on_folders(open_place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """migrate makes a folder, backup reads it while it is stopped and while it runs, restore fills another."""
    first, second, file = open_place / "first", open_place / "second", open_place / "file.linjen"
    assert main(["migrate", "--data", str(first)]) == 0
    assert "0001_ground" in capsys.readouterr().out
    key, aside = first / "keys" / "master.key", open_place / "aside.key"
    key.rename(aside)
    assert main(["migrate", "--data", str(first)]) == 0
    assert not key.exists(), "over old data no new key is made"
    assert main(["backup", str(file), "--data", str(first)]) == 2, "no key file: content could never be read"
    assert "no keys" in capsys.readouterr().err
    aside.rename(key)
    assert main(["backup", str(file), "--data", str(first)]) == 0
    assert "keys are not in it" in capsys.readouterr().out

    running = Embedded(first)
    running.start()
    try:
        assert main(["backup", str(open_place / "live.linjen"), "--data", str(first)]) == 0
    finally:
        running.stop()
    assert main(["backup", str(file), "--data", str(first)]) == 1
    assert "file_exists" in capsys.readouterr().err

    assert main(["restore", str(file), "--data", str(second)]) == 2
    assert not (second / "postgres").exists()
    make_key_file(second / "keys" / "master.key")
    assert main(["restore", str(file), "--data", str(second)]) == 1
    assert "backup_of_another_key" in capsys.readouterr().err
    assert not (second / "postgres").exists(), "a refused file makes no database"
    (first / "keys" / "master.key").replace(second / "keys" / "master.key")
    assert main(["restore", str(file), "--data", str(second)]) == 0
    assert "none was needed" in capsys.readouterr().out
    assert main(["restore", str(file), "--data", str(second)]) == 1
    assert "database_not_empty" in capsys.readouterr().err
