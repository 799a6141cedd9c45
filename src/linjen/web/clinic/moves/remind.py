"""Påminn via sms: the fixed words as they will arrive, or the holder's own where her unit allows it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from litestar import Response

from linjen.cases.loading import see_case
from linjen.cases.moves.remind import is_our_turn, remind, why_no_reminder
from linjen.cases.patients.contact import find_contact
from linjen.core import clock, swedish
from linjen.core.errors import Invalid, Refused
from linjen.core.ids import parse_id
from linjen.integrations.sms_text import LONGEST
from linjen.notices.needed import find_facts, quiet_until
from linjen.units.own_sms import may_write_own
from linjen.web.clinic.case.case_head import case_head
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page
from linjen.web.telling import ask_register
from linjen.web.words import has_word, say


@get_page("/clinic/cases/{case_id:str}/reminders", verb="remind", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """What the resident will get, and who sends it; or why no SMS can be sent."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/reminders", verb="remind", who="staff")
async def send(exchange: Exchange) -> Response[Any]:
    """Back to the case, where its delivery is told; or the question anew with what was typed."""
    site, case_id = exchange.site, exchange.id_of("case_id")
    own = exchange.text_of("text", longest=2_000) if exchange.text_of("what", longest=10) == "own" else None
    reminder_id = parse_id(exchange.text_of("reminder_id", longest=40))
    await _freshen(exchange)
    try:
        if site.sms is None:
            raise Refused("sms_off")
        if reminder_id is None:
            raise Invalid("unreadable", "text")
        async with site.database.transaction() as db:
            await remind(db, site.sealer, exchange.by, case_id, reminder_id, own)
    except Invalid as error:
        words = exchange.told(error, "notices.remind.text", longest=LONGEST, word=error.detail.get("word", ""))
        return await _ask(exchange, own or "", words)
    except Refused as error:
        if not has_word("sv", f"notices.remind.refused.{error.reason}"):
            raise
        return await _ask(exchange, own or "", refused=error.reason, status=409)
    return exchange.redirect(f"/clinic/cases/{case_id}#case-events")


async def _freshen(exchange: Exchange) -> None:
    """Ask anew whether she is protected where the last answer is old, so that nobody is refused for its age."""
    site = exchange.site
    async with site.database.connection() as db:
        contact = await find_contact(db, (await see_case(db, exchange.by, exchange.id_of("case_id"), "remind")).id)
    if contact is not None and contact.why_no_sms(clock.now()) == "protection_unknown":
        ids = [contact.resident_id, contact.patient_id]
        await ask_register(site, ids)


async def _ask(
    exchange: Exchange, text: str = "", error: str = "", *, refused: str = "", status: int = 200
) -> Response[Any]:
    site = exchange.site
    async with site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "remind")
        head = await case_head(db, exchange, case)
        contact = await find_contact(db, case.id)
        own_allowed = await may_write_own(db, case.unit_id)
        why = await why_no_reminder(db, case.id)
        ours = await is_our_turn(db, case.id)
    if not refused and (site.sms is None or why):
        refused = "sms_off" if site.sms is None else f"sms_{why}"
    language = contact.language if contact else "sv"
    facts = await find_facts(site.database, case.id)
    until = quiet_until(facts, contact, clock.now()) if facts and contact else None
    return exchange.page(
        "clinic/moves/remind.html", status=422 if error else status, head=head, text=text, error=error, longest=LONGEST,
        refused=exchange.say(f"notices.remind.refused.{refused}") if refused else "", own_allowed=own_allowed,
        quiet=swedish.moment_words(until, clock.now(), "sv") if until and not refused else "",
        fixed=say(language, "sms.reminder", region=site.settings.region_name), language=language,
        reminder_id=str(uuid4()), our_turn=ours, errors=[{"field": "text", "text": error}] if error else [],
    )  # fmt: skip


ROUTES = [ask, send]
