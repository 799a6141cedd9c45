"""How the database finds what is asked most often: by key, also before it has any figures about its tables."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import linjen
from linjen.cases.talk import message
from linjen.core import clock, dispatcher
from linjen.core.ids import new_id
from tests.region import Region

_SESSIONS, _EVENTS = 400, 5_000


async def test_a_batch_of_messages_finds_each_session_and_message_by_its_key(region: Region) -> None:
    case = region.cases["held_by_karin"]
    async with region.site.database.transaction() as db:
        await db.execute(
            "insert into sessions (token_hash, id, kind, person_id, expires_at)"
            " select sha256(n::text::bytea), gen_random_uuid(), 'resident', gen_random_uuid(), now() + interval '1 h'"
            " from generate_series(1, $1) as n",
            _SESSIONS,
        )
        hashes = [row["token_hash"] for row in await db.fetch("select token_hash from sessions limit 50")]
        now = clock.now()
        plan = await db.fetch(
            f"explain {message._SEND}",
            hashes, [case] * len(hashes), [new_id() for _ in hashes], [b"x"] * len(hashes), now, now, now, now.date(),
        )  # fmt: skip
    text = "\n".join(row[0] for row in plan)
    assert "Function Scan" in text
    for table in ("sessions", "messages"):
        assert not re.search(rf"Seq Scan on {table}|Bitmap Heap Scan on {table}", text), text


async def test_a_round_of_events_reads_no_further_than_it_goes(region: Region) -> None:
    async with region.site.database.transaction() as db:
        await db.execute(
            "insert into events (txid, case_id, seq, kind, by_kind) select (n / 3)::text::xid8, $1, n, 'message_sent',"
            " 'resident' from generate_series(1, $2) as n",
            uuid4(), _EVENTS,
        )  # fmt: skip
        assert await db.fetchval(dispatcher._TAKE_TURN, 1, "a reader of the plan")
        plan = await db.fetch(f"explain (analyze) {dispatcher._READ_LAST}", "0", 0, ["message_sent"], 100, ["resident"])
    text = "\n".join(row[0] for row in plan)
    assert "Index Scan using events_in_order" in text, text
    assert "Sort Method: top-N" not in text, text


def test_from_a_visit_to_its_case_it_is_by_the_cases_own_key() -> None:
    source = Path(linjen.__file__).parent
    without = [
        f"{path.relative_to(source)}: {line.strip()}"
        for path in source.rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"join cases c on c\.visit_id = v\.id", line)
    ]
    assert not without, "a case is found by its id; by its visit alone, all cases are read: " + "\n".join(without)
