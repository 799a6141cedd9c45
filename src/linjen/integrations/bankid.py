"""BankID's relying-party API v6: start an order, ask how it goes, cancel it, over mutual TLS."""

from __future__ import annotations

import asyncio
import base64
import ssl
from datetime import date
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from linjen.core.errors import LinjenError, Misconfigured, NotFound, Refused, Unavailable
from linjen.core.settings import Settings
from linjen.integrations.bankid_messages import error_key, message_key
from linjen.integrations.bankid_qr import QrCode, qr_code, qr_content
from linjen.integrations.bankid_shapes import (
    App,
    AuthRequest,
    Collected,
    Completion,
    Order,
    Requirement,
    User,
    Web,
    check_request,
)
from linjen.integrations.bankid_start import is_mobile, start_link
from linjen.integrations.http_line import Answer, HttpLine, LineError

__all__ = [
    "App",
    "BankID",
    "Collected",
    "Completion",
    "Order",
    "QrCode",
    "Requirement",
    "User",
    "Web",
    "error_key",
    "is_mobile",
    "message_key",
    "qr_code",
    "qr_content",
    "start_link",
]

COLLECT_EVERY_S = 2.0
"""How often the server asks for an order, as BankID recommends."""
START_WINDOW_S = 30
"""An order that no app has picked up by then fails; the page silently starts a new one."""

_T = TypeVar("_T")
_MAINTENANCE_TRIES = 2
_CONNECT_S, _READ_S, _TOTAL_S = 5.0, 10.0, 20.0
#: BankID tells apart what it is sent by exactly this.
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


class _Device(msgspec.Struct, rename="camel"):
    ip_address: str = ""
    uhi: str = ""


class _StepUp(msgspec.Struct):
    mrtd: bool = False


class _CompletionData(msgspec.Struct, rename="camel"):
    user: User
    device: _Device = msgspec.field(default_factory=_Device)
    bank_id_issue_date: str = ""
    step_up: _StepUp | None = None
    signature: str = ""
    ocsp_response: str = ""
    risk: str | None = None


class _CollectAnswer(msgspec.Struct, rename="camel"):
    status: str
    hint_code: str = ""
    completion_data: _CompletionData | None = None


class _ErrorAnswer(msgspec.Struct, rename="camel"):
    error_code: str = ""
    details: str = ""


