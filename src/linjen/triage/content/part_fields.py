"""The fields of a part of a protocol file: their names, how each is filled in, and which may be left out.

They follow from the shape of the format, so that a field which the format gets later can be filled in, too.
"""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import msgspec

from linjen.core.errors import NotFound
from linjen.triage.content.file_parts import ABOUT, ASKED, LISTS, SINGLE, Where
from linjen.triage.content.shape import SHAPES, Words

FieldKind = Literal["line", "text", "lines", "codes", "condition", "number", "numbers", "choice", "yes_no", "pairs"]
_CODES = {"ask", "means", "lead", "red_flags", "risk_groups", "staff_first"}
_LINES = {"id", "name", "name_en", "author", "source", "reviewed_by", "reviewed_on", "release", "hours", "place",
          "place_en", "title", "title_en", "code"}  # fmt: skip


class Field(msgspec.Struct, frozen=True):
    """One field of a part. `options` are the values of a choice; an optional one that is left empty is left out."""

    name: str
    kind: FieldKind
    required: bool
    options: tuple[str, ...] = ()


def fields_of(kind: str, where: Where) -> list[Field]:
    """The fields of a part in a file of this kind (reason, general, …). Raises NotFound("part")."""
    if where.part == "codes":
        return _fields(Words)
    shape = LISTS.get(where.part) if where.item else SINGLE.get(where.part)
    if shape is not None:
        return _fields(shape)
    names = {"about": ABOUT, "asked": ASKED}.get(where.part)
    if names is None or where.item or kind not in SHAPES:
        raise NotFound("part")
    found = {one.name: one for one in _fields(SHAPES[kind])}
    found["red_flags"] = Field("red_flags", "codes", required=False)
    has = {one.encode_name for one in msgspec.structs.fields(SHAPES[kind])}
    return [found[name] for name in names if name in has and name in found]


def _fields(shape: type[Any]) -> list[Field]:
    fields = []
    for one in msgspec.structs.fields(shape):
        kind, options = _kind(one.encode_name, one.type)
        if kind is not None:
            fields.append(Field(one.encode_name, kind, one.required, options))
    return fields


def _kind(name: str, type_: Any) -> tuple[FieldKind | None, tuple[str, ...]]:
    inner = get_args(type_)[0] if hasattr(type_, "__metadata__") else type_
    if name in _CODES:
        return "codes", ()
    if name == "if":
        return "condition", ()
    if name == "level":
        meta = next(iter(getattr(type_, "__metadata__", ())), None)
        return "choice", tuple(str(level) for level in range(1, (getattr(meta, "le", None) or 5) + 1))
    if get_origin(inner) is Literal:
        return "choice", tuple(map(str, get_args(inner)))
    if inner is bool or bool in get_args(inner):
        return "yes_no", () if inner is bool else ("inherit",)
    if inner is int:
        return "number", ()
    if get_origin(inner) is list:
        of = get_args(inner)[0]
        base = get_args(of)[0] if hasattr(of, "__metadata__") else of
        return ("numbers" if base is int else "lines" if base is str else None), ()
    if get_origin(inner) is dict and name.startswith("labels"):
        return "pairs", ()
    if get_origin(inner) is dict:  # no form for it: it stays as it is in the file
        return None, ()
    if get_origin(inner) is tuple or (get_args(inner) and tuple in {get_origin(one) for one in get_args(inner)}):
        return "numbers", ()
    parts = [get_args(one)[0] if hasattr(one, "__metadata__") else one for one in (inner, *get_args(inner))]
    is_text = str in parts
    return ("line" if name in _LINES else "text") if is_text else None, ()
