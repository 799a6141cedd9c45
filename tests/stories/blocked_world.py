"""Frida, who has blocked what Ankaret wrote, and those at other units who meet her; for the stories of blocks."""

from __future__ import annotations

from html import unescape
from uuid import UUID

import httpx

from linjen.demo.blocked import seed_blocked
from linjen.demo.world import id_of
from tests.region import Person, Region

EXISTS = "Det finns spärrade uppgifter vid en annan enhet"
#: What stands in the blocked case, and nowhere else.
SECRET = "penicillin"
ANKARET = str(id_of("unit/ankaret"))
WHY = "Medvetslös, behöver veta om allergier"


async def meet(region: Region) -> dict[str, UUID]:
    """Her cases by name: blocked (Ankaret), not_blocked (rehab), beside_blocked (open at Björken)."""
    database = region.dsn.split("?")[0].rsplit("/", 1)[1]
    owner = region.embedded.owner_dsn.replace("/linjen?", f"/{database}?")
    cases = await seed_blocked(region.site.database, region.site.sealer, owner)
    region.cases |= cases
    return cases


def main(answer: httpx.Response) -> str:
    """The page's own part, as it is read."""
    text = unescape(answer.text)
    return text[text.index("<main") : text.index("</main")]


def visits_of(case_id: UUID) -> str:
    """Alla besök of a case."""
    return f"/clinic/cases/{case_id}/visits"


async def read_blocked(person: Person, cases: dict[str, UUID]) -> httpx.Response:
    """Open the blocked case from the one at Björken."""
    return await person.get(f"/clinic/cases/{cases['beside_blocked']}/elsewhere/{cases['blocked']}")


async def open_up(person: Person, case_id: UUID, how: str = "emergency", **fields: str) -> httpx.Response:
    """Send the form of an opening, as it should be filled in."""
    usual = {"reason": "unreachable" if how == "emergency" else "phone", "why": WHY if how == "emergency" else ""}
    return await person.post(f"/clinic/cases/{case_id}/{how}-openings", {**usual, **fields})


async def press(person: Person, what: str, unit: str = ANKARET) -> httpx.Response:
    """The patient's press: "settings" blocks, "liftings" lifts."""
    return await person.post(f"/profile/blocks/{unit}/{what}")
