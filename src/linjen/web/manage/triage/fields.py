"""Fields of a part of a protocol file, between its values and what stands in a form."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from linjen.core.errors import Invalid
from linjen.triage.content.part_fields import Field
from linjen.triage.in_words.opened import Opened
from linjen.web.exchange import Exchange
from linjen.web.numbers import LARGE, whole_number
from linjen.web.resident.intake.sheet import Fault
from linjen.web.words import has_word

#: Before each field's name in the form, so that none is taken for a button or the token.
PREFIX = "f_"
_LONGEST_TEXT, _LONGEST_LIST = 4000, 40_000
_INHERIT = "inherit"
#: What a rule seldom says itself, since it inherits it from its file.
_BEHIND = frozenset({"source", "version", "author", "reviewed", "reviewed_by", "reviewed_on"})


def shown_fields(fields: Sequence[Field], part: Mapping[str, Any], opened: Opened) -> dict[str, str]:
    """What stands in each field for the part as it is."""
    return {field.name: _shown(field, part.get(field.name), opened) for field in fields}


def _shown(field: Field, value: Any, opened: Opened) -> str:
    if field.kind == "yes_no":
        return _INHERIT if value is None and field.options else "yes" if value else "no"
    if value is None:
        return ""
    if field.kind == "codes" and isinstance(value, list):
        return "\n".join(_code_line(str(code), opened) for code in value)
    if field.kind == "lines" and isinstance(value, list):
        return "\n".join(map(str, value))
    if field.kind == "numbers" and isinstance(value, list):
        return ", ".join(f"{one:g}".replace(".", ",") if isinstance(one, float) else str(one) for one in value)
    if field.kind == "pairs" and isinstance(value, dict):
        return "\n".join(f"{name} = {text}" for name, text in value.items())
    return " ".join(str(value).split())


def _code_line(code: str, opened: Opened) -> str:
    finding = opened.known.findings.get(code)
    return f"{code}  {finding.name}" if finding else code


def typed_fields(exchange: Exchange, fields: Sequence[Field]) -> tuple[dict[str, str], list[Fault]]:
    """What was typed in each field, and what is too long or cannot be read; too much is cut off."""
    typed, faults = {}, []
    for field in fields:
        longest = _LONGEST_LIST if field.kind in {"lines", "codes", "pairs"} else _LONGEST_TEXT
        try:
            typed[field.name] = exchange.text_of(PREFIX + field.name, longest=longest)
        except Invalid as wrong:
            sent = exchange.form.get(PREFIX + field.name)
            typed[field.name] = sent[:longest] if isinstance(sent, str) and wrong.reason == "too_long" else ""
            faults.append(Fault(PREFIX + field.name, exchange.told(wrong, "editor.fault", most=longest)))
    return typed, faults


def values_of(
    exchange: Exchange, fields: Sequence[Field], typed: Mapping[str, str], opened: Opened
) -> tuple[dict[str, Any], list[Fault]]:
    """The value of each field, None where an optional one is left out; and what has to be changed in the form."""
    values: dict[str, Any] = {}
    faults = []
    for field in fields:
        try:
            values[field.name] = _value(field, typed[field.name], opened)
        except Invalid as wrong:
            faults.append(Fault(PREFIX + field.name, exchange.told(wrong, "editor.fault")))
    return values, faults


def _value(field: Field, typed: str, opened: Opened) -> Any:
    """Raises Invalid with a reason that has words: empty, number, choice, pair."""
    if field.kind == "yes_no":
        if typed == _INHERIT and field.options:
            return None
        return (True if typed == "yes" else None if field.name in {"example", "required"} and not field.required
                else False)  # fmt: skip
    if not typed:
        if field.required:
            raise Invalid("empty")
        return None
    match field.kind:
        case "codes":
            return [_code(line, opened) for line in typed.splitlines() if line.strip()]
        case "lines":
            return [" ".join(line.split()) for line in typed.splitlines() if line.strip()]
        case "numbers":
            return [_number(one.rstrip(",")) for one in re.split(r"[;\s]+", typed) if one.strip(",")]
        case "number":
            return _whole(typed)
        case "choice":
            if typed not in field.options:
                raise Invalid("choice")
            number = whole_number(typed, -1)
            return number if number >= 0 else typed
        case "pairs":
            return dict(_pair(line) for line in typed.splitlines() if line.strip())
        case _:
            return " ".join(typed.split())


def _code(line: str, opened: Opened) -> str:
    """The code that a line begins with, or the one that has the line's name."""
    code = line.split(maxsplit=1)[0]
    if code in opened.known.findings:
        return code
    wanted = " ".join(line.split()).casefold()
    named = [one.code for one in opened.known.findings.values() if one.name.casefold() == wanted]
    return named[0] if len(named) == 1 else code


def _whole(typed: str) -> int:
    if (number := whole_number(typed, -1, most=999_999)) < 0:
        raise Invalid("number")
    return number


def _number(typed: str) -> int | float:
    try:
        whole = whole_number(typed, -1, most=LARGE)
        number = whole if whole >= 0 else float(typed.replace(",", "."))
    except ValueError:
        raise Invalid("number") from None
    if not math.isfinite(number):  # "nan" and "inf" are numbers to Python
        raise Invalid("number")
    return number


def _pair(line: str) -> tuple[str, str]:
    name, sign, text = line.partition("=")
    if not sign or not name.strip() or not text.strip():
        raise Invalid("pair")
    return name.strip(), " ".join(text.split())


def drawn_fields(
    exchange: Exchange, fields: Sequence[Field], typed: Mapping[str, str], errors: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The fields as the template draws them: labels, hints, options, what stands in them and what is wrong."""
    return [
        {
            "name": PREFIX + field.name, "kind": field.kind, "value": typed[field.name], "optional": not field.required,
            "label": _word(exchange, "field", field.name), "hint": _hint(exchange, field),
            "behind": field.name in _BEHIND, "error": errors.get(field.name), "rows": _rows(typed[field.name], field),
            "options": [{"value": one, "text": _option(exchange, field, one)} for one in _options(field)],
        }
        for field in fields
    ]  # fmt: skip


def _options(field: Field) -> tuple[str, ...]:
    return (*field.options, "yes", "no") if field.kind == "yes_no" else field.options


def _option(exchange: Exchange, field: Field, value: str) -> str:
    if field.name == "level":
        return f"{value} {exchange.say(f'urgency.{value}')}"
    key = f"editor.option.{value}"
    return exchange.say(key) if has_word("sv", key) else value


def _word(exchange: Exchange, table: str, name: str) -> str:
    key = f"editor.{table}.{name}"
    if has_word("sv", key):
        return exchange.say(key)
    base = name.removesuffix("_en")
    if base != name and has_word("sv", f"editor.{table}.{base}"):
        return exchange.say("editor.in_english", name=exchange.say(f"editor.{table}.{base}"))
    return name if table == "field" else ""


def _hint(exchange: Exchange, field: Field) -> str:
    if field.kind == "condition" and field.required:
        return ""
    return _word(exchange, "hint", field.name) or _word(exchange, "hint_kind", field.kind)


def _rows(value: str, field: Field) -> int:
    lines = value.count("\n") + 1 + len(value) // 90
    return min(16, max(lines + 1, 6 if field.kind in {"codes", "lines"} else 2))
