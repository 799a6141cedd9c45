"""`linjen triage release, run, releases, diff, replay`: what an operator does with versions, over real rows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import pytest

from linjen.access.access_log import OPERATOR
from linjen.cli.main import main
from linjen.triage.content.archives import write_archive
from linjen.triage.content.library import load
from linjen.triage.releases import find_switch, save_draft
from tests.region import Region
from tests.stories.released import changed, release, run, shipped
from tests.stories.triaged import WORDS, send_triaged

EVA = "SE5599990011-1011"
NOTE = "Ny gräns för feber"


def unpacked(folder: Path, files: dict[str, bytes]) -> str:
    """The files in a folder; its path."""
    folder.mkdir()
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    return str(folder)


class Desk:
    """Where an operator sits: the installation's settings, and what a command prints."""

    def __init__(self, region: Region, capsys: pytest.CaptureFixture[str]) -> None:
        self.region, self._capsys = region, capsys

    async def run(self, *arguments: str) -> tuple[int, str]:
        """A command of `linjen triage`: its exit status, and what it printed."""
        self._capsys.readouterr()
        status = await asyncio.to_thread(main, ["triage", *arguments])
        printed = self._capsys.readouterr()
        return status, printed.out + printed.err


@pytest.fixture
def desk(region: Region, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose settings name this region's database and keys."""
    monkeypatch.setenv("LINJEN_DSN", region.dsn)
    monkeypatch.setenv("LINJEN_OWNER_DSN", region.dsn.replace("linjen_app@", "linjen_owner@"))
    monkeypatch.setenv("LINJEN_MASTER_KEY_FILE", str(region.site.settings.data_dir / "keys" / "master.key"))
    return Desk(region, capsys)


async def test_a_folder_is_released_and_runs_and_an_earlier_one_can_be_switched_back_to(
    desk: Desk, tmp_path: Path
) -> None:
    site = desk.region.site
    folder = unpacked(tmp_path / "ny", changed("halsont.yaml", "Berätta om febern", "Hur är febern?"))
    status, said = await desk.run("release", folder, "--approver", EVA.lower(), "--note", NOTE)
    assert (status, "runs on every node" in said) == (0, True), said
    await site.shelf.refresh()
    stamp = site.shelf.running().stamp
    assert stamp in said
    status, said = await desk.run("releases")
    assert status == 0
    assert f"* released  {stamp}" in said
    assert "Eva Rask, " in said
    assert NOTE in said
    status, said = await desk.run("run", "shipped", "--approver", EVA, "--note", "Tillbaka")
    assert status == 0, said
    await site.shelf.refresh()
    assert site.shelf.running().stamp == load().stamp
    status, said = await desk.run("run", stamp, "--approver", EVA, "--note", "Paus", "--form-only")
    assert status == 0, said
    await site.shelf.refresh()
    assert site.shelf.running().stamp == stamp
    assert not site.shelf.is_on
    status, said = await desk.run("releases", "--json")
    found = msgspec.json.decode(said)
    assert (found["running"]["number"], found["running"]["triage_on"]) == (3, False)
    assert found["shipped"] == load().stamp


async def test_a_faulty_folder_is_refused_line_by_line_and_nothing_is_saved(desk: Desk, tmp_path: Path) -> None:
    files = changed("halsont.yaml", "if: expo.strep", "if: hx.dementia")
    line = files["halsont.yaml"].decode().split("if: hx.dementia")[0].count("\n") + 1
    status, said = await desk.run(
        "release", unpacked(tmp_path / "fel", files), "--approver", EVA, "--note", NOTE
    )  # fmt: skip
    assert status == 1
    assert f"halsont.yaml:{line}: hx.dementia is never asked" in said
    for what in (str(tmp_path / "finns-inte"), "shipped"):
        assert (await desk.run("release", what, "--approver", EVA, "--note", NOTE))[0] == 1
    assert await desk.region.value("select count(*) from triage_releases") == 0


async def test_only_a_living_medical_approver_can_be_named(desk: Desk, tmp_path: Path) -> None:
    folder = unpacked(tmp_path / "ny", shipped())
    for who in ("SE5599990011-1001", "SE5599990011-9999", "Eva"):
        status, said = await desk.run("release", folder, "--approver", who, "--note", NOTE)
        assert status == 1, said
        assert "not_approver" in said or "hsa_id_form" in said
        assert (await desk.run("run", "shipped", "--approver", who, "--note", NOTE))[0] == 1
    async with desk.region.site.database.connection() as db:
        assert (await find_switch(db)).number == 0


async def test_two_versions_are_compared_wherever_they_are(desk: Desk, tmp_path: Path) -> None:
    region, files = desk.region, changed("risk.yaml", "gen.temp >= 38\n", "gen.temp >= 38.5\n")
    release_id = await release(region, files)
    stamp = str(await region.value("select stamp from triage_releases"))
    archive = tmp_path / "ny.zip"
    archive.write_bytes(write_archive(files))
    folder = unpacked(tmp_path / "ny", files)
    for after in (str(release_id), stamp, str(archive), folder):
        status, said = await desk.run("diff", "shipped", after)
        assert status == 0, said
        assert "minst 38,5 °C" in said
        assert "risk.yaml" in said
    status, said = await desk.run("diff", folder, stamp)
    assert (status, said) == (0, "Ingenting skiljer.\n")
    found = msgspec.json.decode((await desk.run("diff", "shipped", stamp, "--json"))[1])
    assert {one["kind"] for one in found} == {"term", "signed"}
    assert (await desk.run("diff", "shipped", "linjen_exempel@9.9.9+000000000000"))[0] == 1
    (tmp_path / "ny" / "hosta.yaml").write_bytes(b"kind: reason\nid: [\n")
    status, said = await desk.run("diff", "shipped", folder)
    assert status == 1
    assert "bad_protocol: hosta.yaml:" in said


async def test_stored_interviews_are_held_again_and_what_ends_otherwise_is_listed(desk: Desk, tmp_path: Path) -> None:
    region = desk.region
    case_id = await send_triaged(region, "gustav", {"gen.fever", "ent.swallow_pain"}, {"hx.immune"})
    status, said = await desk.run("replay", "--protocol", "shipped")
    assert status == 0, said
    assert "Annan nivå: 0 (" in said
    before = await region.value("select urgency from cases where id = $1", case_id)
    files = changed("halsont.yaml", "default:\n  level: 5", "default:\n  level: 2")
    files["halsont.yaml"] = files["halsont.yaml"].replace(
        b"red_flags:\n  ask:\n", b"red_flags:\n  ask:\n    - eye.red\n", 1
    )
    folder = unpacked(tmp_path / "ny", files)
    status, said = await desk.run("replay", "--protocol", folder)
    assert status == 0, said
    line = next(one for one in said.splitlines() if one.startswith(str(case_id)))
    assert f"nivå {before} → 2" in line
    assert "aldrig tillfrågad om, räknas som vet inte: eye.red" in line
    found = msgspec.json.decode((await desk.run("replay", "--protocol", folder, "--json"))[1])
    one = next(one for one in found["cases"] if one["case"] == str(case_id))
    assert (one["level"], one["unasked"]) == ([before, 2], ["eye.red"])
    assert found["counts"]["interviews"] >= found["counts"]["level"] > 0
    for words in (WORDS, "Gustav", "Öberg", "svälja"):
        assert words not in said
    logged = await region.site.database.fetch_row(
        "select by_kind, by_id, session_id, count(*) over () as times from access_log"
        " where verb = 'replay_triage' and $1 = any(shown)", case_id,
    )  # fmt: skip
    assert logged is not None
    assert (logged["by_kind"], logged["by_id"], logged["session_id"], logged["times"]) == ("system", OPERATOR, None, 3)


async def test_what_is_not_finished_or_not_to_be_read_is_counted_and_left_out(desk: Desk) -> None:
    region = desk.region
    drafts = await region.value(
        "select count(*) from intakes i join cases c on c.id = i.case_id where c.phase = 'intake' and entry = 'symptom'"
    )
    await region.site.database.execute(
        "update intakes set state_sealed = '\\x00' where case_id = $1", region.cases["waiting"]
    )
    found = msgspec.json.decode((await desk.run("replay", "--protocol", "shipped", "--json"))[1])
    assert found["counts"]["unreadable"] == 1
    assert found["counts"]["unfinished"] >= int(str(drafts))
    assert str(region.cases["waiting"]) not in str(found)


async def test_a_database_of_another_version_is_said_to_be_so(desk: Desk) -> None:
    owner = desk.region.dsn.replace("linjen_app@", "postgres@")
    db = await asyncpg.connect(owner)
    await db.execute("delete from schema_migrations where number >= 5")
    await db.close()
    status, said = await desk.run("releases")
    assert status == 2
    assert "linjen migrate" in said


async def test_a_draft_is_named_by_its_id_alone(desk: Desk) -> None:
    region, eva = desk.region, desk.region.actors.staff("eva", "ankaret")
    async with region.site.database.transaction() as db:
        draft = await save_draft(db, eva, changed("risk.yaml", "level: 1", "level: 2"), "", "")
    stamp = str(await region.value("select stamp from triage_releases where id = $1", UUID(str(draft))))
    assert (await desk.run("diff", "shipped", str(draft)))[0] == 0
    assert (await desk.run("diff", "shipped", stamp))[0] == 1
    assert (await desk.run("run", str(draft), "--approver", EVA, "--note", NOTE))[0] == 1
    await run(region, None)


@pytest.mark.parametrize("command", [["triage", "replay", "--protocol", "shipped"], ["backup", "kopia.linjen"]])
async def test_where_no_installation_is_named_it_says_how_to_name_one(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LINJEN_DSN", "LINJEN_OWNER_DSN", "LINJEN_MASTER_KEY_FILE", "LINJEN_DATA_DIR", "LINJEN_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    assert await asyncio.to_thread(main, command) == 2
    said = capsys.readouterr().err
    assert "there is no folder data" in said
    assert "--data DIR" in said
    assert "LINJEN_DSN, LINJEN_OWNER_DSN and LINJEN_MASTER_KEY_FILE" in said
