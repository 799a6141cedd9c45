"""Larm: what the resident's words set off, and the staff's word on whether that was right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response

from linjen.cases.alarms import VERDICTS, Alarm, judge_alarm
from linjen.core.errors import Invalid
from linjen.triage.vocabulary import vocabulary
from linjen.web.clinic.case_head import moment
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


def alarms_in_words(exchange: Exchange, alarms: Sequence[Alarm]) -> list[dict[str, Any]]:
    """Each sign by its name, with the words that hit, where and when they were written, and what staff have said."""
    signs = vocabulary().findings
    return [
        {"id": str(one.id), "name": signs[one.code].name if one.code in signs else one.code, "quote": one.quote,
         "level": one.level, "verdict": one.verdict or "", "at": moment(exchange, one.heard_at),
         "where": exchange.say("clinic.alarms.in_chat" if one.in_chat else "clinic.alarms.at_start")}
        for one in reversed(alarms)
    ]  # fmt: skip


@post_page("/clinic/cases/{case_id:str}/alarms/{alarm_id:str}/verdicts", verb="judge_triage", who="staff")
async def judge(exchange: Exchange) -> Response[Any]:
    """Rätt or Fel; the same page again, at the alarm."""
    case_id, alarm_id = exchange.id_of("case_id"), exchange.id_of("alarm_id")
    verdict = exchange.text_of("verdict", longest=10)
    if verdict not in VERDICTS:
        raise Invalid("unknown_verdict", "verdict")
    async with exchange.site.database.transaction() as db:
        await judge_alarm(db, exchange.by, case_id, alarm_id, verdict)
    return exchange.redirect(f"/clinic/cases/{case_id}#alarm-{alarm_id}")


ROUTES = [judge]
