"""Användare: the people with a role at the units that somebody administers, living assignments and ended ones."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core import clock
from linjen.core.swedish import date_words
from linjen.people.roster import Assigned, list_assigned
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page


@get_page("/manage/users", verb="see_staff", who="staff")
async def show_users(exchange: Exchange) -> Response[Any]:
    """Who has which role, since when and until when (F026, F029); 404 for who administers no users."""
    return await noting_refusals(exchange, "see_staff", lambda: _users(exchange))


async def _users(exchange: Exchange) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        found = await list_assigned(db, exchange.by)
    at = clock.now()
    living = [_row(exchange, one) for one in found if not one.has_ended(at)]
    ended = [_row(exchange, one) for one in found if one.has_ended(at)]
    return await manage_page(exchange, "manage/users.html", living=living, ended=ended)


def _row(exchange: Exchange, one: Assigned) -> dict[str, str]:
    return {
        "name": f"{one.given_name} {one.surname}", "title": one.title, "hsa_id": one.hsa_id, "unit": one.unit_name,
        "role": exchange.say(f"manage.role.{one.role}"), "from": date_words(clock.local_date(one.from_at)),
        "until": date_words(clock.local_date(one.ended_at)) if one.ended_at else exchange.say("manage.users.ongoing"),
        "note": "" if one.active else exchange.say("manage.users.inactive"),
    }  # fmt: skip


ROUTES = [show_users]
