"""The process that tries versions beside the server: checks their files, holds vignettes and stored interviews.

Started by `triage/trials/trying.py`. A request on standard input and its reply on standard output are MessagePack
behind four bytes with its length. Versions are sent once and named by their hash. It gives way to everybody who writes.
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Mapping
from typing import BinaryIO

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.checking.lint import check_files
from linjen.triage.checking.lint_file import Problem
from linjen.triage.content.library import Protocols, compile_files
from linjen.triage.content.vignettes import all_vignettes
from linjen.triage.state import State, Value
from linjen.triage.trials.replay import replay
from linjen.triage.trials.trial import Difference, Ended, Readings, concerned, difference_of, hold

_LENGTH = 4
_KEPT = 3


class Keep(msgspec.Struct, tag=True, frozen=True):
    """A version's files, to be named by their hash from now on."""

    sha256: str
    files: dict[str, bytes]


class Check(msgspec.Struct, tag=True, frozen=True):
    """What the linter says of a version."""

    sha256: str


class Concerned(msgspec.Struct, tag=True, frozen=True):
    """Which vignettes these contact reasons can take part in."""

    before: str
    after: str
    reasons: list[str]


class Try(msgspec.Struct, tag=True, frozen=True):
    """Hold these vignettes with both versions."""

    before: str
    after: str
    ids: list[str]


class Stored(msgspec.Struct, frozen=True):
    """A stored interview: its state, and every answer that was ever given in it."""

    state: State
    said: dict[str, Value]


class Replay(msgspec.Struct, tag=True, frozen=True):
    """Hold stored interviews again with a version."""

    sha256: str
    interviews: list[Stored]


class Unknown(msgspec.Struct, tag=True, frozen=True):
    """The reply to a hash that is not kept here: send the files."""

    sha256: str


class Reply(msgspec.Struct, tag=True, frozen=True, omit_defaults=True):
    """The reply to everything else; `unusable` says why a version cannot be tried."""

    problems: list[Problem] = []
    ids: list[str] = []
    differences: list[Difference] = []
    ended: list[Ended] = []
    unusable: str = ""


Request = Keep | Check | Concerned | Try | Replay


class _Missing(Exception):
    def __init__(self, sha256: str) -> None:
        super().__init__(sha256)
        self.sha256 = sha256


class Trying:
    """The versions that are kept, and how their vignettes ended."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, Mapping[str, bytes]] = OrderedDict()
        self._readings = Readings()
        self._compiled: dict[str, Protocols] = {}
        self._ended: dict[str, dict[tuple[str, bool], Ended]] = {}

    def reply(self, request: Request) -> Reply | Unknown:
        """Do what is asked."""
        try:
            return self._reply(request)
        except _Missing as missing:
            return Unknown(missing.sha256)
        except Invalid as wrong:
            return Reply(unusable=str(wrong.detail.get("why", wrong.reason)))

    def _reply(self, request: Request) -> Reply:
        match request:
            case Keep():
                self._keep(request)
                return Reply()
            case Check():
                return Reply(problems=check_files(self._files_of(request.sha256)))
            case Concerned():
                return Reply(ids=self._concerned(request))
            case Try():
                return Reply(differences=[one for id in request.ids for one in self._tried(request, id)])
            case Replay():
                protocols = self._protocols(request.sha256)
                return Reply(ended=[_ended(protocols, one) for one in request.interviews])

    def _keep(self, request: Keep) -> None:
        self._files[request.sha256] = request.files
        while len(self._files) > _KEPT:
            gone, _ = self._files.popitem(last=False)
            self._compiled.pop(gone, None)
            self._ended.pop(gone, None)

    def _files_of(self, sha256: str) -> Mapping[str, bytes]:
        if sha256 not in self._files:
            raise _Missing(sha256)
        self._files.move_to_end(sha256)
        return self._files[sha256]

    def _protocols(self, sha256: str) -> Protocols:
        files = self._files_of(sha256)
        if sha256 not in self._compiled:
            self._compiled[sha256] = self._readings.remembering(compile_files(files))
        return self._compiled[sha256]

    def _concerned(self, request: Concerned) -> list[str]:
        versions = [self._protocols(sha256) for sha256 in (request.before, request.after)]
        return concerned(self._readings, versions, request.reasons)

    def _tried(self, request: Try, id: str) -> list[Difference]:
        one = all_vignettes()[id]
        found = []
        for chosen in (False, True):
            before, after = (self._hold(sha256, id, chosen=chosen) for sha256 in (request.before, request.after))
            different = difference_of(one, before, after, chosen=chosen)
            if different is not None:
                found.append(different)
        return found

    def _hold(self, sha256: str, id: str, *, chosen: bool) -> Ended:
        protocols, ended = self._protocols(sha256), self._ended.setdefault(sha256, {})
        if (id, chosen) not in ended:
            ended[id, chosen] = hold(protocols, all_vignettes()[id], chosen=chosen)
        return ended[id, chosen]


def _ended(protocols: Protocols, one: Stored) -> Ended:
    again = replay(protocols, one.state, one.said)
    return Ended(again.result.urgency, again.result.contact_reason, again.questions)


def read_message(stream: BinaryIO) -> bytes:
    """The next message; empty at the end."""
    length = stream.read(_LENGTH)
    return stream.read(int.from_bytes(length, "big")) if len(length) == _LENGTH else b""


def framed(message: bytes) -> bytes:
    """A message with its length before it."""
    return len(message).to_bytes(_LENGTH, "big") + message


def main() -> None:
    """Answer until standard input ends."""
    os.nice(int(sys.argv[2]))
    trying, out = Trying(), sys.stdout.buffer
    while message := read_message(sys.stdin.buffer):
        request = msgspec.msgpack.decode(message, type=Request)
        out.write(framed(msgspec.msgpack.encode(trying.reply(request))))
        out.flush()
