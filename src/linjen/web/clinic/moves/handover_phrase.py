"""Frasen till patienten vid överlämning: who takes over and when they are there, for each who can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from linjen.core import clock
from linjen.core.swedish import time_inside
from linjen.people.colleagues import Colleague
from linjen.units.hours import closes_at, next_opening
from linjen.units.schedule import Schedule
from linjen.web.clinic.case.case_head import CaseHead, moment
from linjen.web.exchange import Exchange


class Phrases:
    """What the patient is told, by receiver: a draft in the box, which its sender changes as she likes."""

    def __init__(self, exchange: Exchange, head: CaseHead, schedules: Mapping[UUID, Schedule]) -> None:
        self._exchange = exchange
        self._schedules = schedules
        key = "handover.phrase.about" if head.writer else "handover.phrase.yours"
        self._case = exchange.say(key, name=head.given_name)

    def to_anybody(self) -> str:
        """While nobody is chosen."""
        return self._say(self._exchange.say("handover.phrase.colleague"), "")

    def to_role(self, one: Colleague) -> str:
        """To everybody with a role at a unit."""
        say = self._exchange.say
        who = say("handover.phrase.at", who=say(f"handover.one.{one.role}"), unit=one.unit_name)
        return self._say(who, self._there(one.unit_id))

    def to_person(self, one: Colleague) -> str:
        """To one of them."""
        say = self._exchange.say
        who = say("handover.person", name=one.name, role=say(f"handover.role.{one.role}"))
        return self._say(say("handover.phrase.at", who=who, unit=one.unit_name), self._there(one.unit_id))

    def _say(self, to: str, hours: str) -> str:
        return " ".join(self._exchange.say("handover.phrase.text", case=self._case, to=to, hours=hours).split())

    def _there(self, unit_id: UUID) -> str:
        at, schedule = clock.now(), self._schedules.get(unit_id)
        if schedule is None:
            return ""
        if (closes := closes_at(schedule, at)) is not None:
            if clock.local_date(closes) == clock.local_date(at):
                return self._exchange.say("handover.phrase.today", at=time_inside(closes))
            return self._exchange.say("handover.phrase.now", at=moment(self._exchange, closes))
        opens: datetime | None = next_opening(schedule, at)
        return self._exchange.say("handover.phrase.opens", at=moment(self._exchange, opens)) if opens else ""
