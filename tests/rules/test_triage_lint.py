"""`linjen triage check` points at every fault with file, line and reason."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from linjen.cli.main import main
from linjen.triage.checking.lint import Problem, check
from linjen.triage.checking.lint_vignettes import rules_without_vignette
from linjen.triage.checking.reading_level import lix
from linjen.triage.content.library import FOLDER, read_folder


def spoilt(tmp_path: Path, file: str, old: str, new: str) -> tuple[list[Problem], int]:
    """Check a copy of the content in which the first `old` of one file is `new`; with the line of the change."""
    folder = tmp_path / "protocols"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return check(folder), text[: text.index(old)].count("\n") + 1


def test_the_content_that_ships_has_no_fault() -> None:
    assert check(FOLDER) == []


def test_every_rule_of_level_1_has_a_vignette(tmp_path: Path) -> None:
    assert rules_without_vignette(FOLDER) == []
    folder = tmp_path / "protocols"
    shutil.copytree(FOLDER, folder)
    text = (folder / "halsont.yaml").read_text(encoding="utf-8")
    never = "rules:\n  - id: halsont.hund\n    if: ent.trismus and gen.jaundice\n    level: 1\n    why: Prov.\n"
    (folder / "halsont.yaml").write_text(text.replace("rules:\n", never, 1), encoding="utf-8")
    assert [problem.reason for problem in rules_without_vignette(folder)] == [
        "no vignette calls for halsont.hund, a rule of level 1"
    ]


def test_the_command_counts_the_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["triage", "check"]) == 0
    counted = re.search(r"(\d+) rules: (\d+) with a source that was read, (\d+) without", capsys.readouterr().out)
    assert counted
    assert int(counted[1]) == int(counted[2]) + int(counted[3]) > 1000


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("halsont.yaml", "    - ent.trismus\n", "", "ent.trismus (level 2) belongs to the body area ent"),
        ("halsont.yaml", "- ent.trismus", "- ent.trismuss", "unknown finding code ent.trismuss"),
        ("halsont.yaml", "if: expo.strep", "if: expo.strep and", "found 'the end'"),
        ("halsont.yaml", "if: expo.strep", "if: hx.dementia", "hx.dementia is never asked"),
        ("halsont.yaml", "if: expo.strep", f"if: {'(' * 30}expo.strep{')' * 30}", "nested deeper than 20 levels"),
        ("halsont.yaml", "if: ent.trismus and", "if: not ent.trismus and", "let the warning sign ent.trismus lower"),
        ("halsont.yaml", "if: expo.strep", "if: not unknown(gen.fever)", "unknown(...) cannot stand under not"),
        ("halsont.yaml", "level: 4", "level: 7", "Expected `int` <= 4"),
        ("halsont.yaml", "level: 4", "livel: 4", "unknown field `livel`"),
        ("halsont.yaml", "reviewed: false", "reviewed: false\nreviewed: false", "written twice"),
        ("halsont.yaml", "reviewed: false", "reviewed: true", "needs reviewed_by"),
        ("halsont.yaml", "example: true", "example: false", "must say example: true"),
        ("halsont.yaml", "id: halsont.lange", "id: hosta.lange", "is named halsont.something"),
        ("halsont.yaml", "id: halsont.samre", "id: halsont.lange", "already used"),
        ("halsont.yaml", "kind: reason", "kind: rason", "kind must be one of"),
        ("halsont.yaml", "self_care:", "self_car:", "unknown field"),
        ("halsont.yaml", "Halsont går oftast", "*note", "aliases"),
        ("risk.yaml", "age_years >= 50\n      or any(gi.bowel", "age_years => 50\n      or any(gi.bowel", "cannot"),
        ("danger.yaml", "if: age_years < 6", "if: gen.fever", "by age and sex alone"),
        ("codes.yaml", "better: Det blir bättre, ", "", "labels of gen.course must be exactly"),
        ("general.yaml", "groups: [Barn]", "groups: [Barnn]", "unknown contact reason or group Barnn"),
        ("general.yaml", "neuro.headache: [huvudvark]", "neuro.headache: [huvud]", "unknown contact reason huvud"),
        ("general.yaml", "eye.pain: [ogon_ont]", "ent.smell_loss: [ogon_ont]", "is asked by no contact reason"),
        ("general.yaml", "eye.pain: [ogon_ont]", "gen.temp: [ogon_ont]", "no finding that is answered yes or no"),
        ("general.yaml", "if: pain.present", "if: hx.dementia", "so this question is never reached"),
        ("danger.yaml", "if: trauma.occurred", "if: hx.dementia", "so this question is never reached"),
        ("general.yaml", "Har du ont någonstans?", "Föreligger smärtproblematik någonstans?", "hard to read"),
    ],
)
def test_a_fault_is_found(tmp_path: Path, file: str, old: str, new: str, reason: str) -> None:
    problems, line = spoilt(tmp_path, file, old, new)
    found = [problem for problem in problems if reason in problem.reason]
    assert found, problems
    assert found[0].file == file
    # A missing code is reported at the list that should hold it, and a second id at either place.
    assert abs(found[0].line - line) <= 4 or "belongs to" in reason or "already" in reason, (found[0], line)


def test_hard_words_in_the_advice_are_refused(tmp_path: Path) -> None:
    hard = "Vätskebalansoptimering rekommenderas kontinuerligt beträffande luftvägsinfektionssymtomatologi. " * 5
    problems, _ = spoilt(tmp_path, "halsont.yaml", "Drick lite och ofta.", hard)
    assert any("hard to read" in problem.reason for problem in problems)


def test_the_command_ends_with_one_and_prints_file_line_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(FOLDER, folder)
    text = (folder / "hosta.yaml").read_text(encoding="utf-8").replace("lead: [resp.cough]", "lead: [resp.coff]")
    (folder / "hosta.yaml").write_text(text, encoding="utf-8")
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "resp.coff" in one)
    assert main(["triage", "check", str(folder)]) == 1
    assert f"hosta.yaml:{line}: unknown finding code resp.coff" in capsys.readouterr().out
    assert main(["triage", "check"]) == 0
    assert main(["triage", "check", str(tmp_path / "nowhere")]) == 1


def test_files_are_read_in_name_order_whatever_the_disk_says() -> None:
    names = [loaded.name for loaded in read_folder(FOLDER)]
    assert names == sorted(names)


def test_lix() -> None:
    assert lix("") == 0
    assert lix("Jag mår bra. Du mår bra.") == 3
    assert lix("Luftvägarna svullnar.") == 2 + 100
