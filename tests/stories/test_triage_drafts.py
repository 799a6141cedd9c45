"""Utkast: begun, noted, numbered, thrown away, out as a zip and in again byte for byte; what is hostile is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from uuid import UUID

import httpx
import pytest

from linjen.triage.content.archives import write_archive
from linjen.triage.content.library import load
from linjen.triage.releases import read_files
from tests.region import Person, Region
from tests.stories.released import changed, release, run, shipped
from tests.stories.test_triage_edit import begin, form_of, held
from tests.stories.test_triage_pages import text_of

SHIPPED, IMPORTS = "/manage/triage/shipped", "/manage/triage-imports"


async def send_archive(person: Person, raw: bytes, note: str = "") -> httpx.Response:
    """Send a file as the page's form does."""
    return await person.post(IMPORTS, {"note": note}, files={"archive": ("innehall.zip", raw, "application/zip")})


async def test_a_draft_is_begun_from_any_version_with_note_and_next_number(region: Region) -> None:
    eva = await region.staff("eva")
    form = form_of(await eva.get(f"{SHIPPED}/drafts"))
    assert form["release"] == "0.2.0"
    answer = await eva.post(f"{SHIPPED}/drafts", form | {"note": "Nya råd"})
    draft = answer.headers["location"]
    page = text_of((await eva.get(draft)).text)
    assert "linjen_exempel 0.2.0 Utkast Ändrat av Eva Rask" in page
    assert "Anteckning: Nya råd" in page
    files = await held(region, draft)
    assert {name for name in files if files[name] != shipped()[name]} == {"general.yaml"}
    assert await region.value("select based_on from triage_releases") == load().stamp
    assert "Nya råd" in text_of((await eva.get("/manage/triage")).text)


async def test_note_and_number_are_changed_and_a_draft_is_thrown_away(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    form = form_of(await eva.get(f"{draft}/details"))
    wrong = await eva.post(f"{draft}/details", form | {"release": "två"})
    assert (wrong.status_code, "Skriv tre tal" in wrong.text) == (422, True)
    long = await eva.post(f"{draft}/details", form | {"note": "x" * 2001})
    assert (long.status_code, "Högst 2000 tecken" in long.text) == (422, True)
    assert (await eva.post(f"{draft}/details", form | {"note": "Bättre", "release": "1.0.0"})).status_code == 303
    assert b"release: 1.0.0" in (await held(region, draft))["general.yaml"]
    stale = await eva.post(f"{draft}/details", form | {"note": "Sämre"})
    assert (stale.status_code, "Sämre" in stale.text) == (409, True)
    assert (await eva.post(f"{draft}/removals", {"changes": "1"})).status_code == 409
    assert (await eva.post(f"{draft}/removals", {"changes": "2"})).status_code == 303
    assert (await eva.get(draft)).status_code == 404
    assert await region.value("select count(*) from triage_files") == 0


async def test_a_version_goes_out_and_comes_in_byte_for_byte(region: Region) -> None:
    eva, disa = await region.staff("eva"), await region.staff("disa")
    files = shipped() | {"risk.yaml": shipped()["risk.yaml"].replace(b"\n", b"\r\n"), "hosta.yaml": b"kind: [\n\xff"}
    draft = await begin(region, files)
    out = await disa.get(f"{draft}/archive")
    assert out.headers["content-type"] == "application/zip"
    assert ".zip" in out.headers["content-disposition"]
    back = await send_archive(eva, out.content, "Tillbaka")
    assert await held(region, back.headers["location"]) == files
    assert (await eva.get(f"{back.headers['location']}/archive")).content == out.content
    with zipfile.ZipFile(io.BytesIO((await eva.get(f"{SHIPPED}/archive")).content)) as archive:
        assert {info.filename: archive.read(info) for info in archive.infolist()} == shipped()


def _zip(entries: Mapping[str, bytes], mode: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", mode) as archive:
        for name, raw in entries.items():
            archive.writestr(name, raw)
    return held.getvalue()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "Välj en fil."),
        (b"inte en zip", "går inte att läsa som zip"),
        (_zip({"../x.yaml": b"a"}), "../x.yaml ligger utanför"),
        (_zip({"/etc/x.yaml": b"a"}), "ligger utanför"),
        (_zip({"README.md": b"a"}), "README.md är inget namn"),
        (_zip({"bomb.yaml": b"0" * 30_000_000}), "bomb.yaml är för stor"),
        (_zip({f"f{number}.yaml": b"a" for number in range(600)}), "För många filer"),
        (_zip({}), "Zip-filen är tom"),
        (_zip({"halsont.yaml": b"x" * 4_990_000}, zipfile.ZIP_STORED), "för stor"),
    ],
)
async def test_a_hostile_archive_is_refused_with_its_reason(region: Region, raw: bytes, words: str) -> None:
    answer = await send_archive(await region.staff("eva"), raw)
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert await region.value("select count(*) from triage_releases") == 0
    assert region.site.shelf.running().stamp == load().stamp


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(region: Region) -> None:
    answer = await send_archive(await region.staff("eva"), b"x" * 7_000_000)
    assert answer.status_code == 413


