"""The few routes that carry most of the traffic, as plain ASGI: sending a message, and the live streams.

They obey the same session, token, origin and policy as every page; what they leave out is the framework's own cost.
ROUTES declares their verbs for the house tests.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from functools import partial
from time import perf_counter
from typing import Any
from uuid import UUID

import msgspec

from linjen.access.access_log import log_refusal
from linjen.access.sessions import Session, find_session, hash_token
from linjen.cases.loading import note_refusal, see_case
from linjen.cases.talk.fields import check_filled
from linjen.cases.talk.message import Sending, check_text
from linjen.cases.waiting.boards import read_standing
from linjen.cases.waiting.ledger import VIEWS, has_ledger
from linjen.core.errors import Invalid, LinjenError, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.core.metrics import OPEN_STREAMS, observe_request
from linjen.web import rate
from linjen.web.cookies import cookie_name
from linjen.web.faults import status_of
from linjen.web.protection import protecting_headers
from linjen.web.routing import csrf_token, is_same_origin
from linjen.web.server import RETRY_AFTER_S, Answer
from linjen.web.site import Site
from linjen.web.streams import Stream, frame

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_ID = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_MESSAGE = re.compile(rf"/(clinic/)?cases/{_ID}/messages")
_STREAM = re.compile(rf"/(clinic/)?cases/{_ID}/stream")
_LEDGER = "/clinic/ledger/stream"
_MANAGE = "/manage/stream"
#: The query of a page of a case that shows no talk.
_APART = b"apart"
_MESSAGE_ROUTES = {None: "/cases/{case_id}/messages", "clinic/": "/clinic/cases/{case_id}/messages"}

#: (method, path, verb, who) of the routes here.
ROUTES = (
    ("POST", "/cases/{case_id}/messages", "send_message", "resident"),
    ("POST", "/clinic/cases/{case_id}/messages", "send_message", "staff"),
    ("GET", "/cases/{case_id}/stream", "see", "resident"),
    ("GET", "/clinic/cases/{case_id}/stream", "see", "staff"),
    ("GET", _LEDGER, "ledger", "staff"),
    ("GET", _MANAGE, "see_load", "staff"),
)

_LONGEST_BODY = 64 * 1024
_MOST_REMEMBERED = 20_000
_GREATEST_AGE_S = 15 * 60
_OUTCOME_STATUS = {"sent": 201, "repeated": 200, "reused": 409, "refused": 404}


class _Typed(msgspec.Struct):
    """What the page's script sends."""

    id: str
    text: str


_read_typed = msgspec.json.Decoder(_Typed).decode


