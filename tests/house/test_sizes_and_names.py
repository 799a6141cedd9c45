"""The shape of the house: captions, names and sizes that one reads in a sitting."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/linjen"
MODULES = sorted(SOURCE.rglob("*.py"))
_FORBIDDEN = {"service", "services", "manager", "handler", "handlers", "helper", "helpers", "util", "utils", "common",
              "base", "misc"}  # fmt: skip


def _functions(tree: ast.AST) -> list[tuple[str, int]]:
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_has_a_caption_an_honest_name_and_a_readable_size(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    doc = ast.get_docstring(tree) or ""
    assert doc.strip(), "the first line of a module is its caption"
    assert path.stem not in _FORBIDDEN
    assert text.count("\n") <= 400, "a file over 400 lines is three files"
    too_long = [(name, lines) for name, lines in _functions(tree) if lines > 60]
    assert not too_long


def test_most_functions_and_files_are_small() -> None:
    functions = sorted(n for path in MODULES for _, n in _functions(ast.parse(path.read_text("utf-8"))))
    files = sorted(path.read_text("utf-8").count("\n") for path in MODULES)
    assert functions[int(len(functions) * 0.95)] <= 25
    assert files[int(len(files) * 0.95)] <= 250


def test_public_functions_say_what_they_do() -> None:
    silent = []
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            public = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_"
            if public and not ast.get_docstring(node):  # type: ignore[arg-type]
                silent.append(f"{path.relative_to(SOURCE)}: {node.name}")  # type: ignore[attr-defined]
    assert not silent


@pytest.mark.parametrize(
    "folder",
    ["core", "integrations", "access", "people", "units", "triage", "cases", "media", "phrases", "notices", "records"],
)
def test_a_table_is_written_only_by_the_package_that_owns_it(folder: str) -> None:
    owners = {
        "events": "core", "sessions": "access", "access_log": "access", "sign_in_orders": "access",
        "assignments": "access", "residents": "people", "guardianships": "people", "staff": "people", "units": "units",
        "care_providers": "units", "opening_hours": "units", "closures": "units", "cases": "cases", "visits": "cases",
        "intakes": "cases", "consents": "cases", "messages": "cases", "reading_marks": "cases", "drafts": "cases",
        "pictures": "media", "picture_drafts": "media",
        "assessments": "cases", "left_drafts": "cases", "alarms": "cases",
        "sms": "notices", "sms_texts": "cases", "silences": "cases", "unmet": "cases", "load_alarms": "cases",
        "unit_sms": "units",
        "actions": "cases",
        "record_drafts": "records",
        "tickets": "cases", "unit_resources": "units", "referrals": "units",
        "triage_releases": "triage", "triage_files": "triage", "triage_switches": "triage",
        "phrases": "phrases", "phrase_uses": "phrases", "patient_searches": "cases",
        "attestations": "cases", "attestation_moves": "cases", "note_mentions": "cases", "invitations": "cases",
        "record_openings": "cases", "unit_queues": "cases", "further_questions": "cases", "corrections": "cases",
        "access_blocks": "cases", "block_openings": "cases",
        "support_requests": "people", "service_status": "units",
        "ratings": "cases", "call_backs": "cases", "rating_refusals": "cases",
        "muted_cases": "cases", "push_devices": "people", "pushes": "notices",
    }  # fmt: skip
    allowed = {
        ("cases", "events"),  # the message statement records its own events, for speed (house section 3)
        ("core", "cases"),  # an event takes the next number of its case
        ("cases", "pictures"),  # a draft that is left is emptied with its pictures
        ("media", "cases"),  # the case knows how many pictures it has
    }
    pattern = re.compile(r"(?:insert into|update|delete from)\s+([a-z_]+)")
    for path in (SOURCE / folder).rglob("*.py"):
        text = re.sub(r"for (no key )?update", "", path.read_text("utf-8"))
        for table in pattern.findall(text):
            if table in owners and owners[table] != folder:
                assert (folder, table) in allowed, f"{path.relative_to(SOURCE)} writes {table}"


def test_only_the_releases_of_the_triage_know_the_database() -> None:
    """The rest is pure (house section 2): what an interview comes to depends on nothing but its content and answers.

    The shelf follows the rows, but through the releases; the listener's process has no database at all.
    """
    sql = re.compile(r"\.(fetch|fetchrow|fetchval|execute|executemany|fetch_value|fetch_row)\(")
    found = {path.name for path in (SOURCE / "triage").rglob("*.py") if sql.search(path.read_text("utf-8"))}
    assert found == {"releases.py"}
    knowing = {path.name for path in (SOURCE / "triage").rglob("*.py") if "core.database" in path.read_text("utf-8")}
    assert knowing == {"releases.py", "shelf.py"}


def test_nothing_names_this_workplace() -> None:
    """No path of a machine, no registry's host: the project is the same everywhere."""
    forbidden = re.compile(r"/work/(main|shared)|files\.pythonhosted|registry\.npmjs|/root/")
    files = [*MODULES, *ROOT.glob("docs/**/*.md"), *ROOT.glob("bin/*"), *ROOT.glob("requirements/*"),
             *ROOT.glob("tests/**/*.py"), ROOT / "README.md",
             ROOT / "tests/counterparts/package-lock.json"]  # fmt: skip
    found = [
        str(path.relative_to(ROOT))
        for path in files
        if path != Path(__file__) and forbidden.search(path.read_text("utf-8"))
    ]
    assert not found
