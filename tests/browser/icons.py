"""The icons of the app, drawn from our own favicon by Chromium: `python -m tests.browser.icons` writes them."""

from __future__ import annotations

import asyncio
import re
import shutil

from playwright.async_api import async_playwright

from linjen.web.assets import STATIC

ICONS = STATIC / "icons"
#: name -> (size, how large the drawing is in it, square corners, one colour on nothing).
DRAWN = {
    "app-180": (180, 1.0, True, False),
    "app-192": (192, 1.0, False, False),
    "app-512": (512, 1.0, False, False),
    "app-maskable-512": (512, 0.9, True, False),
    "badge-96": (96, 1.0, True, True),
}


def page_of(name: str) -> str:
    """A page that is nothing but the icon."""
    size, scale, square, plain = DRAWN[name]
    svg = (ICONS / "favicon.svg").read_text("utf-8")
    ground = re.search(r'fill="(#[0-9a-f]{6})"', svg)
    assert ground is not None
    if square:
        svg = svg.replace(' rx="7"', "")
    if plain:  # a badge is a mask: only what is not see-through counts
        svg = re.sub(r"<rect[^>]*/>", "", svg).replace("#f3b48d", "#fff")
    inner = round(size * scale)
    svg = svg.replace("<svg ", f'<svg width="{inner}" height="{inner}" ', 1)
    fill = "transparent" if plain or not square else ground[1]
    style = f"margin:0;width:{size}px;height:{size}px;display:grid;place-items:center;background:{fill}"
    return f'<!doctype html><body style="{style}">{svg}'


async def draw() -> None:
    """Write them all."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (size, *_) in DRAWN.items():
            page = await browser.new_page(viewport={"width": size, "height": size})
            await page.set_content(page_of(name))
            await page.screenshot(path=ICONS / f"{name}.png", omit_background=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(draw())
