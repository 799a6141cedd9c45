"""Vem arbetar med vad: which roles of a unit work with sök vård and with administrative questions (routine F059–F065).

Sök vård is always the nurses' and administrative questions the secretaries', since what is handed over to them waits in
the same queues; the unit decides who works with them as well. What is handed over to a role is always that role's.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from types import MappingProxyType
from uuid import UUID

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.waiting.queues import USUAL
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.people.colleagues import list_colleagues
from linjen.units.managed import may_at, take_turns

#: Kind of case -> the queue in which it waits, which is also the role that always works with it.
KINDS: Mapping[str, str] = MappingProxyType({"care": "nurse", "admin": "medical_secretary"})
#: Kind of case -> the roles that may work with it as well. Secretaries have no medical history before them (F065).
OTHERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "care": ("physician", "physiotherapist", "counsellor"),
        "admin": ("nurse", "physician", "physiotherapist", "counsellor"),
    }
)


Sharing = Mapping[str, Set[str]]

COPY = "insert into unit_queues (unit_id, role, queue) select $2::uuid, role, queue from unit_queues where unit_id = $1"


async def find_sharing(db: Connection, unit_id: UUID) -> dict[str, frozenset[str]]:
    """Kind of case -> the roles that work with it at the unit besides the one that always does."""
    own: dict[str, set[str]] = {}
    for row in await db.fetch("select role, queue from unit_queues where unit_id = $1", unit_id):
        own.setdefault(row["role"], set()).add(row["queue"])
    return {
        kind: frozenset(role for role in OTHERS[kind] if queue in own.get(role, USUAL[role]))
        for kind, queue in KINDS.items()
    }


async def share_queues(db: Connection, by: By, unit_id: UUID, chosen: Sharing, was: Sharing) -> None:
    """Decide it, if it still is what the page showed; logged. Once more changes nothing.

    Raises NotFound for who does not administer the unit's configuration, Invalid('unknown_choice' | 'nobody') with the
    kind as its field, and Refused('changed') when somebody has decided otherwise meanwhile.
    """
    if not await may_at(db, by, unit_id, "share_queues"):
        raise NotFound("unit")
    for kind in KINDS:
        if not set(chosen[kind]) <= set(OTHERS[kind]):
            raise Invalid("unknown_choice", kind)
    await take_turns(db, unit_id)
    await _check_somebody(db, unit_id, chosen)
    await log_access(db, by, "share_queues", shown=[unit_id])
    now = await find_sharing(db, unit_id)
    if now == dict(chosen):
        return
    if now != dict(was):
        raise Refused("changed", verb="share_queues")
    await db.execute("delete from unit_queues where unit_id = $1", unit_id)
    await db.executemany(
        "insert into unit_queues (unit_id, role, queue) values ($1, $2, $3)",
        [(unit_id, role, queue) for role, queue in _decided_otherwise(chosen)],
    )


def _decided_otherwise(chosen: Sharing) -> list[tuple[str, str]]:
    """The rows of the roles that work with something else than they usually do."""
    rows = []
    for role, usual in USUAL.items():
        queues = {role, *(queue for kind, queue in KINDS.items() if role in chosen[kind])}
        if queues != set(usual):
            rows += [(role, queue) for queue in sorted(queues)]
    return rows


async def _check_somebody(db: Connection, unit_id: UUID, chosen: Sharing) -> None:
    """Where residents write, each kind must be before somebody who works there now: nobody's queue would be lost."""
    if not await db.fetchval("select takes_residents from units where id = $1", unit_id):
        return
    here = {one.role for one in await list_colleagues(db, unit_id) if one.unit_id == unit_id}
    for kind, queue in KINDS.items():
        if not here & {queue, *chosen[kind]}:
            raise Invalid("nobody", kind)
