"""`linjen triage replay --protocol DIR`: stored interviews held again with another version, and which end otherwise.

Nothing that anybody wrote is printed: case ids, levels, names of contact reasons, numbers and codes.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from uuid import UUID

import msgspec

from linjen.cases.intake.stored_interviews import Batch, StoredInterview, read_interviews
from linjen.cli.opening import add_data_argument, opened_rows, read_for, read_keys, require_folder, told
from linjen.cli.triage_diff import VERSION, read_versions
from linjen.core.database import Database
from linjen.core.sealing import Sealer
from linjen.triage.content.library import Protocols, compile_files
from linjen.triage.trials.replay import replay


class Difference(msgspec.Struct, frozen=True):
    """One interview that ends otherwise or has another length: (then, now) of each, and what she was never asked."""

    case: UUID
    level: tuple[int, int]
    reason: tuple[str, str]
    questions: tuple[int, int]
    unasked: tuple[str, ...]


class Counts(msgspec.Struct):
    """How many interviews were held again, and how many of them differ in what."""

    interviews: int = 0
    level: int = 0
    more_urgent: int = 0
    less_urgent: int = 0
    reason: int = 0
    questions: int = 0
    with_unasked: int = 0
    unfinished: int = 0
    unreadable: int = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The version, and how to print."""
    parser.add_argument("--protocol", required=True, metavar="DIR", help=VERSION)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    add_data_argument(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print each case that changes, and counts. Returns 1 when the version or the database cannot be read."""

    async def work() -> None:
        settings = read_for(arguments)
        require_folder(settings)  # before the keys, which lie in it
        sealer = read_keys(settings)
        (files,) = await read_versions(settings, arguments.protocol)
        protocols = compile_files(files)
        async with opened_rows(settings) as database:
            counts, found = await replay_all(database, sealer, protocols)
        if arguments.json:
            whole = {"protocol": protocols.stamp, "counts": counts, "cases": found}
            sys.stdout.write(msgspec.json.encode(whole).decode() + "\n")
        else:
            print("\n".join([*map(line_of, found), "", *count_lines(protocols, counts)]))

    return told(work)


async def replay_all(database: Database, sealer: Sealer, protocols: Protocols) -> tuple[Counts, list[Difference]]:
    """Every stored interview that came to a level, in order of case id."""
    counts, found = Counts(), []
    async for batch in _batches(database, sealer):
        counts.unfinished += batch.unfinished
        counts.unreadable += batch.unreadable
        for one in batch.interviews:
            difference = await asyncio.to_thread(_compared, protocols, one)
            _count(counts, difference)
            if difference.level[0] != difference.level[1] or difference.reason[0] != difference.reason[1] or (
                difference.questions[0] != difference.questions[1]
            ):  # fmt: skip
                found.append(difference)
    return counts, found


async def _batches(database: Database, sealer: Sealer) -> AsyncIterator[Batch]:
    last: UUID | None = None
    while True:
        async with database.transaction() as db:
            batch = await read_interviews(db, sealer, last)
        if batch.last is None:
            return
        last = batch.last
        yield batch


def _compared(protocols: Protocols, one: StoredInterview) -> Difference:
    now = replay(protocols, one.state, one.said)
    return Difference(
        one.case_id, (one.urgency, now.result.urgency), (one.reason, now.result.contact_reason),
        (one.questions, now.questions), now.unasked,
    )  # fmt: skip


def _count(counts: Counts, one: Difference) -> None:
    then, now = one.level
    counts.interviews += 1
    counts.level += then != now
    counts.more_urgent += now < then
    counts.less_urgent += now > then
    counts.reason += one.reason[0] != one.reason[1]
    counts.questions += one.questions[0] != one.questions[1]
    counts.with_unasked += bool(one.unasked)


def line_of(one: Difference) -> str:
    """One case in Swedish; what has not changed is said once."""
    said = [
        f"{name} {then}" if then == now else f"{name} {then} → {now}"
        for name, (then, now) in (("nivå", one.level), ("kontaktorsak", one.reason), ("frågor", one.questions))
    ]
    if one.unasked:
        said.append(f"aldrig tillfrågad om, räknas som vet inte: {' '.join(one.unasked)}")
    return f"{one.case}: {'; '.join(said)}"


def count_lines(protocols: Protocols, counts: Counts) -> list[str]:
    """The counts in Swedish."""
    return [
        f"Jämfört med {protocols.stamp}: {counts.interviews} intervjuer.",
        f"Annan nivå: {counts.level} ({counts.more_urgent} mer brådskande, {counts.less_urgent} mindre).",
        f"Annan kontaktorsak: {counts.reason}. Annat antal frågor: {counts.questions}.",
        f"Med frågor som aldrig har ställts: {counts.with_unasked}.",
        f"Utelämnade: {counts.unfinished} som inte är klara, {counts.unreadable} som inte går att läsa.",
    ]
