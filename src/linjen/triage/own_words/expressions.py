"""The small language of the lexicon: word patterns, concept groups and expressions, and where they occur in a text.

A word pattern is `ord`, `ord*` (beginning), `*ord` (end of a compound), `*ord*` or `ord~` (with Swedish endings).
`a_b` is a fixed phrase (one word may come between), `a|b` a choice, `@name` a concept group, `#temp>=38` a number.
A row of items is found in that order with up to two words between; ` & ` joins rows of one sentence in any order,
` && ` rows anywhere in the text, and a row that begins with `!` must not occur (in the sentence, or the text). A line
of nothing but `!` rows is a veto: no expression of that name is found near such words in the same sentence.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from linjen.triage.own_words.patterns import Vocabulary
from linjen.triage.own_words.words import Token, are_undotted

Span = tuple[int, ...]  # the places (token numbers) of one find, rising
Number = tuple[str, float, int]  # kind, value, place

_ROW_GAP = 3
_WIDE_GAP = 7
_PHRASE_GAP = 2
_WINDOW = 16
_MOST = 24
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip


class Row(msgspec.Struct, frozen=True):
    """Items in a fixed order, each with how far it may stand from the one before; `absent` when it must not occur."""

    items: tuple[tuple[str, int], ...]
    absent: bool


class Expression(msgspec.Struct, frozen=True):
    """One way to say something: rows that all must be found; `wide` when they may stand anywhere in the text."""

    name: str
    rows: tuple[Row, ...]
    wide: bool


def parse_expression(name: str, line: str) -> Expression:
    """Read one line of a lexicon file. Raises ValueError for an empty row."""
    wide = " && " in line
    rows = []
    for part in line.replace(" && ", " & ").split(" & "):
        absent = part.strip().startswith("!")
        items = part.strip().lstrip("!").split()
        if not items:
            raise ValueError(f"empty row in {line!r}")
        rows.append(Row(tuple(_with_gaps(items)), absent))
    return Expression(name, tuple(rows), wide)


def _with_gaps(items: Iterable[str]) -> Iterator[tuple[str, int]]:
    gap = _ROW_GAP
    for item in items:
        if item == "...":
            gap = _WIDE_GAP
            continue
        yield item, 1 if item.startswith("+") else gap
        gap = _ROW_GAP


class _Members(msgspec.Struct, frozen=True):
    """A group: its words by number, and its phrases by the numbers of which each needs one."""

    words: frozenset[int]
    by_number: dict[int, list[str]]


class _Measure(msgspec.Struct, frozen=True):
    """A number of a kind that stands so to a limit; a text has it under its own number, as it has words."""

    number: int
    sign: str
    limit: float


_Choice = int | _Members | tuple[tuple[str, int], ...]


class Lexicon:
    """Compiled groups and expressions; `find` gives every expression that occurs in a text, and where."""

    def __init__(
        self,
        groups: dict[str, str],
        lines: Mapping[str, Sequence[str]],
        keep: Iterable[str] = (),
        dotless: Iterable[str] = (),
        *,
        near: bool = True,
    ) -> None:
        self._groups = {name: tuple(text.split()) for name, text in groups.items()}
        self.numbers: dict[str, int] = {}
        self._plain = Vocabulary(keep, near=near)
        self._folded = Vocabulary(keep, folded=True, near=near)
        self._dotless = frozenset(dotless)
        self._measures: dict[str, list[_Measure]] = {}
        self._anchored: dict[int, list[tuple[Expression, tuple[frozenset[int], ...]]]] = {}
        self._vetoes: dict[str, list[Row]] = {}
        self.needed: dict[str, frozenset[int]] = {}
        self._choices: dict[str, tuple[_Choice, ...]] = {}
        for name, expressions in lines.items():
            for line in expressions:
                self._take_in(parse_expression(name, line))
        self.members = {name: self._sorted_members(members) for name, members in self._groups.items()}

    def _take_in(self, expression: Expression) -> None:
        needed: list[frozenset[int]] = []
        for row in expression.rows:
            for item, _ in row.items:
                numbers = self._atoms(item)
                if not row.absent and numbers not in needed:
                    needed.append(numbers)
        if all(row.absent for row in expression.rows):
            self._vetoes.setdefault(expression.name, []).extend(expression.rows)
            return
        anchors, *others = sorted(needed, key=len)
        for number in anchors:
            self._anchored.setdefault(number, []).append((expression, tuple(others)))

    def _atoms(self, item: str) -> frozenset[int]:
        """The numbers of words and measures of which at least one must be in a text where the item occurs."""
        if item not in self.needed:
            self.needed[item] = self._found_atoms(item)
        return self.needed[item]

    def _found_atoms(self, item: str) -> frozenset[int]:
        found = []
        for choice in item.lstrip("+").split("|"):
            parts = [choice] if choice[1:] in self._groups else choice.split("_")
            # All of a phrase must be there. Its longest word is looked for: it is likely to be the rarest.
            atoms = {part: self._atoms(part) if part != item else self._part_atoms(part) for part in parts}
            found.append(atoms[min(reversed(parts), key=lambda part: (len(atoms[part]), -len(part)))])
        return found[0] if len(found) == 1 else frozenset().union(*found)

    def _part_atoms(self, part: str) -> frozenset[int]:
        if part.startswith("@"):
            return frozenset().union(*map(self._atoms, self._group(part)))
        return frozenset((self._number(part),))

    def _group(self, item: str) -> tuple[str, ...]:
        try:
            return self._groups[item[1:]]
        except KeyError:
            raise ValueError(f"no group {item}") from None

    def _sorted_members(self, members: Sequence[str]) -> _Members:
        """The members of a group as a text is searched for them."""
        words: set[int] = set()
        by_number: dict[int, list[str]] = {}
        for one in members:
            atoms = self._atoms(one)
            if not set(one) & set("_|@#+"):
                words.add(self._number(one))
            else:
                for number in atoms:
                    by_number.setdefault(number, []).append(one)
        return _Members(frozenset(words), by_number)

    def choices(self, item: str) -> tuple[_Choice, ...]:
        """What an item may be: the number of a word or a measure, a group, or a phrase."""
        if item not in self._choices:
            self._choices[item] = tuple(map(self._choice, item.lstrip("+").split("|")))
        return self._choices[item]

    def _choice(self, choice: str) -> _Choice:
        if "_" in choice and choice[1:] not in self.members:
            return tuple((part, _PHRASE_GAP) for part in choice.split("_"))
        return self.members[choice[1:]] if choice.startswith("@") else self.numbers[choice]

    def _number(self, pattern: str) -> int:
        if pattern not in self.numbers:
            self.numbers[pattern] = len(self.numbers)
            if pattern.startswith("#"):
                kind, sign, limit = re.match(r"#(\w+)(>=|<=|>|<|=)([\d.]+)", pattern).groups()  # type: ignore[union-attr]
                measure = _Measure(self.numbers[pattern], sign, float(limit))
                self._measures.setdefault(kind, []).append(measure)
            else:
                self._plain.add(pattern, self.numbers[pattern])
                self._folded.add(pattern, self.numbers[pattern])
        return self.numbers[pattern]

    def find(self, tokens: Sequence[Token], numbers: Sequence[Number]) -> list[tuple[str, list[Span]]]:
        """Every find as (name of the expression, one span per row); an expression may be found several times."""
        places = self._measured(numbers)
        undotted = are_undotted(token.form for token in tokens)
        fits, plainly = (self._folded if undotted else self._plain).fits, self._plain.fits
        for at, token in enumerate(tokens):
            for number in plainly(token.form) if token.form in self._dotless else fits(token.form):
                places.setdefault(number, []).append(at)
        search = _Search(self, tokens, places)
        present = search.present
        # Most expressions that have one of their words in the text lack another: that is seen without searching.
        candidates = {
            id(one): one
            for number in places
            for one, others in self._anchored.get(number, ())
            if not any(map(present.isdisjoint, others))
        }
        found: list[tuple[str, list[Span]]] = []
        for expression in candidates.values():
            vetoes = self._vetoes.get(expression.name, ())
            found.extend(
                (expression.name, spans) for spans in search.finds(expression) if not search.is_vetoed(spans, vetoes)
            )
        return found

    def _measured(self, numbers: Sequence[Number]) -> dict[int, list[int]]:
        """The measures that the numbers of a text are within, each with its places."""
        places: dict[int, list[int]] = {}
        for kind, value, at in numbers:
            for measure in self._measures.get(kind, ()):
                if _COMPARE[measure.sign](value, measure.limit):
                    places.setdefault(measure.number, []).append(at)
        return places


class _Search:
    """One text being searched: the spans of items are worked out once and kept."""

    def __init__(self, lexicon: Lexicon, tokens: Sequence[Token], places: dict[int, list[int]]) -> None:
        self._lexicon, self._tokens, self._places = lexicon, tokens, places
        self.present = frozenset(places)
        self._known: dict[str, list[Span]] = {}

    def item(self, item: str) -> list[Span]:
        if item not in self._known:
            spans: set[Span] = set()
            for choice in self._lexicon.choices(item):
                spans.update(self._choice(choice))
            self._known[item] = sorted(spans)[:_MOST]
        return self._known[item]

    def _choice(self, choice: _Choice) -> Iterable[Span]:
        if isinstance(choice, int):
            return [(at,) for at in self._places.get(choice, ())]
        if isinstance(choice, tuple):
            return self._row(choice)
        return self._group(choice)

    def _group(self, group: _Members) -> Iterator[Span]:
        """Only members of which a word is there are searched for: a group may have a hundred."""
        for number in group.words & self.present:
            for at in self._places[number]:
                yield (at,)
        near = {one for number in group.by_number.keys() & self.present for one in group.by_number[number]}
        for member in near:
            yield from self.item(member)

    def _row(self, items: Sequence[tuple[str, int]]) -> list[Span]:
        needed, present = self._lexicon.needed, self.present
        for item, _ in items:
            if needed[item].isdisjoint(present):
                return []
        spans = self.item(items[0][0])
        for item, gap in items[1:]:
            if not spans:
                return []
            following = self.item(item)
            spans = [
                (*span, *after)
                for span in spans
                for after in following
                if 0 < after[0] - span[-1] <= gap and self._tokens[span[-1]].sentence == self._tokens[after[0]].sentence
            ][:_MOST]
        return spans

    def finds(self, expression: Expression) -> list[list[Span]]:
        """Each way the rows fit together, at most a few."""
        chosen: list[list[Span]] = [[]]
        for row in expression.rows:
            if row.absent:
                continue
            spans = self._row(row.items)
            if not spans:
                return []
            chosen = [
                [*before, span] for before in chosen for span in spans if self._together(before, span, expression.wide)
            ]
            chosen = chosen[:_MOST]
        absent = [span for row in expression.rows if row.absent for span in self._row(row.items)]
        return [spans for spans in chosen if not any(self._same(spans[0], span, expression.wide) for span in absent)]

    def is_vetoed(self, spans: Sequence[Span], vetoes: Iterable[Row]) -> bool:
        """Whether a row of the vetoes stands near the find."""
        return any(self._together([veto], spans[0], wide=False) for row in vetoes for veto in self._row(row.items))

    def _together(self, before: list[Span], span: Span, wide: bool) -> bool:
        return wide or all(self._same(other, span, wide) and abs(other[0] - span[0]) <= _WINDOW for other in before)

    def _same(self, one: Span, other: Span, wide: bool) -> bool:
        return wide or self._tokens[one[0]].sentence == self._tokens[other[0]].sentence
