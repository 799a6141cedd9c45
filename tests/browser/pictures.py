"""The README's pictures, made by the tests when LINJEN_PICTURES=1."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

_FOLDER = Path(__file__).parents[2] / "docs/pictures"
_MOST_BYTES = 120 * 1024


async def take_picture(page: Page, name: str) -> None:
    """Write docs/pictures/<name>.png as the window shows it, small enough for a page that people load."""
    if os.environ.get("LINJEN_PICTURES") != "1":
        return
    image = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    for colours in (256, 128, 64, 32):
        stream = io.BytesIO()
        image.quantize(colours).save(stream, "PNG", optimize=True)
        if stream.tell() <= _MOST_BYTES:
            break
    _FOLDER.mkdir(parents=True, exist_ok=True)
    (_FOLDER / f"{name}.png").write_bytes(stream.getvalue())
