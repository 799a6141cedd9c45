"""Ärendet: one case on one screen, what she said, the talk, and what has happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response

from linjen.cases.afterwards.reply_window import find_reply_until, may_reply
from linjen.cases.afterwards.triage_verdict import find_triage_verdict
from linjen.cases.alarms.alarm_counts import AlarmCounts, count_alarms
from linjen.cases.alarms.alarms import list_alarms
from linjen.cases.loading import Case, may, see_case
from linjen.cases.moves.handover import list_handovers
from linjen.cases.moves.reprioritise import list_reprioritised
from linjen.cases.moves.take_over import is_urgent_by_alarm
from linjen.cases.patients.consent import list_consents
from linjen.cases.patients.contact import find_contact
from linjen.cases.patients.history import list_past
from linjen.cases.talk.actions import list_actions
from linjen.cases.tickets.ticket import list_case_tickets
from linjen.cases.timeline import list_happenings
from linjen.cases.waiting.unmet import find_unmet_elsewhere
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.core.phone import display_phone
from linjen.core.swedish import date_words
from linjen.media.misplaced import list_set_aside
from linjen.media.pictures import Picture, list_pictures
from linjen.web.clinic.afterwards.triage_verdict import verdict_in_words
from linjen.web.clinic.alarms.alarms import alarms_in_words, read_urgent
from linjen.web.clinic.case.among_staff import among_staff, mark_opened
from linjen.web.clinic.case.anamnesis import as_text, read_anamnesis
from linjen.web.clinic.case.case_head import CaseHead, case_head, moment
from linjen.web.clinic.case.case_history import consents_in_words, timeline_in_words
from linjen.web.clinic.case.further import further_in_words, further_lines, read_further
from linjen.web.clinic.moves.handover import handovers_in_words
from linjen.web.clinic.moves.reprioritise import changes_in_words
from linjen.web.clinic.patients.correction_words import corrections_in_words
from linjen.web.clinic.patients.record_system import record_system_values
from linjen.web.clinic.talk.call_back_words import call_in_words
from linjen.web.clinic.talk.chats import chats_here
from linjen.web.clinic.tickets.ticket_words import tickets_in_words
from linjen.web.exchange import Exchange
from linjen.web.masked import masked_words, name_elsewhere
from linjen.web.parts.action_cards import draw_cards
from linjen.web.parts.further_cards import draw_further_cards
from linjen.web.parts.talk import read_talk, tell_delivered
from linjen.web.parts.talk_posts import take_message
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page


async def see_with_head(db: Connection, exchange: Exchange) -> tuple[Case, CaseHead]:
    """The case of the address for reading, with its head and the strip of the reader's chats."""
    case = await see_case(db, exchange.by, exchange.id_of("case_id"))
    head = await case_head(db, exchange, case)
    return case, msgspec.structs.replace(head, chats=await chats_here(db, exchange, case.id))


@get_page("/clinic/cases/{case_id:str}", verb="see", who="staff")
async def show_case(exchange: Exchange) -> Response[Any]:
    """Aktuellt besök: everything on one screen; the box to write in only for the holder."""
    return await draw_case(exchange)


@post_page("/clinic/cases/{case_id:str}/messages", verb="send_message", who="staff")
async def send(exchange: Exchange) -> Response[Any]:
    """A message sent without JavaScript; what was not taken stands in the box again, with the reason."""
    taken = await take_message(exchange)
    if taken.fault == "refused":  # the box to write in is not hers any more: the page of the fault gives the text back
        async with exchange.site.database.connection() as db:
            if await may(db, exchange.by, exchange.id_of("case_id"), "see"):
                raise Refused("not_yours", verb="send_message")
        raise NotFound("case")
    if taken.fault:
        return await draw_case(exchange, text=taken.text, fault=f"chat.{taken.fault}", status=422)
    return exchange.redirect(f"/clinic/cases/{exchange.id_of('case_id')}#m-{taken.seq}")


