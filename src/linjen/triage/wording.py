"""How a question is put: worded for who writes, and an answer turned back into words."""

from __future__ import annotations

import re

from linjen.triage.library import Protocols
from linjen.triage.state import Asked, Choice, Patient, Value
from linjen.triage.vocabulary import Finding

_ABOUT = re.compile(r"\b(du|dig|din|ditt|dina|Du|Dig|Din|Ditt|Dina)\b(?: \((?:barnet|personen)\))?")
_LANGUAGES = ("sv", "en")


def who(patient: Patient) -> str:
    """How questions speak of the patient when somebody else writes: by name, else barnet or personen."""
    if patient.name:
        return patient.name
    return "barnet" if patient.writer == "parent" and patient.age_years < 18 else "personen"


def _whose(name: str) -> str:
    return name if name[-1] in "sxz" else f"{name}s"


def about_patient(text: str, patient: Patient) -> str:
    """A Swedish question written to "du", worded for the one it is about when somebody else writes.

    >>> about_patient("Har du ont i halsen?", Patient(4, writer="parent"))
    'Har barnet ont i halsen?'
    """
    if patient.writer == "self":
        return re.sub(r" \((?:barnet|personen)\)", "", text)
    name = who(patient)
    words = {"du": name, "dig": "sig", "din": _whose(name), "ditt": _whose(name), "dina": _whose(name)}

    def swap(match: re.Match[str]) -> str:
        word = words[match[1].lower()]
        return word[0].upper() + word[1:] if match[1][0].isupper() else word

    swapped = _ABOUT.sub(swap, text)
    return re.sub(r"\((?:barnet|personen)\)", "", swapped) if "(" in swapped else swapped


def about_patient_in_english(text: str, patient: Patient) -> str:
    """The same for a question in English.

    >>> about_patient_in_english("Do you feel that your throat hurts?", Patient(4, writer="parent", name="Elsa"))
    "Does Elsa feel that Elsa's throat hurts?"
    """
    if patient.writer == "self":
        return text
    name = patient.name or ("your child" if patient.age_years < 18 else "the person")

    def swap(match: re.Match[str]) -> str:
        word = _ENGLISH[match[0].lower()].replace("X", name)
        return word[0].upper() + word[1:] if match[0][0].isupper() else word

    return _ABOUT_ENGLISH.sub(swap, text)


#: What follows "you" in our questions, and how it stands of somebody else; X is the name.
_ENGLISH = {
    "do you": "does X", "are you": "is X", "have you": "has X", "were you": "was X", "did you": "did X",
    "can you": "can X", "you are": "X is", "you have": "X has", "you were": "X was", "you feel": "X feels",
    "you take": "X takes", "you use": "X uses", "your": "X's", "yourself": "X", "you": "X",
}  # fmt: skip
_ABOUT_ENGLISH = re.compile(r"\b(?:" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + r")\b", re.IGNORECASE)


def worded(patient: Patient, language: str, text: str, text_other: str, text_en: str) -> str:
    """The text in the wanted language, for the writer. English falls back to Swedish where it is not written yet."""
    if language == "en" and text_en:
        return about_patient_in_english(text_en, patient)
    if patient.writer != "self" and text_other:
        name = who(patient)
        return text_other.replace("{vem}", name).replace("{Vem}", name[0].upper() + name[1:])
    return about_patient(text, patient)


def name_of(protocols: Protocols, reason: str, language: str = "sv") -> str:
    """A contact reason's name in the reader's language; Swedish where it has no other. KeyError for an unknown one."""
    file = protocols.reasons[reason].file if reason in protocols.reasons else None
    if language == "en" and file is not None and file.name_en:
        return file.name_en
    return (file.name if file is not None else "") or protocols.vocabulary.reasons[reason].name


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
