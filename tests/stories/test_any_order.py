"""Verbs in any order, by anybody: one holder or one queue, nothing from a refusal, and events that tell it all."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from linjen.cases.states import TRANSITIONS
from linjen.core.database import Database
from linjen.core.ids import new_id
from linjen.core.postgres import Embedded
from linjen.core.sealing import Sealer, read_key_file
from linjen.demo.cases import Actors
from tests.stories.walking import PEOPLE, VERBS, Step, Walk

#: Verbs on a sent case that are no part of a walk, and why.
_NOT_WALKED = {
    "save_draft": "writes no event",
    "settle_sms": "needs an SMS that failed",
    "answer_alarm": "needs words that were heard",
    "judge_triage": "speaks of the triage's version, not of the case",
    "judge_level": "speaks of the triage's version, not of the case",
    "open_by_consent": "asks for another unit's block (tests/stories/test_block_opening.py)",
    "open_in_emergency": "asks for another unit's block (tests/stories/test_block_opening.py)",
    "write_record": "is kept outside the case and writes no event",
    "archive_picture": "needs a picture, and changes nothing of the case",
    "set_aside_picture": "needs a picture, and changes nothing of the case",
    "book_visit": "makes a visit with a time, which its own stories walk",
    "issue_ticket": "walked by the tickets' own stories",
}
#: Drawn evenly, most of what is tried would be refused: who can do something, and what goes on, come more often.
_WHO = [*range(len(PEOPLE)), 0, 0, 0, 0, 1, 1, 5, 5]
_WHAT = [*VERBS, "night", "claim", "claim", "claim", "hand_over", "hand_over", "release", "send_message", "close"]
# Shrinking a walk takes minutes: at a desk, put Phase.shrink back to find the shortest that fails.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
_steps = st.lists(
    st.builds(Step, who=st.sampled_from(_WHO), verb=st.sampled_from(_WHAT), pick=st.integers(0, 4)),
    min_size=25, max_size=60,
)  # fmt: skip


def test_every_verb_on_a_sent_case_is_walked_or_says_why_not() -> None:
    sent = {verb for state, verb in TRANSITIONS if state in {"queued", "in_progress", "closed"}}
    assert sent - set(VERBS) == set(_NOT_WALKED)


def test_whatever_is_tried_in_whatever_order(ground: tuple[Embedded, Path], seeded: dict[str, object]) -> None:
    embedded, folder = ground
    sealer = Sealer(read_key_file(folder / "keys" / "master.key"))
    name = f"t_{new_id().hex}"
    superuser = embedded.owner_dsn.replace("linjen_owner@", "postgres@").replace("/linjen?", "/postgres?")
    loop = asyncio.new_event_loop()

    async def run(sql: str) -> None:
        admin = await asyncpg.connect(superuser)
        await admin.execute(sql)
        await admin.close()

    async def walk(entry: str, steps: list[Step]) -> None:
        database = Database(embedded.app_dsn.replace("/linjen?", f"/{name}?"), size=2)
        try:
            one = Walk(database, sealer, await Actors.find(database, sealer))
            await one.begin(entry)
            for step in steps:
                await one.take(step)
        finally:
            await database.close()

    @settings(max_examples=30, deadline=None, phases=_PHASES, suppress_health_check=[HealthCheck.too_slow])
    @given(entry=st.sampled_from(["symptom", "admin"]), steps=_steps)
    def any_order(entry: str, steps: list[Step]) -> None:
        loop.run_until_complete(walk(entry, steps))

    loop.run_until_complete(run(f"create database {name} template linjen owner linjen_owner"))
    try:
        any_order()
    finally:
        loop.run_until_complete(run(f"drop database {name} with (force)"))
        loop.close()
