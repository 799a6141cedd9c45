"""Tips om texten in words: the hints of a text for a page, and all that the page's script needs to find them itself."""

from __future__ import annotations

import hashlib
from functools import cache

import msgspec

from linjen.core import clock
from linjen.phrases.tone import Hint, as_data, find_hints
from linjen.web.words import read_words, say


def hints_in_words(text: str) -> list[str]:
    """A sentence for each hint of a text. Staff write Swedish, so the hints are Swedish."""
    return [_sentence(one) for one in find_hints(text, clock.local_date(clock.now()))]


def _sentence(one: Hint) -> str:
    key = f"tone.{one.kind}" + ("" if one.instead or f"tone.{one.kind}_plain" not in read_words("sv") else "_plain")
    return say("sv", key, found=one.found, instead=one.instead)


@cache
def tone_rules() -> tuple[str, bytes]:
    """(stamp, JSON): the rules of phrases/tone.py and the words of the hints, under a hash of both."""
    words = {key.removeprefix("tone."): text for key, text in read_words("sv").items() if key.startswith("tone.")}
    data = msgspec.json.encode({**as_data(), "say": words})
    return hashlib.sha256(data).hexdigest()[:12], data


def tone_url() -> str:
    """Where the script finds the rules; another address when they are others."""
    return f"/tone-rules/{tone_rules()[0]}"