class Hot:
    """Answers the hot routes; everything else goes on to `rest`."""

    def __init__(self, site: Site, rest: Callable[[Scope, Receive, Send], Awaitable[None]], *, https: bool) -> None:
        self._site = site
        self._rest = rest
        self._headers = [*protecting_headers(https=https), (b"cache-control", b"no-store")]
        self._stream_headers = [*self._headers, *_STREAM_HEADERS]
        self._cookies = {kind: cookie_name(site.settings, kind) for kind in ("resident", "staff")}
        self._form_tokens: dict[tuple[str, str], bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        path, method = scope["path"], scope["method"]
        headers = {name: value for name, value in scope["headers"] if name in _WANTED}
        if method == "POST" and b"x-linjen" in headers and (match := _MESSAGE.fullmatch(path)):
            await self._answer(send, *await self._message(match, headers, await _body(receive)))
        elif method == "GET" and (match := _STREAM.fullmatch(path)):
            await self._case_stream(match, headers, receive, send, apart=scope["query_string"] == _APART)
        elif method == "GET" and path == _LEDGER:
            await self._ledger_stream(scope["query_string"], headers, receive, send)
        elif method == "GET" and path == _MANAGE:
            await self._manage_stream(headers, receive, send)
        else:
            await self._rest(scope, receive, send)

    def _token(self, kind: str, headers: dict[bytes, bytes]) -> str:
        name = self._cookies[kind]
        for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return ""

    # -- sending -------------------------------------------------------------------------------------------------

    def find_direct(self, method: bytes, url: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Answer | None:
        """The direct way (see web/server.py) of a message of ordinary length; None for everything else."""
        if method != b"POST":
            return None
        match = _MESSAGE.fullmatch(url.decode("latin-1"))
        wanted = {name: value for name, value in headers if name in _WANTED}
        if match is None or b"x-linjen" not in wanted:
            return None
        length = wanted.get(b"content-length", b"")
        if not length.isdigit() or int(length) > _LONGEST_BODY:
            return None
        return partial(self._message, match, wanted)

    async def _message(self, match: re.Match[str], headers: dict[bytes, bytes], body: bytes) -> tuple[int, bytes]:
        begun = perf_counter()
        status, answer = await self._send_message(match, headers, body)
        observe_request("POST", _MESSAGE_ROUTES[match[1]], status, perf_counter() - begun)
        return status, msgspec.json.encode(answer)

    async def _send_message(
        self, match: re.Match[str], headers: dict[bytes, bytes], body: bytes
    ) -> tuple[int, dict[str, object]]:
        kind = "staff" if match[1] else "resident"
        token = self._token(kind, headers)
        if not token:
            return 401, {"reason": "signed_out"}
        try:
            ours = await self._form_token(token, kind)
            if ours is None:
                return 401, {"reason": "signed_out"}
            if not self._is_ours(ours, headers):
                return 409, {"reason": "form_expired"}
            rate.take("message", token)
            message_id, text = _read(body)
            sending = Sending(hash_token(token), _id_of(match[2]), message_id, check_text(text))
            if match[1]:
                check_filled(text)
            sent = await self._site.messages.submit(sending)
        except LinjenError as error:
            return status_of(error), {"reason": error.reason}
        if sent.outcome == "signed_out":
            return 401, {"reason": sent.outcome}
        if sent.outcome == "refused" and (session := await self._session(kind, headers)) is not None:
            await note_refusal(self._site.database, session.by(), "send_message", sending.case_id, NotFound("case"))
        return _OUTCOME_STATUS[sent.outcome], {"outcome": sent.outcome, "seq": sent.seq}

    def _is_ours(self, form_token: bytes, headers: dict[bytes, bytes]) -> bool:
        fetch_site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
        site = fetch_site.decode("latin-1") if fetch_site else None
        if not is_same_origin(site, origin.decode("latin-1") if origin else None, self._site):
            return False
        return secrets.compare_digest(headers.get(b"x-csrf", b""), form_token)

    async def _form_token(self, token: str, kind: str) -> bytes | None:
        """The form token of a session of this kind, None when it has ended or is of the other kind.

        It never changes, so the last ones are remembered.
        """
        known = self._form_tokens.get((kind, token))
        if known is None:
            session = await find_session(self._site.database, self._site.settings, token, kind)
            if session is None:
                return None
            if len(self._form_tokens) > _MOST_REMEMBERED:
                self._form_tokens.clear()
            known = self._form_tokens[kind, token] = csrf_token(self._site, session).encode()
        return known

    async def _refuse(self, send: Send, status: int, reason: str) -> None:
        await self._answer(send, status, msgspec.json.encode({"reason": reason}))

    async def _answer(self, send: Send, status: int, data: bytes) -> None:
        headers = [*_JSON_HEADERS, (b"content-length", str(len(data)).encode())]
        if status in RETRY_AFTER_S:
            headers.append((b"retry-after", b"%d" % RETRY_AFTER_S[status]))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": data})

    # -- streams -------------------------------------------------------------------------------------------------

    async def _case_stream(
        self, match: re.Match[str], headers: dict[bytes, bytes], receive: Receive, send: Send, *, apart: bool
    ) -> None:
        """The stream of a case's talk; `apart` for one of its other pages, which is told only to look again."""
        session = await self._session("staff" if match[1] else "resident", headers)
        if session is None:
            await self._refuse(send, 401, "signed_out")
            return
        case_id = _id_of(match[2])
        try:
            async with self._site.database.transaction() as db:
                case = await see_case(db, session.by(), case_id)
        except LinjenError as error:
            if isinstance(error, NotFound | Refused):
                await note_refusal(self._site.database, session.by(), "see", case_id, error)
            await self._refuse(send, status_of(error), error.reason)
            return
        since = _number(headers.get(b"last-event-id", b""))
        fresh = since is None or since > case.counter
        stream = Stream(session.by(), case_id, case.counter if fresh else since or 0, version="" if apart else None)
        with self._site.hub.serving(stream):
            if self._site.hub.is_to_look_again(case_id) and stream.by.is_staff:
                stream.put(frame("reload", ""))
            if apart:
                stream.put(frame("hello", ""))
            elif fresh and b"last-event-id" in headers:
                stream.put(frame("reload", ""))
            else:
                stream.put(frame("hello", str(case.counter)))
                await self._site.hub.catch_up(stream)
            await self._serve(stream, receive, send)

    async def _ledger_stream(self, query: bytes, headers: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        session = await self._session("staff", headers)
        if session is None or session.unit_id is None:
            await self._refuse(send, 401, "signed_out")
            return
        by = session.by()
        async with self._site.database.connection() as db:
            works = await has_ledger(db, by)
        if not works:
            await log_refusal(self._site.database, by, "ledger", None, "page")
            await self._refuse(send, 404, "page")
            return
        view = query.decode("latin-1").removeprefix("view=")
        stream = Stream(by, None, view=view if view in VIEWS else "unit")
        with self._site.hub.serving(stream):
            stream.put(frame("hello", self._site.hub.ledger_version(session.unit_id)))
            await self._serve(stream, receive, send)

    async def _manage_stream(self, headers: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        session = await self._session("staff", headers)
        if session is None:
            await self._refuse(send, 401, "signed_out")
            return
        by = session.by()
        async with self._site.database.connection() as db:
            version = (await read_standing(db, [by.person_id])).get(by.person_id)
        if version is None:
            await log_refusal(self._site.database, by, "see_load", None, "page")
            await self._refuse(send, 404, "page")
            return
        stream = Stream(by, None, version=version)
        with self._site.hub.serving(stream):
            stream.put(frame("hello", version))
            await self._serve(stream, receive, send)

    async def _session(self, kind: str, headers: dict[bytes, bytes]) -> Session | None:
        token = self._token(kind, headers)
        if not token:
            return None
        session = await find_session(self._site.database, self._site.settings, token, kind, touch=False)
        return None if session is None or session.locked else session

    async def _serve(self, stream: Stream, receive: Receive, send: Send) -> None:
        async def write(data: bytes) -> None:
            await send({"type": "http.response.body", "body": data, "more_body": True})

        async def leave() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        kind = "ledger" if stream.version is None else "manage"
        page = f"{stream.by.kind}_case" if stream.case_id is not None else kind
        OPEN_STREAMS.labels(page).inc()
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self._stream_headers})
            await write(b"retry: 2000\n\n")
            await _pump(stream, write, leave())
            await send({"type": "http.response.body", "body": b""})
        finally:
            OPEN_STREAMS.labels(page).dec()


async def _pump(stream: Stream, send: Callable[[bytes], Awaitable[None]], gone: Awaitable[object]) -> None:
    """Send what the stream has until it is closed, too old, or `gone` (the browser has left) is done."""
    leaving = asyncio.ensure_future(gone)
    leaving.add_done_callback(lambda _: stream.close())
    try:
        async with asyncio.timeout(_GREATEST_AGE_S):
            while not leaving.done():
                data = await stream.take()
                if data:
                    await send(data)
                elif stream.closed:
                    break
    except TimeoutError:
        pass
    finally:
        leaving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await leaving


_WANTED = frozenset(
    (b"cookie", b"x-linjen", b"x-csrf", b"origin", b"sec-fetch-site", b"last-event-id", b"content-length")
)
#: What a script reads needs no content policy: it is never shown as a page.
_JSON_HEADERS = [
    (b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"),
]  # fmt: skip
_STREAM_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]


def _number(text: bytes) -> int | None:
    return int(text) if text.isdigit() and len(text) < 10 else None


async def _body(receive: Receive) -> bytes:
    """What was sent, cut above the longest; how long it may take is the server's business (web/server.py)."""
    body = b""
    while len(body) <= _LONGEST_BODY:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            break
    return body


def _id_of(text: str) -> UUID:
    if (found := parse_id(text)) is None:
        raise Invalid("unreadable")
    return found


def _read(body: bytes) -> tuple[UUID, str]:
    if len(body) > _LONGEST_BODY:
        raise Invalid("too_long", "text")
    try:
        typed = _read_typed(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("unreadable") from error
    return _id_of(typed.id), typed.text
