"""Avsluta: the holder says how it ended, and if she likes whether the triage's level was right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from linjen.cases.close import REASONS, close
from linjen.cases.loading import see_case
from linjen.cases.triage_verdict import find_triage_verdict, judge_level
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.web.clinic.case_head import case_head
from linjen.web.clinic.triage_verdict import Filled, said_in, sent_verdict, verdict_question
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


@get_page("/clinic/cases/{case_id:str}/closings", verb="close", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The question with its reasons, and for a triaged case the one about its level; nothing is chosen beforehand."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/closings", verb="close", who="staff")
async def end(exchange: Exchange) -> Response[Any]:
    """Back to the ledger with a word of it, or the questions anew when something has to be changed."""
    reason, filled = exchange.text_of("reason", longest=40), sent_verdict(exchange)
    if reason not in REASONS:
        return await _ask(exchange, filled=filled, errors={"reason": exchange.say("clinic.close.choose")})
    try:
        async with exchange.site.database.transaction() as db:
            await _judge(db, exchange, filled)
            await close(db, exchange.by, exchange.id_of("case_id"), reason)
    except Invalid as error:
        told = {error.field: exchange.say(f"clinic.verdict.{error.reason}")}
        return await _ask(exchange, reason, filled, told)
    return exchange.redirect("/clinic/ledger?done=closed")


async def _judge(db: Connection, exchange: Exchange, filled: Filled) -> None:
    """Keep what was said of the triage's level, if anything was."""
    if filled == Filled():
        return
    case_id, sealer = exchange.id_of("case_id"), exchange.site.sealer
    found = await find_triage_verdict(db, sealer, case_id)
    said = said_in(found.level, filled) if found else None
    if said is not None:
        await judge_level(db, sealer, exchange.by, case_id, said)


async def _ask(
    exchange: Exchange, reason: str = "", filled: Filled | None = None, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "close")
        head = await case_head(db, exchange, case)
        found = await find_triage_verdict(db, exchange.site.sealer, case.id)
    options = [{"value": one, "text": exchange.say(f"clinic.close.reasons.{one}")} for one in REASONS]
    return exchange.page(
        "clinic/close.html", status=422 if errors else 200, head=head, options=options, reason=reason,
        errors=[{"field": field, "text": text} for field, text in errors.items()], error_of=errors,
        verdict=verdict_question(exchange, found.level, filled or Filled(), errors) if found else None,
    )  # fmt: skip


ROUTES = [ask, end]
