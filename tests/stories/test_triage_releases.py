"""Versioner av triagen: saved, approved by a named person, switched to on every node, and never changed again."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from linjen.access.by import By
from linjen.core.errors import Invalid, LinjenError, NotFound, Refused, Unavailable
from linjen.core.ids import new_id
from linjen.triage.content.archives import write_archive
from linjen.triage.content.library import load
from linjen.triage.releases import (
    approve,
    change_draft,
    drop_draft,
    export_files,
    find_switch,
    import_files,
    list_releases,
    list_switches,
    read_files,
    retire,
    run_release,
    save_draft,
    see_release,
)
from linjen.triage.shelf import Shelf
from tests.region import Region
from tests.stories.released import changed, release, run, shipped


def eva(region: Region) -> By:
    """The medical approver."""
    return region.actors.staff("eva", "ankaret")


async def draft(region: Region, files: dict[str, bytes], note: str = "Ny text") -> UUID:
    """A draft of Eva's."""
    async with region.site.database.transaction() as db:
        return await save_draft(db, eva(region), files, note, load().stamp)


async def test_a_draft_is_saved_changed_approved_and_run_with_its_people_and_times(region: Region) -> None:
    files, by, database = (
        changed("halsont.yaml", "Berätta om febern", "Hur är febern?"),
        eva(region),
        region.site.database,
    )
    release_id = await draft(region, files)
    async with database.transaction() as db:
        before = await see_release(db, by, release_id)
        assert (before.state, before.version, before.author, before.approver) == ("draft", 1, "Eva Rask", None)
        assert before.based_on == load().stamp
        assert (
            await change_draft(db, by, release_id, 1, {"hosta.yaml": files["hosta.yaml"] + b"\n# mer\n"}, "Bättre") == 2
        )
        between = await see_release(db, by, release_id)
        stamp = await approve(db, by, release_id, 2)
        found = await see_release(db, by, release_id)
        held = await read_files(db, release_id)
    assert between.sha256 != before.sha256
    assert stamp.startswith("linjen_exempel@0.2.0+")
    assert (found.state, found.stamp, found.note, found.approver) == ("released", stamp, "Bättre", "Eva Rask")
    assert found.approver_title == "Medicinskt ansvarig läkare"
    assert found.approved_at is not None
    assert held == files | {"hosta.yaml": files["hosta.yaml"] + b"\n# mer\n"}
    assert region.site.shelf.running().stamp == load().stamp, "what is released does not run by itself"
    await run(region, release_id)
    assert region.site.shelf.running().stamp == stamp
    assert region.site.shelf.is_on
    await run(region, None)
    assert region.site.shelf.running().stamp == load().stamp
    async with database.transaction() as db:
        switches = await list_switches(db, by)
        assert [one.id for one in await list_releases(db, by)] == [release_id]
    assert [(one.number, one.release_id, one.by) for one in switches] == [
        (2, None, "Eva Rask"),
        (1, release_id, "Eva Rask"),
    ]


async def test_two_editors_do_not_overwrite_each_other(region: Region) -> None:
    release_id, database = await draft(region, shipped()), region.site.database

    async def change(word: str) -> int:
        async with database.transaction() as db:
            return await change_draft(db, eva(region), release_id, 1, {"hosta.yaml": f"# {word}".encode()})

    answers = await asyncio.gather(change("ett"), change("två"), return_exceptions=True)
    assert sorted(str(one) for one in answers) == ["2", "changed_meanwhile"]
    async with database.transaction() as db:
        with pytest.raises(Refused, match="changed_meanwhile"):
            await approve(db, eva(region), release_id, 1)
        with pytest.raises(Refused, match="changed_meanwhile"):
            await drop_draft(db, eva(region), release_id, 1)
        await drop_draft(db, eva(region), release_id, 2)
    assert await region.value("select count(*) from triage_files") == 0


