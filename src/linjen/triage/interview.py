"""The interview: begin, choose a reason, the next page, answers, going back; each gives a new state."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.condition import NO, YES
from linjen.triage.content import Block
from linjen.triage.facts import FactTable, is_fitting, is_settled, see_facts
from linjen.triage.library import AskBlock, Protocols, Reason
from linjen.triage.plausible import by_text, is_only_administrative, protocols_in_play
from linjen.triage.standing import active_rules, worth_asking
from linjen.triage.state import AskedPage, Page, Patient, Sex, State, TextReading, Value, Writer
from linjen.triage.wording import asked, worded

MOST_CODES = 6
_QUOTED = 160  # characters of the resident's own words that a tripwire page quotes
_TEXT_LIMIT = 4000

#: Asked whatever they can change: staff want every warning sign, and the next rule may rest on one.
_ALWAYS = frozenset({"tripwire", "lead", "danger", "red_flags"})

Kind = Literal["tripwire", "lead", "danger", "red_flags", "question", "risk_groups"]


@dataclass(frozen=True)
class Due:
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


def begin(
    protocols: Protocols,
    age_years: float,
    sex: Sex = "unknown",
    writer: Writer = "self",
    text: str = "",
    name: str = "",
) -> State:
    """A new interview about a patient of `age_years` (years, may be a fraction). Raises Invalid("bad_age")."""
    if not (isinstance(age_years, int | float) and math.isfinite(age_years) and 0 <= age_years <= 130):
        raise Invalid("bad_age", field="age_years")
    reading = protocols.read(text[:_TEXT_LIMIT])
    state = State(Patient(float(age_years), sex, writer, name), (text,), reading, protocols.stamp)
    return msgspec.structs.replace(state, suspected=_suspects(protocols, {}, reading))


def choose(protocols: Protocols, state: State, reasons: Iterable[str]) -> State:
    """The contact reasons that the resident picked, the main one first. Raises Invalid("unknown_reason")."""
    picked = tuple(dict.fromkeys(reasons))
    for id in picked:
        if id not in protocols.vocabulary.reasons:
            raise Invalid("unknown_reason", field="reasons", reason_id=id)
    return _replayed(protocols, msgspec.structs.replace(state, chosen=picked), state.answers)


def add_text(protocols: Protocols, state: State, text: str) -> State:
    """Own words written later in the interview: they can only raise, through the tripwire's questions."""
    suspected = _suspects(protocols, state.suspected, protocols.read(text[:_TEXT_LIMIT]))
    return msgspec.structs.replace(state, texts=(*state.texts, text), suspected=suspected)


def _suspects(protocols: Protocols, before: Mapping[str, str], reading: TextReading) -> dict[str, str]:
    known = protocols.vocabulary.findings
    found = {code: reading.quotes.get(code, "") for code in reading.red_flags if code in known}
    return {**found, **before}


def is_emergency(protocols: Protocols, state: State, facts: FactTable | None = None) -> bool:
    """Is a rule of level 1 certain already? Then nothing more is asked."""
    facts = see_facts(protocols, state) if facts is None else facts
    rules = active_rules(protocols, protocols_in_play(protocols, state, facts), facts)
    return any(rule.level == 1 and rule.test(facts) == YES for rule in rules)


def due_blocks(protocols: Protocols, state: State, facts: FactTable) -> Iterator[Due]:
    """Every heading of this interview in order, whether answered or not."""
    wording = protocols.general.wording
    if state.suspected:
        quoted = _quote(state)
        text, text_en = (each.replace("{text}", quoted) for each in (wording.tripwire, wording.tripwire_en))
        yield Due("tripwire", "tripwire", text, tuple(state.suspected), text_en=text_en)
    reasons = protocols_in_play(protocols, state, facts)
    if not state.chosen:
        yield Due("lead", "lead", wording.lead, _lead_codes(protocols, state), text_en=wording.lead_en)
    if is_only_administrative(protocols, state):
        yield from _questions(reasons, facts)
        return
    yield from _danger(protocols, facts)
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


def _quote(state: State) -> str:
    """The words that the tripwire hit on, else the beginning of what was written."""
    hits = " … ".join(dict.fromkeys(words for words in state.suspected.values() if words))
    whole = hits or " ".join(text.strip() for text in state.texts if text.strip())
    return whole if len(whole) <= _QUOTED else whole[:_QUOTED].rsplit(" ", 1)[0] + " …"


