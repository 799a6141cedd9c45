"""Förhandsgranska: an interview on any version as a resident of some age and sex would meet it; it is no case.

The real engine asks, page by page. The interview stands sealed in the form itself, bound to who is looking, so that
nothing of it is kept on the server and nothing is logged as care.
"""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

import msgspec
from litestar import Response

from linjen.core import clock
from linjen.core.errors import Invalid, NotFound
from linjen.core.sealing import Broken
from linjen.triage import State, answer, assess, begin, candidates, choose, next_page, page_at, pages_ahead, summary
from linjen.triage.forms import form_of
from linjen.triage.library import Protocols
from linjen.triage.plausible import FALLBACK
from linjen.triage.state import Page, Result
from linjen.triage.wording import name_of
from linjen.web.exchange import Exchange
from linjen.web.manage.triage_frame import Version, noted, protocols_of, see_version, triage_page
from linjen.web.resident.intake_question_page import filled_page, page_values, read_page
from linjen.web.resident.intake_sheet import Fault
from linjen.web.routing import get_page, post_page

_PURPOSE = "triage_preview"
_SEXES, _WRITERS = ("female", "male", "unknown"), ("self", "parent", "relative")
_LONGEST_TEXT, _LONGEST_NAME, _OLDEST = 4000, 40, 130
_FIRST: dict[str, str] = {
    "age": "35",
    "sex": "female",
    "writer": "self",
    "name": "",
    "text": "",
    "reason": "",
    "language": "sv",
}


class Held(msgspec.Struct, frozen=True):
    """A preview under way, as the form carries it. `chosen` says that the page of contact reasons has been answered."""

    sha256: str
    language: str
    state: State
    chosen: bool


@get_page("/manage/triage/{version:str}/preview", verb="see_triage", who="staff")
async def show_preview(exchange: Exchange) -> Response[Any]:
    """The form that begins a preview."""
    return await noted(exchange, "see_triage", _beginning)


