"""Personal numbers: personnummer, samordningsnummer and reserve numbers, their check digits, birth dates and ages.

The formats of the reserve numbers are Inera's (Nationellt reservid 1.0 and Lokala reservidn). A number never shows
its digits by accident: `str` and `repr` are masked, and only `canonical` and `on_screen` give them out.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Final, Literal, NamedTuple

from linjen.core.errors import Invalid

Sex = Literal["female", "male", "unknown"]


class Kind(StrEnum):
    """What sort of number it is; `OIDS` has the root that goes with each in RIV-TA messages."""

    PERSONNUMMER = "personnummer"
    COORDINATION = "coordination_number"
    NATIONAL_RESERVE = "national_reserve_number"
    STOCKHOLM_RESERVE = "stockholm_reserve_number"
    VASTRA_GOTALAND_RESERVE = "vastra_gotaland_reserve_number"
    VARMLAND_RESERVE = "varmland_reserve_number"
    INERA_RESERVE = "inera_reserve_number"


OIDS: Final[dict[Kind, str]] = {
    Kind.PERSONNUMMER: "1.2.752.129.2.1.3.1",
    Kind.COORDINATION: "1.2.752.129.2.1.3.3",
    Kind.NATIONAL_RESERVE: "1.2.752.74.9.1",
    Kind.STOCKHOLM_RESERVE: "1.2.752.97.3.1.3",
    Kind.VASTRA_GOTALAND_RESERVE: "1.2.752.113.11.0.2.1.1.1",
    Kind.VARMLAND_RESERVE: "1.2.752.74.9.2",
    Kind.INERA_RESERVE: "1.2.752.129.2.1.3.2",
}


class PersonalNumber:
    """One valid number. Equal when kind and characters are; hashable; not encodable by accident.

    A plain class rather than a struct, so that neither msgspec nor a log renderer can walk into its fields.
    """

    __slots__ = ("birth_on", "canonical", "kind", "sex")

    canonical: str  # 12 characters, capitals, no separator
    kind: Kind
    birth_on: date | None  # None where the number does not say
    sex: Sex

    def __init__(self, canonical: str, kind: Kind, birth_on: date | None, sex: Sex) -> None:
        for name, value in (("canonical", canonical), ("kind", kind), ("birth_on", birth_on), ("sex", sex)):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a personal number is not changed: {name}")

    def __reduce__(self) -> tuple[type[PersonalNumber], tuple[str, Kind, date | None, Sex]]:
        return PersonalNumber, (self.canonical, self.kind, self.birth_on, self.sex)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PersonalNumber):
            return NotImplemented
        return (self.kind, self.canonical) == (other.kind, other.canonical)

    def __hash__(self) -> int:
        return hash((self.kind, self.canonical))

    def __repr__(self) -> str:
        return f"<{self.kind.value}>"

    @property
    def oid(self) -> str:
        """The OID root that names this kind of number in RIV-TA and FHIR messages."""
        return OIDS[self.kind]

    @property
    def on_screen(self) -> str:
        """As people read it, for example 19951226-2396. For a screen or a paper, never for a log or a URL."""
        return f"{self.canonical[:8]}-{self.canonical[8:]}"


def parse_personal_number(text: str, at: date | None = None) -> PersonalNumber:
    """The number that `text` spells: 12 characters, or 10 when `at` is given, with or without hyphen, plus or spaces.

    `at` is the Swedish day on which the text was written. It gives the century of a ten-digit number (a plus means
    the year of the hundredth birthday or later) and refuses a birth after it. Without it the century must be there.

    Raises Invalid with field "personal_number" and one of the reasons personal_number_empty, _form, _interim,
    _century (two-digit year without `at`), _date, _serial, _check_digit, _future.
    """
    plain = _plain(text)
    number = _parse_canonical(_with_century(plain, at))
    if at is not None and number.birth_on is not None and number.birth_on > at:
        raise _invalid("future")
    return number


def find_personal_number(text: str, at: date | None = None) -> PersonalNumber | None:
    """As `parse_personal_number`, but None for whatever is not a number: for search boxes and imports."""
    try:
        return parse_personal_number(text, at)
    except Invalid:
        return None


def personnummer_for(birth_on: date, serial: int) -> PersonalNumber:
    """The personnummer for a birth date and a three-digit serial (1–999; odd for men): for invented persons only.

    The serials 980–999 are the test range of the Swedish Tax Agency, which no living person gets.
    """
    if not 1 <= serial <= 999:
        raise _invalid("serial")
    payload = f"{birth_on:%Y%m%d}{serial:03d}"
    return _parse_canonical(payload + str(luhn_digit(payload[2:])))


def luhn_digit(characters: str) -> int:
    """The check digit 0–9 that makes `characters` followed by it pass the modulus-10 (Luhn) check.

    A letter counts as its ASCII code, as national reserve numbers have it; only ASCII digits and letters are defined.
    """
    total = 0
    for position, character in enumerate(reversed(characters)):
        value = int(character) if character.isdigit() else ord(character)
        weighted = value * (2 if position % 2 == 0 else 1)
        total += sum(map(int, str(weighted)))
    return -total % 10


def age_years(birth_on: date, on: date) -> int:
    """Whole years of age on a day; who is born on 29 February turns a year older on 1 March of common years.

    Raises Invalid when the birth is after `on`.
    """
    if birth_on > on:
        raise _invalid("future")
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def age_months(birth_on: date, on: date) -> int:
    """Whole months of age on a day, with the same rule for days that a month lacks: the first of the next counts.

    Raises Invalid when the birth is after `on`.
    """
    if birth_on > on:
        raise _invalid("future")
    return (on.year - birth_on.year) * 12 + on.month - birth_on.month - (on.day < birth_on.day)


# -- reading the text ------------------------------------------------------------------------------------------------

_LONGEST_TEXT = 40
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_FORM = re.compile(r"(?P<century>[0-9]{2})?(?P<day>[0-9]{6})(?P<sign>[-+]?)(?P<last>[0-9A-Z]{4})")
# The letters that Swedish registers have put first among the last four of a number that is only interim.
_INTERIM = re.compile(r"[TRSUWXJKLMN][0-9]{3}")


class _Plain(NamedTuple):
    century: str
    day: str
    sign: str
    last: str


def _plain(text: str) -> _Plain:
    if len(text) > _LONGEST_TEXT:
        raise _invalid("form")
    tidy = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split()).upper()
    if not tidy:
        raise _invalid("empty")
    match = _FORM.fullmatch(tidy)
    if match is None:
        raise _invalid("form")
    return _Plain(match["century"] or "", match["day"], match["sign"], match["last"])


def _with_century(plain: _Plain, at: date | None) -> str:
    """The twelve characters, with the century worked out when it was left out."""
    if plain.century:
        return plain.century + plain.day + plain.last
    if not plain.last.isdigit():
        raise _invalid("interim" if _INTERIM.fullmatch(plain.last) else "century")
    if at is None:
        raise _invalid("century")
    latest = at.year - 100 if plain.sign == "+" else at.year
    year = latest - (latest - int(plain.day[:2])) % 100
    # A birth later this year cannot have been written down yet: then it is somebody who turns a hundred.
    if year == at.year and _month_and_day(plain.day) > (at.month, at.day):
        year -= 100
    return f"{year:04d}{plain.day[2:]}{plain.last}"


def _month_and_day(six: str) -> tuple[int, int]:
    day = int(six[4:6])
    return int(six[2:4]), day - 60 if day > 60 else day


def _parse_canonical(canonical: str) -> PersonalNumber:
    """Twelve capitals and digits, the first eight of them digits, to the kind that they can be; kinds never overlap."""
    for pattern, build in _KINDS:
        if pattern.fullmatch(canonical):
            return build(canonical)
    if _INTERIM.fullmatch(canonical[8:]):
        raise _invalid("interim")
    raise _invalid("date" if canonical.isdigit() else "form")


# -- one function for each kind --------------------------------------------------------------------------------------


def _stockholm(canonical: str) -> PersonalNumber:
    # 99yyyyNNNNNC. The year may be that of birth or of issue, and sources disagree about the sex: neither is told.
    if not 1840 <= int(canonical[2:6]) <= 2299:
        raise _invalid("date")
    _check(canonical[4:])
    return PersonalNumber(canonical, Kind.STOCKHOLM_RESERVE, None, "unknown")


def _personnummer(canonical: str) -> PersonalNumber:
    return _with_birth_number(canonical, Kind.PERSONNUMMER, 0)


def _coordination(canonical: str) -> PersonalNumber:
    return _with_birth_number(canonical, Kind.COORDINATION, 60)


def _with_birth_number(canonical: str, kind: Kind, added_to_day: int) -> PersonalNumber:
    birth_on = _date(int(canonical[:4]), int(canonical[4:6]), int(canonical[6:8]) - added_to_day)
    if canonical[8:11] == "000":
        raise _invalid("serial")
    _check(canonical[2:])
    return PersonalNumber(canonical, kind, birth_on, _sex_of(canonical[10]))


def _inera(canonical: str) -> PersonalNumber:
    # yyyymmxxNNNC: the day is a number between 32 and 59, so the day of birth is not known.
    _date(int(canonical[:4]), int(canonical[4:6]), 1)
    _check(canonical[2:])
    return PersonalNumber(canonical, Kind.INERA_RESERVE, None, "unknown")


def _vastra_gotaland(canonical: str) -> PersonalNumber:
    # yyyymmddGggC: G is the sex, gg 06–79 odd for men and even for women, 80–89 when the sex is unknown.
    birth_on = _date(int(canonical[:4]), int(canonical[4:6]), int(canonical[6:8]))
    letter, serial = canonical[8], int(canonical[9:11])
    sex, value = _VASTRA_GOTALAND[letter]
    known = 6 <= serial <= 79 and _sex_of(canonical[10]) == sex
    if not (80 <= serial <= 89 if letter == "X" else known):
        raise _invalid("serial")
    _check(canonical[2:8] + value + canonical[9:])
    return PersonalNumber(canonical, Kind.VASTRA_GOTALAND_RESERVE, birth_on, sex)


def _varmland(canonical: str) -> PersonalNumber:
    # yyyymmddSBNC has no check digit; only type F says that the date is the person's birth.
    day = _date(int(canonical[:4]), int(canonical[4:6]), int(canonical[6:8]))
    sex: Sex = "unknown" if canonical[10] in "01" else _sex_of(canonical[10])
    return PersonalNumber(canonical, Kind.VARMLAND_RESERVE, day if canonical[9] == "F" else None, sex)


def _national(canonical: str) -> PersonalNumber:
    # XXYYMMDDNNGC: unlike the others, the check digit is over all eleven characters before it.
    century, month, day = int(canonical[:2]), int(canonical[4:6]), int(canonical[6:8])
    birth_on = None
    if century:
        birth_on = _date(((century - 19) % 3 + 19) * 100 + int(canonical[2:4]), month, day)
    elif not (20 <= month <= 99 and 40 <= day <= 59):
        raise _invalid("date")
    _check(canonical)
    return PersonalNumber(canonical, Kind.NATIONAL_RESERVE, birth_on, _sex_of(canonical[10]))


_VASTRA_GOTALAND: Final[dict[str, tuple[Sex, str]]] = {"K": ("female", "5"), "M": ("male", "7"), "X": ("unknown", "8")}
_KINDS: Final[tuple[tuple[re.Pattern[str], Callable[[str], PersonalNumber]], ...]] = (
    (re.compile(r"99[0-9]{10}"), _stockholm),
    (re.compile(r"(18|19|20|21)[0-9]{4}([0-2][0-9]|3[01])[0-9]{4}"), _personnummer),
    (re.compile(r"(18|19|20|21)[0-9]{4}(3[2-9]|[45][0-9])[0-9]{4}"), _inera),
    (re.compile(r"(18|19|20|21)[0-9]{4}[6-9][0-9]{5}"), _coordination),
    (re.compile(r"(18|19|20|21)[0-9]{6}[KMX][0-9]{3}"), _vastra_gotaland),
    (re.compile(r"(18|19|20|21)[0-9]{6}S[FUXPL][0-9][A-UW-Z1-9]"), _varmland),
    (re.compile(r"(00|2[2-9]|[3-9][0-9])[0-9]{6}[A-HJ-NPR-UX-Z]{2}[0-9A-HJ-NPR-UX-Z][0-9]"), _national),
)


# -- small rules -----------------------------------------------------------------------------------------------------


def _date(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        raise _invalid("date")
    return date(year, month, day)


def _sex_of(character: str) -> Sex:
    if not character.isdigit():
        return "unknown"
    return "male" if int(character) % 2 else "female"


def _check(characters: str) -> None:
    if luhn_digit(characters[:-1]) != int(characters[-1]):
        raise _invalid("check_digit")


def _invalid(reason: str) -> Invalid:
    # The text itself is left out on purpose: an error ends up in logs.
    return Invalid(f"personal_number_{reason}", field="personal_number")