def _lead_codes(protocols: Protocols, state: State) -> tuple[str, ...]:
    leads = [protocols.reasons[id].file.lead for id in by_text(protocols, state) if id in protocols.reasons]
    leads = [lead for lead in leads if lead]  # an administrative reason has none
    listed = dict.fromkeys([*(lead[0] for lead in leads), *(code for lead in leads for code in lead[1:])])
    # What follows from another lead symptom is asked later, among the warning signs, so that this stays one page.
    return tuple(code for code in listed if not set(protocols.vocabulary.ancestors(code)) & set(listed))[:MOST_CODES]


def _danger(protocols: Protocols, facts: FactTable) -> Iterator[Due]:
    for fits, screen in protocols.screens:
        if fits(facts) == YES:
            for page in screen.pages:
                yield _due(page, "danger")
            return


def _questions(reasons: Iterable[Reason], facts: FactTable) -> Iterator[Due]:
    for reason in reasons:
        yield from _blocks(reason.blocks, facts)


def _blocks(blocks: Iterable[AskBlock], facts: FactTable) -> Iterator[Due]:
    for block in blocks:
        if block.when(facts) != NO:
            yield _due(block.block, "question")


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


def still_to_ask(protocols: Protocols, state: State, facts: FactTable) -> Iterator[Due]:
    """The headings that are left, each with its open codes that can still change the outcome or that staff want.

    Warning signs, and what the words hit or the reasons hang on, are asked whatever they can change.
    """
    worth: set[str] | None = None
    every = list(due_blocks(protocols, state, facts))
    for due in every:
        left = open_codes(protocols, state, facts, due.codes)
        if left and due.kind not in _ALWAYS:
            worth = _worth(protocols, state, facts, every) if worth is None else worth
            left = [code for code in left if code in worth]
        if left:
            yield dataclasses.replace(due, codes=tuple(left))


def _worth(protocols: Protocols, state: State, facts: FactTable, every: Iterable[Due]) -> set[str]:
    reasons = protocols_in_play(protocols, state, facts)
    if is_only_administrative(protocols, state):
        blocks = [asking for reason in reasons for asking in reason.blocks]
        return {code for asking in blocks for code in asking.block.ask}
    own = [asking for reason in reasons for asking in reason.blocks] or list(protocols.general_blocks)
    others = dict.fromkeys(code for due in every if due.kind != "question" for code in due.codes)
    return worth_asking(protocols, state, facts, reasons, [*own, *protocols.always], others)


def next_page(protocols: Protocols, state: State, language: str = "sv") -> Page | None:
    """The next page, or None when nothing that is left can change the outcome. `language` is sv or en."""
    facts = see_facts(protocols, state)
    if is_emergency(protocols, state, facts):
        return None
    for due in still_to_ask(protocols, state, facts):
        # What another open code would rule out waits for the answer to that one.
        ready = [code for code in due.codes if not set(protocols.vocabulary.ancestors(code)) & set(due.codes)]
        if ready:
            number = 1 + sum(page.id.partition("#")[0] == due.id for page in state.pages)
            return _page(protocols, state, due, ready[:MOST_CODES], number, language)
    return None


def _page(protocols: Protocols, state: State, due: Due, codes: Iterable[str], number: int, language: str) -> Page:
    return Page(
        id=due.id if number == 1 else f"{due.id}#{number}",
        kind=due.kind,
        text=_heading(state.patient, due, language),
        help=(due.help_en if language == "en" else "") or due.help,
        codes=tuple(asked(protocols, state.patient, code, language) for code in codes),
    )


def _heading(patient: Patient, due: Due, language: str) -> str:
    """The heading for the writer; one that quotes her speaks to her, whomever the interview is about."""
    if due.kind == "tripwire":
        return (due.text_en if language == "en" else "") or due.text
    return worded(patient, language, due.text, due.text_other, due.text_en, due.text_other_en)


