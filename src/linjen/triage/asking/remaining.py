"""How many pages of questions are left, played through."""

from __future__ import annotations

import msgspec

from linjen.triage.asking.interview import next_page
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
