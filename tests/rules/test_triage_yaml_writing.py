"""Protocol files written back: what is not changed stays letter by letter, and what comes out says what was wanted."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linjen.core.errors import Invalid
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.content.yaml_lines import read_yaml
from linjen.triage.content.yaml_writing import rewritten

FILES = files_in(FOLDER)
_HEALTH = {"suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}


def changed(raw: bytes, change: Any) -> str:
    """The text after a change to its content."""
    wanted = copy.deepcopy(read_yaml(raw)[0])
    change(wanted)
    new = rewritten(raw, wanted)
    assert read_yaml(new)[0] == wanted
    return new.decode()


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_is_not_changed_is_the_same_bytes(name: str) -> None:
    raw = FILES[name]
    assert rewritten(raw, read_yaml(raw)[0]) == raw


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_changed_value_changes_its_own_lines_only(name: str) -> None:
    raw = FILES[name]
    new = changed(raw, lambda content: content.update(author="Någon annan, med: tecken"))
    before, after = raw.decode().splitlines(), new.splitlines()
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        ("author: Linjens exempelinnehåll", 'author: "Någon annan, med: tecken"')
    ]


EXAMPLE = """\
# Överst.
kind: reason
id: x # ett id

# Om reglerna.
rules:
  # Ovanför den första.
  - id: x.a
    if: >-
      gen.fever
      and resp.cough
    level: 1   # bråttom
    why: "Ett ”citat”: med kolon"
  # Ovanför den andra.
  - id: x.b
    level: 2

  - id: x.c
    level: 3
words: [ett, två]
lines:
  - Ett råd. # om rådet
  # Före det andra.
  - Ett annat.
# Nederst.
"""


def test_comments_blank_lines_and_quotes_stay_where_they_belong() -> None:
    def change(content: Any) -> None:
        first, second, third = content["rules"]
        first["level"], first["why"], second["why"] = 2, "Ny text", "Därför"
        content["rules"] = [third, first, {"id": "x.d", "level": 4}, second]
        content["lines"][1] = "Ett nytt."
        content["words"].append("tre")
        content["also"] = {"a": True, "b": ["Ett råd till.", "Ett sista."]}

    assert (
        changed(EXAMPLE.encode(), change)
        == """\
# Överst.
kind: reason
id: x # ett id

# Om reglerna.
rules:
  # Ovanför den första.
  - id: x.c
    level: 3
  - id: x.a
    if: >-
      gen.fever
      and resp.cough
    level: 2   # bråttom
    why: "Ny text"
  - id: x.d
    level: 4
  # Ovanför den andra.
  - id: x.b
    level: 2
    why: Därför
words: [ett, två, tre]
lines:
  - Ett råd. # om rådet
  # Före det andra.
  - Ett nytt.
also:
  a: true
  b:
    - Ett råd till.
    - Ett sista.
# Nederst.
"""
    )


def test_line_ends_of_another_desktop_stay() -> None:
    raw = EXAMPLE.replace("\n", "\r\n").encode()
    new = changed(raw, lambda content: content.update(id="y"))
    assert new == EXAMPLE.replace("id: x # ett", "id: y # ett").replace("\n", "\r\n")


def test_a_key_is_put_where_the_wanted_order_has_it_and_taken_away_with_its_comment() -> None:
    raw = b"a: 1\n# om b\nb: 2\nc: 3\n"
    wanted = {"a": 1, "ab": "ny", "c": 3}
    assert rewritten(raw, wanted) == b"a: 1\nab: ny\nc: 3\n"


def test_a_long_text_is_folded_and_a_long_list_wrapped_within_the_width() -> None:
    long, codes = " ".join(["ord"] * 60), [f"gen.kod_{number}" for number in range(40)]
    new = changed(
        b"a:\n  text: kort\n  codes: [gen.kod_0]\n", lambda content: content["a"].update(text=long, codes=codes)
    )
    assert max(map(len, new.splitlines())) <= 120
    assert ">-" in new


@pytest.mark.parametrize("raw", [b"- en lista\n", b"{a: 1}\n", b"bara text\n"])
def test_what_is_no_block_of_keys_is_left_to_the_text(raw: bytes) -> None:
    with pytest.raises(Invalid, match="cannot_rewrite"):
        rewritten(raw, {"a": 2})


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(Invalid, match="bad_yaml"):
        rewritten(b"a: [\n", {"a": 2})


_ODD = ["", " ", "ja", "null", "~", "true", "1", "1.5", "2026-11-22", "- a", "a: b", "a #b", "#", "'", '"',
        "\\", "%", "@a", "a\nb", "\t", "å" * 300, "a " * 200, "[a]", "{a}", "a, b", ":", "?", "|", ">", "!x", "*x",
        "&x", "…", "\x85", "\u2028"]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(_ODD), st.text(max_size=200).filter(lambda text: text.isprintable()))
NAMES = st.sampled_from(["halsont.yaml", "magont.yaml", "recept.yaml", "risk.yaml", "danger.yaml", "general.yaml"])


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, one in value.items() for leaf in _leaves(one, (*path, key))]
    if isinstance(value, list):
        return [leaf for number, one in enumerate(value) for leaf in _leaves(one, (*path, number))]
    return [path]


def _lists(value: Any) -> list[list[Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    found = [one for part in inner for one in _lists(part)]
    return [value, *found] if isinstance(value, list) and len(value) > 1 else found


@settings(max_examples=150, deadline=None, **_HEALTH)  # type: ignore[arg-type]
@given(name=NAMES, data=st.data())
def test_any_texts_anywhere_come_back_as_they_were_wanted(name: str, data: st.DataObject) -> None:
    raw = FILES[name]
    wanted = copy.deepcopy(read_yaml(raw)[0])
    for _ in range(data.draw(st.integers(1, 4))):
        *path, last = data.draw(st.sampled_from(_leaves(wanted)))
        inside = wanted
        for part in path:
            inside = inside[part]
        inside[last] = data.draw(TEXTS)
    assert read_yaml(rewritten(raw, wanted))[0] == wanted


@settings(max_examples=150, deadline=None, **_HEALTH)  # type: ignore[arg-type]
@given(name=NAMES, data=st.data())
def test_lists_in_any_order_with_items_gone_and_new_keep_the_comments_of_what_stays(
    name: str, data: st.DataObject
) -> None:
    raw = FILES[name]
    wanted = copy.deepcopy(read_yaml(raw)[0])
    for _ in range(data.draw(st.integers(1, 3))):
        listed = data.draw(st.sampled_from(_lists(wanted)))
        listed[:] = data.draw(st.permutations(listed))
        if len(listed) > 2 and data.draw(st.booleans()):
            listed.pop()
        if isinstance(listed[0], str):
            listed.append(data.draw(TEXTS))
    new = rewritten(raw, wanted)
    assert read_yaml(new)[0] == wanted
    assert new.decode().count("#") >= raw.decode().count("\n#")
