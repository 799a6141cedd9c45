"""A drawn picture for a seeded case: a rash on an arm, as coloured dots. It shows nobody and comes from no camera."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from linjen.media.decoding import Prepared

_WIDTH, _HEIGHT = 1200, 900
_THUMBNAIL = 320


def draw_rash() -> Prepared:
    """The two files of a picture as pictures.add_picture takes them; the same ones each time."""
    chance = Random(7)
    image = Image.new("RGB", (_WIDTH, _HEIGHT), (205, 214, 214))
    pen = ImageDraw.Draw(image)
    pen.polygon([(0, 210), (_WIDTH, 290), (_WIDTH, 690), (0, 740)], fill=(226, 184, 160))
    for _ in range(90):
        x, y, size = chance.gauss(620, 190), chance.gauss(480, 75), chance.uniform(6, 24)
        red = chance.randint(188, 214)
        pen.ellipse((x - size, y - size, x + size, y + size), fill=(red, red - 84, red - 92))
    image = image.filter(ImageFilter.GaussianBlur(5))
    small = image.copy()
    small.thumbnail((_THUMBNAIL, _THUMBNAIL))
    return Prepared(_jpeg(image), _jpeg(small), _WIDTH, _HEIGHT)


def _jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85)
    return stream.getvalue()
