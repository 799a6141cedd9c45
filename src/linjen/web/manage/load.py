"""Belastning: how a unit stands now, how much it bears, and the alarms that it has had."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.waiting.answer_times import SHARE, find_usual
from linjen.cases.waiting.boards import read_standing
from linjen.cases.waiting.forecast import read_forecast
from linjen.cases.waiting.load import Load, LoadAlarm, list_load_alarms, see_load
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.swedish import moment_words
from linjen.records.promise import Kept, read_kept
from linjen.units.managed import see_managed_unit
from linjen.units.schedule import Schedule
from linjen.web.exchange import Exchange
from linjen.web.manage.forecast import forecast_in_words
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.manage.lengths import length_words
from linjen.web.routing import get_page


@get_page("/manage/units/{unit_id:str}/load", verb="see_load", who="staff")
async def show_load(exchange: Exchange) -> Response[Any]:
    """The unit's load; 404 for who neither leads nor configures it."""
    return await noting_refusals(exchange, "see_load", lambda: _page(exchange))


async def _page(exchange: Exchange) -> Response[Any]:
    at, unit_id = clock.now(), exchange.id_of("unit_id")
    async with exchange.site.database.transaction() as db:
        live = (await read_standing(db, [exchange.by.person_id])).get(exchange.by.person_id, "")
        load = await see_load(db, exchange.by, unit_id, at)
        unit = await see_managed_unit(db, exchange.by, unit_id, at)
        alarms = await list_load_alarms(db, unit_id)
        forecast = await read_forecast(db, unit_id, unit.schedule, at)
        promises = await _promises(db, exchange, unit.schedule, unit_id)
    limits = {"waiting": str(load.waiting_limit), "late": str(load.late_limit)}
    return await manage_page(
        exchange, "manage/load.html", unit=unit, now=_now(exchange, load), limits=limits,
        stands=any(one.ended_at is None for one in alarms), alarms=[_row(exchange, one) for one in alarms],
        live=live,
        promises=promises, forecast=forecast_in_words(exchange, forecast),
    )  # fmt: skip


async def _promises(db: Connection, exchange: Exchange, schedule: Schedule, unit_id: UUID) -> list[dict[str, str]]:
    """Of each level what residents are told now, from which answers, and how often it has held for four weeks."""
    at, say, names = clock.now(), exchange.say, {"share": SHARE}
    kept = await read_kept(db, unit_id, at)
    rows = []
    for level in range(1, 6):
        usual = await find_usual(exchange.site.database, db, schedule, unit_id, level, at)
        one = kept.get(level, Kept(0, 0))
        rows.append({
            "level": f"{level} {say(f'urgency.{level}')}",
            "within": say("load.promise.within", time=length_words(exchange, usual.minutes), count=usual.count, **names)
            if usual else say("load.promise.too_few"),
            "kept": say("load.promise.kept", held=one.held, count=one.count) if one.count else say("load.promise.none"),
        })  # fmt: skip
    return rows


def _now(exchange: Exchange, load: Load) -> list[dict[str, str]]:
    return [
        {"name": exchange.say(f"load.{name}"), "value": exchange.say("load.of", count=count, limit=limit)}
        for name, count, limit in (
            ("waiting", load.waiting, load.waiting_limit), ("late", load.late, load.late_limit),
        )
    ]  # fmt: skip


def _row(exchange: Exchange, one: LoadAlarm) -> dict[str, str]:
    at = clock.now()
    return {
        "begun": moment_words(one.begun_at, at), "ended": moment_words(one.ended_at, at) if one.ended_at else "",
        "waiting": exchange.say("load.of", count=one.waiting, limit=one.waiting_limit),
        "late": exchange.say("load.of", count=one.late, limit=one.late_limit), "seen_by": ", ".join(one.seen_by),
    }  # fmt: skip


ROUTES = [show_load]
