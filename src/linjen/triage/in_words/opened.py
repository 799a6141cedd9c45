"""A version laid open for reading: its files, which of them cannot be read, and its terms and labels in words.

A draft may be faulty, so nothing here needs a whole set that compiles. Versions share most of their files, so that a
file that has been read once is kept by its bytes.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from linjen.core.errors import Invalid
from linjen.triage.checking.lint_file import Problem
from linjen.triage.content.archives import sha256_of
from linjen.triage.content.condition import Node, parse
from linjen.triage.content.condition_words import condition_words
from linjen.triage.content.files import Loaded, read_one
from linjen.triage.content.library import Protocols, compile_files
from linjen.triage.content.shape import CodesFile, DangerFile, Floor, GeneralFile, ReasonFile, RiskFile, Words
from linjen.triage.vocabulary import Vocabulary, vocabulary

#: Files kept as they were read; three whole versions, some 10 MB.
_KEPT = 450
_NOT_READ = re.compile(r"ej läst|^egen text$", re.IGNORECASE)


@lru_cache(maxsize=_KEPT)
def _read(name: str, raw: bytes) -> Loaded | Problem:
    try:
        return read_one(name, raw)
    except Invalid as wrong:
        line, why = wrong.detail.get("line"), str(wrong.detail.get("why", wrong.reason))
        return Problem(name, line if isinstance(line, int) else 1, why)


def is_source_read(source: str) -> bool:
    """Whether a source says that somebody has opened it: not "källa ej läst", and not our own text."""
    return bool(source.strip()) and not _NOT_READ.search(source.strip())


@dataclass(frozen=True)
class Opened:
    """One version. `loaded` holds the files that can be read, `broken` why the others cannot; both by file name."""

    files: Mapping[str, bytes]
    sha256: str
    loaded: Mapping[str, Loaded]
    broken: Mapping[str, Problem]
    known: Vocabulary
    labels: Mapping[str, Words]
    terms: Mapping[str, Node]
    floors: Mapping[str, Floor]

    def reasons(self) -> Iterator[tuple[Loaded, ReasonFile]]:
        """The readable files of contact reasons."""
        for one in self.loaded.values():
            if isinstance(one.file, ReasonFile):
                yield one, one.file

    def reason(self, id: str) -> ReasonFile | None:
        """The file of a contact reason, if it is there and can be read."""
        found = self.loaded.get(f"{id}.yaml")
        return found.file if found is not None and isinstance(found.file, ReasonFile) else None

    @property
    def general(self) -> GeneralFile | None:
        """The general protocol, if it can be read."""
        return next((one.file for one in self.loaded.values() if isinstance(one.file, GeneralFile)), None)

    @property
    def danger(self) -> DangerFile | None:
        """The danger screen, if it can be read."""
        return next((one.file for one in self.loaded.values() if isinstance(one.file, DangerFile)), None)

    def condition(self, text: str) -> str:
        """A condition in Swedish words; as it is written when it breaks the grammar."""
        plain = " ".join(text.split())
        try:
            return condition_words(parse(plain, self.known.findings, self.terms), self.known, self.labels)
        except Invalid:
            return plain

    def fault_of(self, text: str) -> str:
        """Why a condition cannot be used; empty when it can."""
        try:
            parse(text, self.known.findings, self.terms)
        except Invalid as wrong:
            return str(wrong.detail["why"])
        return ""


def open_files(files: Mapping[str, bytes]) -> Opened:
    """Lay a set of files open, file name to bytes; the same bytes are read only once."""
    read = {name: _read(name, raw) for name, raw in sorted(files.items())}
    loaded = {name: one for name, one in read.items() if isinstance(one, Loaded)}
    labels: dict[str, Words] = {}
    terms: dict[str, Node] = {}
    floors: dict[str, Floor] = {}
    for one in loaded.values():
        if isinstance(one.file, CodesFile):
            labels |= one.file.codes
        if isinstance(one.file, RiskFile):
            terms |= _terms(one.file, vocabulary())
            floors |= {floor.code: floor for floor in one.file.floors}
    broken = {name: one for name, one in read.items() if isinstance(one, Problem)}
    return Opened(files, sha256_of(files), loaded, broken, vocabulary(), labels, terms, floors)


_compiled: OrderedDict[str, Protocols] = OrderedDict()
#: Versions kept compiled for previews and trials, besides those that interviews are held with; some 10 MB each.
_KEPT_COMPILED = 2


def compiled_version(opened: Opened) -> Protocols:
    """The version ready for interviews; slow the first time (a fifth of a second). Raises Invalid("bad_protocol")."""
    found = _compiled.pop(opened.sha256, None) or compile_files(opened.files)
    _compiled[opened.sha256] = found
    while len(_compiled) > _KEPT_COMPILED:
        _compiled.popitem(last=False)
    return found


def _terms(risk: RiskFile, known: Vocabulary) -> dict[str, Node]:
    """The terms that can be read; each may use those above it."""
    terms: dict[str, Node] = {}
    for name, text in risk.terms.items():
        try:
            terms[name] = parse(text, known.findings, terms)
        except Invalid:
            continue
    return terms


def file_order(names: Sequence[str]) -> list[str]:
    """The files that all share, then those of the contact reasons, each by name."""
    shared = {"general.yaml": 0, "danger.yaml": 1, "risk.yaml": 2, "codes.yaml": 3}
    return sorted(names, key=lambda name: (shared.get(name, len(shared)), name))
