"""A protocol file taken apart into what one form changes: a rule, a question, an advice, the codes that are asked.

Pure. A part is named as in an address: `about`, `asked`, `default`, `self_care`, or a list and one of it, such as
`rules` and `halsont.lange` (`new` for one that is not there yet). What a form does not know stays as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from linjen.core.errors import NotFound
from linjen.triage.content.shape import Advice, Block, Default, Floor, FormQuestion, Part, Place, RuleText

NEW = "new"

#: Lists of parts that are known by their id (or code), and their shape.
LISTS: dict[str, type[Part]] = {
    "questions": Block, "always": Block, "compass": Block, "pages": Block, "rules": RuleText, "form": FormQuestion,
    "floors": Floor, "care": Place,
}  # fmt: skip
SINGLE: dict[str, type[Part]] = {"default": Default, "self_care": Advice, "self_care_child": Advice}
ADVICE = ("self_care", "self_care_child")
ABOUT = ("name", "name_en", "synonyms", "release", "version", "author", "source", "reviewed", "reviewed_by",
          "reviewed_on", "example")  # fmt: skip
ASKED = ("means", "lead", "areas", "red_flags", "risk_groups", "staff_first")
#: Parts whose order is the order in which they are asked.
ORDERED = frozenset({"questions", "always", "compass", "pages", "form"})


class Where(msgspec.Struct, frozen=True):
    """One part of a file: the list or place, and which of it; `item` is empty for what there is only one of."""

    part: str
    item: str = ""

    @property
    def is_new(self) -> bool:
        """Whether it is to be added."""
        return self.item == NEW


def find_part(content: Mapping[str, Any], where: Where) -> dict[str, Any]:
    """The part as it stands in the file's content, empty for a new one. Raises NotFound("part")."""
    if where.part == "about":
        return {name: content[name] for name in ABOUT if name in content}
    if where.part == "asked":
        found = {name: content[name] for name in ASKED if name in content}
        return found | {"red_flags": content.get("red_flags", {}).get("ask", [])}
    if where.part in SINGLE and not where.item:
        return dict(content.get(where.part) or {})
    if where.part == "codes" and where.item in content.get("codes", {}):
        return dict(content["codes"][where.item])
    if where.is_new and where.part in LISTS:
        return {}
    listed, at = _located(content, where)
    return dict(listed[at])


def place_of(content: Mapping[str, Any], where: Where) -> str:
    """Where a part stands in the file, as the lines of `yaml_lines` name it; "$" for what is spread over the file."""
    if where.part in {"about", "asked"} or where.is_new:
        return "$"
    if where.part == "codes":
        return f"$.codes.{where.item}"
    if not where.item:
        return f"$.{where.part}"
    if where.part == "pages":
        for number, screen in enumerate(content.get("screens", [])):
            at = _index(screen.get("pages", []), where.item)
            if at is not None:
                return f"$.screens[{number}].pages[{at}]"
    listed, at = _located(content, where)
    return f"$.{where.part}[{at}]" if listed else "$"


def with_part(
    content: Mapping[str, Any], where: Where, values: Mapping[str, Any], at: int | None = None
) -> dict[str, Any]:
    """The file's content with a part as `values` have it; `at` is its place (from 0) in a list whose order counts.

    A value None takes the field away. Raises NotFound("part").
    """
    new: dict[str, Any] = copy.deepcopy(dict(content))
    if where.part in {"about", "asked"}:
        flags = values.get("red_flags") if where.part == "asked" else None
        _fill(new, {name: value for name, value in values.items() if name != "red_flags"})
        if flags or (where.part == "asked" and "red_flags" in new):
            new["red_flags"] = {**new.get("red_flags", {}), "ask": flags or []}
        return _ordered(new)
    if where.part == "codes":
        _fill(new["codes"].setdefault(where.item, {}), values)
        return new
    if not where.item:
        part = dict(new.get(where.part) or {})
        _fill(part, values)
        new[where.part] = part
        return _ordered(new)
    return _in_list(new, where, values, at)


def _in_list(new: dict[str, Any], where: Where, values: Mapping[str, Any], at: int | None) -> dict[str, Any]:
    if where.is_new:
        listed = new.setdefault(where.part, [])
        item: dict[str, Any] = {}
        listed.append(item)
    else:
        listed, found = _located(new, where)
        item = listed[found]
    _fill(item, values)
    item_in_order = {name: item[name] for name in _ITEM_ORDER if name in item}
    item_in_order |= {name: value for name, value in item.items() if name not in item_in_order}
    number = next(number for number, one in enumerate(listed) if one is item)
    listed[number] = item_in_order
    if at is not None and at != number:
        listed.insert(max(0, min(at, len(listed) - 1)), listed.pop(number))
    return _ordered(new)


def without_part(content: Mapping[str, Any], where: Where) -> dict[str, Any]:
    """The file's content without a part of a list, or without its advice. Raises NotFound("part")."""
    new: dict[str, Any] = copy.deepcopy(dict(content))
    if where.part in ADVICE and not where.item:
        new.pop(where.part, None)
        return new
    listed, at = _located(new, where)
    del listed[at]
    if not listed and where.part in new:
        del new[where.part]
    return new


def listed_in(content: Mapping[str, Any], where: Where) -> list[str]:
    """The ids of the list that a part belongs to, in order."""
    if where.part == "pages":
        return [one.get("id", "") for one in _located(content, where)[0]]
    return [_id(one, number) for number, one in enumerate(content.get(where.part) or [])]


def _located(content: Mapping[str, Any], where: Where) -> tuple[list[Any], int]:
    lists = [content.get(where.part) or []]
    if where.part == "pages":
        lists = [screen.get("pages") or [] for screen in content.get("screens") or []]
    for listed in lists if where.part in LISTS else []:
        at = _index(listed, where.item)
        if at is not None:
            return listed, at
    raise NotFound("part")


def _index(listed: Sequence[Any], item: str) -> int | None:
    return next((number for number, one in enumerate(listed) if _id(one, number) == item), None)


def _id(one: Any, number: int) -> str:
    """An item's id or code; places of care have none and are counted from 1."""
    return str(one.get("id") or one.get("code") or number + 1) if isinstance(one, dict) else str(number + 1)


def _fill(part: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is None:
            part.pop(name, None)
        else:
            part[name] = value


#: How the files that ship are written, from the top; what is put in anew comes where it belongs.
_ORDER = (
    "kind", "id", "name", "name_en", "synonyms", "release", "version", "author", "source", "reviewed", "reviewed_by",
    "reviewed_on", "example", "default", "means", "lead", "areas", "red_flags", "questions", "risk_groups", "rules",
    "self_care", "self_care_child", "form", "care", "staff_first",
)  # fmt: skip
_ITEM_ORDER = (
    "id", "code", "if", "level", "levels", "text", "text_other", "text_en", "text_other_en", "help", "help_en", "kind",
    "choices", "choices_en", "required", "ask", "why", "place", "place_en", "days", "hours", "source", "version",
    "author", "reviewed", "reviewed_by", "reviewed_on",
)  # fmt: skip


def _ordered(content: Mapping[str, Any]) -> dict[str, Any]:
    first = {name: content[name] for name in _ORDER if name in content}
    return first | {name: value for name, value in content.items() if name not in first}
