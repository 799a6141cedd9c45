"""Det du behöver: e-post, tolk, hörsel och syn, asked once, remembered, and shown to those who care for her."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import Invalid
from linjen.people.needs import Needs, find_needs, parse_needs, swap_needs, tell_no_needs
from linjen.people.residents import see_resident
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page
from linjen.web.telling import show_patients

_LONGEST = 300


@get_page("/profile/needs", verb="profile", who="resident")
async def show_needs(exchange: Exchange) -> Response[Any]:
    """The form with what is known."""
    return await _show(exchange)


@post_page("/profile/needs", verb="profile", who="resident")
async def keep(exchange: Exchange) -> Response[Any]:
    """Back with a word of it; or the form anew, also when staff have changed it meanwhile."""
    resident_id, site = exchange.by.person_id, exchange.site
    typed = _typed(exchange, "")
    try:
        new = parse_needs(typed.email, typed.interpreter, hearing=typed.hearing, vision=typed.vision)
    except Invalid as error:
        told = {error.field: exchange.told(error, "profile.needs.fault")}
        return await _show(exchange, typed, errors=told, status=422)
    async with site.database.transaction() as db:
        done = await swap_needs(db, resident_id, new, _typed(exchange, "was_"))
    if not done:
        return await _show(exchange, typed, changed=True, status=409)
    await show_patients(site, [resident_id])
    return exchange.redirect("/profile/needs?saved=1")


@post_page("/profile/needs/none", verb="profile", who="resident")
async def need_nothing(exchange: Exchange) -> Response[Any]:
    """Nej, inget: she is not asked again."""
    async with exchange.site.database.transaction() as db:
        await tell_no_needs(db, exchange.by.person_id)
    return exchange.redirect("/home")


def _typed(exchange: Exchange, before: str) -> Needs:
    return Needs(
        email=exchange.text_of(f"{before}email", longest=_LONGEST),
        interpreter=exchange.text_of(f"{before}interpreter", longest=_LONGEST),
        hearing=bool(exchange.text_of(f"{before}hearing", longest=10)),
        vision=bool(exchange.text_of(f"{before}vision", longest=10)),
    )


async def _show(
    exchange: Exchange, typed: Needs | None = None, *, errors: dict[str, str] | None = None, changed: bool = False,
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        was = await find_needs(db, exchange.by.person_id)
        protected = (await see_resident(db, exchange.by.person_id)).protected == "yes"
    return exchange.page(
        "resident/needs.html", status=status, tab="profile", was=was, typed=typed or was, protected=protected,
        changed=changed, saved=status == 200 and "saved" in exchange.request.query_params,
        error_of={name: errors.get(name) for name in ("email", "interpreter")},
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


ROUTES = [show_needs, keep, need_nothing]
