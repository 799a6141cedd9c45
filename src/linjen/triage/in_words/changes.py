"""What differs between two sets of protocol files, as data: each rule, question, advice and limit by its id.

Pure. A file is taken apart into items (a rule is one, a question another); an item that only one side has was added or
removed, and of the others the fields that differ are named. A field that the format gets later is compared, too. Terms
are compared where they stand, so that a changed term is one change and says which rules use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.content.condition import Node, parse
from linjen.triage.content.condition_words import condition_words, number_words
from linjen.triage.content.files import Loaded, read_files
from linjen.triage.content.library import terms_of
from linjen.triage.content.shape import (
    AnyFile,
    Block,
    CodesFile,
    DangerFile,
    GeneralFile,
    LanguageFile,
    Part,
    ReasonFile,
    RiskFile,
    Words,
)
from linjen.triage.vocabulary import Vocabulary, vocabulary

Kind = Literal[
    "file", "rule", "default", "question", "red_flags", "asked", "advice", "form", "care", "term", "floor", "screen",
    "danger", "wording", "audience", "support", "code", "fit", "signed",
]  # fmt: skip
How = Literal["added", "removed", "changed"]
Shown = str | tuple[str, ...]


class FieldChange(msgspec.Struct, frozen=True):
    """One field of an item, before and after, in words; lists stay lists, so that what came and went can be told."""

    name: str
    before: Shown
    after: Shown


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One item that differs. `level_before` and `level_after` are its level 1-5 where it has one.

    `reason` is the contact reason that the file belongs to, '' for files that all share. `used_in` names the rules
    that use a changed term.
    """

    kind: Kind
    how: How
    file: str
    reason: str
    id: str
    fields: tuple[FieldChange, ...] = ()
    level_before: int | None = None
    level_after: int | None = None
    used_in: tuple[str, ...] = ()

    @property
    def is_milder(self) -> bool:
        """Whether it can make a case less urgent, or asks for fewer warning signs.

        What a changed condition comes to is not judged here: a person reads it. An exception (floor) stands in the
        place of the vocabulary's own level, so an added one is milder and a removed one is not.
        """
        if self.level_before is not None and self.level_after is not None:
            return self.level_after > self.level_before
        if self.kind == "floor":
            return self.how == "added"
        if self.kind in {"rule", "file", "screen", "danger"} and self.how == "removed":
            return True
        asked = next((one for one in self.fields if one.name == "ask"), None)
        return self.kind in {"red_flags", "danger"} and asked is not None and bool(set(asked.before) - set(asked.after))


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a clinician sees as one: its fields as (what is compared, how it is shown)."""

    kind: Kind
    id: str
    fields: dict[str, tuple[Any, Shown]]
    level: int | None = None


def find_changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Change]:
    """Every difference between two sets of files (file name to bytes), by file and then as the files have them.

    Raises Invalid("bad_protocol") with `file`, `line` and `why` for a file that cannot be read.
    """
    old, new = _Reader(read_files(before)), _Reader(read_files(after))
    found: list[Change] = []
    for name in sorted(old.files.keys() | new.files.keys()):
        if before.get(name) != after.get(name):
            found += _changes_of(name, old, new)
    return found


def _changes_of(name: str, old: _Reader, new: _Reader) -> Iterator[Change]:
    one, other = old.files.get(name), new.files.get(name)
    either = other or one
    assert either is not None  # noqa: S101 - the name is from one of them
    reason = either.id if isinstance(either, ReasonFile) else ""
    if one is None or other is None:
        level = either.default.level if isinstance(either, ReasonFile | GeneralFile) else None
        yield Change(
            kind="file", how="added" if one is None else "removed", file=name, reason=reason, id=_title(either),
            level_before=None if one is None else level, level_after=None if other is None else level,
        )  # fmt: skip
        return
    had, has = ({(item.kind, item.id): item for item in side.items(file)} for side, file in ((old, one), (new, other)))
    for key in [*had, *(key for key in has if key not in had)]:
        change = _compared(name, reason, had.get(key), has.get(key))
        if change is not None:
            used = tuple(new.users(change.id) or old.users(change.id)) if change.kind == "term" else ()
            yield msgspec.structs.replace(change, used_in=used)


def _compared(file: str, reason: str, old: Item | None, new: Item | None) -> Change | None:
    had, has = old.fields if old else {}, new.fields if new else {}
    names = [name for name in [*had, *(name for name in has if name not in had)] if had.get(name) != has.get(name)]
    differs = [name for name in names if had.get(name, _ABSENT)[0] != has.get(name, _ABSENT)[0]]
    levels = (old.level if old else None, new.level if new else None)
    if not differs and levels[0] == levels[1]:
        return None
    item = new or old
    assert item is not None  # noqa: S101 - the key is from one of them
    return Change(
        kind=item.kind, how="added" if old is None else "removed" if new is None else "changed", file=file,
        reason=reason, id=item.id, level_before=levels[0], level_after=levels[1],
        fields=tuple(FieldChange(name, had.get(name, _ABSENT)[1], has.get(name, _ABSENT)[1]) for name in differs),
    )  # fmt: skip


_ABSENT: tuple[Any, Shown] = ("", "")


def _title(file: AnyFile) -> str:
    return (file.name or file.id) if isinstance(file, ReasonFile) else file.kind


class _Reader:
    """One side: its files by name, its terms and labels, and how its parts are shown."""

    def __init__(self, loaded: list[Loaded]) -> None:
        self.files = {one.name: one.file for one in loaded}
        self.known: Vocabulary = vocabulary()
        self.labels: dict[str, Words] = {}
        self.terms: dict[str, Node] = {}
        for file in self.files.values():
            if isinstance(file, CodesFile):
                self.labels |= file.codes
            if isinstance(file, RiskFile):
                self.terms = self._terms(file)

    def _terms(self, risk: RiskFile) -> dict[str, Node]:
        try:
            return terms_of(risk, self.known)
        except Invalid:
            return {}

    def users(self, term: str) -> Iterator[str]:
        """The ids of the rules, headings, exceptions and other terms whose condition names a term."""
        named = re.compile(rf"(?<![\w.]){re.escape(term)}(?![\w.])")
        for file in self.files.values():
            for list_name in ("rules", "questions", "always", "compass", "floors"):
                for part in getattr(file, list_name, ()):
                    if named.search(part.condition):
                        yield getattr(part, "id", "") or part.code
            if isinstance(file, RiskFile):
                yield from (other for other, text in file.terms.items() if named.search(text))

    # -- how a part is shown ------------------------------------------------------------------------------------------

    def condition(self, text: str) -> tuple[Any, Shown]:
        """A condition: compared as it is written apart from spaces, shown in words."""
        plain = " ".join(text.split())
        try:
            return plain, condition_words(parse(text, self.known.findings, self.terms), self.known, self.labels)
        except Invalid:
            return plain, plain

    def codes(self, codes: Sequence[str]) -> tuple[Any, Shown]:
        """A list of codes: in their order, by name and code."""
        findings = self.known.findings
        return list(codes), tuple(f"{findings[one].name} ({one})" if one in findings else one for one in codes)

    def field(self, name: str, value: Any) -> tuple[Any, Shown]:
        """One field of a part, by its name and what it holds."""
        if name == "condition":
            return self.condition(value) if value else ("", "")
        if name in {"ask", "means", "lead", "risk_groups", "staff_first"}:
            return self.codes(value)
        if isinstance(value, bool):
            return value, "ja" if value else "nej"
        if name == "range":
            return value, " till ".join(map(number_words, value)) if value else ""
        if isinstance(value, dict):
            return value, tuple(f"{key}: {one}" for key, one in value.items())
        if isinstance(value, list | tuple):
            return list(value), tuple(str(one) for one in value)
        return value, "" if value is None else str(value)

    def item(self, kind: Kind, id: str, part: Part | None, leave: Sequence[str] = ()) -> Item:
        """A part of a file with every field that its shape has, now or later; its id and level stand by themselves."""
        names = [one.name for one in msgspec.structs.fields(part)] if part is not None else []
        fields = {
            name: self.field(name, getattr(part, name)) for name in names if name not in {"id", "level", "code", *leave}
        }
        return Item(kind=kind, id=id, fields=fields, level=getattr(part, "level", None))

    def named(self, kind: Kind, id: str, **values: Any) -> Item:
        """An item that is no part by itself."""
        return Item(kind=kind, id=id, fields={name: self.field(name, value) for name, value in values.items()})

    # -- what a file holds --------------------------------------------------------------------------------------------

    def items(self, file: AnyFile) -> Iterator[Item]:
        """Everything in one file, in the order in which a clinician wants to read it."""
        match file:
            case ReasonFile():
                yield from self._reason(file)
            case GeneralFile():
                yield from self._general(file)
            case DangerFile():
                yield from self._danger(file)
            case RiskFile():
                yield from self._risk(file)
            case CodesFile():
                yield from (self.item("code", code, words) for code, words in file.codes.items())
                yield from (self.item("fit", ", ".join(fit.codes), fit, ("codes",)) for fit in file.fits)
                yield self.named("code", "units_en", units=file.units_en)
            case LanguageFile():
                yield from self._language(file)
        yield self.item("signed", "", file, _PARTS)

    def _reason(self, file: ReasonFile) -> Iterator[Item]:
        yield self.item("default", "", file.default)
        yield from (self.item("rule", rule.id, rule) for rule in file.rules)
        yield self.item("red_flags", "", file.red_flags)
        yield from (self.item("question", block.id, block) for block in file.questions)
        yield self.named(
            "asked", "", means=file.means, lead=file.lead, areas=file.areas, risk_groups=file.risk_groups,
            staff_first=file.staff_first, order=[block.id for block in file.questions],
        )  # fmt: skip
        if file.self_care is not None:
            yield self.item("advice", "", file.self_care)
        if file.self_care_child is not None:
            yield self.item("advice", "barn", file.self_care_child)
        yield from (self.item("form", question.id, question) for question in file.form)
        yield from (self.item("care", str(number), place) for number, place in enumerate(file.care, 1))

    def _general(self, file: GeneralFile) -> Iterator[Item]:
        yield self.item("default", "", file.default)
        yield from (self.item("rule", rule.id, rule) for rule in file.rules)
        yield from (self.item("question", block.id, block) for block in _headings(file))
        yield from (self.item("form", question.id, question) for question in file.form)
        order = [block.id for block in _headings(file)]
        yield self.named("asked", "", risk_groups=file.risk_groups, order=order, finds=file.finds)
        yield self.item("wording", "", file.wording)
        yield from (self.item("support", one.id, one) for one in file.support)
        yield from (
            self.item("audience", ", ".join([*one.groups, *one.reasons]), one, ("groups", "reasons"))
            for one in file.audiences
        )

    def _language(self, file: LanguageFile) -> Iterator[Item]:
        yield self.named("wording", file.language, wording=file.wording, units=file.units, place=file.places)
        for texts in (file.codes, file.texts):
            yield from (self.item("code", f"{file.language}/{id}", text) for id, text in texts.items())
        yield from (self.item("advice", f"{file.language}/{id}", one) for id, one in file.reasons.items())

    def _danger(self, file: DangerFile) -> Iterator[Item]:
        for screen in file.screens:
            yield self.item("screen", screen.id, screen, ("pages",))
            yield from (self.item("danger", page.id, page) for page in screen.pages)
        order = [f"{screen.id}: {', '.join(page.id for page in screen.pages)}" for screen in file.screens]
        yield self.named("asked", "", order=order)

    def _risk(self, file: RiskFile) -> Iterator[Item]:
        for name, text in file.terms.items():
            yield Item(kind="term", id=name, fields={"condition": self.condition(text)})
        yield from (self.item("floor", floor.code, floor) for floor in file.floors)
        yield from (self.item("rule", rule.id, rule) for rule in file.rules)


def _headings(file: GeneralFile) -> list[Block]:
    return [*file.questions, *file.always, *file.compass]


#: Fields of a file that are items of their own; the rest is its name, version, author and review.
_PARTS = (
    "kind", "default", "rules", "red_flags", "questions", "always", "means", "lead", "areas", "risk_groups",
    "staff_first", "self_care", "self_care_child", "form", "care", "wording", "audiences", "screens", "terms", "floors",
    "codes", "fits", "compass", "finds", "support", "units_en", "texts", "reasons", "units", "places",
)  # fmt: skip
