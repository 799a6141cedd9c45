"""Triagens kvalitet: how often the level was right, who came back, where people leave; also as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response

from linjen.cases.afterwards.quality_figures import Quality
from linjen.cases.afterwards.triage_quality import SeenUnit, Selection, list_seen_units, months_back, read_quality
from linjen.core import clock
from linjen.core.errors import NotFound
from linjen.core.ids import parse_id
from linjen.core.swedish import month_words, sort_key
from linjen.triage.vocabulary import vocabulary
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.manage.triage.quality_csv import as_csv
from linjen.web.manage.triage.quality_words import definitions, quality_in_words
from linjen.web.routing import get_page

#: So many months can be chosen; without a choice they are shown together.
MONTHS = 12


class Look(msgspec.Struct, frozen=True):
    """One look at the figures: what may be chosen, what was, and what came of it."""

    units: Sequence[SeenUnit]
    months: Sequence[date]
    wanted: Selection
    found: Quality

    @property
    def unit_name(self) -> str:
        """The chosen unit's name, '' for all."""
        return next((unit.name for unit in self.units if unit.id == self.wanted.unit_id), "")


@get_page("/manage/triage-quality", verb="see_triage_quality", who="staff")
async def show_quality(exchange: Exchange) -> Response[Any]:
    """The page; 404 for who may see no unit's figures, or not those of the unit asked for."""
    return await noting_refusals(exchange, "see_triage_quality", lambda: _show(exchange))


@get_page("/manage/triage-quality/export", verb="export_triage_quality", who="staff")
async def export_quality(exchange: Exchange) -> Response[Any]:
    """The same figures as a file for a spreadsheet, with the same hiding."""
    return await noting_refusals(exchange, "export_triage_quality", lambda: _export(exchange))


async def _look(exchange: Exchange, verb: str) -> Look:
    months = months_back(clock.now(), MONTHS)
    async with exchange.site.database.transaction() as db:
        units = await list_seen_units(db, exchange.by, verb)
        wanted = _selection(exchange, months)
        return Look(units, months, wanted, await read_quality(db, exchange.by, verb, units, wanted))


def _selection(exchange: Exchange, months: Sequence[date]) -> Selection:
    """What the address asks for; NotFound for what cannot be chosen."""
    unit, reason, month = (exchange.request.query_params.get(name, "") for name in ("unit", "reason", "month"))
    by_value = {one.strftime("%Y-%m"): one for one in months}
    unit_id = parse_id(unit) if unit else None
    if (
        (unit and unit_id is None)
        or (reason and reason not in vocabulary().reasons)
        or (month and month not in by_value)
    ):
        raise NotFound("selection")
    first, last = (by_value[month], by_value[month]) if month else (months[-1], months[0])
    return Selection(unit_id=unit_id, reason=reason, first=first, last=last)


async def _show(exchange: Exchange) -> Response[Any]:
    look = await _look(exchange, "see_triage_quality")
    return await manage_page(
        exchange, "manage/triage/quality.html", choice=_choice(exchange, look), definitions=definitions(exchange),
        **quality_in_words(exchange, look.found),
    )  # fmt: skip


def _choice(exchange: Exchange, look: Look) -> dict[str, Any]:
    """The three choices of the form with what is chosen, and in words."""
    reasons = sorted(vocabulary().reasons.values(), key=lambda one: sort_key(one.name))
    wanted = look.wanted
    month = wanted.first.strftime("%Y-%m") if wanted.first == wanted.last else ""
    chosen = {"unit": str(wanted.unit_id or ""), "reason": wanted.reason, "month": month}
    return {
        "units": [{"value": str(unit.id), "text": unit.name} for unit in look.units],
        "reasons": [{"value": one.id, "text": one.name} for one in reasons],
        "months": [{"value": one.strftime("%Y-%m"), "text": month_words(one)} for one in look.months],
        **chosen, "words": [*_selected(exchange, look), _period(wanted)], "query": urlencode(chosen),
    }  # fmt: skip


def _selected(exchange: Exchange, look: Look) -> list[str]:
    reason = vocabulary().reasons[look.wanted.reason].name if look.wanted.reason else ""
    only = look.units[0].name if len(look.units) == 1 else exchange.say("manage.quality.all_units")
    return [look.unit_name or only, reason or exchange.say("manage.quality.all_reasons")]


def _period(wanted: Selection) -> str:
    if wanted.first == wanted.last:
        return month_words(wanted.first)
    return f"{month_words(wanted.first)}–{month_words(wanted.last)}"


async def _export(exchange: Exchange) -> Response[Any]:
    look = await _look(exchange, "export_triage_quality")
    unit, reason = _selected(exchange, look)
    text = as_csv(exchange, look.found, (unit, reason, _period(look.wanted)))
    name = f"triagens-kvalitet-{look.wanted.first:%Y-%m}--{look.wanted.last:%Y-%m}.csv"
    return Response(
        text.encode("utf-8-sig"), media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


ROUTES = [show_quality, export_quality]
