"""Larm: words of a resident that the tripwire hit. They ask, raise and are shown; they never lower anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer

VERDICTS = ("right", "wrong")
ANSWERS = ("yes", "no", "unknown")
Levels = Callable[[str], int | None]


class Alarm(msgspec.Struct, frozen=True):
    """One warning sign that was heard. `in_chat` tells a later message from the words that the case began with.

    `late` when the case was closed before it was heard; `answer` is what its writer says of it, one of ANSWERS.
    """

    id: UUID
    code: str
    level: int | None
    quote: str
    heard_at: datetime
    in_chat: bool
    late: bool
    answer: str | None
    verdict: str | None


_KEEP = """
insert into alarms (id, case_id, message_id, code, level, quote_sealed, unit_id, late, answer, answered_at)
select $1::uuid, c.id, $3::uuid, $4, $5::smallint, $6::bytea, c.unit_id, coalesce(v.state = 'closed', false), $7,
  case when $7::text is not null then now() end
from cases c left join visits v on v.id = c.visit_id where c.id = $2
on conflict (message_id, code) where message_id is not null do nothing returning id
"""


async def keep_alarms(
    db: Connection, sealer: Sealer, case_id: UUID, hits: Mapping[str, str], levels: Levels, message_id: UUID | None,
    answers: Mapping[str, str] = {},
) -> list[UUID]:  # fmt: skip
    """Write what was heard in a message, or with None in the words that the case began with; the ids of what is new.

    `answers` holds what has been answered already, code to one of ANSWERS. The caller holds the case.
    """
    ids = []
    for code, words in hits.items():
        id = new_id()
        sealed = sealer.seal("alarm", words.encode(), case_id.bytes + id.bytes)
        written = await db.fetchval(
            _KEEP, id, case_id, message_id, code, levels(code), sealed, answers.get(code)
        )  # fmt: skip
        ids += [written] if written else []
    return ids


async def list_alarms(db: Connection, sealer: Sealer, case_id: UUID) -> list[Alarm]:
    """What was heard in a case, in order. The caller has seen the case by see_case."""
    rows = await db.fetch(
        "select id, code, level, quote_sealed, heard_at, message_id is not null as in_chat, late, answer, verdict"
        " from alarms where case_id = $1 order by heard_at, id",
        case_id,
    )
    return [
        Alarm(
            r["id"], r["code"], r["level"],
            sealer.unseal("alarm", r["quote_sealed"], case_id.bytes + r["id"].bytes).decode(),
            r["heard_at"], r["in_chat"], r["late"], r["answer"], r["verdict"],
        )
        for r in rows
    ]  # fmt: skip


_STANDING = "case_id = $1 and verdict is distinct from 'wrong' and answer is distinct from 'no'"


async def find_standing(db: Connection, case_id: UUID) -> frozenset[UUID]:
    """The alarms that may be so: not judged wrong and not answered no. Whoever closes the case has met them."""
    return frozenset(row["id"] for row in await db.fetch(f"select id from alarms where {_STANDING}", case_id))


async def is_raised_by_words(db: Connection, case_id: UUID, level: int) -> bool:
    """Whether it was something in the chat that put the case at `level`."""
    return bool(
        await db.fetchval(
            "select true from events where case_id = $1 and kind = 'alarm_heard' and (data ->> 'to')::integer = $2"
            " and (data ->> 'from')::integer > $2 and not data ? 'late' limit 1",
            case_id, level,
        )
    )  # fmt: skip


async def list_unanswered(db: Connection, sealer: Sealer, case_id: UUID) -> list[Alarm]:
    """The signs in what she wrote since staff last wrote, the most urgent first. The caller has seen the case.

    Of a closed case only those that were heard after it was closed: nobody had read them.
    """
    row = await db.fetchrow(
        "select v.state = 'closed' as closed, (select max(m.sent_at) from messages m"
        " where m.case_id = c.id and m.by_kind = 'staff') as answered_at"
        " from cases c left join visits v on v.id = c.visit_id where c.id = $1",
        case_id,
    )
    if row is None:
        return []
    since = row["answered_at"]
    new = [
        one for one in await list_alarms(db, sealer, case_id)
        if one.in_chat and (one.late if row["closed"] else since is None or one.heard_at > since)
    ]  # fmt: skip
    return sorted(new, key=lambda one: (one.level or 9, one.heard_at))


async def judge_alarm(db: Connection, by: By, case_id: UUID, alarm_id: UUID, verdict: str) -> None:
    """Staff say whether it was right to raise for these words. May be changed; it changes nothing of the case.

    Raises Invalid('unknown_verdict'), NotFound for an alarm of another case, and as open_case.
    """
    if verdict not in VERDICTS:
        raise Invalid("unknown_verdict", "verdict")
    await open_case(db, by, case_id, "judge_triage")
    done = await db.execute(
        "update alarms set verdict = $3, judged_by = $4, judged_at = now() where id = $2 and case_id = $1",
        case_id, alarm_id, verdict, by.person_id,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise NotFound("alarm")
