"""The look keeps its promises: logical sides, no inline styles, nothing from elsewhere, small files, no bare text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from linjen.web.assets import STATIC
from linjen.web.fast import draw_bubble
from linjen.web.templates import Page, draw, environment

CSS = sorted((STATIC / "css").glob("*.css"))
PARTS = STATIC.parent / "parts"
SHARED = [
    path for path in sorted(PARTS.glob("*.html")) if not path.name.startswith(("staff", "clinic", "manage", "ledger"))
]


def _page(language: str = "sv", **more: Any) -> Page:
    return Page(language=language, csrf="token", path="/parts", region_name="Region Exempel", demo=True, **more)


def test_the_style_sheets_are_small_and_fetch_nothing() -> None:
    resident = {"tokens.css", "ground.css", "forms.css", "parts.css", "print.css"}
    sizes = {path.name: path.stat().st_size for path in CSS}
    assert sum(sizes[name] for name in resident) < 36_000
    assert max(sizes.values()) < 18_000
    assert [path.name for path in CSS if re.search(r"url\(|@import|https?:", path.read_text("utf-8"))] == []


#: What a resident's page loads, or one of her pages.
_RESIDENT = ("tokens", "ground", "forms", "parts", "print", "resident", "sign_in", "actions")
_SIDES = re.compile(
    r"(?:margin|padding|border|scroll-\w+)-(?:left|right)|(?:text-align|float|clear):\s*(?:left|right)|"
    r"(?<![\w-])(?:left|right)\s*:|border-(?:top|bottom)-(?:left|right)-radius"
)
_FOUR = re.compile(r"(?:margin|padding|inset|border-width|border-radius):\s*([^;}]+)")


def _one_sided(css: str) -> list[str]:
    """What would stay where it is when a page runs from right to left."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    fours = [one for one in _FOUR.findall(css) if len(parts := re.split(r"\s+(?![^(]*\))", one.strip())) == 4
             and parts[1] != parts[3]]  # fmt: skip
    corners = [
        one for one in re.findall(r"border-radius:\s*([^;}]+)", css) if " " in re.sub(r"\([^)]*\)", "", one.strip())
    ]
    return _SIDES.findall(css) + fours + corners


@pytest.mark.parametrize("name", _RESIDENT)
def test_the_resident_pages_know_no_left_and_right(name: str) -> None:
    assert _one_sided((STATIC / "css" / f"{name}.css").read_text("utf-8")) == []


@pytest.mark.parametrize(
    "css",
    [
        "a { margin-left: 0 }",
        "a { left: 1px }",
        "a { float: right }",
        "a { padding: 1px 2px 3px 4px }",
        "a { border-radius: 1px 0 0 }",
    ],
)
def test_a_side_is_seen(css: str) -> None:
    assert _one_sided(css)


def test_every_variable_that_is_used_has_a_value() -> None:
    css = "".join(path.read_text("utf-8") for path in CSS)
    assert set(re.findall(r"var\((--lj-[\w-]+)", css)) - set(re.findall(r"(--lj-[\w-]+):", css)) == set()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_of_all_parts_is_drawn_without_anything_inline(language: str) -> None:
    html = draw("parts/parts_page.html", _page(language), ledger_html="<tr><td>1</td></tr>")
    assert html.count("<h1") == 1
    assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|<style|data:|src=\"https?:", html)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_a_bubble_looks_the_same_in_a_page_and_live() -> None:
    """parts/bubble.html is its only source, drawn by both engines and filled in by the script."""
    at = datetime(2023, 5, 15, 8, 21, tzinfo=UTC)
    live = draw_bubble(
        "resident", message_id="1", seq=1, by_kind="staff", name="Karin Lindqvist", title="Sjuksköterska",
        text="Hej <b>Gustav</b>\noch välkommen!", at=at,
    )  # fmt: skip
    page = environment("sv").from_string(
        '{% import "parts/chat.html" as chat with context %}'
        '{{ chat.bubble(m, "resident") }}{{ chat.own_bubble("staff", "Bo") }}'
    )
    m = {"message_id": "1", "seq": 1, "by_kind": "staff", "name": "Karin Lindqvist", "title": "Sjuksköterska",
         "text": "Hej <b>Gustav</b>\noch välkommen!", "clock": "10.21", "day": "2023-05-15"}  # fmt: skip
    bubble, own = page.render(m=m).split("<template", 1)
    assert _without_times(bubble) == _without_times(live)
    assert 'data-mark="sending">Skickas</span>' in own
    assert re.search(r'__by">Bo</p>', own)
    files = [*PARTS.parent.rglob("*.html"), *PARTS.parent.rglob("*.js"), *PARTS.parent.rglob("*.py")]
    source = [path.name for path in files if 'class="lj-bubble__text' in path.read_text("utf-8")]
    assert source == ["bubble.html"]


def _without_times(html: str) -> str:
    return unescape(re.sub(r' (datetime|data-day-words)="[^"]*"', "", html)).strip()


def test_every_icon_that_is_named_is_drawn() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons" / "linjen.svg").read_text("utf-8")))
    html = (
        draw("parts/parts_page.html", _page())
        + draw("parts/clinic_page.html", _page())
        + draw("parts/manage_page.html", _page())
    )
    used = set(re.findall(r"linjen\.svg#([\w-]+)", html))
    named = {name for path in PARTS.glob("*.html") for name in re.findall(r'icon\("([\w-]+)"', path.read_text("utf-8"))}
    assert len(used | named) > 20
    assert (used | named) - sprite == set()


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.name)
def test_shared_parts_hold_no_bare_text(path: Any) -> None:
    text = re.sub(r"\{% block (body_class|column|start_href) %\}.*?\{% endblock %\}", "", path.read_text("utf-8"))
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    text = re.sub(r"<[^>]*>|[\w-]+=\"[^\"]*\"", "", text, flags=re.S)
    assert re.findall(r"[A-Za-zÅÄÖåäö]{2,}", text) == []
