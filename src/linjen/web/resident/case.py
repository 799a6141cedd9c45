"""Ärendet: one case as the resident sees it, with its state, the honest clock, the talk and what she answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Response

from linjen.cases.afterwards.reply_window import find_reply_until, may_reply
from linjen.cases.alarms.alarms import find_standing
from linjen.cases.begun_by_staff.further import Further, list_further
from linjen.cases.intake.interview import read_assessment
from linjen.cases.intake.start import read_intake
from linjen.cases.intake.withdraw import withdraw
from linjen.cases.loading import Case, see_case
from linjen.cases.moves.close import find_fee
from linjen.cases.moves.ending import find_told
from linjen.cases.moves.reopen import reply_id
from linjen.cases.overview import Around, count_ahead, look_around
from linjen.cases.patients.consent import list_consents
from linjen.cases.patients.muting import is_muted
from linjen.cases.talk.actions import list_actions
from linjen.cases.talk.reading import is_reading
from linjen.cases.tickets.ticket import list_case_tickets
from linjen.cases.waiting.deadlines import deadlines_of
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.media.pictures import list_pictures
from linjen.people.push_devices import find_ways
from linjen.records.promise import find_outlook
from linjen.triage import Line, Protocols
from linjen.triage.asking.wording import asked, name_of
from linjen.units.opening import see_schedule
from linjen.units.shutting import find_shutting
from linjen.web.exchange import Exchange
from linjen.web.parts.action_cards import draw_cards
from linjen.web.parts.further_cards import draw_further_cards
from linjen.web.parts.talk import read_talk, tell_delivered
from linjen.web.parts.talk_posts import take_message
from linjen.web.resident.answer_alarm import about_patient, read_heard
from linjen.web.resident.call_back_words import Typed, read_call
from linjen.web.resident.correction import correction_rows
from linjen.web.resident.intake.answers import answer_words
from linjen.web.resident.intake.self_care import advice_of, version_of
from linjen.web.resident.intake.sheet import Fault
from linjen.web.resident.pictures_to_send import read_to_send
from linjen.web.resident.promise_words import ORDINARY, Promise, promise_for_dialogue, promise_for_waiting
from linjen.web.resident.rating_words import Given, read_rating
from linjen.web.resident.shown_case import about_of, consent_name, is_draft, status_of, title_of
from linjen.web.resident.ticket_cards import ticket_cards
from linjen.web.resident.unsent import hear_unsent, keep_unsent
from linjen.web.routing import get_page, post_page
from linjen.web.words import has_word

#: Who has read or written so short a time ago is still there.
_RECENTLY = timedelta(minutes=5)


@get_page("/cases/{case_id:str}", verb="see", who="resident")
async def show_case(exchange: Exchange) -> Response[Any]:
    """The case page; a draft leads on to where it was left."""
    return await draw_case(exchange)


async def draw_case(
    exchange: Exchange, *, status: int = 200, notice: str = "", text: str | None = None, reply: str = "",
    fault: str = "", rating: Given | None = None, call: Typed | None = None, picture_faults: Sequence[Fault] = (),
) -> Response[Any]:  # fmt: skip
    """The case page, with what was typed (`text`, or `reply` in a closed case) and its `fault` (a key of words chat.*)
    when it could not be sent; `rating` as read_rating, `call` as read_call, and what was wrong with her pictures.
    """
    site, by = exchange.site, exchange.by
    async with site.database.transaction() as db:
        case = await see_case(db, by, exchange.id_of("case_id"))
        if is_draft(case):
            return exchange.redirect(f"/intakes/{case.id}")
        error = exchange.say(f"chat.{fault}") if fault else ""
        base = f"/cases/{case.id}"
        cards = draw_cards(exchange, await list_actions(db, site.sealer, case.id), base)
        further = await list_further(db, site.sealer, case.id)
        asked = draw_further_cards(exchange, further, base, is_open=case.state != "closed")
        said = await said_further(db, exchange, case, further)
        talk = await read_talk(db, site, by, case, base=base, cards=[*cards, *asked], text=text, error=error)
        around = (await look_around(db, [case.id]))[case.id]
        unsent = talk.draft if case.state == "closed" else ""
        values = await _read_around(db, exchange, case, around, unsent)
        values["to_send"] = await read_to_send(db, exchange, case, picture_faults) if talk.can_write else {}
        values["ring_me"] = await read_call(db, exchange, case, call)
        values["rating"] = await read_rating(db, exchange, case, rating)
    await tell_delivered(site, by, case, talk)
    field = "composer-text" if talk.can_write else "unsent-text" if unsent else "reply-text"
    errors = [{"field": field, "text": error}] if fault and (talk.can_write or values["reply_id"]) else []
    errors += [{"field": field, "text": told} for field, told in call.errors.items()] if call else []
    errors += [{"field": one.field, "text": one.text} for one in picture_faults if talk.can_write]
    errors += [{"field": rating.field, "text": rating.error}] if rating else []
    return exchange.page(
        "resident/case.html", status=status, tab="cases", case=case, around=around, talk=talk, notice=notice,
        errors=errors, unsent=unsent, reply=reply, to_confirm=[one.seq for one in cards if one.waits],
        to_answer=[one.seq for one in asked if one.waits], further=said, **values,
    )  # fmt: skip


async def _read_around(
    db: Connection, exchange: Exchange, case: Case, around: Around, unsent: str
) -> dict[str, Any]:  # fmt: skip
    state_words, _ = status_of(exchange, case, around)
    protocols = await version_of(db, exchange, case)
    heard = await read_heard(db, exchange, case, protocols)
    if heard is None or heard.is_only_thanks:
        heard = await hear_unsent(db, exchange, case, protocols, unsent) or heard
    tickets = await list_case_tickets(db, exchange.site.sealer, case.id)
    followed = await _is_followed(db, exchange, case)
    life = 1 in {case.priority, case.urgency}
    alarmed = bool(await find_standing(db, case.id))
    may_wait = not (life or alarmed or (heard and heard.danger))
    return {
        "quick_exit": exchange.site.settings.quick_exit_url,
        "title": title_of(exchange, case), "about": about_of(exchange, case, around), "state_words": state_words,
        "promise": await _promise(db, exchange, case, around, is_followed=followed), "is_followed": followed,
        "heard": heard, "life": life and case.state != "closed", "alarmed": alarmed,
        "ahead": await count_ahead(db, case.id) if case.state == "queued" and not case.booked_on else 0,
        "when": _when(exchange, case), "closed": await closed_key(db, case),
        **await _reply(db, exchange, case),
        "notices": await _notices(db, exchange, case),
        "fee": await find_fee(db, case.id) if case.state == "closed" else "none",
        "intake": await read_told(db, exchange, case, protocols, may_wait=may_wait),
        "consents": await _read_consents(db, exchange, case, around),
        "pictures": await _picture_rows(db, exchange, case),
        "corrections": await correction_rows(db, exchange, case.id),
        "tickets": await ticket_cards(db, exchange, tickets, case.id),
        **_whose(exchange, case, around),
    }  # fmt: skip


def _whose(exchange: Exchange, case: Case, around: Around) -> dict[str, str]:
    """Who wrote it when that is somebody else, and who reads and writes in the case of a child."""
    if case.patient_id == case.opened_by:
        return {"by_other": "", "whose": ""}
    if case.patient_id != exchange.by.person_id:
        return {"by_other": "", "whose": exchange.say("case.only_you", name=around.patient_name)}
    writer = around.writer_name or exchange.say("case.paper.protected")
    return {"by_other": "" if case.begun_by else writer, "whose": exchange.say("case.yours_now")}


async def _is_followed(db: Connection, exchange: Exchange, case: Case) -> bool:
    """Whether who holds the case has it before her, so that she is told at once of what is heard."""
    if case.state != "in_progress":
        return False
    if exchange.site.hub.has_open(case.id, case.holder_id):
        return True
    return await is_reading(db, case.id, clock.now() - _RECENTLY)


async def _promise(
    db: Connection, exchange: Exchange, case: Case, around: Around, *, is_followed: bool
) -> Promise | None:  # fmt: skip
    if case.state not in {"queued", "in_progress"} or case.unit_id is None or case.queued_at is None or case.booked_on:
        return None
    at, say, language = clock.now(), exchange.say, exchange.language
    schedule = await see_schedule(db, case.unit_id)
    if case.state == "in_progress":
        return promise_for_dialogue(
            schedule, at, say, language, around.unit_name, around.holder_name, is_followed=is_followed
        )  # fmt: skip
    urgency = case.priority or ORDINARY
    outlook = await find_outlook(exchange.site.database, db, schedule, case.unit_id, urgency, at)
    deadline = (await deadlines_of(db, case.unit_id)).get(urgency)
    return promise_for_waiting(
        schedule, case.queued_at, at, urgency, say, language, around.unit_name, outlook, deadline
    )


async def _notices(db: Connection, exchange: Exchange, case: Case) -> str:
    """Whether she is told of what happens here: on, off, or nowhere; '' where nobody is told."""
    site, by = exchange.site, exchange.by
    if case.state not in {"queued", "in_progress"} or (site.sms is None and site.push is None):
        return ""
    ways = await find_ways(db, by.person_id)
    if ways.protected:
        return ""
    if not ((site.sms and ways.phone) or (site.push and ways.devices)):
        return "nowhere"
    return "off" if await is_muted(db, case.id, by.person_id) else "on"


def _when(exchange: Exchange, case: Case) -> dict[str, str]:
    at, language = clock.now(), exchange.language
    moments = {"sent": case.sent_at, "claimed": case.claimed_at, "closed": case.closed_at}
    return {name: swedish.moment_words(one, at, language) if one else "" for name, one in moments.items()}


async def _reply(db: Connection, exchange: Exchange, case: Case) -> dict[str, Any]:
    """Until which day a closed case can be answered, '' when it never could; the reply's id while it can; and whether
    its unit is shut, so that nobody there reads anything more.
    """
    until = await find_reply_until(db, case)
    closed_at = case.unit_id if case.state == "closed" else None
    return {
        "unit_shut": closed_at is not None and (await find_shutting(db, closed_at)).is_shut,
        "reply_until": swedish.date_words(until, exchange.language) if until else "",
        "reply_id": reply_id(case, exchange.by) if may_reply(until) else None,
    }


async def closed_key(db: Connection, case: Case) -> str:
    """The key of the words that say how it ended, chosen so that they are true (cases/moves/ending.py)."""
    if case.state != "closed":
        return ""
    told = await find_told(db, case.id) or case.close_reason
    return f"closed.{told if told and has_word('sv', f'closed.{told}.title') else 'other'}"


async def read_told(
    db: Connection, exchange: Exchange, case: Case, protocols: Protocols, *, may_wait: bool
) -> dict[str, Any]:  # fmt: skip
    """What she told and was advised; where her words alarmed there is no advice for waiting at home."""
    sealer = exchange.site.sealer
    intake = await read_intake(db, sealer, case.id)
    found = await read_assessment(db, sealer, case.id)
    return {
        "text": intake.text, "extra": intake.extra,
        "self_care": advice_of(protocols, found, exchange.language) if found and may_wait else (),
        "answers": await _answers(db, exchange, case, protocols, found.lines) if found else [],
    }  # fmt: skip


async def _answers(
    db: Connection, exchange: Exchange, case: Case, protocols: Protocols, lines: Sequence[Line]
) -> list[dict[str, str]]:  # fmt: skip
    """Each question with its answer: in Swedish as they were stored, else as the version at hand puts them."""
    if exchange.language == "sv" or case.patient_id is None:
        return [{"question": line.question, "answer": line.answer} for line in lines]
    about, known = await about_patient(db, exchange, case, case.patient_id), protocols.vocabulary.findings
    found = []
    for line in lines:
        said = {"question": line.question, "answer": line.answer}
        if line.code in known:
            one = asked(protocols, about, line.code, exchange.language)
            said = {"question": one.text, "answer": answer_words(exchange, one, line.value)}
        found.append(said)
    return found


async def said_further(
    db: Connection, exchange: Exchange, case: Case, asked: Sequence[Further]
) -> list[dict[str, Any]]:  # fmt: skip
    """What was answered of further questions, also by staff for her: under which heading, and each answer."""
    found = []
    for one in asked:
        if one.found is not None:
            protocols = exchange.site.shelf.at_hand(one.found.protocol) or exchange.site.shelf.running()
            reason = name_of(protocols, one.reason, exchange.language)
            lines = await _answers(db, exchange, case, protocols, one.found.lines)
            found.append({"title": exchange.say("case.further.answers", reason=reason), "answers": lines})
    return found


async def _read_consents(db: Connection, exchange: Exchange, case: Case, around: Around) -> list[dict[str, Any]]:
    at, language = clock.now(), exchange.language
    return [
        {"name": consent_name(exchange.say, one.kind, case, around), "given": one.choice,
         "at": swedish.moment_words(one.given_at, at, language)}
        for one in await list_consents(db, case.id)
    ]  # fmt: skip


async def _picture_rows(db: Connection, exchange: Exchange, case: Case) -> list[dict[str, str]]:
    pictures = await list_pictures(db, exchange.site.sealer, case) if case.pictures else []
    rows = []
    for number, one in enumerate(pictures, 1):
        href = f"/cases/{case.id}/pictures/{one.id}"
        place = {"number": number, "total": len(pictures)}
        added = swedish.moment_words(one.added_at, clock.now(), exchange.language)
        opens = exchange.say("case.picture_opens", **place, at=added)
        rows.append({
            "href": href, "url": f"{href}/thumbnail", "name": exchange.say("case.picture", **place),
            "alt": f"{one.about}. {opens}" if one.about else opens,
        })  # fmt: skip
    return rows


@post_page("/cases/{case_id:str}/messages", verb="send_message", who="resident")
async def send_message(exchange: Exchange) -> Response[Any]:
    """Skicka meddelande without JavaScript: back to the page with the message in it, or with the words of the fault."""
    taken = await take_message(exchange)
    if not taken.fault:
        return exchange.redirect(f"/cases/{exchange.id_of('case_id')}#composer")
    if taken.fault == "refused":
        await keep_unsent(exchange, taken.text)
    status = {"empty": 422, "too_long": 422, "unreadable": 422, "wait": 429}.get(taken.fault, 409)
    return await draw_case(exchange, status=status, text=taken.text, fault=taken.fault)


@post_page("/cases/{case_id:str}/withdrawals", verb="withdraw", who="resident")
async def take_back(exchange: Exchange) -> Response[Any]:
    """Ta tillbaka ärendet, or leave a draft. Who comes a moment after a nurse took it is told so on the page."""
    case_id, by = exchange.id_of("case_id"), exchange.by
    try:
        async with exchange.site.database.transaction() as db:
            before = await see_case(db, by, case_id, "withdraw")
            await withdraw(db, exchange.site.sealer, by, case_id)
    except Refused as refused:
        if refused.reason != "wrong_state":
            raise
        if refused.detail.get("state") == "abandoned":
            return exchange.redirect("/home")
        return await draw_case(exchange, status=409, notice=_late(exchange, refused))
    return exchange.redirect("/home" if is_draft(before) else f"/cases/{case_id}")


def _late(exchange: Exchange, refused: Refused) -> str:
    state = refused.detail.get("state")
    if state == "in_progress":
        return exchange.say("case.withdraw.taken")
    if state == "closed":
        return exchange.say("case.withdraw.already_closed")
    raise NotFound("case")


ROUTES = [show_case, send_message, take_back]
