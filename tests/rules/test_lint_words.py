"""Faults in Swedish: everything that the linter, the grammar and the reader of files can say has its words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from linjen.core.errors import Invalid
from linjen.triage.checking import lint, lint_file, lint_languages
from linjen.triage.checking.lint import check_files
from linjen.triage.checking.lint_words import problem_words
from linjen.triage.content import condition, yaml_lines
from linjen.triage.content.condition import parse
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.content.library import terms_of
from linjen.triage.in_words.opened import open_files
from linjen.triage.vocabulary import vocabulary


def _said_in(module: object) -> list[str]:
    """Every sentence that a module raises or reports, with its values filled in by an x or a number."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))  # type: ignore[attr-defined]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [node for node in calls if getattr(node.func, "attr", getattr(node.func, "id", "")) in {
        "problem", "Problem", "wrong", "_wrong"}]  # fmt: skip
    texts = [part for call in named for part in call.args]
    texts += [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "why"]
    yielded = [node.value for node in ast.walk(tree) if isinstance(node, ast.Yield) and node.value is not None]
    texts += [part for one in yielded for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
    texts += [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign)
              and getattr(node.targets[0], "id", "") == "why"]  # fmt: skip
    return [said for one in texts if (said := _filled(one)) and " " in said]


def _filled(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            parts.append("'x'" if part.conversion == ord("r") else "7")
    return "".join(parts)


SAID = [one for module in (lint, lint_file, lint_languages, condition, yaml_lines) for one in _said_in(module)]


def test_the_sentences_are_found() -> None:
    assert len(SAID) > 35


@pytest.mark.parametrize("said", sorted(set(SAID)))
def test_everything_that_can_be_said_has_swedish_words(said: str) -> None:
    assert problem_words(said) != said, said


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("gen.x is never asked in this interview", "gen.x frågas aldrig"),
        ("rules[0].level: Expected `int` <= 4", "rules[0].level: Värdet ska vara högst 4."),
        ("Object missing required field `why`", "Fältet why saknas."),
        ("something nobody foresaw", "something nobody foresaw"),
    ],
)
def test_a_fault_is_said_with_its_values(reason: str, words: str) -> None:
    assert problem_words(reason).startswith(words)


@pytest.mark.parametrize("text", ["(" * 3000, "not " * 900 + "gen.fever", "gen.fever and " * 400 + "gen.fever",
                                  "any(" * 100 + "gen.fever" + ")" * 100])  # fmt: skip
def test_a_condition_that_is_meant_to_be_heavy_is_refused_quickly(text: str) -> None:
    with pytest.raises(Invalid, match="bad_condition"):
        parse(text, vocabulary().findings)


def test_terms_that_double_each_other_are_refused_before_they_grow() -> None:
    files = files_in(FOLDER)
    bomb = "terms:\n  t0: gen.fever and resp.cough\n" + "".join(
        f"  t{number}: t{number - 1} and t{number - 1}\n" for number in range(1, 60)
    )
    files["risk.yaml"] = files["risk.yaml"].replace(b"terms:\n", bomb.encode(), 1)
    problems = check_files(files)
    assert any("more than 2000 parts" in one.reason for one in problems)
    opened = open_files(files)
    assert "t5" in opened.terms
    assert "t40" not in opened.terms
    with pytest.raises(Invalid, match="bad_condition"):
        terms_of(opened.loaded["risk.yaml"].file, vocabulary())  # type: ignore[arg-type]
