"""The shape of the protocol files, as written by clinicians; `docs/triage-format.md` explains it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Level = Annotated[int, Meta(ge=1, le=5)]
Id = Annotated[str, Meta(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=80)]
Said = Annotated[str, Meta(min_length=1, max_length=600)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ground of every part of a file: a field that is not in the format is a fault, never ignored."""


class Default(Part, frozen=True):
    """The level of a reason when no rule raises it."""

    level: Level
    why: Said


class Block(Part, frozen=True):
    """One heading with the codes asked under it; shown as pages of at most six codes."""

    id: Id
    text: Said
    ask: list[str]
    condition: str = msgspec.field(default="", name="if")
    text_other: str = ""
    text_en: str = ""
    text_other_en: str = ""
    help: str = ""
    help_en: str = ""


class RedFlags(Part, frozen=True):
    """The warning signs of a reason, in the order they are asked."""

    ask: list[str]


class RuleText(Part, frozen=True):
    """One rule: when the condition holds, the level is at least as urgent as `level`."""

    id: Id
    condition: str = msgspec.field(name="if")
    level: Annotated[int, Meta(ge=1, le=4)]
    why: Said
    source: str = ""
    version: int = 0
    author: str = ""
    reviewed: bool | None = None
    reviewed_by: str = ""
    reviewed_on: str = ""


class Advice(Part, frozen=True):
    """Self-care advice as the resident reads it.

    `already` names rules that make lines of `seek_care_if` (counted from 1) say what is so by then: who has had fever
    for four days is not told to get in touch after three.
    """

    title: Said
    intro: Said
    do: list[Said]
    seek_care_if: list[Said]
    title_en: str = ""
    intro_en: str = ""
    do_en: list[str] = msgspec.field(default_factory=list)
    seek_care_if_en: list[str] = msgspec.field(default_factory=list)
    already: dict[str, list[int]] = msgspec.field(default_factory=dict)


class FormQuestion(Part, frozen=True):
    """A question asked when the level is set: the whole of an administrative reason, a complement for staff else.

    Its answer is never part of the level, but the tripwire reads what is written in it.
    """

    id: Id
    text: Said
    kind: Literal["line", "text", "choice", "yes_no", "date"] = "line"
    text_other: str = ""
    text_en: str = ""
    text_other_en: str = ""
    help: str = ""
    help_en: str = ""
    choices: list[Said] = msgspec.field(default_factory=list)
    choices_en: list[Said] = msgspec.field(default_factory=list)
    required: bool = False


class Place(Part, frozen=True):
    """Where a case of some levels belongs at some hours; the first place whose `levels` and hours fit is said.

    `days` are 1 (Monday) to 7; `hours` is "HH:MM-HH:MM" on the Swedish clock. Left out, they mean always.
    """

    levels: list[Level]
    place: Said
    place_en: str = ""
    days: list[Annotated[int, Meta(ge=1, le=7)]] = msgspec.field(default_factory=list)
    hours: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-4]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$")] | None = None


class Signed(Part, frozen=True, kw_only=True):
    """Who wrote a file and whether a clinician has reviewed it; its rules inherit this."""

    version: Annotated[int, Meta(ge=1)]
    author: Said
    source: Said
    reviewed: bool
    reviewed_by: str = ""
    reviewed_on: str = ""
    example: bool = False


class ReasonFile(Signed, frozen=True, kw_only=True):
    """One contact reason."""

    kind: Literal["reason"]
    id: Id
    name: str = ""
    name_en: str = ""
    synonyms: list[Said] = msgspec.field(default_factory=list)
    default: Default
    means: list[str] = msgspec.field(default_factory=list)
    lead: list[str] = msgspec.field(default_factory=list)
    areas: list[str] = msgspec.field(default_factory=list)
    red_flags: RedFlags = RedFlags([])
    questions: list[Block] = msgspec.field(default_factory=list)
    risk_groups: list[str] = msgspec.field(default_factory=list)
    rules: list[RuleText] = msgspec.field(default_factory=list)
    self_care: Advice | None = None
    #: The same for who writes for a child; the advice above speaks to a grown-up about herself.
    self_care_child: Advice | None = None
    form: list[FormQuestion] = msgspec.field(default_factory=list)
    care: list[Place] = msgspec.field(default_factory=list)
    staff_first: list[str] = msgspec.field(default_factory=list)


class Wording(Part, frozen=True):
    """Headings of the pages that the engine puts together itself."""

    tripwire: Said
    tripwire_en: Said
    lead: Said
    lead_en: Said
    red_flags: Said
    red_flags_en: Said
    risk_groups: Said
    risk_groups_en: Said
    more: Said = "Några frågor till"
    more_en: Said = "A few more questions"


class Audience(Part, frozen=True):
    """Which patients some contact reasons are for, by id or by whole group of the vocabulary."""

    condition: str = msgspec.field(name="if")
    reasons: list[str] = msgspec.field(default_factory=list)
    groups: list[str] = msgspec.field(default_factory=list)


