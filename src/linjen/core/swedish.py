"""Swedish order of words, and dates and times in words, in Swedish and English.

The database may lack ICU, so `sort_key` is computed here and can be stored beside a name. Dates and times follow the
routine's way of writing: 15 maj 2023, Kl. 09.00–10.30.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Final

from linjen.core.clock import local, local_date

# -- order -----------------------------------------------------------------------------------------------------------

# The three own letters come after z, in this order; `{|}` are the characters after z in every byte-wise order.
_OWN: Final = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y", "ł": "l", "đ": "d", "ð": "d"})
_LONGER: Final = str.maketrans({"œ": "oe", "þ": "th", "ß": "ss", "’": "", "'": "", "´": "", "`": ""})
_BETWEEN_WORDS = re.compile(r"[\s\x00-\x1f_.,;:/‐‑‒–—−-]+")


def sort_key(text: str) -> str:
    """A key that puts texts in Swedish order when compared byte by byte, in Python or under PostgreSQL's "C".

    å ä ö come last, é counts as e and ü as y, v and w are two letters, case and apostrophes matter only between
    otherwise equal words, and a shorter word comes first (Ek Anna before Ekman). Particles stay where they are written.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LONGER).translate(_OWN)
    letters = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    words = _BETWEEN_WORDS.sub(" ", letters).strip()
    # The tab is below the space, so that the second level never outweighs a further word.
    return f"{words}\t{text.translate(_CONTROLS)}"


_CONTROLS: Final = dict.fromkeys(range(32))

# -- dates and times -------------------------------------------------------------------------------------------------

_MONTHS: Final = {
    "sv": [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_WEEKDAYS: Final = {
    "sv": ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
_NEAR: Final = {
    "sv": {-1: "i går", 0: "i dag", 1: "i morgon"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}


def _tongue(language: str) -> str:
    """The language whose words we have: easy Swedish ("sv-latt") and everything unknown read as Swedish."""
    return "en" if language.lower().split("-")[0] == "en" else "sv"


def date_words(on: date, language: str = "sv") -> str:
    """ "15 maj 2023", in English "15 May 2023". For an instant, give its `local_date`."""
    return f"{on.day} {_MONTHS[_tongue(language)][on.month - 1]} {on.year}"


def month_words(on: date, language: str = "sv") -> str:
    """ "maj 2023", in English "May 2023": the month that a day belongs to."""
    return f"{_MONTHS[_tongue(language)][on.month - 1]} {on.year}"


def full_moment(at: datetime, language: str = "sv") -> str:
    """ "15 maj 2023, kl. 09.00" on the Swedish clock: for what is read again on another day. `at` is timezone-aware."""
    return f"{date_words(local_date(at), language)}, {time_inside(at, language)}"


def weekday(on: date, language: str = "sv") -> str:
    """ "måndag", in English "Monday"."""
    return _WEEKDAYS[_tongue(language)][on.weekday()]


def time_words(at: datetime, language: str = "sv") -> str:
    """ "Kl. 09.00" on the Swedish clock, in English "09:00": a time that stands alone. `at` is timezone-aware."""
    return f"{_kl(language)}{_clock(at, language)}"


def time_inside(at: datetime, language: str = "sv") -> str:
    """As `time_words`, for the inside of a sentence or after a date: "kl. 09.00"."""
    return f"{_kl(language).lower()}{_clock(at, language)}"


def time_range(from_at: datetime, until_at: datetime, language: str = "sv") -> str:
    """ "Kl. 09.00–10.30" on the Swedish clock, in English "09:00–10:30". Both are timezone-aware."""
    return f"{_kl(language)}{_clock(from_at, language)}–{_clock(until_at, language)}"


def day_words(on: date, at: datetime, language: str = "sv") -> str:
    """The day as said at `at`, for the middle of a sentence: i dag, i morgon, på måndag, i måndags, 15 maj 2023.

    Weekdays are used up to six days away, where they cannot be mistaken; English has no short form for a weekday
    that has been, so there the date is written.
    """
    tongue = _tongue(language)
    distance = (on - local_date(at)).days
    if distance in _NEAR[tongue]:
        return _NEAR[tongue][distance]
    if 2 <= distance <= 6:
        return f"{'on' if tongue == 'en' else 'på'} {weekday(on, tongue)}"
    if -6 <= distance <= -2 and tongue == "sv":
        return f"i {weekday(on)}s"
    return date_words(on, tongue)


def moment_words(moment: datetime, at: datetime, language: str = "sv") -> str:
    """Day and time as said at `at`, for the middle of a sentence: "i morgon kl. 08.00", "tomorrow at 08:00"."""
    between = "at " if _tongue(language) == "en" else "kl. "
    return f"{day_words(local_date(moment), at, language)} {between}{_clock(moment, language)}"


def grouped(number: int, language: str = "sv") -> str:
    """A whole number with its thousands apart: "4 000", in English "4,000"."""
    return f"{number:,}" if _tongue(language) == "en" else f"{number:,}".replace(",", "\u00a0")


def _kl(language: str) -> str:
    return "" if _tongue(language) == "en" else "Kl. "


def _clock(at: datetime, language: str) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without a zone has no place on the Swedish clock")
    return local(at).strftime("%H:%M" if _tongue(language) == "en" else "%H.%M")
