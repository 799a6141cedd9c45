"""Bjud in: a colleague takes part in a case while its holder keeps it; leaving, and ending it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response

from linjen.cases.colleagues.invitation import Invitation, end_invitation, invite, leave_case
from linjen.cases.loading import see_case
from linjen.core.errors import Invalid
from linjen.core.ids import new_id, parse_id
from linjen.web.clinic.case.case_head import case_head, moment
from linjen.web.clinic.colleagues.colleague_choice import colleagues_of, person_options, read_addressee
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


def invited_in_words(exchange: Exchange, invited: Sequence[Invitation]) -> list[dict[str, Any]]:
    """What clinic/colleagues/invited.html shows of each."""
    return [
        {"id": str(one.id), "name": f"{one.name}, {one.title.lower()}" if one.title else one.name,
         "by": exchange.say("invitation.by", name=one.by_name, at=moment(exchange, one.at)),
         "is_me": one.is_me, "may_end": one.may_end}
        for one in invited
    ]  # fmt: skip


@get_page("/clinic/cases/{case_id:str}/invitations", verb="invite", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """Whom, on a page of its own."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/invitations", verb="invite", who="staff")
async def take_in(exchange: Exchange) -> Response[Any]:
    """Back to the case, or the question anew."""
    case_id, invitation_id = exchange.id_of("case_id"), parse_id(exchange.text_of("invitation_id", longest=40))
    whom = read_addressee(exchange.text_of("invite", longest=200))
    try:
        if whom is None or invitation_id is None:
            raise Invalid("choose", "invite")
        async with exchange.site.database.transaction() as db:
            await invite(db, exchange.by, case_id, invitation_id, whom)
    except Invalid as error:
        return await _ask(exchange, exchange.told(error, "invitation"))
    return exchange.redirect(f"/clinic/cases/{case_id}#case-invited")


async def _ask(exchange: Exchange, error: str = "") -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "invite")
        head = await case_head(db, exchange, case)
        options = person_options(exchange, await colleagues_of(db, exchange, case))
    return exchange.page(
        "clinic/colleagues/invitation.html", status=422 if error else 200, head=head, options=options, error=error,
        chosen=exchange.text_of("invite", longest=200), invitation_id=str(new_id()),
        errors=[{"field": "invite", "text": error}] if error else [],
    )  # fmt: skip


@post_page("/clinic/cases/{case_id:str}/leavings", verb="leave_case", who="staff")
async def leave(exchange: Exchange) -> Response[Any]:
    """Who was invited is done."""
    case_id = exchange.id_of("case_id")
    async with exchange.site.database.transaction() as db:
        await leave_case(db, exchange.by, case_id)
    return exchange.redirect(f"/clinic/cases/{case_id}#case-invited")


@post_page("/clinic/cases/{case_id:str}/invitations/{invitation_id:str}/endings", verb="end_invitation", who="staff")
async def end(exchange: Exchange) -> Response[Any]:
    """Who invited, or who holds the case, ends it."""
    case_id = exchange.id_of("case_id")
    async with exchange.site.database.transaction() as db:
        await end_invitation(db, exchange.by, case_id, exchange.id_of("invitation_id"))
    return exchange.redirect(f"/clinic/cases/{case_id}#case-invited")


ROUTES = [ask, take_in, leave, end]
