"""Pictures, made by the tests when LINJEN_PICTURES=1: the README's, and a film of each page and journey to look at."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

_FOLDER = Path(__file__).parents[2] / "docs/pictures"
_MOST_BYTES = 120 * 1024
#: Where the films lie; git leaves them alone.
_FILMS = Path(__file__).parents[2] / "build/films"
_SIZES = {"phone": (360, 640), "desktop": (1366, 768)}


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


async def film(page: Page, journey: str, step: str, *, whole: bool = False) -> None:
    """Write build/films/<journey>/<step>-<size>-<light or dark>.png, phone's and desktop's; `whole` pages or windows.

    The window has its own size and colours again afterwards.
    """
    if os.environ.get("LINJEN_PICTURES") != "1":
        return
    folder, before = _FILMS / journey, page.viewport_size
    folder.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in _SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        for colours in ("light", "dark"):
            await page.emulate_media(color_scheme=colours)
            await page.screenshot(path=folder / f"{step}-{size}-{colours}.png", full_page=whole)
    await page.emulate_media(color_scheme="null")
    if before:
        await page.set_viewport_size(before)
