"""Åtgärd: the holder puts a card into the talk, and says how the patient was reached who did not confirm it."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.loading import note_refusal, see_case
from linjen.cases.talk.actions import KINDS, add_action, settle_action
from linjen.cases.talk.message import LONGEST, check_told
from linjen.core.errors import Invalid, Refused
from linjen.core.ids import new_id, parse_id
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.moves.handover import show_late
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


@get_page("/clinic/cases/{case_id:str}/actions", verb="add_action", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """What kind it is, and the words that the patient reads; nothing is chosen beforehand."""
    return await _ask(exchange, "", "", {})


@post_page("/clinic/cases/{case_id:str}/actions", verb="add_action", who="staff")
async def add(exchange: Exchange) -> Response[Any]:
    """Back to the case with the card in the talk, or the question anew with what was filled in."""
    case_id, kind = exchange.id_of("case_id"), exchange.text_of("kind", longest=40)
    text, action_id = exchange.text_of("text", longest=LONGEST + 1), parse_id(exchange.text_of("action_id", longest=40))
    if errors := _faults(exchange, kind, text):
        return await _ask(exchange, kind, text, errors)
    try:
        async with exchange.site.database.transaction() as db:
            await add_action(db, exchange.site.sealer, exchange.by, case_id, action_id or new_id(), kind, text)
    except Invalid as error:
        return await _ask(exchange, kind, text, {error.field: exchange.told(error, "chat")})
    except Refused as error:
        await note_refusal(exchange.site.database, exchange.by, "add_action", case_id, error)
        return await show_late(exchange, {"text": text}, "actions.late_title")
    return exchange.redirect(f"/clinic/cases/{case_id}")


def _faults(exchange: Exchange, kind: str, text: str) -> dict[str, str]:
    errors = {} if kind in KINDS else {"kind": exchange.say("actions.choose")}
    try:
        check_told(text)
    except Invalid as error:
        errors["text"] = exchange.told(error, "chat")
    return errors


async def _ask(exchange: Exchange, kind: str, text: str, errors: dict[str, str]) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        head = await case_head(db, exchange, await see_case(db, exchange.by, exchange.id_of("case_id"), "add_action"))
    return exchange.page(
        "clinic/talk/action.html", status=422 if errors else 200, head=head, kind=kind, text=text, error_of=errors,
        options=[{"value": one, "text": exchange.say(f"case.action.kinds.{one}")} for one in KINDS],
        longest=LONGEST, action_id=exchange.form_id("action_id"),
        errors=[{"field": field, "text": words} for field, words in errors.items()],
    )  # fmt: skip


@post_page("/clinic/cases/{case_id:str}/actions/{action_id:str}/settlements", verb="settle_action", who="staff")
async def settle(exchange: Exchange) -> Response[Any]:
    """Back to the case, where the card says how it stands: also when the patient confirmed it a moment before."""
    case_id, action_id = exchange.id_of("case_id"), exchange.id_of("action_id")
    try:
        async with exchange.site.database.transaction() as db:
            await settle_action(db, exchange.by, case_id, action_id, exchange.text_of("how", longest=20))
    except Refused as error:
        if error.reason not in {"action_confirmed", "action_settled"}:
            raise
        await note_refusal(exchange.site.database, exchange.by, "settle_action", case_id, error)
    return exchange.redirect(f"/clinic/cases/{case_id}")


ROUTES = [ask, add, settle]
