"""Figures of the triage's quality in words: what is hidden says so, shares have their interval and what they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from linjen.cases.afterwards.quality_figures import STEPS, AlarmRow, LevelRow, Quality, Rate
from linjen.cases.levels import LEVELS
from linjen.core.small_numbers import Figure
from linjen.web.exchange import Exchange
from linjen.web.sign_names import sign_name

#: How an interview can end, in the order that it is told.
ENDS = ("sent", "self_care", "emergency", "left")
#: From so many on a share has a decimal: before, it would say more than is known.
_MANY = 200

Words = dict[str, Any]


def number_words(exchange: Exchange, figure: Figure) -> str:
    """A figure for the middle of a text: '1 234', or that it is few or held back."""
    if figure.value is None:
        return exchange.say("manage.quality.few" if figure.few else "manage.quality.silent")
    return f"{figure.value:,}".replace(",", "\u00a0")


def _cell(exchange: Exchange, figure: Figure, tone: str = "") -> Words:
    """A figure for a cell: short for eyes, in whole words for ears."""
    kind = "" if figure.value is not None else "few" if figure.few else "silent"
    words = number_words(exchange, figure)
    short = exchange.say(f"manage.quality.{kind}_short") if kind else words
    return {"short": short, "words": words if kind else "", "tone": tone if figure.value != 0 else ""}


def _rate(exchange: Exchange, rate: Rate, area: str, name: str) -> Words:
    """A share with its heading: '71 %', its interval, and of how many it is."""
    say = exchange.say
    words = {
        "title": say(f"manage.quality.{area}.{name}"), "name": name, "part": "", "interval": "", "bar": 0,
        "of": say("manage.quality.of", hits=number_words(exchange, rate.hits), of=number_words(exchange, rate.of),
                  what=say(f"manage.quality.{area}.what")),
    }  # fmt: skip
    if rate.of.value == 0:
        return words | {"of": say("manage.quality.nothing")}
    if any(figure.value is None and not figure.few for figure in (rate.hits, rate.of)):
        return words | {"of": say("manage.quality.held_back")}
    if rate.share is not None:
        digits = 1 if rate.share.of >= _MANY else 0
        low, high = percent(rate.share.low, digits), percent(rate.share.high, digits)
        words |= {
            "part": say("manage.quality.percent", part=percent(rate.share.part, digits)),
            "interval": say("manage.quality.interval", low=low, high=high), "bar": round(rate.share.part * 100),
        }  # fmt: skip
    return words


def percent(part: float, digits: int) -> str:
    """A part of 1 as Swedish percent without its sign: '7,9'."""
    return f"{part * 100:.{digits}f}".replace(".", ",")


def quality_in_words(exchange: Exchange, found: Quality) -> Words:
    """What manage/triage/quality.html draws."""
    return {
        "judged": number_words(exchange, found.judged), "any_unsaid": any(row.unsaid.value != 0 for row in found.rows),
        "verdicts": [_rate(exchange, rate, "levels", name) for name, rate in found.verdicts.items()],
        "table": [_level_row(exchange, row) for row in found.rows], "levels": LEVELS,
        "came_back": _rate(exchange, found.came_back, "self_care", "came_back"),
        "interviews": number_words(exchange, found.interviews), "median": found.median, "most": found.most,
        "finished": _rate(exchange, found.finished, "interview", "finished"),
        "ends": [(exchange.say(f"manage.quality.interview.{name}"), _cell(exchange, found.ends[name]))
                 for name in ENDS if found.ends],
        "steps": [(step_words(exchange, step), _cell(exchange, figure)) for step, figure in found.steps.items()],
        "alarms": [_alarm_row(exchange, row) for row in found.alarms],
        "alarms_right": _rate(exchange, found.alarms_right, "alarms", "right_rate"),
    }  # fmt: skip


def _level_row(exchange: Exchange, row: LevelRow) -> Words:
    tones = {level: "right" if level == row.level else "high" if level > row.level else "low" for level in LEVELS}
    cells = [_cell(exchange, figure, tones[level]) for level, figure in zip(LEVELS, row.cells, strict=True)]
    return {
        "level": row.level,
        "cells": cells,
        "unsaid": _cell(exchange, row.unsaid),
        "total": _cell(exchange, row.total),
    }


def _alarm_row(exchange: Exchange, row: AlarmRow) -> Words:
    figures: Mapping[str, Figure] = {"hits": row.hits, "right": row.right, "wrong": row.wrong, "open": row.open}
    return {"name": sign_words(exchange, row.code), **{name: _cell(exchange, one) for name, one in figures.items()}}


def sign_words(exchange: Exchange, code: str) -> str:
    """A warning sign's name; '' are those that are too few to stand alone."""
    return sign_name(code) if code else exchange.say("manage.quality.alarms.other")


def step_words(exchange: Exchange, step: str) -> str:
    """The name of a page of the intake."""
    return exchange.say(f"manage.quality.steps.{step if step in STEPS else 'other'}")


def definitions(exchange: Exchange) -> Sequence[tuple[str, str]]:
    """Each notion of the page with how it is counted."""
    names = ("month", "right", "interval", "came_back", "questions", "finished", "alarms", "few")
    say = exchange.say
    return [
        (say(f"manage.quality.definitions.{name}_name"), say(f"manage.quality.definitions.{name}")) for name in names
    ]
