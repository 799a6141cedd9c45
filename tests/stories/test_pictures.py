"""Bilder: attached, seen, removed; a bad one is refused with its reason and takes nothing else with it."""

from __future__ import annotations

import asyncio
import io
import struct
import time
import zlib
from uuid import UUID

import httpx
from PIL import Image

from linjen.core.ids import new_id
from linjen.demo.world import id_of
from linjen.web import rate
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))
File = tuple[str, tuple[str, bytes, str]]


def photo(colour: tuple[int, int, int] = (200, 30, 40)) -> bytes:
    """A small JPEG with a camera's name in it."""
    exif = Image.Exif()
    exif[0x010F] = "Påhittad Telefon"
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG", exif=exif.tobytes())
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def as_file(data: bytes, name: str = "bild.jpg") -> File:
    return ("picture", (name, data, "image/jpeg"))


async def _at_pictures(region: Region) -> Walk:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag har fått ett utslag på armen", unit=ANKARET)
    await walk.send({"reasons": ["ovrigt"]})
    await walk.answer_all()
    return await walk.to_pictures()


def _ids(walk: Walk) -> list[str]:
    return [value for name, _, value in walk.fields() if name == "remove"]


async def test_several_pictures_are_kept_clean_and_shown(region: Region) -> None:
    walk = await _at_pictures(region)
    await walk.send({"do": "add"}, files=[as_file(photo()), as_file(photo((0, 90, 0)), "två.jpg")])
    assert walk.response.status_code == 200
    ids = _ids(walk)
    assert len(ids) == 2
    small = await walk.who.get(f"/cases/{walk.case_id}/pictures/{ids[0]}/thumbnail")
    large = await walk.who.get(f"/cases/{walk.case_id}/pictures/{ids[0]}")
    for answer, width in ((small, 320), (large, 640)):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        image = Image.open(io.BytesIO(answer.content))
        assert image.width == width
        assert not image.getexif()
    assert await region.value("select pictures from cases where id = $1", UUID(walk.case_id)) == 2
    assert await region.value(
        "select count(*) from access_log where case_id = $1 and verb = 'see_picture'", UUID(walk.case_id)
    ) == 2  # fmt: skip
    sealed = await region.value("select display_sealed from pictures where id = $1", UUID(ids[0]))
    assert isinstance(sealed, bytes)
    assert b"\xff\xd8\xff" not in sealed[:32]


async def test_the_same_picture_sent_again_is_kept_once_also_from_two_windows_and_when_all_room_is_taken(
    region: Region,
) -> None:
    walk = await _at_pictures(region)
    path = f"/intakes/{walk.case_id}/pictures"
    answers: list[httpx.Response] = await asyncio.gather(*(
        walk.who.post(path, {"do": "add"}, files=[as_file(photo())]) for _ in range(2)
    ))  # fmt: skip
    assert [answer.status_code for answer in answers] == [303, 303]
    await walk.open("pictures")
    first = _ids(walk)
    assert len(first) == 1
    await walk.send({"do": "add"}, files=[as_file(photo((20 * n, 0, 0))) for n in range(9)])
    await walk.send({"do": "next"}, path=path, files=[as_file(photo())])
    assert walk.step == "extra"
    await walk.open("pictures")
    assert (len(_ids(walk)), _ids(walk)[0]) == (10, first[0])


async def test_the_same_picture_is_kept_again_after_it_was_removed(region: Region) -> None:
    walk = await _at_pictures(region)
    await walk.send({"do": "add"}, files=[as_file(photo())])
    await walk.send({"remove": _ids(walk)[0]})
    await walk.send({"do": "add"}, files=[as_file(photo())])
    assert len(_ids(walk)) == 1


async def test_the_button_with_nothing_chosen_says_so_at_the_field(region: Region) -> None:
    walk = await _at_pictures(region)
    await walk.send({"do": "add"}, files=[as_file(b"", "")])
    assert walk.response.status_code == 422
    assert walk.html.count("Välj först en bild eller ta en.") == 2, "at the field and in the summary"
    await walk.send({"do": "next"}, path=f"/intakes/{walk.case_id}/pictures")
    assert walk.step == "extra", "going on without a picture is as good"


