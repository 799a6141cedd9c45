"""Tillgänglighetsredogörelse: what is not accessible, as a file of facts that the page and the tests are drawn from."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from linjen.core.errors import Misconfigured

OWN_FILE = Path(__file__).with_name("accessibility.toml")
#: The law wants a statement that is kept current; older than this, the tests are red.
_OLDEST = timedelta(days=366)


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence in both languages of the statement."""

    sv: str
    en: str

    def read(self, language: str, **values: str) -> str:
        """In English for who reads English, else in Swedish; {region} and {phone} put in."""
        return (self.en if language == "en" else self.sv).format(**values)


class Gap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What does not keep the standard: where, which criterion, why, what to do instead, and when it is mended.

    `axe` names the rules of axe that may be broken for it, on addresses that match one of `paths`.
    """

    id: str
    criterion: str
    planned_on: date
    axe: list[str]
    paths: list[str]
    page: Said
    what: Said
    reason: Said
    instead: Said


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole statement; each text holds at least a word."""

    actor: str
    service: str
    compliance: Literal["full", "partial", "none"]
    standard: str
    assessed_on: date
    updated_on: date
    authority_url: str
    authority: Said
    authority_link: Said
    method: Said
    report: Said
    tried: list[Said]
    untried: list[Said]
    gaps: list[Gap]
    exempt: list[Said]
    disproportionate: list[Said]

    def excuses(self, rule: str, path: str) -> bool:
        """Whether a gap says that axe's rule may be broken at this address."""
        return any(rule in gap.axe and any(re.fullmatch(one, path) for one in gap.paths) for gap in self.gaps)


@cache
def read_statement(path: Path = OWN_FILE) -> Statement:
    """The statement of a file. Raises Misconfigured("setting_invalid") with what is wrong in it."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
        statement = msgspec.convert(found, Statement)
    except (OSError, ValueError) as error:  # a TOML and a shape error are both ValueErrors
        raise Misconfigured("setting_invalid", setting="accessibility_file", why=str(error)) from error
    if wrong := empty_fields(statement):
        raise Misconfigured("setting_invalid", setting="accessibility_file", why=f"empty: {', '.join(wrong)}")
    return statement


def empty_fields(statement: Statement) -> list[str]:
    """The fields that hold no word, as "gaps.0.reason.sv". A list may be empty; without gaps it is full."""
    found = list(_empty(msgspec.to_builtins(statement), ""))
    if statement.compliance != "full" and not statement.gaps:
        found.append("gaps")
    return found


def _empty(value: object, name: str) -> list[str]:
    if isinstance(value, dict):
        return [one for key, part in value.items() for one in _empty(part, f"{name}.{key}" if name else str(key))]
    if isinstance(value, list):
        return [one for number, part in enumerate(value) for one in _empty(part, f"{name}.{number}")]
    return [name] if isinstance(value, str) and not value.strip() else []


def out_of_date(statement: Statement, today: date) -> list[str]:
    """Why the statement must be looked through again today; nothing while it is current."""
    late = [f"{gap.id} was planned for {gap.planned_on}" for gap in statement.gaps if gap.planned_on < today]
    if today - statement.assessed_on > _OLDEST:
        late.append(f"assessed on {statement.assessed_on}")
    if statement.updated_on < statement.assessed_on or max(statement.assessed_on, statement.updated_on) > today:
        late.append("its days are in the wrong order")
    return late
