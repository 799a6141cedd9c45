"""How long a fever may last is one and the same in every advice, and it is what the rule everybody meets says."""

from __future__ import annotations

import re

import pytest

from linjen.triage.content.files import FOLDER, read_folder
from linjen.triage.content.shape import ReasonFile, RiskFile

DAYS = {"två": 2, "tre": 3, "fyra": 4, "fem": 5, "two": 2, "three": 3, "four": 4, "five": 5}
FILES = [loaded.file for loaded in read_folder(FOLDER)]
LIMIT = re.compile(r"(?:mer än|efter|more than|after) (\w+) (?:dagar|dygn|days)")
LASTS = re.compile(r"(?:feber|fever)[^.]* (?:dag|dagar|dygn|day|days)\b", re.IGNORECASE)


def sentences() -> list[tuple[str, str]]:
    """(contact reason, sentence of its advice that says how long a fever may last), Swedish and English."""
    files = [file for file in FILES if isinstance(file, ReasonFile)]
    advices = [(file.id, care) for file in files for care in (file.self_care, file.self_care_child) if care]
    return [
        (id, one) for id, care in advices for one in (*care.seek_care_if, *care.seek_care_if_en) if LASTS.search(one)
    ]


@pytest.mark.parametrize(("reason", "sentence"), sentences())
def test_the_advice_says_what_the_rule_says(reason: str, sentence: str) -> None:
    risk = next(file for file in FILES if isinstance(file, RiskFile))
    rule = next(rule for rule in risk.rules if rule.id == "risk.feber_lange")
    least = re.fullmatch(r"feber and gen\.fever_days >= (\d+)", rule.condition)
    said = LIMIT.search(sentence)
    assert least and said, sentence
    assert DAYS[said[1]] + 1 == int(least[1]), (reason, sentence)


def test_there_is_something_to_hold_it_against() -> None:
    assert len({reason for reason, _ in sentences()}) >= 7
