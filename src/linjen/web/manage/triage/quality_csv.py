"""Triagens kvalitet as a file: a row a figure, hidden as on the page, as Swedish Excel opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from linjen.cases.afterwards.quality_figures import Quality, Rate
from linjen.cases.levels import LEVELS
from linjen.core.small_numbers import Figure
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.quality_words import ENDS, number_words, percent, sign_words, step_words

_HEAD = (
    "Enhet", "Kontaktorsak", "Månader", "Avsnitt", "Mått", "Triagens nivå", "Personalens nivå", "Antal", "Av",
    "Procent", "Lägst procent", "Högst procent",
)  # fmt: skip
#: What a spreadsheet would take for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = tuple[str, str, str, str, str, str, str, str, str]


def as_csv(exchange: Exchange, found: Quality, selected: tuple[str, str, str]) -> str:
    """The figures with semicolons between and decimal commas; `selected` (unit, reason, months) stands in every row."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEAD)
    for row in _rows(exchange, found):
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in (*selected, *row)])
    return file.getvalue()


def _rows(exchange: Exchange, found: Quality) -> Iterator[Row]:
    yield from _levels(exchange, found)
    say = exchange.say
    yield _rate(exchange, "manage.quality.self_care", "came_back", found.came_back)
    title = say("manage.quality.interview.title")
    yield _count(exchange, title, say("manage.quality.interview.title"), found.interviews)
    for name, number in (("median", found.median), ("most", found.most)):
        words = say("manage.quality.silent") if number is None else str(number)
        yield title, say(f"manage.quality.interview.{name}"), "", "", words, "", "", "", ""
    yield _rate(exchange, "manage.quality.interview", "finished", found.finished)
    for name in ENDS if found.ends else ():
        yield _count(exchange, title, say(f"manage.quality.interview.{name}"), found.ends[name])
    for step, figure in found.steps.items():
        yield _count(exchange, say("manage.quality.interview.left_title"), step_words(exchange, step), figure)
    yield from _alarms(exchange, found)


def _levels(exchange: Exchange, found: Quality) -> Iterator[Row]:
    title = exchange.say("manage.quality.levels.title")
    yield _count(exchange, title, exchange.say("manage.quality.levels.judged"), found.judged)
    for name, rate in found.verdicts.items():
        yield _rate(exchange, "manage.quality.levels", name, rate)
    for row in found.rows:
        sides = [*zip(map(str, LEVELS), row.cells, strict=True),
                 (exchange.say("manage.quality.levels.unsaid"), row.unsaid),
                 (exchange.say("manage.quality.levels.sum"), row.total)]  # fmt: skip
        for staff, figure in sides:
            measure = exchange.say("manage.quality.levels.table")
            yield title, measure, str(row.level), staff, _plain(exchange, figure), "", "", "", ""


def _alarms(exchange: Exchange, found: Quality) -> Iterator[Row]:
    say = exchange.say
    yield _rate(exchange, "manage.quality.alarms", "right_rate", found.alarms_right)
    for row in found.alarms:
        for name, figure in (("hits", row.hits), ("right", row.right), ("wrong", row.wrong), ("open", row.open)):
            yield _count(exchange, say(f"manage.quality.alarms.{name}"), sign_words(exchange, row.code), figure)


def _rate(exchange: Exchange, area: str, name: str, rate: Rate) -> Row:
    shares = ("", "", "")
    if rate.share is not None and rate.share.of:
        shares = (percent(rate.share.part, 1), percent(rate.share.low, 1), percent(rate.share.high, 1))
    numbers = (_plain(exchange, rate.hits), _plain(exchange, rate.of))
    return (exchange.say(f"{area}.title"), exchange.say(f"{area}.{name}"), "", "", *numbers, *shares)


def _count(exchange: Exchange, title: str, measure: str, figure: Figure) -> Row:
    return title, measure, "", "", _plain(exchange, figure), "", "", "", ""


def _plain(exchange: Exchange, figure: Figure) -> str:
    """A number that a spreadsheet can add up, or the words for what is hidden."""
    return number_words(exchange, figure) if figure.value is None else str(figure.value)
