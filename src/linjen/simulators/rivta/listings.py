"""GetListing 2.1 as a producer: the listings and queue places of one person."""

from __future__ import annotations

from lxml import etree

from linjen.core.personal_number import find_personal_number
from linjen.simulators.rivta.register import ListingRow, Register
from linjen.simulators.rivta.soap import put, yes_no

RESPONDER = "urn:riv:supportprocess:logistics:carelisting:GetListingResponder:2"
TYPES = "urn:riv:supportprocess:logistics:carelisting:2"
ADDED = "urn:riv:supportprocess:logistics:carelisting:2.1"
PATH = "supportprocess/logistics/carelisting/GetListing/2/rivtabp21"
NAME = "GetListing"

_KINDS = "1.2.752.129.2.2.4.1"


def answer_listings(request: etree._Element, register: Register, result: str = "OK") -> etree._Element:
    """The response element; anything but OK and INFO as `result` leaves the listings out."""
    person = request.find(f"{{{RESPONDER}}}personId")
    root = "" if person is None else person.findtext(f"{{{TYPES}}}root") or ""
    extension = "" if person is None else person.findtext(f"{{{TYPES}}}extension") or ""
    number = find_personal_number(extension)
    nsmap = {"r": RESPONDER, "c": TYPES, "e": ADDED}
    response = etree.Element(f"{{{RESPONDER}}}GetListingResponse", nsmap=nsmap)
    if number is None or number.oid != root:
        result = "ERROR"
    if result in {"OK", "INFO"}:
        for row in register.listings:
            if row.number == extension:
                _listing(put(response, RESPONDER, "listings"), row)
    put(response, RESPONDER, "resultCode", result)
    if result != "OK":
        put(response, RESPONDER, "resultText", "Simulerat svar")
    return response


def _listing(listing: etree._Element, row: ListingRow) -> None:
    for name, instant in (("validFromDate", row.since), ("validToDate", row.until)):
        if instant is not None:
            put(listing, TYPES, name, instant.isoformat())
    _kind(put(listing, TYPES, "listingType"), row.kind)
    facility = put(listing, TYPES, "healthcareFacility")
    put(facility, TYPES, "id", row.unit)
    put(facility, TYPES, "name", row.unit_name)
    put(facility, TYPES, "hasQueue", yes_no(row.in_queue))
    _kind(put(facility, TYPES, "supportedListingTypes"), row.kind)
    put(facility, TYPES, "supportsHealthcarePersonnel", "false")
    put(listing, TYPES, "isInQueue", yes_no(row.in_queue))
    if row.queue_position is not None:
        put(listing, ADDED, "queuePosition", str(row.queue_position))


def _kind(element: etree._Element, code: str) -> None:
    put(element, TYPES, "code", code)
    put(element, TYPES, "codeSystem", _KINDS)
