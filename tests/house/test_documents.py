"""The documents: every link and picture leads to a file, and a picture is small enough for who loads the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r'\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)|<img[^>]+src="([^"]+)"')


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    named = [one or other for one, other in _LINK.findall(page.read_text("utf-8"))]
    assert not [name for name in named if not (page.parent / name).exists()]


def test_every_picture_is_shown_and_small() -> None:
    pictures = sorted((ROOT / "docs/pictures").glob("*"))
    shown = (ROOT / "README.md").read_text("utf-8")
    assert 4 <= len(pictures) <= 8
    for picture in pictures:
        assert picture.name in shown, f"{picture.name} is shown nowhere"
        assert picture.stat().st_size <= 120 * 1024
    assert all('alt=""' not in line for line in shown.splitlines() if "docs/pictures" in line)
