"""Bilder: looked at, compared, downloaded, marked for the archive, and set aside when somebody else's (F084)."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID, uuid4

import httpx
import pytest

from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.triaged import send_triaged

_LOGGED = "select count(*) from access_log where case_id = $1 and verb = $2 and refused is null"
_EVENTS = "select count(*) from events where case_id = $1 and kind = $2"
_COUNT = "select pictures from cases where id = $1"


async def pictured(region: Region) -> tuple[Person, Person, UUID, list[str]]:
    """Gustav's case with two pictures, as Karin meets it; the pictures' ids."""
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = await send_triaged(region, "gustav", set(), {"gen.chills"}, pictures=2)
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    return karin, gustav, case_id, re.findall(r"pictures\?show=([0-9a-f-]{36})", page)


async def act(person: Person, case_id: UUID, picture: str, what: str, **fields: str) -> httpx.Response:
    """Press a button at a picture."""
    return await person.post(f"/clinic/cases/{case_id}/pictures/{picture}/{what}", fields)


async def test_one_picture_is_shown_and_another_beside_it_without_a_script(region: Region) -> None:
    karin, _, case_id, ids = await pictured(region)
    url = f"/clinic/cases/{case_id}/pictures"
    one = (await karin.get(f"{url}?show={ids[1]}")).text
    assert one.count("data-viewer") == 1
    assert re.search(r"\d+ × \d+ bildpunkter", one)
    assert f'src="{url}/{ids[1]}"' in one
    assert f'href="{url}?show={ids[1]}&amp;beside={ids[0]}"' in one
    two = (await karin.get(f"{url}?show={ids[1]}&beside={ids[0]}")).text
    assert two.count("data-viewer") == 2
    assert (await karin.get(f"{url}?show={uuid4()}&beside=x")).text.count("data-viewer") == 1
    assert f'href="{url}/{ids[1]}"' in one, "full size by a link"
    assert await region.value(_LOGGED, case_id, "see_picture") == 3


async def test_a_download_is_logged_and_its_name_tells_nothing(region: Region) -> None:
    karin, _, case_id, ids = await pictured(region)
    answer = await karin.get(f"/clinic/cases/{case_id}/pictures/{ids[1]}/download")
    assert answer.content == b"stor 1"
    assert answer.headers["content-disposition"] == 'attachment; filename="bild-2.jpg"'
    assert await region.value(_LOGGED, case_id, "download_picture") == 1
    await owner_does(
        region, "alter table access_log add constraint broken check (verb <> 'download_picture') not valid"
    )
    assert (await karin.get(f"/clinic/cases/{case_id}/pictures/{ids[1]}/download")).status_code == 500


async def test_it_is_marked_for_the_archive_once_and_the_mark_can_be_taken_away(region: Region) -> None:
    karin, gustav, case_id, ids = await pictured(region)
    answers = await asyncio.gather(*(act(karin, case_id, ids[0], "archivings", wanted="yes") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_EVENTS, case_id, "picture_marked") == 1
    assert "Markerad för PACS" in (await karin.get(answers[0].headers["location"])).text
    assert "Karin Lindqvist markerade en bild för PACS" in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "PACS" not in (await gustav.get(f"/cases/{case_id}")).text
    assert (await act(karin, case_id, ids[0], "archivings")).status_code == 303
    assert await region.value("select archive_at from pictures where id = $1", UUID(ids[0])) is None
    assert await region.value(_EVENTS, case_id, "picture_unmarked") == 1


async def test_a_picture_of_somebody_else_disappears_for_everybody_and_can_be_put_back(region: Region) -> None:
    karin, gustav, case_id, ids = await pictured(region)
    bo = await region.staff("bo", "ankaret")
    await act(karin, case_id, ids[0], "archivings", wanted="yes")
    async with gustav.listen(f"/cases/{case_id}/stream") as his:
        await his.wait_for("hello")
        answer = await act(karin, case_id, ids[0], "misplacements")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/cases/{case_id}/pictures")
        await his.wait_for("picture_set_aside")
    assert await region.value(_COUNT, case_id) == 1
    assert ids[0] not in (await gustav.get(f"/cases/{case_id}")).text
    paths = [f"/cases/{case_id}/pictures/{ids[0]}", f"/cases/{case_id}/pictures/{ids[0]}/thumbnail"]
    for path in paths:
        assert (await gustav.get(path)).status_code == 404
    for end in ("", "?size=thumbnail", "/download"):
        assert (await karin.get(f"/clinic/cases/{case_id}/pictures/{ids[0]}{end}")).status_code == 404
    assert (await act(karin, case_id, ids[0], "archivings", wanted="yes")).status_code == 404
    assert await region.value("select archive_at from pictures where id = $1", UUID(ids[0])) is None
    desk = (await bo.get(f"/clinic/cases/{case_id}/pictures")).text
    assert "Karin Lindqvist lade undan en bild" in desk
    assert f'src="/clinic/cases/{case_id}/pictures/{ids[0]}' not in desk
    assert "Undanlagda bilder: 1" in (await bo.get(f"/clinic/cases/{case_id}")).text
    assert (await act(bo, case_id, ids[0], "misplacements", undo="yes")).status_code == 303
    assert await region.value(_COUNT, case_id) == 2
    assert (await gustav.get(paths[0])).status_code == 200
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Bo Hellström lade tillbaka en bild i ärendet" in page
    assert "Karin Lindqvist lade undan en bild som hör till en annan patient" in page


async def test_setting_aside_twice_at_once_is_one(region: Region) -> None:
    karin, _, case_id, ids = await pictured(region)
    bo = await region.staff("bo", "ankaret")
    answers = await asyncio.gather(*(act(who, case_id, ids[0], "misplacements") for who in (karin, bo, karin)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_EVENTS, case_id, "picture_set_aside") == 1
    assert await region.value(_COUNT, case_id) == 1


async def test_strangers_and_pictures_of_other_cases_do_not_exist(region: Region) -> None:
    karin, gustav, case_id, ids = await pictured(region)
    lena, mona = await region.staff("lena", "lyktan"), await region.staff("mona", "ankaret")
    for who in (lena, mona):
        assert (await who.get(f"/clinic/cases/{case_id}/pictures")).status_code == 404
        assert (await who.get(f"/clinic/cases/{case_id}/pictures/{ids[0]}/download")).status_code == 404
        for what in ("archivings", "misplacements"):
            assert (await act(who, case_id, ids[0], what, wanted="yes")).status_code == 404
    other = region.cases["waiting"]
    for what in ("archivings", "misplacements"):
        assert (await act(karin, other, ids[0], what, wanted="yes")).status_code == 404
        assert (await gustav.post(f"/clinic/cases/{case_id}/pictures/{ids[0]}/{what}")).status_code != 200
    assert await region.value(_COUNT, case_id) == 2


@pytest.mark.parametrize("kind", ["picture_marked", "picture_set_aside"])
async def test_without_its_event_nothing_has_changed(region: Region, kind: str) -> None:
    karin, _, case_id, ids = await pictured(region)
    await owner_does(region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    what = "archivings" if kind == "picture_marked" else "misplacements"
    assert (await act(karin, case_id, ids[0], what, wanted="yes")).status_code == 500
    assert await region.value(_COUNT, case_id) == 2
    assert (
        await region.value("select coalesce(archive_at, set_aside_at) from pictures where id = $1", UUID(ids[0]))
        is None
    )
