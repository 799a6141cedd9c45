"""Ring mig in words: the form, in a case and before it is sent, and how the latest wish stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

import msgspec

from linjen.cases.loading import Case
from linjen.cases.talk.call_back import (
    CallBack,
    Wish,
    find_call,
    find_times,
    list_case_calls,
    read_wish,
    time_key,
)
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.phone import display_phone
from linjen.core.swedish import full_moment, moment_words
from linjen.people.contacts import find_contacts
from linjen.people.push_devices import find_ways
from linjen.units.units import see_unit
from linjen.web.call_times import time_in_words, times_in_words
from linjen.web.exchange import Exchange

#: The fields of the form that can be at fault.
FIELDS = ("phone", "times")


class Typed(msgspec.Struct, frozen=True):
    """What was sent and could not be kept: number, chosen times, the form's id, and the faults in words by field."""

    phone: str
    times: Sequence[str]
    call_id: str
    errors: dict[str, str]


async def read_form(
    db: Connection, exchange: Exchange, unit_id: UUID, typed: Typed | None = None, call_id: str = ""
) -> dict[str, Any]:
    """The form's values: the number of her profile, the times of the unit, and from where the call may come."""
    say, language = exchange.say, exchange.language
    protected = (await find_ways(db, exchange.by.person_id)).protected
    own = "" if protected else (await find_contacts(db, exchange.by.person_id)).phone
    phone = (await see_unit(db, unit_id)).phone
    times = await find_times(db, unit_id)
    return {
        "protected": protected, "phone": typed.phone if typed else display_phone(own) if own else "",
        "times": [{"value": time_key(one), "text": time_in_words(one, language).capitalize()} for one in times],
        "chosen": list(typed.times) if typed else [], "call_id": typed.call_id if typed else call_id,
        "from": say("call_back.from_number", phone=display_phone(phone)) if phone else say("call_back.from_hidden"),
        "error_of": {name: (typed.errors if typed else {}).get(name) for name in FIELDS},
    }  # fmt: skip


async def wish_of(db: Connection, exchange: Exchange, unit_id: UUID) -> Wish:
    """What the form of this request asks for; raises as read_wish."""
    protected = (await find_ways(db, exchange.by.person_id)).protected
    offered = await find_times(db, unit_id)
    return read_wish(
        exchange.text_of("phone", longest=200), exchange.all_of("times"), offered, is_protected=protected
    )  # fmt: skip


def typed_of(exchange: Exchange, error: Invalid) -> Typed:
    """The form as it was sent, with the fault in words."""
    field = error.field if error.field in FIELDS else "phone"
    told = exchange.told(error, "call_back.fault")
    return Typed(
        exchange.text_of("phone", longest=200), exchange.all_of("times"), exchange.form_id("call_id"), {field: told}
    )


async def read_call(
    db: Connection, exchange: Exchange, case: Case, typed: Typed | None = None
) -> dict[str, Any]:  # fmt: skip
    """Ring mig on the page of a case that she has seen; {} where it has ended, or has a day of its own."""
    if case.unit_id is None or case.state not in {"queued", "in_progress", "closed"}:
        return {}
    call = await find_call(db, exchange.site.sealer, case)
    if case.state == "closed":  # a wish that ended with the case is told, and nothing can be asked any more
        return {"over": exchange.say("call_back.was.ended")} if call is not None and call.state == "ended" else {}
    if call is not None and call.state == "waiting":
        return {"waits": True, "id": str(call.id), "told": _waiting(exchange, call)}
    was = await _was(db, exchange, case.unit_id, call) if call is not None else ""
    # The same however often the page is drawn: a form that is being filled in stays when something else happens.
    call_id = uuid5(case.id, f"call/{exchange.by.person_id}/{call.id if call else ''}")
    return {"waits": False, "was": was, "form": await read_form(db, exchange, case.unit_id, typed, str(call_id))}


def _waiting(exchange: Exchange, call: CallBack) -> list[str]:
    """What she has asked for, and that she was rung. Another party of the case is told no number of hers."""
    say, language = exchange.say, exchange.language
    times = times_in_words(call.times, language)
    if call.number and call.by_id == exchange.by.person_id:
        told = [say("call_back.waiting_text", number=display_phone(call.number), times=times)]
    else:
        told = [say("call_back.waiting_record" if not call.number else "call_back.waiting_times", times=times)]
    if call.tried_at is not None:
        told.append(say("call_back.tried", at=moment_words(call.tried_at, clock.now(), language)))
    return told


async def _was(db: Connection, exchange: Exchange, unit_id: UUID, call: CallBack) -> str:
    if call.state == "ended" or call.settled_at is None:
        return ""
    at = moment_words(call.settled_at, clock.now(), exchange.language)
    phone = (await see_unit(db, unit_id)).phone if call.state == "unreached" else ""
    if phone:
        return exchange.say("call_back.was.unreached_phone", at=at, phone=display_phone(phone))
    words = {"at": at} if call.state in {"reached", "unreached"} else {}
    return exchange.say(f"call_back.was.{call.state}", **words)


async def said_calls(db: Connection, exchange: Exchange, case: Case) -> list[tuple[str, list[str]]]:
    """Each wish of the case for what she takes along: when it was asked, and in full dates what for and what came of
    it. Another party of the case is told no number of hers.
    """
    say, language = exchange.say, exchange.language
    found = []
    for one in await list_case_calls(db, exchange.site.sealer, case):
        lines = [say("case.paper.call_times", times=times_in_words(one.times, language, dated=True))]
        if one.number and one.by_id == exchange.by.person_id:
            lines.append(say("case.paper.call_number", number=display_phone(one.number)))
        at = full_moment(one.settled_at or one.tried_at or one.asked_at, language)
        lines.append(say(f"case.paper.call_{one.state}", at=at))
        found.append((say("case.paper.call_asked", at=full_moment(one.asked_at, language)), lines))
    return found
