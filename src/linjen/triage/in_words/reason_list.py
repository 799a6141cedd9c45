"""The contact reasons of a version in a list: their levels, how much they ask, whether reviewed; and a search in it."""

from __future__ import annotations

import msgspec

from linjen.triage.content.shape import GeneralFile, ReasonFile, RiskFile
from linjen.triage.in_words.opened import Opened
from linjen.triage.in_words.reason_words import lay_words, signature_of, signs_of


class ReasonRow(msgspec.Struct, frozen=True, kw_only=True):
    """One contact reason in the list. `levels` are what its rules, warning signs and default can give, urgent first.

    `file` is empty when the version has no file for it; `broken` is True for a file that cannot be read.
    """

    id: str
    name: str
    group: str
    is_admin: bool
    file: str = ""
    broken: bool = False
    levels: tuple[int, ...] = ()
    questions: int = 0
    rules: int = 0
    reviewed: bool = False
    #: How many of the rules rest on a source that somebody has read.
    read: int = 0
    version: int = 0


class RuleCount(msgspec.Struct, frozen=True):
    """How many rules a version has, those for everybody too, and how many rest on a source that somebody has read."""

    rules: int
    read: int


def count_rules(opened: Opened) -> RuleCount:
    """The rules of every file that can be read: of the contact reasons, of `risk.yaml` and of `general.yaml`."""
    files = [one.file for one in opened.loaded.values() if isinstance(one.file, ReasonFile | RiskFile | GeneralFile)]
    signatures = [signature_of(file, rule) for file in files for rule in file.rules]
    return RuleCount(len(signatures), sum(one.source_read for one in signatures))


def reason_rows(opened: Opened) -> list[ReasonRow]:
    """Every contact reason of the vocabulary, by name order of its group as the vocabulary has them."""
    return [_row(opened, id) for id in opened.known.reasons]


def _row(opened: Opened, id: str) -> ReasonRow:
    known, name = opened.known.reasons[id], f"{id}.yaml"
    file = opened.reason(id)
    row = ReasonRow(id=id, name=known.name, group=known.group, is_admin=known.kind == "admin")
    if file is None:
        return msgspec.structs.replace(row, file=name if name in opened.files else "", broken=name in opened.files)
    signatures = [signature_of(file), *(signature_of(file, rule) for rule in file.rules)]
    flags = [level for sign in signs_of(opened, file.red_flags.ask) if (level := sign.level) is not None]
    return msgspec.structs.replace(
        row, file=name, name=file.name or known.name, rules=len(file.rules), version=file.version,
        levels=tuple(sorted({file.default.level, *flags, *(rule.level for rule in file.rules)})),
        questions=sum(1 for block in file.questions if block.ask) + bool(file.red_flags.ask) + bool(file.form),
        reviewed=all(one.reviewed for one in signatures),
        read=sum(signature_of(file, rule).source_read for rule in file.rules),
    )  # fmt: skip


def found_in(opened: Opened, row: ReasonRow, wanted: str) -> bool:
    """Whether a search text stands in a reason's names, synonyms, group or codes."""
    file, text = opened.reason(row.id), wanted.casefold().strip()
    said = [row.id, row.name, row.group, *lay_words().get(row.id, ())]
    if file is not None:
        asked = [code for block in file.questions for code in block.ask]
        said += [file.name_en, *file.synonyms, *file.lead, *file.red_flags.ask, *asked]
    return any(text in one.casefold() for one in said)