async def draw_case(
    exchange: Exchange, *, text: str | None = None, fault: str = "", notice: str = "", status: int = 200
) -> Response[Any]:
    """The case's page, with what was typed and its `fault` (a key of words), or a `notice` of what came meanwhile."""
    site, by = exchange.site, exchange.by
    async with site.database.transaction() as db:
        case, head = await see_with_head(db, exchange)
        await mark_opened(db, exchange, case)
        anamnesis, why = await read_anamnesis(db, exchange, case)
        base, error = f"/clinic/cases/{case.id}", exchange.say(fault) if fault else ""
        actions = await list_actions(db, site.sealer, case.id)
        mine, further = head.holding == "mine", await read_further(db, exchange, case)
        cards = draw_cards(exchange, actions, base, may_settle=mine)
        cards += draw_further_cards(exchange, further, base, is_open=case.state != "closed")
        values = {
            "talk": await read_talk(db, site, by, case, base=base, cards=cards, text=text, error=error),
            "anamnesis": anamnesis, "why": why, "copy_text": as_text(
                exchange, head, case, anamnesis, further_lines(exchange, further)
            ),
            "further": further_in_words(exchange, case, further, mine=mine),
            "may_ask_further": mine and case.entry == "symptom" and site.shelf.is_on,
            "pictures": _as_links(exchange, case, head, await list_pictures(db, site.sealer, case)),
            "pictures_aside": len(await list_set_aside(db, case.id)),
            "consents": consents_in_words(exchange, await list_consents(db, case.id)),
            "alarms": alarms_in_words(exchange, await list_alarms(db, site.sealer, case.id)),
            "alarm_counts": await _counts(db, exchange, case),
            "urgent": await read_urgent(db, exchange, case.id),
            "unmet_elsewhere": await find_unmet_elsewhere(db, by, case.id),
            "handovers": handovers_in_words(exchange, await list_handovers(db, site.sealer, case.id)),
            "tickets": tickets_in_words(exchange, case.id, await list_case_tickets(db, site.sealer, case.id)),
            "changes": changes_in_words(exchange, await list_reprioritised(db, site.sealer, case.id)),
            "may_reprioritise": await may(db, by, case.id, "reprioritise"),
            "may_take_over": head.holding == "colleague" and await is_urgent_by_alarm(db, case),
            "verdict": verdict_in_words(exchange, await find_triage_verdict(db, site.sealer, case.id)),
            "call": await call_in_words(db, exchange, case),
            "corrections": await corrections_in_words(db, exchange, case),
            "others": await _others(db, exchange, case, head),
            "ring": await _ring(db, exchange, case),
            "reply_until": await _reply_until(db, case),
            "events": timeline_in_words(exchange, await list_happenings(db, case.id, masked_as=masked_words())),
        } | await among_staff(db, exchange, case) | await record_system_values(db, exchange, case)  # fmt: skip
    if head.holding == "mine":
        await tell_delivered(site, by, case)
    return exchange.page(
        "clinic/case/case.html", status=status, head=head, case=case, tab_here="visit", notice=notice, **values
    )


async def _others(db: Connection, exchange: Exchange, case: Case, head: CaseHead) -> list[dict[str, str]]:
    """The patient's other open cases within reach, for who is about to take this one."""
    if head.holding != "queued":
        return []
    found = [one for one in await list_past(db, exchange.by, head.patient_id) if one.state in {"queued", "in_progress"}]
    return [
        {"href": f"/clinic/cases/{one.case_id}",
         "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol),
         "state": exchange.say(f"clinic.others.{one.state}", name=one.holder_name)}
        for one in found if one.case_id != case.id
    ]  # fmt: skip


async def _ring(db: Connection, exchange: Exchange, case: Case) -> dict[str, str]:
    """Whom to ring when writing is not enough, a guardian of her child; no number where either may be protected."""
    contact = await find_contact(db, case.id)
    if contact is None:
        return {"name": "", "number": ""}
    number = exchange.say(f"clinic.protected.hidden_{contact.protected}") if contact.protected != "no" else ""
    if not number:
        number = display_phone(contact.phone) if contact.phone else exchange.say("clinic.patient.no_phone")
    name = " ".join(contact.names[:2])
    herself = contact.resident_id == contact.patient_id
    return {"name": name if herself else name_elsewhere(name, contact.protected), "number": number}


async def _reply_until(db: Connection, case: Case) -> str:
    """The day until which the patient can answer in a closed case, '' when she cannot."""
    until = await find_reply_until(db, case)
    return date_words(until) if until and may_reply(until) else ""


async def _counts(db: Connection, exchange: Exchange, case: Case) -> AlarmCounts | None:
    return await count_alarms(db, exchange.by, case.unit_id) if case.unit_id else None


def _as_links(exchange: Exchange, case: Case, head: CaseHead, pictures: Sequence[Picture]) -> list[dict[str, str]]:
    links = []
    for number, picture in enumerate(pictures, 1):
        href = f"/clinic/cases/{case.id}/pictures/{picture.id}"
        page = f"/clinic/cases/{case.id}/pictures?show={picture.id}"
        place = {"number": number, "total": len(pictures), "at": moment(exchange, picture.added_at)}
        place["name"] = head.sender_of(picture.by_id)
        opens = exchange.say("clinic.pictures.open", **place)
        alt = f"{picture.about}. {opens}" if picture.about else opens
        links.append({"href": page, "url": f"{href}?size=thumbnail", "alt": alt, "about": picture.about})
    return links


@get_page("/clinic/cases/{case_id:str}/patient-tickets", verb="see", who="staff")
async def show_case_tickets(exchange: Exchange) -> Response[Any]:
    """Biljetter: those that were made from the case and the one that it came by, with how each stands."""
    async with exchange.site.database.transaction() as db:
        case, head = await see_with_head(db, exchange)
        tickets = tickets_in_words(exchange, case.id, await list_case_tickets(db, exchange.site.sealer, case.id))
    return exchange.page("clinic/tickets/case_tickets.html", head=head, tab_here="tickets", tickets=tickets)


ROUTES = [show_case, send, show_case_tickets]
