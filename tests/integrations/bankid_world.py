"""A started BankID simulator with two people and a clock of its own, for the tests beside this file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from linjen.integrations.bankid import BankID, Order, qr_content
from linjen.simulators.bankid import Running, serve
from tests.plain_http import plain_client

ASTRID = "199512262396"
NILS = "201103152383"
PERSONS = [
    {"name": "Astrid Exempel", "given_name": "Astrid", "surname": "Exempel", "personal_number": ASTRID},
    {"name": "Nils Exempel", "given_name": "Nils", "surname": "Exempel", "personal_number": NILS, "risk": "moderate"},
]


class OwnClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class World:
    """The simulator, our client, and the phone as a test's hand holds it."""

    simulator: Running
    bankid: BankID
    phone: httpx.AsyncClient
    clock: OwnClock

    async def start(self, **fields: Any) -> Order:
        """An order from our client."""
        return await self.bankid.auth(end_user_ip="192.0.2.7", **fields)

    async def tap(self, path: str, **fields: Any) -> httpx.Response:
        """One JSON call to the phone."""
        return await self.phone.post(path, json=fields)

    async def scan(self, order: Order, seconds: int = 0, **fields: Any) -> httpx.Response:
        """Scan the code that our own side draws."""
        return await self.tap("/scan", qr=qr_content(order.qr_start_token, order.qr_start_secret, seconds), **fields)


def write_persons(folder: Path) -> Path:
    """The people as a JSON file."""
    path = folder / "persons.json"
    path.write_text(json.dumps({"persons": PERSONS}), "utf-8")
    return path


@asynccontextmanager
async def bankid_world(folder: Path) -> AsyncIterator[World]:
    """Everything started on free loopback ports, and stopped again."""
    clock = OwnClock()
    persons = await asyncio.to_thread(write_persons, folder)
    simulator = await serve(folder / "certificates", persons, clock=clock, allowed=True)
    bankid = BankID(
        simulator.rp_url,
        simulator.ca_file,
        simulator.client_cert_file,
        simulator.client_key_file,
        maintenance_pause_s=0,
    )
    phone = plain_client(base_url=simulator.phone_url)
    try:
        yield World(simulator, bankid, phone, clock)
    finally:
        await phone.aclose()
        await bankid.close()
        await simulator.stop()
