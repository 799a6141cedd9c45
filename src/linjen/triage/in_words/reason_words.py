"""A contact reason as a clinician reads it: what chooses it, what it asks and what decides, in Swedish with sources.

Pure. Nothing is judged here; what the linter says stands beside it on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import msgspec

from linjen.triage.content.shape import Block, GeneralFile, ReasonFile, RuleText, Signed
from linjen.triage.in_words.opened import Opened, is_source_read
from linjen.triage.own_words.matching import reason_phrases
from linjen.triage.vocabulary import vocabulary

_NUMBER = "en siffra"
_URL = re.compile(r"https?://[^\s<>\"]+")
_KINDS = {"line": "en rad", "text": "fri text", "choice": "ett val", "yes_no": "ja eller nej", "date": "ett datum"}
_DAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """One code as it is asked. `level` is what a yes alone gives; `unless` words an exception to that, or is empty.

    `asked_if` says whom it fits, where it does not fit everybody.
    """

    code: str
    name: str
    text: str
    text_other: str = ""
    text_en: str = ""
    help: str = ""
    answers: tuple[str, ...] = ()
    level: int | None = None
    unless: str = ""
    is_red_flag: bool = False
    above: tuple[str, ...] = ()


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """One heading with its codes; `when` is its condition in words, empty when it is always asked."""

    id: str
    text: str
    text_other: str
    text_en: str
    help: str
    when: str
    signs: tuple[Sign, ...]


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands behind a file or a rule; `url` is where its source is found, when it says so."""

    version: int
    author: str
    source: str
    source_read: bool
    reviewed: bool
    reviewed_by: str = ""
    reviewed_on: str = ""
    url: str = ""


class SaidRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in words; `condition` is as it is written in the file."""

    id: str
    level: int
    words: str
    condition: str
    why: str
    signed: Signature
    own_signature: bool


class Choosing(msgspec.Struct, frozen=True, kw_only=True):
    """What leads to a reason: the words it is known by, whom it is for, and the answers that bring it in play.

    `lay_words` are the program's own lexicon of what people write, `synonyms` those of the file.
    """

    synonyms: tuple[str, ...] = ()
    lay_words: tuple[str, ...] = ()
    means: tuple[Sign, ...] = ()
    lead: tuple[Sign, ...] = ()
    found_by: tuple[Sign, ...] = ()
    audience: tuple[str, ...] = ()


class FormLine(msgspec.Struct, frozen=True, kw_only=True):
    """One question of the short form, and how it is answered."""

    id: str
    text: str
    text_en: str
    how: str
    choices: tuple[str, ...]
    required: bool


class CareLine(msgspec.Struct, frozen=True, kw_only=True):
    """Where a case of some levels belongs, and when."""

    levels: str
    place: str
    when: str


def sign_of(opened: Opened, code: str) -> Sign:
    """One code in words; one that the vocabulary lacks keeps its code as name."""
    finding = opened.known.findings.get(code)
    if finding is None:
        return Sign(code=code, name=code, text="")
    words, floor = opened.labels.get(code), opened.floors.get(code)
    labels = words.labels if words else {}
    answers = {
        "bool": ("Ja", "Nej"), "number": (f"{_NUMBER} {finding.unit}".strip(),),
        "enum": tuple(labels.get(value, value) for value in finding.values), "text": ("fri text",),
    }[finding.type]  # fmt: skip
    return Sign(
        code=code, name=finding.name, text=(words.text if words else "") or finding.question,
        text_other=words.text_other if words else "", text_en=words.text_en if words else "",
        help=words.help if words else "", answers=answers, level=floor.level if floor else finding.level,
        unless=opened.condition(floor.condition) if floor else "", is_red_flag=finding.is_red_flag,
        above=opened.known.ancestors(code),
    )  # fmt: skip


def signs_of(opened: Opened, codes: Iterable[str]) -> tuple[Sign, ...]:
    """As `sign_of` for many, in their order."""
    return tuple(sign_of(opened, code) for code in codes)


def heading_of(opened: Opened, block: Block) -> Heading:
    """One heading of a file in words."""
    return Heading(
        id=block.id, text=block.text, text_other=block.text_other, text_en=block.text_en, help=block.help,
        when=opened.condition(block.condition) if block.condition else "", signs=signs_of(opened, block.ask),
    )  # fmt: skip


def signature_of(file: Signed, rule: RuleText | None = None) -> Signature:
    """Who stands behind a file, or behind a rule that inherits from it."""
    source = (rule.source if rule else "") or file.source
    reviewed = file.reviewed if rule is None or rule.reviewed is None else rule.reviewed
    return Signature(
        version=(rule.version if rule else 0) or file.version, author=(rule.author if rule else "") or file.author,
        source=source.rstrip("."), source_read=is_source_read(source), reviewed=reviewed,
        reviewed_by=(rule.reviewed_by if rule else "") or file.reviewed_by,
        reviewed_on=(rule.reviewed_on if rule else "") or file.reviewed_on,
        url=found[0].rstrip(".,;") if (found := _URL.search(source)) else "",
    )  # fmt: skip


def rules_of(opened: Opened, file: Signed, rules: Sequence[RuleText]) -> list[SaidRule]:
    """Rules in words, the most urgent first and otherwise as they are written."""
    said = [
        SaidRule(
            id=rule.id, level=rule.level, words=opened.condition(rule.condition),
            condition=" ".join(rule.condition.split()), why=rule.why, signed=signature_of(file, rule),
            own_signature=bool(rule.source or rule.version or rule.author or rule.reviewed is not None),
        )
        for rule in rules
    ]  # fmt: skip
    return sorted(said, key=lambda rule: rule.level)


@cache
def lay_words() -> Mapping[str, tuple[str, ...]]:
    """What people call each contact reason, by its id, as the program's lexicon has it."""
    found: dict[str, dict[str, None]] = {}
    for id, phrase in reason_phrases():
        if phrase:
            found.setdefault(id, {})[phrase] = None
    return {id: tuple(phrases) for id, phrases in found.items()}


