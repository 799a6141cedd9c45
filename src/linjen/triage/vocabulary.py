"""The two vocabularies: finding codes a question can ask for, and the contact reasons of a case."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

FOLDER = Path(__file__).parent
FINDINGS_FILE = FOLDER / "finding_codes.tsv"
REASONS_FILE = FOLDER / "contact_reasons.tsv"
RED_FLAG_LEVEL = 3  # a yes/no finding that by itself means care within a day is a warning sign

CodeType = Literal["bool", "number", "enum", "text"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that can be asked for. `level` is the least urgent level that a yes can end in (1 is most urgent)."""

    code: str
    type: CodeType
    values: tuple[str, ...]
    unit: str
    name: str
    question: str
    level: int | None
    implies: str | None

    @property
    def is_red_flag(self) -> bool:
        """True for a yes/no finding of level 1-3."""
        return self.type == "bool" and self.level is not None and self.level <= RED_FLAG_LEVEL


class ContactReason(msgspec.Struct, frozen=True):
    """One contact reason; `kind` is vard (care) or admin. `latest` is the least urgent level it ever has."""

    id: str
    name: str
    group: str
    kind: Literal["vard", "admin"]
    earliest: int
    latest: int


class Vocabulary(msgspec.Struct, frozen=True):
    """Both vocabularies by id, in file order; for each finding those that imply it, and what it implies in turn."""

    findings: dict[str, Finding]
    reasons: dict[str, ContactReason]
    children: dict[str, tuple[str, ...]]
    above: dict[str, tuple[str, ...]]

    def ancestors(self, code: str) -> tuple[str, ...]:
        """What a yes to `code` also means, nearest first."""
        return self.above[code]


def _above(findings: dict[str, Finding], code: str) -> tuple[str, ...]:
    found: list[str] = []
    parent = findings[code].implies
    while parent and parent not in found:
        found.append(parent)
        parent = findings[parent].implies
    return tuple(found)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _finding(row: dict[str, str]) -> Finding:
    kind = row["type"]
    listed = row["values_or_unit"] or ""
    return msgspec.convert(
        {
            "code": row["code"],
            "type": kind,
            "values": tuple(listed.split(",")) if kind == "enum" else (),
            "unit": listed if kind == "number" else "",
            "name": row["name_sv"],
            "question": row["question_sv"],
            "level": int(row["min_urgency_if_yes"]) if row["min_urgency_if_yes"] else None,
            "implies": row["implies"] or None,
        },
        Finding,
    )


@cache
def vocabulary() -> Vocabulary:
    """Read both tables once per process."""
    findings = {finding.code: finding for finding in map(_finding, _rows(FINDINGS_FILE))}
    children: dict[str, list[str]] = {}
    for finding in findings.values():
        if finding.implies:
            children.setdefault(finding.implies, []).append(finding.code)
    reasons = {
        row["id"]: ContactReason(
            row["id"],
            row["name_sv"],
            row["group_sv"],
            "admin" if row["type"] == "admin" else "vard",
            int(row["urgency_min"]),
            int(row["urgency_max"]),
        )
        for row in _rows(REASONS_FILE)
    }
    above = {code: _above(findings, code) for code in findings}
    return Vocabulary(findings, reasons, {code: tuple(found) for code, found in children.items()}, above)
