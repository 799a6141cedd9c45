"""Larm: what the resident's words set off, and the staff's word on whether that was right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.alarms.alarms import VERDICTS, Alarm, judge_alarm, list_unanswered
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.triage.own_words.tripwire import ALARM_LEVELS
from linjen.triage.own_words.unheard import UNHEARD
from linjen.web.clinic.case.case_head import moment
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page
from linjen.web.sign_names import sign_name

#: Quotes above the talk; every one stands in the list of alarms.
_MOST = 3


def alarms_in_words(exchange: Exchange, alarms: Sequence[Alarm]) -> list[dict[str, Any]]:
    """Each sign by its name, with the words that hit, where and when they were written, and what staff have said."""
    say = exchange.say
    return [
        {"id": str(one.id), "name": sign_name(one.code), "quote": one.quote, "level": one.level,
         "verdict": one.verdict or "", "at": moment(exchange, one.heard_at), "late": one.late,
         "where": say("clinic.alarms.in_chat" if one.in_chat else "clinic.alarms.at_start"),
         "answer": say(f"clinic.alarms.answer_{one.answer}") if one.answer else _unanswered(exchange, one)}
        for one in sorted(alarms, key=lambda one: (-one.heard_at.timestamp(), one.level or 9))
    ]  # fmt: skip


def _unanswered(exchange: Exchange, one: Alarm) -> str:
    return exchange.say("clinic.alarms.no_answer") if one.in_chat and one.code not in UNHEARD else ""


async def read_urgent(db: Connection, exchange: Exchange, case_id: UUID) -> Sequence[str]:
    """Her words that wait for an answer and are of level 1 or 2, or that no machine has read; the most urgent first."""
    heard = await list_unanswered(db, exchange.site.sealer, case_id)
    urgent = [one.quote for one in heard if one.verdict is None and (one.level in ALARM_LEVELS or one.code in UNHEARD)]
    whole = [one for one in dict.fromkeys(urgent) if not any(one in other and one != other for other in urgent)]
    return whole[:_MOST]


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
