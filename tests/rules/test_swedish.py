"""Swedish order and words for dates and times."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linjen.core.clock import STOCKHOLM, local_date
from linjen.core.swedish import (
    date_words,
    day_words,
    grouped,
    moment_words,
    sort_key,
    time_inside,
    time_range,
    time_words,
    weekday,
)

# Sunday morning, winter time.
AT = datetime(2026, 11, 22, 10, 0, tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    "ordered",
    [
        ["Andersson", "Berg", "Öberg"],
        ["Zetterlund", "Åberg", "Ägren", "Öberg"],
        ["Ek", "Ek Anna", "Ek-Berg", "Ekman"],
        ["Linden", "Lindén", "Lindeng"],
        ["Vall", "Vinge", "Wall", "Winge", "Xander"],
        ["Mueller", "Mykel", "Müller", "Myrberg"],
        ["Dahl", "de la Cruz", "von Essen", "Vonder"],
        ["Anna", "anna", "Anna-Karin", "Anna Lena", "Annabell"],
        ["OBrien", "O’Brien", "Obrink"],
        ["Ängel", "Ærø", "Ö", "Øresund"],
    ],
)
def test_swedish_order(ordered: list[str]) -> None:
    shuffled = ordered[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == ordered


def test_decomposed_letters_are_the_same_letters() -> None:
    assert sort_key("A\u030aberg").split("\t")[0] == sort_key("Åberg").split("\t")[0]
    assert sort_key("Zorn") < sort_key("A\u030aberg") < sort_key("A\u0308gren") < sort_key("O\u0308berg")


@given(st.text(max_size=20), st.text(max_size=20))
def test_bytes_and_characters_agree_and_nothing_upsets_the_database(one: str, other: str) -> None:
    first, second = sort_key(one), sort_key(other)
    assert "\x00" not in first
    try:
        encoded = first.encode(), second.encode()
    except UnicodeEncodeError:
        return  # lone surrogates cannot be stored at all
    assert (first < second) == (encoded[0] < encoded[1])


def test_dates() -> None:
    assert date_words(date(2023, 5, 15)) == "15 maj 2023"
    assert date_words(date(2023, 5, 15), "sv-latt") == "15 maj 2023"
    assert date_words(date(2023, 5, 15), "en") == "15 May 2023"
    assert weekday(date(2026, 11, 22)) == "söndag"
    assert weekday(date(2026, 11, 22), "en-GB") == "Sunday"


def test_thousands_stand_apart_as_each_language_has_it() -> None:
    assert [grouped(one) for one in (999, 4000, 12345)] == ["999", "4\u00a0000", "12\u00a0345"]
    assert [grouped(one, "en") for one in (999, 4000)] == ["999", "4,000"]


def test_times_are_on_the_swedish_clock() -> None:
    winter, summer = datetime(2026, 1, 15, 8, 0, tzinfo=UTC), datetime(2026, 7, 15, 7, 0, tzinfo=UTC)
    assert time_words(winter) == time_words(summer) == "Kl. 09.00"
    assert time_words(winter, "en") == "09:00"
    assert time_inside(winter) == "kl. 09.00", "inside a sentence no word begins with a capital"
    assert time_inside(winter, "en") == "09:00"
    assert time_range(winter, winter + timedelta(minutes=90)) == "Kl. 09.00–10.30"
    assert time_range(winter, winter + timedelta(minutes=90), "en") == "09:00–10:30"
    with pytest.raises(ValueError, match="zone"):
        time_words(datetime(2026, 1, 15, 8, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("days", "swedish", "english"),
    [
        (-7, "15 november 2026", "15 November 2026"),
        (-6, "i måndags", "16 November 2026"),
        (-2, "i fredags", "20 November 2026"),
        (-1, "i går", "yesterday"),
        (0, "i dag", "today"),
        (1, "i morgon", "tomorrow"),
        (2, "på tisdag", "on Tuesday"),
        (6, "på lördag", "on Saturday"),
        (7, "29 november 2026", "29 November 2026"),
    ],
)
def test_days_as_said_now(days: int, swedish: str, english: str) -> None:
    on = local_date(AT) + timedelta(days=days)
    assert (day_words(on, AT), day_words(on, AT, "en")) == (swedish, english)


def test_moments() -> None:
    assert moment_words(AT + timedelta(hours=22), AT) == "i morgon kl. 08.00"
    assert moment_words(AT + timedelta(hours=22), AT, "en") == "tomorrow at 08:00"
    # 23.30 UTC on a Saturday evening is already Sunday in Sweden.
    assert moment_words(datetime(2026, 11, 21, 23, 30, tzinfo=UTC), AT) == "i dag kl. 00.30"
