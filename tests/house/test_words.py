"""The words on the screen: every key exists, in Swedish and for residents in English; no text hides in templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linjen.web.words import read_words

WEB = Path(__file__).parents[2] / "src/linjen/web"
SOURCE = WEB.parent
_KEY = re.compile(r"""\bt\(\s*['"]([a-z0-9_.]+)['"]""")
_SAY = re.compile(r"""\bsay\((?:[a-z_.]+,\s*|"sv",\s*)?["']([a-z0-9_]+\.[a-z0-9_.]+)["']""")
_RECORD = re.compile(r"""record\([^)]*?,\s*"([a-z_]+)",\s*by\.kind""")

#: Areas that residents meet: their words must exist in English, too.
RESIDENT_AREAS = (
    "about", "bankid", "blocks", "call_back", "case", "chat", "closed", "correction", "events", "faults", "home",
    "intake", "my_notices", "offline", "openings", "parts", "profile", "rating", "sign_in", "sms", "support",
    "ticket", "titles", "units",
)  # fmt: skip


def _templates() -> list[Path]:
    return sorted(WEB.rglob("*.html"))


@pytest.mark.parametrize("template", _templates(), ids=lambda path: str(path.relative_to(WEB)))
def test_every_key_of_a_template_has_its_word(template: Path) -> None:
    keys = [key for key in _KEY.findall(template.read_text("utf-8")) if not key.endswith((".", "_"))]
    missing = [key for key in keys if key not in read_words("sv")]
    assert not missing


def test_every_key_that_code_says_has_its_word() -> None:
    words = read_words("sv")
    missing = [
        (str(path.relative_to(SOURCE)), key)
        for path in sorted(SOURCE.rglob("*.py"))
        for key in _SAY.findall(path.read_text("utf-8"))
        if key not in words
    ]
    assert not missing


def test_what_residents_read_exists_in_english() -> None:
    swedish, english = read_words("sv"), read_words("en")
    missing = [key for key in swedish if key.split(".")[0] in RESIDENT_AREAS and key not in english]
    assert not missing
    strays = [key for key in english if key not in swedish]
    assert not strays, "English has keys that Swedish lacks"


def test_both_languages_put_in_the_same_values() -> None:
    swedish, english = read_words("sv"), read_words("en")
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)", text)) == set(re.findall(r"\{(\w+)", swedish[key])), key


def test_every_recorded_event_has_its_words() -> None:
    kinds = {kind for path in (SOURCE / "cases").rglob("*.py") for kind in _RECORD.findall(path.read_text("utf-8"))} - {
        "message_sent"
    }
    assert {"case_sent", "claimed", "released", "closed"} <= kinds
    assert not [kind for kind in kinds if f"events.{kind}" not in read_words("sv")]


def _texts(html: str) -> list[str]:
    """What a template says itself: text between tags, with the template language and comments taken out."""
    html = re.sub(r"\{#.*?#\}|\{%.*?%\}|<!--.*?-->|<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    html = re.sub(r"\{\{.*?\}\}", " ", html, flags=re.DOTALL)
    html = re.sub(r"""(?:aria-label|title|placeholder|alt)="([^"]*)\"""", r">\1<", html)
    return [text.strip() for text in re.findall(r">([^<>]*)<", html)]


#: Templates that only staff meet may hold Swedish of their own; what residents meet may not (house section 1).
_STAFF_ONLY = re.compile(r"(clinic|manage)/|parts/(staff|clinic|manage|ledger)|sign_in/(staff|locked|units|no_way_in)")


@pytest.mark.parametrize(
    "template",
    [path for path in _templates() if not _STAFF_ONLY.match(str(path.relative_to(WEB)))],
    ids=lambda path: str(path.relative_to(WEB)),
)
def test_no_template_that_residents_meet_holds_a_text_of_its_own(template: Path) -> None:
    texts = [text for text in _texts(template.read_text("utf-8")) if '="' not in text]
    assert not [text for text in texts if re.search(r"[A-Za-zÅÄÖåäö]{3,}", text)]


@pytest.mark.parametrize("word", ["tyvärr", "dessvärre", "kanske", "borde"])
def test_the_words_are_positive_and_certain(word: str) -> None:
    """Routine, Chattmetodik: certain and positive words."""
    found = [key for key, text in read_words("sv").items() if re.search(rf"\b{word}\b", text.lower())]
    assert not found


def test_dates_and_times_are_written_as_the_routine_asks() -> None:
    for key, text in read_words("sv").items():
        assert not re.search(r"\b\d{1,2}:\d{2}\b", text), f"{key}: a time is written Kl. 09.00"
        assert not re.search(r"\b\d{4}-\d{2}-\d{2}\b", text), f"{key}: a date is written 15 maj 2023"


def test_the_register_of_the_population_has_one_name() -> None:
    texts = [*read_words("sv").values(), *(path.read_text("utf-8") for path in _templates())]
    assert not [text for text in texts if "befolkningsregist" in text.lower()], "it is folkbokföringen"
