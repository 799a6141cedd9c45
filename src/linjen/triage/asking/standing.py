"""Where an interview stands: the rules that have fired, the starting levels, and what is still worth asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from linjen.triage.asking.facts import FactTable, is_fitting, is_settled, see_facts
from linjen.triage.asking.plausible import (
    by_text,
    in_play,
    is_affirmed,
    is_denied,
    is_faint_errand,
    is_for,
    protocols_in_play,
)
from linjen.triage.asking.remembering import remembered
from linjen.triage.content.condition import MAYBE, NO, YES
from linjen.triage.content.library import AskBlock, Protocols, Reason, Rule
from linjen.triage.content.shape import Default
from linjen.triage.state import Fired, State

SELF_CARE = 5
LAST_URGENT = 2
LEAST_WITH_UNKNOWN = 4  # "vet inte" to a warning sign never ends in self-care
#: From this level on staff have time to read what their protocol names first, so it is asked even if it raises nothing.
ANAMNESIS_FROM = 3
UNKNOWN_ID = "vet_inte"


def active_rules(protocols: Protocols, reasons: Iterable[Reason], codes: Iterable[str]) -> Iterator[Rule]:
    """Every rule that can hold where nothing but `codes` is known or open: the vocabulary's levels of these,
    combinations and risk groups, then the reasons' own.
    """
    floors = protocols.floors
    for code in codes:
        if code in floors:
            yield floors[code]
    yield from protocols.rules
    for reason in reasons:
        yield from reason.rules


def touched_rules(protocols: Protocols, reasons: Iterable[Reason], facts: FactTable) -> Iterator[Rule]:
    """Of the active rules those that may hold by these facts; all others are certain not to."""
    floors = protocols.floors
    for code in facts:
        if code in floors:
            yield floors[code]
    yield from protocols.touched.by(facts)
    for reason in reasons:
        yield from reason.touched.by(facts)


def fired(rules: Iterable[Rule], facts: FactTable) -> list[Fired]:
    """The rules that hold; one that rests on a "vet inte" counts one level below its own."""
    found = []
    for rule in rules:
        truth = rule.test(facts)
        if truth == YES:
            found.append(_as_fired(rule, rule.level, rule.id, rule.why, certain=True))
        elif truth == MAYBE:
            level = min(rule.level + 1, LEAST_WITH_UNKNOWN)
            why = f"Svaret är ”vet inte” på något som kan betyda: {rule.why}"
            found.append(_as_fired(rule, level, f"{rule.id}.{UNKNOWN_ID}", why, certain=False))
    return found


@remembered
def fired_now(protocols: Protocols, state: State) -> tuple[Fired, ...]:
    """The rules that hold with what has been answered so far."""
    facts = see_facts(protocols, state)
    return tuple(fired(touched_rules(protocols, protocols_in_play(protocols, state, facts), facts), facts))


def _as_fired(rule: Rule, level: int, id: str, why: str, *, certain: bool) -> Fired:
    return Fired(id, why, level, certain, rule.version, rule.source, rule.reviewed)


def defaults(protocols: Protocols, state: State, facts: FactTable) -> list[Fired]:
    """The starting level of each reason that was chosen or affirmed, else of the best by text; at last the general one.

    What the words merely resemble, and nobody has asked about, says nothing of how urgent the case is. Of a reason
    whose lead symptoms were all denied only the words are left: they name it, but make it no urgent case. An errand
    that they hardly resemble does not take its place.
    """
    playing = in_play(protocols, state, facts)
    undenied = [id for id in playing if not is_denied(protocols, state, facts, id)]
    affirmed = [id for id in undenied if id in state.chosen or is_affirmed(protocols, state, facts, id)]
    # What only an answer brought in adds its warning signs; how urgent the case begins is said by what it is about.
    named = [id for id in affirmed if id in state.chosen or id in by_text(protocols, state)]
    affirmed = named or affirmed
    found = [_as_default(protocols.reasons[id].file.default, id) for id in affirmed if id in protocols.reasons]
    near = [id for id in undenied if not is_faint_errand(protocols, state, id)]
    best = near[0] if near else playing[0] if playing else ""
    if best in protocols.reasons and best not in affirmed and (not named or _is_without_lead(protocols, best)):
        found.append(_default_by_words(protocols, best, denied=not near))
    for id in affirmed or filter(None, [best]):
        if id in protocols.reasons:
            continue
        # Without a choice, a reason without lead questions counts only as the best by text, and one that is harmless
        # at its latest leaves the level to a reason whose lead symptom the resident has said yes to.
        mild = protocols.vocabulary.reasons[id].latest == SELF_CARE and bool(found)
        if state.chosen or (id == best and not mild):
            found.append(_listed_default(protocols, id))
    return found or [_as_default(protocols.general.default, "allmant")]


def _is_without_lead(protocols: Protocols, id: str) -> bool:
    """Nothing asks whether such a reason is right, so that the words decide alone: a prescription, a certificate."""
    return not protocols.reasons[id].file.lead


def _default_by_words(protocols: Protocols, id: str, *, denied: bool) -> Fired:
    default = protocols.reasons[id].file.default
    if denied and default.level <= LAST_URGENT:
        return _as_default(protocols.general.default, "allmant")
    return _as_default(default, id)


def _as_default(default: Default, id: str) -> Fired:
    return Fired(f"{id}.utgangsniva", default.why, default.level)


def _listed_default(protocols: Protocols, id: str) -> Fired:
    """A reason without a protocol of its own: as late as it ever may be, but always with a person in the loop.

    Level 1 is left to answered questions: a reason alone, without any finding, sends nobody to 112.
    """
    reason = protocols.vocabulary.reasons[id]
    why = f"Utgångsnivå för {reason.name.lower()}, som bedöms med de allmänna frågorna."
    return Fired(f"{id}.utgangsniva", why, max(2, min(reason.latest, protocols.general.default.level)))


class Prospects:
    """What may still be asked in an interview, and what each question hangs on."""

    def __init__(self, protocols: Protocols, state: State, facts: FactTable) -> None:
        self._protocols, self._state, self._facts = protocols, state, facts
        self._ancestors = protocols.vocabulary.ancestors
        self._gates: dict[str, set[str]] = {}
        #: Codes that may be answered yet, and what a yes to one of them would mean.
        self.reach: set[str] = set()

    def add(self, codes: Iterable[str], gates: frozenset[str] = frozenset()) -> bool:
        """Take up codes that may be asked, which hang on the answers to `gates`; True when one of them is new."""
        new = False
        for code in codes:
            if code in self._gates:
                self._gates[code] |= gates
                continue
            if is_settled(self._protocols, self._state, self._facts, code):
                continue
            fits = self._protocols.fits.get(code, ())
            if any(fit.span(self._facts, self.reach)[1] == NO for fit in fits):
                continue
            new = True
            held = self._gates[code] = set(gates)
            for fit in fits:
                held |= fit.codes
            self.reach.add(code)
            self.reach.update(self._ancestors(code))
        return new

    def needed_for(self, wanted: set[str]) -> set[str]:
        """The codes to ask so that everything in `wanted` gets its answer: with what stands above, below and before."""
        needed: set[str] = set()
        front = wanted
        while front := front - needed:
            needed |= front
            before = {gate for code in front for gate in self._gates.get(code, ())}
            front = before | {above for code in front for above in self._ancestors(code)}
        indirect = needed - self._gates.keys()
        below = {code for code in self._gates if not indirect.isdisjoint(self._ancestors(code))}
        return needed | below


def worth_asking(
    protocols: Protocols, state: State, facts: FactTable, reasons: tuple[Reason, ...], blocks: Iterable[AskBlock],
    others: Iterable[str],
) -> set[str]:  # fmt: skip
    """The codes that can still change the level, and those that staff want to see first while there is time.

    `blocks` are the headings with conditions that this interview may come to, `others` the codes of those without.
    """
    prospects = Prospects(protocols, state, facts)
    waiting, others, grown = list(blocks), list(others), True
    while grown:
        grown = prospects.add(others)
        for asking in waiting:
            if asking.span(facts, prospects.reach)[1] != NO:
                grown = prospects.add(asking.block.ask, asking.codes) or grown
    level = min(one.level for one in [*fired_now(protocols, state), *defaults(protocols, state, facts)])
    wanted: set[str] = set()
    for rule in active_rules(protocols, reasons, prospects.reach):
        if rule.level < level and not rule.codes.isdisjoint(prospects.reach):
            least, most = rule.span(facts, prospects.reach)
            if most > least:
                wanted |= rule.codes & prospects.reach
    if level >= ANAMNESIS_FROM:
        wanted.update(code for reason in reasons for code in reason.file.staff_first)
    wanted |= _bringing_in(protocols, state, facts, reasons, prospects.reach, level)
    return prospects.needed_for(wanted & prospects.reach)


def _bringing_in(
    protocols: Protocols, state: State, facts: FactTable, reasons: tuple[Reason, ...], reach: set[str], level: int
) -> set[str]:  # fmt: skip
    """The codes still to come that would bring in a reason of which something may be more urgent than `level`."""
    finds = protocols.general.finds
    own: dict[str, bool] = {}

    def raises(ids: Iterable[str]) -> bool:
        seen, front = {reason.file.id for reason in reasons}, list(ids)
        while front:
            id = front.pop()
            reason = protocols.reasons.get(id)
            if id in seen or reason is None or not is_for(protocols, id, facts):
                continue
            seen.add(id)
            if id not in own:
                own[id] = _may_raise(protocols, state, facts, reason, reach, level)
            if own[id]:
                return True
            front += (other for code in reason.codes & finds.keys() if code not in facts for other in finds[code])
        return False

    return {code for code, ids in finds.items() if code in reach and raises(ids)}


def _may_raise(
    protocols: Protocols, state: State, facts: FactTable, reason: Reason, reach: set[str], level: int
) -> bool:  # fmt: skip
    """Were `reason` in play, might it start more urgently, or a warning sign or rule of it hold that is?"""
    if reason.file.default.level < level:
        return True
    for code in reason.file.red_flags.ask:
        floor = protocols.floors.get(code)
        if floor is None or floor.level >= level or is_settled(protocols, state, facts, code):
            continue
        if is_fitting(protocols, facts, code):
            return True
    for rule in reason.rules:
        if rule.level < level:
            unsettled = (code for code in rule.codes if not is_settled(protocols, state, facts, code))
            if rule.span(facts, reach.union(unsettled))[1] != NO:
                return True
    return False
