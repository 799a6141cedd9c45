"""Numbers in a free text with their meaning: temperature, pulse, age, week of pregnancy, blood sugar, tablets."""

from __future__ import annotations

from collections.abc import Sequence

from linjen.triage.expressions import Number
from linjen.triage.words import Token

_WORDS = {
    "en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10,
    "elva": 11, "tolv": 12, "tretton": 13, "fjorton": 14, "femton": 15, "tjugo": 20, "trettio": 30, "fyrtio": 40,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twenty": 20, "tva": 2, "atta": 8,
    "thirty": 30,
}  # fmt: skip
_MONTHS = {"mån": 1, "månad": 1, "månader": 1, "månaders": 1, "man": 1, "manader": 1, "manaders": 1, "mån.": 1, "månaer": 1,
           "month": 1, "months": 1, "month-old": 1, "months-old": 1, "v": 0.23, "veckor": 0.23, "veckors": 0.23, "vecka": 0.23, "veckor.": 0.23,
           "weeks": 0.23, "week": 0.23, "week-old": 0.23, "dagar": 0.033, "dagars": 0.033, "dygn": 0.033, "days": 0.033,
           "år": 12, "åring": 12, "åringen": 12, "års": 12, "ar": 12, "aring": 12, "ars": 12, "year": 12, "years": 12}  # fmt: skip
_CHILD = ("bebis", "bäbis", "babis", "barn", "spädb", "spadb", "nyfödd", "nyfodd", "dotter", "son", "sons", "sonen", "flicka", "pojk",
          "tjej", "kille", "baby", "daughter", "infant", "newborn", "kid", "child", "tös", "lill", "bäbs")  # fmt: skip
_OLD = ("gammal", "gamla", "gammalt", "gamal", "old")
_FEVER = ("feber", "temp", "grader", "fever", "febr", "°", "termometer", "celsius", "tempen", "tempa", "febber")
_PULSE = ("puls", "pulse", "hjärtfrekvens", "slag", "bpm", "heartrate", "vilopuls", "hjartfrekvens")
_SATURATION = ("satur", "syresätt", "syremätt", "syresatt", "spo", "oxygen", "oxymet", "pox", "saturering")
_SUGAR = (
    "blodsock",
    "socker",
    "sockr",
    "glukos",
    "glucose",
    "sugar",
    "bs",
    "b-socker",
    "blodsuck",
    "p-glukos",
    "sensor",
)
_KETONES = ("keton", "ketones")
_TABLETS = ("tablett", "tabl", "piller", "alvedon", "panodil", "paracet", "ipren", "pills", "tylenol", "st", "citodon", "tabletts", "kartor", "karta",
            "tablets", "ibuprofen", "treo", "xanor", "sobril", "stilnoct", "propavan", "zopiklon", "oxascand")  # fmt: skip
_WEEK = ("vecka", "v", "veckan", "week", "vecka.", "gravidvecka", "graviditetsvecka")
_PREGNANT = ("gravid", "pregnan", "bf", "havande", "fullgången", "foster")


def read_numbers(tokens: Sequence[Token]) -> list[Number]:
    """Every number with a meaning as (kind, value, place). Kinds and units: temp °C, pulse beats a minute, spo2 %,
    sugar and ketones mmol/l, tablets a count, agemonths of a child, pregweek weeks, minutes of a duration."""
    forms = [token.form for token in tokens]
    found: list[Number] = []
    for at, form in enumerate(forms):
        value = _value(form)
        if value is None:
            joined = _joined(form)
            if joined is not None:
                found.append(("agemonths", joined, at))
            continue
        found.extend((kind, value, at) for kind in _kinds(forms, at, value))
        unit = forms[at + 1] if at + 1 < len(forms) else ""
        if unit in _MONTHS and _is_age(forms, at):
            found.append(("agemonths", value * _MONTHS[unit], at))
        if unit.startswith(("minut", "min")) and unit not in {"min", "mina"}:
            found.append(("minutes", value, at))
        elif unit.startswith(("timm", "hour", "tim")):
            found.append(("minutes", value * 60, at))
        if form.isdigit() and unit == "+" and 4 <= value <= 42:
            found.append(("pregweek", value, at))
    return found


def _value(form: str) -> float | None:
    if form[0].isdigit():
        return float(form.replace(",", "."))
    return float(_WORDS[form]) if form in _WORDS else None


def _joined(form: str) -> float | None:
    """Months from "tvåmånaders", "fyra-veckors": number and unit written as one word."""
    for word, value in _WORDS.items():
        rest = form.removeprefix(word).lstrip("-")
        if (
            rest != form
            and len(word) > 2
            and rest in {"månaders", "veckors", "manaders", "månadersbebis", "veckorsbebis", "månadersbaby"}
        ):
            return value * (1 if rest.startswith("m") else 0.23)
    return None


def _near(forms: Sequence[str], at: int, stems: Sequence[str], before: int, after: int) -> bool:
    around = [*forms[max(0, at - before) : at], *forms[at + 1 : at + 1 + after]]
    return any(form.startswith(tuple(stem for stem in stems if len(stem) > 2)) or form in stems for form in around)


def _kinds(forms: Sequence[str], at: int, value: float) -> list[str]:
    kinds = []
    exact = "," in forms[at] or "." in forms[at]
    if (
        35 <= value <= 42.9
        and (_near(forms, at, _FEVER, 5, 3) or (exact and value >= 37.5))
        and not _near(forms, at, _WEEK, 1, 0)
    ):
        kinds.append("temp")
    if 20 <= value <= 300 and not exact and _near(forms, at, _PULSE, 4, 2):
        kinds.append("pulse")
    if 50 <= value <= 100 and _near(forms, at, _SATURATION, 4, 3):
        kinds.append("spo2")
    if 0.5 <= value <= 60 and _near(forms, at, _SUGAR, 4, 2) and not _near(forms, at, _KETONES, 2, 0):
        kinds.append("sugar")
    if 0.3 <= value <= 15 and _near(forms, at, _KETONES, 4, 1):
        kinds.append("ketones")
    if 1 <= value <= 400 and not exact and _near(forms, at, _TABLETS, 0, 2):
        kinds.append("tablets")
    if 4 <= value <= 42 and not exact:
        week = _near(forms, at, _WEEK, 1, 0) or (
            _near(forms, at, ("veckor", "weeks"), 0, 1) and _near(forms, at, _PREGNANT, 4, 3)
        )
        if week:
            kinds.append("pregweek")
    return kinds


def _is_age(forms: Sequence[str], at: int) -> bool:
    unit = forms[at + 1]
    later = forms[at + 2 : at + 4]
    if any(form in {"sedan", "sen", "ago", "i", "sjuk", "haft", "nu"} for form in later[:1]):
        return _near(forms, at, _CHILD, 2, 0) and later[:1] not in (["sedan"], ["sen"], ["ago"])
    if unit.endswith(("s", "åring", "aring", "åringen", "old")) and unit not in {
        "months",
        "weeks",
        "days",
        "years",
        "hours",
    }:
        return True
    return any(form in _OLD for form in later) or _near(forms, at, _CHILD, 3, 3)
