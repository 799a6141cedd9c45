"""En ändring i ord: what a setting was and what it becomes, row by row, and what follows from it in figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from linjen.web.exchange import Exchange

Value = TypeVar("Value")

#: A value as people read it: a name for each part, and what it is.
Words = Callable[[Exchange, Value], Mapping[str, str]]


class Rehearsal(msgspec.Struct, Generic[Value], frozen=True):
    """A change that was tried and not kept, with the figures and what else was seen, before and after."""

    was: Value
    becomes: Value
    counts_before: Mapping[str, int]
    counts_after: Mapping[str, int]
    seen_before: Any = None
    seen_after: Any = None


def draw_change(exchange: Exchange, name: str, words: Words[Value], found: Rehearsal[Value]) -> dict[str, Any]:
    """What manage/preview.html draws: only what differs, and the figures."""
    return {
        "rows": changed_rows(exchange, words, found.was, found.becomes),
        "counts": [_count(exchange, f"manage.{name}.counts.{key}", count, found.counts_after[key])
                   for key, count in found.counts_before.items()],
    }  # fmt: skip


def changed_rows(exchange: Exchange, words: Words[Value], was: Value, becomes: Value) -> list[dict[str, str]]:
    """The parts that differ, each with what it was and what it becomes; of two that read alike, that the order does."""
    before, after = words(exchange, was), words(exchange, becomes)
    nothing = exchange.say("manage.change.nothing")
    rows = [
        {"name": name, "was": before.get(name) or nothing, "becomes": after.get(name) or nothing}
        for name in dict.fromkeys([*after, *before])
        if before.get(name) != after.get(name)
    ]
    order = {key: exchange.say(f"manage.change.order_{key}") for key in ("name", "was", "becomes")}
    return rows or [order]


def _count(exchange: Exchange, key: str, before: int, after: int) -> dict[str, str]:
    value = exchange.say("manage.change.count_same" if before == after else "manage.change.count",
                         before=before, after=after)  # fmt: skip
    return {"name": exchange.say(key), "value": value}
