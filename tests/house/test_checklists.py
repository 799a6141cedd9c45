"""The checklists of docs/: every point and journey once, and every file that they name exists and walks it."""

from __future__ import annotations

import pytest

from tests.house.checklists import Checklist, Row

#: Name, letter of its journeys, how many of them.
_LISTS = (("clinic", "K", 14), ("resident", "J", 12))


@pytest.mark.parametrize(("name", "letter", "journeys"), _LISTS)
def test_every_point_and_every_journey_stands_once_and_in_order(name: str, letter: str, journeys: int) -> None:
    assert not Checklist(name, letter).out_of_order(36, journeys)


@pytest.mark.parametrize(("name", "letter", "journeys"), _LISTS)
def test_each_is_shown_by_a_test_or_says_what_is_missing(name: str, letter: str, journeys: int) -> None:
    assert not Checklist(name, letter).not_shown()


@pytest.mark.parametrize(("name", "letter", "journeys"), _LISTS)
def test_every_file_that_is_named_exists(name: str, letter: str, journeys: int) -> None:
    checklist = Checklist(name, letter)
    assert sum(len(one.files) for one in checklist.points) > 40
    assert not checklist.missing_files()


@pytest.mark.parametrize(("name", "letter", "journeys"), _LISTS)
def test_every_test_that_is_named_is_there(name: str, letter: str, journeys: int) -> None:
    assert not Checklist(name, letter).missing_tests()


def test_each_point_of_the_clinic_names_its_very_tests() -> None:
    clinic = Checklist("clinic", "K")
    assert not clinic.without_test()
    clinic.text = "`tests/stories/test_claim.py::test_that_is_nowhere` `tests/nowhere.py::test_x`"
    assert len(clinic.missing_tests()) == 2


@pytest.mark.parametrize(("name", "letter", "journeys"), _LISTS)
def test_a_journey_is_walked_where_it_is_said_to_be(name: str, letter: str, journeys: int) -> None:
    assert not Checklist(name, letter).not_walked()


def test_the_clinics_journeys_are_walked() -> None:
    assert len(Checklist("clinic", "K").walked()) > 20


def test_a_row_that_shows_nothing_is_seen() -> None:
    checklist = Checklist("clinic", "K")
    checklist.points = [
        Row("1", "A long enough promise", "somebody said so"),
        Row("2", "Another promise", "Not yet: x"),
    ]
    checklist.journeys = []
    assert checklist.not_shown() == ["1", "2"]
    assert checklist.out_of_order(36, 14)
