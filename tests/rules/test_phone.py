"""Phone numbers as people write them; all of them from the series reserved for fiction, or public services."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linjen.core.errors import Invalid
from linjen.core.phone import display_phone, is_mobile, parse_mobile, parse_phone


@pytest.mark.parametrize(
    "text", ["070-174 06 05", "0701740605", "+46 70 174 06 05", "0046701740605", "+46(0)70-174 06 05", "070 – 1740605"]
)
def test_one_number_in_many_spellings(text: str) -> None:
    assert parse_phone(text) == "+46701740605"
    assert parse_mobile(text) == "+46701740605"


def test_shown_as_people_write_it() -> None:
    assert display_phone("+46701740605") == "070-174 06 05"
    assert display_phone("+4790000000").startswith("+47 ")


def test_only_mobiles_take_sms() -> None:
    assert is_mobile("+46701740605")
    assert not is_mobile(parse_phone("0771-25 10 10"))
    with pytest.raises(Invalid, match="phone_not_mobile"):
        parse_mobile("0771-25 10 10")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "phone_empty"),
        ("  ", "phone_empty"),
        ("hej", "phone_form"),
        ("0" * 41, "phone_form"),
        ("112", "phone_unknown"),
        ("070-174", "phone_unknown"),
        ("070-174 06 05 ext 3", "phone_form"),
        ("070-HEJSANN", "phone_form"),
        ("070-174 O6 O5", "phone_form"),
        ("+46701740605;phone-context=x", "phone_form"),
        ("070-174 06 05\n;", "phone_form"),
    ],
)
def test_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_phone(text)
    assert (caught.value.reason, caught.value.field) == (reason, "phone")


@given(st.integers(5, 99))
def test_round_trip_of_the_series_for_fiction(last: int) -> None:
    number = parse_phone(f"070174 06{last:02d}")
    assert parse_phone(display_phone(number)) == number


@given(st.text(max_size=45))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    try:
        number = parse_phone(text)
    except Invalid:
        return
    assert number.startswith("+")
