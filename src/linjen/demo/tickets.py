"""Tickets for the seeded region, issued by the same verb as real ones: to another provider, to rehab, for a child."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from linjen.cases.moves.claim import claim
from linjen.cases.moves.release import release
from linjen.cases.tickets.ticket_issue import Ticketing, issue_ticket
from linjen.core import clock
from linjen.core.database import Database
from linjen.core.sealing import Sealer
from linjen.demo.cases import Actors
from linjen.demo.world import id_of

_TELL = "Jag ger dig en biljett till en annan enhet. Den finns här i ditt ärende, och där ser du vad som står i den."

#: name, case, kind, unit, resource, anamnesis, line to the receiver
_TICKETS = (
    ("to_lyktan", "held_by_karin", "drop_in", "lyktan", None,
     "Gäller: man, 67 år\nKontaktorsak: Hosta\nHosta sedan nio dagar, feber 38,6 i fem dagar. Blir sämre.",
     "Önskar bedömning hos er, patienten bor nära."),
    ("to_rehab", "held_by_karin", "booking", "rehab", "physiotherapist", "",
     "Andningsträning när infektionen är över. Hostan tar på krafterna."),
    ("administrative", "admin", "drop_in", "lyktan", None, "", "Önskar ett vaccinationsintyg från er."),
    ("of_a_child", "child", "drop_in", "bjorken", None, "", "Vårdnadshavaren önskar fortsätta hos er."),
)  # fmt: skip

#: Those that the demo begins with: of a case that somebody holds, so that nothing else moves.
DEMO = ("to_lyktan", "to_rehab")


async def seed_tickets(
    database: Database, sealer: Sealer, cases: dict[str, UUID], wanted: tuple[str, ...] = ()
) -> dict[str, UUID]:
    """Issue them, or those `wanted`; their ids by name. A case that waits is taken for the moment and put back."""
    karin = (await Actors.find(database, sealer)).staff("karin", "ankaret")
    last_on = clock.local_date(clock.now()) + timedelta(days=14)
    ids = {}
    for name, case, kind, unit, resource, history, note in _TICKETS:
        if wanted and name not in wanted:
            continue
        case_id, ids[name] = cases[case], id_of(f"ticket/{name}")
        what = Ticketing(
            kind=kind, unit_id=id_of(f"unit/{unit}"), resource=resource, last_on=last_on, history=history, note=note,
            tell=_TELL,
        )  # fmt: skip
        async with database.transaction() as db:
            waits = case != "held_by_karin"
            if waits:
                await claim(db, karin, case_id)
            await issue_ticket(db, sealer, karin, case_id, ids[name], what)
            if waits:
                await release(db, karin, case_id)
    return ids
