"""The pages of a preview: contact reasons, a page of questions and what it came to; the interview sealed in each."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
from litestar import Response

from linjen.core.sealing import Broken
from linjen.triage import State, assess, candidates, page_at, pages_left
from linjen.triage.asking.facts import see_facts
from linjen.triage.asking.forms import form_of
from linjen.triage.asking.plausible import FALLBACK
from linjen.triage.asking.summary import summary
from linjen.triage.asking.wording import name_of
from linjen.triage.content.library import Protocols
from linjen.triage.state import Page, Result
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import Version, triage_page
from linjen.web.resident.intake.around import support_for
from linjen.web.resident.intake.question_page import page_values
from linjen.web.resident.intake.sheet import Fault

_PURPOSE = "triage_preview"


class Held(msgspec.Struct, frozen=True):
    """A preview under way, as the form carries it. `chosen` says that the page of contact reasons has been answered."""

    sha256: str
    language: str
    state: State
    chosen: bool


def sealed(exchange: Exchange, held: Held) -> str:
    """The interview as the form carries it, for this person alone."""
    row = exchange.by.person_id.bytes
    return base64.urlsafe_b64encode(exchange.site.sealer.seal(_PURPOSE, msgspec.json.encode(held), row)).decode()


def unsealed(exchange: Exchange, version: Version) -> Held | None:
    """The interview that the form brought back; None when it is another person's, altered, or of changed content."""
    try:
        raw = base64.urlsafe_b64decode(str(exchange.form.get("held")).encode())
        plain = exchange.site.sealer.unseal(_PURPOSE, raw, exchange.by.person_id.bytes)
        held = msgspec.json.decode(plain, type=Held)
    except (Broken, binascii.Error, ValueError, msgspec.MsgspecError):
        return None
    return held if held.sha256 == version.opened.sha256 else None


def in_language(exchange: Exchange, held: Held) -> Exchange:
    """The exchange with the resident's language, in which the questions and their faults are worded."""
    exchange.words = held.language
    return exchange


async def draw_reasons(
    exchange: Exchange, version: Version, protocols: Protocols, held: Held, error: str = ""
) -> Response[Any]:
    """The contact reasons to choose from, as the resident meets them."""
    names = {one.id: name_of(protocols, one.id, held.language) for one in candidates(protocols, held.state)}
    names[FALLBACK] = exchange.say("intake.reasons.other")
    return await triage_page(
        in_language(exchange, held), "preview_reasons.html", version, status=422 if error else 200, error=error,
        held=sealed(exchange, held), language=held.language, words=held.state.texts[0],
        options=[{"value": id, "text": name, "hint": ""} for id, name in names.items()],
        errors=[Fault("reasons", error)] if error else [], support=_support(exchange, protocols, held),
    )  # fmt: skip


async def draw_page(
    exchange: Exchange, version: Version, protocols: Protocols, held: Held, place: int, page: Page,
    fields: dict[str, str], errors: tuple[Fault, ...] = (),
) -> Response[Any]:  # fmt: skip
    """One page of questions; `place` counts from 0."""
    values = page_values(in_language(exchange, held), page, fields)
    is_next = place == len(held.state.pages)
    return await triage_page(
        exchange, "preview_page.html", version, status=422 if errors else 200, held=sealed(exchange, held),
        language=held.language, place=place, errors=errors, fields=fields, number=place + 1,
        support=_support(exchange, protocols, held),
        ahead=pages_left(protocols, held.state) - 1 if is_next else 0, **values,
    )  # fmt: skip


async def draw_result(exchange: Exchange, version: Version, protocols: Protocols, held: Held) -> Response[Any]:
    """What the interview came to, why, and what was asked."""
    state, result = held.state, assess(protocols, held.state)
    known = version.opened.known
    form = [] if result.outcome == "emergency" else form_of(protocols, _form_reasons(state, result), state.patient)
    return await triage_page(
        exchange, "preview_result.html", version, result=result, held=sealed(exchange, held),
        reason=known.reasons[result.contact_reason].name, place=len(state.pages), form=form,
        flags=[known.findings[code].name for code in result.unanswered_red_flags], asked=_asked(protocols, held),
        language=held.language, words=state.texts[0], support=_support(exchange, protocols, held),
    )  # fmt: skip


def _support(exchange: Exchange, protocols: Protocols, held: Held) -> list[dict[str, Any]]:
    """What to do now, as it stands on the resident's own pages."""
    return support_for(exchange, protocols, held.state.patient, see_facts(protocols, held.state))


def _form_reasons(state: State, result: Result) -> list[str]:
    return list(state.chosen) or [result.contact_reason]


def _asked(protocols: Protocols, held: Held) -> list[dict[str, Any]]:
    """Page by page what was asked and answered, in Swedish."""
    lines = {line.code: line for line in summary(protocols, held.state)}
    found = []
    for number in range(len(held.state.pages)):
        page = page_at(protocols, held.state, number)
        if page is not None:
            answered = [lines[one.code] for one in page.codes if one.code in lines]
            found.append({"heading": page.text, "lines": answered})
    return found
