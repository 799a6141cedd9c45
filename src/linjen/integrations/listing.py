"""Listing (Listningstjänsten): at which health centre a person is registered.

Contract GetListing 2.1 of supportprocess:logistics:carelisting. The schemas are not public; what is known about the
messages stands in `docs/decisions/national-services.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Self

from lxml import etree

from linjen.core import clock
from linjen.core.errors import Invalid, Misconfigured, Unavailable
from linjen.core.hsa_id import parse_hsa_id
from linjen.core.personal_number import PersonalNumber
from linjen.core.settings import Settings
from linjen.integrations.rivta import Contract, Rivta, add, flag_at, text_at

CONTRACT = Contract(domain="supportprocess:logistics:carelisting", name="GetListing", major=2)

# A person may also have a contact doctor or nurse; it is primary care that says which unit answers.
_PRIMARY_CARE = "PRIMARY_CARE"
_DONE = {"OK", "INFO"}


class Listing:
    """The listing service of one region."""

    def __init__(self, rivta: Rivta, logical_address: str) -> None:
        """`logical_address` is the region's."""
        self._rivta = rivta
        self._logical_address = logical_address

    @classmethod
    def from_settings(cls, settings: Settings, rivta: Rivta) -> Self:
        """Raises Misconfigured when `rivta_logical_address` is missing."""
        if not settings.rivta_logical_address:
            why = "listing is asked from the region by its logical address"
            raise Misconfigured("setting_missing", setting="rivta_logical_address", why=why)
        return cls(rivta, settings.rivta_logical_address)

    async def find_registered_unit(self, number: PersonalNumber, guardian: PersonalNumber | None = None) -> str | None:
        """The canonical HSA-id of the unit where the person is registered now, or None: then any unit may be chosen.

        A place in a queue is not a listing. `guardian` is who asks for a child; without it the person asks.
        Raises Unavailable: listing_refused with the service's `code`, or as `Rivta.ask`.
        """
        answer = await self._rivta.ask(CONTRACT, _request(number, guardian), self._logical_address)
        code = text_at(answer, "resultCode")
        if code not in _DONE:
            raise Unavailable("listing_refused", contract=CONTRACT.name, code=code)
        return read_registered_unit(answer, clock.now())


def read_registered_unit(answer: etree._Element, at: datetime) -> str | None:
    """The unit of the primary-care listing that holds at the instant `at`; the one that began last, if there are two.

    Raises Unavailable rivta_answer_unreadable when the listing has no readable HSA-id.
    """
    holding = sorted(_holding(answer, at), key=lambda pair: pair[0])
    if not holding:
        return None
    try:
        return parse_hsa_id(holding[-1][1])
    except Invalid as error:
        raise Unavailable("rivta_answer_unreadable", contract=CONTRACT.name) from error


def _holding(answer: etree._Element, at: datetime) -> Iterator[tuple[datetime, str]]:
    for listing in answer.iterfind("{*}listings"):
        if flag_at(listing, "isInQueue") is not False or text_at(listing, "listingType", "code") != _PRIMARY_CARE:
            continue
        begins = _instant(text_at(listing, "validFromDate")) or datetime.min.replace(tzinfo=clock.STOCKHOLM)
        ends = _instant(text_at(listing, "validToDate"), end_of_day=True)
        if begins <= at and (ends is None or at <= ends):
            yield begins, text_at(listing, "healthcareFacility", "id")


def _instant(text: str, *, end_of_day: bool = False) -> datetime | None:
    """An XML dateTime; without an offset it is Swedish time, and a last day at midnight means that whole day."""
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unavailable("rivta_answer_unreadable", contract=CONTRACT.name) from error
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=clock.STOCKHOLM)
    if end_of_day and clock.local(instant).time() == time.min:
        return clock.at_wall(clock.local_date(instant), time.max)
    return instant


def _request(number: PersonalNumber, guardian: PersonalNumber | None) -> etree._Element:
    request = CONTRACT.request()
    asking = guardian or number
    actor = add(request, CONTRACT.namespace, "actor")
    _add_id(add(actor, CONTRACT.types, "actorId"), asking)
    add(actor, CONTRACT.types, "actorType", "GUARDIAN" if guardian else "CITIZEN")
    _add_id(add(request, CONTRACT.namespace, "personId"), number)
    return request


def _add_id(parent: etree._Element, number: PersonalNumber) -> None:
    add(parent, CONTRACT.types, "root", number.oid)
    add(parent, CONTRACT.types, "extension", number.canonical)
