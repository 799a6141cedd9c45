"""SMS by SMPP 3.4, as operators speak it: one bound transceiver, kept alive, with receipts on the same line.

An answer with an error status says that a message was not taken. No answer, or a line that breaks before it, says
nothing: that is a doubt (see sms.py). Long texts go in parts that the phone joins; the receipt is asked for with the
last one.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit
from uuid import UUID

from linjen.core.errors import Misconfigured, Refused, Unavailable
from linjen.core.logs import get_log
from linjen.core.settings import Settings
from linjen.integrations.gsm import encode
from linjen.integrations.sms import PATIENCE_S, Outgoing, Uncertain

if TYPE_CHECKING:
    from smpp34 import Client, DeliverSmEvent, Smsc

log = get_log(__name__)

#: Told (our id if known, the operator's id, delivered or failed).
OnReceipt = Callable[[UUID | None, str, str], Awaitable[None]]

_JOINED = 0x40  # esm_class: the text begins with a header
_RECEIPT = 0x04  # esm_class of a delivery receipt, among the bits 0x3C
#: Statuses that say "not now": system error, queue full, throttled.
_NOT_NOW: Final = frozenset({0x08, 0x14, 0x58})
_STATES: Final = {2: "delivered", 3: "failed", 4: "failed", 5: "failed", 8: "failed"}
_WORDS: Final = {
    "DELIVRD": "delivered", "EXPIRED": "failed", "DELETED": "failed", "UNDELIV": "failed", "REJECTD": "failed",
}  # fmt: skip
_ID, _STAT = re.compile(r"\bid:(\S+)"), re.compile(r"\bstat:([A-Z]+)")
_REMEMBERED = 10_000
_AGAIN_S = (1.0, 2.0, 5.0, 10.0, 30.0)


class SmppGateway:
    """A line to one operator. Raises as `Gateway.send`."""

    def __init__(self, settings: Settings, on_receipt: OnReceipt) -> None:
        self._settings = settings
        self._on_receipt = on_receipt
        self._binding = asyncio.Lock()
        self._client: Client | None = None
        self._line: Smsc | None = None
        #: Receipts may come before the row is written; older ones are found by the operator's id.
        self._ours: OrderedDict[str, UUID] = OrderedDict()

    @classmethod
    def from_settings(cls, settings: Settings, on_receipt: OnReceipt) -> Self:
        """`sms_url` is smpp://host:port, or smpps:// over TLS; user and password are system id and password.

        Raises Misconfigured without a host, a port and a user.
        """
        address = urlsplit(settings.sms_url)
        if not (address.hostname and address.port and settings.sms_user):
            raise Misconfigured("setting_invalid", setting="sms_url", why="smpp:// needs host, port and sms_user")
        return cls(settings, on_receipt)

    async def send(self, sms: Outgoing) -> str:
        """See `Gateway.send`; the operator's id of the last part."""
        line = await self._bound()
        coding, parts = encode(sms.text)
        message_id = ""
        for number, part in enumerate(parts, 1):
            is_last = number == len(parts)
            message_id = await self._submit(
                line, sms, part, coding, joined=len(parts) > 1, first=number == 1, last=is_last
            )
        self._ours[message_id] = sms.id
        while len(self._ours) > _REMEMBERED:
            self._ours.popitem(last=False)
        return message_id

    async def _submit(
        self, line: Smsc, sms: Outgoing, part: bytes, coding: int, *, joined: bool, first: bool, last: bool
    ) -> str:
        sender = self._settings.sms_sender
        is_number = sender.startswith("+")
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = await line.submit_sm(
                    sms.to.removeprefix("+"), part, source_addr=sender.removeprefix("+"),
                    source_addr_ton=1 if is_number else 5, source_addr_npi=1 if is_number else 0,
                    dest_addr_ton=1, dest_addr_npi=1, esm_class=_JOINED if joined else 0, data_coding=coding,
                    registered_delivery=1 if last else 0,
                )  # fmt: skip
        except Exception as error:  # the library's, or a time-out: whether it was read is not to be known
            raise Uncertain("gateway_cut", why=type(error).__name__) from None
        if answer.is_success:
            return answer.message_id or ""
        if not first:  # the phone has a part of it already
            raise Uncertain("gateway_fault", status=answer.command_status)
        if answer.command_status in _NOT_NOW:
            raise Unavailable("gateway_busy", status=answer.command_status)
        raise Refused("gateway_refused", status=answer.command_status)

    async def _bound(self) -> Smsc:
        """The bound line, made anew where there is none; Unavailable when that does not succeed."""
        async with self._binding:
            if self._line is not None and self._client is not None and await self._client.is_alive():
                return self._line
            from smpp34 import Client  # noqa: PLC0415 - only where SMPP is used

            address = urlsplit(self._settings.sms_url)
            client = Client(
                str(address.hostname), address.port or 0, self._settings.sms_user, self._settings.sms_password,
                bind_type="TRX", tls=address.scheme == "smpps", connect_timeout_ms=int(PATIENCE_S * 1000),
            )  # fmt: skip
            try:
                async with asyncio.timeout(PATIENCE_S):
                    line = await client.connect()
            except Exception as error:  # nothing was handed over yet
                await _quietly(client.stop())
                raise Unavailable("gateway_unreachable", why=type(error).__name__) from None
            self._client, self._line = client, line
            return line

    async def listen(self) -> None:
        """Keep the line bound and take receipts, until cancelled."""
        from smpp34 import DeliverSmEvent  # noqa: PLC0415

        tries = 0
        while True:
            try:
                line = await self._bound()
            except Unavailable as error:
                log.warning("smpp_unbound", reason=error.reason, why=error.detail.get("why"))
                await asyncio.sleep(_AGAIN_S[min(tries, len(_AGAIN_S) - 1)])
                tries += 1
                continue
            tries = 0
            while isinstance(event := await self._next(line), DeliverSmEvent):
                try:
                    await self._take(event)
                except Exception as error:  # one receipt's trouble must not cost the others
                    log.error("smpp_receipt_lost", exc_info=error)
            await self._let_go(line)

    async def _next(self, line: Smsc) -> object:
        try:
            return await line.next()
        except Exception as error:
            log.warning("smpp_line_broken", why=type(error).__name__)
            return None

    async def _take(self, event: DeliverSmEvent) -> None:
        found = read_receipt(event)
        if found is not None:
            message_id, said = found
            await self._on_receipt(self._ours.get(message_id), message_id, said)

    async def _let_go(self, line: Smsc) -> None:
        """Bind anew next time; whoever else used this line has let it go already, or will."""
        if self._line is line:
            client, self._client, self._line = self._client, None, None
            if client is not None:
                await _quietly(client.stop())

    async def close(self) -> None:
        """Unbind."""
        if self._line is not None:
            await _quietly(self._line.unbind())
            await self._let_go(self._line)


async def _quietly(ending: Awaitable[None]) -> None:
    """End something that may have ended already, in two seconds at most."""
    try:
        async with asyncio.timeout(2):
            await ending
    except Exception as error:
        log.info("smpp_end", why=type(error).__name__)


def read_receipt(event: DeliverSmEvent) -> tuple[str, str] | None:
    """(operator's id, delivered or failed) of a receipt; None for what is none, or says neither."""
    if event.esm_class & 0x3C != _RECEIPT:
        return None
    tags = {one.tag: one for one in event.tlvs}
    text = event.short_message.decode("ascii", "replace")
    named, stated = _ID.search(text), _STAT.search(text)
    message_id = tags[0x001E].as_string() if 0x001E in tags else named[1] if named else None
    state = tags[0x0427].as_int() if 0x0427 in tags else None
    said = _STATES.get(state or 0) or (_WORDS.get(stated[1]) if stated else None)
    return (message_id, said) if message_id and said else None
