"""Personal numbers against the published formats and, where it can judge, an independent implementation."""

from __future__ import annotations

import json
import pickle
from datetime import date, timedelta
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from personnummer import personnummer as oracle

from linjen.core.errors import Invalid
from linjen.core.personal_number import (
    OIDS,
    Kind,
    age_months,
    age_years,
    find_personal_number,
    luhn_digit,
    parse_personal_number,
    personnummer_for,
)

AT = date(2026, 11, 22)
BIRTHS = st.dates(date(1850, 1, 1), AT)
SERIALS = st.integers(1, 999)


def reason_of(text: str, at: date | None = AT) -> str:
    with pytest.raises(Invalid) as caught:
        parse_personal_number(text, at)
    assert caught.value.field == "personal_number"
    assert not any(character.isdigit() for character in str(caught.value))
    assert not caught.value.detail
    return caught.value.reason.removeprefix("personal_number_")


@pytest.mark.parametrize(
    ("text", "canonical", "on_screen"),
    [
        ("19951226-2396", "199512262396", "19951226-2396"),
        ("9512262396", "199512262396", "19951226-2396"),
        (" 951226 – 2396 ", "199512262396", "19951226-2396"),
        ("1995 12 26 2396", "199512262396", "19951226-2396"),
        ("19951226+2396", "199512262396", "19951226-2396"),
        ("951226+2396", "189512262396", "18951226-2396"),
    ],
)
def test_spellings_come_to_one_canonical_form(text: str, canonical: str, on_screen: str) -> None:
    number = parse_personal_number(text, AT)
    assert (number.canonical, number.on_screen, number.kind) == (canonical, on_screen, Kind.PERSONNUMMER)
    assert number.sex == "male"


@pytest.mark.parametrize(
    ("canonical", "kind", "birth_on", "sex"),
    [
        # The examples that Inera publishes for each local format.
        ("991981000010", Kind.STOCKHOLM_RESERVE, None, "unknown"),
        ("991945000023", Kind.STOCKHOLM_RESERVE, None, "unknown"),
        ("991993000032", Kind.STOCKHOLM_RESERVE, None, "unknown"),
        ("19810829M071", Kind.VASTRA_GOTALAND_RESERVE, date(1981, 8, 29), "male"),
        ("19450829K088", Kind.VASTRA_GOTALAND_RESERVE, date(1945, 8, 29), "female"),
        ("19930829X802", Kind.VASTRA_GOTALAND_RESERVE, date(1993, 8, 29), "unknown"),
        ("19810829SU3A", Kind.VARMLAND_RESERVE, None, "male"),
        ("19450829SF2B", Kind.VARMLAND_RESERVE, date(1945, 8, 29), "female"),
        ("19930829SX0C", Kind.VARMLAND_RESERVE, None, "unknown"),
        ("198108320014", Kind.INERA_RESERVE, None, "unknown"),
        # National reserve numbers: first and second series, sex known and not, birth date known and not.
        ("22790814AA01", Kind.NATIONAL_RESERVE, date(1979, 8, 14), "female"),
        ("22950606FH20", Kind.NATIONAL_RESERVE, date(1995, 6, 6), "female"),
        ("25780404KHD5", Kind.NATIONAL_RESERVE, date(1978, 4, 4), "unknown"),
        ("00342145BZ31", Kind.NATIONAL_RESERVE, None, "male"),
        ("00749852BZK0", Kind.NATIONAL_RESERVE, None, "unknown"),
    ],
)
def test_reserve_numbers(canonical: str, kind: Kind, birth_on: date | None, sex: str) -> None:
    number = parse_personal_number(canonical, AT)
    assert (number.canonical, number.kind, number.birth_on, number.sex) == (canonical, kind, birth_on, sex)
    assert number.oid == OIDS[kind]
    assert parse_personal_number(number.on_screen.lower(), AT) == number
    last = canonical[-1]
    if kind is not Kind.VARMLAND_RESERVE:
        assert reason_of(canonical[:-1] + str((int(last) + 1) % 10)) == "check_digit"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("19951226", "form"),
        ("19951226-239", "form"),
        ("19951226--2396", "form"),
        ("1995x226-2396", "form"),
        ("9" * 2000, "form"),
        ("19951226-2397", "check_digit"),
        ("19951326-2396", "date"),
        ("19950230-2396", "date"),
        ("19951200-2396", "date"),
        ("19951292-2396", "date"),
        ("17951226-2396", "date"),
        ("951226-0000", "serial"),
        (personnummer_for(date(2026, 11, 23), 980).on_screen, "future"),
        ("900118-T326", "interim"),
        ("19900118-T326", "interim"),
        ("19810829M030", "serial"),
        ("19810829M082", "serial"),
        ("19930829X072", "serial"),
        ("19810829SU3V", "form"),
        ("19810829QQ12", "form"),
        ("00342141BZ31", "check_digit"),
        ("00341945BZ31", "date"),
        ("00342160BZ31", "date"),
        ("22790231AA01", "date"),
        ("991200000010", "date"),
    ],
)
def test_refusals_are_named(text: str, reason: str) -> None:
    assert reason_of(text) == reason


