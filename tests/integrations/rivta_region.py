"""A made-up handful of people for the national services, and what else their tests share."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from linjen.core.personal_number import PersonalNumber, luhn_digit, parse_personal_number, personnummer_for
from linjen.integrations.rivta import Rivta
from linjen.simulators.rivta import Mischief, Running, serve

REGION = "SE2321000999-R001"
PERSON_DATA_ADDRESS = "SE165565594230-1000"
ANKARET, BRYGGAN = "SE2321000999-A001", "SE2321000999-B001"

ASTRID = personnummer_for(date(1984, 3, 9), 982)
OLOF = personnummer_for(date(1982, 11, 2), 981)
ELSA = personnummer_for(date(2017, 5, 15), 984)
NILS = personnummer_for(date(2011, 8, 30), 983)
SIGRID = personnummer_for(date(1990, 1, 2), 986)
VERA = personnummer_for(date(1975, 12, 24), 988)
EDVARD = personnummer_for(date(1931, 6, 6), 985)
REAL = personnummer_for(date(1960, 2, 3), 987)
NEW = personnummer_for(date(2000, 2, 29), 982)
# A coordination number has 60 added to the day.
OLD = parse_personal_number(f"20000289980{luhn_digit('000289980')}")
NOBODY = personnummer_for(date(1999, 9, 9), 990)


def person(number: PersonalNumber, given_name: str, surname: str, **more: Any) -> dict[str, Any]:
    return {"number": number.canonical, "given_name": given_name, "surname": surname} | more


def listed(number: PersonalNumber, unit: str = ANKARET, **more: Any) -> dict[str, Any]:
    return {"number": number.canonical, "unit": unit, "unit_name": "Hälsocentralen Påhittet"} | more


def custody(child: PersonalNumber, guardian: PersonalNumber, **more: Any) -> dict[str, Any]:
    return {"child": child.canonical, "guardian": guardian.canonical} | more


DATA: dict[str, list[dict[str, Any]]] = {
    "persons": [
        person(ASTRID, "Karin Astrid", "Påhittad", given_name_indicator="20", middle_name="Ek", county_code="99"),
        person(OLOF, "Olof", "Påhittad"),
        person(ELSA, "Elsa", "Påhittad"),
        person(NILS, "Nils", "Påhittad"),
        person(SIGRID, "Sigrid", "Dold", protected=True),
        person(VERA, "Vera", "Dold", protected_registration=True),
        person(EDVARD, "Edvard", "Minne", deregistered={"code": "AV", "on": "2020-02-02"}),
        person(REAL, "Rut", "Verklig", test=False),
        person(NEW, "Ny", "Nummer", former_numbers=[OLD.canonical]),
    ],
    "custody": [
        custody(ELSA, ASTRID, since="2017-05-15"),
        custody(NILS, ASTRID),
        custody(ELSA, OLOF, until="2020-01-01"),
        custody(NILS, OLOF, since="2999-01-01"),
        custody(ELSA, SIGRID),
        {"child": NILS.canonical, "guardian_birth": "1980-01"},
    ],
    "listings": [
        listed(ASTRID, since="2020-01-01T00:00:00"),
        listed(ASTRID, BRYGGAN, in_queue=True, queue_position=4),
        listed(ASTRID, BRYGGAN, kind="FAST_DOCTOR_CONTACT", since="2024-01-01T00:00:00"),
        listed(OLOF, in_queue=True, queue_position=2),
        listed(ELSA, ANKARET, since="2018-01-01T00:00:00", until="2021-06-30T00:00:00"),
        listed(ELSA, BRYGGAN.lower(), since="2021-07-01T00:00:00+02:00"),
        listed(NILS, BRYGGAN, since="2022-01-01T00:00:00"),
        listed(NILS, ANKARET, since="2020-01-01T00:00:00"),
        listed(EDVARD, until="2020-02-02T00:00:00"),
        listed(VERA, since="2999-01-01T00:00:00"),
        listed(REAL, unit="not an HSA-id"),
    ],
}


def write_data(folder: Path, data: Any = None) -> Path:
    path = folder / "national.json"
    path.write_text(json.dumps(DATA if data is None else data), "utf-8")
    return path


@asynccontextmanager
async def services(folder: Path, **options: Any) -> AsyncIterator[Running]:
    known = (REGION, PERSON_DATA_ADDRESS)
    running = await serve(write_data(folder), logical_addresses=known, allowed=True, **options)
    try:
        yield running
    finally:
        await running.stop()


@asynccontextmanager
async def client(url: str, **options: Any) -> AsyncIterator[Rivta]:
    rivta = Rivta(url, **options)
    try:
        yield rivta
    finally:
        await rivta.close()


def fault(text: str) -> Mischief:
    return Mischief(kind="fault", text=text)
