"""What the triage costs by itself: loading, memory, a text, a turn of the interview; each part in a fresh process.

`python -m linjen.bench.triage_costs PART` prints one JSON object. Computation is CPU time of the thread, since on a
shared machine the clock on the wall counts other people's work, too; the wall's figures stand beside it.
"""

from __future__ import annotations

import gc
import importlib
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

_ROUNDS = 4  # interviews of each contact reason
_TEXT_ROUNDS = 3


def measure_load(*, first: bool = False) -> dict[str, Any]:
    """Seconds until everything is ready for the first resident, from a fresh process; and what the modules took.

    The `first` start of an installation finds nothing kept of what is learned from the phrases.
    """
    began = time.perf_counter()
    library, matching = (
        importlib.import_module(f"linjen.triage.{name}") for name in ("content.library", "own_words.matching")
    )
    if first:
        for name in ("find_compiled", "keep_compiled"):
            setattr(matching, name, lambda *_: None)
    imported, cpu = time.perf_counter(), time.process_time()
    protocols = library.load()
    loaded = time.perf_counter()
    library.make_ready(protocols)
    ready = time.perf_counter()
    return {
        "import_s": imported - began, "load_protocols_s": loaded - imported, "load_lexicon_s": ready - loaded,
        "load_s": ready - imported, "load_cpu_s": time.process_time() - cpu, "reasons": len(protocols.reasons),
    }  # fmt: skip


def measure_memory(*, triage: bool) -> dict[str, Any]:
    """Proportional memory in kB of a process with the program's outer libraries, with or without the loaded triage."""
    for name in ("asyncpg", "litestar", "jinja2", "yaml", "csv", "dataclasses", "linjen.core.errors"):
        importlib.import_module(name)
    if triage:
        measure_load()
    gc.collect()
    found = {"kb": _memory_kb()}
    if triage:  # what the first thousand residents leave behind
        measure_texts()
        measure_turns(1)
        gc.collect()
        found["used_kb"] = _memory_kb()
    return found


def _memory_kb() -> int:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:")))


def _timed(cpu: list[float], wall: list[float], work: Callable[..., Any], *arguments: Any) -> Any:
    clock, began = time.thread_time_ns(), time.perf_counter_ns()
    result = work(*arguments)
    wall.append((time.perf_counter_ns() - began) / 1e6)
    cpu.append((time.thread_time_ns() - clock) / 1e6)
    return result


def _ready() -> Any:
    """The protocols, with everything loaded and the collector spared, as in the running program."""
    library = importlib.import_module("linjen.triage.content.library")
    protocols = library.make_ready(library.load())
    importlib.import_module("linjen.core.collector").spare_the_collector()
    return protocols


def measure_texts() -> dict[str, Any]:
    """`match`: from a text to its contact reasons and warning signs; every text is new to the process."""
    bench = importlib.import_module("linjen.bench.interviewees")
    protocols = _ready()
    cpu: list[float] = []
    wall: list[float] = []
    people = bench.interviewees(protocols, _TEXT_ROUNDS)
    for who in people:
        _timed(cpu, wall, protocols.read, who.text)
    longest = (" ".join(who.text for who in people))[:4_000]
    long: list[float] = []
    for _ in range(5):
        _timed(long, [], protocols.read, longest)
    letters = sorted(len(who.text) for who in people)
    return {"cpu": cpu, "wall": wall, "long": min(long), "letters": letters}


def measure_turns(rounds: int = _ROUNDS) -> dict[str, Any]:
    """A turn: one page's answers are taken and the next page is found. Also the next page alone, and the assessment."""
    people, triage = (importlib.import_module(name) for name in ("linjen.bench.interviewees", "linjen.triage"))
    protocols = _ready()
    figures: dict[str, list[float]] = {name: [] for name in ("cpu", "wall", "page", "assess", "pages")}

    def turn(now: Any, given: Any) -> Any:
        after = triage.answer(protocols, now, given)
        triage.next_page(protocols, after)
        return after

    for who in people.interviewees(protocols, rounds):
        chance = random.Random(who.number)
        state, pages = people.begun(protocols, who), 0
        while page := _timed(figures["page"], [], triage.next_page, protocols, state):
            state = _timed(figures["cpu"], figures["wall"], turn, state, people.replies(chance, page))
            _timed(figures["assess"], [], triage.assess, protocols, state)
            pages += 1
        figures["pages"].append(pages)
    return figures


_PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "load": measure_load,
    "load_first": lambda: measure_load(first=True),
    "memory_without": lambda: measure_memory(triage=False),
    "memory_with": lambda: measure_memory(triage=True),
    "texts": measure_texts,
    "turns": measure_turns,
}


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(_PARTS[sys.argv[1]]()))
