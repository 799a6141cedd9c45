"""Support: what people want help with in the service, as work for the region's configuration administrators."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import Invalid, Refused
from linjen.core.phone import display_phone
from linjen.core.swedish import full_moment
from linjen.people.support import LONGEST_NOTE, Request, close_request, list_requests, note_answer
from linjen.units.service_status import find_status
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page


@get_page("/manage/support", verb="answer_support", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """Those that are open, the oldest first, and those closed lately; 404 for who answers none."""
    return await noting_refusals(exchange, "answer_support", lambda: _page(exchange))


@post_page("/manage/support/{request_id:str}/answers", verb="answer_support", who="staff")
async def answer(exchange: Exchange) -> Response[Any]:
    """Back to the list, where it stands that it is answered; or the box anew."""
    return await noting_refusals(exchange, "answer_support", lambda: _answer(exchange))


@post_page("/manage/support/{request_id:str}/closings", verb="answer_support", who="staff")
async def close(exchange: Exchange) -> Response[Any]:
    """Back to the list, with it among the closed ones."""

    async def end() -> Response[Any]:
        async with exchange.site.database.transaction() as db:
            await close_request(db, exchange.by, exchange.id_of("request_id"))
        return exchange.redirect("/manage/support")

    return await noting_refusals(exchange, "answer_support", end)


async def _answer(exchange: Exchange) -> Response[Any]:
    request_id = exchange.id_of("request_id")
    field = f"note-{request_id}"
    text = exchange.text_of(field, longest=4 * LONGEST_NOTE)
    try:
        async with exchange.site.database.transaction() as db:
            await note_answer(db, exchange.site.sealer, exchange.by, request_id, text)
    except Invalid as error:
        told = exchange.told(error, "helping", longest=LONGEST_NOTE)
        return await _page(exchange, {field: text}, {field: told}, status=422)
    except Refused:
        return await _page(exchange, {field: text}, late=text, status=409)
    return exchange.redirect("/manage/support")


async def _page(
    exchange: Exchange, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, *, late: str = "",
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    errors, typed = errors or {}, typed or {}
    async with exchange.site.database.transaction() as db:
        rows = [_row(exchange, one) for one in await list_requests(db, exchange.site.sealer, exchange.by)]
        standing = await find_status(db)
    for row in rows:
        row["typed"], row["error"] = typed.get(row["field"], row["note"]), errors.get(row["field"])
    return await manage_page(
        exchange, "manage/support.html", status=status, longest=LONGEST_NOTE, late=late, line=standing.line,
        waiting=[row for row in rows if not row["closed"]], closed=[row for row in rows if row["closed"]],
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


def _row(exchange: Exchange, one: Request) -> dict[str, Any]:
    say = exchange.say
    at = {name: full_moment(moment) if moment else "" for name, moment in
          (("asked", one.at), ("answered", one.answered_at), ("closed", one.closed_at))}  # fmt: skip
    return {
        "id": str(one.id), "field": f"note-{one.id}", "about": say(f"support.form.about_what.{one.about}"),
        "text": one.text, "note": one.note, "at": at["asked"],
        "who": say("helping.signed_in" if one.signed_in else "helping.not_signed_in"),
        "reach": say(f"helping.{one.answer_by}",
                     reach=display_phone(one.reach) if one.answer_by == "phone" else one.reach),
        "language": say(f"parts.language_{one.language}"),
        "answered": say("helping.answered", name=one.answered_by, at=at["answered"]) if one.answered_at else "",
        "closed": say("helping.closed", name=one.closed_by, at=at["closed"]) if one.closed_at else "",
    }  # fmt: skip


ROUTES = [show, answer, close]
