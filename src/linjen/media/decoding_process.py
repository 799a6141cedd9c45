"""The short-lived process that turns one picture from outside into two clean JPEG files.

Started as `python -I -m linjen.media.decoding_process` by `media/decoding.py`: the picture comes on standard input,
the answer goes to standard output. The first line is `ok WIDTH HEIGHT DISPLAY_BYTES THUMBNAIL_BYTES`, followed by the
two files, or it is the name of the reason why not. Whatever the picture does to the decoders, it does it here: with
little memory and time, without files, without network, without the server's keys in its memory.
"""

from __future__ import annotations

import io
import resource
import signal
import sys

import pi_heif
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin

MAX_PIXELS = 50_000_000
#: Bytes that the rows of a PNG hold when they are unpacked: 50 megapixels of four ordinary channels.
MAX_UNPACKED = 4 * MAX_PIXELS
DISPLAY_PX = 2048
THUMBNAIL_PX = 320
QUALITY = 90
# A camera's progressive JPEG has about ten passes. Thousands of them are a known way to keep a decoder busy, and the
# marker can be counted without decoding because image data never contains it.
MAX_SCANS = 100

MEMORY_BYTES = 1 << 30
CPU_S = 10
WALL_S = 8.0
# Seconds allowed for a picture: a start, plus a share for each megapixel. HEIC takes about four times as long, and an
# honest telephone picture of 12 megapixels needs its 3 s even when both cores are busy with others.
START_S = 1.5
HEIC_S_PER_MEGAPIXEL = 0.5
OTHER_S_PER_MEGAPIXEL = 0.12

# Pillow loads these when it first meets their kind of data, which is too late once files may not be opened.
_LOADED_EARLY = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin)
_SRGB = ImageCms.createProfile("sRGB")


class Unfit(Exception):
    """The picture is refused; the text is the reason's name."""


def load_decoders() -> None:
    """Everything that Pillow would otherwise open a file for later."""
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = None  # ours is lower, and gives a reason of its own
    pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)


def confine() -> None:
    """Give up, for good, what decoding does not need. Called before the first byte of the picture is read."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_NOFILE: 0,  # nothing can be opened any more, and a socket is an open file too
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in limits.items():
        resource.setrlimit(kind, (value, value))


def _limit_time(image: Image.Image) -> None:
    """Ask the kernel to end this process when the picture has had the time that its size deserves."""
    per_megapixel = HEIC_S_PER_MEGAPIXEL if image.format == "HEIF" else OTHER_S_PER_MEGAPIXEL
    megapixels = image.width * image.height / 1e6
    signal.setitimer(signal.ITIMER_REAL, min(WALL_S, START_S + per_megapixel * megapixels))


def _unpacked(data: bytes, image: Image.Image) -> int:
    """The bytes of a PNG's rows, which its header says in full: sixteen bits a channel are twice the work of eight."""
    if image.format != "PNG":
        return 0
    depth, colours = data[24], {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(data[25], 4)
    return image.width * image.height * depth * colours // 8


def _open(data: bytes) -> Image.Image:
    """Read the header only, and refuse by it."""
    image = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "HEIF"])
    if image.width * image.height > MAX_PIXELS or _unpacked(data, image) > MAX_UNPACKED:
        raise Unfit("picture_too_many_pixels")
    if image.format in {"JPEG", "MPO"} and data.count(b"\xff\xda") > MAX_SCANS:
        raise Unfit("picture_too_slow")
    return image


def _shrunk(image: Image.Image) -> Image.Image:
    """At most 2,048 px on either side, in a mode that can be shrunk without changing its colours."""
    image.draft("RGB", (DISPLAY_PX, DISPLAY_PX))  # a JPEG is decoded at half or quarter size straight away
    image.load()
    if image.mode in {"P", "PA", "LA", "La", "RGBa"}:
        image = image.convert("RGBA")
    elif image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        image = image.convert("RGB")
    image.thumbnail((DISPLAY_PX, DISPLAY_PX), Image.Resampling.LANCZOS, reducing_gap=1.5)
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Plain sRGB on white. Telephones write wide-gamut colours; without this step a rash would look paler."""
    icc = image.info.get("icc_profile")
    if image.mode == "RGBA":
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A"))
        image = flat
    if icc:
        try:
            converted = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(icc)), _SRGB, outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a profile that does not fit the picture says nothing about its colours
        image = converted or image
    return image.convert("RGB")


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation 1–8; 1 when there is none or it cannot be read."""
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:
        return 1  # a camera's odd EXIF costs at most a turn of the head, never the picture


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    tagged = Image.Exif()
    tagged[0x0112] = orientation
    image.info = {"exif": tagged.tobytes()}
    return ImageOps.exif_transpose(image)


def _jpeg(image: Image.Image) -> bytes:
    """The pixels alone: made from a fresh image, so that no metadata has a way in. Full colour resolution."""
    image.info = {}
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, subsampling=0, optimize=False)
    return out.getvalue()


def prepare(data: bytes) -> tuple[int, int, bytes, bytes]:
    """Width and height in px of the display file, the display file, the thumbnail file. Raises Unfit."""
    try:
        image = _open(data)
        _limit_time(image)
        small = _shrunk(image)
        display = _upright(_in_srgb(small), _orientation(image))
    except Unfit:
        raise
    except Exception as error:  # the decoders raise nearly everything; for the person it is all one thing
        raise Unfit("picture_broken") from error
    thumbnail = display.copy()
    thumbnail.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
    return display.width, display.height, _jpeg(display), _jpeg(thumbnail)


def main() -> None:
    """Read, prepare, answer."""
    load_decoders()
    confine()
    out = sys.stdout.buffer
    try:
        width, height, display, thumbnail = prepare(sys.stdin.buffer.read())
    except Unfit as unfit:
        out.write(f"{unfit}\n".encode())
    else:
        out.write(f"ok {width} {height} {len(display)} {len(thumbnail)}\n".encode() + display + thumbnail)
    out.flush()


if __name__ == "__main__":
    main()
