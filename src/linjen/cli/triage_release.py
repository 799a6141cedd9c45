"""`linjen triage release|run|releases`: a version released, switched to or listed from the command line."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from linjen.access.by import By
from linjen.cli.opening import add_data_argument, opened_rows, read_for, told
from linjen.cli.triage_diff import SHIPPED, files_of
from linjen.core.clock import local_date
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.hsa_id import parse_hsa_id
from linjen.core.ids import new_id
from linjen.people.staff import find_by_hsa_id
from linjen.triage.checking.lint import check_files
from linjen.triage.content.library import load
from linjen.triage.releases import approve, find_switch, find_version, list_all, may, run_release, save_draft


def add_arguments(actions: Any) -> None:
    """Add the three actions to the parser's own."""
    release = actions.add_parser("release", help="import, lint, approve and run a version")
    release.add_argument("version", metavar="DIR", help="a folder or a zip file")
    _add_person(release)
    release.add_argument("--approve-only", action="store_true", help="do not let it run yet")
    release.set_defaults(run=run_release_command)
    switch = actions.add_parser("run", help="switch to another released version on every node")
    switch.add_argument("version", metavar="VERSION", help=f"the stamp or id of a release, or {SHIPPED!r}")
    _add_person(switch)
    switch.add_argument("--form-only", action="store_true", help="turn the triage off: forms alone, no level")
    switch.set_defaults(run=run_switch_command)
    listing = actions.add_parser("releases", help="list the versions, and which one runs")
    listing.add_argument("--json", action="store_true", help="print JSON instead of lines")
    add_data_argument(listing)
    listing.set_defaults(run=run_list_command)


def _add_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--approver", required=True, metavar="HSA-ID", help="the medical approver who answers for it")
    parser.add_argument("--note", required=True, help="what is new and why")
    add_data_argument(parser)


async def _approver(db: Connection, given: str) -> By:
    """The person with this HSA-id as who acts; Refused for who may not approve."""
    person = await find_by_hsa_id(db, parse_hsa_id(given))
    by = By("staff", person.id, new_id()) if person else None
    if by is None or not await may(db, by, "approve_triage"):
        raise Refused("not_approver", why=f"{given} has no living assignment as medical approver")
    return by


def run_release_command(arguments: argparse.Namespace) -> int:
    """Save the files as a version approved by the named person, and let it run. Returns 1 with every fault printed."""
    files = _read(arguments.version)
    if files is None:
        return 1

    async def work() -> None:
        async with opened_rows(read_for(arguments)) as database, database.transaction() as db:
            by = await _approver(db, arguments.approver)
            switch = await find_switch(db)
            release_id = await save_draft(db, by, files, arguments.note, "")
            stamp = await approve(db, by, release_id, 1)
            if not arguments.approve_only:
                await run_release(db, by, release_id, switch.number, arguments.note, triage_on=switch.triage_on)
        runs = "released" if arguments.approve_only else "released, and runs on every node within seconds"
        off = "" if switch.triage_on else "; the triage is turned off, and stays so"
        print(f"{stamp} ({release_id}): {runs}{off}")

    return told(work)


def _read(name: str) -> dict[str, bytes] | None:
    """The files, when they are there and have no fault; else every reason is printed."""
    try:
        files = files_of(name)
    except (Invalid, OSError) as wrong:
        print(f"{name}: {wrong.reason if isinstance(wrong, Invalid) else wrong}", file=sys.stderr)
        return None
    if files is None or name == SHIPPED:
        print(f"{name}: no such folder or zip file", file=sys.stderr)
        return None
    problems = check_files(files, name)
    for problem in problems:
        print(f"{problem.file}:{problem.line}: {problem.reason}", file=sys.stderr)
    return None if problems else files


def run_switch_command(arguments: argparse.Namespace) -> int:
    """Let a release, or the shipped content, run from now on. Returns 1 when it cannot."""

    async def work() -> None:
        async with opened_rows(read_for(arguments)) as database, database.transaction() as db:
            by = await _approver(db, arguments.approver)
            release_id = None
            if arguments.version != SHIPPED and (release_id := await find_version(db, arguments.version)) is None:
                raise NotFound("release", why=f"there is no version {arguments.version}")
            seen = (await find_switch(db)).number
            await run_release(db, by, release_id, seen, arguments.note, triage_on=not arguments.form_only)
        print(f"{arguments.version}: runs on every node within seconds{' as forms alone' * arguments.form_only}")

    return told(work)


def run_list_command(arguments: argparse.Namespace) -> int:
    """Print every version, the latest first, with the one that runs marked."""

    async def work() -> None:
        async with opened_rows(read_for(arguments)) as database, database.connection() as db:
            releases, switch = await list_all(db), await find_switch(db)
        if arguments.json:
            whole = {"running": switch, "shipped": load().stamp, "releases": releases}
            sys.stdout.write(msgspec.json.encode(whole).decode() + "\n")
            return
        print(f"{'*' if switch.release_id is None else ' '} {SHIPPED:<9} {load().stamp}")
        for one in releases:
            mark = "*" if one.id == switch.release_id else " "
            who = f"{one.approver}, {local_date(one.approved_at)}" if one.approved_at else f"{one.changer} (draft)"
            print(f"{mark} {one.state:<9} {one.stamp} ({one.id}) {who}: {one.note}")
        print(f"the triage is {'on' if switch.triage_on else 'off: forms alone'}")

    return told(work)
