"""How long a unit has been staffed between two instants: what an answer's waiting time is counted in."""

from __future__ import annotations

from datetime import datetime, timedelta

from linjen.core.clock import STOCKHOLM, local_date
from linjen.units.schedule import MIDNIGHT, Schedule, spans_on


def staffed_minutes(schedule: Schedule, from_at: datetime, until_at: datetime) -> float:
    """Minutes of [from_at, until_at) in which the unit is staffed by its week, the half hour after closing included.

    Counted on the wall clock, so a unit that is staffed through the night of a clock change is an hour off there.
    """
    total, day, counted = 0.0, local_date(from_at), from_at
    while day <= local_date(until_at):
        for span in spans_on(schedule, day):
            ends_on = day + timedelta(days=1) if span.closes == MIDNIGHT else day
            opens = max(datetime.combine(day, span.opens, STOCKHOLM), counted)
            closes = min(datetime.combine(ends_on, span.closes, STOCKHOLM) + schedule.staff_stay, until_at)
            if closes > opens:
                total += (closes - opens).total_seconds() / 60
                counted = closes
        day += timedelta(days=1)
    return total
