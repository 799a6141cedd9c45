"""A text that shows nothing is no text."""

from __future__ import annotations

import pytest

from linjen.cases.message import check_text
from linjen.core.errors import Invalid
from linjen.core.visible import is_visible


@pytest.mark.parametrize("text", ["", "   ", "\u2066\u200b", "\u00ad\u2060", "\u3164", "\u2800 \ufeff", "\t\n"])
def test_nothing_to_see(text: str) -> None:
    assert not is_visible(text)
    with pytest.raises(Invalid, match="empty"):
        check_text(text)


@pytest.mark.parametrize("text", ["a", "🤒", ".", "\u200bhej", "é", "سلام"])
def test_something_to_see(text: str) -> None:
    assert is_visible(text)
    assert check_text(text) == text
