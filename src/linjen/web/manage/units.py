"""Vårdenheter: the units that somebody administers, with hours, staffing, today's opening and closures."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core import clock
from linjen.core.phone import display_phone
from linjen.units.chat_limit import chat_limit
from linjen.units.managed import ManagedUnit, list_managed_units, may_at, see_managed_unit
from linjen.units.new_unit import list_waiting, may_open
from linjen.units.own_sms import may_write_own
from linjen.units.reply_days import reply_days
from linjen.units.shutting import find_shutting
from linjen.web.exchange import Exchange
from linjen.web.manage.chat_limit import chat_options
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.manage.hours_words import coming_in_words
from linjen.web.routing import get_page
from linjen.web.unit_words import closure_in_words, day_in_words, stops_in_words, today_words, week_in_words


@get_page("/manage/units", verb="see_unit", who="staff")
async def show_units(exchange: Exchange) -> Response[Any]:
    """Her units; 404 for who administers none."""
    return await noting_refusals(exchange, "see_unit", lambda: _units(exchange))


async def _units(exchange: Exchange) -> Response[Any]:
    at = clock.now()
    async with exchange.site.database.transaction() as db:
        units, opens = await list_managed_units(db, exchange.by), await may_open(db, exchange.by)
        waiting = await list_waiting(db, exchange.by) if opens else []
    rows = [{"unit": unit, "today": day_in_words(exchange, unit.schedule, clock.local_date(at)),
             "now": today_words(exchange, unit, at)} for unit in units]  # fmt: skip
    return await manage_page(exchange, "manage/units.html", rows=rows, opens=opens, waiting=waiting)


@get_page("/manage/units/{unit_id:str}", verb="see_unit", who="staff")
async def show_unit(exchange: Exchange) -> Response[Any]:
    """One unit; 404 for who does not administer it."""
    return await noting_refusals(exchange, "see_unit", lambda: _unit(exchange))


async def _unit(exchange: Exchange) -> Response[Any]:
    at = clock.now()
    async with exchange.site.database.transaction() as db:
        unit = await see_managed_unit(db, exchange.by, exchange.id_of("unit_id"), at)
        keeps = await may_at(db, exchange.by, unit.id, "keep_referrals")
        own_sms, decides = await may_write_own(db, unit.id), await may_at(db, exchange.by, unit.id, "allow_own_sms")
        sees = await may_at(db, exchange.by, unit.id, "see_load")
        chats, limits = await chat_limit(db, unit.id), await may_at(db, exchange.by, unit.id, "limit_chats")
        days, sets_days = await reply_days(db, unit.id), await may_at(db, exchange.by, unit.id, "set_reply_days")
        shares = await may_at(db, exchange.by, unit.id, "share_queues")
        deadlines = await may_at(db, exchange.by, unit.id, "set_deadlines")
        reviews = await may_at(db, exchange.by, unit.id, "review_openings")
        ratings = await may_at(db, exchange.by, unit.id, "see_ratings")
        message = await may_at(db, exchange.by, unit.id, "set_staff_message")
        prints = await may_at(db, exchange.by, unit.id, "print_ledger")
        shutting, shuts = await find_shutting(db, unit.id), await may_at(db, exchange.by, unit.id, "shut_unit")
        plans = await may_at(db, exchange.by, unit.id, "plan_closures")
        sets_hours = await may_at(db, exchange.by, unit.id, "set_hours")
        versions = await may_at(db, exchange.by, unit.id, "see_versions")
        handovers = await may_at(db, exchange.by, unit.id, "set_handover_rules")
    today, say = clock.local_date(at), exchange.say
    replies = say(f"manage.reply_days.is{f'_{days}' if days < 2 else ''}", days=days)
    return await manage_page(
        exchange, "manage/unit.html", unit=unit, now=today_words(exchange, unit, at), today_on=today,
        facts=_facts(exchange, unit), today=day_in_words(exchange, unit.schedule, today),
        week=week_in_words(exchange, unit.schedule, today), coming=coming_in_words(exchange, unit.schedule, today),
        own_sms="yes" if own_sms else "no", decides_sms=decides, keeps_referrals=keeps, replies=replies,
        decided=[{"name": say(title), "value": value} for title, value, hers in (
            ("manage.reply_days.title", replies, sets_days),
            ("next.limit.title", say("next.limit.is", most=chats), limits),
            ("manage.own_sms.title", say(f"manage.own_sms.{'yes' if own_sms else 'no'}"), decides),
        ) if not hers],
        chats=str(chats), limits_chats=limits, sees_load=sees,
        sets_reply_days=sets_days, shares_queues=shares, sets_deadlines=deadlines,
        sets_handovers=handovers, prints=prints, sets_message=message, sees_ratings=ratings,
        chat_options=chat_options(), sees_versions=versions, plans_closures=plans, reviews=reviews,
        sets_hours=sets_hours, shuts=shuts, stops=stops_in_words(exchange, shutting),
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
