"""How good the triage is: vignettes answered by a simulated resident, and the measures of it with their intervals.

The resident answers by code: a listed fact gives its value, a true finding makes what it implies "ja", an unlisted yes
or no is "nej", and everything else is "vet inte". What the vignettes are worth decides what the figures are worth:
those written from the rules prove nothing.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.asking.assessment import assess
from linjen.triage.asking.interview import answer, begin, next_page
from linjen.triage.content.library import Protocols
from linjen.triage.state import Asked, Result, Sex, State, Value, Writer
from linjen.triage.trials.wilson import Share, wilson

#: Shares of the answers that a noisy resident does not know, and gets wrong.
NOT_KNOWN, WRONG = 0.10, 0.05
_MOST_PAGES = 120
_CHILD_YEARS = 18


class Fact(msgspec.Struct, frozen=True):
    """One thing that is true of the patient."""

    code: str
    value: Any


class Vignette(msgspec.Struct, frozen=True):
    """One invented patient: what is written, what is true, and how urgent it is.

    `ok_urgency` is the band that is accepted, most urgent first; `also_ok` further contact reasons that are right;
    `paraphrases_sv` the same matter in other words.
    """

    id: str
    age: float
    sex: Sex
    free_text_sv: str
    facts_sv: list[Fact]
    gold_urgency: int
    ok_urgency: tuple[int, int]
    writer: Writer = "self"
    contact_reason: str = ""
    also_ok: list[str] = []
    paraphrases_sv: list[str] = []


def read_vignettes(lines: Iterable[bytes]) -> list[Vignette]:
    """One vignette from each line of JSON. Raises Invalid("bad_vignette") with `line` and `why`."""
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(msgspec.json.decode(line, type=Vignette))
        except msgspec.MsgspecError as wrong:
            raise Invalid("bad_vignette", line=number, why=str(wrong)) from wrong
    return found


Say = Callable[[Asked], Value]


def with_implied(protocols: Protocols, facts: Mapping[str, Value]) -> dict[str, Value]:
    """The facts that the vocabulary knows, and what the true ones mean by themselves."""
    known = {code: value for code, value in facts.items() if code in protocols.vocabulary.findings}
    for code, value in list(known.items()):
        if value is True:
            for parent in protocols.vocabulary.ancestors(code):
                known.setdefault(parent, True)
    return known


def knowing(protocols: Protocols, facts: Mapping[str, Value]) -> Say:
    """How the resident of these facts answers one code."""
    known = with_implied(protocols, facts)

    def say(asked: Asked) -> Value:
        return known.get(asked.code, False if asked.type == "bool" else None)

    return say


def doubting(say: Say, seed: str) -> Say:
    """The same resident, who does not know every tenth answer and gets every twentieth wrong; `seed` repeats it."""

    def noisy(asked: Asked) -> Value:
        dice = random.Random(f"{seed}/{asked.code}")  # noqa: S311 - a simulation, no secret
        throw, value = dice.random(), say(asked)
        if throw < NOT_KNOWN:
            return None
        if throw >= NOT_KNOWN + WRONG or value is None:
            return value
        if isinstance(value, bool):
            return not value
        if asked.type == "enum":
            return dice.choice([choice.value for choice in asked.values])
        return value

    return noisy


def interviewed(protocols: Protocols, state: State, say: Say, *, backwards: bool = False) -> State:
    """The state when every page has been answered; `backwards` answers each page from its last code, one by one."""
    for _ in range(_MOST_PAGES):
        page = next_page(protocols, state)
        if page is None:
            return state
        answers = {asked.code: say(asked) for asked in page.codes}
        state = answer(protocols, state, dict(reversed(answers.items())) if backwards else answers)
    raise Invalid("endless_interview", pages=[page.id for page in state.pages[-3:]])


@dataclass(frozen=True)
class Outcome:
    """What became of one vignette."""

    vignette: Vignette
    result: Result
    pages: int
    reading: tuple[str, ...]
    alarm: bool
    same_backwards: bool
    noisy_urgency: int
    #: The level that each paraphrase came to.
    in_other_words: tuple[int, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Not less urgent than the accepted band."""
        return self.result.urgency <= self.vignette.ok_urgency[1]


