"""Vill bli uppringd in words, as staff read it: which number, when it suits, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from linjen.cases.loading import Case
from linjen.cases.patients.contact import find_contact
from linjen.cases.talk.call_back import OUTCOMES, CallBack, find_call
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.phone import display_phone
from linjen.core.swedish import moment_words
from linjen.web.call_times import times_in_words
from linjen.web.clinic.case.case_head import moment
from linjen.web.exchange import Exchange


async def call_in_words(db: Connection, exchange: Exchange, case: Case) -> dict[str, Any] | None:
    """The latest wish of a case that the reader has seen, None where there is none or it needs no word any more."""
    call = await find_call(db, exchange.site.sealer, case)
    if call is None or call.state in {"withdrawn", "ended"}:
        return None
    waits = call.state == "waiting"
    return {
        "id": str(call.id), "waits": waits, "tries": call.tries,
        "number": await _number(db, exchange, case, call) if waits else "",
        "times": times_in_words(call.times, exchange.language),
        "asked": exchange.say("calling.asked", at=_at(call.asked_at)),
        "tried": exchange.say("calling.tried", at=_at(call.tried_at)) if waits and call.tried_at else "",
        "state": "" if waits else exchange.say(
            f"calling.state.{call.state}", name=call.settled_by,
            at=moment(exchange, call.settled_at) if call.settled_at else "",
        ),
        "outcomes": [{"value": one, "text": exchange.say(f"calling.outcome.{one}")} for one in OUTCOMES],
    }  # fmt: skip


def _at(at: datetime) -> str:
    return moment_words(at, clock.now())


async def _number(db: Connection, exchange: Exchange, case: Case, call: CallBack) -> str:
    """The number, as _ring of the case's page shows one: none where somebody may be protected."""
    contact = await find_contact(db, case.id)
    protected = contact.protected if contact else "unchecked"
    if protected != "no":
        return exchange.say(f"clinic.protected.hidden_{protected}")
    return display_phone(call.number) if call.number else exchange.say("calling.in_record")


def listed_times(from_at: Sequence[datetime], until_at: Sequence[datetime]) -> str:
    """The times of a row of the list."""
    return times_in_words(list(zip(from_at, until_at, strict=True)), "sv")
