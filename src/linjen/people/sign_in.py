"""Logga in med BankID: an order is begun, followed every other second, renewed in silence and turned into a resident.

The outside order and its secrets stay on the server; a browser holds only its own cookie, and each step asks for it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

import msgspec

from linjen.access.sign_in_orders import (
    SignInOrder,
    begin_order,
    complete_order,
    fail_order,
    find_order,
    lease_order,
    note_hint,
    renew_order,
    reseal_order,
)
from linjen.core import clock
from linjen.core.database import Database
from linjen.core.errors import LinjenError, NotFound, Refused, Unavailable
from linjen.core.ids import new_id, parse_id
from linjen.core.logs import get_log
from linjen.core.metrics import SIGN_INS
from linjen.core.sealing import Sealer
from linjen.core.settings import Settings
from linjen.integrations.bankid import COLLECT_EVERY_S, BankID, Completion, Order, Web, error_key, message_key
from linjen.integrations.bankid_messages import FAILED_HINTS
from linjen.integrations.person_data import PersonData
from linjen.people.identity import recognise

log = get_log(__name__)

WRONG_BROWSER = "wrong_browser"
#: Refusals of our own; each has a title and a text under `sign_in.refused`.
OWN_REASONS = ("too_young", "deregistered", "number_unreadable", WRONG_BROWSER)
#: Faults that may have passed the next time BankID is asked.
_PASSING = {"bankid_timeout", "bankid_unreachable", "bankid_busy", "bankid_maintenance"}


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What BankID is told of the person who asks; kept so that an order can be renewed as it was begun."""

    end_user_ip: str
    web: Web
    visible_text: str
    return_url: str = ""


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """What the attempt's row holds sealed. `returned`: the browser has come back from its own device's app."""

    asking: Asking
    order: Order
    nonce: str = ""
    returned: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt stands for the browser that began it. `status`: pending, complete, failed or used."""

    order: SignInOrder
    secret: Secret

    @property
    def status(self) -> str:
        """The row's state."""
        return self.order.state

    @property
    def may_enter(self) -> bool:
        """Whether the session may be made now. On the same device only the browser that the app came back to may:
        who sends somebody else a start link must gain nothing by it."""
        return self.order.state == "complete" and (not self.order.same_device or self.secret.returned)

    def words_key(self, *, mobile: bool) -> str:
        """The key of the text for this moment; `mobile` says what the asking browser runs on."""
        hint = self.order.hint
        if hint in OWN_REASONS:
            return f"sign_in.refused.{hint}.text"
        if hint.startswith("bankid_"):
            return error_key(LinjenError(hint))
        if self.order.state in {"complete", "used"}:
            return "sign_in.order.complete"
        return message_key(self.order.state, hint or "outstandingTransaction", self.order.same_device, mobile)

    def with_hint(self, hint: str) -> Standing:
        """The same, gone on."""
        return msgspec.structs.replace(self, order=msgspec.structs.replace(self.order, hint=hint))

    @property
    def qr_seconds(self) -> int:
        """Whole seconds since BankID answered, for the animated code."""
        return max(0, int((clock.now() - self.order.order_begun_at).total_seconds()))


