"""`linjen triage`: interview and match as JSON Lines on standard input and output, check, and the files beside it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from linjen.cli import triage_diff, triage_evaluate, triage_release, triage_replay
from linjen.core.errors import Invalid
from linjen.triage.asking.assessment import assess
from linjen.triage.asking.interview import answer, begin, checked, next_page
from linjen.triage.asking.plausible import MOST_CANDIDATES
from linjen.triage.checking.lint_folder import check_folder, coverage, vignettes_beside
from linjen.triage.checking.lint_vignettes import rules_without_vignette
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.content.library import Protocols, load
from linjen.triage.in_words.opened import Opened, open_files
from linjen.triage.in_words.reason_list import count_rules
from linjen.triage.state import Page, Result, Sex, State, Value, Writer

_MOST_OPEN = 10_000  # interviews that one run keeps open at the same time


#: What a line that is no JSON, no UTF-8 or nested beyond reason may raise: one bad line never ends the run.
_BAD_LINE = (msgspec.MsgspecError, ValueError, RecursionError)


_Lines = argparse.RawDescriptionHelpFormatter
_INTERVIEW = """\
Hold many interviews at once, a JSON object a line on standard input and output.

in   {"id": "x", "start": {"age_years": 34, "sex": "female", "writer": "self", "text": "ont i halsen"}}
out  {"id": "x", "ask": [{"question": "…", "text": "…", "codes": [{"code": "gen.fever", "type": "bool", "text": "…"}]}]}
in   {"id": "x", "answers": {"gen.fever": true, "gen.temp": 38.7, "gen.course": null}}      null is "vet inte"
out  {"id": "x", "result": {"urgency": 3, "contact_reason": "halsont", "outcome": "contact", "rules": [], "asked": []}}

sex is female, male or unknown; writer is self, parent or relative; age and sex are the patient's. "at" in start (ISO
time) says what day "sen i måndags" is counted from. An error is a line with "error", and the interview goes on."""
_MATCH = """\
Read texts, a JSON object a line on standard input and output.

in   {"id": "x", "text": "ont i halsen och feber"}
out  {"id": "x", "language": "sv", "reasons": [{"id": "halsont", "score": 0.3}], "red_flags": [], "alarm": false}

