"""What is wrong with a form is told by one function, which has words for any reason; numbers are read by another."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import linjen.web

_WEB = Path(linjen.web.__file__).parent
#: Those that look whether there are words, or take the reason on to a page that does.
_KNOW = {"exchange.py", "faults.py", "clinic/patients/patients.py", "clinic/waiting/ledger_tools.py"}
#: Those where digits are no number: part of a phone number, of a header, of the name of a key.
_DIGITS = {"numbers.py", "hot.py", "public/units.py", "clinic/desk/keys.py"}


def _files() -> dict[str, str]:
    return {str(path.relative_to(_WEB)): path.read_text() for path in _WEB.rglob("*.py")}


def _invalids(tree: ast.AST) -> set[str]:
    """The names under which a file holds an Invalid, or whatever of ours was raised."""
    caught = [(one.name or "", one.type) for one in ast.walk(tree) if isinstance(one, ast.ExceptHandler)]
    given = [(one.arg, one.annotation) for one in ast.walk(tree) if isinstance(one, ast.arg)]
    kinds = {"Invalid", "LinjenError", "Exception"}
    return {
        name for name, kind in [*caught, *given]
        if kind is not None and kinds & {one.id for one in ast.walk(kind) if isinstance(one, ast.Name)}
    }  # fmt: skip


def _self_made_keys(text: str) -> list[int]:
    """The lines on which the reason of an Invalid is made part of a key of words."""
    tree = ast.parse(text)
    names = _invalids(tree)
    return sorted({
        made.lineno for made in ast.walk(tree) if isinstance(made, ast.JoinedStr)
        for one in ast.walk(made)
        if isinstance(one, ast.Attribute) and one.attr == "reason" and isinstance(one.value, ast.Name)
        and one.value.id in names and not _is_of_another_kind(tree, one)
    })  # fmt: skip


def _is_of_another_kind(tree: ast.AST, used: ast.Attribute) -> bool:
    """Whether the name is that of an error of other kinds, where it is used: of a Refused alone."""
    assert isinstance(used.value, ast.Name)
    asked = [
        (one.lineno, {part.id for part in ast.walk(kind) if isinstance(part, ast.Name)})
        for one in ast.walk(tree)
        if isinstance(one, ast.ExceptHandler | ast.If) and one.lineno <= used.lineno <= (one.end_lineno or 0)
        and (kind := one.test if isinstance(one, ast.If) else one.type) is not None
    ]  # fmt: skip
    kinds = [named for _, named in sorted(asked, key=lambda one: one[0]) if named & {"Refused", "Invalid"}]
    return bool(kinds) and "Invalid" not in kinds[-1]


def test_every_form_tells_by_the_one_that_has_words_for_any_reason() -> None:
    found = {name: lines for name, text in _files().items() if name not in _KNOW and (lines := _self_made_keys(text))}
    assert found == {}, "say it by Exchange.told"


@pytest.mark.parametrize(
    "name", ["clinic/moves/reprioritise.py", "manage/setting.py", "resident/phone.py", "parts/phrase_pages.py"]
)
def test_one_that_makes_the_key_itself_is_found(name: str) -> None:
    text = _files()[name]
    own = text.replace("exchange.told(error, ", 'exchange.say(f"own.{error.reason}" or ')
    assert own != text
    assert _self_made_keys(own)


def test_a_number_of_a_form_is_read_within_bounds() -> None:
    reading = {name for name, text in _files().items() if ".isdigit()" in text or ".isdecimal()" in text}
    assert reading <= _DIGITS, "read it by web/numbers.py or Exchange.number_of"
