"""`linjen triage check` points at every fault with file, line and reason."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from linjen.cli.main import main
from linjen.triage.checking.lint import check
from linjen.triage.checking.lint_file import Problem
from linjen.triage.checking.lint_vignettes import rules_without_vignette
from linjen.triage.checking.lint_words import problem_words
from linjen.triage.checking.reading_level import lix
from linjen.triage.content.files import FOLDER, read_folder
from linjen.triage.content.vignettes import FOLDER as VIGNETTES
from linjen.triage.vocabulary import vocabulary


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


@pytest.mark.parametrize(
    ("condition", "never"),
    [
        ("gen.duration_days >= 8 and gen.duration_days < 3", True),
        ("expo.strep and (gen.duration_days < 3 and gen.duration_days > 3)", True),
        ("gen.duration_days == 4 and gen.duration_days <= 3", True),
        ("all(gen.duration_days >= 8, expo.strep, gen.duration_days < 3)", True),
        ("gen.duration_days >= 8 and not gen.duration_days >= 3", True),
        ("age_years < 4 and age_years >= 60 and expo.strep", True),
        ("expo.strep or gen.duration_days >= 8 and gen.duration_days < 3", True),
        ("gen.duration_days >= 3 and gen.duration_days <= 3", False),
        ("gen.duration_days >= 8 or gen.duration_days < 3", False),
        ("gen.duration_days >= 8 and (expo.strep or gen.duration_days < 30)", False),
        ("gen.duration_days >= 8 and gen.temp < 3", False),
        ("not gen.duration_days >= 8 and not gen.duration_days < 9", False),
    ],
)
def test_limits_that_no_number_meets_are_a_fault(tmp_path: Path, condition: str, never: bool) -> None:
    problems, line = spoilt(tmp_path, "halsont.yaml", "if: expo.strep", f"if: {condition}")
    told = [(one.file, one.line) for one in problems if "never hold together" in one.reason]
    assert told == ([("halsont.yaml", line)] if never else [])
    assert not problems or all("kan aldrig gälla samtidigt" in problem_words(one.reason) for one in problems)


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "region" / "protocols"
    shutil.copytree(FOLDER, folder)
    return folder


def test_the_command_says_how_many_reasons_have_a_protocol(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["triage", "check"]) == 0
    told = capsys.readouterr().out
    assert "not held against vignettes" not in told
    counted = re.search(r"(\d+) of (\d+) contact reasons have a protocol of their own", told)
    assert counted
    assert counted[1] == counted[2] == str(len(vocabulary().reasons))


def test_a_missing_reason_is_a_fault_of_what_ships_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, all_of_them = copied(tmp_path), len(vocabulary().reasons)
    (folder / "halsont.yaml").unlink()
    assert main(["triage", "check", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "halsont.yaml:1: the contact reason halsont has no protocol" in told
    assert f"{all_of_them - 1} of {all_of_them} contact reasons" in told
    general = folder / "general.yaml"
    general.write_text(general.read_text("utf-8").replace("name: linjen_exempel", "name: egen", 1), encoding="utf-8")
    main(["triage", "check", str(folder)])
    told = capsys.readouterr().out
    assert "has no protocol" not in told
    assert f"{all_of_them - 1} of {all_of_them} contact reasons" in told


def test_a_yaml_name_that_is_no_file_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = copied(tmp_path)
    (folder / "mapp.yaml").mkdir()
    os.mkfifo(folder / "ror.yaml")
    (folder / "ingenstans.yaml").symlink_to(tmp_path / "nowhere.yaml")
    assert main(["triage", "check", str(folder)]) == 1
    told = capsys.readouterr().out
    for name in ("mapp", "ror", "ingenstans"):
        assert f"{name}.yaml:1: a name that ends in .yaml, but no file" in told


@pytest.mark.parametrize("place", ["vignettes", "../vignettes"])
def test_a_copy_is_held_against_the_vignettes_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    folder = copied(tmp_path)
    assert main(["triage", "check", str(folder)]) == 0
    assert "not held against vignettes" in capsys.readouterr().out
    shutil.copytree(VIGNETTES, folder / place, ignore=shutil.ignore_patterns("magont.yaml"))
    assert main(["triage", "check", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "no vignette calls for magont." in told
    assert "not held against vignettes" not in told


def test_a_vignette_that_cannot_be_read_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = copied(tmp_path)
    (folder / "vignettes").mkdir()
    (folder / "vignettes" / "halsont.yaml").write_text("reason: halsont\n", encoding="utf-8")
    assert main(["triage", "check", str(folder)]) == 1
    assert "vignettes/halsont.yaml:1: " in capsys.readouterr().out
