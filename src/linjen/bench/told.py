"""Cases of a bench with what their residents told: a whole interview each, sealed as the program keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from linjen.bench.ground import Ground
from linjen.bench.interviewees import Interviewee, begun, interviewees, turns
from linjen.cases.intake.interview import keep_state
from linjen.cases.intake.start import Intake
from linjen.triage import answer, load


async def give_interviews(ground: Ground, db: asyncpg.Connection[asyncpg.Record], cases: Sequence[UUID]) -> None:
    """An interview for each of the cases, of as many different residents as the content has."""
    people = interviewees(load(), 2, from_age=13, picks=True)
    sealed = [_intake(ground, case_id, people[number % len(people)]) for number, case_id in enumerate(cases)]
    await db.execute(
        "insert into intakes (case_id, step, state_sealed, expires_at)"
        " select c, 'check', s, now() + interval '7 days' from unnest($1::uuid[], $2::bytea[]) as t(c, s)",
        list(cases), sealed,
    )  # fmt: skip


def _intake(ground: Ground, case_id: UUID, who: Interviewee) -> bytes:
    """A whole interview, as it is kept with a case that was sent."""
    state = begun(load(), who)
    for _, given in turns(load(), who):
        state = answer(load(), state, given)
    kept = keep_state(Intake(text=who.text, reasons=[who.reason], passed=["reasons"]), state)
    return ground.sealer.seal("intake", msgspec.json.encode(kept), case_id.bytes)
