"""A walk over one case: people try verbs in any order, as hypothesis draws them, and what must hold is looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.intake.start import open_draft, save_intake
from linjen.cases.loading import may
from linjen.cases.states import TRANSITIONS
from linjen.cases.tickets.ticket import may_ticket
from linjen.core.database import Connection, Database
from linjen.core.errors import Invalid, LinjenError, NotFound
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.demo.cases import Actors, SeedCase
from linjen.demo.world import id_of
from linjen.media.pictures import count_there

#: Who tries: key, unit (None for residents). The last two are outside: another provider, and somebody else's resident.
PEOPLE = (
    ("karin", "ankaret"), ("bo", "ankaret"), ("sara", "ankaret"), ("mona", "ankaret"), ("fadime", "rehab"),
    ("astrid", None), ("lena", "lyktan"), ("gustav", None),
)  # fmt: skip
OUTSIDE = frozenset({"lena", "gustav"})
#: What those outside do all the same: who receives a ticket, with the ticket alone; and another resident with what is
#: written of himself.
THEIRS = {
    "lena": frozenset({"open_ticket", "book_ticket", "return_ticket"}),
    "gustav": frozenset({"set_block", "lift_block"}),
}

#: What an event of a kind makes of the visit's state; the others leave it as it is.
LEADS_TO = {
    "case_sent": "queued", "claimed": "in_progress", "taken_over": "in_progress", "released": "queued",
    "handed_over": "queued", "returned": "queued", "reopened": "queued", "closed": "closed", "withdrawn": "closed",
    "visit_booked": "queued",
}  # fmt: skip
#: The same for a ticket.
TICKET_LEADS_TO = {
    "ticket_issued": "issued", "ticket_used": "used", "ticket_booked": "booked", "ticket_returned": "returned",
    "ticket_withdrawn": "cancelled", "ticket_expired": "expired",
}  # fmt: skip

#: What is no verb on the case and still writes its event there: of a ticket, and of what the patient blocks.
AROUND = ("use_ticket", "book_ticket", "return_ticket", "withdraw_ticket", "settle_ticket", "set_block", "lift_block")
_LED = TRANSITIONS | {
    (state, verb): "queued" if (state, verb) == ("closed", "return_ticket") else state
    for state in ("queued", "in_progress", "closed") for verb in AROUND
}  # fmt: skip


class Step(msgspec.Struct, frozen=True):
    """Who tries what; `pick` chooses among what the verb can be given."""

    who: int
    verb: str
    pick: int


class Stand(msgspec.Struct, frozen=True):
    """How the case stands: what a refusal must leave as it was."""

    state: str
    holder: UUID | None
    role: str | None
    unit: UUID
    visit: UUID
    counter: int
    reason: str | None


class Walk:
    """One case in a database, and what is tried with it: `verbs` by people, `turns` by the program itself."""

    def __init__(
        self, database: Database, sealer: Sealer, actors: Actors, verbs: Mapping[str, Verb], turns: Mapping[str, Turn]
    ) -> None:
        self.database = database
        self.sealer = sealer
        self.actors = actors
        self.verbs = verbs
        self.turns = turns
        self.case_id = UUID(int=0)
        self.ids = [new_id() for _ in range(3)]
        self.tried = 0
        #: The verbs that somebody was granted.
        self.granted: set[str] = set()

    async def begin(self, entry: str) -> None:
        """Astrid sends a case to Hälsocentralen Ankaret, where nothing of hers is blocked yet."""
        await self.database.execute("update access_blocks set lifted_at = now() where lifted_at is null")
        seed = SeedCase(self.database, self.sealer, self.actors)
        self.case_id = await seed.draft("astrid", entry, "astrid", "ankaret", "Jag har ont i halsen sedan i går.")
        if entry == "symptom":
            async with self.database.transaction() as db:
                draft = await open_draft(db, self.sealer, self.actors.resident("astrid"), self.case_id)
                asked = msgspec.structs.replace(draft.intake, interview={"chosen": ["halsont"]})
                await save_intake(db, self.sealer, draft, asked, "check")
        await seed.send("astrid", self.case_id, 3, "halsont", 20)

    def person(self, step: Step) -> By:
        """The acting person."""
        key, unit = PEOPLE[step.who % len(PEOPLE)]
        return self.actors.staff(key, unit) if unit else self.actors.resident(key)

    async def stand(self) -> Stand:
        """How it stands now."""
        row = await self.database.fetch_row(
            "select v.state, v.holder_id as holder, case when v.state = 'queued' then v.for_role end as role,"
            " v.unit_id as unit, v.id as visit, c.counter, v.close_reason as reason"
            " from cases c join visits v on v.id = c.visit_id where c.id = $1", self.case_id,
        )  # fmt: skip
        assert row is not None
        return Stand(**dict(row))

    async def take(self, step: Step) -> None:
        """Try it, and look at what must hold whatever came of it."""
        self.tried += 1
        before, by = await self.stand(), self.person(step)
        key = PEOPLE[step.who % len(PEOPLE)][0]
        is_theirs = step.verb in THEIRS.get(key, ())
        if step.verb in self.turns:
            await self.turns[step.verb](self, step.pick)
        else:
            try:
                async with self.database.transaction() as db:
                    await self.verbs[step.verb](self, db, by, step.pick)
            except LinjenError as error:
                assert await self.stand() == before, f"{step} was refused ({error.reason}) and changed something"
                assert key not in OUTSIDE or is_theirs or isinstance(error, NotFound | Invalid), (
                    f"{step} told {key} that there is a case"
                )
                return  # all is as it was, and was looked at then
            assert key not in OUTSIDE or is_theirs, f"{key} did {step}"
            self.granted.add(step.verb)
            after = await self.stand()
            assert key != "gustav" or after == before, f"{step} changed somebody else's case"
            self._check_led(step, before, after)
        await self._check()

    def _check_led(self, step: Step, before: Stand, after: Stand) -> None:
        led = _LED.get((before.state, step.verb))
        if led is None:  # a form that came twice: done already, and nothing is done again
            assert after == before, f"{step} is not in the table, and did something"
        elif after != before:
            assert after.state == led, f"{step} led from {before.state} to {after.state}"

    async def _check(self) -> None:
        now = await self.stand()
        if now.state == "closed":
            assert now.holder is None
            assert now.reason
        else:
            assert (now.holder is None) != (now.role is None), f"{now}: one holder or one queue"
        events = await self.database.fetch(
            "select seq, kind, by_id, data from events where case_id = $1 order by seq", self.case_id
        )
        assert [row["seq"] for row in events] == list(range(1, now.counter + 1)), "the numbers have no gap"
        state, holder = "", None
        tickets: dict[UUID, str] = {}
        for row in events:
            kind = row["kind"]
            if kind in TICKET_LEADS_TO:
                ticket_id, before = UUID(row["data"]["ticket"]), "" if kind == "ticket_issued" else "issued"
                assert tickets.get(ticket_id, "") == before, f"{kind}: a ticket comes to one end, once"
                tickets[ticket_id] = TICKET_LEADS_TO[kind]
            led = "queued" if (state, kind) == ("closed", "ticket_returned") else LEADS_TO.get(kind)
            if led is not None:
                state, holder = led, row["by_id"] if led == "in_progress" else None
        assert (state, holder) == (now.state, now.holder), "the events tell how the case stands"
        async with self.database.connection() as db:
            await self._check_visits(db, now)
            await self._check_tickets(db, tickets)
            await self._check_pictures(db)
            await self._check_readers(db)

    async def _check_visits(self, db: Connection, now: Stand) -> None:
        rows = await db.fetch("select id, state, close_reason from visits where case_id = $1", self.case_id)
        left = [row for row in rows if row["id"] != now.visit]
        assert all(row["state"] == "closed" and row["close_reason"] for row in left), "one visit goes on, the last one"

    async def _check_tickets(self, db: Connection, told: dict[UUID, str]) -> None:
        lyktan = id_of("unit/lyktan")
        rows = await db.fetch("select id, state, to_unit_id from tickets where case_id = $1", self.case_id)
        assert {row["id"]: row["state"] for row in rows} == told, "the events tell how the tickets stand"
        for row in rows:
            lena, gustav = self.actors.staff("lena", "lyktan"), self.actors.resident("gustav")
            assert await may_ticket(db, lena, row["id"], "open_ticket") == (row["to_unit_id"] == lyktan)
            assert not await may_ticket(db, gustav, row["id"], "open_ticket")

    async def _check_pictures(self, db: Connection) -> None:
        counted = await db.fetchval("select pictures from cases where id = $1", self.case_id)
        assert counted == await count_there(db, self.case_id), "the case knows how many pictures it shows"

    async def _check_readers(self, db: Connection) -> None:
        for key, unit in PEOPLE:
            if key in OUTSIDE:
                by = self.actors.staff(key, unit) if unit else self.actors.resident(key)
                for verb in ("see", "see_elsewhere"):
                    assert not await may(db, by, self.case_id, verb), f"{key} may {verb} it"
        if await db.fetchval(_IS_BLOCKED, self.case_id, id_of("unit/rehab"), id_of("staff/fadime")):
            fadime = self.actors.staff("fadime", "rehab")
            assert not await may(db, fadime, self.case_id, "see_elsewhere"), "what is blocked is read elsewhere"


_IS_BLOCKED = """
select exists (select 1 from cases c join access_blocks b on b.resident_id = c.patient_id and b.lifted_at is null
  and b.unit_id <> $2 and (b.unit_id = c.unit_id
    or exists (select 1 from handovers h where h.case_id = c.id and h.from_unit_id = b.unit_id))
  where c.id = $1 and not exists (
    select 1 from block_openings o where o.block_id = b.id and o.staff_id = $3 and o.until_at > now()))
"""

#: What somebody tries, and what the program does by itself. The last is what the step has picked.
Verb = Callable[[Walk, Connection, By, int], Awaitable[Any]]
Turn = Callable[[Walk, int], Awaitable[Any]]
