"""How a question is put: worded for who writes, and an answer turned back into words."""

from __future__ import annotations

import re
from typing import NamedTuple

from linjen.triage.content.library import Protocols
from linjen.triage.content.shape import OtherText, Words
from linjen.triage.state import Asked, Choice, Patient, Value
from linjen.triage.vocabulary import Finding

_ABOUT = re.compile(r"\b(du|dig|din|ditt|dina|Du|Dig|Din|Ditt|Dina)\b(?: \((?:barnet|personen)\))?")


def who(patient: Patient, language: str = "sv") -> str:
    """How questions speak of the patient when somebody else writes: by name, else barnet or personen."""
    if patient.name:
        return patient.name
    child = patient.writer == "parent" and patient.age_years < 18
    if language != "sv":
        return "your child" if child else "the person"
    return "barnet" if child else "personen"


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
    """The same for a question in English: by name at first, then by pronoun where the sex is known.

    >>> elsa = Patient(4, "female", "parent", "Elsa")
    >>> about_patient_in_english("Are you so ill that you cannot lift your head?", elsa)
    'Is Elsa so ill that she cannot lift her head?'
    """
    if patient.writer == "self":
        return text
    name = who(patient, "en")
    words = _PRONOUNS[patient.sex]
    said = False

    def swap(match: re.Match[str]) -> str:
        nonlocal said
        found = " ".join(match[0].lower().split())
        if found == "yourself":
            return words["self"]
        if found == "your":
            word = words["their"] if said and "their" in words else f"{name}'s"
        elif said and "they" in words:
            is_object = found == "you" and _is_object(text, match)
            word = words["them"] if is_object else _ENGLISH.get(found, "X").replace("X", words["they"])
        else:
            word = _ENGLISH.get(found, "X").replace("X", name)
        said = True
        return word[0].upper() + word[1:] if match[0][0].isupper() else word

    return _ABOUT_ENGLISH.sub(swap, text)


_PRONOUNS = {
    "female": {"they": "she", "them": "her", "their": "her", "self": "herself"},
    "male": {"they": "he", "them": "him", "their": "his", "self": "himself"},
    "unknown": {"self": "themselves"},  # the name again: "they" would ask for other verbs
}
#: What follows "you" in our questions, and how it stands of somebody else; X is the name or the pronoun.
_VERBS = {
    "feel": "feels", "take": "takes", "use": "uses", "breathe": "breathes", "exert": "exerts", "need": "needs",
    "lie": "lies", "walk": "walks", "turn": "turns", "pass": "passes", "usually": "usually", "sleep": "sleeps",
    "want": "wants", "think": "thinks", "do": "does", "are": "is", "have": "has", "were": "was",
}  # fmt: skip
_ENGLISH = {
    "do you": "does X", "are you": "is X", "have you": "has X", "were you": "was X", "your": "X's", "you": "X",
    **{f"you {verb}": f"X {other}" for verb, other in _VERBS.items()},
}  # fmt: skip
_BEFORE_OBJECT = re.compile(r"\b(?:after|against|near|to|with|for|of|help|helps|wake|suit|contact)\s$", re.IGNORECASE)


def _is_object(text: str, match: re.Match[str]) -> bool:
    """Whether a "you" is somebody that something happens to: "is after you?", but not "after you stopped"."""
    if not _BEFORE_OBJECT.search(text[: match.start()]):
        return False
    return text[: match.start()][-6:] != "after " or not text[match.end() :].startswith(" ")


_ABOUT_ENGLISH = re.compile(
    r"\b(?:" + "|".join(sorted([*_ENGLISH, "yourself"], key=len, reverse=True)) + r")\b", re.IGNORECASE
)


def worded(
    patient: Patient, language: str, text: str, text_other: str, text_en: str, text_other_en: str = ""
) -> str:  # fmt: skip
    """The text for the writer: in English for every language but Swedish, in Swedish where there is no English."""
    other = patient.writer != "self"
    if language != "sv" and text_en:
        named = _named(text_other_en, patient, "en") if other else ""
        return named or about_patient_in_english(text_en, patient)
    return (_named(text_other, patient, "sv") if other else "") or about_patient(text, patient)


class Put(NamedTuple):
    """A text as it is shown, and the language it could be shown in."""

    text: str
    language: str


def put(
    protocols: Protocols, patient: Patient, language: str, id: str, text: str, text_other: str, text_en: str,
    text_other_en: str = "",
) -> Put:  # fmt: skip
    """The text of `id` in the wanted language, else in English, else in Swedish; which one is told to the reader."""
    own = _own(protocols, language, id)
    if own is not None:
        found = own.text if patient.writer == "self" else own.text_other
        if found:
            return Put(_named(found, patient, language), language)
    shown = "en" if language != "sv" and text_en else "sv"
    return Put(worded(patient, language, text, text_other, text_en, text_other_en), shown)