async def test_a_picture_can_be_removed_and_is_erased(region: Region) -> None:
    walk = await _at_pictures(region)
    await walk.send({"do": "add"}, files=[as_file(photo())])
    picture = _ids(walk)[0]
    await walk.send({"remove": picture})
    assert not _ids(walk)
    assert await region.value("select count(*) from pictures where id = $1", UUID(picture)) == 0
    assert await region.value("select pictures from cases where id = $1", UUID(walk.case_id)) == 0
    assert (await walk.who.get(f"/cases/{walk.case_id}/pictures/{picture}")).status_code == 404


async def test_bad_pictures_are_refused_in_words_within_2_s_and_the_good_one_stays(region: Region) -> None:
    walk = await _at_pictures(region)
    began = time.monotonic()
    files = [
        as_file(bomb(), "bomb.png"), as_file(photo()), as_file(photo()[:900], "trasig.jpg"),
        as_file(b"%PDF-1.7 inte en bild", "papper.jpg"), as_file(b"", "tom.jpg"),
    ]  # fmt: skip
    await walk.send({"do": "next"}, files=files)
    assert time.monotonic() - began < 8  # five pictures, two at a time, on a machine that others use too
    assert walk.response.status_code == 422
    assert walk.html.startswith("<!doctype html>")
    assert "<title>Fel:" in walk.html
    for words in (
        "Bilden bomb.png har för många bildpunkter.", "Bilden trasig.jpg går inte att öppna.",
        "Filen papper.jpg är ingen bild som vi kan läsa.", "Bilden tom.jpg är tom.",
    ):  # fmt: skip
        assert words in walk.html, words
    assert len(_ids(walk)) == 1
    await walk.send({"do": "next"}, path=f"/intakes/{walk.case_id}/pictures")
    assert walk.step == "extra"


async def test_a_bomb_alone_is_refused_within_2_s(region: Region) -> None:
    walk = await _at_pictures(region)
    began = time.monotonic()
    await walk.send({"do": "add"}, files=[as_file(bomb(), "bomb.png")])
    assert time.monotonic() - began < 2
    assert walk.response.status_code == 422


async def test_a_picture_of_more_than_15_mb_is_refused_with_its_reason(region: Region) -> None:
    walk = await _at_pictures(region)
    await walk.send({"do": "add"}, files=[as_file(photo() + bytes(15_000_001), "stor.jpg")])
    assert walk.response.status_code == 422
    assert "Bilden stor.jpg är större än 15 MB." in walk.html


