"""The pages of a case for somebody on the phone: contact reasons, questions and what they came to.

The interview stands sealed in each form, bound to who asks and to the patient, until the case is added.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from linjen.cases.intake.interview import Assessment
from linjen.cases.patients.patients import Patient
from linjen.core.ids import new_id
from linjen.core.sealing import Broken
from linjen.triage import State, candidates, pages_left
from linjen.triage.asking.facts import see_facts
from linjen.triage.asking.plausible import FALLBACK
from linjen.triage.asking.wording import name_of
from linjen.triage.content.library import Protocols
from linjen.triage.state import Page
from linjen.web.clinic.patients.patients import patient_head
from linjen.web.exchange import Exchange
from linjen.web.reason_names import reason_on
from linjen.web.resident.intake.around import support_for
from linjen.web.resident.intake.question_page import page_values
from linjen.web.resident.intake.sheet import Fault

_PURPOSE = "phone_case"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A case under way on the phone, as the form carries it. `state` is None where nothing is triaged.

    `case_id` is what the case will have, `chosen` says that the page of contact reasons has been answered, `guardian`
    is the id of the guardian who calls, '' for somebody else.
    """

    entry: str
    text: str
    case_id: str
    state: State | None = None
    chosen: bool = False
    guardian: str = ""


def begin_held(entry: str, text: str, state: State | None, guardian: str = "") -> Held:
    """The first of it."""
    return Held(entry=entry, text=text, case_id=str(new_id()), state=state, guardian=guardian)


def _row(exchange: Exchange, patient_id: UUID) -> bytes:
    return exchange.by.person_id.bytes + patient_id.bytes


def unsealed(exchange: Exchange, patient_id: UUID) -> Held | None:
    """What the form brought back; None when it is another person's, about somebody else, or altered."""
    try:
        raw = base64.urlsafe_b64decode(str(exchange.form.get("held")).encode())
        plain = exchange.site.sealer.unseal(_PURPOSE, raw, _row(exchange, patient_id))
        return msgspec.json.decode(plain, type=Held)
    except (Broken, binascii.Error, ValueError, msgspec.MsgspecError):
        return None


def _page(
    exchange: Exchange, patient: Patient, held: Held | None, step: str, errors: tuple[Fault, ...], **values: Any
) -> Response[Any]:
    status = 409 if step == "refused" else 422 if errors else 200
    sealed = b""
    if held is not None:
        row = _row(exchange, patient.resident.id)
        sealed = exchange.site.sealer.seal(_PURPOSE, msgspec.json.encode(held), row)
    return exchange.page(
        f"clinic/begun_by_staff/phone_{step}.html", status=status, head=patient_head(exchange, patient), errors=errors,
        held=base64.urlsafe_b64encode(sealed).decode(), **values,
    )  # fmt: skip


def draw_start(
    exchange: Exchange, patient: Patient, fields: dict[str, str], options: dict[str, Any],
    errors: tuple[Fault, ...] = (), refusal: str = "",
) -> Response[Any]:  # fmt: skip
    """The first page: what the caller says, in her words; or why no case can be added."""
    step = "refused" if refusal else "start"
    return _page(exchange, patient, None, step, errors, fields=fields, refusal=refusal, **options)


def draw_reasons(
    exchange: Exchange, patient: Patient, protocols: Protocols, held: Held, state: State, error: str = ""
) -> Response[Any]:
    """The contact reasons that fit the words, as the resident meets them."""
    names = {one.id: name_of(protocols, one.id, "sv") for one in candidates(protocols, state)}
    names[FALLBACK] = exchange.say("intake.reasons.other")
    errors = (Fault("reasons", error),) if error else ()
    return _page(
        exchange, patient, held, "reasons", errors, error=error, words=held.text,
        options=[{"value": id, "text": name, "hint": ""} for id, name in names.items()],
        support=_support(exchange, protocols, state),
    )  # fmt: skip


def draw_questions(
    exchange: Exchange, patient: Patient, protocols: Protocols, held: Held, state: State, place: int, page: Page,
    fields: dict[str, str], errors: tuple[Fault, ...] = (),
) -> Response[Any]:  # fmt: skip
    """One page of questions; `place` counts from 0."""
    ahead = pages_left(protocols, state) - 1 if place == len(state.pages) else 0
    return _page(
        exchange, patient, held, "questions", errors, place=place, fields=fields, ahead=ahead,
        support=_support(exchange, protocols, state), **page_values(exchange, page, fields),
    )  # fmt: skip


def draw_result(
    exchange: Exchange, patient: Patient, protocols: Protocols, held: Held, found: Assessment, level: int
) -> Response[Any]:
    """What it came to, and whether it waits in the ledger or stays with who asks."""
    reason = reason_on(exchange.site.shelf, held.entry, found.contact_reason, found.protocol)
    support = _support(exchange, protocols, held.state) if held.state else []
    holds = [{"value": one, "text": exchange.say(f"outreach.hold.{one}")} for one in ("queue", "me")]
    return _page(
        exchange, patient, held, "result", (), found=found, level=level, reason=reason, words=held.text,
        holds=holds, support=support, place=len(held.state.pages) if held.state else 0,
    )  # fmt: skip


def _support(exchange: Exchange, protocols: Protocols, state: State) -> list[dict[str, Any]]:
    return support_for(exchange, protocols, state.patient, see_facts(protocols, state))
