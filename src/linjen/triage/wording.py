"""How a question is put: worded for who writes, and an answer turned back into words."""

from __future__ import annotations

import re

from linjen.triage.library import Protocols
from linjen.triage.state import Asked, Choice, Patient, Value
from linjen.triage.vocabulary import Finding

_ABOUT = re.compile(r"\b(du|dig|din|ditt|dina|Du|Dig|Din|Ditt|Dina)\b(?: \((?:barnet|personen)\))?")
_LANGUAGES = ("sv", "en")


def about_patient(text: str, patient: Patient) -> str:
    """A Swedish question written to "du", worded for the one it is about when somebody else writes.

    >>> about_patient("Har du ont i halsen?", Patient(4, writer="parent"))
    'Har barnet ont i halsen?'
    """
    if patient.writer == "self":
        return re.sub(r" \((?:barnet|personen)\)", "", text)
    who = "barnet" if patient.writer == "parent" and patient.age_years < 18 else "personen"
    words = {"du": who, "dig": "sig", "din": f"{who}s", "ditt": f"{who}s", "dina": f"{who}s"}

    def swap(match: re.Match[str]) -> str:
        word = words[match[1].lower()]
        return word.capitalize() if match[1][0].isupper() else word

    swapped = _ABOUT.sub(swap, text)
    return re.sub(r"\((?:barnet|personen)\)", "", swapped) if "(" in swapped else swapped


def worded(patient: Patient, language: str, text: str, text_other: str, text_en: str) -> str:
    """The text in the wanted language, for the writer. English falls back to Swedish where it is not written yet."""
    if language == "en" and text_en:
        return text_en
    if patient.writer != "self" and text_other:
        who = "barnet" if patient.writer == "parent" and patient.age_years < 18 else "personen"
        return text_other.replace("{vem}", who).replace("{Vem}", who.capitalize())
    return about_patient(text, patient)


#: The vocabulary's unit of a number on a scale from nothing to the worst.
SCALE = "0-10"


def asked(protocols: Protocols, patient: Patient, code: str, language: str = "sv") -> Asked:
    """One code as it stands on a page."""
    finding = protocols.vocabulary.findings[code]
    words = protocols.words.get(code)
    text = words.text if words and words.text else finding.question
    low, high = words.range if words and words.range else (None, None)
    return Asked(
        code=code,
        type=finding.type,
        text=worded(patient, language, text, words.text_other if words else "", words.text_en if words else ""),
        values=tuple(Choice(value, label(protocols, finding, value, language)) for value in finding.values),
        unit="(0–10)" if finding.unit == SCALE else finding.unit,
        help=((words.help_en if language == "en" else "") or words.help) if words else "",
        low=low,
        high=high,
    )


def label(protocols: Protocols, finding: Finding, value: str, language: str = "sv") -> str:
    """The words on the screen for one value of a choice."""
    words = protocols.words.get(finding.code)
    if words is None:
        return value
    return (words.labels_en.get(value) if language == "en" else None) or words.labels.get(value, value)


def in_words(protocols: Protocols, code: str, value: Value) -> str:
    """An answer in Swedish, as staff read it."""
    finding = protocols.vocabulary.findings[code]
    if value is None:
        return "Vet inte"
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, float | int):
        unit = "av 10" if finding.unit == SCALE else finding.unit
        return f"{value:g} {unit}".replace(".", ",").strip()
    return label(protocols, finding, value) if finding.type == "enum" else value
