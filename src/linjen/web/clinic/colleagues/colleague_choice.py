"""Vem ska tillfrågas: roles and colleagues of a case's unit as the options of a list, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from linjen.cases.colleagues.attestation import Addressee
from linjen.cases.loading import Case
from linjen.cases.moves.handover import receivers_for
from linjen.core.database import Connection
from linjen.core.ids import parse_id
from linjen.people.colleagues import Colleague, list_colleagues
from linjen.web.exchange import Exchange


async def colleagues_of(db: Connection, exchange: Exchange, case: Case) -> list[Colleague]:
    """Everybody at the case's unit, by role and name, whose role reaches such a case; not the reader herself."""
    if case.unit_id is None:
        return []
    found = receivers_for(case.entry, await list_colleagues(db, case.unit_id))
    return [one for one in found if one.unit_id == case.unit_id and one.staff_id != exchange.by.person_id]


def person_options(exchange: Exchange, colleagues: Sequence[Colleague]) -> list[dict[str, str]]:
    """One option for each person, with her role."""
    return [
        {"value": f"{one.role}/{one.staff_id}",
         "text": exchange.say("handover.person", name=one.name, role=exchange.say(f"handover.role.{one.role}"))}
        for one in colleagues
    ]  # fmt: skip


def role_and_person_options(exchange: Exchange, colleagues: Sequence[Colleague]) -> list[dict[str, str]]:
    """Each role as a whole and then its people."""
    options = []
    for role, of_role in groupby(colleagues, key=lambda one: one.role):
        options.append({"value": role, "text": exchange.say(f"handover.all.{role}")})
        options += person_options(exchange, list(of_role))
    return options


def read_addressee(value: str) -> Addressee | None:
    """`role` or `role/person`, as the list says it; None for anything else."""
    role, _, person = value.partition("/")
    staff_id = parse_id(person)
    if not role or (person and staff_id is None):
        return None
    return Addressee(role, staff_id)