async def test_there_is_room_for_ten_also_when_two_windows_send_at_once(region: Region) -> None:
    walk = await _at_pictures(region)
    await walk.send({"do": "add"}, files=[as_file(photo((20 * n, 0, 0))) for n in range(8)])
    assert len(_ids(walk)) == 8
    path = f"/intakes/{walk.case_id}/pictures"
    answers: list[httpx.Response] = await asyncio.gather(*(
        walk.who.post(path, {"do": "add"}, files=[as_file(photo((0, 90 * n, 90 * window))) for n in (1, 2)])
        for window in (1, 2)
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert await region.value("select count(*) from pictures where case_id = $1", UUID(walk.case_id)) == 10
    await walk.open("pictures")
    assert "Du har lagt till 10 bilder." in walk.html


async def test_a_stranger_neither_sees_nor_adds_nor_removes(region: Region) -> None:
    walk = await _at_pictures(region)
    await walk.send({"do": "add"}, files=[as_file(photo())])
    picture, amina = _ids(walk)[0], await region.resident("amina")
    for path in (f"/cases/{walk.case_id}/pictures/{picture}", f"/cases/{walk.case_id}/pictures/{picture}/thumbnail",
                 f"/cases/{walk.case_id}/pictures/{new_id()}"):  # fmt: skip
        assert (await amina.get(path)).status_code == 404
    own = await Walk(region, amina).begin()
    assert (await amina.get(f"/cases/{own.case_id}/pictures/{picture}")).status_code == 404
    rate.forget()
    added = await amina.post(f"/intakes/{walk.case_id}/pictures", {"do": "add"}, files=[as_file(photo())])
    removed = await amina.post(f"/intakes/{walk.case_id}/pictures", {"remove": picture})
    assert (added.status_code, removed.status_code) == (404, 404)
    assert await region.value("select count(*) from pictures where case_id = $1", UUID(walk.case_id)) == 1


async def test_a_sent_case_takes_no_more_pictures_but_staff_may_see_them(region: Region) -> None:
    walk = await _at_pictures(region)
    await walk.send({"do": "add"}, files=[as_file(photo())])
    picture = _ids(walk)[0]
    await walk.finish()
    assert walk.step == "receipt"
    late = await walk.who.post(f"/intakes/{walk.case_id}/pictures", {"do": "add"}, files=[as_file(photo())])
    assert (late.status_code, "redan skickat" in late.text) == (409, True)
    removed = await walk.who.post(f"/intakes/{walk.case_id}/pictures", {"remove": picture})
    assert removed.status_code == 409
    assert await region.value("select count(*) from pictures where case_id = $1", UUID(walk.case_id)) == 1
    assert (await walk.who.get(f"/cases/{walk.case_id}/pictures/{picture}")).status_code == 200


async def test_a_picture_of_a_case_says_which_it_is_and_what_its_link_opens(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    for _ in range(2):
        await region.site.database.execute(
            "insert into pictures (id, case_id, by_id, display_sealed, thumbnail_sealed, width, height, added_at)"
            " select $1, id, opened_by, 'x', 'x', 640, 480, '2023-05-15 08:21+00' from cases where id = $2",
            new_id(), case_id,
        )  # fmt: skip
    await region.site.database.execute("update cases set pictures = 2 where id = $1", case_id)
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert 'alt="Bild 2 av 2, tillagd 15 maj 2023 kl. 10.21. Visas i full storlek."' in page
    await region.site.database.execute("update sessions set language = 'en' where kind = 'resident'")
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert 'alt="Picture 2 of 2, added 15 May 2023 at 10:21. Opens in full size."' in page
    desk = (await (await region.staff("karin", "ankaret")).get(f"/clinic/cases/{case_id}")).text
    assert 'alt="Bild 1 av 2 från Gustav Öberg, 15 maj 2023, kl. 10.21. Öppnas i en ny flik."' in desk


async def test_what_a_picture_shows_is_told_in_her_words_and_goes_along_with_it(region: Region) -> None:
    walk = await _at_pictures(region)
    await walk.send({"do": "add"}, files=[as_file(photo()), as_file(photo((0, 90, 0)))])
    first, second = _ids(walk)
    path = f"/intakes/{walk.case_id}/pictures"
    too_long = await walk.who.post(
        path, {"do": "next", f"about-{first}": "Utslaget <nära>", f"about-{second}": "x" * 201}
    )
    assert too_long.status_code == 422
    assert "Skriv högst 200 tecken om bilden" in too_long.text
    assert "Utslaget &lt;nära&gt;" in too_long.text, "what was right is saved"
    await walk.open("pictures")
    await walk.send({"do": "next"})
    assert walk.step == "extra"
    await walk.finish()
    case = UUID(walk.case_id)
    sealed = await region.value("select about_sealed from pictures where id = $1", UUID(first))
    assert isinstance(sealed, bytes)
    assert b"Utslaget" not in sealed
    karin = await region.staff("karin", "ankaret")
    assert "Utslaget &lt;nära&gt;" in (await karin.get(f"/clinic/cases/{case}")).text
    assert "Avsändaren beskriver:" in (await karin.get(f"/clinic/cases/{case}/pictures?show={first}")).text
    book = (await walk.who.get(f"/cases/{case}/book")).json()
    assert [one["description"] for one in book["pictures"]] == ["Utslaget <nära>", ""]
    assert b"/Alt" in (await walk.who.get(f"/cases/{case}/book.pdf")).content
    late = await walk.who.post(path, {"do": "add", f"about-{first}": "Efteråt"})
    assert late.status_code != 200
    assert "Efteråt" not in (await karin.get(f"/clinic/cases/{case}")).text