async def test_a_faulty_version_is_refused_with_file_line_and_reason_and_what_runs_goes_on(region: Region) -> None:
    files = changed("halsont.yaml", "if: expo.strep", "if: hx.dementia") | {"hosta.yaml": b"kind: reason\nid: [\n"}
    release_id, stamp = await draft(region, files), region.site.shelf.running().stamp
    with pytest.raises(Invalid, match="bad_protocol") as refused:
        async with region.site.database.transaction() as db:
            await approve(db, eva(region), release_id, 1)
    problems = refused.value.detail["problems"]
    line = files["halsont.yaml"].decode().split("if: hx.dementia")[0].count("\n") + 1
    assert any(one.file == "halsont.yaml" and one.line == line and "never asked" in one.reason for one in problems)  # type: ignore[attr-defined]
    assert any(one.file == "hosta.yaml" for one in problems)  # type: ignore[attr-defined]
    async with region.site.database.transaction() as db:
        assert (await see_release(db, eva(region), release_id)).state == "draft"
        with pytest.raises(Refused, match="not_released"):
            await run_release(db, eva(region), release_id, 0)
    assert region.site.shelf.running().stamp == stamp


async def test_of_two_approvers_one_releases_and_of_two_who_switch_one_does(region: Region) -> None:
    files, database = changed("halsont.yaml", "Berätta om febern", "Hur är febern?"), region.site.database
    release_id, same = await draft(region, files), await draft(region, files)

    async def release_it(id: UUID) -> str:
        async with database.transaction() as db:
            return await approve(db, eva(region), id, 1)

    answers = await asyncio.gather(release_it(release_id), release_it(release_id), return_exceptions=True)
    assert [str(one) for one in answers if isinstance(one, LinjenError)] == ["not_a_draft"]
    with pytest.raises(Refused, match="already_released"):
        await release_it(same)

    async def switch(on: bool) -> int:
        async with database.transaction() as db:
            return await run_release(db, eva(region), release_id, 0, triage_on=on)

    found = await asyncio.gather(switch(True), switch(False), return_exceptions=True)
    assert sorted(str(one) for one in found) == ["1", "switched_meanwhile"]
    with pytest.raises(Refused, match="switched_meanwhile"):
        await switch(True)


async def test_who_switches_a_moment_later_is_refused_without_an_error_of_the_database(region: Region) -> None:
    database = region.site.database
    async with database.transaction() as first:
        assert await run_release(first, eva(region), None, 0) == 1

        async def later() -> object:
            async with database.transaction() as db:
                with pytest.raises(Refused, match="switched_meanwhile"):
                    await run_release(db, eva(region), None, 0, triage_on=False)
                return await db.fetchval("select 'goes on'")  # a failed statement would have ended the transaction

        waiting = asyncio.create_task(later())
        await asyncio.sleep(0.2)
        assert not waiting.done()
    assert await waiting == "goes on"


async def test_a_release_never_changes_whoever_asks(region: Region) -> None:
    release_id = await release(region, shipped())
    async with region.site.database.transaction() as db:
        with pytest.raises(Refused, match="not_a_draft"):
            await change_draft(db, eva(region), release_id, 1, {"hosta.yaml": b"x"})
    for sql in (
        "update triage_files set content = 'x' where release_id = $1",
        "delete from triage_files where release_id = $1",
        "insert into triage_files (release_id, name, content) values ($1, 'ny.yaml', 'x')",
        "update triage_releases set note = 'annat' where id = $1",
        "update triage_releases set state = 'draft', approver_id = null, approved_at = null where id = $1",
        "delete from triage_releases where id = $1",
    ):
        with pytest.raises(asyncpg.PostgresError, match="never changes"):
            await region.site.database.execute(sql, release_id)
    await run(region, None)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await region.site.database.execute("update triage_switches set triage_on = false")


async def test_what_runs_cannot_be_retired_and_what_is_retired_cannot_run(region: Region) -> None:
    release_id, database = (
        await release(region, changed("general.yaml", "Besväret passar", "Besväret liknar")),
        region.site.database,
    )
    await run(region, release_id)
    async with database.transaction() as db:
        with pytest.raises(Refused, match="still_runs"):
            await retire(db, eva(region), release_id)
    await run(region, None)
    async with database.transaction() as db:
        await retire(db, eva(region), release_id)
        found = await see_release(db, eva(region), release_id)
        with pytest.raises(Refused, match="not_released"):
            await run_release(db, eva(region), release_id, 2)
    await region.site.shelf.refresh()
    async with database.connection() as db:
        assert await region.site.shelf.find(db, found.stamp) is None
    assert (found.state, found.retirer) == ("retired", "Eva Rask")


