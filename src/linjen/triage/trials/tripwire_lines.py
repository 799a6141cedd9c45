"""How well the tripwire hears: lines that hold a warning sign, and lines that hold none though they sound like it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from linjen.core.errors import Invalid
from linjen.triage.content.library import Protocols
from linjen.triage.trials.evaluation import Measure
from linjen.triage.trials.wilson import wilson

HEARD, FALSE = 0.95, 0.05  # the goals


def read_lines(raw: bytes) -> list[str]:
    """The texts of a table with tabs whose first column is `text`. Raises Invalid("bad_vignette", line, why)."""
    rows = raw.decode("utf-8-sig", errors="replace").splitlines()
    if not rows or rows[0].split("\t")[0].strip() != "text":
        raise Invalid("bad_vignette", line=1, why="the first column is not called text")
    return [text for row in rows[1:] if (text := row.split("\t")[0].strip())]


def tripwire_measures(protocols: Protocols, grave: Sequence[str], ordinary: Sequence[str]) -> list[Measure]:
    """Alarms of level 1–2 among lines that should alarm, and among those that should not."""
    heard, false = wilson(_alarms(protocols, grave), len(grave)), wilson(_alarms(protocols, ordinary), len(ordinary))
    return [
        Measure("tripwire, lines heard", "a finding of level 1–2 is heard", f"≥ {HEARD * 100:g} %", heard,
                heard.part >= HEARD if grave else None),
        Measure("tripwire, false alarms", "heard where there is none", f"≤ {FALSE * 100:g} %", false,
                false.part <= FALSE if ordinary else None),
    ]  # fmt: skip


def _alarms(protocols: Protocols, lines: Iterable[str]) -> int:
    return sum(protocols.read(line).alarm for line in lines)
