"""Phone numbers: read as people in Sweden write them, kept as E.164, shown in national form."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from linjen.core.errors import Invalid

_LONGEST_TEXT: Final = 40
#: After its first digit: the library reads letters as the keys of an old telephone, and what stands after a semicolon
#: as part of an address, so that a slip would be the number of somebody else.
_NO_NUMBER: Final = re.compile(r"(?s)\d.*(?:[^\W\d_]|;)")
_MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def parse_phone(text: str) -> str:
    """The E.164 number ("+46…") that `text` spells; a number without country code is Swedish.

    Raises Invalid with field "phone" and the reason phone_empty, phone_form (not a number, or letters in it) or
    phone_unknown (a number that the numbering plan does not have, such as 112, which is not a subscriber's).
    """
    if not text.strip():
        raise Invalid("phone_empty", field="phone")
    if len(text) > _LONGEST_TEXT or _NO_NUMBER.search(text):
        raise Invalid("phone_form", field="phone")
    number = _read(text)
    if number.extension or not phonenumbers.is_valid_number(number):
        raise Invalid("phone_unknown", field="phone")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def parse_mobile(text: str) -> str:
    """As `parse_phone`, for a number that SMS can reach; raises Invalid("phone_not_mobile") for other numbers."""
    number = parse_phone(text)
    if not is_mobile(number):
        raise Invalid("phone_not_mobile", field="phone")
    return number


def is_mobile(e164: str) -> bool:
    """Whether SMS can reach this E.164 number."""
    return phonenumbers.number_type(_read(e164)) in _MOBILE


def display_phone(e164: str) -> str:
    """The number for people: national form for Swedish ones, 070-174 06 05, international form for the rest."""
    number = _read(e164)
    is_swedish = number.country_code == 46
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if is_swedish else PhoneNumberFormat.INTERNATIONAL
    )


def _read(text: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(text, "SE")
    except NumberParseException:
        # The library's text holds parts of the number, so it is not passed on.
        raise Invalid("phone_form", field="phone") from None
