"""Patienten samtycker, och Nödöppning: the two ways to what is blocked, each with its reason and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from linjen.cases.blocks.block_opening import HOURS, LONGEST_WHY, REASONS, VERBS, open_blocks
from linjen.cases.loading import note_refusal, see_case
from linjen.core.errors import Invalid, Refused
from linjen.web.clinic.case.case_head import case_head
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page
from linjen.web.telling import show_patients


@get_page("/clinic/cases/{case_id:str}/consent-openings", verb="open_by_consent", who="staff")
async def ask_consent(exchange: Exchange) -> Response[Any]:
    """How the patient has said yes."""
    return await _ask(exchange, "consent")


@post_page("/clinic/cases/{case_id:str}/consent-openings", verb="open_by_consent", who="staff")
async def open_by_consent(exchange: Exchange) -> Response[Any]:
    """To the patient's cases, with what was blocked among them; or the question anew."""
    return await _open(exchange, "consent")


@get_page("/clinic/cases/{case_id:str}/emergency-openings", verb="open_in_emergency", who="staff")
async def ask_emergency(exchange: Exchange) -> Response[Any]:
    """Why it cannot wait until the patient is asked."""
    return await _ask(exchange, "emergency")


@post_page("/clinic/cases/{case_id:str}/emergency-openings", verb="open_in_emergency", who="staff")
async def open_in_emergency(exchange: Exchange) -> Response[Any]:
    """As open_by_consent."""
    return await _open(exchange, "emergency")


async def _open(exchange: Exchange, how: str) -> Response[Any]:
    site, case_id = exchange.site, exchange.id_of("case_id")
    reason, why = exchange.text_of("reason", longest=40), exchange.text_of("why", longest=2 * LONGEST_WHY)
    try:
        async with site.database.transaction() as db:
            patient_id = await open_blocks(db, site.sealer, exchange.by, case_id, how, reason, why)
    except Invalid as error:
        told = {error.field: exchange.told(error, "blocking.fault", longest=LONGEST_WHY)}
        return await _ask(exchange, how, reason, why, told)
    except Refused as error:
        if error.reason != "nothing_blocked":
            raise
        await note_refusal(site.database, exchange.by, VERBS[how], case_id, error)
        return await _ask(exchange, how, reason, why, nothing=True)
    await show_patients(site, [patient_id])
    return exchange.redirect(f"/clinic/cases/{case_id}/visits?opened=1#elsewhere-title")


async def _ask(
    exchange: Exchange, how: str, reason: str = "", why: str = "", errors: Mapping[str, str] | None = None, *,
    nothing: bool = False,
) -> Response[Any]:  # fmt: skip
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), VERBS[how])
        head = await case_head(db, exchange, case)
    options = [{"value": one, "text": exchange.say(f"blocking.reasons.{how}.{one}")} for one in REASONS[how]]
    return exchange.page(
        "clinic/patients/block_opening.html", status=409 if nothing else 422 if errors else 200, head=head, how=how,
        options=options, reason=reason, why=why, longest=LONGEST_WHY, hours=HOURS, nothing=nothing, error_of=errors,
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


ROUTES = [ask_consent, open_by_consent, ask_emergency, open_in_emergency]
