"""Kollegor emellan i demonstrationen: cases handed to the physicians, questions to colleagues, and a note to one.

So nurse Karin and physician Sara both find work that others have left to them when they sign in.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from linjen.access.by import By
from linjen.cases.colleagues.attestation import Addressee, Asked, request_attestation
from linjen.cases.colleagues.note import write_note
from linjen.cases.moves.handover import Receiver, hand_over
from linjen.core import clock
from linjen.core.database import Database
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.demo.cases import Actors, SeedCase
from linjen.demo.moving import move_back
from linjen.demo.world import id_of

#: whose facts of demo/interviews.py, writer, reason, waited minutes, own words, sender, receiver (or all), note
_HANDED = (
    ("teen", "lively_rut", "ryggont", 110, "Ont i ländryggen som strålar ner i benet", "bo", "sara",
     "Har provat egenvård i tre veckor. Behöver bedömas av dig."),
    ("held_by_karin", "lively_siv", "hosta", 70, "Hostan har kommit tillbaka", "karin", "",
     "Var här i våras för samma sak. Ta gärna ställning till prov."),
)  # fmt: skip


async def seed_among_staff(database: Database, sealer: Sealer, owner_dsn: str, cases: dict[str, UUID]) -> None:
    """Write it, by the same verbs as the pages, over the seeded `cases`."""
    actors = await Actors.find(database, sealer)
    await _hand(SeedCase(database, sealer, actors), owner_dsn)
    karin, bo, sara = (actors.staff(key, "ankaret") for key in ("karin", "bo", "sara"))
    doctor = Addressee("physician", id_of("staff/sara"))
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    await _ask(database, sealer, karin, cases["held_by_karin"], Asked(
        to=doctor, purpose="knowledge", note="Hostar sedan nio dagar och har feber. Titta gärna med.",
    ))  # fmt: skip
    await _ask(database, sealer, sara, cases["held_by_bo"], Asked(
        to=Addressee("nurse"), purpose="follow_up", due_on=tomorrow, note="Hör efter hur det går efter första dygnet.",
    ))  # fmt: skip
    async with database.transaction() as db:
        await write_note(
            db, sealer, bo, cases["held_by_bo"], new_id(), "Karin, kan du läsa igenom innan jag svarar?",
            [Addressee("nurse", id_of("staff/karin"))],
        )  # fmt: skip


async def _ask(database: Database, sealer: Sealer, by: By, case_id: UUID, asked: Asked) -> None:
    async with database.transaction() as db:
        await request_attestation(db, sealer, by, case_id, new_id(), asked)


async def _hand(seed: SeedCase, owner_dsn: str) -> None:
    for facts, writer, reason, waited, text, sender, person, note in _HANDED:
        case_id = await seed.draft(writer, "symptom", writer, "ankaret", text)
        urgency = await seed.interview(facts, writer, case_id, reason)
        await seed.send(writer, case_id, urgency, reason, waited)
        to = Receiver(id_of("unit/ankaret"), "physician", id_of(f"staff/{person}") if person else None)
        by = seed.actors.staff(sender, "ankaret")
        async with seed.database.transaction() as db:
            await hand_over(db, seed.sealer, by, case_id, new_id(), to, note=note)
    at = clock.now()
    await move_back(owner_dsn, [(case_id, at - timedelta(minutes=waited)) for case_id, waited in seed.sent])
