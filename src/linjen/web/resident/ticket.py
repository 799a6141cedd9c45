"""Biljetten: what stands in it, when the unit begins, and the button that uses it."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.talk.message import LONGEST
from linjen.cases.tickets.ticket import note_ticket_refusal, see_ticket
from linjen.cases.tickets.ticket_use import use_ticket
from linjen.core.errors import Invalid, NotFound, Refused, Reused
from linjen.web.exchange import Exchange
from linjen.web.resident.ticket_cards import ticket_cards
from linjen.web.routing import get_page, post_page


@get_page("/tickets/{ticket_id:str}", verb="open_ticket", who="resident")
async def show_ticket(exchange: Exchange) -> Response[Any]:
    """The ticket; a drop-in that is still good can be used here."""
    return await _show(exchange)


@post_page("/tickets/{ticket_id:str}/uses", verb="use_ticket", who="resident")
async def use(exchange: Exchange) -> Response[Any]:
    """Använd biljetten: on to the new case, the same one however often it is pressed; or the ticket as it stands."""
    ticket_id, text = exchange.id_of("ticket_id"), exchange.text_of("text", longest=100_000)
    try:
        async with exchange.site.database.transaction() as db:
            case_id = await use_ticket(db, exchange.site.sealer, exchange.by, ticket_id, text)
    except Reused:  # the ticket has been used: the page of the fault gives her words back
        raise
    except Invalid as error:
        return await _show(exchange, text=text, error=exchange.told(error, "ticket"), status=422)
    except (NotFound, Refused) as error:
        await note_ticket_refusal(exchange.site.database, exchange.by, "use_ticket", ticket_id, error)
        if error.reason != "ticket_over":
            raise
        return await _show(exchange, text=text, status=409)
    return exchange.redirect(f"/cases/{case_id}")


async def _show(exchange: Exchange, *, text: str = "", error: str = "", status: int = 200) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        one = await see_ticket(db, exchange.site.sealer, exchange.by, exchange.id_of("ticket_id"))
        card = (await ticket_cards(db, exchange, [one]))[0]
    return exchange.page(
        "resident/ticket.html", status=status, tab="cases", one=card, unit=one.to_unit,
        fee=one.entry == "symptom", text=text, error=error,
        longest=LONGEST, errors=[{"field": "text", "text": error}] if error else [],
    )  # fmt: skip


ROUTES = [show_ticket, use]
