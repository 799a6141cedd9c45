"""Sms som inte kom fram: the unit's list, and what somebody does about each of them (H08)."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.waiting.ledger import has_ledger
from linjen.core import clock
from linjen.core.errors import NotFound
from linjen.notices.failed import FailedSms, list_failed, settle_sms
from linjen.web.clinic.case.case_head import moment
from linjen.web.clinic.talk.notices_in_words import reason_words
from linjen.web.clinic.waiting.views import views_here
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.listed_names import listed_name
from linjen.web.routing import get_page, post_page


@get_page("/clinic/sms", verb="failed_sms", who="staff")
async def show_failed(exchange: Exchange) -> Response[Any]:
    """The list, the oldest first. 404 for who does not work with cases here."""
    async with exchange.site.database.transaction() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("ledger")
        rows = [_row(exchange, one) for one in await list_failed(db, exchange.by)]
        views = await views_here(db, exchange, "failed_sms")
    return exchange.page("clinic/alarms/failed_sms.html", views=views, rows=rows)


@post_page("/clinic/cases/{case_id:str}/sms/{sms_id:str}/settlings", verb="settle_sms", who="staff")
async def settle(exchange: Exchange) -> Response[Any]:
    """Back to the list, without that one."""
    async with exchange.site.database.transaction() as db:
        how = exchange.text_of("how", longest=10)
        await settle_sms(db, exchange.by, exchange.id_of("case_id"), exchange.id_of("sms_id"), how)
    return exchange.redirect("/clinic/sms")


def _row(exchange: Exchange, one: FailedSms) -> dict[str, Any]:
    told = one.told_protected
    holder = exchange.say("notices.failed.holder", name=one.holder) if one.holder else ""
    return {
        "href": f"/clinic/cases/{one.case_id}", "settle": f"/clinic/cases/{one.case_id}/sms/{one.id}/settlings",
        "id": str(one.id), "name": listed_name(exchange, one.name, one.protected),
        "age": age_words(one.birth_on, clock.now()),
        "state": exchange.say(f"notices.failed.{one.state}"), "is_uncertain": one.state == "uncertain",
        "kind": exchange.say(f"notices.kinds.{one.kind}"), "why": reason_words(exchange, one.reason),
        "may_send": exchange.site.sms is not None and told == "no",
        "do": "" if told == "no" else exchange.say(f"notices.failed.do.{told}"),
        "is_failing": one.is_failing and told == "no", "at": moment(exchange, one.at),
        "holder": holder or exchange.say("notices.failed.nobody"),
    }  # fmt: skip


ROUTES = [show_failed, settle]
