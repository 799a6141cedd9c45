"""Vart ärendet går: the unit where the patient is registered, else one to choose (routine F098–F100)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from linjen.cases.intake.start import Intake, choose_unit_for_case, see_draft
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused, Unavailable
from linjen.core.ids import parse_id
from linjen.core.logs import get_log
from linjen.core.personal_number import parse_personal_number
from linjen.people.residents import unseal_number
from linjen.units.hours import State, closes_at, find_closure, next_opening, state_at
from linjen.units.opening import list_schedules
from linjen.units.schedule import Schedule
from linjen.units.units import Unit, list_units_of_residents
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.sheet import Fault, Sheet
from linjen.web.resident.intake.step import Step, Values, passed, routes_of

log = get_log(__name__)


class Offer(msgspec.Struct, frozen=True):
    """Where a patient's case may go. `home` is her own unit when it takes the case; else she chooses, and `why` says.

    `why` is unregistered, elsewhere (registered outside this service), closed (her own is temporarily closed), shut
    (it takes no new cases any more), not_yet (it is new and nobody works there) or unknown (the listing service did not
    answer).
    """

    units: list[Unit]
    schedules: dict[UUID, Schedule]
    home: Unit | None = None
    why: str = ""
    closed: Unit | None = None


async def find_offer(exchange: Exchange) -> Offer | None:
    """Ask where the patient is registered; None for a draft that has no patient yet or may not be written."""
    site = exchange.site
    try:
        async with site.database.transaction() as db:
            draft = await see_draft(db, site.sealer, exchange.by, exchange.id_of("case_id"))
            patient_id = draft.case.patient_id
            if patient_id is None:
                return None
            digits = {who: await unseal_number(db, site.sealer, who) for who in (patient_id, exchange.by.person_id)}
            units = await list_units_of_residents(db)
            schedules = await list_schedules(db, [unit.id for unit in units])
    except (NotFound, Refused):
        return None  # said by whoever opens the draft next
    guardian = digits[exchange.by.person_id] if patient_id != exchange.by.person_id else None
    registered, known = await _registered(exchange, digits[patient_id], guardian)
    return _offer(units, schedules, registered, known=known)


async def _registered(exchange: Exchange, digits: str, guardian: str | None) -> tuple[str | None, bool]:
    """The HSA-id of the unit where the person is registered, and whether the service answered at all."""
    if exchange.site.listing is None:
        return None, False
    try:
        asking = parse_personal_number(guardian) if guardian else None
        return await exchange.site.listing.find_registered_unit(parse_personal_number(digits), asking), True
    except (Unavailable, Invalid) as error:
        log.warning("listing_unavailable", reason=error.reason)
        return None, False


def _offer(units: list[Unit], schedules: dict[UUID, Schedule], registered: str | None, *, known: bool) -> Offer:
    home, units = (
        next((one for one in units if one.hsa_id == registered), None),
        [one for one in units if one.takes_new],
    )
    if home is not None and not home.takes_new:
        return Offer(units, schedules, why="not_yet" if home.awaits else "shut", closed=home)
    if home is None:
        why = "unknown" if not known else "elsewhere" if registered else "unregistered"
        return Offer(units, schedules, why=why)
    if find_closure(schedules[home.id], clock.now()) is not None:
        return Offer([unit for unit in units if unit != home], schedules, why="closed", closed=home)
    return Offer(units, schedules, home=home)


class UnitStep(Step):
    """The confirmation of the patient's own unit, or the choice of one."""

    name = "unit"

    async def prepare(self, exchange: Exchange) -> Offer | None:
        """The listing service is asked before the draft is opened: it may be slow."""
        return await find_offer(exchange)

    def is_open(self, sheet: Sheet) -> bool:
        """Needs a patient."""
        return isinstance(sheet.prepared, Offer) and super().is_open(sheet)

    def stored(self, sheet: Sheet) -> Values:
        """The unit chosen before, if any."""
        return {"unit": str(sheet.unit.id) if sheet.unit else ""}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """Her own unit needs no field; a chosen one must be among those offered."""
        offer: Offer = sheet.prepared
        if offer.home is not None:
            return {"unit": str(offer.home.id)}, []
        chosen = sheet.exchange.text_of("unit", longest=40)
        if chosen not in {str(unit.id) for unit in _open_ones(offer)}:
            return {"unit": ""}, [Fault("unit", sheet.exchange.say("intake.unit.missing"))]
        return {"unit": chosen}, []

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """What is offered, with each unit's hours in words."""
        offer: Offer = sheet.prepared
        at = clock.now()
        options = [
            {
                "value": str(unit.id),
                "text": unit.name,
                "hint": hours_words(sheet.exchange, offer.schedules[unit.id], at),
            }
            for unit in _open_ones(offer)
        ]
        home = offer.home
        hours = hours_words(sheet.exchange, offer.schedules[home.id], at) if home else ""
        why = _why(sheet, offer) if offer.why else ""
        if sheet.unit is not None and not sheet.unit.takes_new:  # chosen before it was so
            why = sheet.exchange.say("intake.unit.shut", name=sheet.unit.name)
        return {"options": options, "home": home, "hours": hours, "why": why, "alone": not sheet.children}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """The case will go there."""
        unit_id = parse_id(values["unit"])
        assert unit_id is not None  # noqa: S101 - read() took it from the offer
        await choose_unit_for_case(db, sheet.draft, unit_id)
        return msgspec.structs.replace(sheet.intake, passed=passed(sheet.intake, "unit"))


def _why(sheet: Sheet, offer: Offer) -> str:
    """Why there is a choice, told of the child when the case is hers."""
    key = f"intake.unit.{offer.why}{'_child' if sheet.about and offer.why == 'unknown' else ''}"
    return sheet.exchange.say(key, name=offer.closed.name if offer.closed else sheet.about)


def _open_ones(offer: Offer) -> list[Unit]:
    at = clock.now()
    return [unit for unit in offer.units if find_closure(offer.schedules[unit.id], at) is None]


def hours_words(exchange: Exchange, schedule: Schedule, at: datetime) -> str:
    """'Öppet i dag till kl. 16.00', or when it opens next."""
    if state_at(schedule, at) == State.OPEN:
        until = closes_at(schedule, at)
        if until is not None:
            return exchange.say("intake.unit.open", until=swedish.moment_words(until, at, exchange.language))
    opens = next_opening(schedule, at)
    if opens is None:
        return exchange.say("intake.unit.no_hours")
    return exchange.say("intake.unit.opens", at=swedish.moment_words(opens, at, exchange.language))


ROUTES = routes_of(UnitStep())
