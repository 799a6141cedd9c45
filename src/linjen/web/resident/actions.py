"""Jag har läst: the patient confirms the card of an action."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.loading import note_refusal
from linjen.cases.talk.actions import confirm_action
from linjen.core.errors import Refused
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


@post_page("/cases/{case_id:str}/actions/{action_id:str}/confirmations", verb="confirm_action", who="resident")
async def confirm(exchange: Exchange) -> Response[Any]:
    """Back to the case, where the card says how it stands: also when staff reached her in another way before."""
    case_id = exchange.id_of("case_id")
    try:
        async with exchange.site.database.transaction() as db:
            await confirm_action(db, exchange.by, case_id, exchange.id_of("action_id"))
    except Refused as error:
        if error.reason != "action_settled":
            raise
        await note_refusal(exchange.site.database, exchange.by, "confirm_action", case_id, error)
    return exchange.redirect(f"/cases/{case_id}")


ROUTES = [confirm]
