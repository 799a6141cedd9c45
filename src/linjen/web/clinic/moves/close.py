"""Avsluta: the holder says how it ended, and if she likes whether the triage's level was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from textwrap import shorten
from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.afterwards.triage_verdict import find_triage_verdict, judge_level
from linjen.cases.alarms.alarms import find_standing, list_alarms
from linjen.cases.loading import may, note_refusal, see_case
from linjen.cases.moves.close import FEES, REASONS, LastWord, close, count_written_since
from linjen.cases.moves.remind import why_no_reminder
from linjen.cases.talk.actions import Action, find_waiting, list_actions
from linjen.cases.talk.message import LONGEST, check_optional, list_messages
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.ids import parse_id
from linjen.web.clinic.afterwards.record_words import begin_note
from linjen.web.clinic.afterwards.triage_verdict import Filled, said_in, sent_verdict, verdict_question
from linjen.web.clinic.alarms.alarms import alarms_in_words
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.moves.handover import show_late
from linjen.web.clinic.moves.unsent import BEGINNING, find_unsent, leaves_draft
from linjen.web.exchange import Exchange
from linjen.web.masked import masked_words
from linjen.web.parts.action_cards import ways_in_words
from linjen.web.parts.picture_words import said_words
from linjen.web.routing import get_page, post_page

#: What close() refuses, in words; the other reasons are those of the question about the level.
_WORDS = {
    reason: f"clinic.close.{reason}"
    for reason in (
        "alarms_left", "actions_left", "action_missing", "ticket_missing", "written_meanwhile", "patient_waits",
        "silent_lately", "remind_first", "remind_in_chat", "reminded_so_lately",
    )
}  # fmt: skip
_WORDS["unknown_way"] = "clinic.close.actions_left"

#: What the page leads to when the reason cannot be kept: the words and where it is done.
_WAYS_ON = {
    "action_missing": ("clinic.close.add_action", "/actions"),
    "ticket_missing": ("clinic.close.add_ticket", "/tickets"),
    "patient_waits": ("clinic.close.to_talk", "#composer-text"), "remind_first": ("notices.remind.verb", "/reminders"),
    "remind_in_chat": ("clinic.close.to_talk", "#composer-text"),
}  # fmt: skip

#: The boxes for words of one's own: to the patient, and to the record.
_WRITTEN = ("tell", "words")
#: All that is typed there: the question about the level has a box of its own.
_TYPED = ("why", *_WRITTEN)


@get_page("/clinic/cases/{case_id:str}/closings", verb="close", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The question with its reasons, and for a triaged case the one about its level; nothing is chosen beforehand."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/closings", verb="close", who="staff")
async def end(exchange: Exchange) -> Response[Any]:
    """Back to the ledger with a word of it, or the questions anew when something has to be changed."""
    reason, filled, why = exchange.text_of("reason", longest=40), sent_verdict(exchange), ""
    errors = {} if reason in REASONS else {"reason": exchange.say("clinic.close.choose")}
    try:
        async with exchange.site.database.transaction() as db:
            errors |= await _unmet(db, exchange)
            if not errors:
                await _judge(db, exchange, filled)
                await _close(db, exchange, reason)
    except Invalid as error:
        why = await _why(exchange, error)
        errors = {error.field: _told(exchange, error, why)}
    except Refused as error:
        typed = {name: text for name in _TYPED if (text := _typed(exchange, name))}
        if error.reason not in {"not_yours", "wrong_state"} or not typed:
            raise
        await note_refusal(exchange.site.database, exchange.by, "close", exchange.id_of("case_id"), error)
        return await show_late(exchange, typed, "clinic.close.late_title", mine="meanwhile.closed_by_me")
    if errors:
        return await _ask(exchange, reason, filled, errors, why)
    return exchange.redirect("/clinic/ledger?done=closed")


async def _close(db: Connection, exchange: Exchange, reason: str) -> None:
    """End it, and keep what is meant for the record in the draft of its note."""
    words, tell = check_optional(_typed(exchange, "words"), "words"), _typed(exchange, "tell").strip()
    ended = await close(
        db, exchange.by, exchange.id_of("case_id"), reason, _dealt_with(exchange), _reached(exchange), _fee(exchange),
        drawn_at=drawn_at(exchange), last=LastWord(exchange.site.sealer, tell) if tell else None,
    )  # fmt: skip
    if words and ended:
        await begin_note(db, exchange, exchange.id_of("case_id"), words)


def _typed(exchange: Exchange, name: str) -> str:
    return exchange.text_of(name, longest=LONGEST + 1)


async def _why(exchange: Exchange, error: Invalid) -> str:
    """The reason of what was refused: who gets no SMS is reminded in the talk."""
    if error.reason != "remind_first" or exchange.site.sms is None:
        return "remind_in_chat" if error.reason == "remind_first" else error.reason
    async with exchange.site.database.transaction() as db:
        return "remind_in_chat" if await why_no_reminder(db, exchange.id_of("case_id")) else error.reason


def _told(exchange: Exchange, error: Invalid, why: str) -> str:
    if why == "not_told":
        return exchange.say(f"clinic.close.not_told.{error.detail['about']}")
    if error.field in _WRITTEN:
        return exchange.told(error, "handover", longest=error.detail.get("longest", 0))
    due_at = error.detail.get("due_at")
    until = swedish.moment_words(due_at, clock.now()) if isinstance(due_at, datetime) else ""
    return exchange.say(_WORDS[why], until=until) if why in _WORDS else exchange.told(error, "clinic.verdict")


async def _unmet(db: Connection, exchange: Exchange) -> dict[str, str]:
    """What must be answered before the case can end, told together with what else is missing."""
    case_id = exchange.id_of("case_id")
    if not await may(db, exchange.by, case_id, "close"):
        return {}  # close() says why, or that it is done already
    unmet = {}
    if await find_waiting(db, case_id) - _reached(exchange).keys():
        unmet["actions"] = exchange.say(_WORDS["actions_left"])
    if await find_standing(db, case_id) - _dealt_with(exchange):
        unmet["dealt_with"] = exchange.say(_WORDS["alarms_left"])
    if await count_written_since(db, case_id, drawn_at(exchange)):
        unmet["written"] = exchange.say(_WORDS["written_meanwhile"])
    if not leaves_draft(exchange) and await find_unsent(db, exchange, case_id):
        unmet["leave_draft"] = exchange.say("clinic.close.draft_left")
    return unmet


def drawn_at(exchange: Exchange) -> int:
    """The case's number when the page was drawn: what the resident has written since then, nobody has read there.

    0 for a form that does not say it: then nothing that she has written has been read there.
    """
    return exchange.number_of("drawn_at")


async def _written(db: Connection, exchange: Exchange, case_id: UUID) -> list[str]:
    """What the resident has written since the form that was sent was drawn."""
    if exchange.request.method != "POST":
        return []
    messages = await list_messages(db, exchange.site.sealer, case_id, drawn_at(exchange), masked_as=masked_words())
    return [
        shorten(said_words(exchange, one), BEGINNING, placeholder=" …") for one in messages if one.by_kind == "resident"
    ]


def _fee(exchange: Exchange) -> str:
    """Avgift as it was judged; a form without the question costs nothing."""
    fee = exchange.text_of("fee", longest=40)
    return fee if fee in FEES else "none"


def _reached(exchange: Exchange) -> dict[UUID, str]:
    """How the patient was reached about each card that she has not confirmed, where that was said."""
    said = ((parse_id(name.removeprefix("reached_")), name) for name in exchange.form if name.startswith("reached_"))
    return {one: how for one, name in said if one and (how := exchange.text_of(name, longest=20))}


def _dealt_with(exchange: Exchange) -> frozenset[UUID]:
    """The alarms that stood on the page whose box was ticked: one that came meanwhile is asked about anew."""
    if not exchange.text_of("dealt_with", longest=10):
        return frozenset()
    return frozenset(found for one in exchange.all_of("alarm") if (found := parse_id(one)))


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
    exchange: Exchange, reason: str = "", filled: Filled | None = None, errors: Mapping[str, str] | None = None,
    why: str = "",
) -> Response[Any]:  # fmt: skip
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "close")
        head = await case_head(db, exchange, case)
        found = await find_triage_verdict(db, exchange.site.sealer, case.id)
        standing = await find_standing(db, case.id)
        unsent = await find_unsent(db, exchange, case.id)
        written = await _written(db, exchange, case.id)
        actions = [one for one in await list_actions(db, exchange.site.sealer, case.id) if one.waits]
        alarms = [one for one in await list_alarms(db, exchange.site.sealer, case.id) if one.id in standing]
    options = [{"value": one, "text": exchange.say(f"clinic.close.reasons.{one}")} for one in REASONS]
    return exchange.page(
        "clinic/moves/close.html", status=422 if errors else 200, head=head, options=options, reason=reason,
        way_on=_way_on(exchange, why),
        errors=[{"field": field, "text": text} for field, text in errors.items()], error_of=errors,
        alarms=alarms_in_words(exchange, alarms), dealt_with=standing <= _dealt_with(exchange),
        actions=_actions(exchange, actions), ways=ways_in_words(exchange),
        fees=[{"value": one, "text": exchange.say(f"clinic.close.fees.{one}")} for one in FEES], fee=_fee(exchange),
        tell=_typed(exchange, "tell"), words=_typed(exchange, "words"), longest=LONGEST,
        unsent=unsent, drawn_at=case.counter, written=written, leave_draft=leaves_draft(exchange),
        verdict=verdict_question(exchange, found.level, filled or Filled(), errors) if found else None,
    )  # fmt: skip


def _way_on(exchange: Exchange, why: str) -> dict[str, str] | None:
    """Where that is done which the reason needs."""
    if why not in _WAYS_ON:
        return None
    words, place = _WAYS_ON[why]
    return {"text": exchange.say(words), "href": f"/clinic/cases/{exchange.id_of('case_id')}{place}"}


def _actions(exchange: Exchange, actions: Sequence[Action]) -> list[dict[str, Any]]:
    """The cards that wait: what each is, its words, and what was chosen for it in the form."""
    reached = _reached(exchange)
    return [
        {"name": f"reached_{one.id}", "kind": exchange.say(f"case.action.kinds.{one.kind}"),
         "text": shorten(one.text, BEGINNING, placeholder=" …"), "how": reached.get(one.id, "")}
        for one in actions
    ]  # fmt: skip


ROUTES = [ask, end]
