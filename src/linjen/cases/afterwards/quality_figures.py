"""Triagens kvalitet i siffror: from counts to what may be shown; small numbers are hidden before any page has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from linjen.cases.afterwards.triage_verdict import VERDICTS
from linjen.cases.levels import LEVELS
from linjen.core.small_numbers import FEWEST, Figure, Sum, protect
from linjen.triage.trials.wilson import Share, wilson

#: The pages of the intake in order: where people leave is told along it.
STEPS = (
    "patient", "unit", "consent", "fee", "words", "reasons", "questions", "self_care", "form", "pictures", "extra",
    "check",
)  # fmt: skip

#: So many warning signs stand alone, those with the most hits; the others are one row.
_MOST_SIGNS = 20


class Counts(msgspec.Struct, kw_only=True):
    """What was counted in a selection.

    `judged` is by (the triage's level, staff's level or None where it was not said, verdict); `questions` how many
    interviews had so many; `steps` drafts left by page; `alarms` by (code, verdict or '').
    """

    judged: dict[tuple[int, int | None, str], int] = {}
    questions: dict[int, int] = {}
    sent: int = 0
    self_care: int = 0
    emergency: int = 0
    steps: dict[str, int] = {}
    came_back: int = 0
    stayed: int = 0
    alarms: dict[tuple[str, str], int] = {}


class Rate(msgspec.Struct, frozen=True):
    """So many of so many, and their share with its interval when nobody is given away by it."""

    hits: Figure
    of: Figure
    share: Share | None


class LevelRow(msgspec.Struct, frozen=True):
    """Cases that the triage put at `level`: by staff's level 1-5, with a level that was not said, and all of them."""

    level: int
    cells: tuple[Figure, ...]
    unsaid: Figure
    total: Figure


class AlarmRow(msgspec.Struct, frozen=True):
    """Hits of one warning sign; `code` is '' for those that are too few to stand alone."""

    code: str
    hits: Figure
    right: Figure
    wrong: Figure
    open: Figure


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """All that a page shows of a selection. `median` and `most`: half and 95 % of interviews had no more questions.

    Of fewer than 5 people only that they are few is shown: then `verdicts`, `rows`, `ends` and `steps` are empty.
    """

    judged: Figure
    verdicts: dict[str, Rate]
    rows: tuple[LevelRow, ...]
    came_back: Rate
    interviews: Figure
    median: int | None
    most: int | None
    ends: dict[str, Figure]
    finished: Rate
    steps: dict[str, Figure]
    alarms: tuple[AlarmRow, ...]
    alarms_right: Rate


def as_shown(counts: Counts) -> Quality:
    """What may be shown of the counts."""
    verdicts = _verdicts(counts)
    judged = verdicts["judged"]
    back = protect(
        {"came_back": counts.came_back, "stayed": counts.stayed, "settled": counts.came_back + counts.stayed},
        [Sum("settled", ("came_back", "stayed"))],
    )
    ends, steps = _ends(counts)
    alarms, alarms_right = _alarms(counts)
    asked = sum(counts.questions.values())
    enough = asked >= FEWEST
    return Quality(
        judged=judged, rows=() if judged.few else tuple(_row(verdicts, level) for level in LEVELS),
        verdicts={} if judged.few else {name: _rate(verdicts, name, "judged") for name in VERDICTS},
        came_back=_rate(back, "came_back", "settled"), interviews=protect({"n": asked})["n"],
        median=quantile(counts.questions, 0.5) if enough else None,
        most=quantile(counts.questions, 0.95) if enough else None,
        ends={} if ends["begun"].few else ends, finished=_rate(ends, "finished", "begun"),
        steps={} if ends["begun"].few else steps, alarms=alarms, alarms_right=alarms_right,
    )  # fmt: skip


def quantile(histogram: Mapping[int, int], part: float) -> int:
    """The smallest number that at least this part (0 to 1) of all does not exceed. Something must have been counted."""
    wanted, seen = part * sum(histogram.values()), 0
    for number in sorted(histogram):
        seen += histogram[number]
        if seen >= wanted:
            return number
    raise ValueError("nothing was counted")


def _rate(figures: Mapping[str, Figure], hits: str, of: str) -> Rate:
    some, all_of_them = figures[hits], figures[of]
    if some.value is None or all_of_them.value is None:
        return Rate(some, all_of_them, None)
    return Rate(some, all_of_them, wilson(some.value, all_of_them.value))


