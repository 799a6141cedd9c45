"""How many pages of questions are left: played through, or counted as they stand."""

from __future__ import annotations

import math

import msgspec

from linjen.triage.asking.agenda import still_to_ask
from linjen.triage.asking.confirming import MOST_CODES
from linjen.triage.asking.interview import is_emergency, next_page
from linjen.triage.content.library import Protocols
from linjen.triage.state import State, Value


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
    if is_emergency(protocols, state):
        return 0
    return sum(math.ceil(len(due.codes) / MOST_CODES) for due in still_to_ask(protocols, state))
