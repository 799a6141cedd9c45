"""What a person is shown when something cannot be done: a page in plain words, never a trace."""

from __future__ import annotations

import re
from typing import Any

import jinja2
from litestar import Response

from linjen.core.errors import Invalid, LinjenError, NotFound, Refused, Reused, Unavailable
from linjen.core.ids import parse_id
from linjen.web.clinic.case.meanwhile import Meanwhile
from linjen.web.exchange import Exchange
from linjen.web.rate import TooOften
from linjen.web.words import has_word

_STATUS: list[tuple[type[LinjenError], int]] = [
    (NotFound, 404), (TooOften, 429), (Refused, 409), (Invalid, 422), (Unavailable, 503),
]  # fmt: skip


def status_of(error: LinjenError) -> int:
    """The HTTP status that tells a program the same as the page tells a person."""
    if isinstance(error, Reused):
        return 422 if error.elsewhere else 409
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def fault_page(exchange: Exchange, error: LinjenError, meanwhile: Meanwhile | None = None) -> Response[Any]:
    """The page (or, for a script's request, the JSON) of an error; `meanwhile` says who has moved the case."""
    status = status_of(error)
    headers = {}
    if isinstance(error, TooOften):
        headers["Retry-After"] = str(error.detail["retry_after_s"])
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "10"
    if exchange.request.headers.get("x-linjen"):
        return Response({"reason": error.reason}, status_code=status, headers=headers)
    response = _draw(exchange, _key(exchange, error, status), status, meanwhile)
    response.headers.update(headers)
    return response


def _is_for_staff(exchange: Exchange) -> bool:
    return exchange.request.url.path.startswith(("/clinic", "/manage"))


def _key(exchange: Exchange, error: LinjenError, status: int) -> str:
    """The words of an error: by its reason where there are such, else by its status."""
    if error.reason == "not_yours" and not _is_for_staff(exchange):  # its words are about a colleague
        return f"faults.{status}"
    removed = error.reason == "wrong_state" and error.detail.get("state") == "abandoned"
    reason = "draft_removed" if removed and not _is_for_staff(exchange) else error.reason
    reason = "unit_shut_staff" if reason == "unit_shut" and _is_for_staff(exchange) else reason
    return f"faults.{reason}" if has_word("sv", f"faults.{reason}.title") else f"faults.{status}"


#: What became of her case, and where its page is; only who may see a case is told anything but that it does not exist.
_WAY_ON = {
    "faults.wrong_state": "/cases/{case_id}", "faults.draft_sent": "/cases/{case_id}",
    "faults.draft_closed": "/cases/{case_id}", "faults.draft_advised": "/intakes/{case_id}/advice",
    "faults.draft_removed": "/cases", "faults.unit_shut": "/intakes/{case_id}/unit",
}  # fmt: skip


def _way_on(exchange: Exchange, key: str) -> str:
    """The address that the page of this fault leads a resident to, '' for the first page alone."""
    if _is_for_staff(exchange) or exchange.session is None:
        return ""
    case_id = parse_id(str(exchange.request.path_params.get("case_id", "")))
    return _WAY_ON.get(key, "").format(case_id=case_id) if case_id else ""


#: What forms carry along, and nobody has typed: tokens, ids, how things stood when the page was drawn.
_CARRIED = frozenset({
    "csrf", "version", "next", "place", "held", "base", "changes", "filters", "kept", "drawn_at", "drawn", "seq", "to",
})  # fmt: skip
_CARRIED_SO = re.compile(r"was([._].*)?|.*_id")
#: The boxes whose words come back however short they are; a choice has a code in its place.
_WRITTEN = re.compile(
    r"text|words|extra|note|tell|comment|reason|why|attest_note|history|body|title|short|line|line_en|referrals"
    r"|interpreter|tell-.+|text_.+|booking_.+"
)
#: `reason` is chosen in these forms, by the end of their address, and typed in all others.
_REASON_CHOSEN = ("/closings", "/patients", "-openings", "/previews", "/further-questions")
_CODE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
#: Ids with or without a role behind them, dates, hours, numbers; a personal number, too, is not shown once more.
_NO_WORDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(/.*)?|[\d\s:.,+T-]*")


def typed_in(exchange: Exchange) -> list[str]:
    """What was written in a form that could not be taken: it is nowhere else any more, so its writer gets it back.

    Whatever was sent is taken for words, except what is known to be none: a box that is new is not forgotten here.
    """
    path = exchange.request.url.path
    pairs = [(name, value.strip()) for name, value in exchange.form.items() if isinstance(value, str)]
    return list(dict.fromkeys(value for name, value in pairs if value and _is_typed(path, name, value)))


def _is_typed(path: str, name: str, value: str) -> bool:
    if name in _CARRIED or _CARRIED_SO.fullmatch(name) or _NO_WORDS.fullmatch(value):
        return False
    is_chosen = name == "reason" and path.endswith(_REASON_CHOSEN)
    return bool(_WRITTEN.fullmatch(name) and not is_chosen) or not _CODE.fullmatch(value)


def _draw(exchange: Exchange, key: str, status: int, meanwhile: Meanwhile | None) -> Response[str]:
    staff, way_on = _is_for_staff(exchange), _way_on(exchange, key)
    typed = typed_in(exchange)
    try:
        # Where the database is gone nobody knows whether she is signed in, so she is not asked to sign in.
        unknown = {"nobody_asked": True} if status == 503 and exchange.session is None else {}
        return exchange.page(
            "public/fault.html", status=status, key=key, staff=staff, way_on=way_on, typed=typed, meanwhile=meanwhile,
            **unknown,
        )  # fmt: skip
    except jinja2.TemplateError:
        text = f"{exchange.say(f'{key}.title')}. {exchange.say(f'{key}.text')}"
        return Response(text, media_type="text/plain", status_code=status)
