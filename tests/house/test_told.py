"""Every text that staff write to a patient passes one gate, so that a field left open is never sent."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import linjen

_SOURCE = Path(linjen.__file__).parent
#: Verbs of a resident, whose own brackets are hers; the last makes a message for whoever has passed the gate.
_RESIDENTS = {
    "cases/moves/reopen.py", "cases/tickets/ticket_use.py", "cases/intake/send.py", "media/send_picture.py",
    "cases/talk/message.py",
}  # fmt: skip
_GATES = {"check_told", "check_told_optional", "check_filled"}


def _called(text: str) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _ungated(files: dict[str, str]) -> list[str]:
    """The files that write a message, or hand one on to the writer of many, without having judged its fields."""
    writes = {"write_message", "Sending", "check_sms_text"}
    away = _RESIDENTS | {
        "notices/sending.py",
        "notices/pushing.py",
        "integrations/sms_text.py",
    }  # these send what was judged as it was kept
    return sorted(
        name
        for name, text in files.items()
        if name not in away and _called(text) & writes and not _called(text) & _GATES
    )


def _files() -> dict[str, str]:
    return {str(path.relative_to(_SOURCE)): path.read_text() for path in _SOURCE.rglob("*.py")}


def test_whatever_staff_write_to_a_patient_passes_the_gate() -> None:
    assert _ungated(_files()) == []


@pytest.mark.parametrize("name", ["cases/moves/signpost.py", "web/hot.py", "cases/moves/remind.py"])
def test_a_verb_that_forgets_it_is_found(name: str) -> None:
    text = _files()[name]
    for gate in sorted(_GATES, key=len, reverse=True):
        text = text.replace(f"{gate}(", "check_text(")
    assert _ungated({name: text}) == [name]


def test_messages_are_written_in_one_place_alone() -> None:
    writing = {name for name, text in _files().items() if "insert into messages" in text}
    assert {name for name in writing if not name.startswith(("demo/", "bench/"))} == {"cases/talk/message.py"}
