"""What a change of one file would do: what the linter says, beside its field, and which vignettes end otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from linjen.core.errors import Invalid, Unavailable
from linjen.triage.checking.lint_file import Problem
from linjen.triage.checking.lint_words import problem_words
from linjen.triage.content.archives import sha256_of
from linjen.triage.content.vignettes import vignettes_of
from linjen.triage.content.yaml_lines import Lines, read_yaml
from linjen.triage.trials.trial import Difference
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import Files, Version, running_files

#: Vignettes that a single check holds; a change that concerns more of them is tried on a page of its own.
_MOST_VIGNETTES = 300


@dataclass(frozen=True)
class Said:
    """One fault in words; `here` says that it stands in the part that is being changed."""

    file: str
    line: int
    words: str
    excerpt: str = ""
    here: bool = False


@dataclass(frozen=True)
class Checked:
    """The answers to a change. `fields` has the words of a fault by field; `new` says that the change made faults.

    `trial` says how the vignettes went: tried, faulty (not while there are faults), many (too many for a check), none
    (the file has none) or unavailable.
    """

    problems: Sequence[Said] = ()
    elsewhere: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    new: bool = False
    trial: str = "none"
    differences: Sequence[Difference] = ()
    tried: int = 0


async def check_change(
    exchange: Exchange, version: Version, name: str, raw: bytes | None, place: str = "", names: Sequence[str] = (),
    *, tries: bool = True,
) -> Checked:  # fmt: skip
    """Check a version with one file as `raw` (None takes it away); `place` and `names` are of the part in the form.

    Without `tries` no vignette is held, which takes the longest.
    """
    files = {one: held for one, held in version.opened.files.items() if one != name}
    if raw is not None:
        files[name] = raw
    sha256 = sha256_of(files)
    try:
        problems = await exchange.site.trier.check(sha256, files)
        before = await exchange.site.trier.check(version.opened.sha256, dict(version.opened.files))
    except Unavailable:
        return Checked(trial="unavailable")
    own = [one for one in problems if one.file == name]
    known = {one.reason for one in before if one.file == name}
    said, fields = _beside(own, raw or b"", place, names)
    trial, tried = "faulty" if problems else "none", 0
    differences: Sequence[Difference] = ()
    if tries:
        trial, differences, tried = await _tried(exchange, version, name, (sha256, files), faulty=bool(problems))
    return Checked(
        said, len(problems) - len(own), fields, any(one.reason not in known for one in own), trial, differences, tried
    )


def _beside(
    problems: Sequence[Problem], raw: bytes, place: str, names: Sequence[str]
) -> tuple[list[Said], dict[str, str]]:
    """The faults of a file in words, and for each field of the form the words of those that stand on its lines."""
    lines = _lines_of(raw)
    texts = raw.decode("utf-8", "replace").splitlines()
    at = {number: name for name in reversed(names) for number in _numbers(lines, f"{place}.{name}")} if place else {}
    said: list[Said] = []
    fields: dict[str, str] = {}
    for one in problems:
        words, name = problem_words(one.reason), at.get(one.line)
        excerpt = texts[one.line - 1].strip() if 0 < one.line <= len(texts) else ""
        said.append(Said(one.file, one.line, words, excerpt[:160], here=name is not None))
        if name is not None:
            fields[name] = f"{fields[name]} {words}" if name in fields else words
    return said, fields


def _lines_of(raw: bytes) -> Lines:
    try:
        return read_yaml(raw)[1]
    except Invalid:
        return {}


def _numbers(lines: Lines, place: str) -> set[int]:
    """The lines of a place and of everything inside it."""
    return {number for one, number in lines.items() if one == place or one.startswith((f"{place}.", f"{place}["))}


async def _tried(
    exchange: Exchange, version: Version, name: str, after: tuple[str, Files], *, faulty: bool
) -> tuple[str, Sequence[Difference], int]:
    reason = name.removesuffix(".yaml")
    if not vignettes_of(reason):
        return "many", (), 0
    if faulty:
        return "faulty", (), 0
    before = await running_files(exchange, version.switch)
    try:
        ids = await exchange.site.trier.concerned(before, after, [reason])
        if len(ids) > _MOST_VIGNETTES:
            return "many", (), len(ids)
        return "tried", await exchange.site.trier.differences(before, after, ids), len(ids)
    except Invalid:
        return "faulty", (), 0
    except Unavailable:
        return "unavailable", (), 0
