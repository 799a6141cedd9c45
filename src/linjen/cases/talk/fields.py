"""Fält att fylla i: [datum], [tid] and their like, which stand in a phrase and must be filled before it is sent.

The names are few and fixed, so that a message can be judged without asking which phrase it came from: "[datum]" is
never sent, and "[se bilden]" is the writer's own words. docs/decisions/phrase-fields.md says why.
"""

from __future__ import annotations

import difflib
import re
from typing import Final

import msgspec

from linjen.core.errors import Invalid

#: In the order in which they are offered to who writes a phrase.
FIELDS: Final = (
    "datum", "tid", "veckodag", "namn", "mottagning", "telefonnummer", "läkemedel", "antal dagar", "antal timmar",
    "svarstid", "öppettid", "yrkesroll", "ämne", "åtgärd", "nästa steg", "egna ord",
)  # fmt: skip

#: Other names for the same, which people and our own suggested words use: as little to be sent, and not offered.
ALSO: Final = ("dag", "klockslag", "enhet", "vårdenhet", "telefon", "nummer", "plats", "adress")

#: Letter case and spaces do not matter, and a name matches whole. The same pattern is used by the page's script.
PATTERN: Final = r"\[\s*(" + "|".join((*FIELDS, *ALSO)).replace(" ", r"\s+") + r")\s*\]"

_FIELD = re.compile(PATTERN, re.IGNORECASE)
_BRACKETED = re.compile(r"\[([^\[\]\n]*)\]?|\]")


class Field(msgspec.Struct, frozen=True):
    """One field of a text: its name, and [start, end) in characters."""

    name: str
    start: int
    end: int


def find_fields(text: str) -> list[Field]:
    """The fields that are still to be filled in, in the order of the text."""
    if "[" not in text:
        return []
    return [Field(" ".join(one[1].lower().split()), *one.span()) for one in _FIELD.finditer(text)]


def check_filled(text: str, field: str = "text") -> None:
    """Raises Invalid('unfilled_field') at `field`, with the first open field's name, when a message still has one."""
    if left := find_fields(text):
        raise Invalid("unfilled_field", field, name=left[0].name)


def check_known(text: str) -> None:
    """A phrase has no brackets but those of fields: a misspelled field would be sent to a patient as it stands.

    Raises Invalid('unknown_field') with what stands there (`name`) and the field that is most like it (`like` or '').
    """
    known = {field.start for field in find_fields(text)}
    for one in _BRACKETED.finditer(text):
        if one.start() in known:
            continue
        name = (one[1] or "").strip()
        like = difflib.get_close_matches(name.lower(), FIELDS, 1, 0.6)
        raise Invalid("unknown_field", "body", name=one[0][:40], like=f"[{like[0]}]" if like else "")
