"""Biljetter: what staff do with a ticket once it is issued."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from litestar import Response

from linjen.cases.ticket import note_ticket_refusal
from linjen.cases.ticket_withdraw import settle_ticket, withdraw_ticket
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page

Done = TypeVar("Done")


async def _do(exchange: Exchange, verb: str, act: Callable[[Connection, UUID], Awaitable[Done]]) -> Done:
    """Do it in a transaction; a refusal leaves its row in the access log."""
    ticket_id = exchange.id_of("ticket_id")
    try:
        async with exchange.site.database.transaction() as db:
            return await act(db, ticket_id)
    except (NotFound, Refused) as error:
        await note_ticket_refusal(exchange.site.database, exchange.by, verb, ticket_id, error)
        raise


@post_page("/clinic/tickets/{ticket_id:str}/withdrawals", verb="withdraw_ticket", who="staff")
async def withdraw(exchange: Exchange) -> Response[Any]:
    """Ta tillbaka biljetten: back to the case that it was made from."""
    sealer, by = exchange.site.sealer, exchange.by
    case_id = await _do(exchange, "withdraw_ticket", lambda db, one: withdraw_ticket(db, sealer, by, one))
    return exchange.redirect(f"/clinic/cases/{case_id}#case-tickets")


@post_page("/clinic/tickets/{ticket_id:str}/settlings", verb="settle_ticket", who="staff")
async def settle(exchange: Exchange) -> Response[Any]:
    """Klart: what came back or ran out has been dealt with; back to the case."""
    sealer, by = exchange.site.sealer, exchange.by
    case_id = await _do(exchange, "settle_ticket", lambda db, one: settle_ticket(db, sealer, by, one))
    return exchange.redirect(f"/clinic/cases/{case_id}#case-tickets")


ROUTES = [withdraw, settle]
