"""The page's scripts find each other by the addresses that their page was drawn with, and leave a page in one place."""

from __future__ import annotations

import re

from linjen.web.assets import STATIC

_SCRIPTS = {one.name: one.read_text("utf-8") for one in sorted((STATIC / "js").glob("*.js"))}


def test_no_script_names_another_by_itself() -> None:
    """Such an address has the hash of who asks, which stays when the other changes: an old one would be kept."""
    named = re.compile(r"""\b(?:import|export)\b[^;(]*?["']|\bimport\(\s*["'`]""")
    assert [name for name, text in _SCRIPTS.items() if named.search(re.sub(r"^\s*//.*$", "", text, flags=re.M))] == []


def test_a_page_is_left_by_itself_in_one_place() -> None:
    leaves = re.compile(r"dataset\.leaving = ")
    assert [name for name, text in _SCRIPTS.items() if leaves.search(text)] == ["session.js"]
