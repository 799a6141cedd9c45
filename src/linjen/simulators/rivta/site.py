"""The ASGI app: one address for each interaction, and one where the simulator is told to misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
from lxml import etree

from linjen.simulators.rivta import listings, person_records
from linjen.simulators.rivta.mischief import Mischief, Mischiefs
from linjen.simulators.rivta.register import Register
from linjen.simulators.rivta.schemas import Check
from linjen.simulators.rivta.soap import Fault, put, read_envelope, write_envelope, write_fault

BASE_PATH = "/vp"
CONTROL_PATH = "/control"
_MOST_BYTES = 4 * 1024 * 1024
_DOCTYPE = b'<!DOCTYPE soap:Envelope [<!ENTITY host SYSTEM "file:///etc/hostname">]>'

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Answer(NamedTuple):
    """What one call is answered with."""

    status: int
    body: bytes
    kind: str = "text/xml; charset=utf-8"


class _Interaction(NamedTuple):
    name: str
    responder: str
    answer: Callable[[etree._Element, Register, Mischief | None], etree._Element]


def _persons(request: etree._Element, register: Register, told: Mischief | None) -> etree._Element:
    return person_records.answer_persons(request, register)


def _listings(request: etree._Element, register: Register, told: Mischief | None) -> etree._Element:
    result = told.text if told is not None and told.kind == "result" else "OK"
    return listings.answer_listings(request, register, result)


_INTERACTIONS = {
    f"{BASE_PATH}/{person_records.PATH}": _Interaction(person_records.NAME, person_records.RESPONDER, _persons),
    f"{BASE_PATH}/{listings.PATH}": _Interaction(listings.NAME, listings.RESPONDER, _listings),
}


class Site:
    """The simulated service platform. `calls` counts what was asked, by interaction, for tests."""

    def __init__(self, register: Register, checks: dict[str, Check], logical_addresses: frozenset[str]) -> None:
        """`logical_addresses`: those that are known here; empty takes any that is not blank."""
        self.register = register
        self.mischiefs = Mischiefs()
        self.calls: list[str] = []
        self._checks = checks
        self._logical_addresses = logical_addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _read(receive)
        if body is None:
            answer = Answer(413, b"", "text/plain")
        elif scope["path"] == CONTROL_PATH:
            answer = self._control(scope["method"], body)
        else:
            answer = await self._answer(scope, body)
        headers = [(b"content-type", answer.kind.encode()), (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    def _control(self, method: str, body: bytes) -> Answer:
        """POST a Mischief as JSON to tell it, DELETE to forget all."""
        if method == "DELETE":
            self.mischiefs.clear()
            return Answer(204, b"", "text/plain")
        try:
            self.mischiefs.tell(msgspec.json.decode(body, type=Mischief))
        except msgspec.DecodeError as error:
            return Answer(400, str(error).encode(), "text/plain; charset=utf-8")
        return Answer(204, b"", "text/plain")

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        interaction = _INTERACTIONS.get(scope["path"])
        if interaction is None or scope["method"] != "POST":
            return Answer(404, b"", "text/plain")
        self.calls.append(interaction.name)
        told = self.mischiefs.take(interaction.name)
        if told is not None and told.kind == "delay":
            await asyncio.sleep(told.seconds)
        elif told is not None and (wrong := _wrong_answer(told)) is not None:
            return wrong
        try:
            answer = write_envelope(self._asked(interaction, dict(scope["headers"]), body, told))
        except Fault as fault:
            return Answer(500, write_fault(fault))
        if told is not None and told.kind == "doctype":
            answer = answer.replace(b"?>", b"?>" + _DOCTYPE, 1)
        return Answer(200, answer)

    def _asked(
        self, interaction: _Interaction, headers: dict[bytes, bytes], body: bytes, told: Mischief | None
    ) -> etree._Element:
        if not headers.get(b"content-type", b"").lower().startswith(b"text/xml"):
            raise Fault("Client", "SOAP 1.1 is text/xml")
        if headers.get(b"soapaction", b"").strip(b'"').decode() != f"{interaction.responder}:{interaction.name}":
            raise Fault("Client", "the SOAPAction is not that of the interaction")
        asked = read_envelope(body)
        if not asked.logical_address or (
            self._logical_addresses and asked.logical_address not in self._logical_addresses
        ):
            raise Fault("Server", "VP004 No receiver is known for the logical address")
        if asked.request.tag != f"{{{interaction.responder}}}{interaction.name}":
            raise Fault("Client", "the body holds something else than the interaction's request")
        if wrong := self._what_is_wrong(interaction.name, asked.request):
            raise Fault("Client", wrong)
        answer = interaction.answer(asked.request, self.register, told)
        if wrong := self._what_is_wrong(interaction.name, answer):
            raise Fault("Server", f"the simulator's own answer is wrong: {wrong}")
        return answer

    def _what_is_wrong(self, name: str, element: etree._Element) -> str:
        return self._checks[name](element) if name in self._checks else ""


def _wrong_answer(told: Mischief) -> Answer | None:
    """What is sent instead of an answer, if anything."""
    if told.kind == "fault":
        return Answer(500, write_fault(Fault("Server", told.text)))
    if told.kind == "status":
        return Answer(told.status, b"", "text/plain")
    if told.kind == "garbage":
        return Answer(200, b"\x00\xff not xml <")
    if told.kind == "wrong_answer":
        other = etree.Element("{urn:riv:other:Responder:1}OtherResponse")
        put(other, "urn:riv:other:Responder:1", "resultCode", "OK")
        return Answer(200, write_envelope(other))
    return None


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None when it is larger than any honest one, or breaks off."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request" or len(body) > _MOST_BYTES:
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)
