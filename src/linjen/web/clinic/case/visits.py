"""Alla besök: the patient's cases here, those at the provider's other units, and that something there is blocked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.blocks.block import is_blocked_here
from linjen.cases.blocks.block_opening import HOURS
from linjen.cases.blocks.elsewhere import Elsewhere, There, find_open_until, list_elsewhere
from linjen.cases.loading import Case, may, note_refusal, see_case
from linjen.cases.patients.history import list_past
from linjen.cases.talk.message import Message, list_messages
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.web.clinic.case.anamnesis import Anamnesis, current_lines, read_anamnesis, urgency_lines
from linjen.web.clinic.case.case import see_with_head
from linjen.web.clinic.case.case_head import CaseHead, case_head, moment
from linjen.web.exchange import Exchange
from linjen.web.masked import masked_words
from linjen.web.parts.picture_words import said_words
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page


@get_page("/clinic/cases/{case_id:str}/visits", verb="see", who="staff")
async def show_visits(exchange: Exchange) -> Response[Any]:
    """The patient's cases that this person may see. What stands at other units is chosen one by one."""
    async with exchange.site.database.transaction() as db:
        case, head = await see_with_head(db, exchange)
        past = await list_past(db, exchange.by, head.patient_id)
        elsewhere = await list_elsewhere(db, exchange.by, head.patient_id)
        may_open = await may(db, exchange.by, case.id, "open_in_emergency")
    shelf = exchange.site.shelf
    rows = [
        {"past": one, "reason": reason_on(shelf, one.entry, one.reason, one.protocol),
         "sent": moment(exchange, one.sent_at)}
        for one in past
    ]  # fmt: skip
    return exchange.page(
        "clinic/moves/visits.html", head=head, tab_here="visits", rows=rows, elsewhere=elsewhere, may_open=may_open,
        there=[_row(exchange, case.id, one) for one in elsewhere.there],
        open_until=_until(exchange, elsewhere), opened="opened" in exchange.request.query_params,
    )  # fmt: skip


def _row(exchange: Exchange, case_id: UUID, one: There) -> dict[str, str]:
    return {
        "href": f"/clinic/cases/{case_id}/elsewhere/{one.case_id}", "unit": one.unit,
        "sent": moment(exchange, one.sent_at), "state": one.state,
    }  # fmt: skip


def _until(exchange: Exchange, elsewhere: Elsewhere) -> str:
    if elsewhere.open_until is None:
        return ""
    return exchange.say("blocking.open_until", at=moment(exchange, elsewhere.open_until), hours=HOURS)


@get_page("/clinic/cases/{case_id:str}/elsewhere/{there_id:str}", verb="see_elsewhere", who="staff")
async def show_elsewhere(exchange: Exchange) -> Response[Any]:
    """One case at another unit, to read: what she wrote and answered, and the talk. Nothing that its staff say among
    themselves. 404 when it is blocked, as when there is none.
    """
    try:
        return await _show_there(exchange)
    except NotFound as error:
        if error.detail.get("elsewhere"):  # else it is her own case that she may not see, and noted as any
            await note_refusal(exchange.site.database, exchange.by, "see_elsewhere", exchange.id_of("there_id"), error)
        raise


async def _show_there(exchange: Exchange) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        _, head = await see_with_head(db, exchange)
        there = await _see(db, exchange, head)
        its_head = await case_head(db, exchange, there)
        anamnesis, _ = await read_anamnesis(db, exchange, there)
        talk = await list_messages(db, exchange.site.sealer, there.id, masked_as=masked_words())
        open_until = await find_open_until(db, exchange.by, head.patient_id)
        if not await is_blocked_here(db, there.id):
            open_until = None
    return exchange.page(
        "clinic/case/elsewhere.html", head=head, tab_here="visits", unit=its_head.unit, reason=its_head.reason,
        status_now=_state(exchange, there, its_head), sent=moment(exchange, there.sent_at) if there.sent_at else "",
        level=its_head.level, text=_text(exchange, its_head, there, anamnesis),
        talk=[_message(exchange, one) for one in talk], opened=open_until is not None,
        left=int((open_until - clock.now()).total_seconds()) + 1 if open_until else 0,
    )  # fmt: skip


async def _see(db: Connection, exchange: Exchange, head: CaseHead) -> Case:
    try:
        there = await see_case(db, exchange.by, exchange.id_of("there_id"), "see_elsewhere")
    except (NotFound, Refused) as error:
        raise NotFound("case", elsewhere=True) from error
    if there.patient_id != head.patient_id:
        raise NotFound("case", elsewhere=True)
    return there


def _text(exchange: Exchange, head: CaseHead, there: Case, anamnesis: Anamnesis) -> str:
    """What she told, and what the triage made of it; not as a copy for the record, whose headings it leaves out."""
    level = urgency_lines(exchange, there, anamnesis)
    return "\n".join([*current_lines(exchange, head, there, anamnesis), *(["", *level] if level else [])])


def _state(exchange: Exchange, there: Case, head: CaseHead) -> str:
    word = exchange.say(f"clinic.visits.status_{there.state}")
    return f"{word}. {head.ended}" if head.ended else word


def _message(exchange: Exchange, one: Message) -> dict[str, str]:
    name = f"{one.by_name}, {one.by_title}" if one.by_title else one.by_name
    return {"who": name, "at": moment(exchange, one.sent_at), "text": said_words(exchange, one)}


ROUTES = [show_visits, show_elsewhere]
