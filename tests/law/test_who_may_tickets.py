"""The law of tickets: every verb, by every person, on every seeded ticket, held against a table that a person has read.

`who_may_tickets.csv` has a row for each verb and person and a column for each ticket: `yes` it is theirs to do · `404`
the ticket does not exist for this person · `other` they read it, but this is not theirs. In which state a ticket can be
used, booked, returned or withdrawn is another question (tests/stories/test_ticket*.py). LINJEN_WRITE_LAW=1 writes the
table anew; read every changed cell then.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from uuid import UUID

from linjen.access.by import By
from linjen.access.policy import TICKET_VERBS
from linjen.cases.tickets.ticket import see_ticket
from linjen.core.errors import NotFound, Refused
from linjen.demo.tickets import seed_tickets
from tests.law.test_who_may import answer as case_answer
from tests.law.test_who_may import people
from tests.region import Region

TABLE = Path(__file__).with_name("who_may_tickets.csv")


async def answer(region: Region, by: By, ticket_id: UUID, verb: str) -> str:
    """What happens when the person tries, without anything being kept."""
    async with region.site.database.connection() as db:
        transaction = db.transaction()
        await transaction.start()
        try:
            await see_ticket(db, region.site.sealer, by, ticket_id, verb)
        except NotFound:
            return "404"
        except Refused as error:
            return {"not_yours": "other"}[error.reason]
        finally:
            await transaction.rollback()
    return "yes"


async def test_every_verb_by_every_person_on_every_ticket_is_as_the_table_says(region: Region) -> None:
    tickets = await seed_tickets(region.site.database, region.site.sealer, region.cases)
    found = {
        (verb, name): {key: await answer(region, by, ticket_id, verb) for key, ticket_id in tickets.items()}
        for verb in sorted(TICKET_VERBS)
        for name, by in sorted(people(region).items())
    }
    if os.environ.get("LINJEN_WRITE_LAW"):
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(
                [["verb", "person", *tickets], *([*key, *row.values()] for key, row in found.items())]
            )
    with TABLE.open(newline="", encoding="utf-8") as file:
        wanted = {(row.pop("verb"), row.pop("person")): row for row in csv.DictReader(file)}
    assert found == wanted


async def test_a_ticket_opens_no_case(region: Region) -> None:
    """Who receives a ticket meets 404 at the case that it was made from, as before."""
    lena = region.actors.staff("lena", "lyktan")
    tickets = await seed_tickets(region.site.database, region.site.sealer, region.cases)
    assert await answer(region, lena, tickets["to_lyktan"], "open_ticket") == "yes"
    assert await case_answer(region, lena, region.cases["held_by_karin"], "see") == "404"


async def test_an_ended_assignment_and_a_lost_guardianship_reach_no_ticket(region: Region) -> None:
    tickets, database = await seed_tickets(region.site.database, region.site.sealer, region.cases), region.site.database
    lena = region.actors.staff("lena", "lyktan")
    await database.execute("update assignments set ended_at = now() where staff_id = $1", lena.person_id)
    assert await answer(region, lena, tickets["to_lyktan"], "open_ticket") == "404"
    astrid = region.actors.resident("astrid")
    assert await answer(region, astrid, tickets["of_a_child"], "use_ticket") == "yes"
    await database.execute("update guardianships set ended_at = now()")
    assert await answer(region, astrid, tickets["of_a_child"], "use_ticket") == "404"
