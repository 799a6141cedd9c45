"""The accessibility statement is whole, current and true to the tests: axe may report nothing that it does not tell."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from linjen.core import clock
from linjen.core.errors import Misconfigured
from linjen.web.resident.statement import OWN_FILE, Said, Statement, empty_fields, out_of_date, read_statement

ROOT = Path(__file__).parents[2]
_TODAY = clock.local_date(clock.now())


def _texts(value: Any) -> list[Said]:
    if isinstance(value, Said):
        return [value]
    parts = (
        value if isinstance(value, list) else [getattr(value, name) for name in getattr(value, "__struct_fields__", ())]
    )
    return [text for part in parts for text in _texts(part)]


def _with_gap(**changes: Any) -> Statement:
    statement = read_statement()
    gap = msgspec.structs.replace(statement.gaps[0], **changes)
    return msgspec.structs.replace(statement, gaps=[gap, *statement.gaps[1:]])


def test_no_field_is_empty_and_nothing_in_it_is_out_of_date() -> None:
    assert not empty_fields(read_statement())
    assert not out_of_date(read_statement(), _TODAY)


@pytest.mark.parametrize("changes", [{"criterion": ""}, {"reason": Said(" ", "x")}, {"page": Said("x", "")}])
def test_an_empty_field_is_seen(changes: dict[str, Any]) -> None:
    assert len(empty_fields(_with_gap(**changes))) == 1


def test_a_service_that_is_not_fully_accessible_must_say_where() -> None:
    assert empty_fields(msgspec.structs.replace(read_statement(), gaps=[])) == ["gaps"]


def test_an_assessment_older_than_a_year_a_planned_day_that_has_passed_and_a_day_to_come_are_seen() -> None:
    statement = read_statement()
    assert out_of_date(statement, statement.assessed_on + timedelta(days=400))
    assert out_of_date(_with_gap(planned_on=_TODAY - timedelta(days=1)), _TODAY)
    assert out_of_date(statement, statement.assessed_on - timedelta(days=1))


def test_each_gap_names_a_criterion_of_its_own_standard() -> None:
    gaps = read_statement().gaps
    assert len({gap.id for gap in gaps}) == len(gaps)
    assert all(re.fullmatch(r"[1-4]\.\d\.\d{1,2}", gap.criterion) for gap in gaps)
    assert all(bool(gap.axe) == bool(gap.paths) for gap in gaps), "a rule of axe goes with its pages"


def test_the_two_languages_put_in_the_same_values() -> None:
    texts = _texts(read_statement())
    assert len(texts) > 15
    for text in texts:
        assert re.findall(r"\{(\w+)\}", text.sv) == re.findall(r"\{(\w+)\}", text.en), text


def test_axe_may_break_only_the_rules_and_the_pages_of_a_gap() -> None:
    statement = _with_gap(axe=["color-contrast"], paths=["/cases/[^/]+"])
    assert statement.excuses("color-contrast", "/cases/1")
    assert not statement.excuses("color-contrast", "/cases/1/openings")
    assert not statement.excuses("label", "/cases/1")
    assert not read_statement().excuses("color-contrast", "/cases/1")


def test_no_test_excuses_axe_in_another_way() -> None:
    """Axe is run where the statement is asked, with no rule and no part of a page taken out."""
    runs = [path for path in (ROOT / "tests").rglob("*.py") if re.search(r"\bAxe\(\)", path.read_text("utf-8"))]
    runs = [path for path in runs if path != Path(__file__)]
    assert runs
    for path in runs:
        text = path.read_text("utf-8")
        assert "read_statement().excuses(" in text, path.name
        assert not re.search(r"disabled?_?rules|\"enabled\"|\"exclude\"|'exclude'|reporter", text, re.IGNORECASE), (
            path.name
        )


def test_a_file_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    mine = tmp_path / "ours.toml"
    for text, why in (
        ("actor = ", "Invalid"), ("actor = 'x'", "missing"),
        (OWN_FILE.read_text("utf-8").replace('actor = "{region}"', 'actor = " "'), "actor"),
    ):  # fmt: skip
        mine.write_text(text, "utf-8")
        read_statement.cache_clear()
        with pytest.raises(Misconfigured) as told:
            read_statement(mine)
        assert why in str(told.value.detail["why"])
    read_statement.cache_clear()
