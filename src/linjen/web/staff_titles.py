"""Yrkestitlar: the title of a staff member in her reader's language, where we have a word for it."""

from __future__ import annotations

from functools import cache

from linjen.web.words import read_words, say

#: Keys of words/titles.toml.
_KNOWN = ("nurse", "physician", "physiotherapist", "counsellor", "medical_secretary", "district_nurse", "midwife")


@cache
def titles_in(language: str) -> dict[str, str]:
    """The Swedish titles, in small letters, with what they are called in `language`."""
    return {read_words("sv")[f"titles.{key}"]: say(language, f"titles.{key}") for key in _KNOWN}


def title_in(language: str, title: str) -> str:
    """A title in small letters for the inside of a sentence; as the directory has it where we have no other word."""
    return titles_in(language).get(title.lower(), title.lower())
