"""`linjen bench login`: residents sign in with BankID, from the first page to the session, with all that lies between.

Each opens the sign-in, begins an order, is given a new code and the order's state every second while the server asks
BankID, scans, signs, and comes in; the register is asked about her and her session begins. Server and database share
one core; the simulators of BankID and of the register, the phones and the browsers have the other. First at a gentle
pace, for what one sign-in costs, then as many at once as come, for how many a second there may be.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from linjen.bench.ground import Ground, quantile
from linjen.bench.signers import Signer
from linjen.core.errors import LinjenError
from linjen.core.personal_number import personnummer_for
from linjen.demo.world import service_records
from linjen.simulators import bankid, rivta

PACED_PER_S, PACED_S = 10, 12
#: So many are under way at once, each as soon as the one before is in, for so long.
AT_ONCE, SATURATED_S = 300, 15.0
_PEOPLE = 3_000


async def run() -> dict[str, Any]:
    """CPU for a completed sign-in in milliseconds, how many a second, and how soon one is in after signing."""
    ground = Ground()
    try:
        await ground.open()
        numbers = _numbers()
        phones = await bankid.serve(ground.folder / "bankid", _persons_file(ground, numbers), allowed=True)
        register = await rivta.serve(_register_file(ground, numbers), allowed=True)
        await ground.start_server({
            "bankid_url": phones.rp_url, "bankid_ca_file": str(phones.ca_file),
            "bankid_cert_file": str(phones.client_cert_file), "bankid_key_file": str(phones.client_key_file),
            "rivta_url": register.url, "rivta_logical_address": "SE5599990011-0001",
        })  # fmt: skip
        people = (Signer(ground.url, phones.phone_url, number, phones.orders) for number in numbers)
        await _all_in(people, 10, 2.0)  # what is made for the first time is not measured
        paced = await _measured(ground, _all_in(people, PACED_PER_S * PACED_S, PACED_S))
        full = await _measured(ground, _as_many_as_come(people))
        await phones.stop()
        await register.stop()
        return _figures(paced, full)
    finally:
        ground.close()


def _numbers() -> list[str]:
    """Personal numbers of the Tax Agency's test range, twenty for each day of birth."""
    days = (date(1950, 1, 1) + timedelta(days=97 * n) for n in itertools.count())
    made = (personnummer_for(day, serial).canonical for day in days for serial in range(980, 1000))
    return list(itertools.islice(made, _PEOPLE))


def _persons_file(ground: Ground, numbers: list[str]) -> Any:
    path = ground.folder / "persons.json"
    path.write_text(json.dumps([
        {"name": "Test Person", "given_name": "Test", "surname": "Person", "personal_number": number}
        for number in numbers
    ]), "utf-8")  # fmt: skip
    return path


def _register_file(ground: Ground, numbers: list[str]) -> Any:
    records = service_records(date(2026, 1, 1))
    records["persons"] = [{"number": number, "given_name": "Test", "surname": "Person"} for number in numbers]
    records["custody"], records["listings"] = [], []
    path = ground.folder / "register.json"
    path.write_text(json.dumps(records), "utf-8")
    return path


class _Outcome:
    """Who came in, how soon after signing (seconds), and what it took."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.failures = 0
        self.took_s = self.server_ms = self.database_ms = 0.0

    async def sign_in(self, one: Signer) -> None:
        """One sign-in, counted."""
        try:
            self.delays.append(await one.sign_in())
        except (LinjenError, ConnectionError):
            self.failures += 1


async def _all_in(people: Iterator[Signer], many: int, within_s: float) -> _Outcome:
    """So many sign in, begun evenly over a time."""
    outcome, began = _Outcome(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(many):
            await asyncio.sleep(max(0.0, began + number * within_s / many - time.perf_counter()))
            group.create_task(outcome.sign_in(next(people)))
    return outcome


async def _as_many_as_come(people: Iterator[Signer]) -> _Outcome:
    """Many at once, the next as soon as one is in."""
    outcome, began = _Outcome(), time.perf_counter()

    async def go_on(number: int) -> None:
        await asyncio.sleep(number / AT_ONCE * 4)  # nobody begins in step with the others
        while time.perf_counter() - began < SATURATED_S and (one := next(people, None)) is not None:
            await outcome.sign_in(one)

    await asyncio.gather(*(go_on(number) for number in range(AT_ONCE)))
    return outcome


async def _measured(ground: Ground, work: Any) -> _Outcome:
    server, database, began = ground.server_cpu_ms(), ground.database_cpu_ms(), time.perf_counter()
    outcome: _Outcome = await work
    outcome.took_s = time.perf_counter() - began
    outcome.server_ms, outcome.database_ms = ground.server_cpu_ms() - server, ground.database_cpu_ms() - database
    return outcome


def _figures(paced: _Outcome, full: _Outcome) -> dict[str, Any]:
    def each(spent: float, outcome: _Outcome) -> float:
        return round(spent / max(1, len(outcome.delays)), 2)

    return {
        "server_cpu_ms": each(paced.server_ms, paced),
        "database_cpu_ms": each(paced.database_ms, paced),
        "in_after_p50_s": round(quantile(paced.delays, 0.5), 2),
        "in_after_p99_s": round(quantile(paced.delays, 0.99), 2),
        "logins_per_s": round(len(full.delays) / full.took_s, 1),
        "server_cpu_ms_at_most": each(full.server_ms, full),
        "in_after_p99_s_at_most": round(quantile(full.delays, 0.99), 2),
        "logins": len(paced.delays) + len(full.delays),
        "failures": paced.failures + full.failures,
    }
