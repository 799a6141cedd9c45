"""docs/operate.md says every setting with what it is without it, every rate limit, metric and refusal."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from linjen.cli.main import COMMANDS
from linjen.core import metrics
from linjen.core.settings import Settings
from linjen.web import rate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operate.md").read_text("utf-8")


def section(title: str) -> str:
    """The text of one section, down to the next heading of the same depth or above."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/operate.md has no section {title}"
    return found[2]


def rows(text: str) -> dict[str, list[str]]:
    """First cell -> the others, for rows whose first cell is `code`."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:3] == "| `"]
    return {row[0].strip("`"): row[1:] for row in cells}


def shown(value: object) -> set[str]:
    """How a default may be written."""
    if isinstance(value, bool):
        return {f"`{str(value).lower()}`"}
    if value in ("", None) or value == []:
        return {"empty", "none", "`keys/master.key` in `data_dir`"}
    return {f"`{value}`"}


def test_every_setting_is_documented_with_its_default_and_no_other_is() -> None:
    table = rows(section("Settings"))
    fields = {field.name: field.default for field in msgspec.structs.fields(Settings)}
    fields |= {field.name: [] for field in msgspec.structs.fields(Settings) if field.default is msgspec.NODEFAULT}
    settings = {name: cells for name, cells in table.items() if len(cells) == 2}
    assert set(settings) == set(fields)
    wrong = {name: cells[0] for name, cells in settings.items() if cells[0] not in shown(fields[name])}
    assert not wrong
    assert all(len(cells[1]) > 8 for cells in settings.values())


def test_every_rate_limit_is_documented_as_it_is() -> None:
    table = {name: cells[0] for name, cells in rows(section("Rate limits")).items()}
    assert table == {name: f"{many} in {seconds} s" for name, (many, seconds) in rate.LIMITS.items()}


def test_every_metric_of_ours_is_documented() -> None:
    ours = {
        family.name for family in metrics.REGISTRY.collect() if family.name.startswith("linjen_")
    } | {"linjen_queue_length", "linjen_queue_oldest_seconds", "linjen_pool_connections", "linjen_jobs"}  # fmt: skip
    named = {name.removesuffix("_total") for name in re.findall(r"`(linjen_[a-z_]+)`", section("Watching it"))}
    assert ours <= named
    assert "linjen_oldest_transaction_seconds" in named


def test_every_refusal_of_a_backup_is_explained() -> None:
    source = (ROOT / "src/linjen/core/backup.py").read_text("utf-8")
    refusals = set(re.findall(r'BackupRefused\(\s*"([a-z_]+)"', source)) - {"backup_head_too_long", "not_migrated"}
    assert refusals
    assert refusals <= set(rows(section("Backup and restore")))


def test_every_command_that_runs_an_installation_is_named() -> None:
    named = set(re.findall(r"`linjen ([a-z-]+)", PAGE))
    assert set(COMMANDS) - {"triage", "bench"} <= named
