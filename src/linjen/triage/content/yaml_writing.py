"""A protocol file with some values changed, and everything else left letter by letter: comments, order, quotes.

The text is cut at the places of its values; what is wanted otherwise is written anew, the rest is copied. An item of a
list takes the comment above it with it when it moves. Whatever comes out is read again and must say what was wanted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import yaml

from linjen.core.errors import Invalid
from linjen.triage.content.yaml_lines import read_yaml
from linjen.triage.content.yaml_values import block_item, entry, flow, scalar

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def rewritten(raw: bytes, wanted: Mapping[str, Any]) -> bytes:
    """The file with the content `wanted` (plain dicts, lists, texts, numbers and truths), changed where it differs.

    Raises Invalid("bad_yaml") for a file that cannot be read, Invalid("cannot_rewrite") where its way of writing does
    not let a change be made safely; then the text itself can be edited.
    """
    content, _ = read_yaml(raw)
    if content == wanted:
        return raw
    text = raw.decode("utf-8")
    ends = "\r\n" if "\r\n" in text and text.count("\r\n") == text.count("\n") else "\n"
    text = text.replace("\r\n", "\n") if ends == "\r\n" else text
    node = yaml.compose(text, Loader=_LOADER)
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise Invalid("cannot_rewrite")
    writer = _Writer(text)
    whole = text[: writer.start(node)] + writer.value(node, content, wanted, 0) + text[writer.end(node) :]
    new = whole.replace("\n", ends).encode()
    try:
        found, _ = read_yaml(new)
    except Invalid:
        found = None
    if found != wanted:
        raise Invalid("cannot_rewrite")
    return new


class _Writer:
    """Copies or writes values of one text; `indent` is the column in which the keys around a value begin."""

    def __init__(self, text: str) -> None:
        self.text = text

    # -- where things stand -------------------------------------------------------------------------------------------

    def start(self, node: yaml.Node) -> int:
        return int(node.start_mark.index)

    def end(self, node: yaml.Node) -> int:
        """Where a value ends; a block of lines ends with its last line, and a comment on that line belongs to it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.line_end(self.end(last[1] if isinstance(last, tuple) else last))
        end = int(node.end_mark.index)
        if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
            return self.start(node) + len(self.text[self.start(node) : end].rstrip())
        return end

    def line_end(self, at: int) -> int:
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found

    def rest_of_line(self, node: yaml.Node) -> str:
        """A comment behind a value."""
        end = self.end(node)
        return self.text[end : self.line_end(end)]

    # -- what is there, changed ---------------------------------------------------------------------------------------

    def value(self, node: yaml.Node, old: Any, new: Any, indent: int) -> str:
        """The text of a value, between its start and its end."""
        if old == new and type(old) is type(new):
            return self.text[self.start(node) : self.end(node)]
        if isinstance(node, yaml.MappingNode) and isinstance(new, Mapping) and new and not node.flow_style:
            return self.mapping(node, old, new)
        if isinstance(node, yaml.SequenceNode) and isinstance(new, list) and new and not node.flow_style:
            return self.sequence(node, old, new)
        if isinstance(node, yaml.ScalarNode) and not isinstance(new, Mapping | list):
            return scalar(new, indent, node.start_mark.column, node.style)
        return flow(new, indent, node.start_mark.column)

    def mapping(self, node: yaml.MappingNode, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
        column = node.value[0][0].start_mark.column
        chunks: dict[str, str] = {}
        before = None
        for key, value in node.value:
            name = str(key.value)
            lead = self.text[self.line_end(self.end(before)) : self.start(key)] if before is not None else ""
            before = value
            if name in new:
                said = self.value(value, old[name], new[name], column)
                chunks[name] = lead + self.text[self.start(key) : self.start(value)] + said + self.rest_of_line(value)
        for name in [name for name in new if name not in chunks]:
            chunks = _placed(chunks, list(new), name, f"\n{' ' * column}{entry(name, new[name], column)}")
        return "".join(chunks.values()).lstrip("\n ")

    def sequence(self, node: yaml.SequenceNode, old: Sequence[Any], new: Sequence[Any]) -> str:
        column = node.start_mark.column
        parts: list[str] = []
        for number, (item, at) in enumerate(zip(new, matched(old, new), strict=True)):
            if at is None:
                parts.append(f"\n{' ' * column}- {block_item(item, column + 2)}")
                continue
            child = node.value[at]
            begins = self.line_end(self.end(node.value[at - 1])) if at else self.start(node)
            dash = self.text.rfind("-", begins, self.start(child)) if at else begins
            lead = self.text[begins:dash] if at or not number else f"\n{' ' * column}"
            said = self.value(child, old[at], item, column + 2)
            parts.append(lead + self.text[dash : self.start(child)] + said + self.rest_of_line(child))
        return "".join(parts).lstrip("\n ")


def _placed(chunks: dict[str, str], order: Sequence[str], name: str, text: str) -> dict[str, str]:
    """The entries with a new one behind the nearest that stands before it in `order`, but never as the first."""
    before = next((one for one in reversed(order[: order.index(name)]) if one in chunks), next(iter(chunks), ""))
    placed: dict[str, str] = {}
    for key, chunk in chunks.items():
        placed[key] = chunk
        if key == before:
            placed[name] = text
    return placed or {name: text}


def matched(old: Sequence[Any], new: Sequence[Any]) -> list[int | None]:
    """For each item of `new` the place of the old item that it is, changed or not; None for what is new.

    Items with an id (or code) are known by it. Others are the same where they are equal, or where as many were put in
    the place of some.
    """
    had, has = [_key(one) for one in old], [_key(one) for one in new]
    places: list[int | None] = [None] * len(new)
    left = set(range(len(old)))
    for how, a, b, c, d in SequenceMatcher(None, had, has, autojunk=False).get_opcodes():
        replaced = how == "replace" and b - a == d - c
        for one, other in zip(range(a, b), range(c, d), strict=False):
            if how == "equal" or (replaced and not {_known(old[one]), _known(new[other])} - {""}):
                places[other] = one
                left.discard(one)
    for other, place in enumerate(places):
        moved = next((one for one in sorted(left) if place is None and had[one] == has[other]), None)
        if moved is not None:
            places[other] = moved
            left.discard(moved)
    return places


def _known(item: Any) -> str:
    return str(item.get("id") or item.get("code") or "") if isinstance(item, Mapping) else ""


def _key(item: Any) -> str:
    return _known(item) or json.dumps(item, ensure_ascii=False, default=str)