async def test_a_broken_file_comes_in_as_a_draft_and_is_pointed_at(region: Region) -> None:
    eva = await region.staff("eva")
    answer = await send_archive(eva, write_archive(shipped() | {"halsont.yaml": b"kind: reason\nid: [\n"}))
    page = text_of((await eva.get(f"{answer.headers['location']}/problems")).text)
    assert "halsont.yaml 3" in page
    assert region.site.shelf.running().stamp == load().stamp


async def test_all_vignettes_are_held_against_what_runs(region: Region) -> None:
    eva = await region.staff("eva")
    files = changed("halsont.yaml", "  level: 5\n", "  level: 3\n")
    draft = await begin(region, files)
    for _ in range(12):
        page = text_of((await eva.get(f"{draft}/vignettes")).text)
        if "vinjetter är prövade" not in page:
            break
    assert "Hamnar utanför godtagna nivåer" in page
    assert "halsont.forkyld_vuxen 31 år" in page
    assert "5 Egenvård blir 3 Inom ett dygn" in page
    await run(region, await release(region, files))
    same = text_of((await eva.get(f"{draft}/vignettes")).text)
    assert "Inget skiljer sig från versionen som är i drift" in same
    broken = await begin(region, shipped() | {"risk.yaml": b"kind: risk\n"})
    assert "när versionens fel är rättade" in (await eva.get(f"{broken}/vignettes")).text


async def test_codes_are_found_by_name_and_question(region: Region) -> None:
    eva = await region.staff("eva")
    for wanted in ("gen.fever", "Feber 38", "38 grader"):
        assert "gen.fever" in text_of((await eva.get(f"{SHIPPED}/codes?q={wanted}")).text)
    assert (await (await region.staff("karin", "ankaret")).get(f"{SHIPPED}/codes")).status_code == 404


async def test_who_only_sees_takes_files_out_but_puts_none_in(region: Region) -> None:
    disa, draft = await region.staff("disa"), await begin(region)
    for path in (f"{draft}/archive", f"{draft}/vignettes", f"{draft}/problems"):
        assert (await disa.get(path)).status_code == 200, path
    assert (await send_archive(disa, write_archive(shipped()))).status_code == 404
    assert (await disa.post(f"{SHIPPED}/drafts", {"note": "", "release": ""})).status_code == 404
    assert (await disa.post(f"{draft}/removals", {"changes": "1"})).status_code == 404
    karin = await region.staff("karin", "ankaret")
    for path in (f"{draft}/archive", f"{draft}/vignettes", f"{draft}/problems"):
        assert (await karin.get(path)).status_code == 404, path


async def test_a_draft_that_was_released_meanwhile_is_not_changed(region: Region) -> None:
    eva = await region.staff("eva")
    released = await release(region, changed("halsont.yaml", "Berätta om febern", "Hur är febern?"))
    draft = f"/manage/triage/{released}"
    for path, data in (("/details", {"note": "x", "changes": "1"}), ("/removals", {"changes": "1"})):
        answer = await eva.post(draft + path, data)
        assert answer.status_code == 409
        assert "Gör ett nytt utkast" in answer.text
    async with region.site.database.transaction() as db:
        assert await read_files(db, UUID(str(released)))
