"""Förhandsgranska: an interview on any version as a resident of some age and sex would meet it; it is no case.

The real engine asks, page by page. The interview stands sealed in the form itself, bound to who is looking, so that
nothing of it is kept on the server and nothing is logged as care.
"""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec
from litestar import Response

from linjen.core import clock
from linjen.core.errors import Invalid, NotFound
from linjen.triage import answer, begin, candidates, choose, next_page, page_at
from linjen.triage.asking.plausible import FALLBACK
from linjen.triage.content.library import Protocols
from linjen.triage.content.shape import LanguageFile
from linjen.triage.state import LONGEST_WORDS, Page
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import Version, noted, protocols_of, see_version, triage_page
from linjen.web.manage.triage.preview_pages import (
    Held,
    draw_page,
    draw_reasons,
    draw_result,
    in_language,
    unsealed,
)
from linjen.web.resident.intake.question_page import filled_page, read_page
from linjen.web.resident.intake.sheet import Fault
from linjen.web.resident.intake.step import MAX_WORDS_BODY
from linjen.web.routing import get_page, post_page

_SEXES, _WRITERS = ("female", "male", "unknown"), ("self", "parent", "relative")
_AGE = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,6})?")
_LONGEST_NAME, _OLDEST = 40, 130
_FIRST: dict[str, str] = {
    "age": "35",
    "sex": "female",
    "writer": "self",
    "name": "",
    "text": "",
    "reason": "",
    "language": "sv",
}


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
        "languages": [{"value": code, "text": name} for code, name in _languages(exchange, version).items()],
    }
    return await triage_page(
        exchange,
        "preview_start.html",
        version,
        status=status,
        fields=fields,
        errors=errors,
        longest=LONGEST_WORDS,
        **options,
    )


@post_page("/manage/triage/{version:str}/previews", verb="see_triage", who="staff", max_body=MAX_WORDS_BODY)
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
    held = unsealed(exchange, version)
    if held is None:
        return await _draw_start(exchange, version, _FIRST, (Fault("text", _say(exchange, "lost")),), 409)
    if not held.chosen:
        return await _choose(exchange, version, protocols, held)
    return await _answer(exchange, version, protocols, held)


def _say(exchange: Exchange, key: str) -> str:
    return exchange.say(f"editor.preview.{key}")


async def _begin(exchange: Exchange, version: Version, protocols: Protocols) -> Response[Any]:
    fields = {name: exchange.text_of(name, longest=LONGEST_WORDS) for name in _FIRST}
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
    if (
        fields["sex"] not in _SEXES
        or fields["writer"] not in _WRITERS
        or (fields["language"] not in _languages(exchange, version))
    ):
        faults.append(Fault("sex", _say(exchange, "choose")))
    if fields["reason"] and fields["reason"] not in version.opened.known.reasons:
        faults.append(Fault("reason", _say(exchange, "choose")))
    return faults


def _languages(exchange: Exchange, version: Version) -> dict[str, str]:
    """Code and name of the languages that the version's texts are written in."""
    files = (one.file for one in version.opened.loaded.values() if isinstance(one.file, LanguageFile))
    own = {one: exchange.say(f"editor.preview.language_{one}") for one in ("sv", "en")}
    return own | {file.language: file.name for file in files}


def _age(text: str) -> float:
    """Years in plain digits, also with a decimal comma; not a number where it is none."""
    # float() and int() would take "1_0", "1e2" and the digits of other scripts, too.
    return float(text.strip().replace(",", ".")) if _AGE.fullmatch(text.strip()) else math.nan


async def _choose(exchange: Exchange, version: Version, protocols: Protocols, held: Held) -> Response[Any]:
    """As the resident chooses: what is offered, and "Något annat" counts only alone."""
    offered = [one.id for one in candidates(protocols, held.state)]
    chosen = [one for one in offered if one in set(exchange.all_of("reasons"))]
    if not chosen:
        return await draw_reasons(exchange, version, protocols, held, exchange.say("intake.reasons.missing"))
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
    fields, answers, faults = read_page(in_language(exchange, held), page)
    if faults:
        return await draw_page(exchange, version, protocols, held, place, page, fields, tuple(faults))
    held = msgspec.structs.replace(held, state=answer(protocols, state, answers))
    return await _go_on(exchange, version, protocols, held, place + 1)


def _place(exchange: Exchange, held: Held) -> int:
    return min(exchange.number_of("place"), len(held.state.pages))


def _page(protocols: Protocols, held: Held, place: int) -> Page | None:
    if place < len(held.state.pages):
        return page_at(protocols, held.state, place, held.language)
    return next_page(protocols, held.state, held.language)


async def _go_on(
    exchange: Exchange, version: Version, protocols: Protocols, held: Held, place: int | None = None
) -> Response[Any]:
    """The page of contact reasons, the page at `place` (the next one without it), or the result."""
    if not held.chosen:
        return await draw_reasons(exchange, version, protocols, held)
    place = len(held.state.pages) if place is None else min(place, len(held.state.pages))
    page = _page(protocols, held, place)
    if page is None:
        return await draw_result(exchange, version, protocols, held)
    return await draw_page(exchange, version, protocols, held, place, page, filled_page(page, held.state.answers))


ROUTES = [show_preview, take_preview]
