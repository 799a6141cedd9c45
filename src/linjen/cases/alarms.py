"""Larm: words of a resident that the tripwire hit. They ask, raise and are shown; they never lower anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.message import unseal_text
from linjen.core.database import Connection
from linjen.core.dispatcher import Reaction
from linjen.core.errors import Invalid, NotFound
from linjen.core.events import Event, record
from linjen.core.ids import new_id
from linjen.core.jobs import Wanted
from linjen.core.sealing import Sealer

VERDICTS = ("right", "wrong")
#: Texts to what each speaks of: finding code to the words that hit.
Read = Callable[[Sequence[str]], Awaitable[Sequence[Mapping[str, str]]]]
Levels = Callable[[str], int | None]


#: Locks in the same order as every other writer of many cases, so that none waits for another in a circle.
_LOCK = "select 1 from cases where id = any($1::uuid[]) order by id for no key update"


class Alarm(msgspec.Struct, frozen=True):
    """One warning sign that was heard. `in_chat` tells a later message from the words that the case began with."""

    id: UUID
    code: str
    level: int | None
    quote: str
    heard_at: datetime
    in_chat: bool
    verdict: str | None


async def keep_alarms(
    db: Connection, sealer: Sealer, case_id: UUID, hits: Mapping[str, str], levels: Levels, message_id: UUID | None
) -> list[UUID]:
    """Write what was heard in a message, or with None in the words that the case began with; their ids."""
    ids = [new_id() for _ in hits]
    for id, (code, words) in zip(ids, hits.items(), strict=True):
        await db.execute(
            "insert into alarms (id, case_id, message_id, code, level, quote_sealed, unit_id)"
            " select $1::uuid, id, $3::uuid, $4, $5::smallint, $6::bytea, unit_id from cases where id = $2",
            id, case_id, message_id, code, levels(code), sealer.seal("alarm", words.encode(), case_id.bytes + id.bytes),
        )  # fmt: skip
    return ids


def listening(read: Read, levels: Levels, sealer: Sealer) -> Reaction:
    """The reaction to sent messages: what residents write in cases that are open is read, each message once.

    The words that a case begins with were read, asked about and answered before it was sent.
    """

    async def listen(db: Connection, events: Sequence[Event]) -> list[Wanted]:
        ids = [UUID(e.data["message"]) for e in events if e.by_kind == "resident" and not e.data.get("opening")]
        rows = await db.fetch(
            "select m.id, m.case_id, m.body_sealed from messages m join cases c on c.id = m.case_id"
            " join visits v on v.id = c.visit_id where m.id = any($1::uuid[]) and v.state <> 'closed' order by m.id",
            ids,
        ) if ids else []  # fmt: skip
        texts = [unseal_text(sealer, row["case_id"], row["id"], row["body_sealed"]) for row in rows]
        heard = [(row, hits) for row, hits in zip(rows, await read(texts) if texts else (), strict=True) if hits]
        await db.execute(_LOCK, sorted({row["case_id"] for row, _ in heard}))
        for row, hits in heard:
            await keep_alarms(db, sealer, row["case_id"], hits, levels, row["id"])
            await _raise(db, row["case_id"], [level for code in hits if (level := levels(code))])
        return []

    return listen


async def _raise(db: Connection, case_id: UUID, levels: Sequence[int]) -> None:
    """Sort the case as high as the most urgent of the signs, and tell it to who has the case or the ledger open."""
    level = min(levels, default=5)
    before = await db.fetchval(
        "select v.priority from visits v join cases c on c.visit_id = v.id where c.id = $1 for update of v", case_id
    )
    if level < before:
        await db.execute(
            "update visits set priority = $2 where id = (select visit_id from cases where id = $1)", case_id, level
        )
    await record(db, case_id, "alarm_heard", "system", None, {"from": before, "to": min(level, before)})


async def list_alarms(db: Connection, sealer: Sealer, case_id: UUID) -> list[Alarm]:
    """What was heard in a case, in order. The caller has seen the case by see_case."""
    rows = await db.fetch(
        "select id, code, level, quote_sealed, heard_at, message_id is not null as in_chat, verdict from alarms"
        " where case_id = $1 order by heard_at, id",
        case_id,
    )
    return [
        Alarm(
            r["id"], r["code"], r["level"],
            sealer.unseal("alarm", r["quote_sealed"], case_id.bytes + r["id"].bytes).decode(),
            r["heard_at"], r["in_chat"], r["verdict"],
        )
        for r in rows
    ]  # fmt: skip


async def find_unanswered(db: Connection, sealer: Sealer, case_id: UUID) -> Alarm | None:
    """The most urgent sign of level 1 or 2 in what she wrote since staff last wrote. The caller has seen the case."""
    since = await db.fetchval("select max(sent_at) from messages where case_id = $1 and by_kind = 'staff'", case_id)
    alarms = await list_alarms(db, sealer, case_id)
    new = [one for one in alarms if one.in_chat and (one.level or 5) <= 2 and (since is None or one.heard_at > since)]
    return min(new, key=lambda one: one.level or 5, default=None)


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
