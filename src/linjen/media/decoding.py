"""Pictures from outside made safe: checked, decoded in a process of their own, written anew without metadata."""

from __future__ import annotations

import signal

import msgspec

from linjen.core.apart import Desk
from linjen.core.errors import Invalid

MAX_BYTES = 15 * 1000 * 1000
AT_ONCE = 2
MAX_WAITING = 32
# The process keeps its own, shorter time (decoding_process.WALL_S and less); this is for one that does not even start.
WALL_S = 10.0

_MAX_ANSWER = 32 * 1000 * 1000
_MAX_SIDE = 2048
_REASONS = {"picture_too_many_pixels", "picture_broken", "picture_too_slow"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis"}


class Prepared(msgspec.Struct, frozen=True):
    """Two JPEG files without metadata; `width` and `height` are those of `display`, in px."""

    display: bytes
    thumbnail: bytes
    width: int
    height: int


_DESK = Desk("picture", AT_ONCE)


def _is_heic(data: bytes) -> bool:
    """An ISO media file whose brands name HEVC-coded pictures; AVIF and video have the same outer shape."""
    if data[4:8] != b"ftyp":
        return False
    box = data[: min(int.from_bytes(data[:4], "big"), 256)]
    brands = {box[8:12]} | {box[at : at + 4] for at in range(16, len(box) - 3, 4)}
    return bool(brands & _HEIC_BRANDS)


def is_picture(data: bytes) -> bool:
    """Does `data` begin as a JPEG, PNG or HEIC file? Only the content counts: names and types are claims."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or _is_heic(data)


async def prepare_picture(data: bytes) -> Prepared:
    """Make the two files that are kept of a picture: display at most 2,048 px a side, thumbnail at most 320 px.

    Takes JPEG, PNG and HEIC of at most 15 MB and 50 megapixels. Orientation is applied, colours become sRGB, and place,
    device and every other tag are gone. At most two pictures are decoded at a time.

    Raises Invalid with the reason picture_empty, picture_too_large, picture_kind, picture_too_many_pixels,
    picture_broken or picture_too_slow; Unavailable with picture_queue_full or picture_no_process.
    """
    if not data:
        raise Invalid("picture_empty", "picture")
    if len(data) > MAX_BYTES:
        raise Invalid("picture_too_large", "picture", max_bytes=MAX_BYTES)
    if not is_picture(data):
        raise Invalid("picture_kind", "picture")
    found = await _DESK.run(
        "linjen.media.decoding_process", data, wall_s=WALL_S, longest=_MAX_ANSWER, waiting=MAX_WAITING
    )
    if found.code is None or found.code in {-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL}:
        raise Invalid("picture_too_slow", "picture")
    return _read_answer(found.answer)


def _read_answer(answer: bytes) -> Prepared:
    """The answer taken apart. It has touched hostile input, so it is believed only as far as it can be checked."""
    line, _, files = answer.partition(b"\n")
    words = line[:100].decode("ascii", "replace").split()
    if len(words) == 1 and words[0] in _REASONS:
        raise Invalid(words[0], "picture")
    if len(words) != 5 or words[0] != "ok" or not all(word.isdecimal() for word in words[1:]):
        raise Invalid("picture_broken", "picture")
    width, height, display_bytes, thumbnail_bytes = map(int, words[1:])
    display, thumbnail = files[:display_bytes], files[display_bytes:]
    whole = len(display) == display_bytes and len(thumbnail) == thumbnail_bytes
    jpeg = display.startswith(b"\xff\xd8\xff") and thumbnail.startswith(b"\xff\xd8\xff")
    if not (whole and jpeg and 0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise Invalid("picture_broken", "picture")
    return Prepared(display, thumbnail, width, height)
