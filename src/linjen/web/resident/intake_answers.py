"""Answers between form and triage: read from fields, filled in again, and said in words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from linjen.triage import Asked, Value
from linjen.web.exchange import Exchange
from linjen.web.resident.intake_sheet import Fault
from linjen.web.resident.intake_words import typed_text

YES, NO, UNKNOWN = "yes", "no", "unknown"
_LOW, _HIGH = 0.0, 100_000.0


def filled_in(asked: Asked, said: Mapping[str, Value]) -> dict[str, str]:
    """The fields of one question as they stand for what was said; empty for what was not."""
    if asked.code not in said:
        return {asked.code: "", f"{asked.code}.unknown": ""}
    value = said[asked.code]
    if value is None:
        return {asked.code: "" if asked.type in {"number", "text"} else UNKNOWN, f"{asked.code}.unknown": "1"}
    if isinstance(value, bool):
        return {asked.code: YES if value else NO, f"{asked.code}.unknown": ""}
    text = f"{value:g}".replace(".", ",") if isinstance(value, int | float) else value
    return {asked.code: text, f"{asked.code}.unknown": ""}


def sent_fields(exchange: Exchange, asked: Asked) -> dict[str, str]:
    """The fields of one question as they were sent."""
    values = {}
    for name in (asked.code, f"{asked.code}.unknown"):
        value = exchange.form.get(name, "")
        values[name] = value.strip() if isinstance(value, str) else ""
    return values


def read_answer(exchange: Exchange, asked: Asked, fields: Mapping[str, str]) -> Value | Fault:
    """The answer to one question, None for "vet inte", or what has to be changed."""
    sent, unknown = fields[asked.code], bool(fields[f"{asked.code}.unknown"])
    if asked.type == "number":
        return _number(exchange, asked, sent, unknown=unknown)
    if asked.type == "text":
        text, faults = typed_text(exchange, asked.code)
        return faults[0] if faults else text or None
    choices = {YES: True, NO: False} if asked.type == "bool" else {one.value: one.value for one in asked.values}
    if sent == UNKNOWN:
        return None
    if sent not in choices:
        return Fault(asked.code, exchange.say("intake.questions.missing"))
    return choices[sent]


def _number(exchange: Exchange, asked: Asked, sent: str, *, unknown: bool) -> Value | Fault:
    if unknown and not sent:
        return None
    if unknown:
        return Fault(asked.code, exchange.say("intake.questions.number_or_unknown"))
    if not sent:
        return Fault(asked.code, exchange.say("intake.questions.number_missing"))
    try:
        number = float(sent.replace(",", ".").replace(" ", "").replace(" ", ""))
    except ValueError:
        number = math.nan
    low, high = _LOW if asked.low is None else asked.low, _HIGH if asked.high is None else asked.high
    if not low <= number <= high:
        words = exchange.say("intake.questions.number", low=f"{low:g}", high=f"{high:g}")
        return Fault(asked.code, words)
    return number


def answer_words(exchange: Exchange, asked: Asked, value: Value) -> str:
    """An answer as the resident reads it."""
    if value is None:
        return exchange.say("parts.unknown")
    if isinstance(value, bool):
        return exchange.say("parts.yes" if value else "parts.no")
    if isinstance(value, int | float):
        number = f"{value:g}" if exchange.language == "en" else f"{value:g}".replace(".", ",")
        return f"{number} {asked.unit}".strip()
    return next((one.label for one in asked.values if one.value == value), value)
