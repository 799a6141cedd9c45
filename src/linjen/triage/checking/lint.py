"""A set of protocol files checked before anybody meets it: every fault with file, line and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from linjen.core.errors import Invalid
from linjen.triage.checking.lint_file import FileChecker, Problem
from linjen.triage.content.condition import Node, is_term_name, parse
from linjen.triage.content.files import Loaded, files_in, read_one
from linjen.triage.content.library import build
from linjen.triage.content.shape import (
    AnyFile,
    CodesFile,
    DangerFile,
    GeneralFile,
    ReasonFile,
    RiskFile,
)
from linjen.triage.vocabulary import Vocabulary, vocabulary


def check(folder: Path) -> list[Problem]:
    """Every fault in the protocol files of a folder, ordered by file and line; an empty list means all is well."""
    return check_files(files_in(folder), folder.name)


def check_files(named: Mapping[str, bytes], whole: str = "") -> list[Problem]:
    """As `check` for files by name, wherever their bytes are from; `whole` names the set they belong to."""
    problems: list[Problem] = []
    files: list[Loaded] = []
    for name, raw in sorted(named.items()):
        try:
            files.append(read_one(name, raw))
        except Invalid as wrong:
            problems.append(_problem(wrong))
    known = vocabulary()
    problems += _whole_set(whole, files, complete=not problems)
    risk = next((loaded for loaded in files if isinstance(loaded.file, RiskFile)), None)
    checker = FileChecker(known, files, _terms(risk, known, problems))
    for loaded in files:
        problems += checker.check(loaded)
    if not problems:
        try:
            build(files, known)
        except Invalid as wrong:  # nothing above should let this through; if it does, it is still a fault
            problems.append(_problem(wrong))
    return sorted(set(problems))


def _problem(wrong: Invalid) -> Problem:
    line = wrong.detail.get("line", 1)
    where, why = wrong.detail.get("file", ""), wrong.detail.get("why", wrong.reason)
    return Problem(str(where), line if isinstance(line, int) else 1, str(why))


def _whole_set(whole: str, files: list[Loaded], *, complete: bool) -> Iterator[Problem]:
    for shape in (GeneralFile, DangerFile, RiskFile, CodesFile):
        found = [loaded for loaded in files if isinstance(loaded.file, shape)]
        if len(found) != 1 and complete:
            yield Problem(whole, 1, f"exactly one file of kind {shape.__name__[:-4].lower()}, found {len(found)}")
    seen: dict[str, str] = {}
    for loaded in files:
        for place, id in _ids(loaded.file):
            if id in seen:
                yield Problem(loaded.name, loaded.line(place), f"id {id} is already used in {seen[id]}")
            seen.setdefault(id, loaded.name)


def _ids(file: AnyFile) -> Iterator[tuple[str, str]]:
    """Every id of rules and question blocks with its place."""
    if isinstance(file, ReasonFile | GeneralFile):
        yield from ((f"$.questions[{number}].id", block.id) for number, block in enumerate(file.questions))
    if isinstance(file, ReasonFile | GeneralFile | RiskFile):
        yield from ((f"$.rules[{number}].id", rule.id) for number, rule in enumerate(file.rules))
    if isinstance(file, DangerFile):
        for number, screen in enumerate(file.screens):
            yield from ((f"$.screens[{number}].pages[{at}].id", page.id) for at, page in enumerate(screen.pages))


def _terms(risk: Loaded | None, known: Vocabulary, problems: list[Problem]) -> dict[str, Node]:
    terms: dict[str, Node] = {}
    if risk is None or not isinstance(risk.file, RiskFile):
        return terms
    for name, text in risk.file.terms.items():
        line = risk.line(f"$.terms.{name}")
        if not is_term_name(name):
            problems.append(Problem(risk.name, line, f"{name!r} cannot name a term"))
        try:
            terms[name] = parse(text, known.findings, terms)
        except Invalid as wrong:
            problems.append(Problem(risk.name, line, str(wrong.detail["why"])))
    return terms
