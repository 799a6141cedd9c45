"""YAML read with the line of every value, so that a fault in a protocol file can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from linjen.core.errors import Invalid

Lines = dict[str, int]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STRING = "tag:yaml.org,2002:str"
_DEEPEST = 20
MAX_BYTES = 1_000_000


def read_yaml(raw: bytes) -> tuple[Any, Lines]:
    """The content of a file's bytes and, for each place such as `$.rules[2].level`, its line (from 1).

    Raises Invalid("bad_yaml") with `line` and `why`. Anchors, own tags and a key written twice are refused: what a
    clinician reads in the file is what the engine uses.
    """
    try:
        if len(raw) > MAX_BYTES:
            raise Invalid("bad_yaml", line=1, why="the file is larger than 1 MB")
        loader = _LOADER(raw.decode("utf-8"))
        try:
            return _Reader(loader).whole()
        finally:
            loader.dispose()
    except UnicodeDecodeError:
        raise Invalid("bad_yaml", line=1, why="the file is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Invalid("bad_yaml", line=line, why=error.problem or "cannot be read") from None
    except yaml.YAMLError as error:
        raise Invalid("bad_yaml", line=1, why=str(error).splitlines()[0]) from None


class _Reader:
    """One document, straight from the parser's events: a tree of nodes in between took twice the time."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._next: Callable[[], Any] = loader.get_event
        self._typed = loader.yaml_implicit_resolvers
        self.lines: Lines = {"$": 1}

    def whole(self) -> tuple[Any, Lines]:
        self._next()  # the stream begins
        event = self._next()
        content = None
        if isinstance(event, yaml.DocumentStartEvent):
            content = self._value(self._next(), "$", 0)
            self._next()  # the document ends
            event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise _wrong(event, "a second document begins")
        return content, self.lines

    def _value(self, event: Any, place: str, depth: int) -> Any:
        self.lines[place] = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if depth > _DEEPEST:
            raise _wrong(event, f"nested deeper than {_DEEPEST} levels")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place, depth + 1)
        if isinstance(event, yaml.SequenceStartEvent):
            found: list[Any] = []
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                found.append(self._value(event, f"{place}[{len(found)}]", depth + 1))
            return found
        raise _wrong(event, "aliases (*name) are not used in protocol files")

    def _mapping(self, place: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _wrong(event, "a key is one word or text")
            key, line = event.value, _line(event)
            if key in found:
                raise _wrong(event, f"{key!r} is written twice")
            found[key] = self._value(self._next(), f"{place}.{key}", depth)
            self.lines[f"{place}.{key}"] = line
        return found

    def _scalar(self, event: Any) -> Any:
        value: str = event.value
        # Nearly all is text, and most of it is seen to be by its first letter.
        if event.tag is None and (not event.implicit[0] or value[:1] not in self._typed):
            return value
        tag = event.tag
        if tag is None or tag == "!":
            tag = self._loader.resolve(yaml.ScalarNode, value, event.implicit)
        if tag == _STRING:
            return value
        try:
            return self._loader.construct_object(yaml.ScalarNode(tag, value, event.start_mark, event.end_mark))
        except ValueError:  # such as 2026-02-30
            raise _wrong(event, f"{value!r} cannot be read") from None


def _line(event: Any) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _wrong(event: Any, why: str) -> Invalid:
    return Invalid("bad_yaml", line=_line(event), why=why)


def line_of(lines: Lines, place: str) -> int:
    """The line of a place, or of the nearest place around it that the file has."""
    while place and place not in lines:
        place = re.sub(r"(\.[^.\[\]]*|\[[^\]]*\])$", "", place) if place != "$" else ""
    return lines.get(place, 1)
