"""The simulator's orders and their clock: 30 s to start, 3 min to live, collected once."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from linjen.simulators.bankid.fields import OrderRequest
from linjen.simulators.bankid.persons import Person

Clock = Callable[[], datetime]

START_WINDOW = timedelta(seconds=30)
LIFETIME = timedelta(minutes=3)
KEEP_COMPLETE = timedelta(minutes=3)
KEEP_FAILED = timedelta(minutes=5)
KEEP_NEVER_STARTED = timedelta(minutes=3, seconds=10)
"""Counted from the order's creation; the two above from its end."""
QR_DRIFT_S = 5
"""How far the second inside a QR code may lie from the order's own age when it is scanned."""

PENDING_HINTS = ("outstandingTransaction", "noClient", "started", "userMrtd", "userCallConfirm", "userSign")
FAILED_HINTS = (
    "expiredTransaction",
    "certificateErr",
    "userCancel",
    "cancelled",
    "startFailed",
    "userDeclinedCall",
    "notSupportedByUserApp",
    "transactionRiskBlocked",
)


class PhoneRefusal(Exception):
    """The phone cannot do this; the text is a reason name."""


class AlreadyInProgress(Exception):
    """The person named in the request has an open order: that one is aborted and none is made."""


def _token() -> str:
    return str(uuid.uuid4())


@dataclass(eq=False)
class Order:
    """One order. `handle` is how the phone and its pages name it: the auto-start token."""

    kind: Literal["auth", "sign"]
    request: OrderRequest
    created_at: datetime
    ref: str = field(default_factory=_token)
    handle: str = field(default_factory=_token)
    qr_start_token: str = field(default_factory=_token)
    qr_start_secret: str = field(default_factory=_token)
    status: Literal["pending", "failed", "complete"] = "pending"
    hint: str = "outstandingTransaction"
    started_at: datetime | None = None
    same_device: bool = False
    redirect: str = ""
    person: Person | None = None
    mrtd_read: bool = False
    forced: bool = False
    ended_at: datetime | None = None
    completion: dict[str, Any] | None = None

    def fail(self, hint: str, at: datetime) -> None:
        """End without a result."""
        self.status, self.hint, self.ended_at = "failed", hint, at

    def show(self, hint: str) -> None:
        """The next pending hint, unless one was forced on demand."""
        if not self.forced:
            self.hint = hint

    def qr_at(self, seconds: int) -> str:
        """The code that the relying party shows `seconds` after the order was made."""
        code = hmac.new(self.qr_start_secret.encode(), str(seconds).encode(), hashlib.sha256).hexdigest()
        return f"bankid.{self.qr_start_token}.{seconds}.{code}"

    @property
    def back_to(self) -> str:
        """Where the app sends a person who started it on the same device; empty for nowhere."""
        if not self.same_device:
            return ""
        return self.request.return_url or ("" if self.redirect == "null" else self.redirect)


