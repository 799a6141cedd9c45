"""Nytt Asynk: what it is about and for how many days, then the message, then it is sent (routine F045)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from linjen.access.access_log import log_refusal
from linjen.cases.begun_by_staff.outreach import ENTRIES, Outreach, begin_asynchronous, check_outreach, why_not
from linjen.cases.intake.send import ADMIN_PRIORITY
from linjen.cases.moves.asynchronous import MOST_DAYS
from linjen.cases.patients.patients import see_patient
from linjen.cases.talk.message import LONGEST
from linjen.core.errors import Invalid, Refused
from linjen.core.ids import new_id, parse_id
from linjen.web.clinic.patients.patients import patient_head
from linjen.web.exchange import Exchange
from linjen.web.numbers import whole_number
from linjen.web.routing import get_page, post_page

#: What the page suggests: a working week.
USUAL_DAYS = 7

_FIELDS = {"entry": "", "days": str(USUAL_DAYS), "level": str(ADMIN_PRIORITY), "hold": "me", "text": ""}


@get_page("/clinic/patients/{patient_id:str}/asynchronous", verb="begin_case", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The first of two pages: contact reason and days."""
    return await _page(exchange, _FIELDS, step="about")


@post_page("/clinic/patients/{patient_id:str}/asynchronous", verb="begin_case", who="staff")
async def go_on(exchange: Exchange) -> Response[Any]:
    """The page of the message, the case that was begun, or the page with what has to be changed."""
    fields = {name: exchange.text_of(name, longest=LONGEST + 1) for name in _FIELDS}
    step = exchange.text_of("do", longest=10)
    try:
        asked = _asked(fields)
        if step != "send":
            check_outreach(Outreach(entry=asked.entry, days=asked.days, level=asked.level, text="-"))
            return await _page(exchange, fields, step="about" if step == "back" else "message")
        case_id = parse_id(exchange.text_of("case_id")) or new_id()
        async with exchange.site.database.transaction() as db:
            patient_id = exchange.id_of("patient_id")
            await begin_asynchronous(db, exchange.site.sealer, exchange.by, patient_id, case_id, asked)
    except Invalid as error:
        told = {error.field: exchange.told(error, "outreach", most=MOST_DAYS, longest=LONGEST)}
        return await _page(exchange, fields, told, step="message" if error.field == "text" else "about")
    except Refused as error:
        await log_refusal(exchange.site.database, exchange.by, "begin_case", None, error.reason)
        return await _page(exchange, fields, step="refused", refusal=error.reason)
    return exchange.redirect(f"/clinic/cases/{case_id}")


def _asked(fields: Mapping[str, str]) -> Outreach:
    level = whole_number(fields["level"]) if fields["entry"] == "symptom" else ADMIN_PRIORITY
    return Outreach(
        entry=fields["entry"], days=whole_number(fields["days"]), text=fields["text"],
        to_queue=fields["hold"] == "queue", level=level,
    )  # fmt: skip


async def _page(
    exchange: Exchange, fields: Mapping[str, str], errors: Mapping[str, str] | None = None, *, step: str,
    refusal: str = "",
) -> Response[Any]:  # fmt: skip
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        patient = await see_patient(db, exchange.by, exchange.id_of("patient_id"), "begin_case")
    refusal = refusal or why_not(patient)
    return exchange.page(
        "clinic/begun_by_staff/outreach.html",
        status=409 if refusal else 422 if errors else 200, head=patient_head(exchange, patient),
        step="refused" if refusal else step, refusal=refusal, fields=fields, error_of=errors, longest=LONGEST,
        errors=[{"field": field, "text": text} for field, text in errors.items()],
        entries=[{"value": one, "text": exchange.say(f"outreach.entry.{one}")} for one in ENTRIES],
        levels=[{"value": str(n), "text": f"{n} {exchange.say(f'urgency.{n}')}"} for n in range(1, 6)],
        holds=[{"value": one, "text": exchange.say(f"outreach.hold.{one}")} for one in ("me", "queue")],
        case_id=exchange.form_id("case_id"),
    )  # fmt: skip


ROUTES = [ask, go_on]
