"""Svara på frågor: many residents' answers in one statement and one commit.

An answer is decided on the draft as it was read, without holding anything, and written here: if the draft is no longer
as it was read, or may no longer be written by who asks, nothing is written and nothing logged, and the answer is tried
again the slow way, which tells why.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_each
from linjen.access.by import By
from linjen.cases.intake.start import KEPT_DAYS, Intake, phase_of, seal_intake, seal_result
from linjen.cases.states import STATE, states_for
from linjen.core import clock
from linjen.core.database import Database
from linjen.core.sealing import Sealer

#: Locks the cases in one order, as every batch does, and so that the statement after it sees what the lock waited for.
_LOCK = "select 1 from cases where id = any($1::uuid[]) order by id for no key update"

_states = ", ".join(f"'{state}'" for state in states_for("write_intake"))

#: Of two answers to one draft in a batch the first is written: to the other, the draft is no longer as it was read.
_SAVE = f"""
with asked as (
  select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::integer[], $7::bytea[],
    $8::text[], $9::text[], $10::bytea[]) with ordinality
    as a(kind, person_id, unit_id, session_id, case_id, version, state_sealed, step, phase, result_sealed, n)
), fresh as (
  select distinct on (a.case_id) a.* from asked a join cases c on c.id = a.case_id
  left join visits v on v.id = c.visit_id join intakes i on i.case_id = a.case_id
  where i.version = a.version and {STATE} in ({_states})
    and {policy.clause_for_many("write_intake", listener="a", today="$11")} order by a.case_id, a.n
), saved as (
  update intakes i set state_sealed = f.state_sealed, step = f.step, version = i.version + 1, expires_at = $12,
    result_sealed = coalesce(f.result_sealed, i.result_sealed)
  from fresh f where i.case_id = f.case_id
), touched as (
  update cases c set changed_at = now(), phase = f.phase from fresh f where c.id = f.case_id
), logged as (
  {log_each("write_intake", "fresh")}
)
select n from fresh
"""


class Answer(msgspec.Struct, frozen=True):
    """One page's answers: the draft's new content on top of `version`, the page that is next, and what is said so far.

    `outcome` is that of the triage where it is shown at once ('emergency' or 'self_care') with its `result`, else ''.
    """

    by: By
    case_id: UUID
    version: int
    intake: Intake
    step: str
    outcome: str = ""
    result: bytes = b""


async def save_answers(database: Database, sealer: Sealer, batch: Sequence[Answer]) -> list[bool]:
    """Whether each was written, in order, after the commit. False: the draft has changed, or is out of reach."""
    at = clock.now()
    people = [item.by for item in batch]
    async with database.transaction() as db:
        await db.execute(_LOCK, list({item.case_id for item in batch}))
        rows = await db.fetch(
            _SAVE,
            [by.kind for by in people], [by.person_id for by in people], [by.unit_id for by in people],
            [by.session_id for by in people], [item.case_id for item in batch], [item.version for item in batch],
            [seal_intake(sealer, item.case_id, item.intake) for item in batch], [item.step for item in batch],
            [phase_of(item.outcome) for item in batch],
            [seal_result(sealer, item.case_id, item.result) if item.result else None for item in batch],
            clock.local_date(at), at + timedelta(days=KEPT_DAYS),
        )  # fmt: skip
    written = {row["n"] for row in rows}
    return [number in written for number in range(1, len(batch) + 1)]
