"""Vårdenheter: the units that somebody administers, with hours, staffing, today's opening and closures."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.waiting.deadlines import may_set_deadlines
from linjen.cases.waiting.load import may_see_load
from linjen.cases.waiting.sharing import may_share
from linjen.core import clock
from linjen.core.phone import display_phone
from linjen.units.chat_limit import MOST, chat_limit, may_limit
from linjen.units.managed import ManagedUnit, list_managed_units, see_managed_unit
from linjen.units.own_sms import may_decide_own, may_write_own
from linjen.units.referrals import may_keep_referrals
from linjen.units.reply_days import may_set_reply_days, reply_days
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page
from linjen.web.unit_words import closure_in_words, day_in_words, today_words, week_in_words


@get_page("/manage/units", verb="see_unit", who="staff")
async def show_units(exchange: Exchange) -> Response[Any]:
    """Her units; 404 for who administers none."""
    return await noting_refusals(exchange, "see_unit", lambda: _units(exchange))


async def _units(exchange: Exchange) -> Response[Any]:
    at = clock.now()
    async with exchange.site.database.transaction() as db:
        units = await list_managed_units(db, exchange.by)
    rows = [{"unit": unit, "today": day_in_words(exchange, unit.schedule, clock.local_date(at)),
             "now": today_words(exchange, unit, at)} for unit in units]  # fmt: skip
    return await manage_page(exchange, "manage/units.html", rows=rows)


@get_page("/manage/units/{unit_id:str}", verb="see_unit", who="staff")
async def show_unit(exchange: Exchange) -> Response[Any]:
    """One unit; 404 for who does not administer it."""
    return await noting_refusals(exchange, "see_unit", lambda: _unit(exchange))


async def _unit(exchange: Exchange) -> Response[Any]:
    at = clock.now()
    async with exchange.site.database.transaction() as db:
        unit = await see_managed_unit(db, exchange.by, exchange.id_of("unit_id"), at)
        keeps = await may_keep_referrals(db, exchange.by, unit.id)
        own_sms, decides = await may_write_own(db, unit.id), await may_decide_own(db, exchange.by, unit.id)
        sees = await may_see_load(db, exchange.by, unit.id)
        chats, limits = await chat_limit(db, unit.id), await may_limit(db, exchange.by, unit.id)
        days, sets_days = await reply_days(db, unit.id), await may_set_reply_days(db, exchange.by, unit.id)
        shares = await may_share(db, exchange.by, unit.id)
        deadlines = await may_set_deadlines(db, exchange.by, unit.id)
    today = clock.local_date(at)
    return await manage_page(
        exchange, "manage/unit.html", unit=unit, now=today_words(exchange, unit, at), today_on=today,
        facts=_facts(exchange, unit), today=day_in_words(exchange, unit.schedule, today),
        week=week_in_words(exchange, unit.schedule, today),
        own_sms="yes" if own_sms else "no", decides_sms=decides, keeps_referrals=keeps,
        chats=str(chats), limits_chats=limits, sees_load=sees,
        reply_days=days, sets_reply_days=sets_days, shares_queues=shares, sets_deadlines=deadlines,
        chat_options=[{"value": str(number), "text": str(number)} for number in range(1, MOST + 1)],
        closures=[closure_in_words(exchange, one) for one in unit.closures],
    )  # fmt: skip


def _facts(exchange: Exchange, unit: ManagedUnit) -> list[dict[str, str]]:
    say = exchange.say
    takes = "yes" if unit.takes_residents else "no"
    facts = {
        "provider": unit.provider_name, "kind": say(f"manage.kind.{unit.kind}"), "hsa_id": unit.hsa_id,
        "phone": display_phone(unit.phone) if unit.phone else "", "takes": say(f"manage.units.takes_{takes}"),
    }  # fmt: skip
    return [{"name": say(f"manage.fact.{key}"), "value": value} for key, value in facts.items() if value]


ROUTES = [show_units, show_unit]
