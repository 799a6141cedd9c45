"""Korta formulär: what is asked when the level is set, and never part of it.

What is written is read for warning signs. An administrative reason consists of its form. Answers are kept as text by
the question's id: what was typed, the number of the choice counted from 0, `yes` or `no`, or a date as YYYY-MM-DD.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from linjen.core.errors import Invalid
from linjen.core.swedish import date_words
from linjen.triage.asking.wording import put, put_help
from linjen.triage.content.library import Protocols
from linjen.triage.content.shape import FormQuestion
from linjen.triage.state import LONGEST_WORDS, Choice, Patient

#: Reasons whose forms are asked of one case: more would be a second interview.
MOST_REASONS = 2
#: In the place of a contact reason: the short form of general.yaml, asked when the triage is turned off.
GENERAL_FORM = "allmant"
_LONGEST = {"line": 300, "text": LONGEST_WORDS}
_YES_NO = {"yes": "Ja", "no": "Nej"}
_ANYBODY = Patient(age_years=40)


class FormField(msgspec.Struct, frozen=True):
    """One question of a form as it stands on the page; `longest` limits a text, in characters."""

    id: str
    kind: str
    text: str
    help: str
    choices: tuple[Choice, ...]
    required: bool
    longest: int
    language: str = "sv"


def form_of(protocols: Protocols, reasons: Iterable[str], patient: Patient, language: str = "sv") -> list[FormField]:
    """The questions of the forms of the first two reasons, in order; `language` is sv or en."""
    return [_field(protocols, question, patient, language) for question in _questions(protocols, reasons)]


def has_form(protocols: Protocols, reasons: Iterable[str]) -> bool:
    """Whether any of the reasons asks anything in a form."""
    return any(True for _ in _questions(protocols, reasons))


def _questions(protocols: Protocols, reasons: Iterable[str]) -> Iterator[FormQuestion]:
    forms = [_form_of(protocols, id) for id in reasons]
    for form in [form for form in forms if form][:MOST_REASONS]:
        yield from form


def _form_of(protocols: Protocols, id: str) -> list[FormQuestion]:
    if id == GENERAL_FORM:
        return protocols.general.form
    return protocols.reasons[id].file.form if id in protocols.reasons else []


def _field(protocols: Protocols, question: FormQuestion, patient: Patient, language: str) -> FormField:
    text, shown = put(
        protocols, patient, language, question.id, question.text, question.text_other, question.text_en,
        question.text_other_en,
    )  # fmt: skip
    file = protocols.languages.get(language)
    own = file.texts.get(question.id) if file is not None else None
    labels = question.choices_en if language != "sv" and question.choices_en else question.choices
    labels = own.choices if own is not None and len(own.choices) == len(question.choices) else labels
    return FormField(
        id=question.id,
        kind=question.kind,
        text=text,
        help=put_help(protocols, language, question.id, question.help, question.help_en),
        choices=tuple(Choice(str(number), label) for number, label in enumerate(labels)),
        required=question.required,
        longest=_LONGEST.get(question.kind, 0),
        language=shown,
    )


def checked_field(field: FormField, value: str) -> str:
    """The answer as it is kept, '' for none. Raises Invalid('form_missing' | 'form_too_long' | 'form_value')."""
    value = value.strip()
    if not value:
        if field.required:
            raise Invalid("form_missing", field.id)
        return ""
    if field.kind in _LONGEST and len(value) > field.longest:
        raise Invalid("form_too_long", field.id, longest=field.longest)
    if (
        (field.kind == "choice" and value not in {choice.value for choice in field.choices})
        or (field.kind == "yes_no" and value not in _YES_NO)
        or (field.kind == "date" and not _is_date(value))
    ):
        raise Invalid("form_value", field.id)
    return value


def still_fits(protocols: Protocols, id: str, value: str) -> bool:
    """Whether an answer from another version may stand: not a choice, since another line may have its number now."""
    forms = [protocols.general.form, *(reason.file.form for reason in protocols.reasons.values())]
    question = next((one for form in forms for one in form if one.id == id), None)
    if question is None or question.kind == "choice":
        return False
    try:
        return checked_field(_field(protocols, question, _ANYBODY, "sv"), value) == value
    except Invalid:
        return False


def _is_date(value: str) -> bool:
    try:
        return 1900 <= date.fromisoformat(value).year <= 2200 and len(value) == len("2026-01-31")
    except ValueError:
        return False


def is_form_done(protocols: Protocols, reasons: Iterable[str], answers: Mapping[str, str]) -> bool:
    """Whether every question that must be answered has an answer."""
    return all(answers.get(one.id) for one in _questions(protocols, reasons) if one.required)


def written_in(protocols: Protocols, reasons: Iterable[str], answers: Mapping[str, str]) -> list[str]:
    """What was typed in own words in the forms that still belong to the case: the tripwire reads it."""
    asked = [one for one in _questions(protocols, reasons) if one.kind in _LONGEST]
    return [answers[one.id] for one in asked if answers.get(one.id)]


def form_in_words(
    protocols: Protocols, reasons: Iterable[str], patient: Patient, answers: Mapping[str, str], language: str = "sv"
) -> list[tuple[str, str, str]]:
    """(id, question, answer) of what was answered; in Swedish as staff read it, with the question as it was put."""
    said = [
        (field, answers[field.id]) for field in form_of(protocols, reasons, patient, language) if answers.get(field.id)
    ]
    return [(field.id, field.text, _answer_words(field, value, language)) for field, value in said]


def _answer_words(field: FormField, value: str, language: str) -> str:
    match field.kind:
        case "choice":
            return next((choice.label for choice in field.choices if choice.value == value), value)
        case "yes_no":
            return {"yes": "Yes", "no": "No"}[value] if language == "en" else _YES_NO[value]
        case "date":
            return date_words(date.fromisoformat(value), language)
    return value
