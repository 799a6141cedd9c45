"""YAML read with the line of every value, so that a fault in a protocol file can be pointed at."""

from __future__ import annotations

import re
from typing import Any

import yaml

from linjen.core.errors import Invalid

Lines = dict[str, int]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 1_000_000


def read_yaml(raw: bytes) -> tuple[Any, Lines]:
    """The content of a file's bytes and, for each place such as `$.rules[2].level`, its line (from 1).

    Raises Invalid("bad_yaml") with `line` and `why`. Anchors, own tags and a key written twice are refused: what a
    clinician reads in the file is what the engine uses.
    """
    try:
        if len(raw) > MAX_BYTES:
            raise Invalid("bad_yaml", line=1, why="the file is larger than 1 MB")
        text = raw.decode("utf-8")
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise Invalid("bad_yaml", line=line, why="aliases (*name) are not used in protocol files")
        loader = _LOADER(text)
        try:
            node = loader.get_single_node()
            lines: Lines = {"$": 1}
            return (_value(loader, node, "$", lines) if node is not None else None), lines
        finally:
            loader.dispose()
    except UnicodeDecodeError:
        raise Invalid("bad_yaml", line=1, why="the file is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Invalid("bad_yaml", line=line, why=error.problem or "cannot be read") from None
    except yaml.YAMLError as error:
        raise Invalid("bad_yaml", line=1, why=str(error).splitlines()[0]) from None


def _value(loader: Any, node: yaml.Node, place: str, lines: Lines) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, part, f"{place}[{number}]", lines) for number, part in enumerate(node.value)]
    return loader.construct_object(node)


def _mapping(loader: Any, node: yaml.MappingNode, place: str, lines: Lines) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in found:
            raise Invalid("bad_yaml", line=line, why=f"{key!r} is written twice")
        found[key] = _value(loader, value_node, f"{place}.{key}", lines)
        lines[f"{place}.{key}"] = line
    return found


def line_of(lines: Lines, place: str) -> int:
    """The line of a place, or of the nearest place around it that the file has."""
    while place and place not in lines:
        place = re.sub(r"(\.[^.\[\]]*|\[[^\]]*\])$", "", place) if place != "$" else ""
    return lines.get(place, 1)