def answer(protocols: Protocols, state: State, answers: Mapping[str, Value]) -> State:
    """Take answers (code to value, None for "vet inte") to the present page, or change earlier ones.

    After a change, later answers are kept as far as their questions are still asked. Own words in an answer pass the
    tripwire. Raises Invalid("unknown_code") or Invalid("bad_value") with `code`; then nothing is taken.
    """
    taken = {code: checked(protocols, code, value) for code, value in answers.items()}
    if any(code in state.answers and state.answers[code] != value for code, value in taken.items()):
        return _replayed(protocols, state, {**state.answers, **taken})
    return _advanced(protocols, _taken(protocols, state, taken))


def _taken(protocols: Protocols, state: State, taken: Mapping[str, Value]) -> State:
    page = next_page(protocols, state)
    on_page = tuple(asked.code for asked in page.codes if asked.code in taken) if page else ()
    pages = (*state.pages, AskedPage(page.id, on_page)) if page and on_page else state.pages
    suspected = state.suspected
    for code, value in taken.items():
        if isinstance(value, str) and protocols.vocabulary.findings[code].type == "text":
            suspected = _suspects(protocols, suspected, protocols.read(value))
    return msgspec.structs.replace(state, answers={**state.answers, **taken}, pages=pages, suspected=suspected)


def _replayed(protocols: Protocols, state: State, answers: Mapping[str, Value]) -> State:
    """The interview from its start with the same texts and choice, keeping `answers` for what is asked again."""
    suspected: dict[str, str] = {}
    for text in state.texts:
        suspected = _suspects(protocols, suspected, protocols.read(text[:_TEXT_LIMIT]))
    kept = {**state.kept, **answers}
    return _advanced(protocols, msgspec.structs.replace(state, answers={}, pages=(), suspected=suspected, kept=kept))


def _advanced(protocols: Protocols, state: State) -> State:
    """The interview taken on with answers kept from before a change, up to the first page that needs the resident."""
    while state.kept and (page := next_page(protocols, state)):
        known = {asked.code: state.kept[asked.code] for asked in page.codes if asked.code in state.kept}
        if not known:
            break
        state = _taken(protocols, state, known)
    return state


def page_at(protocols: Protocols, state: State, index: int, language: str = "sv") -> Page | None:
    """An answered page again, counted from 0, for going back; its values stand in `state.answers`."""
    if not 0 <= index < len(state.pages):
        return None
    asked_page = state.pages[index]
    base, _, number = asked_page.id.partition("#")
    due = next((due for due in due_blocks(protocols, state, see_facts(protocols, state)) if due.id == base), None)
    due = due or Due(base, "question", "", asked_page.codes)
    return _page(protocols, state, due, asked_page.codes, int(number or 1), language)


def pages_left(protocols: Protocols, state: State) -> int:
    """About how many pages remain, if the rest is answered "nej" and "vet inte"."""
    left = 0
    while page := next_page(protocols, state):
        blank: dict[str, Value] = {asked.code: False if asked.type == "bool" else None for asked in page.codes}
        state = msgspec.structs.replace(state, answers={**state.answers, **blank})
        left += 1
    return left


def pages_ahead(protocols: Protocols, state: State) -> int:
    """How many pages the questions fill that are open now: quick, and near `pages_left`, which plays them through."""
    facts = see_facts(protocols, state)
    if is_emergency(protocols, state, facts):
        return 0
    return sum(math.ceil(len(due.codes) / MOST_CODES) for due in still_to_ask(protocols, state, facts))


def checked(protocols: Protocols, code: str, value: Value) -> Value:
    """The value of an answer as it is stored. Raises Invalid("unknown_code") or Invalid("bad_value")."""
    finding = protocols.vocabulary.findings.get(code)
    if finding is None:
        raise Invalid("unknown_code", field=code, code=code)
    if value is None:
        return None
    if finding.type == "number":
        return _checked_number(protocols, code, value)
    fits = {
        "bool": isinstance(value, bool),
        "enum": isinstance(value, str) and value in finding.values,
        "text": isinstance(value, str) and len(value) <= _TEXT_LIMIT,
    }
    if not fits[finding.type]:
        raise Invalid("bad_value", field=code, code=code)
    return value


def _checked_number(protocols: Protocols, code: str, value: Value) -> float:
    words = protocols.words.get(code)
    low, high = words.range if words and words.range else (0.0, 100_000.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Invalid("bad_value", field=code, code=code, low=low, high=high)
    return float(value)
