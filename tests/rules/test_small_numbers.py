"""Small numbers: what is hidden cannot be worked out from what is shown, tried by brute force."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from linjen.core.small_numbers import FEWEST, Figure, Sum, protect


def test_small_figures_are_hidden_and_the_others_are_not() -> None:
    found = protect({"none": 0, "one": 1, "four": 4, "five": 5, "many": 1_000})
    assert found == {
        "none": Figure(0), "one": Figure(None, True), "four": Figure(None, True), "five": Figure(5),
        "many": Figure(1_000),
    }  # fmt: skip


def test_one_small_part_of_a_sum_takes_the_smallest_other_figure_with_it() -> None:
    found = protect({"right": 20, "high": 7, "low": 2, "all": 29}, [Sum("all", ("right", "high", "low"))])
    assert found["low"] == Figure(None, True)
    assert found["high"] == Figure(None, False), "else 29 - 20 - 7 tells it"
    assert (found["right"].value, found["all"].value) == (20, 29)


def test_two_small_parts_hide_each_other_unless_their_sum_says_it_all() -> None:
    sums = [Sum("all", ("a", "b", "c"))]
    assert protect({"a": 20, "b": 2, "c": 3, "all": 25}, sums)["a"].value == 20
    for both in (1, 4):
        found = protect({"a": 20, "b": both, "c": both, "all": 20 + 2 * both}, sums)
        assert [name for name, one in found.items() if one.value is None] == ["a", "b", "c"], both


def test_a_total_is_hidden_when_nothing_else_is_left_to_hide() -> None:
    found = protect({"a": 0, "b": 4, "c": 4, "all": 8}, [Sum("all", ("a", "b", "c"))])
    assert found["all"] == Figure(None, False)
    assert found["a"] == Figure(0)


def _tables(values: dict[str, int], shown: dict[str, Figure], sums: list[Sum], most: int) -> list[dict[str, int]]:
    """Every table that a reader must hold for possible: all that is shown is true, and what `few` says, too."""
    ranges = []
    for name, figure in shown.items():
        if figure.value is not None:
            ranges.append([figure.value])
        else:
            ranges.append(list(range(1, FEWEST)) if figure.few else list(range(most)))
        assert values[name] in ranges[-1]
    found = []
    for numbers in product(*ranges):
        table = dict(zip(shown, numbers, strict=True))
        if all(table[line.total] == sum(table[part] for part in line.parts) for line in sums):
            found.append(table)
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 6), st.integers(5, 9)), min_size=4, max_size=4))
def test_nobody_works_out_a_small_figure_of_a_table_with_both_its_sums(cells: list[int]) -> None:
    a, b, c, d = cells
    values = {"a": a, "b": b, "c": c, "d": d, "ab": a + b, "cd": c + d, "ac": a + c, "bd": b + d, "all": sum(cells)}
    sums = [
        Sum("ab", ("a", "b")), Sum("cd", ("c", "d")), Sum("ac", ("a", "c")), Sum("bd", ("b", "d")),
        Sum("all", ("ab", "cd")), Sum("all", ("ac", "bd")),
    ]  # fmt: skip
    shown = protect(values, sums)
    small = {name for name, value in values.items() if 0 < value < FEWEST}
    assert {name for name, one in shown.items() if one.few} <= small
    assert all(shown[name].value is None for name in small)
    parts = {name: shown[name] for name in "abcd"}
    possible = []
    for table in _tables(values, parts, [], 12):
        whole = {**table, **{line.total: sum(table[part] for part in line.parts) for line in sums[:4]}}
        whole["all"] = sum(table.values())
        if all(_agrees(shown[name], number) for name, number in whole.items()):
            possible.append(whole)
    for name in small:
        assert len({table[name] for table in possible}) > 1, (values, shown)


def _agrees(figure: Figure, number: int) -> bool:
    if figure.value is not None:
        return figure.value == number
    return 0 < number < FEWEST or not figure.few


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=30, max_size=30))
def test_a_whole_page_is_protected_in_a_moment(cells: list[int]) -> None:
    values = {f"c{number}": value for number, value in enumerate(cells)}
    rows = [Sum(f"r{row}", tuple(f"c{row * 6 + column}" for column in range(6))) for row in range(5)]
    columns = [Sum(f"k{column}", tuple(f"c{row * 6 + column}" for row in range(5))) for column in range(6)]
    whole = [Sum("all", tuple(line.total for line in rows)), Sum("all", tuple(line.total for line in columns))]
    for line in [*rows, *columns, *whole]:
        values[line.total] = sum(values[part] for part in line.parts)
    shown = protect(values, [*rows, *columns, *whole])
    assert all((one.value is None) >= (0 < values[name] < FEWEST) for name, one in shown.items())
