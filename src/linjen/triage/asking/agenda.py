"""The agenda of an interview: every heading in order, and what of it is still worth asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from linjen.triage.asking.confirming import MOST_CODES, PAGE, names_danger, to_confirm
from linjen.triage.asking.facts import FactTable, is_fitting, is_settled, see_facts
from linjen.triage.asking.plausible import is_only_administrative, is_unsure, protocols_in_play, resembling
from linjen.triage.asking.remembering import remembered
from linjen.triage.asking.standing import worth_asking
from linjen.triage.content.condition import NO, YES
from linjen.triage.content.library import AskBlock, Protocols, Reason
from linjen.triage.content.shape import Block
from linjen.triage.state import State

_ADULT = 18  # years
_QUOTED = 160  # characters of the resident's own words that a tripwire page quotes

#: Asked whatever they can change: staff want every warning sign, and the next rule may rest on one.
ASKED_ALWAYS = frozenset({"tripwire", "lead", "danger", "compass", "red_flags"})

Kind = Literal["tripwire", "lead", "danger", "compass", "red_flags", "question", "risk_groups"]


class Due(msgspec.Struct, frozen=True):
    """A heading with all codes that may have to be asked under it."""

    id: str
    kind: Kind
    text: str
    codes: tuple[str, ...]
    text_other: str = ""
    text_en: str = ""
    text_other_en: str = ""
    help: str = ""
    help_en: str = ""


#: The heading of a page that several short headings share.
MORE = "more"


def more_due(protocols: Protocols) -> Due:
    """The heading of a page that several short headings share."""
    wording = protocols.general.wording
    return Due(MORE, "question", wording.more, (), text_en=wording.more_en)


@remembered
def due_blocks(protocols: Protocols, state: State) -> tuple[Due, ...]:
    """Every heading of this interview in order, whether answered or not."""
    return tuple(_due_blocks(protocols, state, see_facts(protocols, state)))


def _due_blocks(protocols: Protocols, state: State, facts: FactTable) -> Iterator[Due]:
    wording = protocols.general.wording
    reasons = protocols_in_play(protocols, state, facts)
    if is_only_administrative(protocols, state):
        yield from _said(protocols, state, facts, reasons)
        yield from _questions(reasons, facts)
        return
    # A child meets the danger screen before anything else, unless the words themselves may mean danger to life; an
    # adult is first asked whether she was understood.
    first, second = _danger(protocols, facts), _said(protocols, state, facts, reasons)
    is_screened_first = state.patient.age_years < _ADULT and not names_danger(protocols, state)
    yield from (*first, *second) if is_screened_first else (*second, *first)
    if is_unsure(protocols, state, facts):
        yield from _blocks(protocols.compass, facts, "compass")
    flags = tuple(dict.fromkeys(code for reason in reasons for code in reason.file.red_flags.ask))
    yield Due("red_flags", "red_flags", wording.red_flags, flags, text_en=wording.red_flags_en)
    if reasons:
        yield from _questions(reasons, facts)
    else:
        yield from _blocks(protocols.general_blocks, facts)
    yield from _blocks(protocols.always, facts)
    groups = tuple(dict.fromkeys(code for reason in reasons for code in reason.file.risk_groups))
    groups = groups or tuple(protocols.general.risk_groups)
    yield Due("risk_groups", "risk_groups", wording.risk_groups, groups, text_en=wording.risk_groups_en)


def _said(protocols: Protocols, state: State, facts: FactTable, reasons: tuple[Reason, ...]) -> Iterator[Due]:
    """What the words said, to be confirmed, and the lead symptoms of what they resemble: warning signs first."""
    wording = protocols.general.wording
    lead = () if is_only_administrative(protocols, state) else _lead_codes(protocols, state)
    stated = to_confirm(protocols, state, facts, reasons, shared=bool(lead) and not state.chosen)
    if lead and not state.suspected and not state.chosen:
        # One page for both: which symptoms there are is also what the words say.
        lead, stated = tuple(dict.fromkeys((*stated, *lead)))[:MOST_CODES], ()
    if state.suspected or stated:
        quoted = _quote(state)
        text, text_en = (each.replace("{text}", quoted) for each in (wording.tripwire, wording.tripwire_en))
        heard = (*state.suspected, *_deciding(protocols, state.suspected), *stated)
        yield Due(PAGE, "tripwire", text, tuple(dict.fromkeys(heard)), text_en=text_en)
    if lead:
        yield Due("lead", "lead", wording.lead, lead, text_en=wording.lead_en)


def _deciding(protocols: Protocols, suspected: Iterable[str]) -> Iterator[str]:
    """The numbers that decide how urgent what was heard is, asked with it: the week with signs of pre-eclampsia."""
    findings = protocols.vocabulary.findings
    for code in suspected:
        floor = protocols.floors.get(code)
        if floor is not None and findings[code].level == 1:
            yield from (other for other in sorted(floor.codes) if findings[other].type == "number")


def _quote(state: State) -> str:
    """The words that were hit on, else the beginning of what was written."""
    words = [*state.suspected.values(), *(one.words for one in state.stated.values())]
    hits = " … ".join(dict.fromkeys(one for one in words if one))
    whole = hits or " ".join(text.strip() for text in state.texts if text.strip())
    return whole if len(whole) <= _QUOTED else whole[:_QUOTED].rsplit(" ", 1)[0] + " …"


def _unassumed(protocols: Protocols, state: State) -> list[str]:
    """The warning signs that the chosen reasons are about, which a choice alone does not say yes to."""
    chosen = (protocols.reasons[id].file for id in state.chosen if id in protocols.reasons)
    return [code for file in chosen for code in file.means if protocols.vocabulary.findings[code].is_red_flag]


def _lead_codes(protocols: Protocols, state: State) -> tuple[str, ...]:
    leads = [protocols.reasons[id].file.lead for id in resembling(protocols, state) if id in protocols.reasons]
    leads = [_unassumed(protocols, state), *leads]
    leads = [lead for lead in leads if lead]  # an administrative reason has none
    listed = dict.fromkeys([*(lead[0] for lead in leads), *(code for lead in leads for code in lead[1:])])
    # What follows from another lead symptom is asked later, among the warning signs, so that this stays one page.
    return tuple(code for code in listed if not set(protocols.vocabulary.ancestors(code)) & set(listed))[:MOST_CODES]


def _danger(protocols: Protocols, facts: FactTable) -> Iterator[Due]:
    for fits, screen in protocols.screens:
        if fits(facts) == YES:
            yield from _blocks(screen, facts, "danger")
            return


def _questions(reasons: Iterable[Reason], facts: FactTable) -> Iterator[Due]:
    for reason in reasons:
        yield from _blocks(reason.blocks, facts)


def _blocks(blocks: Iterable[AskBlock], facts: FactTable, kind: Kind = "question") -> Iterator[Due]:
    for block in blocks:
        if block.when(facts) != NO:
            yield _due(block.block, kind)


def _due(block: Block, kind: Kind) -> Due:
    return Due(
        block.id, kind, block.text, tuple(block.ask), block.text_other, block.text_en, block.text_other_en, block.help,
        block.help_en,
    )  # fmt: skip


def open_codes(protocols: Protocols, state: State, facts: FactTable, codes: Iterable[str]) -> list[str]:
    """Of `codes`, those that fit the patient and are neither answered nor settled by another answer, in order."""
    return [
        code for code in codes if not is_settled(protocols, state, facts, code) and is_fitting(protocols, facts, code)
    ]


def still_to_ask(protocols: Protocols, state: State) -> Iterator[Due]:
    """The headings that are left, each with its open codes that can still change the outcome or that staff want.

    Warning signs, and what the words hit or the reasons hang on, are asked whatever they can change. It is worked out
    no further than somebody looks, and kept for whoever looks next.
    """
    left, place = _left(protocols, state), 0
    while place < len(left.found) or _draw(protocols, state, left):
        yield left.found[place]
        place += 1


class _Left:
    """How far it has been worked out what is left; it does not hold the state that it is kept with."""

    def __init__(self) -> None:
        self.found: list[Due] = []
        self.seen = 0
        self.worth: set[str] | None = None


@remembered
def _left(protocols: Protocols, state: State) -> _Left:
    return _Left()


def _draw(protocols: Protocols, state: State, left: _Left) -> bool:
    """Find one more heading that is left; False when there is none."""
    facts, every = see_facts(protocols, state), due_blocks(protocols, state)
    while left.seen < len(every):
        due = every[left.seen]
        left.seen += 1
        codes = open_codes(protocols, state, facts, due.codes)
        if codes and due.kind not in ASKED_ALWAYS:
            left.worth = _worth(protocols, state, facts, every) if left.worth is None else left.worth
            findings = protocols.vocabulary.findings
            codes = [code for code in codes if code in left.worth or findings[code].is_red_flag]
        if codes:
            left.found.append(msgspec.structs.replace(due, codes=tuple(codes)))
            return True
    return False


def _worth(protocols: Protocols, state: State, facts: FactTable, every: Iterable[Due]) -> set[str]:
    reasons = protocols_in_play(protocols, state, facts)
    if is_only_administrative(protocols, state):
        blocks = [asking for reason in reasons for asking in reason.blocks]
        return {code for asking in blocks for code in asking.block.ask}
    own = [asking for reason in reasons for asking in reason.blocks] or list(protocols.general_blocks)
    others = dict.fromkeys(code for due in every if due.kind != "question" for code in due.codes)
    return worth_asking(protocols, state, facts, reasons, [*own, *protocols.always], others)
