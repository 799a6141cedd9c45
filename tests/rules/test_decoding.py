"""Pictures from outside: honest ones come out clean and upright, hostile ones cost a moment and nothing else."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image, ImageCms

from linjen.core.errors import Invalid, Unavailable
from linjen.media import decoding
from linjen.media.decoding import prepare_picture

pillow_heif.register_heif_opener()

RED, BLUE = (200, 30, 40), (20, 40, 190)


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def two_colours(width: int = 640, height: int = 480) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def place_and_device(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Påhittad Telefon"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (56.0, 40.0, 1.0), 3: "E", 4: (16.0, 20.0, 1.0)})
    return exif.tobytes()


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png_bomb(side: int) -> bytes:
    """A valid one-bit PNG, `side` px square: small as a file, huge when decoded."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side // 8 + 1)) for _ in range(side)) + packer.flush()
    header = side.to_bytes(4, "big") * 2 + bytes((1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def is_near(seen: Any, wanted: tuple[int, int, int], within: int = 12) -> bool:
    return all(abs(a - b) <= within for a, b in zip(seen, wanted, strict=True))


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


async def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        await prepare_picture(data)
    return caught.value.reason


def memory_kb(line: str) -> int:
    for row in Path("/proc/self/status").read_text("ascii").splitlines():
        if row.startswith(f"{line}:"):
            return int(row.split()[1])
    raise AssertionError(line)


def forget_peak() -> None:
    """Let the kernel's mark of the highest memory use start anew."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def decoders() -> set[int]:
    """The decoding processes that this process has now."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # threads and processes come and go while we look
            for pid in (task / "children").read_text("ascii").split():
                if b"decoding_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.add(int(pid))
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
async def test_each_kind_becomes_two_jpeg_files(kind: str) -> None:
    prepared = await prepare_picture(written(two_colours(3000, 1500), kind))
    display, thumbnail = opened(prepared.display), opened(prepared.thumbnail)
    assert (display.format, thumbnail.format) == ("JPEG", "JPEG")
    assert display.size == (2048, 1024) == (prepared.width, prepared.height)
    assert thumbnail.size == (320, 160)
    assert is_near(display.getpixel((300, 500)), RED)
    assert is_near(display.getpixel((1700, 500)), BLUE)


async def test_a_small_picture_is_not_made_larger() -> None:
    prepared = await prepare_picture(written(two_colours(200, 100), "PNG"))
    assert opened(prepared.display).size == opened(prepared.thumbnail).size == (200, 100)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
async def test_place_and_device_are_gone(kind: str) -> None:
    data = written(two_colours(), kind, exif=place_and_device())
    assert opened(data).getexif().get_ifd(0x8825), "the picture that goes in must have a place"
    prepared = await prepare_picture(data)
    for file in (prepared.display, prepared.thumbnail):
        assert not opened(file).getexif()
        assert set(opened(file).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive"}
        assert b"Exif" not in file
        assert b"Telefon" not in file


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
async def test_a_turned_telephone_gives_an_upright_picture(kind: str) -> None:
    """Orientation 6 means: turn a quarter clockwise to see it right, so left becomes top."""
    prepared = await prepare_picture(written(two_colours(), kind, exif=place_and_device(orientation=6)))
    display = opened(prepared.display)
    assert display.size == (480, 640)
    assert is_near(display.getpixel((240, 100)), RED)
    assert is_near(display.getpixel((240, 540)), BLUE)


async def test_colours_of_a_wide_profile_become_those_of_the_screen() -> None:
    """A profile that names its colours otherwise must be used before it is removed."""
    lab = ImageCms.createProfile("LAB")
    to_lab = ImageCms.profileToProfile(two_colours(), ImageCms.createProfile("sRGB"), lab, outputMode="LAB")
    assert to_lab is not None
    profile = ImageCms.ImageCmsProfile(lab).tobytes()
    wrong = Image.merge("RGB", [to_lab.getchannel(band) for band in range(3)])
    with_bad_profile = await prepare_picture(written(wrong, "PNG", icc_profile=profile))
    assert opened(with_bad_profile.display).size == (640, 480)
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = swapped.replace(b"rXYZ", b"tmpZ").replace(b"bXYZ", b"rXYZ").replace(b"tmpZ", b"bXYZ")
    prepared = await prepare_picture(written(two_colours(), "PNG", icc_profile=swapped))
    red, _, blue = opened(prepared.display).convert("RGB").split()
    assert red.getpixel((100, 100)) < blue.getpixel((100, 100))  # type: ignore[operator]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_every_kind_of_png_is_shown_on_white(mode: str) -> None:
    grey = Image.new("I;16", (64, 48), 128 * 257) if mode == "I;16" else Image.new("L", (64, 48), 128).convert(mode)
    shown = opened((await prepare_picture(written(grey, "PNG"))).display).convert("L").getpixel((20, 20))
    assert shown in ({0, 255} if mode == "1" else range(124, 133))


async def test_what_can_be_seen_through_is_white() -> None:
    prepared = await prepare_picture(written(Image.new("RGBA", (64, 48), (0, 0, 0, 0)), "PNG"))
    assert is_near(opened(prepared.display).getpixel((20, 20)), (255, 255, 255))


async def test_a_picture_of_two_frames_keeps_the_first() -> None:
    data = written(two_colours(), "MPO", save_all=True, append_images=[Image.new("RGB", (640, 480), "white")])
    assert is_near(opened((await prepare_picture(data)).display).getpixel((100, 100)), RED)


async def test_a_telephone_picture_of_twelve_megapixels() -> None:
    noise = Image.effect_noise((500, 375), 60).resize((4032, 3024)).convert("RGB")
    data = written(noise, "HEIF", quality=60, enc_params={"preset": "ultrafast"})
    started = time.monotonic()
    prepared = await prepare_picture(data)
    assert (prepared.width, prepared.height) == (2048, 1536)
    assert time.monotonic() - started < decoding.WALL_S


# Refusals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [13_000, 30_000])
async def test_a_bomb_is_refused_at_once_and_the_web_process_does_not_grow(side: int) -> None:
    bomb = png_bomb(side)
    assert len(bomb) < 200_000
    await prepare_picture(written(two_colours(), "PNG"))
    forget_peak()
    before, started = memory_kb("VmRSS"), time.monotonic()
    assert await refusal(bomb) == "picture_too_many_pixels"
    assert time.monotonic() - started < 2
    assert memory_kb("VmHWM") - before < 64_000


async def test_sixteen_bits_a_channel_count_as_the_work_that_they_are() -> None:
    packer, side = zlib.compressobj(1), 7_000
    rows = b"".join(packer.compress(bytes(side * 6 + 1)) for _ in range(side)) + packer.flush()
    header = side.to_bytes(4, "big") * 2 + bytes((16, 2, 0, 0, 0))
    deep = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    begun = time.monotonic()
    assert await refusal(deep) == "picture_too_many_pixels"
    assert time.monotonic() - begun < 2


async def test_the_limit_of_pixels_counts_the_product() -> None:
    assert await refusal(written(Image.new("1", (50_001, 1000)), "PNG")) == "picture_too_many_pixels"
    assert (await prepare_picture(written(Image.new("1", (50_000, 1000)), "PNG"))).width == 2048


def many_passes() -> bytes:
    """A progressive JPEG whose last pass is repeated three thousand times."""
    data = written(two_colours(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 3000 + data[-2:]


def hollow_heic() -> bytes:
    data = written(two_colours(), "HEIF")
    return data[:-600] + bytes(600)


def heic_that_claims(side: int) -> bytes:
    """A real HEIC whose header speaks of another size than its picture has."""
    data = written(two_colours(), "HEIF")
    at = data.index(b"ispe") + 8
    return data[:at] + side.to_bytes(4, "big") * 2 + data[at + 8 :]


HOSTILE: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "picture_empty"),
    ("one byte more than allowed", b"\xff\xd8\xff" + bytes(15_000_000 - 2), "picture_too_large"),
    ("half a JPEG", written(two_colours(), "JPEG")[:3000], "picture_broken"),
    ("half a PNG", written(Image.effect_noise((200, 200), 90), "PNG")[:9000], "picture_broken"),
    ("half a HEIC", written(two_colours(), "HEIF")[:400], "picture_broken"),
    ("start of a JPEG", b"\xff\xd8\xff\xe0", "picture_broken"),
    ("JPEG start, then noise", b"\xff\xd8\xff" + bytes(range(256)) * 400, "picture_broken"),
    ("PNG start, then a web page", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>" * 90, "picture_broken"),
    ("a drawing that is a program", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "picture_kind"),
    ("GIF", written(two_colours(), "GIF"), "picture_kind"),
    ("WebP", written(two_colours(), "WEBP"), "picture_kind"),
    ("TIFF", written(two_colours(), "TIFF"), "picture_kind"),
    ("BMP", written(two_colours(), "BMP"), "picture_kind"),
    ("PDF", b"%PDF-1.7\n" + bytes(999), "picture_kind"),
    ("zip", b"PK\x03\x04" + bytes(999), "picture_kind"),
    ("video", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(999), "picture_kind"),
    ("AVIF", b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(999), "picture_kind"),
    ("web page before a JPEG", b"<html>" + written(two_colours(), "JPEG"), "picture_kind"),
    ("PDF name in a GIF89a and JPEG mix", b"GIF89a" + written(two_colours(), "JPEG"), "picture_kind"),
    ("many passes", many_passes(), "picture_too_slow"),
    ("HEIC that claims to be huge", heic_that_claims(30_000), "picture_too_many_pixels"),
    ("HEIC that claims to be tiny", heic_that_claims(16), "picture_broken"),
    ("PNG without width", png_bomb(8)[:16] + bytes(8) + png_bomb(8)[24:], "picture_broken"),
]


@pytest.mark.parametrize(("data", "reason"), [pytest.param(*row[1:], id=row[0]) for row in HOSTILE])
async def test_hostile_files_are_refused_within_two_seconds(data: bytes, reason: str) -> None:
    started = time.monotonic()
    assert await refusal(data) == reason
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
async def test_a_file_that_is_two_things_comes_out_as_a_picture_only(kind: str) -> None:
    tail = b"<script>alert(1)</script>PK\x03\x04%PDF-1.7"
    prepared = await prepare_picture(written(two_colours(), kind) + tail)
    assert b"script" not in prepared.display + prepared.thumbnail
    assert prepared.display.endswith(b"\xff\xd9")


async def test_damage_in_the_middle_of_a_heic_ends_in_a_picture_or_a_reason() -> None:
    """A damaged HEIC may still show something; what it may not do is take the program with it."""
    try:
        assert (await prepare_picture(hollow_heic())).width == 640
    except Invalid as error:
        assert error.reason == "picture_broken"


# The process ---------------------------------------------------------------------------------------------------------


def confined(body: str) -> subprocess.CompletedProcess[str]:
    program = f"from linjen.media import decoding_process as it\nit.load_decoders(); it.confine()\n{body}"
    return subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("bytearray(2 << 30)", "MemoryError"),
        ("open('/etc/hostname')", "OSError"),
        ("it._LOADED_EARLY and __import__('_socket').socket()", "OSError"),
        ("__import__('os').pipe()", "OSError"),
    ],
)
def test_the_process_can_reach_nothing(body: str, error: str) -> None:
    done = confined(body)
    assert done.returncode == 1
    assert error in done.stderr or "Too many open files" in done.stderr


def test_a_picture_that_takes_too_long_ends_its_process() -> None:
    slow = "it.START_S = 0.05; it.OTHER_S_PER_MEGAPIXEL = 0\nfrom PIL import Image\nimport io\n"
    slow += "out = io.BytesIO(); Image.new('L', (7000, 7000)).save(out, 'PNG', compress_level=0)\n"
    assert confined(slow + "it.prepare(out.getvalue())").returncode == -signal.SIGALRM


@pytest.fixture
def short_wall(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(decoding, "WALL_S", 0.02)
    yield


@pytest.mark.usefixtures("short_wall")
async def test_a_process_that_does_not_answer_is_ended() -> None:
    assert await refusal(written(two_colours(), "JPEG")) == "picture_too_slow"
    assert not decoders()


async def test_a_request_that_is_given_up_leaves_no_process() -> None:
    work = asyncio.create_task(prepare_picture(written(two_colours(4000, 3000), "HEIF")))
    while not decoders():  # noqa: ASYNC110 - another process has no event to wait for
        await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not decoders()


async def test_two_are_decoded_at_a_time_and_the_rest_wait() -> None:
    data = written(two_colours(2000, 1500), "PNG")
    work = [asyncio.create_task(prepare_picture(data)) for _ in range(6)]
    most = 0
    while not all(task.done() for task in work):
        most = max(most, len(decoders()))
        await asyncio.sleep(0.005)
    assert most == decoding.AT_ONCE
    assert {(await task).width for task in work} == {2000}


async def test_a_full_queue_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_WAITING", 0)
    data = written(two_colours(), "PNG")
    results = await asyncio.gather(*(prepare_picture(data) for _ in range(3)), return_exceptions=True)
    full = [result for result in results if isinstance(result, Unavailable)]
    assert [error.reason for error in full] == ["picture_queue_full"]


async def test_the_process_sees_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINJEN_MASTER_KEY_FILE", "/nowhere")
    work = asyncio.create_task(prepare_picture(written(two_colours(4000, 3000), "HEIF")))
    seen = b""
    while not work.done():
        for pid in decoders():
            seen += environment(pid)
        await asyncio.sleep(0.02)
    assert (await work).width == 2048
    assert b"LINJEN" not in seen
    assert b"LINJEN_MASTER_KEY_FILE" in os.environb


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"ok\n",
        b"ok 10 10 3\n",
        b"ok 10 10 9 9\nshort",
        b"ok -1 10 4 4\n\xff\xd8\xff\xd9\xff\xd8\xff\xd9",
        b"ok 9999 10 4 4\n\xff\xd8\xff\xd9\xff\xd8\xff\xd9",
        b"ok 10 10 4 4\n<svg\xff\xd8\xff\xd9",
        b"anything else\n",
        b"/etc/passwd\n",
    ],
)
def test_an_answer_is_believed_only_when_it_can_be_checked(answer: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        decoding._read_answer(answer)
    assert caught.value.reason == "picture_broken"
