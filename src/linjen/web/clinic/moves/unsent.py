"""Osänt meddelande: what somebody has typed in a case and not sent is shown before she lets go of the case."""

from __future__ import annotations

from textwrap import shorten
from uuid import UUID

from linjen.cases.talk.drafts import find_draft
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.web.exchange import Exchange

#: Characters of an unsent message: enough to know it again.
BEGINNING = 160


async def read_unsent(db: Connection, exchange: Exchange, case_id: UUID) -> str:
    """The message that she has typed and not sent, '' when there is none."""
    return (await find_draft(db, exchange.site.sealer, exchange.by, case_id)).strip()


async def find_unsent(db: Connection, exchange: Exchange, case_id: UUID) -> str:
    """How it begins."""
    text = await read_unsent(db, exchange, case_id)
    return shorten(text, BEGINNING, placeholder=" …") if text else ""


def leaves_draft(exchange: Exchange) -> bool:
    """Whether she has said that it is not to be sent."""
    return bool(exchange.text_of("leave_draft", longest=10))


async def check_unsent(db: Connection, exchange: Exchange, case_id: UUID) -> None:
    """Raises Invalid('draft_left') with field "leave_draft" while there is one of which she has not said that."""
    if not leaves_draft(exchange) and await find_unsent(db, exchange, case_id):
        raise Invalid("draft_left", "leave_draft")
