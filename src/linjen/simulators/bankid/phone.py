"""The phone side: a page for people and the same doors as JSON for tests; scan or start, choose who, sign or cancel."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote

from linjen.core.clock import now
from linjen.simulators.bankid import pages
from linjen.simulators.bankid.certificates import SigningChain
from linjen.simulators.bankid.completion import make_completion
from linjen.simulators.bankid.orders import FAILED_HINTS, PENDING_HINTS, Order, Orders, PhoneRefusal
from linjen.simulators.bankid.persons import Person
from linjen.simulators.bankid.relying_party import Faults
from linjen.simulators.wire import Answer, App, Request, asgi, html_answer, json_answer, redirect

Fields = dict[str, str]


class Phone:
    """Every demo person's phone in one. Each POST takes a form or JSON and answers in kind."""

    def __init__(self, orders: Orders, faults: Faults, persons: list[Person], chain: SigningChain) -> None:
        self._orders, self._faults, self._chain = orders, faults, chain
        self._persons = {person.personal_number: person for person in persons}
        self._posts: dict[str, Callable[[Fields, str], Order | None]] = {
            "/scan": self._scan,
            "/start": self._start,
            "/person": self._person,
            "/mrtd": self._mrtd,
            "/sign": self._sign,
            "/cancel": self._cancel,
            "/hint": self._hint,
            "/fault": self._fault,
        }
        self._gets: dict[str, Callable[[Request], Answer]] = {
            "/": lambda _: html_answer(200, pages.home(self._waiting())),
            "/paste": lambda _: html_answer(200, pages.paste()),
            "/faults": lambda _: html_answer(200, pages.faults()),
            "/order": self._order_page,
            "/start": self._start_page,
            "/done": lambda request: html_answer(200, pages.done(request.query.get("outcome", ""))),
            "/orders": lambda _: json_answer(200, {"orders": [self._seen(order) for order in self._waiting()]}),
            "/persons": lambda _: json_answer(200, {"persons": [pages.public(person) for person in persons]}),
            "/phone.css": lambda _: Answer(200, pages.stylesheet(), {"Content-Type": "text/css; charset=utf-8"}),
        }

    def app(self) -> App:
        """The ASGI program."""
        return asgi(self._answer)

    def _answer(self, request: Request) -> Answer:
        speaks_json = request.content_type.startswith("application/json")
        try:
            if request.method in {"GET", "HEAD"} and request.path in self._gets:
                return self._gets[request.path](request)
            if request.method == "POST" and request.path in self._posts:
                order = self._posts[request.path](_fields(request, speaks_json), request.peer)
                return self._told(order) if speaks_json else self._shown(order)
        except PhoneRefusal as refusal:
            reason = str(refusal)
            return json_answer(409, {"error": reason}) if speaks_json else html_answer(409, pages.refusal(reason))
        return html_answer(404, pages.refusal("no_such_page"))

    def _told(self, order: Order | None) -> Answer:
        return json_answer(200, self._seen(order) if order else {})

    def _shown(self, order: Order | None) -> Answer:
        if order is None:
            return redirect("/")
        if order.status == "pending":
            return redirect(f"/order?order={quote(order.handle)}")
        if order.back_to:
            return redirect(order.back_to)
        return redirect(f"/done?outcome={'signed' if order.status == 'complete' else 'ended'}")

    def _seen(self, order: Order) -> dict[str, Any]:
        return {
            "order": order.handle,
            "kind": order.kind,
            "status": order.status,
            "hint": order.hint,
            "started": order.started_at is not None,
            "visible_text": order.request.visible_text,
            "return_url": order.back_to,
        }

    def _waiting(self) -> list[Order]:
        return self._orders.open_orders()

    def _order_page(self, request: Request) -> Answer:
        order = self._orders.pending(request.query.get("order", ""))
        return html_answer(200, pages.order(order, list(self._persons.values())))

    def _start_page(self, request: Request) -> Answer:
        """The link of the same device: it starts the order, as opening the app does."""
        return self._shown(self._start(request.query, request.peer))

    def _start(self, fields: Fields, _peer: str) -> Order:
        handle = fields.get("autostarttoken", "")
        if not handle:
            raise PhoneRefusal("no_such_order")
        return self._with_person(self._orders.start_by_link(handle, fields.get("redirect", "")), fields)

    def _scan(self, fields: Fields, _peer: str) -> Order:
        """Read a QR code: its text in `qr`, or else the code that the screen of `order` shows at this moment."""
        content = fields.get("qr", "")
        if not content:
            order = self._orders.pending(fields.get("order", ""))
            content = order.qr_at(int(self._orders.age_s(order)))
        return self._with_person(self._orders.start_by_qr(content), fields)

    def _person(self, fields: Fields, _peer: str) -> Order:
        return self._with_person(self._orders.pending(fields.get("order", "")), fields)

    def _mrtd(self, fields: Fields, _peer: str) -> Order:
        order = self._orders.pending(fields.get("order", ""))
        self._orders.read_mrtd(order)
        return order

    def _sign(self, fields: Fields, peer: str) -> Order:
        order = self._with_person(self._orders.pending(fields.get("order", "")), fields)
        if order.status != "pending":
            return order
        if order.person is None:
            raise PhoneRefusal("person_missing")
        if order.request.requirement.mrtd and not order.mrtd_read:
            raise PhoneRefusal("mrtd_missing")
        # Certificates live by the real clock, whatever clock the orders follow.
        completion = make_completion(self._chain, order, order.person, peer, now(), fields.get("risk", ""))
        self._orders.complete(order, completion)
        return order

    def _cancel(self, fields: Fields, _peer: str) -> Order:
        order = self._orders.pending(fields.get("order", ""))
        self._orders.force(order, "userCancel", "failed")
        return order

    def _hint(self, fields: Fields, _peer: str) -> Order:
        """Any hint on demand; `status` is needed only for one that is in neither of BankID's lists."""
        order = self._orders.pending(fields.get("order", ""))
        hint = fields.get("hint", "")
        status = fields.get("status") or _status_of(hint)
        if not hint or status not in {"pending", "failed"}:
            raise PhoneRefusal("hint_unknown")
        self._orders.force(order, hint, status)
        return order

    def _fault(self, fields: Fields, _peer: str) -> None:
        """The next `times` calls of the relying party are answered with `status`."""
        try:
            self._faults.order(int(fields.get("status", "0")), int(fields.get("times", "1")))
        except (KeyError, ValueError) as error:
            raise PhoneRefusal("fault_unknown") from error

    def _with_person(self, order: Order, fields: Fields) -> Order:
        number = fields.get("person", "")
        if number:
            if number not in self._persons:
                raise PhoneRefusal("person_unknown")
            self._orders.choose(order, self._persons[number])
        return order


def _status_of(hint: str) -> str:
    return "pending" if hint in PENDING_HINTS else "failed" if hint in FAILED_HINTS else ""


def _fields(request: Request, speaks_json: bool) -> Fields:
    try:
        if not speaks_json:
            return dict(parse_qsl(request.body.decode("utf-8")))
        content = json.loads(request.body or b"{}")
    except ValueError as error:
        raise PhoneRefusal("unreadable") from error
    if not isinstance(content, dict):
        raise PhoneRefusal("unreadable")
    return {str(name): str(value) for name, value in content.items() if value is not None}
