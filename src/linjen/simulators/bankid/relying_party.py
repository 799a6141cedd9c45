"""The side that relying parties call: /rp/v6.0/ auth, sign, collect and cancel, with BankID's answers and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from linjen.simulators.bankid.fields import BadParameter, read_order_ref, read_order_request
from linjen.simulators.bankid.orders import AlreadyInProgress, Order, Orders
from linjen.simulators.wire import Answer, App, Request, asgi, json_answer

BASE_PATH = "/rp/v6.0/"
FAULTS = {
    401: ("unauthorized", "Unauthorized"),
    408: ("requestTimeout", "It took too long time to transmit the request"),
    429: ("tooManyRequests", "Too many requests"),
    500: ("internalError", "Internal technical error"),
    503: ("maintenance", "The service is temporarily out of order"),
}
"""What can be ordered from the phone side; BankID's errorCode of 429 is not published to us."""


class Faults:
    """Errors on demand: the next `times` calls are answered with `status`."""

    def __init__(self) -> None:
        self.status, self.times = 0, 0

    def order(self, status: int, times: int) -> None:
        """Raises KeyError for a status that BankID never gives."""
        FAULTS[status]
        self.status, self.times = status, times

    def take(self) -> Answer | None:
        """The error that this call gets, or None."""
        if self.times <= 0:
            return None
        self.times -= 1
        code, details = FAULTS[self.status]
        limits = {"RateLimit_Limit": "60", "RateLimit_Remaining": "0", "RateLimit_Reset": "7"}
        return json_answer(
            self.status, {"errorCode": code, "details": details}, **(limits if self.status == 429 else {})
        )


def relying_party_app(orders: Orders, faults: Faults) -> App:
    """The ASGI program; TLS and the client certificate are the server's business."""
    methods: dict[str, Callable[[bytes], Answer]] = {
        "auth": lambda body: _create(orders, body, sign=False),
        "sign": lambda body: _create(orders, body, sign=True),
        "collect": lambda body: _collect(orders, body),
        "cancel": lambda body: _cancel(orders, body),
    }

    def answer(request: Request) -> Answer:
        method = methods.get(request.path.removeprefix(BASE_PATH)) if request.path.startswith(BASE_PATH) else None
        if method is None:
            return _error(404, "notFound", "An erroneous URL path was used")
        if request.method != "POST":
            return _error(405, "methodNotAllowed", "Only http method POST is allowed")
        # Exactly this: a charset parameter is refused too.
        if request.content_type != "application/json":
            return _error(415, "unsupportedMediaType", "Content-Type must be application/json")
        return faults.take() or _called(method, request.body)

    return asgi(answer)


def _called(method: Callable[[bytes], Answer], body: bytes) -> Answer:
    try:
        return method(body)
    except BadParameter as error:
        return _error(400, "invalidParameters", str(error))


def _create(orders: Orders, body: bytes, *, sign: bool) -> Answer:
    request = read_order_request(body, sign=sign)
    try:
        order = orders.create("sign" if sign else "auth", request)
    except AlreadyInProgress:
        return _error(400, "alreadyInProgress", "Order already in progress for this person")
    started = {
        "orderRef": order.ref,
        "autoStartToken": order.handle,
        "qrStartToken": order.qr_start_token,
        "qrStartSecret": order.qr_start_secret,
    }
    return json_answer(200, started)


def _collect(orders: Orders, body: bytes) -> Answer:
    order = orders.collect(read_order_ref(body))
    if order is None:
        return _error(400, "invalidParameters", "No such order")
    return json_answer(200, _state(order))


def _state(order: Order) -> dict[str, Any]:
    state: dict[str, Any] = {"orderRef": order.ref, "status": order.status}
    if order.status == "complete":
        state["completionData"] = order.completion
    else:
        state["hintCode"] = order.hint
    return state


def _cancel(orders: Orders, body: bytes) -> Answer:
    if not orders.cancel(read_order_ref(body)):
        return _error(400, "invalidParameters", "No such order")
    return json_answer(200, {})


def _error(status: int, code: str, details: str) -> Answer:
    return json_answer(status, {"errorCode": code, "details": details})
