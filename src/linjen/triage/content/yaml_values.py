"""New values as YAML text: in the way the protocol files are written, short lists in a row, long texts folded."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from linjen.core.errors import Invalid
from linjen.triage.content.yaml_lines import read_yaml

_WIDTH = 120
_WORD = re.compile(r"[a-zåäö0-9_.*]+")


def entry(name: str, value: Any, indent: int) -> str:
    """A key with its value, as it stands behind `indent` spaces."""
    return f"{name}:{_behind(value, indent, indent + len(name) + 2)}"


def _behind(value: Any, indent: int, column: int) -> str:
    """A value behind its key's colon."""
    if isinstance(value, Mapping) and value:
        return "".join(f"\n{' ' * (indent + 2)}{entry(name, one, indent + 2)}" for name, one in value.items())
    if isinstance(value, list) and value and not _is_short(value):
        return "".join(f"\n{' ' * (indent + 2)}- {block_item(one, indent + 4)}" for one in value)
    if isinstance(value, Mapping | list):
        return f" {flow(value, indent, column)}"
    return f" {scalar(value, indent, column)}"


def block_item(value: Any, indent: int) -> str:
    """An item of a list behind its dash; further lines stand behind `indent` spaces."""
    if isinstance(value, Mapping) and value:
        return f"\n{' ' * indent}".join(entry(name, one, indent) for name, one in value.items())
    if isinstance(value, Mapping | list):
        return flow(value, indent, indent)
    return scalar(value, indent - 2, indent)


def _is_short(items: Sequence[Any]) -> bool:
    """Codes, words and numbers, which read well in a row."""
    return all(isinstance(one, int | float) or (isinstance(one, str) and _WORD.fullmatch(one)) for one in items)


def flow(value: Any, indent: int, column: int) -> str:
    """A value on one line, or a list on several when it is too long for one."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {flow(one, indent, column)}" for name, one in value.items()) + "}"
    if not isinstance(value, list):
        return scalar(value, indent, column, in_flow=True)
    parts = [flow(one, indent, column) for one in value]
    whole = f"[{', '.join(parts)}]"
    if column + len(whole) <= _WIDTH or len(parts) < 2:
        return whole
    margin = " " * (indent + 2)
    lines = _filled([f"{part}," for part in parts[:-1]] + parts[-1:], _WIDTH - len(margin))
    return "[\n" + "".join(f"{margin}{line}\n" for line in lines) + f"{margin}]"


def _filled(parts: Sequence[str], width: int) -> list[str]:
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + 1 + len(part) <= width:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return lines


def scalar(value: Any, indent: int, column: int, style: str | None = None, *, in_flow: bool = False) -> str:
    """A single value; a text keeps the quotes or the folding (`style`) that it had."""
    if not isinstance(value, str):
        return json.dumps(value)
    foldable = not in_flow and value == " ".join(value.split()) and value
    if foldable and (style == ">" or (not style and column + len(value) > _WIDTH)):
        width = max(40, _WIDTH - indent - 2)
        lines = textwrap.wrap(value, width, break_long_words=False, break_on_hyphens=False)
        return ">-" + "".join(f"\n{' ' * (indent + 2)}{line}" for line in lines)
    if style not in {'"', "'"} and _is_plain(value, in_flow=in_flow):
        return value
    return _quoted(value)


def _quoted(value: str) -> str:
    """A text in double quotes, with signs that cannot be seen written as their numbers."""
    said = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in said)


def _is_plain(value: str, *, in_flow: bool) -> bool:
    """Whether a text can stand without quotes, found out by reading it."""
    if not value or "\n" in value or value != value.strip():
        return False
    text, wanted = (f"[{value}]", [value]) if in_flow else (f"a: {value}", {"a": value})
    try:
        return bool(read_yaml(text.encode())[0] == wanted)
    except (Invalid, UnicodeEncodeError):
        return False