class BankIDSignIn:
    """The journey of one installation; cheap to make for each request."""

    def __init__(
        self, settings: Settings, database: Database, sealer: Sealer, bankid: BankID, person_data: PersonData | None
    ) -> None:
        self._settings = settings
        self.database = database
        self._sealer = sealer
        self._bankid = bankid
        self._person_data = person_data

    async def begin(self, browser: str, asking: Asking, *, same_device: bool, return_page: str, return_to: str) -> UUID:
        """Start an order for the browser whose cookie is `browser`; the attempt's id.

        `return_page` is the address that the app goes back to on the same device. Raises what `BankID.auth` raises.
        """
        order_id, nonce = new_id(), ""
        if same_device:
            nonce = secrets.token_urlsafe(24)
            asking = msgspec.structs.replace(asking, return_url=f"{return_page}?nonce={order_id}.{nonce}")
        secret = Secret(asking=asking, order=await self._auth(asking), nonce=nonce)
        await begin_order(
            self.database, self._sealer, "bankid", browser, order_id, msgspec.json.encode(secret),
            return_to=return_to, same_device=same_device,
        )  # fmt: skip
        return order_id

    async def see(self, order_id: UUID, browser: str) -> Standing:
        """The attempt as it stands, BankID not asked. NotFound for another browser's."""
        order = await find_order(self.database, self._sealer, order_id)
        if order is None or order.kind != "bankid" or not order.is_from(browser):
            raise NotFound("sign_in_order")
        return Standing(order=order, secret=msgspec.json.decode(order.secret, type=Secret))

    async def follow(self, order_id: UUID, browser: str) -> Standing:
        """The attempt as it stands after asking BankID, which is done every other second however often we are asked."""
        standing = await self.see(order_id, browser)
        if not standing.order.is_due(COLLECT_EVERY_S):
            return standing
        if not await lease_order(self.database, order_id, COLLECT_EVERY_S):
            return standing
        asked_at = clock.now()
        hint = await self.collect(standing)
        if hint is None or not await note_hint(self.database, order_id, hint, asked_at):
            return await self.see(order_id, browser)
        return standing.with_hint(hint)

    async def come_back(self, nonce: str, browser: str) -> Standing:
        """The app has sent the person back. NotFound when there is no such attempt; when the browser is another than
        the one that began it, Refused('wrong_browser'), and the attempt is worthless from then on."""
        head, _, tail = nonce.partition(".")
        order_id = parse_id(head)
        order = await find_order(self.database, self._sealer, order_id) if order_id else None
        if order is None or order.kind != "bankid":
            raise NotFound("sign_in_order")
        secret = msgspec.json.decode(order.secret, type=Secret)
        if not secret.nonce or not secrets.compare_digest(secret.nonce.encode(), tail.encode()):
            raise NotFound("sign_in_order")
        if not order.is_from(browser):
            await self._end(Standing(order=order, secret=secret), WRONG_BROWSER)
            raise Refused(WRONG_BROWSER)
        returned = msgspec.structs.replace(secret, returned=True)
        await reseal_order(self.database, self._sealer, order.id, msgspec.json.encode(returned))
        return await self.follow(order.id, browser)

    async def cancel(self, order_id: UUID, browser: str) -> Standing:
        """The person turns back: the order ends at BankID too."""
        standing = await self.see(order_id, browser)
        if standing.status in {"pending", "complete"}:
            await self._end(standing, "userCancel")
        return await self.see(order_id, browser)

    # -- asking BankID -------------------------------------------------------------------------------------------

    async def _auth(self, asking: Asking) -> Order:
        return await self._bankid.auth(
            end_user_ip=asking.end_user_ip, return_url=asking.return_url, web=asking.web,
            visible_text=asking.visible_text,
        )  # fmt: skip

    async def collect(self, standing: Standing) -> str | None:
        """One collect and what follows from it, while we hold the lease. The hint of an order that goes on as it is,
        to be noted by the caller, and None for one that has changed.
        """
        order_id = standing.order.id
        try:
            collected = await self._bankid.collect(standing.secret.order.order_ref)
            if collected.completion is not None:
                await self._complete(order_id, collected.completion)
            elif collected.status == "pending":
                return collected.hint_code
            elif collected.hint_code == "startFailed" and self._may_renew(standing):
                await self._renew(standing)
            else:
                await self._fail(order_id, collected.hint_code)
        except Unavailable as error:
            if error.reason.startswith("bankid_") and error.reason not in _PASSING:
                await self._fail(order_id, error.reason)
            elif self._may_renew(standing):
                log.warning("bankid_asked_in_vain", reason=error.reason)
                return error.reason
            else:
                await self._fail(order_id, error.reason)
        except (Refused, NotFound) as error:
            await self._fail(order_id, error.reason)
        return None

    def _may_renew(self, standing: Standing) -> bool:
        return clock.now() - standing.order.begun_at < timedelta(seconds=self._settings.bankid_order_total_s)

    async def _renew(self, standing: Standing) -> None:
        """The 30 s start window has ended: a new order takes the old one's place, and the page goes on."""
        order = await self._auth(standing.secret.asking)
        secret = msgspec.structs.replace(standing.secret, order=order)
        await renew_order(self.database, self._sealer, standing.order.id, msgspec.json.encode(secret))

    async def _complete(self, order_id: UUID, completion: Completion) -> None:
        user = completion.user
        person_id = await recognise(
            self.database, self._sealer, self._person_data, user.personal_number, user.given_name, user.surname
        )
        await complete_order(self.database, order_id, person_id)

    async def _end(self, standing: Standing, hint: str) -> None:
        """End an attempt from our side."""
        if await self._fail(standing.order.id, hint):
            try:
                await self._bankid.cancel(standing.secret.order.order_ref)
            except LinjenError as error:  # it runs out by itself
                log.warning("bankid_not_cancelled", reason=error.reason)

    async def _fail(self, order_id: UUID, hint: str) -> bool:
        ended = await fail_order(self.database, order_id, hint)
        if ended:
            count_sign_in("bankid", hint)
        return ended


def count_sign_in(method: str, hint: str = "") -> None:
    """Count an ended sign-in by its outcome. A hint never heard of counts as 'other': a label is for ever."""
    if not hint:
        outcome = "completed"
    elif hint in {"userCancel", "cancelled", "userDeclinedCall", "sign_in_cancelled"}:
        outcome = "cancelled"
    elif hint in OWN_REASONS or hint in {"bankid_risk_high", "unknown_staff", "no_assignment"}:
        outcome = "refused"
    else:
        outcome = "failed"
    known = hint in FAILED_HINTS or hint in OWN_REASONS or "_" in hint or not hint
    SIGN_INS.labels(method, outcome, hint if known else "other").inc()
