"""Lyssna: what residents write in the chat is read for warning signs, each message once; it can only raise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from linjen.cases.alarms.alarms import Levels, keep_alarms
from linjen.cases.talk.message import unseal_text
from linjen.core.database import Connection
from linjen.core.dispatcher import Reaction
from linjen.core.errors import Unavailable
from linjen.core.events import Event, record
from linjen.core.jobs import Wanted
from linjen.core.logs import get_log
from linjen.core.sealing import Sealer
from linjen.triage.own_words.unheard import FAULT, beginning

log = get_log(__name__)

#: Texts to what each speaks of: finding code to the words that hit.
Read = Callable[[Sequence[str]], Awaitable[Sequence[Mapping[str, str]]]]

#: Locks in the same order as every other writer of many cases, so that none waits for another in a circle.
_LOCK = "select 1 from cases where id = any($1::uuid[]) order by id for no key update"

_MESSAGES = "select id, case_id, body_sealed from messages where id = any($1::uuid[]) order by case_id, seq"


def listening(read: Read, levels: Levels, sealer: Sealer) -> Reaction:
    """The reaction to what residents send: their messages are read in order, each once.

    What was written before a case was closed is read after it, too: its writer waits for somebody to have seen it.
    The words that a case begins with were read, asked about and answered before it was sent.
    """

    async def listen(db: Connection, events: Sequence[Event]) -> list[Wanted]:
        ids = [UUID(e.data["message"]) for e in events if not e.data.get("opening")]
        rows = await db.fetch(_MESSAGES, ids) if ids else []
        texts = [unseal_text(sealer, row["case_id"], row["id"], row["body_sealed"]) for row in rows]
        heard = [(row, hits) for row, hits in zip(rows, await _read_all(read, texts), strict=True) if hits]
        if heard:
            await db.execute(_LOCK, sorted({row["case_id"] for row, _ in heard}))
        for row, hits in heard:
            if await keep_alarms(db, sealer, row["case_id"], hits, levels, row["id"]):
                await _raise(db, row["case_id"], [level for code in hits if (level := levels(code))])
        return []

    return listen


async def _read_all(read: Read, texts: Sequence[str]) -> Sequence[Mapping[str, str]]:
    """What each text speaks of. Raises Unavailable when nothing can be read now; all wait then, and lose nothing.

    One text that cannot be read, while others can, is told to a person instead of holding up all that come after it.
    """
    if not texts:
        return []
    try:
        return await read(texts)
    except Unavailable:
        log.warning("listening_failed", texts=len(texts))
    return [await _read_one(read, text) for text in texts]


async def _read_one(read: Read, text: str) -> Mapping[str, str]:
    try:
        return (await read([text]))[0]
    except Unavailable:
        await read([""])
        log.error("message_unreadable")
        return {FAULT: beginning(text)}


async def _raise(db: Connection, case_id: UUID, levels: Sequence[int]) -> None:
    """Sort the case as high as the most urgent of the signs, and tell it to who has the case or the ledger open.

    A case that was closed meanwhile stays as it is, and is told of all the same.
    """
    now = await db.fetchrow(
        "select v.priority, v.state = 'closed' as closed"
        " from visits v join cases c on c.id = v.case_id and c.visit_id = v.id where c.id = $1 for update of v",
        case_id,
    )
    if now is None:
        return
    level = min([now["priority"], *levels])
    data: dict[str, Any] = {"from": now["priority"], "to": level}
    if levels:
        data["level"] = min(levels)
    if now["closed"]:
        data["late"] = True
    elif level < now["priority"]:
        await db.execute(
            "update visits set priority = $2 where id = (select visit_id from cases where id = $1)", case_id, level
        )
    await record(db, case_id, "alarm_heard", "system", None, data)
