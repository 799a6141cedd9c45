"""Ärendet är ditt barns eget: what a guardian's saved link says after the birthday, in place of nothing there."""

from __future__ import annotations

from linjen.cases.patients.outgrown import is_outgrown
from linjen.core.errors import LinjenError, NotFound
from linjen.core.ids import parse_id
from linjen.web.exchange import Exchange


async def tell_outgrown(exchange: Exchange, error: LinjenError) -> LinjenError:
    """The error with the reason that its writer may be told; to everybody else the case does not exist."""
    session, case_id = exchange.session, parse_id(str(exchange.request.path_params.get("case_id", "")))
    if not (isinstance(error, NotFound) and case_id and session and session.kind == "resident"):
        return error
    try:
        outgrown = await is_outgrown(exchange.site.database, exchange.by, case_id)
    except LinjenError:  # the database went away: the usual words are left
        return error
    return NotFound("child_has_it") if outgrown else error