def try_vignette(protocols: Protocols, vignette: Vignette) -> Outcome:
    """Hold the interview as it should be answered, backwards, and with doubts."""
    start = begin(protocols, vignette.age, vignette.sex, vignette.writer, vignette.free_text_sv)
    say = knowing(protocols, {fact.code: fact.value for fact in vignette.facts_sv})
    state = interviewed(protocols, start, say)
    result = assess(protocols, state)
    back = assess(protocols, interviewed(protocols, start, say, backwards=True))
    noisy = assess(protocols, interviewed(protocols, start, doubting(say, vignette.id)))
    others = [begin(protocols, vignette.age, vignette.sex, vignette.writer, text) for text in vignette.paraphrases_sv]
    return Outcome(
        vignette, result, len(state.pages), tuple(id for id, _ in state.reading.reasons), state.reading.alarm,
        (back.urgency, back.contact_reason) == (result.urgency, result.contact_reason), noisy.urgency,
        tuple(assess(protocols, interviewed(protocols, other, say)).urgency for other in others),
    )  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One row of the table: a share with its 95 % interval, and whether the goal is met by the share itself."""

    name: str
    definition: str
    goal: str
    share: Share
    met: bool | None


Goal = tuple[Literal[">=", "<=", ""], float]


def _row(name: str, definition: str, goal: Goal, of: Sequence[Outcome], is_hit: Callable[[Outcome], bool]) -> Measure:
    share = wilson(sum(map(is_hit, of)), len(of))
    sign, limit = goal
    words = f"{'≥' if sign == '>=' else '≤'} {limit * 100:g} %" if sign else ""
    met = None
    if sign and share.of:
        met = share.part >= limit if sign == ">=" else share.part <= limit
    return Measure(name, definition, words, share, met)


def measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """The table of shares over the outcomes."""
    gold = {level: [one for one in outcomes if one.vignette.gold_urgency == level] for level in range(1, 6)}
    urgent, calm = gold[1] + gold[2], gold[3] + gold[4] + gold[5]
    named = [one for one in outcomes if one.vignette.contact_reason]
    return [
        _row("emergency sensitivity", "gold 1 → 1", (">=", 0.97), gold[1], lambda one: one.result.urgency == 1),
        _row("critical miss", "gold 1 → 3, 4 or 5", ("<=", 0.0), gold[1], lambda one: one.result.urgency >= 3),
        _row("urgent sensitivity", "gold ≤ 2 → ≤ 2", (">=", 0.98), urgent, lambda one: one.result.urgency <= 2),
        _row("safe", "not less urgent than the band", (">=", 0.98), outcomes, lambda one: one.is_safe),
        _row("false alarm", "gold ≥ 3 → ≤ 2", ("<=", 0.08), calm, lambda one: one.result.urgency <= 2),
        _row("over-triage", "more urgent than the band", ("<=", 0.10), outcomes,
             lambda one: one.result.urgency < one.vignette.ok_urgency[0]),
        _row("within the band", "", ("", 0), outcomes,
             lambda one: one.vignette.ok_urgency[0] <= one.result.urgency <= one.vignette.ok_urgency[1]),
        _row("three levels right", "1–2, 3–4, 5", (">=", 0.88), outcomes,
             lambda one: _third(one.result.urgency) == _third(one.vignette.gold_urgency)),
        _row("self-care recognised", "gold 5 → 5", (">=", 0.75), gold[5], lambda one: one.result.urgency == 5),
        *(_row(f"reason in the first {many}", "from the text alone", (">=", goal), named, _reason_among(many))
          for many, goal in ((1, 0.70), (3, 0.88), (5, 0.95))),
        _row("same result backwards", "other order of answers", (">=", 1.0), outcomes, lambda one: one.same_backwards),
        _row("safe with doubts", "10 % vet inte, 5 % wrong", (">=", 0.95), outcomes,
             lambda one: one.noisy_urgency <= one.vignette.ok_urgency[1]),
        _row("same level in other words", "every paraphrase", (">=", 0.9),
             [one for one in outcomes if one.in_other_words],
             lambda one: set(one.in_other_words) == {one.result.urgency}),
    ]  # fmt: skip


def _third(urgency: int) -> int:
    return (urgency + 1) // 2


def _reason_among(many: int) -> Callable[[Outcome], bool]:
    return lambda one: bool({one.vignette.contact_reason, *one.vignette.also_ok} & set(one.reading[:many]))


def asked_red_flags(protocols: Protocols, outcomes: Sequence[Outcome]) -> Measure:
    """Of the warning signs that are present, those that were asked for, or were no longer needed in an emergency."""
    findings = protocols.vocabulary.findings
    hits = total = 0
    for one in outcomes:
        facts = [fact.code for fact in one.vignette.facts_sv if fact.value is True]
        flags = [code for code in facts if code in findings and findings[code].is_red_flag]
        total += len(flags)
        hits += len(flags) if one.result.urgency == 1 else len(set(flags) & set(one.result.asked))
    share = wilson(hits, total)
    return Measure("present red flags asked for", "", "≥ 97 %", share, share.part >= 0.97 if total else None)


@dataclass(frozen=True)
class Pages:
    """How long the interviews are, in pages (one heading with at most six codes)."""

    median: float
    p95: float


def pages_of(outcomes: Sequence[Outcome]) -> Pages:
    """Median and 95th percentile."""
    lengths = sorted(one.pages for one in outcomes)
    if not lengths:
        return Pages(0, 0)
    return Pages(statistics.median(lengths), lengths[min(len(lengths) - 1, int(0.95 * len(lengths)))])


def is_child(one: Outcome) -> bool:
    """Is the patient under 18?"""
    return one.vignette.age < _CHILD_YEARS


def evaluate(protocols: Protocols, vignettes: Iterable[Vignette]) -> list[Outcome]:
    """Try each vignette; codes that the vocabulary does not have are left out."""
    known = protocols.vocabulary.findings
    return [
        try_vignette(protocols, replace_facts(one, [fact for fact in one.facts_sv if fact.code in known]))
        for one in vignettes
    ]


def replace_facts(vignette: Vignette, facts: list[Fact]) -> Vignette:
    """The same vignette with other facts."""
    return msgspec.structs.replace(vignette, facts_sv=facts)