def choosing_of(opened: Opened, file: ReasonFile) -> Choosing:
    """What leads to a contact reason."""
    general = opened.general
    finds = general.finds if general else {}
    return Choosing(
        synonyms=tuple(file.synonyms), lay_words=lay_words().get(file.id, ()),
        means=signs_of(opened, file.means), lead=signs_of(opened, file.lead),
        found_by=signs_of(opened, [code for code, reasons in finds.items() if file.id in reasons]),
        audience=tuple(_audience(opened, general, file.id)) if general else (),
    )  # fmt: skip


def _audience(opened: Opened, general: GeneralFile, id: str) -> Iterable[str]:
    group = vocabulary().reasons[id].group if id in vocabulary().reasons else ""
    for audience in general.audiences:
        if id in audience.reasons or group in audience.groups:
            yield opened.condition(audience.condition)


def form_lines(file: ReasonFile | GeneralFile) -> list[FormLine]:
    """The questions of the short form."""
    return [
        FormLine(
            id=one.id, text=one.text, text_en=one.text_en, how=_KINDS[one.kind], choices=tuple(one.choices),
            required=one.required,
        )
        for one in file.form
    ]  # fmt: skip


def care_lines(file: ReasonFile) -> list[CareLine]:
    """Where cases of this reason belong."""
    return [
        CareLine(levels=", ".join(map(str, one.levels)), place=one.place, when=_when(one.days, one.hours))
        for one in file.care
    ]


def _when(days: Sequence[int], hours: str | None) -> str:
    said = [_DAYS[day - 1] for day in days]
    at = f"kl. {hours.replace(':', '.').replace('-', '–')}" if hours else ""
    return ", ".join([*said, at] if at else said)
