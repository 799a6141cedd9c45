"""Rätta eller radera in words, as staff read it: what is wished for, by whom, and how it stands."""

from __future__ import annotations

from typing import Any

from linjen.cases.loading import Case
from linjen.cases.patients.correction import Correction, list_corrections
from linjen.core.database import Connection
from linjen.core.swedish import date_words
from linjen.web.clinic.case.case_head import moment
from linjen.web.exchange import Exchange
from linjen.web.masked import masked_words


async def corrections_in_words(db: Connection, exchange: Exchange, case: Case) -> list[dict[str, Any]]:
    """Each wish of a case that the caller has seen, as the case's page and its own show it."""
    found = await list_corrections(db, exchange.site.sealer, case.id, masked_as=masked_words())
    return [_row(exchange, one) for one in found]


def _row(exchange: Exchange, one: Correction) -> dict[str, Any]:
    state = exchange.say("correcting.waits", day=date_words(one.answer_by))
    if one.answered_at is not None:
        state = exchange.say("correcting.answered", name=one.answered_by, at=moment(exchange, one.answered_at))
    return {
        "id": str(one.id), "field": f"answer-{one.id}", "kind": exchange.say(f"correcting.kinds.{one.kind}"),
        "text": one.text, "by": exchange.say("correcting.by", name=one.by_name, at=moment(exchange, one.at)),
        "state": state, "answer": one.answer, "waits": one.answered_at is None,
    }  # fmt: skip
