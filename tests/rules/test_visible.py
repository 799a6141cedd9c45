"""A text that shows nothing is no text."""

from __future__ import annotations

import pytest

from linjen.cases.talk.message import check_text
from linjen.core.errors import Invalid
from linjen.core.visible import is_visible, plain_text, straight_text
from linjen.web.streams import frame


@pytest.mark.parametrize("text", ["", "   ", "\u2066\u200b", "\u00ad\u2060", "\u3164", "\u2800 \ufeff", "\t\n"])
def test_nothing_to_see(text: str) -> None:
    assert not is_visible(text)
    with pytest.raises(Invalid, match="empty"):
        check_text(text)


@pytest.mark.parametrize("text", ["a", "🤒", ".", "\u200bhej", "é", "سلام"])
def test_something_to_see(text: str) -> None:
    assert is_visible(text)
    assert check_text(text) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd\u2028e\x85f", "a\nb\nc\nd\ne\nf"), ("a\tb\x0c\x1b[31mc\x07", "a\tb[31mc"), ("å 🤒\n", "å 🤒\n"),
        ("a\r\rb\n\rc", "a\n\nb\n\nc"), ("\x9b\x7fx", "x"),
    ],
)  # fmt: skip
def test_one_end_of_line_and_no_control_characters(typed: str, kept: str) -> None:
    assert plain_text(typed) == kept
    assert check_text(typed) == kept.strip()


def test_a_line_among_our_words_turns_no_letters_around_and_a_message_keeps_its_direction() -> None:
    typed = "a\u202eb\u202c \u2067c\u2069\u200f\u061c\x07"
    assert straight_text(typed) == "ab c"
    assert check_text(typed) == typed[:-1]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_line_of_somebody_never_becomes_a_field_of_a_live_event(end: str) -> None:
    sent = frame("message_sent", f"hej{end}event: signed_out{end}data: x", 3)
    assert sent == b"id: 3\nevent: message_sent\ndata: hej\ndata: event: signed_out\ndata: data: x\n\n"
