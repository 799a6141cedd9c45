"""The number that SMS go to, as a form takes it: on the profile, and where notices are chosen."""

from __future__ import annotations

from linjen.core.errors import Invalid
from linjen.people.residents import set_phone
from linjen.web.exchange import Exchange


async def keep_phone(exchange: Exchange) -> tuple[str, str]:
    """What was typed, which is kept as her number ('' takes it away), and what is wrong with it, '' for nothing."""
    typed = exchange.text_of("phone", longest=60)
    try:
        async with exchange.site.database.transaction() as db:
            await set_phone(db, exchange.by.person_id, typed)
    except Invalid as error:
        return typed, exchange.told(error, "profile.phone")
    return typed, ""
