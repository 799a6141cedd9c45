"""Redan sagt, in an interview: which of the stated findings are put as questions to confirm, and what was stated.

A page of them comes first, beside what the tripwire heard. It makes no interview longer than it must be: a code is
there only when a rule or a question of this interview asks for it, and what is confirmed is not asked again. Nothing is
answered beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from linjen.triage.asking.facts import FactTable, is_fitting, is_settled, see_facts
from linjen.triage.asking.plausible import is_only_administrative
from linjen.triage.content.library import Protocols, Reason
from linjen.triage.own_words.durations import days_since
from linjen.triage.state import State, Stated

MOST_CODES = 6
#: One finding alone is confirmed among the questions it belongs to: a page of its own would only be longer.
WORTH_A_PAGE = 2
PAGE = "tripwire"
_LIFE = 1  # the level of danger to life


def stated_in(protocols: Protocols, texts: Iterable[str], written_on: str) -> dict[str, Stated]:
    """What `texts` state, the earlier before the later; weekdays are counted from `written_on`, an ISO date or ''."""
    found: dict[str, Stated] = {}
    for text in texts:
        for code, one in protocols.hear(text).items():
            if code not in found and code in protocols.vocabulary.findings and (told := _in_days(one, written_on)):
                found[code] = told
    return {code: one for code, one in found.items() if _is_possible(protocols, code, one)}


def _in_days(one: Stated, written_on: str) -> Stated | None:
    if one.weekday is None:
        return one
    if not written_on:
        return None
    return Stated(float(days_since(one.weekday, date.fromisoformat(written_on))), one.words)


def _is_possible(protocols: Protocols, code: str, one: Stated) -> bool:
    words = protocols.words.get(code)
    if isinstance(one.value, str):
        return one.value in protocols.vocabulary.findings[code].values
    if isinstance(one.value, bool) or words is None or words.range is None:
        return True
    return one.value is not None and words.range[0] <= one.value <= words.range[1]


def names_danger(protocols: Protocols, state: State) -> bool:
    """Whether the tripwire heard anything that may mean danger to life: then that is asked before all else."""
    return any(_is_danger(protocols, code) for code in state.suspected)


def danger_heard(protocols: Protocols, state: State) -> tuple[str, ...]:
    """What was heard that may mean danger to life, as long as it has not been answered "nej"."""
    facts = see_facts(protocols, state)
    return tuple(
        code for code in state.suspected
        if _is_danger(protocols, code) and is_fitting(protocols, facts, code)
        and not (is_settled(protocols, state, facts, code) and state.answers.get(code, False) is False)
    )  # fmt: skip


def _is_danger(protocols: Protocols, code: str) -> bool:
    finding = protocols.vocabulary.findings.get(code)
    return finding is not None and finding.level == _LIFE


def to_confirm(
    protocols: Protocols, state: State, facts: FactTable, reasons: Iterable[Reason], *, shared: bool
) -> tuple[str, ...]:
    """The stated codes that stand on the page of what was said, after what the tripwire heard; as many as fit there.

    `shared` when the page comes anyway, for something else. Once that page has been answered nothing is added to it:
    what is stated later, or belongs to a later question, is confirmed where it is asked.
    """
    if not state.stated or is_only_administrative(protocols, state):
        return ()
    answered = [page for page in state.pages if page.id.partition("#")[0] == PAGE]
    if answered:
        return tuple(code for page in answered for code in page.codes if code not in state.suspected)
    wanted = protocols.codes.union(*(reason.codes for reason in reasons))
    above = {code for one in state.suspected for code in protocols.vocabulary.ancestors(one)}
    found = [
        code for code in state.stated
        if code in wanted and code not in state.suspected and code not in above
        and is_fitting(protocols, facts, code) and (shared or not is_settled(protocols, state, facts, code))
    ]  # fmt: skip
    found = found[: max(0, MOST_CODES - len(state.suspected))]
    return tuple(found) if shared or state.suspected or len(found) >= WORTH_A_PAGE else ()
