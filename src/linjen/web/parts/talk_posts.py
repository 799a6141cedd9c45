"""What a talk's page sends besides messages: read marks, "is writing", the draft; the same for residents and staff."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from linjen.access.sessions import hash_token
from linjen.cases.talk.drafts import Typed
from linjen.cases.talk.fields import check_filled
from linjen.cases.talk.message import LONGEST, Sending, Sent, check_text
from linjen.cases.talk.reading import Reading
from linjen.cases.talk.writing import may_write
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.core.visible import plain_text
from linjen.web import rate
from linjen.web.cookies import cookie_name
from linjen.web.exchange import Exchange
from linjen.web.routing import Who, post_page
from linjen.web.streams import Party

_Body = TypeVar("_Body", bound=msgspec.Struct)


class _Read(msgspec.Struct):
    seq: int


class _Draft(msgspec.Struct):
    text: str


def _other(exchange: Exchange) -> Party:
    return "resident" if exchange.by.is_staff else "staff"


async def _json(exchange: Exchange, kind: type[_Body]) -> _Body:
    """The JSON that was sent, or a form with the same fields; Invalid('unreadable') for anything else."""
    try:
        if exchange.request.headers.get("content-type", "").startswith("application/json"):
            return msgspec.json.decode(await exchange.request.body(), type=kind)
        return msgspec.convert(dict(exchange.form), kind, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Invalid("unreadable") from error


def _done(exchange: Exchange, values: dict[str, object]) -> Response[Any]:
    """JSON for the script; a form is led back to the page of the case."""
    if exchange.request.headers.get("x-linjen"):
        return Response(values)
    return exchange.redirect(exchange.request.url.path.rsplit("/", 1)[0])


async def take_read(exchange: Exchange) -> Response[Any]:
    """Läst: everything up to a number; whose open pages are told of it stands with the writer, in the roof."""
    case_id, body = exchange.id_of("case_id"), await _json(exchange, _Read)
    read = await exchange.site.reads.submit(Reading(exchange.by, case_id, body.seq))
    return _done(exchange, {"read": read.marks.read})


async def take_typing(exchange: Exchange) -> Response[Any]:
    """Skriver: shown to the other party for a few seconds, kept nowhere."""
    case_id = exchange.id_of("case_id")
    if not await may_write(exchange.site.database, exchange.by, case_id):
        raise NotFound("case")
    person = exchange.person
    name = f"{person['given_name']} {person['surname']}" if exchange.by.is_staff else person["given_name"]
    await exchange.site.hub.tell_typing(case_id, _other(exchange), name)
    if exchange.by.is_staff:
        exchange.site.presence.writes(case_id, exchange.by.person_id)
    return _done(exchange, {})


async def take_draft(exchange: Exchange) -> Response[Any]:
    """Utkast: the text of the box as it stands; nobody but its writer is ever shown it."""
    case_id, text = exchange.id_of("case_id"), plain_text((await _json(exchange, _Draft)).text)
    if text.strip():
        check_text(text)
    await exchange.site.drafts.submit(Typed(exchange.by, case_id, text if text.strip() else ""))
    if exchange.by.is_staff:  # the policy has been asked: what may not be kept has been refused
        tell = exchange.site.presence.writes if text.strip() else exchange.site.presence.rests
        tell(case_id, exchange.by.person_id)
    return _done(exchange, {"saved": len(text)})


# -- messages without JavaScript -------------------------------------------------------------------------------------


class Taken(msgspec.Struct, frozen=True):
    """What became of a message sent as a form. `fault` is '' when it is there, else a key under words chat.*."""

    text: str
    fault: str = ""
    seq: int = 0


async def take_message(exchange: Exchange) -> Taken:
    """Send the form's message in the way the page's script does, through the writer that all messages go through.

    Faults: empty, too_long, unreadable, unfilled_field (of staff), wait (more often than the limit), reused (an old
    page was sent again with another text), refused (the case has been closed or handed back meanwhile). Raises
    NotFound for who has no such case, Refused('form_expired') when the session ended in this moment.
    """
    field = exchange.form.get("text", "")
    typed = plain_text(field) if isinstance(field, str) else ""
    message_id = parse_id(str(exchange.form.get("message_id", "")))
    try:
        rate.take("message", exchange.request.cookies[_cookie(exchange)])
        text = check_text(typed)
        if exchange.by.is_staff:
            check_filled(text)
    except rate.TooOften:
        return Taken(_readable(typed), "wait")
    except Invalid as error:
        return Taken(_readable(typed)[: 4 * LONGEST], error.reason)
    if message_id is None:
        return Taken(text, "reused")
    sent = await _submit(exchange, Sending(_token(exchange), exchange.id_of("case_id"), message_id, text))
    if sent.outcome in {"sent", "repeated"}:
        await _after_sending(exchange)
        return Taken(text, "", sent.seq)
    if sent.outcome == "signed_out":
        raise Refused("form_expired")
    return Taken(text, sent.outcome)


def _readable(text: str) -> str:
    """What of the text can be put back into the box: no NUL and no half surrogates."""
    return "".join(char for char in text if char != "\x00" and not 0xD800 <= ord(char) <= 0xDFFF)


async def _submit(exchange: Exchange, sending: Sending) -> Sent:
    return await exchange.site.messages.submit(sending)


def _token(exchange: Exchange) -> bytes:
    return hash_token(exchange.request.cookies[_cookie(exchange)])


def _cookie(exchange: Exchange) -> str:
    return cookie_name(exchange.site.settings, "staff" if exchange.by.is_staff else "resident")


async def _after_sending(exchange: Exchange) -> None:
    """The draft has become a message."""
    try:
        await exchange.site.drafts.submit(Typed(exchange.by, exchange.id_of("case_id"), ""))
    except (NotFound, Refused):
        return  # the case was closed in this moment; the message is there all the same


def _routes(prefix: str, who: Who) -> list[HTTPRouteHandler]:
    case = f"{prefix}/cases/{{case_id:str}}"
    return [
        post_page(f"{case}/reads", verb="mark_read", who=who)(take_read),
        post_page(f"{case}/typing", verb="send_message", who=who, max_body=1024)(take_typing),
        post_page(f"{case}/drafts", verb="save_draft", who=who)(take_draft),
    ]


ROUTES = [*_routes("", "resident"), *_routes("/clinic", "staff")]
