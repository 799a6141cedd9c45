"""What differs between two versions: found whatever it is, said in words, and what may be milder is named as such."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from linjen.core.errors import Invalid
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.in_words.change_words import report_lines, summary_line
from linjen.triage.in_words.changes import Change, find_changes

SHIPPED = files_in(FOLDER)


def with_(file: str, old: str, new: str) -> dict[str, bytes]:
    """What ships with the first `old` of one file as `new`."""
    text = SHIPPED[file].decode()
    assert old in text, f"{file} has no {old!r}"
    return SHIPPED | {file: text.replace(old, new, 1).encode()}


def changes(file: str, old: str, new: str) -> list[Change]:
    """What such a change is found to be."""
    return find_changes(SHIPPED, with_(file, old, new))


def said(found: list[Change]) -> str:
    """The report as one text."""
    return "\n".join(report_lines(found))


def test_nothing_differs_from_itself_nor_by_spaces_and_comments() -> None:
    assert find_changes(SHIPPED, SHIPPED) == []
    assert changes("halsont.yaml", "kind: reason", "# en rad\nkind:   reason") == []
    assert changes("risk.yaml", "and any(gen.syncope", "and\n      any(gen.syncope") == []
    assert said([]) == "Ingenting skiljer."


def test_a_rule_whose_level_is_another_is_said_with_both() -> None:
    (found,) = changes("risk.yaml", "level: 1", "level: 2")
    assert (found.level_before, found.level_after, found.is_milder) == (1, 2, True)
    assert "Nivå 1 blir 2. Kan göra ärenden mindre brådskande." in said([found])
    (back,) = find_changes(with_("risk.yaml", "level: 1", "level: 2"), SHIPPED)
    assert not back.is_milder


def test_a_changed_condition_is_shown_in_words_before_and_after() -> None:
    (found,) = changes("risk.yaml", "gen.fever_days >= 4", "gen.fever_days >= 7")
    assert (found.kind, found.how) == ("rule", "changed")
    text = said([found])
    assert re.search(r"Villkor, förut: .* minst 4", text)
    assert re.search(r"Villkor, nu: .* minst 7", text)


def test_a_changed_term_is_one_change_and_names_its_users() -> None:
    (found,) = changes("risk.yaml", "gen.temp >= 38\n", "gen.temp >= 38.5\n")
    assert (found.kind, found.id) == ("term", "feber")
    assert "risk.spadbarn_feber" in found.used_in
    assert len(found.used_in) > 30
    assert "minst 38,5 °C" in said([found])
    assert re.search(r"och \d+ till", said([found]))


def test_what_is_added_and_removed() -> None:
    less = {name: raw for name, raw in SHIPPED.items() if name != "halsont.yaml"}
    (gone,) = find_changes(SHIPPED, less)
    (come,) = find_changes(less, SHIPPED)
    assert (gone.kind, gone.how, gone.is_milder) == ("file", "removed", True)
    assert (come.how, come.reason, come.is_milder) == ("added", "halsont", False)
    assert "halsont.yaml: Halsont" in said([come])


@pytest.mark.parametrize(
    ("file", "old", "new", "kind", "milder"),
    [
        ("halsont.yaml", "    - ent.trismus\n", "", "red_flags", True),
        ("danger.yaml", "[child.floppy, gen.unresponsive,", "[child.floppy,", "danger", True),
        ("danger.yaml", "if: age_years < 6", "if: age_years < 7", "screen", False),
        ("codes.yaml", "range: [0, 36500]", "range: [0, 365]", "code", False),
        ("codes.yaml", "worse: Det blir sämre", "worse: Det blir värre", "code", False),
        ("general.yaml", "if: age_years < 18", "if: age_years < 16", "audience", False),
        ("general.yaml", "release: 0.1.0", "release: 0.1.1", "signed", False),
        ("general.yaml", "tripwire: \"Du skrev", "tripwire: \"Du har skrivit", "wording", False),
        ("halsont.yaml", "Drick lite och ofta.", "Drick ofta.", "advice", False),
        ("halsont.yaml", "staff_first: [", "staff_first: [hx.kidney, ", "asked", False),
        ("halsont.yaml", "author: Linjens", "author: Regionens", "signed", False),
        ("ovrigt.yaml", "Vad hoppas du få hjälp med?", "Vad vill du ha hjälp med?", "form", False),
        ("risk.yaml", "level: 1\n    why: Huvudvärk, flimmer", "level: 2\n    why: Huvudvärk, flimmer", "floor", True),
    ],
)  # fmt: skip
def test_every_kind_of_change_is_found(file: str, old: str, new: str, kind: str, milder: bool) -> None:
    (found,) = changes(file, old, new)
    assert (found.file, found.kind, found.is_milder) == (file, kind, milder)
    assert said([found])


def _leaves(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value of a file that is a text or a number."""
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in _leaves(part, (*place, key))]
    if isinstance(value, list):
        return [leaf for number, part in enumerate(value) for leaf in _leaves(part, (*place, number))]
    return [place]


@pytest.mark.parametrize("file", ["halsont.yaml", "recept.yaml", "general.yaml", "danger.yaml", "risk.yaml"])
def test_no_text_of_a_file_can_change_unseen(file: str) -> None:
    """Each text is given another letter in turn: what is kept from the comparison would be kept from the approver."""
    data = yaml.safe_load(SHIPPED[file])
    missed = []
    places = [place for place in _leaves(data) if place[-1] not in {"kind", "id"}]
    for place in places[:: max(1, len(places) // 60)]:
        whole = yaml.safe_load(SHIPPED[file])
        at = whole
        for key in place[:-1]:
            at = at[key]
        if not isinstance(at[place[-1]], str) or "if" in place or "terms" in place:
            continue
        at[place[-1]] += "x"
        text = yaml.safe_dump(whole, allow_unicode=True).encode()
        try:
            found = find_changes({file: SHIPPED[file]}, {file: text})
        except Invalid:
            continue
        if not found or not [one for one in found if one.fields or one.how != "changed"]:
            missed.append(place)
    assert not missed


def test_a_file_that_cannot_be_read_is_refused_with_its_line() -> None:
    with pytest.raises(Invalid, match="bad_protocol") as refused:
        find_changes(SHIPPED, SHIPPED | {"hosta.yaml": b"kind: reason\nid: [\n"})
    assert refused.value.detail["file"] == "hosta.yaml"


def test_a_condition_that_breaks_the_grammar_is_shown_as_it_stands() -> None:
    (found,) = changes("risk.yaml", "gen.fever_days >= 4", "gen.fever_days => 4")
    assert "gen.fever_days => 4" in said([found])


def test_the_summary_counts() -> None:
    found = changes("risk.yaml", "level: 1", "level: 2") + changes("halsont.yaml", "    - ent.trismus\n", "")
    assert summary_line(found) == (
        "Ändrat: 1 undantag från ordlistans nivå och 1 varningstecken. 2 av dem kan göra ärenden mindre brådskande."
    )  # fmt: skip