class BankID:
    """One client for the whole process; it keeps its connections open. Close it with `close()`."""

    def __init__(
        self, url: str, ca_file: Path, cert_file: Path, key_file: Path, *, maintenance_pause_s: float = 1.0
    ) -> None:
        """`url` ends in `/rp/v6.0` with or without a slash. Raises Misconfigured for files that TLS cannot use."""
        self._url = url.rstrip("/")
        self._pause_s = maintenance_pause_s
        tls = _mutual_tls(ca_file, cert_file, key_file)
        self._line = HttpLine(tls=tls, connect_s=_CONNECT_S, read_s=_READ_S, total_s=_TOTAL_S)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The client that the settings describe; raises Misconfigured with the first `bankid_…` that is missing."""
        for name in ("bankid_url", "bankid_ca_file", "bankid_cert_file", "bankid_key_file"):
            if not getattr(settings, name):
                raise Misconfigured("setting_missing", setting=name, why="BankID sign-in needs it")
        if not settings.bankid_url.startswith("https://"):
            raise Misconfigured("setting_invalid", setting="bankid_url", why="must start with https://")
        ca, cert, key = settings.bankid_ca_file, settings.bankid_cert_file, settings.bankid_key_file
        assert ca is not None and cert is not None and key is not None  # noqa: S101 — for the type checker, see above
        return cls(settings.bankid_url, ca, cert, key)

    async def auth(
        self,
        *,
        end_user_ip: str,
        return_url: str = "",
        return_risk: bool = True,
        web: Web | None = None,
        app: App | None = None,
        visible_text: str = "",
        visible_markdown: bool = False,
        non_visible_data: bytes = b"",
        requirement: Requirement | None = None,
    ) -> Order:
        """Start an identification.

        `end_user_ip`: the person's device as we see it, through trusted proxies only. `return_url` carries a nonce, and
        the page behind it checks that the same browser started the order. `visible_text` is shown in the app (plain, or
        BankID's simple markdown). Raises Invalid (our own field error), Refused `bankid_already_in_progress`, or
        Unavailable with one of the reasons in `bankid_messages`.
        """
        request = AuthRequest(
            end_user_ip=end_user_ip,
            user_visible_data=_encoded(visible_text.encode("utf-8")),
            user_non_visible_data=_encoded(non_visible_data),
            user_visible_data_format="simpleMarkdownV1" if visible_markdown and visible_text else None,
            requirement=requirement,
            return_url=return_url or None,
            return_risk=return_risk,
            web=web,
            app=app,
        )
        check_request(request)
        return _decoded(await self._post("auth", request), Order)

    async def collect(self, order_ref: str) -> Collected:
        """How the order stands. A failed or complete order can be collected once.

        Raises Refused `bankid_risk_high` for a completed order that BankID judged to be of high risk, NotFound
        `bankid_no_such_order` for one that is collected or forgotten already, and Unavailable.
        """
        answer = _decoded(await self._post("collect", {"orderRef": order_ref}), _CollectAnswer)
        match answer.status, answer.completion_data:
            case "pending", _:
                return Collected(status="pending", hint_code=answer.hint_code)
            case "failed", _:
                return Collected(status="failed", hint_code=answer.hint_code)
            case "complete", _CompletionData() as data:
                if data.risk == "high":
                    raise Refused("bankid_risk_high")
                return Collected(status="complete", completion=_completion(data))
        raise Unavailable("bankid_unexpected_answer")

    async def cancel(self, order_ref: str) -> bool:
        """End a pending order, as when the person leaves the page; False when it was over already."""
        try:
            await self._post("cancel", {"orderRef": order_ref})
        except NotFound:
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()

    async def _post(self, method: str, body: object) -> bytes:
        """POST and give the answer's body. Maintenance is tried once more; no other answer is, on BankID's advice."""
        for attempt in range(1, _MAINTENANCE_TRIES + 1):
            answer = await self._ask(method, msgspec.json.encode(body))
            if answer.status == 200:
                return answer.body
            if answer.status != 503 or attempt == _MAINTENANCE_TRIES:
                raise _fault(method, answer)
            await asyncio.sleep(self._pause_s)
        raise AssertionError("unreachable")

    async def _ask(self, method: str, body: bytes) -> Answer:
        try:
            # Where a kept connection was given up over there she must not read that BankID is away. An order that was
            # begun unseen names nobody and is over in thirty seconds; asking for one, or ending it, may come twice.
            url = f"{self._url}/{method}"
            return await self._line.ask("POST", url, body=body, headers=_HEADERS, repeatable=True)
        except LineError as error:
            if error.timed_out:
                raise Unavailable("bankid_timeout") from error
            raise Unavailable("bankid_unreachable", why=error.why) from error


def _mutual_tls(ca_file: Path, cert_file: Path, key_file: Path) -> ssl.SSLContext:
    """Trust exactly BankID's own root, and show our certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cafile=str(ca_file))
    except OSError as error:
        raise Misconfigured("setting_invalid", setting="bankid_ca_file", why=str(error)) from error
    try:
        # An empty password refuses an encrypted key at once; the default would wait for one on the terminal.
        context.load_cert_chain(str(cert_file), str(key_file), password="")
    except OSError as error:
        raise Misconfigured("setting_invalid", setting="bankid_cert_file, bankid_key_file", why=str(error)) from error
    return context


def _encoded(data: bytes) -> str | None:
    return base64.b64encode(data).decode("ascii") if data else None


def _decoded(content: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise Unavailable("bankid_unexpected_answer") from error


def _completion(data: _CompletionData) -> Completion:
    number = data.user.personal_number
    if not (len(number) == 12 and number.isascii() and number.isdigit()):
        raise Unavailable("bankid_unexpected_answer")
    return Completion(
        user=data.user,
        ip_address=data.device.ip_address,
        uhi=data.device.uhi,
        issued_on=_day(data.bank_id_issue_date),
        mrtd=data.step_up is not None and data.step_up.mrtd,
        risk=data.risk or "",
        signature=data.signature,
        ocsp_response=data.ocsp_response,
    )


def _day(text: str) -> date | None:
    """The day of `2023-05-15` or `2023-05-15+02:00`; the offset says nothing about a day of issue."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _fault(method: str, answer: Answer) -> LinjenError:
    """BankID's HTTP error as one of ours. Its `details` may quote what we sent, so they are not kept."""
    try:
        code = msgspec.json.decode(answer.body, type=_ErrorAnswer).error_code
    except msgspec.MsgspecError:
        code = ""
    match answer.status, code:
        case 400, "alreadyInProgress":
            return Refused("bankid_already_in_progress")
        case 400, "invalidParameters" if method in {"collect", "cancel"}:
            # Their only parameter is the order's reference: there is no such order any more.
            return NotFound("bankid_no_such_order")
        case 400, known if known != "invalidParameters":
            return Unavailable("bankid_unknown", code=known)
        case 408, _:
            return Unavailable("bankid_timeout")
        case 429, _:
            return Unavailable("bankid_busy", retry_after_s=_whole(answer.headers.get("RateLimit-Reset")))
        case 503, _:
            return Unavailable("bankid_maintenance")
        case status, _ if status >= 500:
            return Unavailable("bankid_internal")
    return Unavailable("bankid_own_fault", method=method, status=answer.status, code=code)


def _whole(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else 0