async def _beginning(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    reason = str(exchange.request.query_params.get("reason", ""))
    return await _draw_start(exchange, version, _FIRST | {"reason": reason})


async def _draw_start(
    exchange: Exchange, version: Version, fields: dict[str, str], errors: tuple[Fault, ...] = (), status: int = 200
) -> Response[Any]:
    known = version.opened.known.reasons
    options = {
        "sexes": [{"value": one, "text": exchange.say(f"editor.preview.sex_{one}")} for one in _SEXES],
        "writers": [{"value": one, "text": exchange.say(f"editor.preview.writer_{one}")} for one in _WRITERS],
        "reasons": [{"value": one.id, "text": one.name} for one in known.values()],
        "languages": [{"value": one, "text": exchange.say(f"editor.preview.language_{one}")} for one in ("sv", "en")],
    }
    return await triage_page(
        exchange, "triage_preview_start.html", version, status=status, fields=fields, errors=errors, **options
    )


@post_page("/manage/triage/{version:str}/previews", verb="see_triage", who="staff")
async def take_preview(exchange: Exchange) -> Response[Any]:
    """The beginning, or the answers to a page: the next page, or what it came to."""
    return await noted(exchange, "see_triage", _taken)


async def _taken(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    try:
        protocols = await protocols_of(exchange, version)
    except Invalid:
        return await _draw_start(exchange, version, _FIRST, (Fault("text", _say(exchange, "cannot")),), 422)
    if "held" not in exchange.form:
        return await _begin(exchange, version, protocols)
    held = _unsealed(exchange, version)
    if held is None:
        return await _draw_start(exchange, version, _FIRST, (Fault("text", _say(exchange, "lost")),), 409)
    if not held.chosen:
        return await _choose(exchange, version, protocols, held)
    return await _answer(exchange, version, protocols, held)


def _say(exchange: Exchange, key: str) -> str:
    return exchange.say(f"editor.preview.{key}")


async def _begin(exchange: Exchange, version: Version, protocols: Protocols) -> Response[Any]:
    fields = {name: exchange.text_of(name, longest=_LONGEST_TEXT) for name in _FIRST}
    faults = tuple(_faults(exchange, version, fields))
    if faults:
        return await _draw_start(exchange, version, fields, faults, 422)
    state = begin(
        protocols, _age(fields["age"]), fields["sex"], fields["writer"], fields["text"],  # type: ignore[arg-type]
        fields["name"][:_LONGEST_NAME] if fields["writer"] != "self" else "", clock.local_date(clock.now()),
    )  # fmt: skip
    if fields["reason"]:
        state = choose(protocols, state, [fields["reason"]])
    held = Held(version.opened.sha256, fields["language"], state, bool(fields["reason"]))
    return await _go_on(exchange, version, protocols, held)


def _faults(exchange: Exchange, version: Version, fields: dict[str, str]) -> list[Fault]:
    age, faults = _age(fields["age"]), []
    if not 0 <= age <= _OLDEST:
        faults.append(Fault("age", _say(exchange, "age_wrong")))
    if fields["sex"] not in _SEXES or fields["writer"] not in _WRITERS or fields["language"] not in {"sv", "en"}:
        faults.append(Fault("sex", _say(exchange, "choose")))
    if fields["reason"] and fields["reason"] not in version.opened.known.reasons:
        faults.append(Fault("reason", _say(exchange, "choose")))
    return faults


def _age(text: str) -> float:
    """Years, also with a decimal comma; not a number where it is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


async def _choose(exchange: Exchange, version: Version, protocols: Protocols, held: Held) -> Response[Any]:
    """As the resident chooses: what is offered, and "Något annat" counts only alone."""
    offered = [one.id for one in candidates(protocols, held.state)]
    chosen = [one for one in offered if one in set(exchange.all_of("reasons"))]
    if not chosen:
        return await _draw_reasons(exchange, version, protocols, held, exchange.say("intake.reasons.missing"))
    named = [one for one in chosen if one != FALLBACK] or chosen
    state = choose(protocols, held.state, named)
    return await _go_on(exchange, version, protocols, msgspec.structs.replace(held, state=state, chosen=True))


async def _answer(exchange: Exchange, version: Version, protocols: Protocols, held: Held) -> Response[Any]:
    place, state = _place(exchange, held), held.state
    if exchange.form.get("do") == "back":
        return await _go_on(exchange, version, protocols, held, max(0, place - 1))
    page = _page(protocols, held, place)
    if page is None:
        raise NotFound("page")
    fields, answers, faults = read_page(_in_language(exchange, held), page)
    if faults:
        return await _draw_page(exchange, version, protocols, held, place, page, fields, tuple(faults))
    held = msgspec.structs.replace(held, state=answer(protocols, state, answers))
    return await _go_on(exchange, version, protocols, held, place + 1)


def _place(exchange: Exchange, held: Held) -> int:
    sent = exchange.text_of("place", longest=4)
    place = int(sent) if sent.isdecimal() else 0
    return min(place, len(held.state.pages))


def _page(protocols: Protocols, held: Held, place: int) -> Page | None:
    if place < len(held.state.pages):
        return page_at(protocols, held.state, place, held.language)
    return next_page(protocols, held.state, held.language)


async def _go_on(
    exchange: Exchange, version: Version, protocols: Protocols, held: Held, place: int | None = None
) -> Response[Any]:
    """The page of contact reasons, the page at `place` (the next one without it), or the result."""
    if not held.chosen:
        return await _draw_reasons(exchange, version, protocols, held)
    place = len(held.state.pages) if place is None else min(place, len(held.state.pages))
    page = _page(protocols, held, place)
    if page is None:
        return await _draw_result(exchange, version, protocols, held)
    return await _draw_page(exchange, version, protocols, held, place, page, filled_page(page, held.state.answers))


# -- how it is drawn ---------------------------------------------------------------------------------------------------


def _in_language(exchange: Exchange, held: Held) -> Exchange:
    """The exchange with the resident's language, in which the questions and their faults are worded."""
    exchange.language = held.language
    return exchange


async def _draw_reasons(
    exchange: Exchange, version: Version, protocols: Protocols, held: Held, error: str = ""
) -> Response[Any]:
    names = {one.id: name_of(protocols, one.id, held.language) for one in candidates(protocols, held.state)}
    names[FALLBACK] = exchange.say("intake.reasons.other")
    return await triage_page(
        _in_language(exchange, held), "triage_preview_reasons.html", version, status=422 if error else 200, error=error,
        held=_sealed(exchange, held), language=held.language, words=held.state.texts[0],
        options=[{"value": id, "text": name, "hint": ""} for id, name in names.items()],
        errors=[Fault("reasons", error)] if error else [],
    )  # fmt: skip


async def _draw_page(
    exchange: Exchange, version: Version, protocols: Protocols, held: Held, place: int, page: Page,
    fields: dict[str, str], errors: tuple[Fault, ...] = (),
) -> Response[Any]:  # fmt: skip
    values = page_values(_in_language(exchange, held), page, fields)
    is_next = place == len(held.state.pages)
    return await triage_page(
        exchange, "triage_preview_page.html", version, status=422 if errors else 200, held=_sealed(exchange, held),
        language=held.language, place=place, errors=errors, fields=fields, number=place + 1,
        ahead=pages_ahead(protocols, held.state) - 1 if is_next else 0, **values,
    )  # fmt: skip


async def _draw_result(exchange: Exchange, version: Version, protocols: Protocols, held: Held) -> Response[Any]:
    state, result = held.state, assess(protocols, held.state)
    known = version.opened.known
    form = [] if result.outcome == "emergency" else form_of(protocols, _form_reasons(state, result), state.patient)
    return await triage_page(
        exchange, "triage_preview_result.html", version, result=result, held=_sealed(exchange, held),
        reason=known.reasons[result.contact_reason].name, place=len(state.pages), form=form,
        flags=[known.findings[code].name for code in result.unanswered_red_flags], asked=_asked(protocols, held),
        language=held.language, words=state.texts[0],
    )  # fmt: skip


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


# -- the interview in the form -----------------------------------------------------------------------------------------


def _sealed(exchange: Exchange, held: Held) -> str:
    row = exchange.by.person_id.bytes
    return base64.urlsafe_b64encode(exchange.site.sealer.seal(_PURPOSE, msgspec.json.encode(held), row)).decode()


def _unsealed(exchange: Exchange, version: Version) -> Held | None:
    """The interview that the form brought back; None when it is another person's, altered, or of changed content."""
    try:
        raw = base64.urlsafe_b64decode(str(exchange.form.get("held")).encode())
        plain = exchange.site.sealer.unseal(_PURPOSE, raw, exchange.by.person_id.bytes)
        held = msgspec.json.decode(plain, type=Held)
    except (Broken, binascii.Error, ValueError, msgspec.MsgspecError):
        return None
    return held if held.sha256 == version.opened.sha256 else None


ROUTES = [show_preview, take_preview]