def test_two_digit_year_needs_a_day() -> None:
    assert reason_of("951226-2396", None) == "century"
    assert parse_personal_number("19951226-2396").canonical == "199512262396"


@given(BIRTHS, SERIALS, st.booleans())
@example(date(2000, 2, 29), 999, False)
def test_agrees_with_the_oracle(birth_on: date, serial: int, coordination: bool) -> None:
    payload = f"{birth_on:%Y%m}{birth_on.day + 60 * coordination:02d}{serial:03d}"
    text = payload + str(luhn_digit(payload[2:]))
    ours, theirs = parse_personal_number(text, AT), oracle.parse(text)
    assert ours.canonical == theirs.format(long_format=True)
    assert ours.birth_on == theirs.get_date() == birth_on
    assert ours.sex == ("male" if theirs.is_male() else "female")
    assert ours.kind == (Kind.COORDINATION if theirs.is_coordination_number() else Kind.PERSONNUMMER)


@given(st.from_regex(r"\A(19|20)[0-9]{2}(0[0-9]|1[0-3])[0-9]{2}[0-9]{4}\Z"))
def test_takes_and_refuses_as_the_oracle_does(text: str) -> None:
    ours = find_personal_number(text)
    taken = ours is not None and ours.kind in (Kind.PERSONNUMMER, Kind.COORDINATION)
    assert taken == oracle.valid(text)


@given(st.dates(AT - timedelta(days=36_000), AT), SERIALS, st.dates(AT, date(2030, 12, 31)))
def test_short_form_keeps_the_person(birth_on: date, serial: int, at: date) -> None:
    number = personnummer_for(birth_on, serial)
    sign = "+" if at.year - birth_on.year >= 100 else "-"
    short = f"{number.canonical[2:8]}{sign}{number.canonical[8:]}"
    assert parse_personal_number(short, at) == number
    with patch.object(oracle, "_get_current_date", lambda: at):
        assert oracle.parse(short).format(long_format=True) == number.canonical


def test_birthday_later_this_year_means_a_hundred() -> None:
    number = personnummer_for(date(1926, 12, 31), 981)
    assert parse_personal_number(number.canonical[2:], AT) == number
    assert parse_personal_number(number.canonical[2:], date(2026, 12, 31)).birth_on == date(2026, 12, 31)


@given(st.text(max_size=45))
def test_any_text_is_a_number_or_a_named_refusal(text: str) -> None:
    number = find_personal_number(text, AT)
    assert number is None or len(number.canonical) == 12


@given(BIRTHS, SERIALS, st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_never_taken_for_the_same_kind(
    birth_on: date, serial: int, position: int, step: int
) -> None:
    text = personnummer_for(birth_on, serial).canonical
    wrong = text[:position] + str((int(text[position]) + step) % 10) + text[position + 1 :]
    found = find_personal_number(wrong, AT)
    # The century is outside the check digit; nothing else may slip through as an ordinary number.
    assert position < 2 or found is None


def test_digits_do_not_slip_out() -> None:
    number = parse_personal_number("19951226-2396", AT)
    for shown in (repr(number), str(number), f"{number}", f"{number!r:>30}", "%s" % number, str([number])):  # noqa: UP031
        assert not any(character.isdigit() for character in shown)
    with pytest.raises(TypeError):
        json.dumps({"number": number})
    with pytest.raises(TypeError):
        msgspec.json.encode(number)
    with pytest.raises(AttributeError):
        number.sex = "female"
    assert pickle.loads(pickle.dumps(number)) == number  # noqa: S301
    assert {number: 1}[parse_personal_number("199512262396")] == 1
    assert number != "199512262396"


@pytest.mark.parametrize(
    ("birth_on", "on", "years", "months"),
    [
        (date(2012, 2, 29), date(2025, 2, 28), 12, 155),
        (date(2012, 2, 29), date(2025, 3, 1), 13, 156),
        (date(2012, 2, 29), date(2028, 2, 29), 16, 192),
        (date(2026, 1, 31), date(2026, 2, 28), 0, 0),
        (date(2026, 1, 31), date(2026, 3, 1), 0, 1),
        (date(2025, 11, 22), AT, 1, 12),
        (date(2025, 11, 23), AT, 0, 11),
        (AT, AT, 0, 0),
    ],
)
def test_age(birth_on: date, on: date, years: int, months: int) -> None:
    assert (age_years(birth_on, on), age_months(birth_on, on)) == (years, months)


@given(BIRTHS)
def test_years_and_months_agree(birth_on: date) -> None:
    assert age_years(birth_on, AT) == age_months(birth_on, AT) // 12


def test_age_before_birth_is_refused() -> None:
    for age in (age_years, age_months):
        with pytest.raises(Invalid, match="future"):
            age(AT + timedelta(days=1), AT)


def test_serial_outside_the_range_is_refused() -> None:
    for serial in (0, 1000):
        with pytest.raises(Invalid, match="serial"):
            personnummer_for(AT, serial)
