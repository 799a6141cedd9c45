"""Fler besvär: the further complaints of a case beside its anamnesis, each with its level, and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linjen.cases.begun_by_staff.further import Further, list_further
from linjen.cases.loading import Case
from linjen.core.database import Connection
from linjen.web.clinic.case.anamnesis import Anamnesis, answer_lines, as_anamnesis
from linjen.web.clinic.case.case_head import moment
from linjen.web.clinic.case.why import said_once
from linjen.web.exchange import Exchange
from linjen.web.reason_names import reason_on


async def read_further(db: Connection, exchange: Exchange, case: Case) -> list[Further]:
    """What was asked in a case that the reader has seen by see_case."""
    return await list_further(db, exchange.site.sealer, case.id)


def further_in_words(
    exchange: Exchange, case: Case, asked: Sequence[Further], *, mine: bool
) -> list[dict[str, Any]]:  # fmt: skip
    """What clinic/case/further.html draws; only the holder answers for the patient."""
    return [_in_words(exchange, case, one, mine=mine) for one in asked]


def _in_words(exchange: Exchange, case: Case, one: Further, *, mine: bool) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "id": str(one.id), "reason": name_of_further(exchange, one), "level": one.level, "state": _state(exchange, one),
        "go_on": f"/clinic/cases/{case.id}/further-questions/{one.id}" if mine and one.answered_at is None else "",
    }  # fmt: skip
    if one.found is None:
        return drawn
    said = as_anamnesis(one.intake, one.found, triaged=True)
    return drawn | {
        "rules": [rule.why for rule in said_once(one.found.rules)], "flags": said.flags, "heard": said.heard,
        "blocks": _blocks(exchange, said),
    }  # fmt: skip


def _blocks(exchange: Exchange, said: Anamnesis) -> list[tuple[str, Sequence[Any]]]:
    keys = (("unknown", said.unknown), ("answers", said.answers), ("unsure", said.unsure), ("denied", said.denied))
    return [(exchange.say(f"clinic.intake.{key}"), lines) for key, lines in keys]


def name_of_further(exchange: Exchange, one: Further) -> str:
    """The contact reason in words, of the version that was asked."""
    stamp = str(one.intake.interview.get("protocol", ""))
    return reason_on(exchange.site.shelf, "symptom", one.reason, stamp)


def _state(exchange: Exchange, one: Further) -> str:
    asked = exchange.say("further.state.asked", by=one.by_name, at=moment(exchange, one.asked_at))
    if one.answered_at is None:
        return f"{asked} {exchange.say('further.state.waits')}"
    done = exchange.say(f"further.state.by_{one.answered_by_kind}", at=moment(exchange, one.answered_at))
    return f"{asked} {done}"


def further_lines(exchange: Exchange, asked: Sequence[Further]) -> list[str]:
    """The answered ones as plain text, for the record system and for a copy."""
    lines: list[str] = []
    for one in asked:
        if one.found is not None and one.level is not None:
            word = exchange.say(f"urgency.{one.level}")
            heading = exchange.say("further.copy", reason=name_of_further(exchange, one), level=one.level, word=word)
            lines += ["", heading, *answer_lines(exchange, as_anamnesis(one.intake, one.found, triaged=True))]
    return lines
