"""Verbs in any order, by anybody: one holder or one queue, nothing from a refusal, and events that tell it all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from linjen.cases.states import TRANSITIONS
from linjen.core.database import Database
from linjen.core.ids import new_id
from linjen.core.postgres import Embedded
from linjen.core.sealing import Sealer, read_key_file
from linjen.demo.cases import Actors
from tests.stories.walked_around import AROUND_THE_CASE, TURNS
from tests.stories.walked_on import ON_THE_CASE
from tests.stories.walking import AROUND, PEOPLE, Step, Walk

VERBS = ON_THE_CASE | AROUND_THE_CASE
#: Verbs on a sent case that are no part of a walk, and why.
_NOT_WALKED: dict[str, str] = {}
#: Drawn evenly, most of what is tried would be refused: who can do something, and what goes on, come more often.
_WHO = [*range(len(PEOPLE)), 0, 0, 0, 0, 1, 1, 5, 5]
_WHAT = [*VERBS, *TURNS, "claim", "claim", "claim", "hand_over", "hand_over", "release", "send_message", "close"]
_WHAT += ["claim", "issue_ticket", "book_visit", "send_picture"]  # much follows on these
# Shrinking a walk takes minutes: at a desk, put Phase.shrink back to find the shortest that fails.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
_steps = st.lists(
    st.builds(Step, who=st.sampled_from(_WHO), verb=st.sampled_from(_WHAT), pick=st.integers(0, 4)),
    min_size=25, max_size=70,
)  # fmt: skip

#: Walks in which each verb is granted once, so that none is walked in name alone: who, what and which, in order.
_GRANTED = {
    "symptom": """
    karin claim 0, astrid send_message 1, listen 0, bo take_over 0, karin take_over 0,
    astrid answer_alarm 0, karin judge_triage 0, karin judge_level 0,
    astrid send_picture 0, karin archive_picture 3, karin set_aside_picture 0, karin set_aside_picture 3,
    sms_fails 1, karin settle_sms 1, astrid save_draft 1, karin issue_ticket 0, lena open_ticket 0, astrid use_ticket 0,
    karin issue_ticket 1, lena book_ticket 4, karin issue_ticket 2, karin withdraw_ticket 2, karin book_visit 1,
    its_day 0, bo claim 0, bo close 3, karin write_record 1, astrid reopen 0,
    karin claim 0, karin reprioritise 1, karin write_note 0, karin invite 1, sara leave_case 0, karin invite 3,
    karin end_invitation 3, karin request_attestation 1, sara follow_up 1, sara forward_attestation 1,
    karin request_attestation 3, sara attest 0, karin request_attestation 2, karin withdraw_attestation 2,
    karin send_message 0, karin remind 0, silence 0, karin keep 1, karin make_asynchronous 1, karin change_contact 1,
    karin open_record_system 0, karin set_protection 0, karin lift_protection 0, karin set_interpreter 0,
    karin ask_further 1, astrid answer_further 1, karin add_action 0, astrid confirm_action 0, karin add_action 1,
    karin settle_action 1, astrid choose_notices 1, astrid ask_call 0, astrid withdraw_call 0, astrid ask_call 2,
    karin settle_call 2, astrid ask_correction 0, karin answer_correction 0, astrid withdraw_consent 0,
    karin release 0, astrid withdraw 0
    """,
    "admin": """
    karin claim 0, karin issue_ticket 0, karin close 0, lena return_ticket 0, karin settle_ticket 0, night 0,
    karin hand_over 3, astrid set_block 0, fadime claim 0, fadime open_by_consent 0, astrid lift_block 0,
    astrid set_block 0, fadime open_in_emergency 1, fadime signpost 0, fadime document 0, astrid rate 1
    """,
}


class Ground:
    """A database of its own for walks, the sealer, and a loop to walk in."""

    def __init__(self, dsn: str, sealer: Sealer, loop: asyncio.AbstractEventLoop) -> None:
        self.dsn = dsn
        self.sealer = sealer
        self.loop = loop

    async def walk(self, entry: str, steps: list[Step]) -> Walk:
        """All of the steps on a new case."""
        database = Database(self.dsn, size=3)
        try:
            one = Walk(database, self.sealer, await Actors.find(database, self.sealer), VERBS, TURNS)
            await one.begin(entry)
            for step in steps:
                await one.take(step)
        finally:
            await database.close()
        return one


@pytest.fixture
def walks(ground: tuple[Embedded, Path], seeded: dict[str, object]) -> Iterator[Ground]:
    embedded, folder = ground
    name = f"t_{new_id().hex}"
    superuser = embedded.owner_dsn.replace("linjen_owner@", "postgres@").replace("/linjen?", "/postgres?")
    loop = asyncio.new_event_loop()

    async def run(sql: str) -> None:
        admin = await asyncpg.connect(superuser)
        await admin.execute(sql)
        await admin.close()

    loop.run_until_complete(run(f"create database {name} template linjen owner linjen_owner"))
    try:
        sealer = Sealer(read_key_file(folder / "keys" / "master.key"))
        yield Ground(embedded.app_dsn.replace("/linjen?", f"/{name}?"), sealer, loop)
    finally:
        loop.run_until_complete(run(f"drop database {name} with (force)"))
        loop.close()


def test_every_verb_on_a_sent_case_is_walked_or_says_why_not() -> None:
    sent = {verb for state, verb in TRANSITIONS if state in {"queued", "in_progress", "closed"}}
    assert sent - set(VERBS) == set(_NOT_WALKED)
    assert set(VERBS) - sent == {*AROUND, "open_ticket"}


def test_no_verb_is_walked_in_name_alone(walks: Ground) -> None:
    people = [key for key, _ in PEOPLE]
    granted: set[str] = set()
    for entry, told in _GRANTED.items():
        steps = []
        for words in told.split(","):
            *who, verb, pick = words.split()
            steps.append(Step(people.index(who[0]) if who else 0, verb, int(pick)))
        granted |= walks.loop.run_until_complete(walks.walk(entry, steps)).granted
    assert set(VERBS) - granted == set()


def test_whatever_is_tried_in_whatever_order(walks: Ground) -> None:
    @settings(max_examples=34, deadline=None, phases=_PHASES, suppress_health_check=[HealthCheck.too_slow])
    @given(entry=st.sampled_from(["symptom", "admin"]), steps=_steps)
    def any_order(entry: str, steps: list[Step]) -> None:
        walks.loop.run_until_complete(walks.walk(entry, steps))

    any_order()
