"""What a condition may still come to: the least and the most that open questions leave possible."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeAlias

from linjen.triage.content.condition import NO, YES, AtLeast, Compare, Facts, Flag, Node, Not, OneOf, Unknown, compiled

#: (least, most) truth that a condition may end in, when the codes given may still be answered in any way.
Span: TypeAlias = Callable[[Facts, Collection[str]], tuple[int, int]]


def spanning(node: Node) -> Span:
    """The condition's span as a function of the facts and of the codes that are open.

    Parts are looked at one by one, so the span may be wider than what is really possible, never narrower: a question
    that matters is never left out.
    """
    match node:
        case Flag(code) | Compare(code) | OneOf(code) | Unknown(code):
            return _leaf(code, node)
        case Not(part):
            inner = spanning(part)

            def opposite(facts: Facts, open_codes: Collection[str]) -> tuple[int, int]:
                least, most = inner(facts, open_codes)
                return YES - most, YES - least

            return opposite
        case AtLeast(least, parts):
            return _at_least(least, tuple(spanning(part) for part in parts))


def _leaf(code: str, node: Node) -> Span:
    test = compiled(node)

    def span(facts: Facts, open_codes: Collection[str]) -> tuple[int, int]:
        if code in open_codes:
            return NO, YES
        truth = test(facts)
        return truth, truth

    return span


def _at_least(least: int, spans: tuple[Span, ...]) -> Span:
    if least == len(spans):
        return _all(spans)
    if least == 1:
        return _any(spans)
    place = least - 1

    def span(facts: Facts, open_codes: Collection[str]) -> tuple[int, int]:
        found = [part(facts, open_codes) for part in spans]
        lows = sorted((low for low, _ in found), reverse=True)
        highs = sorted((high for _, high in found), reverse=True)
        return lows[place], highs[place]

    return span


def _all(spans: tuple[Span, ...]) -> Span:
    def span(facts: Facts, open_codes: Collection[str]) -> tuple[int, int]:
        least = most = YES
        for part in spans:
            low, high = part(facts, open_codes)
            if high == NO:
                return NO, NO
            least, most = min(low, least), min(high, most)
        return least, most

    return span


def _any(spans: tuple[Span, ...]) -> Span:
    def span(facts: Facts, open_codes: Collection[str]) -> tuple[int, int]:
        least = most = NO
        for part in spans:
            low, high = part(facts, open_codes)
            if low == YES:
                return YES, YES
            least, most = max(low, least), max(high, most)
        return least, most

    return span
