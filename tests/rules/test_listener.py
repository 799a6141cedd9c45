"""The listening process answers who asks: never with what somebody else was to be told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from linjen.triage.own_words.listening import Listener

CALM, CHEST = "Hur länge måste jag vänta?", "Nu har jag jätteont i bröstet"


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    """One of its own, ready."""
    one = Listener(nice=0)
    await one.read([CALM])
    yield one
    await one.close()


async def test_a_round_that_is_given_up_leaves_no_answer_for_the_next(listener: Listener) -> None:
    for _ in range(5):
        given_up = asyncio.create_task(listener.read([CALM]))
        await asyncio.sleep(0)  # it has asked, and not been answered
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.wait([given_up])
        (found,) = await listener.read([CHEST])
        assert "chest.pain" in found


async def test_many_who_ask_at_once_are_each_given_their_own(listener: Listener) -> None:
    answers = await asyncio.gather(*(listener.read([text]) for text in (CALM, CHEST) * 10))
    assert [bool(found[0]) for found in answers] == [False, True] * 10
