"""A patient who has blocked what one unit wrote, for a visitor to try: as another unit meets it, and as she sees it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from linjen.cases.afterwards.document import document
from linjen.cases.blocks.block import set_block
from linjen.cases.moves.claim import claim
from linjen.cases.moves.close import close
from linjen.cases.moves.handover import Receiver, hand_over
from linjen.core import clock
from linjen.core.database import Database
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.demo.cases import Actors, SeedCase
from linjen.demo.moving import move_back
from linjen.demo.world import id_of

#: name, the unit that closed it, who there, contact reason, minutes ago, her words, the answer
_CLOSED = (
    ("blocked", "ankaret", "sara", "utslag", 60 * 24 * 30, "Jag har fått röda fläckar på magen",
     "Hej Frida! Fläckarna ser ut som en reaktion på penicillin. Du ska inte ta penicillin igen."),
    ("not_blocked", "rehab", "fadime", "ryggont", 60 * 24 * 20, "Ont i ryggen när jag sitter",
     "Hej Frida! Gör övningarna varje dag i tre veckor, och gå gärna."),
)  # fmt: skip


async def seed_blocked(database: Database, sealer: Sealer, owner_dsn: str) -> dict[str, UUID]:
    """Frida's cases by name: what Ankaret wrote is blocked, what rehab wrote is not, and one waits at Björken."""
    seed = SeedCase(database, sealer, await Actors.find(database, sealer))
    cases: dict[str, UUID] = {}
    for name, unit, staff, reason, ago, words, answer in _CLOSED:
        first = "bjorken" if unit == "rehab" else unit  # residents cannot write to rehab
        case_id = cases[name] = await seed.draft("frida", "symptom", "frida", first, words)
        await seed.send("frida", case_id, 4, reason, ago)
        by = seed.actors.staff(staff, unit)
        async with database.transaction() as db:
            if first != unit:
                receiver, sender = Receiver(id_of(f"unit/{unit}"), "physiotherapist"), seed.actors.staff("ulf", first)
                await hand_over(db, sealer, sender, case_id, new_id(), receiver)
            await claim(db, by, case_id)
        await seed.message(by, case_id, answer)
        async with database.transaction() as db:
            await close(db, by, case_id, "advice")
            await document(db, by, case_id)
    cases["beside_blocked"] = await seed.draft("frida", "symptom", "frida", "bjorken", "Ont i halsen sedan i går")
    await seed.send("frida", cases["beside_blocked"], 3, "halsont", 25)
    async with database.transaction() as db:
        await set_block(db, seed.actors.resident("frida"), id_of("unit/ankaret"))
    at = clock.now()
    await move_back(owner_dsn, [(case_id, at - timedelta(minutes=waited)) for case_id, waited in seed.sent])
    return cases