def _cell(level: int, right_level: int | None, verdict: str) -> str:
    return f"{level}.{right_level or verdict}"


def _verdicts(counts: Counts) -> dict[str, Figure]:
    """The confusion table with its sums: of each level, of each verdict, and of all."""
    kinds = {
        (level, other): "right" if other == level else "too_high" if other > level else "too_low"
        for level in LEVELS for other in LEVELS
    }  # fmt: skip
    values = {_cell(level, other, ""): 0 for level, other in kinds}
    values |= {_cell(level, None, kind): 0 for level in LEVELS for kind in ("too_high", "too_low")}
    for (level, other, verdict), count in counts.judged.items():
        values[_cell(level, other, verdict)] += count
    sums = []
    for level in LEVELS:
        unsaid = tuple(_cell(level, None, kind) for kind in ("too_high", "too_low"))
        sums.append(Sum(f"{level}.unsaid", unsaid))
        sums.append(Sum(f"{level}", (*(_cell(level, other, "") for other in LEVELS), f"{level}.unsaid")))
    for verdict in VERDICTS:
        cells = tuple(_cell(level, other, "") for (level, other), kind in kinds.items() if kind == verdict)
        unsaid = () if verdict == "right" else tuple(_cell(level, None, verdict) for level in LEVELS)
        sums.append(Sum(verdict, (*cells, *unsaid)))
    sums += [Sum("judged", VERDICTS), Sum("judged", tuple(map(str, LEVELS)))]
    return protect(_summed(values, sums), sums, ("judged", "too_low", "too_high", "right"))


def _summed(values: dict[str, int], sums: Sequence[Sum]) -> dict[str, int]:
    for line in sums:
        values[line.total] = sum(values[part] for part in line.parts)
    return values


def _row(figures: Mapping[str, Figure], level: int) -> LevelRow:
    """A level with fewer than 5 people has no cells to show: noughts beside one of them would say what all were."""
    total = figures[f"{level}"]
    names = [*(_cell(level, other, "") for other in LEVELS), f"{level}.unsaid"]
    *cells, unsaid = [Figure(None) if total.few else figures[name] for name in names]
    return LevelRow(level, tuple(cells), unsaid, total)


def _ends(counts: Counts) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """How interviews ended and, of those that were left, at which page."""
    steps = {f"at {step}": count for step, count in counts.steps.items()}
    values = {"sent": counts.sent, "self_care": counts.self_care, "emergency": counts.emergency, **steps}
    sums = [
        Sum("finished", ("sent", "self_care", "emergency")), Sum("left", tuple(steps)),
        Sum("begun", ("finished", "left")),
    ]  # fmt: skip
    shown = protect(_summed(values, sums), sums, ("begun", "finished", "left"))
    order = sorted(counts.steps, key=lambda step: STEPS.index(step) if step in STEPS else len(STEPS))
    return shown, {step: shown[f"at {step}"] for step in order}


def _alarms(counts: Counts) -> tuple[tuple[AlarmRow, ...], Rate]:
    """Hits by code with what staff said of them; codes with few hits are one row."""
    hits: dict[str, int] = {}
    for (code, _), count in counts.alarms.items():
        hits[code] = hits.get(code, 0) + count
    codes = [code for code in sorted(hits, key=lambda one: (-hits[one], one)) if hits[code] >= FEWEST][:_MOST_SIGNS]
    values: dict[str, int] = {}
    rows = [*codes, ""] if len(codes) < len(hits) else codes
    for code in rows:
        values |= {f"{verdict or 'open'} {code}": 0 for verdict in ("right", "wrong", "")}
    for (code, verdict), count in counts.alarms.items():
        values[f"{verdict or 'open'} {code if code in codes else ''}"] += count
    sums = [Sum(f"hits {code}", tuple(f"{kind} {code}" for kind in ("right", "wrong", "open"))) for code in rows]
    sums += [Sum(kind, tuple(f"{kind} {code}" for code in rows)) for kind in ("right", "wrong", "open")]
    sums.append(Sum("judged", ("right", "wrong")))
    shown = protect(_summed(values, sums), sums, ("judged", "right", "wrong"))
    return tuple(_alarm_row(shown, rows)), _rate(shown, "right", "judged")


def _alarm_row(shown: Mapping[str, Figure], codes: Iterable[str]) -> Iterable[AlarmRow]:
    for code in codes:
        yield AlarmRow(code, *(shown[f"{kind} {code}"] for kind in ("hits", "right", "wrong", "open")))
