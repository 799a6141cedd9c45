"""Mina inställningar: a staff member's own number, and when she wants an SMS (routine F086)."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import Invalid
from linjen.core.phone import display_phone
from linjen.people.staff import WHEN_TO_NOTIFY, see_notifying, set_notifying
from linjen.web.clinic.desk.desk_settings import desk_values
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


@get_page("/clinic/profile", verb="profile", who="staff")
async def show_profile(exchange: Exchange) -> Response[Any]:
    """Her choice as it stands."""
    async with exchange.site.database.connection() as db:
        chosen = await see_notifying(db, exchange.by.person_id)
    return await _page(exchange, display_phone(chosen.phone) if chosen.phone else "", chosen.when, chosen.asked)


@post_page("/clinic/profile", verb="profile", who="staff")
async def save_profile(exchange: Exchange) -> Response[Any]:
    """The page again, with a word of it or of what has to be changed."""
    phone, when = exchange.text_of("phone", longest=60), exchange.text_of("when", longest=20)
    asked = exchange.text_of("asked", longest=20) or "no"
    try:
        async with exchange.site.database.transaction() as db:
            await set_notifying(db, exchange.by.person_id, phone, when, asked)
    except Invalid as error:
        return await _page(exchange, phone, when, asked, {error.field: exchange.told(error, "notices.profile")})
    return exchange.redirect("/clinic/profile?done=1")


async def _page(
    exchange: Exchange, phone: str, when: str, asked: str, errors: dict[str, str] | None = None
) -> Response[Any]:
    errors = errors or {}
    async with exchange.site.database.connection() as db:
        desk = await desk_values(db, exchange)
    options = [{"value": one, "text": exchange.say(f"notices.profile.{one}")} for one in WHEN_TO_NOTIFY]
    return exchange.page(
        "clinic/desk/profile.html", status=422 if errors else 200, phone=phone, when=when, asked=asked, options=options,
        error_of=errors,
        errors=[{"field": field, "text": text} for field, text in errors.items()], sms=exchange.site.sms, desk=desk,
        done="done" in exchange.request.query_params and not errors,
    )  # fmt: skip


ROUTES = [show_profile, save_profile]
