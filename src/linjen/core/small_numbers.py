"""Small numbers: which figures of a page are hidden, so that none of the few they speak of can be worked out.

A figure of 1 to 4 is hidden. Where sums that are shown would give it away, further figures are hidden, the smallest
first, until every hidden small figure could be at least two different numbers for who knows all that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

#: The smallest number of people that is shown.
FEWEST = 5
#: A reader's other table may differ in so many figures, and is looked for in so many steps; what is not found in them
#: counts as not there, so that rather too much is hidden.
_MOST_CHANGES = 8
_MOST_STEPS = 300


class Sum(msgspec.Struct, frozen=True):
    """`total` is the sum of `parts`; all are names of figures, shown or not."""

    total: str
    parts: tuple[str, ...]


class Figure(msgspec.Struct, frozen=True):
    """A figure as it may be shown: its value, or None; then `few` says that it is 1-4, and without `few` nothing."""

    value: int | None
    few: bool = False


def protect(values: Mapping[str, int], sums: Sequence[Sum] = (), dear: Sequence[str] = ()) -> dict[str, Figure]:
    """What may be shown of `values` (0 or more each) when the reader knows that all `sums` hold.

    The figures in `dear` are given up last, the first of them last of all.
    """
    page = _Page(values, sums, dear)
    page.hide()
    page.show_again()
    return {
        name: Figure(None, name in page.few) if name in page.few | page.silent else Figure(value)
        for name, value in values.items()
    }


class _Page:
    """The figures of a page while it is settled which are hidden: `few` as 1-4, `silent` without a word of them."""

    def __init__(self, values: Mapping[str, int], sums: Sequence[Sum], dear: Sequence[str]) -> None:
        self.values = values
        self.sums = sums
        self.small = [name for name, value in values.items() if 0 < value < FEWEST]
        self.few = set(self.small)
        self.silent = set[str]()
        #: For each small figure those that could be other numbers together with it.
        self.doubts: dict[str, frozenset[str]] = {}
        #: For each figure the sums that it stands in, as the total (1) or as a part (-1).
        self._lines: dict[str, list[tuple[int, int]]] = {name: [] for name in values}
        for number, line in enumerate(sums):
            self._lines[line.total].append((number, 1))
            for part in line.parts:
                self._lines[part].append((number, -1))
        self._dearness = {name: len(dear) - place for place, name in enumerate(dear)}

    def hide(self) -> None:
        """Be silent of one figure after the other until no small one is given away; what is safe stays so."""
        for name in self.small:
            while (found := self._find_doubt(name)) is None and (more := self._next_to_hide(name)):
                self.few.discard(more)
                self.silent.add(more)
            self.doubts[name] = found or frozenset()

    def show_again(self) -> None:
        """Show what was hidden in vain: what came first may have become needless by what came later."""
        for name in sorted(self.silent, key=self._price, reverse=True):
            if 0 < self.values[name] < FEWEST:
                continue
            self.silent.discard(name)
            found = {one: self._find_doubt(one) for one, doubt in self.doubts.items() if name in doubt}
            if None in found.values():
                self.silent.add(name)
            else:
                self.doubts |= {one: doubt for one, doubt in found.items() if doubt is not None}

    def _price(self, name: str) -> tuple[int, int, str]:
        return self._dearness.get(name, 0), self.values[name], name

    def _next_to_hide(self, pinned: str) -> str | None:
        """The cheapest figure that is shown in a sum with the pinned one or with those it hangs together with.

        Where none is, the largest "few" or a nought.
        """
        near, reached = {pinned}, set[str]()
        while reached != near & (self.few | self.silent | {pinned}):
            reached = near & (self.few | self.silent | {pinned})
            near = {
                name for line in self.sums if reached & {line.total, *line.parts} for name in (line.total, *line.parts)
            } | reached
        shown = [name for name in near - self.few - self.silent if self.values[name] >= FEWEST]
        if shown:
            return min(shown, key=self._price)
        left = [name for name in near - self.silent if name in self.few or self.values[name] == 0]
        return max(left, key=self._price, default=None)

    def _find_doubt(self, name: str) -> frozenset[str] | None:
        """Figures that could all be other numbers, a small one among them, for who knows what is shown; else None."""
        budget = [_MOST_STEPS]
        for deepest in range(1, _MOST_CHANGES + 1):
            for step in (1, -1):
                if self._may_change(name, step):
                    found = self._find_table(frozenset({name}), self._change({}, name, step), deepest, budget)
                    if found is not None:
                        return found
        return None

    def _may_change(self, name: str, step: int) -> bool:
        number = self.values[name] + step
        return 0 < number < FEWEST if name in self.few else name in self.silent and number >= 0

    def _change(self, off: Mapping[int, int], name: str, step: int) -> dict[int, int]:
        """By how much the total of each sum that no longer holds is too large, once one more figure is changed."""
        after = dict(off)
        for number, sign in self._lines[name]:
            after[number] = after.get(number, 0) + sign * step
            if not after[number]:
                del after[number]
        return after

    def _find_table(
        self, changed: frozenset[str], off: Mapping[int, int], deepest: int, budget: list[int]
    ) -> frozenset[str] | None:
        """At most `deepest` figures, `changed` among them, that may each be one more or less with every sum true."""
        budget[0] -= 1
        if not off:
            return changed
        if budget[0] <= 0 or len(changed) >= deepest:
            return None
        number, surplus = next(iter(off.items()))
        line = self.sums[number]
        for name in (line.total, *line.parts):
            step = (-1 if surplus > 0 else 1) * (1 if name == line.total else -1)
            if name in changed or not self._may_change(name, step):
                continue
            found = self._find_table(changed | {name}, self._change(off, name, step), deepest, budget)
            if found is not None:
                return found
        return None
