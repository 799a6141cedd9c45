"""Rules of level 1 that no vignette calls for: what sends people to an emergency department is shown by an example."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from linjen.core.errors import Invalid
from linjen.triage.asking.facts import FactTable, see_facts
from linjen.triage.asking.interview import checked
from linjen.triage.checking.lint_file import Problem
from linjen.triage.content.condition import YES
from linjen.triage.content.files import Loaded, files_in, read_files
from linjen.triage.content.library import Protocols, Rule, load
from linjen.triage.content.vignettes import FOLDER as VIGNETTES
from linjen.triage.content.vignettes import ReasonVignette, all_vignettes
from linjen.triage.state import Patient, State, TextReading, Value


def rules_without_vignette(folder: Path, vignettes: Path = VIGNETTES) -> list[Problem]:
    """Where each such rule stands in a folder that compiles. A rule of a reason is shown by that reason's vignettes.

    A vignette that cannot be read is a fault, too.
    """
    protocols = load(folder)
    try:
        found = all_vignettes(vignettes)
    except Invalid as wrong:
        where = Path(os.path.relpath(vignettes, folder)) / str(wrong.detail["file"])
        return [Problem(str(where), 1, str(wrong.detail["why"]))]
    tables = [(one.reason, _facts(protocols, one)) for one in found.values()]
    own = (rule for reason in protocols.reasons.values() for rule in reason.rules)
    bare = [rule for rule in (*protocols.rules, *own) if rule.level == 1 and not _is_shown(rule, tables)]
    places = dict(_places(read_files(files_in(folder))))
    return sorted(Problem(*places[rule.id], f"no vignette calls for {rule.id}, a rule of level 1") for rule in bare)


def _is_shown(rule: Rule, tables: list[tuple[str, FactTable]]) -> bool:
    return any(rule.test(facts) == YES for reason, facts in tables if rule.owner in {"", reason})


def _facts(protocols: Protocols, vignette: ReasonVignette) -> FactTable:
    """What is true of the patient, as rules see it when everything has been asked; the rest is no."""
    findings = protocols.vocabulary.findings
    answers: dict[str, Value] = {code: False for code, finding in findings.items() if finding.type == "bool"}
    for code, value in _known(protocols, vignette.facts).items():
        answers[code] = value
        if value is True:
            answers |= dict.fromkeys(protocols.vocabulary.ancestors(code), True)
    patient = Patient(vignette.age_years, vignette.sex, vignette.writer)
    return see_facts(protocols, State(patient, (vignette.text,), TextReading(), protocols.stamp, answers=answers))


def _known(protocols: Protocols, facts: Mapping[str, Value]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for code, value in facts.items():
        try:
            found[code] = checked(protocols, code, value)
        except Invalid:  # a fact that this version cannot take says nothing here
            continue
    return found


def _places(files: list[Loaded]) -> Iterator[tuple[str, tuple[str, int]]]:
    for loaded in files:
        for number, rule in enumerate(getattr(loaded.file, "rules", ())):
            yield rule.id, (loaded.name, loaded.line(f"$.rules[{number}].id"))
