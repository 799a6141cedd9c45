"""Vilken enhet: which browser on which system a session began in, as two words; the rest of what a browser tells of
itself is kept nowhere.
"""

from __future__ import annotations

from typing import Final

#: What a browser calls itself by, the telling one first: most of them also call themselves Safari or Chrome.
_BROWSERS: Final = (
    ("Edg", "edge"), ("OPR/", "opera"), ("SamsungBrowser", "samsung"), ("FxiOS", "firefox"), ("Firefox", "firefox"),
    ("CriOS", "chrome"), ("Chrome", "chrome"), ("Chromium", "chrome"), ("Safari", "safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("iPhone", "iphone"), ("iPad", "ipad"), ("Android", "android"), ("Windows", "windows"), ("CrOS", "chromeos"),
    ("Macintosh", "mac"), ("Linux", "linux"),
)  # fmt: skip

#: So much of it is looked at.
_LONGEST: Final = 1000


def browser_of(user_agent: str) -> str:
    """ "chrome/android"; either word is missing where it is not known: "/android", "chrome/", and '' for neither."""
    text = user_agent[:_LONGEST]
    browser = next((word for sign, word in _BROWSERS if sign in text), "")
    system = next((word for sign, word in _SYSTEMS if sign in text), "")
    return f"{browser}/{system}" if browser or system else ""