alarm is true when a finding of level 1 or 2 is heard."""


class Start(msgspec.Struct):
    """The first line of an interview. `at` says what day "sen i måndags" is counted from; the rules know no clock."""

    age_years: float
    sex: Sex = "unknown"
    writer: Writer = "self"
    text: str = ""
    at: str = ""


class InterviewLine(msgspec.Struct):
    """One line to `linjen triage interview`: a start or answers."""

    id: str
    start: Start | None = None
    answers: dict[str, Any] | None = None


class MatchLine(msgspec.Struct):
    """One line to `linjen triage match`."""

    id: str
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `interview`, `match`, `check`, `evaluate`, `diff`, `replay`, `release`, `run` and `releases`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    interview = actions.add_parser(
        "interview", help="hold interviews over JSON Lines", description=_INTERVIEW, formatter_class=_Lines
    )
    interview.set_defaults(run=lambda _: _stream(Interviews(load()).lines))
    match = actions.add_parser(
        "match", help="read contact reasons and warning signs out of texts, JSON Lines", description=_MATCH,
        formatter_class=_Lines,
    )  # fmt: skip
    match.set_defaults(run=lambda _: _stream(lambda line: [match_line(load(), line)]))
    checking = actions.add_parser("check", help="lint protocol files")
    checking.add_argument("folder", nargs="?", type=Path, default=FOLDER, metavar="DIR")
    checking.set_defaults(run=lambda arguments: run_check(arguments.folder))
    triage_evaluate.add_arguments(actions.add_parser("evaluate", help="measure the triage on vignettes"))
    triage_diff.add_arguments(actions.add_parser("diff", help="say in Swedish what differs between two versions"))
    triage_replay.add_arguments(actions.add_parser("replay", help="hold stored interviews again with another version"))
    triage_release.add_arguments(actions)


def run_check(folder: Path) -> int:
    """Print every fault as `file:line: reason`. Returns 1 when there is one, else 0."""
    if not folder.is_dir():
        print(f"{folder}:1: no such folder")
        return 1
    problems, vignettes = check_folder(folder), vignettes_beside(folder)
    if not problems and vignettes is not None:
        problems = rules_without_vignette(folder, vignettes)
    for problem in problems:
        print(f"{folder / problem.file}:{problem.line}: {problem.reason}")
    if not problems:
        print(f"{folder}: {len(list(folder.glob('*.yaml')))} files, no faults")
        print(sources_line(open_files(files_in(folder))))
    print(coverage(folder))
    if vignettes is None:
        print("no vignettes in or beside the folder: rules of level 1 were not held against vignettes")
    return 1 if problems else 0


def sources_line(opened: Opened) -> str:
    """How many rules rest on a source that was read, and how many on general medical knowledge alone."""
    counted = count_rules(opened)
    return f"{counted.rules} rules: {counted.read} with a source that was read, {counted.rules - counted.read} without"


def _stream(handle: Callable[[bytes], Iterable[dict[str, Any]]]) -> int:
    for line in sys.stdin.buffer:
        if line.strip():
            for out in handle(line):
                sys.stdout.buffer.write(_written(out) + b"\n")
            sys.stdout.buffer.flush()
    return 0


def _written(out: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(out)
    except UnicodeEncodeError:  # an id with half a sign of UTF-16: told as JSON can tell it
        return json.dumps(out).encode()


def match_line(protocols: Protocols, line: bytes) -> dict[str, Any]:
    """The answer to one line of `match`."""
    try:
        asked = msgspec.convert(_read_line(line), MatchLine)
    except _BAD_LINE as wrong:
        return _error(_id_of(line), "bad_line", why=str(wrong))
    reading = protocols.read(asked.text)
    return {
        "id": asked.id,
        "language": reading.language,
        "reasons": [{"id": id, "score": score} for id, score in reading.reasons[:MOST_CANDIDATES]],
        "red_flags": list(reading.red_flags),
        "alarm": reading.alarm,
    }


def _error(id: str, reason: str, **more: object) -> dict[str, Any]:
    return {"id": id, "error": {"reason": reason, **more}}


def _read_line(line: bytes) -> Any:
    """A line of JSON; of a number that JSON does not have (NaN, 1e999) one answer is refused and not the line."""
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        return json.loads(line)


def _id_of(line: bytes) -> str:
    try:
        found = _read_line(line)
    except _BAD_LINE:
        return ""
    return str(found.get("id", "")) if isinstance(found, dict) else ""


def _day_of(at: str) -> date | None:
    try:
        return datetime.fromisoformat(at).date()
    except ValueError:
        return None


class Interviews:
    """Many interviews at once, each by its id."""

    def __init__(self, protocols: Protocols) -> None:
        self.protocols = protocols
        self.states: dict[str, State] = {}

    def lines(self, line: bytes) -> Iterator[dict[str, Any]]:
        """What one line brings: errors first, then a page to answer or the result."""
        try:
            said = msgspec.convert(_read_line(line), InterviewLine)
        except _BAD_LINE as wrong:
            yield _error(_id_of(line), "bad_line", why=str(wrong))
            return
        if said.start is not None:
            yield from self._start(said.id, said.start)
        elif said.id not in self.states:
            yield _error(said.id, "unknown_interview")
        else:
            yield from self._answer(said.id, said.answers or {})

    def _start(self, id: str, start: Start) -> Iterator[dict[str, Any]]:
        if len(self.states) >= _MOST_OPEN:
            yield _error(id, "too_many_interviews")
            return
        try:
            on = _day_of(start.at)
            self.states[id] = begin(self.protocols, start.age_years, start.sex, start.writer, start.text, on=on)
        except Invalid as wrong:
            yield _error(id, wrong.reason)
            return
        yield self._turn(id)

    def _answer(self, id: str, answers: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Good answers are taken, each bad one gives an error line; what is still open is asked again."""
        good: dict[str, Value] = {}
        for code, value in answers.items():
            try:
                good[code] = checked(self.protocols, code, value)
            except Invalid as wrong:
                yield _error(id, wrong.reason, code=code)
        self.states[id] = answer(self.protocols, self.states[id], good)
        yield self._turn(id)

    def _turn(self, id: str) -> dict[str, Any]:
        state = self.states[id]
        page = next_page(self.protocols, state)
        if page is not None:
            return {"id": id, "ask": [page_out(page)]}
        del self.states[id]
        return {"id": id, "result": result_out(assess(self.protocols, state))}


def page_out(page: Page) -> dict[str, Any]:
    """A page as JSON; `question` is its id."""
    codes = []
    for asked in page.codes:
        code: dict[str, Any] = {"code": asked.code, "type": asked.type, "text": asked.text}
        if asked.type == "enum":
            code["values"] = [choice.value for choice in asked.values]
        codes.append(code)
    return {"question": page.id, "text": page.text, "codes": codes}


def result_out(result: Result) -> dict[str, Any]:
    """A result as JSON."""
    return {
        "urgency": result.urgency,
        "contact_reason": result.contact_reason,
        "candidates": list(result.candidates),
        "rules": [{"id": rule.id, "why": rule.why} for rule in result.rules],
        "outcome": result.outcome,
        "asked": list(result.asked),
        "protocol": result.protocol,
    }
