"""Stängningar: the page where the head or the administrator of a unit closes it for single days, and opens it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec

from linjen.cases.waiting.closing import Closing, count_in_closures
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.people.staff import list_workplaces
from linjen.people.workplaces import care_workplaces
from linjen.units.closure import AHEAD, COPY, FURTHEST, LONGEST, find_closures, plan_closures
from linjen.units.managed import StoredClosure
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.changes import Rehearsal
from linjen.web.manage.setting import UnitSetting
from linjen.web.numbers import whole_number

_FIELDS = ("kind", "from_on", "until_on", "reason")
_KINDS = ("planned", "acute")


def _read(exchange: Exchange) -> tuple[list[StoredClosure], list[StoredClosure]]:
    """What the page showed, and the same with one more, or without the one that is to go."""
    was = _shown(exchange)
    gone = exchange.text_of("remove", longest=5)
    if gone:
        place = whole_number(gone, -1)
        if not 0 <= place < len(was):  # not as our page wrote it: nothing is taken away, and nobody is told that it was
            raise Refused("changed", verb="plan_closures")
        return [one for number, one in enumerate(was) if number != place], was
    return [*was, _added(exchange)], was


def _shown(exchange: Exchange) -> list[StoredClosure]:
    try:
        found = msgspec.json.decode(exchange.text_of("was", longest=60_000) or "[]", type=list[StoredClosure])
    except msgspec.MsgspecError:  # not as our page wrote it: it is told that somebody else has changed it
        return []
    whole = all(at.tzinfo and clock.is_meant(at) for one in found for at in (one.from_at, one.until_at))
    return found if whole else []


def _added(exchange: Exchange) -> StoredClosure:
    """Whole days on the Swedish clock; one that begins today begins when its form was drawn. Invalid('past')."""
    kind, first, last, reason = (exchange.text_of(name, longest=4 * LONGEST) for name in _FIELDS)
    from_at, until_at = _midnight(_day(first)), _midnight(_day(last or first) + timedelta(days=1))
    drawn_at = _instant(exchange.text_of("drawn_at", longest=40))
    if from_at < drawn_at < until_at:
        from_at = drawn_at
    if until_at <= clock.now():  # what has ended is none of the coming ones, and would be left out without a word
        raise Invalid("past", "from_on")
    return StoredClosure(from_at, until_at, kind, reason)


def _day(text: str) -> date:
    """A day; long ago, which nobody can choose, for what is none."""
    try:
        return clock.read_day(text)
    except ValueError:
        return date(1900, 1, 1)


def _midnight(on: date) -> datetime:
    return clock.at_wall(on, time(0))


def _instant(text: str) -> datetime:
    """When the form was drawn, if it was drawn today; else now."""
    now = clock.now()
    try:
        found = clock.read_moment(text)
    except ValueError:
        return now
    return found if clock.local_date(found) == clock.local_date(now) and found <= now else now


def _draw(exchange: Exchange, now: Sequence[StoredClosure], _: Mapping[str, str], typed: bool) -> dict[str, Any]:
    today = clock.local_date(clock.now())
    sent = typed and not exchange.text_of("remove", longest=5)
    fields = {name: exchange.text_of(name, longest=4 * LONGEST) if sent else "" for name in _FIELDS}
    return {
        "was": msgspec.json.encode(list(now)).decode(), "fields": fields, "longest": LONGEST,
        "least": today.isoformat(), "most": (today + FURTHEST).isoformat(), "drawn_at": clock.now().isoformat(),
        "kinds": [{"value": kind, "text": exchange.say(f"manage.closure.{kind}"),
                   "hint": exchange.say(f"manage.closures.hint_{kind}", day=swedish.date_words(today + AHEAD))}
                  for kind in _KINDS],
        "coming": [{"number": str(number), "days": _days(one), "holds": one.from_at <= clock.now()}
                   | _said(exchange, one) for number, one in enumerate(now)],
    }  # fmt: skip


def _said(exchange: Exchange, one: StoredClosure) -> dict[str, str]:
    return {"kind": exchange.say(f"manage.closure.{one.kind}"), "reason": one.reason}


def _days(one: StoredClosure) -> str:
    """'20 december 2030' or '20 december 2030–22 december 2030', with the time where it does not begin at midnight."""
    first, last = clock.local_date(one.from_at), clock.local_date(one.until_at - timedelta(microseconds=1))
    begins = swedish.date_words(first)
    if clock.local(one.from_at).time() != time(0):
        begins = f"{begins}, {swedish.time_inside(one.from_at)}"
    return begins if first == last else f"{begins}–{swedish.date_words(last)}"


def _words(exchange: Exchange, value: Sequence[StoredClosure]) -> dict[str, str]:
    return {_days(one): exchange.say("manage.closures.one", **_said(exchange, one)) for one in value}


async def _counts(db: Connection, unit_id: UUID) -> Mapping[str, int]:
    found = await count_in_closures(db, unit_id)
    return {"open": found.open, "due": sum(found.due.values()), "promised": found.promised, "booked": found.booked}


async def _sees(exchange: Exchange, db: Connection, unit_id: UUID) -> tuple[Closing, bool]:
    """What falls in the closures, and whether who closes works with the cases there herself."""
    places = care_workplaces(await list_workplaces(db, exchange.by.person_id))
    return await count_in_closures(db, unit_id), unit_id in {place.unit_id for place in places}


def _says(exchange: Exchange, found: Rehearsal[Sequence[StoredClosure]]) -> dict[str, Any]:
    """What is to be done before the unit closes; nothing where a closure is only taken away or touches no case."""
    closing, reads = found.seen_after
    added = any(one not in found.was for one in found.becomes)
    return {
        "touched": added and bool(closing.open or closing.booked), "reads": reads,
        "due": [exchange.say("manage.closures.due_one" if count == 1 else "manage.closures.due_some",
                             level=level, count=count) for level, count in closing.due.items()],
    }  # fmt: skip


PAGE = UnitSetting(
    Setting[Sequence[StoredClosure]](name="closures", verb="plan_closures", shape=list[StoredClosure],
                                     find=find_closures, save=plan_closures, copy=COPY),
    "closures", read=_read, draw=_draw, words=_words, counts=_counts, sees=_sees, says=_says,
    preview="manage/closures_preview.html",
)  # fmt: skip
ROUTES = PAGE.routes()
