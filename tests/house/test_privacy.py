"""Every column of the database has a privacy label, and what tells of health is sealed or says why it is not."""

from __future__ import annotations

import re
from pathlib import Path

import asyncpg
import pytest

from tests.region import Region

DOCUMENT = Path(__file__).parents[2] / "docs" / "privacy.md"
LABELS = {"none", "internal", "personal", "health", "secret"}
#: Types that cannot hold a text or a key; short codes of fixed lists are text, and must say that they are plain.
NO_TEXT = {"smallint", "integer", "bigint", "boolean", "timestamp with time zone", "date", "uuid"}


def labelled() -> dict[tuple[str, str], tuple[str, str]]:
    """(table, column) to (label, what it holds), as the document says."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    table = ""
    for line in DOCUMENT.read_text("utf-8").partition("## Every column")[2].splitlines():
        if line.startswith("### "):
            table = line[4:].strip()
        elif (row := re.fullmatch(r"\| (\w+) \| (\w+) \|(.*)\|", line)) and row[1] != "column":
            assert (table, row[1]) not in found, f"{table}.{row[1]} stands twice"
            found[table, row[1]] = (row[2], row[3].strip())
    return found


async def columns(region: Region) -> dict[tuple[str, str], str]:
    """(table, column) to type, as the migrations made them."""
    db = await asyncpg.connect(region.dsn)
    rows = await db.fetch(
        "select c.relname, a.attname, format_type(a.atttypid, null) as kind from pg_attribute a"
        " join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')"
        " join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'public' and a.attnum > 0 and not a.attisdropped"
    )
    await db.close()
    return {(row["relname"], row["attname"]): row["kind"] for row in rows}


async def test_every_column_has_a_label_and_every_label_a_column(region: Region) -> None:
    there = await columns(region)
    assert len(there) > 100
    assert set(labelled()) == set(there)


def test_labels_are_those_of_the_document() -> None:
    assert {label for label, _ in labelled().values()} <= LABELS


async def test_what_tells_of_health_is_sealed_or_says_why_not(region: Region) -> None:
    there = await columns(region)
    for (table, column), (label, holds) in labelled().items():
        if label not in {"health", "secret"} or column.endswith("_sealed"):
            continue
        if there[table, column] in NO_TEXT and label == "health":
            continue
        is_hash = "hash" in holds or "SHA-256" in holds
        assert is_hash or "plain, since" in holds or "fixed list" in holds or holds.startswith("symptom"), (
            table,
            column,
        )


async def test_a_sealed_column_holds_bytes(region: Region) -> None:
    kinds = {kind for (_, column), kind in (await columns(region)).items() if column.endswith("_sealed")}
    assert kinds == {"bytea"}


@pytest.mark.parametrize("word", ["given_name", "surname", "number", "body", "state_sealed", "phone"])
def test_no_metric_is_labelled_with_a_person(word: str) -> None:
    from linjen.core.metrics import REGISTRY  # noqa: PLC0415

    labels = {label for metric in REGISTRY.collect() for sample in metric.samples for label in sample.labels}
    assert word not in labels
