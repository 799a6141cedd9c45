"""Snart stänger vi: whether a unit's day is near its end, and when it closes and its staff leaves, in words (F035)."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from linjen.core.swedish import moment_words, time_inside
from linjen.units.hours import closes_at, next_opening, staffed_until
from linjen.units.schedule import Schedule
from linjen.web.exchange import Exchange

#: How long before the unit closes the ledger begins to remind (routine F035).
BEFORE = timedelta(minutes=45)


class Closing(msgspec.Struct, frozen=True):
    """The end of a unit's day when it is near: when it closes to residents (None: it has) and when its staff leaves."""

    closes_at: datetime | None
    staffed_until: datetime


def day_goes_on(schedule: Schedule, at: datetime) -> bool:
    """Whether the unit is open and goes on being so: who leaves now leaves colleagues who take over at once."""
    closes = closes_at(schedule, at)
    return closes is not None and closes - at > BEFORE


class Unstaffed(msgspec.Struct, frozen=True):
    """The time ahead without anybody at the unit: from when its staff leaves (None: it has) until it opens next (None:
    nobody knows when).
    """

    from_at: datetime | None
    until_at: datetime | None


def unstaffed_ahead(schedule: Schedule, at: datetime) -> Unstaffed | None:
    """When nobody will be there to go on with what is left at `at`; None while colleagues take over at once.

    It ends with the opening and not with the staffed time, which a closure leaves as it is: who is to be warned must
    not be told that somebody comes on a day when the unit may be empty.
    """
    leaves, opens = staffed_until(schedule, at), next_opening(schedule, at)
    if day_goes_on(schedule, at) or (leaves and opens and opens <= leaves):
        return None
    return Unstaffed(leaves, opens)


def unstaffed_words(exchange: Exchange, gap: Unstaffed, at: datetime) -> str:
    """'Ingen är på enheten förrän den öppnar i morgon kl. 08.00.'"""
    key = f"leaving.nobody.{'soon' if gap.from_at else 'now'}{'' if gap.until_at else '_ever'}"
    leaves = time_inside(gap.from_at) if gap.from_at else ""
    return exchange.say(key, until=leaves, opens=moment_words(gap.until_at, at) if gap.until_at else "")


def closing_near(schedule: Schedule, at: datetime) -> Closing | None:
    """The closing that is at most 45 minutes away, or has been while the staff is still there."""
    leaves = staffed_until(schedule, at)
    if leaves is None or day_goes_on(schedule, at):
        return None
    return Closing(closes_at(schedule, at), leaves)


def closing_words(exchange: Exchange, near: Closing) -> str:
    """'Enheten stänger kl. 16.00. Personalen är kvar till kl. 16.30.'"""
    key = "closes" if near.closes_at else "closed"
    closes = time_inside(near.closes_at) if near.closes_at else ""
    return exchange.say(f"leaving.{key}", closes=closes, until=time_inside(near.staffed_until))


def hours_words(exchange: Exchange, schedule: Schedule, at: datetime) -> str:
    """Where the unit stands in its day: that it closes soon, until when it is open, or when it opens."""
    if near := closing_near(schedule, at):
        return closing_words(exchange, near)
    if closes := closes_at(schedule, at):
        return exchange.say("leaving.open", closes=time_inside(closes))
    opens = next_opening(schedule, at)
    return exchange.say("leaving.shut_until", opens=moment_words(opens, at)) if opens else exchange.say("leaving.shut")
