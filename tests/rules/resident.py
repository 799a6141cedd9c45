"""A simulated resident who knows some facts by code, and the vignettes written for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from linjen.triage import Asked, Protocols, State, Value, answer, next_page
from linjen.triage.content.vignettes import FOLDER

MOST_PAGES = 80  # far above any real interview: reaching it means that it never ends


def knowing(protocols: Protocols, facts: Mapping[str, Value]) -> Callable[[Asked], Value]:
    """How the resident answers one code: a listed fact gives its value, a true finding makes its parents "ja", an
    unlisted yes/no is "nej", everything else unlisted is "vet inte"."""
    known = dict(facts)
    for code, value in facts.items():
        if value is True:
            for parent in protocols.vocabulary.ancestors(code):
                known.setdefault(parent, True)

    def say(asked: Asked) -> Value:
        return known.get(asked.code, False if asked.type == "bool" else None)

    return say


def interviewed(protocols: Protocols, state: State, say: Callable[[Asked], Value]) -> State:
    """The state when every page has been answered by `say`."""
    for _ in range(MOST_PAGES):
        page = next_page(protocols, state)
        if page is None:
            return state
        assert 1 <= len(page.codes) <= 6, page
        state = answer(protocols, state, {asked.code: say(asked) for asked in page.codes})
    raise AssertionError(f"the interview goes on after {MOST_PAGES} pages: {state.pages[-3:]}")


def vignettes() -> list[dict[str, Any]]:
    """Every vignette of every file, with `reason` and an id that begins with it."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [{**one, "reason": data["reason"], "id": f"{data['reason']}.{one['id']}"} for one in data["vignettes"]]
    return found