class Phone(Part, frozen=True):
    """A number to call, and what it is called."""

    number: Annotated[str, Meta(pattern=r"^[0-9]{2,10}$")]
    name: Said
    name_en: str = ""


class Support(Part, frozen=True):
    """What to do now, shown at once and on every page that follows when `if` holds; it decides nothing."""

    id: Id
    condition: str = msgspec.field(name="if")
    title: Said
    text: Said
    phones: list[Phone]
    title_en: str = ""
    title_other: str = ""
    title_other_en: str = ""
    text_en: str = ""
    text_other: str = ""
    text_other_en: str = ""


class GeneralFile(Signed, frozen=True, kw_only=True):
    """The general protocol: used when no reason fits; `always` ends every interview.

    `compass` is asked after the danger screen when the words leave open what the case is about; `finds` says which
    contact reasons a yes then brings in play.
    """

    kind: Literal["general"]
    name: Id
    release: Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    default: Default
    wording: Wording
    questions: list[Block]
    always: list[Block]
    audiences: list[Audience]
    risk_groups: list[str]
    rules: list[RuleText]
    # The format only grows: a region's release must still be read by every later version of the program.
    compass: list[Block] = msgspec.field(default_factory=list)
    support: list[Support] = msgspec.field(default_factory=list)
    finds: dict[str, list[str]] = msgspec.field(default_factory=dict)
    form: list[FormQuestion] = msgspec.field(default_factory=list)


class DangerFile(Signed, frozen=True, kw_only=True):
    """The universal danger screen; the first screen whose condition fits the patient is used."""

    kind: Literal["danger"]
    screens: list[Screen]


class Screen(Part, frozen=True):
    """One screen, for the patients that `if` names by age and sex."""

    id: Id
    condition: str = msgspec.field(name="if")
    pages: list[Block]


class Floor(Part, frozen=True):
    """Replaces the level that the vocabulary gives a finding, under a condition that still holds its yes."""

    code: str
    condition: str = msgspec.field(name="if")
    level: Annotated[int, Meta(ge=1, le=4)]
    why: Said


class RiskFile(Signed, frozen=True, kw_only=True):
    """Terms used in conditions, exceptions to the vocabulary's levels, combination and risk-group rules."""

    kind: Literal["risk"]
    terms: dict[str, str]
    floors: list[Floor]
    rules: list[RuleText]


class Words(Part, frozen=True):
    """How one code is asked. Without `text` the vocabulary's question is used."""

    text: str = ""
    text_other: str = ""
    text_en: str = ""
    text_other_en: str = ""
    help: str = ""
    help_en: str = ""
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    labels_en: dict[str, str] = msgspec.field(default_factory=dict)
    range: tuple[float, float] | None = None


class Fit(Part, frozen=True):
    """Which patients a group of codes fits. A code ending in `.*` means all codes of that body area."""

    codes: list[str]
    condition: str = msgspec.field(name="if")


class CodesFile(Signed, frozen=True, kw_only=True):
    """Wording, labels and limits of the codes, and whom they fit; `units_en` has the vocabulary's units in English."""

    kind: Literal["codes"]
    codes: dict[str, Words]
    fits: list[Fit]
    units_en: dict[str, str] = msgspec.field(default_factory=dict)


class OtherText(Part, frozen=True):
    """One text in another language; `text_other` is asked when somebody else writes ({vem} is the patient's name)."""

    text: str = ""
    text_other: str = ""
    title: str = ""
    title_other: str = ""
    help: str = ""
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    choices: list[Said] = msgspec.field(default_factory=list)


class OtherReason(Part, frozen=True):
    """The name of a contact reason and its self-care advice in another language."""

    name: str = ""
    title: str = ""
    intro: str = ""
    do: list[Said] = msgspec.field(default_factory=list)
    seek_care_if: list[Said] = msgspec.field(default_factory=list)


class LanguageFile(Signed, frozen=True, kw_only=True):
    """The residents' texts in one more language, by the ids of the other files; what is missing is shown in English.

    `language` is its ISO 639 code and `name` what it calls itself. `codes` are the questions, `texts` the headings,
    danger pages, form questions and what to do now; `units` and `places` go by the Swedish words.
    """

    kind: Literal["language"]
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[a-z]{2,8})?$")]
    name: Said
    wording: dict[str, str] = msgspec.field(default_factory=dict)
    codes: dict[str, OtherText] = msgspec.field(default_factory=dict)
    texts: dict[str, OtherText] = msgspec.field(default_factory=dict)
    reasons: dict[str, OtherReason] = msgspec.field(default_factory=dict)
    units: dict[str, str] = msgspec.field(default_factory=dict)
    places: dict[str, str] = msgspec.field(default_factory=dict)


AnyFile = ReasonFile | GeneralFile | DangerFile | RiskFile | CodesFile | LanguageFile
SHAPES: dict[str, type[AnyFile]] = {
    "reason": ReasonFile,
    "general": GeneralFile,
    "danger": DangerFile,
    "risk": RiskFile,
    "codes": CodesFile,
    "language": LanguageFile,
}
