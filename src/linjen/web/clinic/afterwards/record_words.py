"""Anteckningen i ord: what the note is filled in with, and the texts that are copied from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from linjen.cases.loading import Case, see_case
from linjen.cases.moves.close import find_fee
from linjen.cases.talk.actions import list_actions
from linjen.cases.talk.message import Message, list_messages
from linjen.cases.timeline import Happening, list_happenings
from linjen.core import swedish
from linjen.core.database import Connection
from linjen.core.personal_number import parse_personal_number
from linjen.people.residents import unseal_number
from linjen.records.note import PARTS, Part, RecordNote, find_draft, save_draft
from linjen.web.clinic.case.anamnesis import current_lines, read_anamnesis
from linjen.web.clinic.case.case_head import CaseHead, case_head
from linjen.web.clinic.case.further import further_lines, read_further
from linjen.web.exchange import Exchange
from linjen.web.masked import masked_words
from linjen.web.parts.action_cards import state_words
from linjen.web.parts.picture_words import said_words

#: What is left out until somebody ticks it.
_UNTICKED = frozenset({"diagnosis", "talk"})


async def fill_in(db: Connection, exchange: Exchange, case: Case, head: CaseHead) -> RecordNote:
    """The note as the case itself says it: interview, chat and what it came to. Internal notes are no part of it.

    The caller has seen the case by see_case(…, "write_record").
    """
    anamnesis, _ = await read_anamnesis(db, exchange, case)
    messages = await list_messages(db, exchange.site.sealer, case.id, masked_as=masked_words())
    happened = await list_happenings(db, case.id, masked_as=masked_words())
    texts = {
        "about": await _about(db, exchange, case, head, happened),
        "initiative": [_initiative(exchange, case, happened)],
        "reason": [head.reason],
        "current": [
            *current_lines(exchange, head, case, anamnesis),
            *_levels(exchange, case),
            *further_lines(exchange, await read_further(db, exchange, case)),
            *_chatted(exchange, messages),
        ],
        "assessment": [],  # who signs has judged herself: why a program sorted as it did is no assessment
        "action": await _action(db, exchange, case, head),
        "talk": [_said(exchange, one) for one in messages],
    }
    parts = {
        name: Part(name not in _UNTICKED and bool(texts.get(name, [""])), "\n".join(texts.get(name, ())))
        for name in PARTS
    }
    return RecordNote(parts=parts, modes=("chat",), contact_type="written", booking=_booking(exchange, happened))


async def begin_note(db: Connection, exchange: Exchange, case_id: UUID, words: str) -> None:
    """Keep a draft of the note with these words as its assessment, below what a draft has there already.

    Raises as see_case(…, "write_record") and save_draft.
    """
    case = await see_case(db, exchange.by, case_id, "write_record")
    draft = await find_draft(db, exchange.site.sealer, case_id)
    note = draft.note if draft else await fill_in(db, exchange, case, await case_head(db, exchange, case))
    before = note.parts["assessment"].text
    assessment = Part(ticked=True, text="\n\n".join(text for text in (before, words) if text.strip()))
    note = replace(note, parts={**note.parts, "assessment": assessment})
    await save_draft(db, exchange.site.sealer, exchange.by, case_id, note, draft.version if draft else 0)


async def _about(
    db: Connection, exchange: Exchange, case: Case, head: CaseHead, happened: Sequence[Happening]
) -> list[str]:
    number = parse_personal_number(await unseal_number(db, exchange.site.sealer, head.patient_id)).on_screen
    closer = next((one.by_name for one in reversed(happened) if one.kind == "closed"), "")
    lines = [exchange.say("record.text.patient", number=number)]
    if case.sent_at:
        lines.append(exchange.say("record.text.sent", at=swedish.full_moment(case.sent_at)))
    if case.closed_at and closer:
        lines.append(exchange.say("record.text.closed", at=swedish.full_moment(case.closed_at), name=closer))
    return lines


def _initiative(exchange: Exchange, case: Case, happened: Sequence[Happening]) -> str:
    if happened and happened[0].by_kind == "staff":
        return exchange.say("record.text.by_care")
    return exchange.say("record.text.by_patient" if case.opened_by == case.patient_id else "record.text.by_guardian")


def _chatted(exchange: Exchange, messages: Sequence[Message]) -> list[str]:
    if not messages:
        return []
    first, last = (swedish.full_moment(one.sent_at) for one in (messages[0], messages[-1]))
    return [exchange.say("record.text.messages", first=first, last=last, count=len(messages))]


def _levels(exchange: Exchange, case: Case) -> list[str]:
    """At which level the triage put the case, and at which it ended where staff gave it another."""
    lines = [exchange.say("record.text.urgency", level=case.urgency)] if case.urgency is not None else []
    changed = case.priority is not None and case.priority != case.urgency and case.urgency is not None
    return [*lines, *([exchange.say("record.text.raised", level=case.priority)] if changed else [])]


async def _action(db: Connection, exchange: Exchange, case: Case, head: CaseHead) -> list[str]:
    lines = [exchange.say("record.text.ended", reason=head.ended)] if head.ended else []
    for one in await list_actions(db, exchange.site.sealer, case.id):
        kind, state = exchange.say(f"case.action.kinds.{one.kind}"), state_words(exchange, one, dated=True).rstrip(".")
        lines.append(exchange.say("record.text.action", kind=kind, text=one.text, state=state))
    return [*lines, exchange.say(f"clinic.close.fees.{await find_fee(db, case.id)}")]


def _said(exchange: Exchange, one: Message) -> str:
    at, text = swedish.full_moment(one.sent_at), said_words(exchange, one)
    return exchange.say("record.text.said", at=at, name=one.by_name, text=text)


def _booking(exchange: Exchange, happened: Sequence[Happening]) -> dict[str, str]:
    """What the region's settings and the case know; a case that came back is a return visit."""
    settings, again = exchange.site.settings, any(one.kind == "reopened" for one in happened)
    return {
        "booking": exchange.say("record.text.free_booking"), "customer": settings.record_customer,
        "agreement": settings.record_agreement, "service": "", "contact": exchange.say("record.contacts.written"),
        "visit": exchange.say("record.visits.return" if again else "record.visits.new"),
    }  # fmt: skip


def mode_text(exchange: Exchange, modes: Sequence[str]) -> str:
    """Kontaktsätt: the service's name with how it was used."""
    words = ", ".join(exchange.say(f"record.mode.{one}") for one in modes)
    return exchange.say("record.mode_line", modes=words) if words else exchange.say("record.mode_alone")


def part_text(exchange: Exchange, note: RecordNote, name: str) -> str:
    """One part of the note as it is copied, without its heading."""
    return mode_text(exchange, note.modes) if name == "mode" else note.parts[name].text


def whole_text(exchange: Exchange, note: RecordNote) -> str:
    """The ticked parts under their headings, in order. static/js/record.js puts it together in the same way."""
    said = ((name, part_text(exchange, note, name)) for name in PARTS if note.parts[name].ticked)
    return "\n\n".join(f"{exchange.say(f'record.parts.{name}')}\n{text}" for name, text in said if text)


def booking_text(exchange: Exchange, booking: Mapping[str, str]) -> str:
    """The filled-in fields of the booking, one a line."""
    return "\n".join(f"{exchange.say(f'record.fields.{name}')}: {value}" for name, value in booking.items() if value)
