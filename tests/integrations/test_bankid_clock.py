"""The simulator keeps BankID's clock: 30 s to start, 3 min to live, and how long an ended order is remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from linjen.simulators.bankid.fields import OrderRequest, Requirement
from linjen.simulators.bankid.orders import AlreadyInProgress, Order, Orders, PhoneRefusal
from linjen.simulators.bankid.persons import Person
from tests.integrations.bankid_world import OwnClock

ASTRID = Person(name="Astrid Exempel", given_name="Astrid", surname="Exempel", personal_number="199512262396")
NILS = Person(name="Nils Exempel", given_name="Nils", surname="Exempel", personal_number="201103152383")


def _orders() -> tuple[Orders, OwnClock]:
    clock = OwnClock()
    return Orders(clock), clock


def _create(orders: Orders, **fields: Any) -> Order:
    return orders.create("auth", OrderRequest(end_user_ip="192.0.2.7", **fields))


def _scan(orders: Orders, order: Order) -> Order:
    return orders.start_by_qr(order.qr_at(int(orders.age_s(order))))


def _state(orders: Orders, order: Order) -> tuple[str, str] | None:
    seen = orders.collect(order.ref)
    return (seen.status, seen.hint) if seen else None


def test_nobody_starts_it_within_thirty_seconds() -> None:
    orders, clock = _orders()
    order = _create(orders)
    clock.move(29.9)
    assert _state(orders, order) == ("pending", "outstandingTransaction")
    clock.move(0.1)
    assert _state(orders, order) == ("failed", "startFailed")
    assert _state(orders, order) is None


def test_started_in_time_it_lives_for_three_minutes() -> None:
    orders, clock = _orders()
    order = _create(orders)
    clock.move(29)
    _scan(orders, order)
    clock.move(150)
    assert _state(orders, order) == ("pending", "started")
    clock.move(1)
    assert _state(orders, order) == ("failed", "expiredTransaction")


@pytest.mark.parametrize(
    ("how", "remembered_s"),
    # Counted from the moment of the end; the order that nobody started ends at 30 s and is kept until 190 s.
    [("complete", 180), ("userCancel", 300), ("startFailed", 160)],
)
def test_an_ended_order_is_remembered_for_its_time(how: str, remembered_s: float) -> None:
    for extra, there in ((-0.1, True), (0, False)):
        orders, clock = _orders()
        order = _create(orders)
        if how == "startFailed":
            clock.move(30)
        else:
            orders.choose(_scan(orders, order), ASTRID)
            orders.complete(order, {}) if how == "complete" else orders.force(order, how, "failed")
        clock.move(remembered_s + extra)
        assert (_state(orders, order) is not None) is there


def test_a_code_is_good_for_its_second_and_a_little_more() -> None:
    orders, clock = _orders()
    order = _create(orders)
    old = order.qr_at(0)
    clock.move(5)
    assert orders.start_by_qr(old) is order
    clock.move(1)
    for content, reason in (
        (old, "qr_too_old"),
        (order.qr_at(12), "qr_too_old"),
        (order.qr_at(6)[:-1] + "g", "qr_forged"),
        (order.qr_at(6).replace(".6.", ".5."), "qr_forged"),
        (f"bankid.unknown.6.{'0' * 64}", "no_such_order"),
        ("https://example.org/", "qr_not_bankid"),
        ("bankid.x.²." + "0" * 64, "qr_not_bankid"),
    ):
        with pytest.raises(PhoneRefusal) as caught:
            orders.start_by_qr(content)
        assert str(caught.value) == reason


def test_a_newer_order_of_the_same_person_cancels_the_older() -> None:
    orders, _ = _orders()
    older, newer = _create(orders), _create(orders)
    orders.choose(_scan(orders, older), ASTRID)
    orders.choose(_scan(orders, newer), ASTRID)
    assert _state(orders, older) == ("failed", "cancelled")
    assert _state(orders, newer) == ("pending", "userSign")


def test_an_order_for_one_person_fails_for_another() -> None:
    orders, _ = _orders()
    order = _create(orders, requirement=Requirement(personal_number=ASTRID.personal_number))
    orders.choose(_scan(orders, order), NILS)
    assert _state(orders, order) == ("failed", "certificateErr")


def test_the_one_who_is_signing_cannot_start_another_by_number() -> None:
    orders, clock = _orders()
    order = _create(orders)
    orders.choose(_scan(orders, order), ASTRID)
    wanted = Requirement(personal_number=ASTRID.personal_number)
    with pytest.raises(AlreadyInProgress):
        _create(orders, requirement=wanted)
    assert _state(orders, order) == ("failed", "cancelled")
    clock.move(1)
    assert _create(orders, requirement=wanted).created_at == datetime(2026, 3, 2, 9, 0, 1, tzinfo=UTC)


def test_a_forced_hint_stays_until_the_order_ends() -> None:
    orders, _ = _orders()
    order = _create(orders)
    orders.force(order, "noClient", "pending")
    orders.choose(_scan(orders, order), ASTRID)
    assert _state(orders, order) == ("pending", "noClient")
    orders.complete(order, {})
    assert _state(orders, order) == ("complete", "")