async def test_a_version_goes_out_as_a_zip_and_comes_back_the_same(region: Region) -> None:
    files = changed("halsont.yaml", "Berätta om febern", "Hur är febern?") | {
        "risk.yaml": shipped()["risk.yaml"].replace(b"\n", b"\r\n")
    }
    release_id, by = await release(region, files), eva(region)
    async with region.site.database.transaction() as db:
        raw = await export_files(db, by, release_id)
        back = await import_files(db, by, raw, "Tillbaka")
        assert await read_files(db, back) == files
        assert (await see_release(db, by, back)).stamp == (await see_release(db, by, release_id)).stamp
        assert await export_files(db, by, back) == raw
        with pytest.raises(Invalid, match="archive_file_name"):
            await import_files(db, by, write_archive({"README.md": b"hej"}), "")
        with pytest.raises(Invalid, match="archive_empty"):
            await save_draft(db, by, {}, "", "")


async def test_who_may_see_may_not_edit_and_a_stranger_meets_nothing(region: Region) -> None:
    release_id = await draft(region, shipped())
    pelle, karin = region.actors.staff("pelle", "bjorken"), region.actors.staff("karin", "ankaret")
    async with region.site.database.transaction() as db:
        assert (await see_release(db, pelle, release_id)).id == release_id
        for by in (pelle, karin, region.actors.resident("astrid")):
            for attempt in (
                save_draft(db, by, shipped(), "", ""), change_draft(db, by, release_id, 1, {}),
                drop_draft(db, by, release_id, 1), approve(db, by, release_id, 1), retire(db, by, release_id),
                run_release(db, by, None, 0),
            ):  # fmt: skip
                with pytest.raises(NotFound):
                    await attempt
        with pytest.raises(NotFound):
            await list_releases(db, karin)
        with pytest.raises(NotFound):
            await see_release(db, eva(region), new_id())


async def test_another_node_follows_within_seconds_without_a_restart(region: Region) -> None:
    other = Shelf(region.site.database)
    with pytest.raises(Unavailable):
        other.running()
    await other.look()
    looking = asyncio.create_task(other.run())
    release_id = await release(region, changed("halsont.yaml", "Berätta om febern", "Hur är febern?"))
    await run(region, release_id)
    async with asyncio.timeout(10):
        while other.running().stamp != region.site.shelf.running().stamp:  # noqa: ASYNC110 - the shelf tells nobody
            await asyncio.sleep(0.1)
    async with region.site.database.transaction() as db:
        assert (await other.find(db, load().stamp)) is not None
        assert (await find_switch(db)).release_id == release_id
    looking.cancel()


async def test_bytes_that_are_not_those_approved_are_never_used(region: Region) -> None:
    """A disk or a hand that changed what was approved: who ran goes on, and who starts triages nothing."""
    release_id = await release(region, changed("halsont.yaml", "Berätta om febern", "Hur är febern?"))
    owner = await asyncpg.connect(region.dsn.replace("linjen_app@", "postgres@"))
    await owner.execute("alter table triage_files disable trigger released_file_never_changes")
    await owner.execute("update triage_files set content = content || 'x' where name = 'hosta.yaml'")
    await owner.close()
    site, before = region.site, region.site.shelf.running()
    await run(region, release_id)
    assert site.shelf.running() is before
    assert site.shelf.is_on
    fresh = Shelf(site.database)
    await fresh.look()
    assert fresh.running().stamp == load().stamp
    assert not fresh.is_on
    await run(region, None)
    await fresh.refresh()
    assert fresh.is_on


async def test_who_administers_the_triage_alone_has_a_page_to_come_to(region: Region) -> None:
    assert (await (await region.staff("eva")).get("/manage")).status_code == 200
    assert (await (await region.staff("karin", "ankaret")).get("/manage")).status_code == 404
