"""Moving what the demo has made into the past, by the owner of the tables: the program cannot rewrite what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from linjen.cases.intake.start import KEPT_DAYS

#: $1 holds cases, $2 for each the moment it was sent, left or closed, $3 the minutes until its first answer. What has
#: not happened yet stays so.
_MOVE = (
    "update cases c set created_at = m.at, changed_at = m.at, turn_at = m.at + case turn"
    " when 'resident' then m.answer else interval '0' end, sent_at = case when sent_at is not null then m.at end,"
    " closed_at = case when closed_at is not null then m.at end from {moved} where c.id = m.id",
    "update visits v set queued_at = m.at,"
    " claimed_at = case when claimed_at is not null then m.at + m.answer - interval '2 minutes' end,"
    " closed_at = case when closed_at is not null then m.at + m.answer + interval '15 minutes' end,"
    " documented_at = case when documented_at is not null then m.at + m.answer + interval '20 minutes' end"
    " from {moved} where v.case_id = m.id",
    "update actions v set at = m.at + m.answer,"
    " confirmed_at = case when confirmed_at is not null then m.at + m.answer + interval '9 minutes' end from {moved}"
    " where v.case_id = m.id",
    "update consents v set given_at = m.at from {moved} where v.case_id = m.id",
    "update messages v set sent_at = m.at + case when by_kind = 'staff' then m.answer else interval '0' end"
    " from {moved} where v.case_id = m.id",
    "update events v set at = m.at + case v.kind when 'claimed' then m.answer - interval '2 minutes'"
    " when 'closed' then m.answer + interval '15 minutes' when 'level_judged' then m.answer + interval '15 minutes'"
    " when 'action_added' then m.answer when 'action_confirmed' then m.answer + interval '9 minutes'"
    " when 'documented' then m.answer + interval '20 minutes' else interval '0' end"
    " from {moved} where v.case_id = m.id",
    "update access_log v set at = m.at + case when by_kind = 'staff' then m.answer + interval '9 minutes'"
    " else interval '0' end from {moved} where v.case_id = m.id",
    "update alarms v set heard_at = m.at,"
    " judged_at = case when judged_at is not null then m.at + m.answer + interval '9 minutes' end"
    " from {moved} where v.case_id = m.id",
    "update assessments v set month = date_trunc('month', m.at at time zone 'Europe/Stockholm')::date,"
    " judged_at = case when judged_at is not null then m.at + m.answer + interval '15 minutes' end from {moved}"
    " where v.case_id = m.id",
    f"update intakes v set expires_at = m.at + interval '{KEPT_DAYS} days' from {{moved}} where v.case_id = m.id",
)
_MOVED = (
    "(select id, at, interval '1 minute' * answer from unnest($1::uuid[], $2::timestamptz[], $3::integer[])"
    " as u(id, at, answer)) as m(id, at, answer)"
)
#: Minutes until the first answer, where a case does not say its own.
_ANSWER = 11


async def move_back(
    owner_dsn: str, when: Sequence[tuple[UUID, datetime]], answers: Mapping[UUID, int] | None = None
) -> None:  # fmt: skip
    """Let each case have been sent, left or closed at its moment, and all that belongs to it around then; `answers`
    has the minutes from then to the first answer.
    """
    ids, moments = zip(*when, strict=True)
    minutes = [(answers or {}).get(one, _ANSWER) for one in ids]
    owner = await asyncpg.connect(owner_dsn)
    try:
        async with owner.transaction():
            for statement in _MOVE:
                await owner.execute(statement.format(moved=_MOVED), list(ids), list(moments), minutes)
    finally:
        await owner.close()
