"""`linjen triage evaluate VIGNETTES.jsonl`: the table of measures over vignettes, and what missed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.content.files import FOLDER
from linjen.triage.content.library import Protocols, load
from linjen.triage.trials.evaluation import (
    Measure,
    Outcome,
    asked_red_flags,
    evaluate,
    is_child,
    measures,
    pages_of,
    read_vignettes,
)
from linjen.triage.trials.tripwire_lines import read_lines, tripwire_measures


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and how to print."""
    parser.add_argument("files", nargs="+", type=Path, metavar="VIGNETTES.jsonl")
    parser.add_argument("--protocols", type=Path, default=FOLDER, metavar="DIR", help="protocol files to evaluate")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--missed", action="store_true", help="list every vignette that ended outside its band")
    parser.add_argument(
        "--lines", nargs=2, type=Path, metavar=("GRAVE.tsv", "ORDINARY.tsv"),
        help="lines that the tripwire should hear and should not, a column called text",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the table. Returns 1 when a file cannot be read."""
    try:
        vignettes = [one for path in arguments.files for one in read_vignettes(path.read_bytes().splitlines())]
        lines = [read_lines(path.read_bytes()) for path in arguments.lines or ()]
    except OSError as error:
        print(f"linjen: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except Invalid as wrong:
        print(f"linjen: line {wrong.detail['line']}: {wrong.detail['why']}", file=sys.stderr)
        return 1
    protocols = load(arguments.protocols)
    outcomes = evaluate(protocols, vignettes)
    heard = tripwire_measures(protocols, *lines) if lines else []
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(as_json(protocols, outcomes, heard)).decode() + "\n")
    else:
        print_table(protocols, outcomes, heard)
    if arguments.missed:
        print_missed(outcomes)
    return 0


def all_measures(protocols: Protocols, outcomes: Sequence[Outcome]) -> list[Measure]:
    """Every row of the table."""
    return [*measures(outcomes), asked_red_flags(protocols, outcomes)]


def as_json(protocols: Protocols, outcomes: Sequence[Outcome], heard: Sequence[Measure] = ()) -> dict[str, Any]:
    """The table as one object, with the same for children and adults."""
    groups = {"all": list(outcomes), "child": [one for one in outcomes if is_child(one)]}
    groups["adult"] = [one for one in outcomes if not is_child(one)]
    return {
        "protocol": protocols.stamp,
        "vignettes": len(outcomes),
        **{
            name: {
                "measures": [_as_json(row) for row in all_measures(protocols, of)],
                "pages_median": pages_of(of).median,
                "pages_p95": pages_of(of).p95,
            }
            for name, of in groups.items()
        },
        "tripwire": [_as_json(row) for row in heard],
    }


def _as_json(row: Measure) -> dict[str, Any]:
    return {"name": row.name, "goal": row.goal, "met": row.met, **msgspec.to_builtins(row.share)}


def print_table(protocols: Protocols, outcomes: Sequence[Outcome], heard: Sequence[Measure] = ()) -> None:
    """The table for people: all, children and adults side by side."""
    children = [one for one in outcomes if is_child(one)]
    adults = [one for one in outcomes if not is_child(one)]
    print(f"{protocols.stamp}: {len(outcomes)} vignettes, {len(children)} children, {len(adults)} adults\n")
    print(f"{'measure':<30}{'goal':<10}{'all':<26}{'children':<26}{'adults':<26}")
    rows = zip(*(all_measures(protocols, of) for of in (outcomes, children, adults)), strict=True)
    for row, child, adult in rows:
        print(f"{row.name:<30}{row.goal:<10}{row.share!s:<26}{child.share!s:<26}{adult.share!s:<26}{_mark(row)}")
    of = pages_of(outcomes)
    marks = "met" if of.median <= 10 and of.p95 <= 20 else "NOT MET"
    print(f"{'questions, median / 95 %':<30}{'10 / 20':<10}{f'{of.median:g} / {of.p95:g}':<26}{'':<52}  {marks}")
    for row in heard:
        print(f"{row.name:<30}{row.goal:<10}{row.share!s:<26}{'':<52}{_mark(row)}")


def _mark(row: Measure) -> str:
    return "" if row.met is None else "  met" if row.met else "  NOT MET"


def print_missed(outcomes: Sequence[Outcome]) -> None:
    """Each vignette outside its band, and each whose reason was not among the first five."""
    print()
    for one in outcomes:
        low, high = one.vignette.ok_urgency
        if not low <= one.result.urgency <= high:
            rules = ", ".join(f"{rule.id}={rule.level}" for rule in one.result.rules[:3])
            said = f"{one.result.urgency} instead of {low}-{high}"
            print(f"{one.vignette.id}: {said}; {one.result.contact_reason}; {rules}")
