"""SMS by a gateway's HTTP interface: one call a message, and the report of what became of it.

Providers differ in the names of their fields, so a setting says them; what does not differ is what an answer means.
A message that certainly was not taken may be tried again. One whose fate nobody knows never is: it is told as
`Uncertain`, and a person decides. Only a gateway that promises to know a message by its id again (`sms_idempotent`) is
asked twice with the same one.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Final, Protocol, Self
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import msgspec

from linjen.core.errors import LinjenError, Misconfigured, Refused, Unavailable
from linjen.core.settings import Settings
from linjen.integrations.gsm import is_gsm
from linjen.integrations.http_line import Answer, HttpLine, Line, LineError, NotSent

#: Seconds that a gateway may take before what it did is uncertain.
PATIENCE_S: Final = 10.0
#: Answers that say "not now" and leave no doubt that nothing was taken.
_NOT_NOW: Final = frozenset({408, 425, 429, 503})
#: What is sent where the settings name no fields and headers of their own, and what a report then says.
_FIELDS: Final = ["from={from}", "to={to}", "message={text}", "whendelivered={report_url}"]
_HEADERS: Final = ["Idempotency-Key: {id}"]
_DELIVERED, _FAILED = ["delivered"], ["failed"]
_FIELD: Final = re.compile(r"\{(\w+)\}")
_KNOWN: Final = frozenset({"id", "to", "from", "text", "coding", "report_url"})


class Uncertain(LinjenError):
    """Whether the message was taken cannot be known: sending it again may send it twice."""


class Outgoing(msgspec.Struct, frozen=True):
    """One SMS: `id` is the same however often it is tried, `to` is E.164, `report_url` is where its fate is told."""

    id: UUID
    to: str
    text: str
    report_url: str

    def __repr__(self) -> str:
        return f"<Outgoing {self.id}>"


class Gateway(Protocol):
    """A way out for SMS."""

    async def send(self, sms: Outgoing) -> str:
        """Hand over a message; the gateway's id of it, '' where it gives none.

        Raises Unavailable when it certainly was not taken and may be tried again, Refused('gateway_refused') when it
        never will be, and Uncertain.
        """

    async def listen(self) -> None:
        """Be there for what the gateway tells of by itself, until cancelled; ends at once where it calls us instead."""

    async def close(self) -> None:
        """Let connections go."""


class HttpGateway:
    """A gateway that takes a form, JSON or a query, by the settings `sms_*`."""

    def __init__(self, settings: Settings, line: Line) -> None:
        self._settings = settings
        self._line = line

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises Misconfigured for fields or headers that are no `name=value` or name what there is not."""
        _check(settings)
        # A connection is never used twice: one that the gateway had just given up would leave the message uncertain.
        # In all, an answer that drips in byte by byte is no answer.
        line = HttpLine(connect_s=PATIENCE_S, read_s=PATIENCE_S, total_s=2 * PATIENCE_S, connections=16, keep_s=0)
        return cls(settings, line)

    async def close(self) -> None:
        """Let connections go."""
        await self._line.close()

    async def listen(self) -> None:
        """Reports come as calls of the gateway's own; see web/public/sms_reports.py."""

    async def send(self, sms: Outgoing) -> str:
        """See `Gateway.send`."""
        try:
            answer = await self._ask(sms)
        except NotSent as error:
            raise Unavailable("gateway_unreachable", why=error.why) from None
        except LineError as error:
            raise self._doubt("gateway_cut", error.why) from None
        return self._read(answer)

    async def _ask(self, sms: Outgoing) -> Answer:
        settings = self._settings
        values = {
            "id": str(sms.id), "to": sms.to, "from": settings.sms_sender, "text": sms.text,
            "coding": "0" if is_gsm(sms.text) else "2", "report_url": sms.report_url,
        }  # fmt: skip
        fields = {name: _filled(value, values) for name, value in _pairs(settings.sms_fields or _FIELDS, "=")}
        headers = {name: _filled(value, values) for name, value in _pairs(settings.sms_headers or _HEADERS, ":")}
        if settings.sms_user:
            pair = f"{settings.sms_user}:{settings.sms_password}".encode()
            headers = {"Authorization": "Basic " + base64.b64encode(pair).decode("ascii")} | headers
        url = settings.sms_url
        if settings.sms_encoding == "query":
            glue = "&" if urlsplit(url).query else "?"
            return await self._line.ask("GET", url + glue + urlencode(fields, quote_via=quote), headers=headers)
        if settings.sms_encoding == "json":
            kind, body = "application/json", msgspec.json.encode(fields)
        else:
            kind, body = "application/x-www-form-urlencoded", urlencode(fields).encode("ascii")
        return await self._line.ask("POST", url, body=body, headers={"Content-Type": kind} | headers)

    def _read(self, answer: Answer) -> str:
        if answer.status in _NOT_NOW:
            raise Unavailable("gateway_busy", status=answer.status)
        if 300 <= answer.status < 500:
            raise Refused("gateway_refused", status=answer.status)
        if not 200 <= answer.status < 300:
            raise self._doubt("gateway_fault", answer.status)
        path = self._settings.sms_id_path
        if not path:
            return ""
        found = _at(answer, path)
        if not found:
            raise self._doubt("gateway_unreadable", answer.status)
        return found

    def _doubt(self, reason: str, why: object) -> LinjenError:
        """What nobody knows may be asked again only where the gateway knows the message by its id."""
        return (Unavailable if self._settings.sms_idempotent else Uncertain)(reason, why=why)


def read_report(settings: Settings, fields: Mapping[str, str]) -> str:
    """What a gateway's report says: delivered, failed, or '' for what is neither (on its way, or unknown)."""
    said = fields.get(settings.sms_report_field, "").strip().lower()
    if said in {one.lower() for one in settings.sms_report_delivered or _DELIVERED}:
        return "delivered"
    return "failed" if said in {one.lower() for one in settings.sms_report_failed or _FAILED} else ""


def _pairs(lines: list[str], mark: str) -> list[tuple[str, str]]:
    found = (line.partition(mark) for line in lines)
    return [(name.strip(), value.strip()) for name, _, value in found]


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: values[found[1]], template)


def _at(answer: Answer, path: str) -> str:
    """The value at a path such as `data.0.id` in a JSON answer, as text; '' when it is not there."""
    try:
        found: Any = msgspec.json.decode(answer.body)
        for step in path.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (msgspec.DecodeError, LookupError, ValueError, TypeError):
        return ""
    return str(found) if isinstance(found, str | int) else ""


def _check(settings: Settings) -> None:
    if settings.sms_encoding not in {"form", "json", "query"}:
        raise Misconfigured("setting_invalid", setting="sms_encoding", why="must be form, json or query")
    for setting, mark in (("sms_fields", "="), ("sms_headers", ":")):
        for line in getattr(settings, setting):
            unknown = set(_FIELD.findall(line)) - _KNOWN
            if mark not in line or unknown:
                why = f"'{line}' is no name{mark}value, or puts in something unknown ({', '.join(sorted(unknown))})"
                raise Misconfigured("setting_invalid", setting=setting, why=why)
    if not urlsplit(settings.sms_url).hostname:
        raise Misconfigured("setting_invalid", setting="sms_url", why="must be an address with a host")