class Orders:
    """All orders of one simulator, in memory. Every method settles what the clock has done first."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._orders: dict[str, Order] = {}

    def create(self, kind: Literal["auth", "sign"], request: OrderRequest) -> Order:
        """A new order; raises AlreadyInProgress, and aborts the open one, for a person who has one."""
        at = self._settle()
        number = request.requirement.personal_number
        open_one = self._open_order_of(number) if number else None
        if open_one is not None:
            open_one.fail("cancelled", at)
            raise AlreadyInProgress
        order = Order(kind=kind, request=request, created_at=at)
        self._orders[order.ref] = order
        return order

    def collect(self, ref: str) -> Order | None:
        """The order as it stands, forgotten from now on if it has ended; None when there is none."""
        self._settle()
        order = self._orders.get(ref)
        if order is not None and order.status != "pending":
            del self._orders[ref]
        return order

    def cancel(self, ref: str) -> bool:
        """The relying party takes a pending order back; False when there is none such."""
        self._settle()
        order = self._orders.get(ref)
        if order is None or order.status != "pending":
            return False
        del self._orders[ref]
        return True

    def open_orders(self) -> list[Order]:
        """The pending ones, newest first."""
        self._settle()
        return [order for order in reversed(self._orders.values()) if order.status == "pending"]

    def age_s(self, order: Order) -> float:
        """Seconds since the order was made."""
        return (self.clock() - order.created_at).total_seconds()

    def find(self, handle: str) -> Order | None:
        """The order, pending or ended but not collected, that the phone calls by this handle."""
        self._settle()
        return next((order for order in self._orders.values() if order.handle == handle), None)

    def pending(self, handle: str) -> Order:
        """The pending order of this handle, or without one the newest; raises PhoneRefusal `no_such_order`."""
        order = self.find(handle) if handle else next(iter(self.open_orders()), None)
        if order is None or order.status != "pending":
            raise PhoneRefusal("no_such_order")
        return order

    def start_by_qr(self, content: str) -> Order:
        """The app has read a QR code: the HMAC and the second in it must be right."""
        self._settle()
        parts = content.strip().split(".")
        if len(parts) != 4 or parts[0] != "bankid" or not (parts[2].isascii() and parts[2].isdigit()):
            raise PhoneRefusal("qr_not_bankid")
        order = next((each for each in self._orders.values() if each.qr_start_token == parts[1]), None)
        if order is None or order.status != "pending":
            raise PhoneRefusal("no_such_order")
        seconds = int(parts[2])
        if not hmac.compare_digest(order.qr_at(seconds).encode(), content.strip().encode()):
            raise PhoneRefusal("qr_forged")
        if abs(seconds - self.age_s(order)) > QR_DRIFT_S:
            raise PhoneRefusal("qr_too_old")
        return self._start(order)

    def start_by_link(self, handle: str, redirect: str) -> Order:
        """The app was opened on the same device by its auto-start token."""
        order = self.pending(handle)
        order.same_device, order.redirect = True, redirect
        return self._start(order)

    def _start(self, order: Order) -> Order:
        if order.started_at is None:
            order.started_at = self.clock()
            order.show("started")
        return order

    def choose(self, order: Order, person: Person) -> None:
        """Whose BankID is used. An older open order of theirs is cancelled; the wrong person fails this one."""
        at = self._settle()
        if order.started_at is None:
            raise PhoneRefusal("not_started")
        wanted = order.request.requirement.personal_number
        if wanted is not None and wanted != person.personal_number:
            order.fail("certificateErr", at)
            return
        other = self._open_order_of(person.personal_number)
        if other is not None and other is not order:
            other.fail("cancelled", at)
        order.person = person
        order.show("userMrtd" if order.request.requirement.mrtd and not order.mrtd_read else "userSign")

    def read_mrtd(self, order: Order) -> None:
        """The passport or identity card has been read with the app."""
        order.mrtd_read = True
        if order.person is not None:
            order.show("userSign")

    def complete(self, order: Order, completion: dict[str, Any]) -> None:
        """The person has entered the security code."""
        order.status, order.hint, order.ended_at, order.completion = "complete", "", self._settle(), completion

    def force(self, order: Order, hint: str, status: str) -> None:
        """Any hint on demand. A pending one stays until the order ends; a failed one ends it."""
        if status == "failed":
            order.fail(hint, self._settle())
        else:
            order.hint, order.forced = hint, True

    def _open_order_of(self, personal_number: str) -> Order | None:
        for order in self.open_orders():
            wanted = order.request.requirement.personal_number
            if personal_number in {wanted, order.person and order.person.personal_number}:
                return order
        return None

    def _settle(self) -> datetime:
        at = self.clock()
        for order in list(self._orders.values()):
            if order.status == "pending":
                _expire(order, at)
            if order.status != "pending" and at >= _forgotten_at(order):
                del self._orders[order.ref]
        return at


def _expire(order: Order, at: datetime) -> None:
    if order.started_at is None and at >= order.created_at + START_WINDOW:
        order.fail("startFailed", order.created_at + START_WINDOW)
    elif at >= order.created_at + LIFETIME:
        order.fail("expiredTransaction", order.created_at + LIFETIME)


def _forgotten_at(order: Order) -> datetime:
    ended_at = order.ended_at or order.created_at
    if order.status == "complete":
        return ended_at + KEEP_COMPLETE
    if order.started_at is None:
        return order.created_at + KEEP_NEVER_STARTED
    return ended_at + KEEP_FAILED
