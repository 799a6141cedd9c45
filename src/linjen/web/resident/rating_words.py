"""Fick du den hjälp du behövde, in words: the question as a closed case's page puts it, and what she has answered."""

from __future__ import annotations

from typing import Any

import msgspec

from linjen.cases.afterwards.rating import ANSWERS, LONGEST, find_rating
from linjen.cases.loading import Case
from linjen.core.database import Connection
from linjen.web.exchange import Exchange


class Given(msgspec.Struct, frozen=True):
    """What was sent and could not be kept: the answer, the line, and its fault in words at a field."""

    answer: str
    line: str
    field: str
    error: str


async def read_rating(
    db: Connection, exchange: Exchange, case: Case, given: Given | None = None
) -> dict[str, Any]:  # fmt: skip
    """The question for a case that she has seen, with what was typed; {} where nothing is asked and nothing answered.

    Where her words alarmed it waits behind what she has to do now: the page asks nothing then (case.html).
    """
    found = await find_rating(db, exchange.site.sealer, exchange.by, case)
    if not found.asked and not found.answer:
        return {}
    options = [{"value": one, "text": exchange.say(f"rating.answers.{one}")} for one in ANSWERS]
    return {
        "asked": found.asked, "changeable": found.changeable, "options": options, "longest": LONGEST,
        "said": exchange.say(f"rating.answers.{found.answer}") if found.answer else "", "said_line": found.line,
        "answer": given.answer if given else found.answer, "line": given.line if given else found.line,
        "error_of": {given.field: given.error} if given else {},
    }  # fmt: skip