def put_help(protocols: Protocols, language: str, id: str, help: str, help_en: str) -> str:
    """The help of `id`, as `put`."""
    own = _own(protocols, language, id)
    return (own.help if own is not None else "") or (help_en if language != "sv" else "") or help


def _own(protocols: Protocols, language: str, id: str) -> OtherText | None:
    file = protocols.languages.get(language)
    return (file.codes.get(id) or file.texts.get(id)) if file is not None else None


def _named(text: str, patient: Patient, language: str) -> str:
    """`text` with {vem} as the patient is called."""
    name = who(patient, language)
    return text.replace("{vem}", name).replace("{Vem}", name[0].upper() + name[1:])


def name_of(protocols: Protocols, reason: str, language: str = "sv") -> str:
    """A contact reason's name in the reader's language, else English, else Swedish. KeyError for an unknown one."""
    own = protocols.languages[language].reasons.get(reason) if language in protocols.languages else None
    if own is not None and own.name:
        return own.name
    file = protocols.reasons[reason].file if reason in protocols.reasons else None
    if language != "sv" and file is not None and file.name_en:
        return file.name_en
    return (file.name if file is not None else "") or protocols.vocabulary.reasons[reason].name


#: The vocabulary's unit of a number on a scale from nothing to the worst, and how its field shows it.
SCALE = "0-10"
_SCALE_SHOWN = "(0–10)"


def asked(protocols: Protocols, patient: Patient, code: str, language: str = "sv") -> Asked:
    """One code as it stands on a page."""
    finding = protocols.vocabulary.findings[code]
    words = protocols.words.get(code) or _NO_WORDS
    low, high = words.range or (None, None)
    text, shown = put(
        protocols, patient, language, code, words.text or finding.question, words.text_other, words.text_en,
        words.text_other_en,
    )  # fmt: skip
    return Asked(
        code=code,
        type=finding.type,
        text=text,
        values=tuple(Choice(value, label(protocols, finding, value, language)) for value in finding.values),
        unit=unit_of(protocols, finding, language),
        help=put_help(protocols, language, code, words.help, words.help_en),
        low=low,
        high=high,
        language=shown,
    )


_NO_WORDS = Words()


def unit_of(protocols: Protocols, finding: Finding, language: str = "sv") -> str:
    """What a number counts, in words."""
    if finding.unit == SCALE:
        return _SCALE_SHOWN
    own = protocols.languages[language].units.get(finding.unit) if language in protocols.languages else None
    return own or (protocols.units_en.get(finding.unit) if language != "sv" else None) or finding.unit


_ONE = {
    "dagar": "dag", "timmar": "timme", "minuter": "minut", "veckor": "vecka", "månader": "månad",
    "handflator": "handflata", "days": "day", "hours": "hour", "minutes": "minute", "weeks": "week", "months": "month",
    "palms": "palm",
}  # fmt: skip
#: Units that say which one it is, not how many there are.
_ORDINAL = frozenset({"vecka", "week"})


def is_before_number(unit: str) -> bool:
    """Whether a unit names which one and not how many: "vecka 33"."""
    return unit in _ORDINAL


def amount(value: float, unit: str, language: str = "sv") -> str:
    """A number with its unit as people say it: "1 dag", "38,5 °C", "vecka 33", "4 av 10"."""
    number = f"{value:g}" if language == "en" else f"{value:g}".replace(".", ",")
    if unit == _SCALE_SHOWN:
        return f"{number} av 10" if language.startswith("sv") else f"{number} of 10"
    if is_before_number(unit):
        return f"{unit} {number}"
    return f"{number} {_ONE.get(unit, unit) if value == 1 else unit}".strip()


def label(protocols: Protocols, finding: Finding, value: str, language: str = "sv") -> str:
    """The words on the screen for one value of a choice."""
    own, words = _own(protocols, language, finding.code), protocols.words.get(finding.code)
    if own is not None and value in own.labels:
        return own.labels[value]
    if words is None:
        return value
    return (words.labels_en.get(value) if language != "sv" else None) or words.labels.get(value, value)


def in_words(protocols: Protocols, code: str, value: Value) -> str:
    """An answer in Swedish, as staff read it."""
    finding = protocols.vocabulary.findings[code]
    if value is None:
        return "Vet inte"
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, float | int):
        return amount(value, _SCALE_SHOWN if finding.unit == SCALE else finding.unit)
    return label(protocols, finding, value) if finding.type == "enum" else value
