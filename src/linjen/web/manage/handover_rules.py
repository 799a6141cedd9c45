"""Överlämningar: the administrator's page for what a hand-over must have, and how long it waits for one colleague."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core import clock
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.handover_rules import MOST, HandoverRules, find_handover_rules, set_handover_rules
from linjen.units.managed import may_at, see_managed_unit
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page


@get_page("/manage/units/{unit_id:str}/handovers", verb="set_handover_rules", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """The two rules; 404 for who does not decide them."""
    return await noting_refusals(exchange, "set_handover_rules", lambda: _page(exchange))


@post_page("/manage/units/{unit_id:str}/handovers", verb="set_handover_rules", who="staff")
async def decide(exchange: Exchange) -> Response[Any]:
    """Back to the page, which says that they are saved, what has to be changed, or what somebody else has chosen."""
    return await noting_refusals(exchange, "set_handover_rules", lambda: _decide(exchange))


async def _decide(exchange: Exchange) -> Response[Any]:
    unit_id, typed = exchange.id_of("unit_id"), exchange.text_of("minutes", longest=10).strip()
    new = HandoverRules(exchange.text_of("note", longest=5) == "yes", _number(typed))
    was = HandoverRules(
        exchange.text_of("was_note", longest=5) == "yes", _number(exchange.text_of("was_minutes", longest=10))
    )
    try:
        async with exchange.site.database.transaction() as db:
            await set_handover_rules(db, exchange.by, unit_id, new, was)
    except Invalid as error:
        told = exchange.say(f"manage.handover_rules.{error.reason}", most=MOST)
        return await _page(exchange, new, typed, {error.field: told})
    except Refused:
        return await _page(exchange, new, typed, stale=True)
    return exchange.redirect(f"/manage/units/{unit_id}/handovers?done=1")


def _number(text: str) -> int:
    """What was typed as a number; -1, which nobody can choose, for what is none."""
    return int(text) if text.isascii() and text.isdigit() else -1


async def _page(
    exchange: Exchange, new: HandoverRules | None = None, typed: str = "", error_of: dict[str, str] | None = None, *,
    stale: bool = False,
) -> Response[Any]:  # fmt: skip
    unit_id, errors = exchange.id_of("unit_id"), error_of or {}
    async with exchange.site.database.transaction() as db:
        if not await may_at(db, exchange.by, unit_id, "set_handover_rules"):
            raise NotFound("unit")
        unit = await see_managed_unit(db, exchange.by, unit_id, clock.now())
        was = await find_handover_rules(db, unit_id)
    return await manage_page(
        exchange, "manage/handover_rules.html", status=422 if errors else 409 if stale else 200, unit=unit, was=was,
        note="yes" if (new or was).note else "no", minutes=typed if new else str(was.minutes), most=MOST,
        error_of=errors, errors=[{"field": field, "text": text} for field, text in errors.items()], stale=stale,
        done="done" in exchange.request.query_params and not (errors or stale),
    )  # fmt: skip


ROUTES = [show, decide]
