"""Answers between form and triage: read from fields, filled in again, and said in words."""

from __future__ import annotations

from collections.abc import Mapping

from linjen.triage import Asked, Value
from linjen.triage.asking.wording import amount
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.sheet import Fault
from linjen.web.resident.intake.typed_numbers import read_typed
from linjen.web.resident.intake.words import typed_text

YES, NO, UNKNOWN = "yes", "no", "unknown"
#: What is chosen of a number that her words state: that number, or another one in the field `<code>.number`.
STATED, OTHER = "stated", "other"
_LOW, _HIGH = 0.0, 100_000.0


def filled_in(asked: Asked, said: Mapping[str, Value]) -> dict[str, str]:
    """The fields of one question as they stand for what was said; empty for what was not."""
    if asked.code not in said:
        return {asked.code: "", f"{asked.code}.unknown": "", f"{asked.code}.number": ""}
    value = said[asked.code]
    if is_to_confirm(asked) and isinstance(value, int | float):
        same = value == asked.stated
        return {asked.code: STATED if same else OTHER, f"{asked.code}.number": "" if same else amount(value, "")}
    if value is None:
        return {asked.code: "" if asked.type in {"number", "text"} else UNKNOWN, f"{asked.code}.unknown": "1"}
    if isinstance(value, bool):
        return {asked.code: YES if value else NO, f"{asked.code}.unknown": ""}
    text = amount(value, "") if isinstance(value, int | float) else value
    return {asked.code: text, f"{asked.code}.unknown": ""}


def is_to_confirm(asked: Asked) -> bool:
    """Whether this is a number that her own words state: one tap says that it is right."""
    return asked.type == "number" and asked.stated is not None


def confirmed(asked: Asked) -> str:
    """The field's value that says yes to what her words state."""
    if asked.type == "bool":
        return YES
    return STATED if is_to_confirm(asked) else str(asked.stated or "")


def sent_fields(exchange: Exchange, asked: Asked) -> dict[str, str]:
    """The fields of one question as they were sent."""
    values = {}
    for name in (asked.code, f"{asked.code}.unknown", f"{asked.code}.number"):
        value = exchange.form.get(name, "")
        values[name] = value.strip() if isinstance(value, str) else ""
    return values


def read_answer(exchange: Exchange, asked: Asked, fields: Mapping[str, str]) -> Value | Fault:
    """The answer to one question, None for "vet inte", or what has to be changed."""
    sent, unknown = fields[asked.code], bool(fields[f"{asked.code}.unknown"])
    if is_to_confirm(asked):
        return _confirmed_number(exchange, asked, fields)
    if asked.type == "number":
        return _number(exchange, asked, sent, unknown=unknown)
    if asked.type == "text":
        text, faults = typed_text(exchange, asked.code)
        return faults[0] if faults else text or None
    choices = {YES: True, NO: False} if asked.type == "bool" else {one.value: one.value for one in asked.values}
    if sent == UNKNOWN:
        return None
    if sent not in choices:
        return _fault(exchange, asked, "missing")
    return choices[sent]


def _confirmed_number(exchange: Exchange, asked: Asked, fields: Mapping[str, str]) -> Value | Fault:
    chosen, typed = fields[asked.code], fields.get(f"{asked.code}.number", "")
    if chosen == OTHER or (typed and not chosen):
        return _number(exchange, asked, typed, unknown=False)
    if chosen == STATED:
        return asked.stated
    return None if chosen == UNKNOWN else _fault(exchange, asked, "missing")


def _number(exchange: Exchange, asked: Asked, sent: str, *, unknown: bool) -> Value | Fault:
    if unknown and not sent:
        return None
    if unknown:
        return _fault(exchange, asked, "number_or_unknown")
    if not sent:
        return _fault(exchange, asked, "number_missing")
    number = read_typed(sent, asked.unit)
    if number is None:
        return _fault(exchange, asked, "number_how")
    low, high = _LOW if asked.low is None else asked.low, _HIGH if asked.high is None else asked.high
    if not low <= number <= high:
        return _fault(exchange, asked, "number", low=f"{low:g}", high=f"{high:g}")
    return number


def _fault(exchange: Exchange, asked: Asked, key: str, **values: str) -> Fault:
    return Fault(asked.code, exchange.say(f"intake.questions.{key}", **values), asked.text)


def answer_words(exchange: Exchange, asked: Asked, value: Value) -> str:
    """An answer as the resident reads it."""
    if value is None:
        return exchange.say("parts.unknown")
    if isinstance(value, bool):
        return exchange.say("parts.yes" if value else "parts.no")
    if isinstance(value, int | float):
        return amount(value, asked.unit, exchange.language)
    return next((one.label for one in asked.values if one.value == value), value)
