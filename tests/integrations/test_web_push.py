"""Web Push against a push service that is not ours: npm web-push-testing checks our token and decrypts what we send."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from linjen.core.errors import Refused
from linjen.core.settings import read_settings
from linjen.integrations.web_push import Gone, Vapid, WebPush, make_key
from tests.integrations.push_service import HOST, PushService, push_service


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as one:
        yield one


def _way_out(service: PushService) -> WebPush:
    settings = read_settings(
        {}, demo=True, push_key=make_key(), push_contact="mailto:drift@example.org", push_hosts=[HOST]
    )
    return WebPush.from_settings(settings, service)


async def test_a_browser_that_is_not_ours_reads_what_was_written_letter_by_letter(service: PushService) -> None:
    way_out = _way_out(service)
    to = await service.subscribe(way_out.public_key)
    await way_out.send(to, '{"body":"Du har ett nytt meddelande – åäö €"}'.encode(), live_s=60, urgent=False)
    await way_out.send(to, b'{"body":"2"}', live_s=60, urgent=True)
    assert await service.read(to) == [{"body": "Du har ett nytt meddelande – åäö €"}, {"body": "2"}]
    assert service.lengths == [614, 614], "one length, whatever it says"


async def test_a_subscription_that_has_ended_is_told_apart(service: PushService) -> None:
    way_out = _way_out(service)
    to = await service.subscribe(way_out.public_key)
    await service.expire(to)
    with pytest.raises(Gone):
        await way_out.send(to, b"{}", live_s=60, urgent=False)


async def test_a_token_by_another_key_is_refused(service: PushService) -> None:
    to = await service.subscribe(Vapid.read(make_key(), "mailto:drift@example.org").public_key)
    with pytest.raises(Refused) as caught:
        await _way_out(service).send(to, b"{}", live_s=60, urgent=False)
    assert caught.value.reason == "push_refused"
