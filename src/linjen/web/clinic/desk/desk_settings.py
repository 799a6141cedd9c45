"""Mina inställningar: how a staff member sets up her own desk; each part of the profile page is a form of its own."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.people.desks import LETTERS, choose_chats, choose_density, choose_look, choose_notices, find_chats
from linjen.units.chat_limit import USUAL, chat_limit
from linjen.web.clinic.waiting.views import VIEWS as TABS
from linjen.web.exchange import Exchange
from linjen.web.numbers import whole_number
from linjen.web.routing import post_page


async def desk_values(db: Connection, exchange: Exchange) -> dict[str, Any]:
    """What clinic/desk/desk_settings.html shows: her choices as they stand."""
    most = await chat_limit(db, exchange.by.unit_id)
    chosen = min(await find_chats(db, exchange.by.person_id) or USUAL, most)
    say, person = exchange.say, exchange.person
    return {
        "chats": str(chosen), "chat_options": [{"value": str(n), "text": str(n)} for n in range(1, most + 1)],
        "levels": [
            {"value": str(n), "text": f"{n} {say(f'urgency.{n}')}", "chosen": n in (person["notice_levels"] or [])}
            for n in range(1, 6)
        ],
        "sounds": [{"value": str(n), "text": say(f"desk.sound.{n}")} for n in range(4)],
        "sound": str(person["sound"] or 0), "notices": bool(person["notices"]),
        "letter_options": [{"value": one, "text": say(f"desk.letters.{one}")} for one in LETTERS],
        "letters": person["letters"], "title_count": bool(person["title_count"]),
    }  # fmt: skip


@post_page("/clinic/profile/chats", verb="profile", who="staff")
async def save_chats(exchange: Exchange) -> Response[Any]:
    """Back to the profile."""
    asked, by = exchange.number_of("chats"), exchange.by
    async with exchange.site.database.transaction() as db:
        most = await chat_limit(db, by.unit_id)
        await choose_chats(db, by.person_id, asked, most)
    return exchange.redirect("/clinic/profile?done=1#desk")


@post_page("/clinic/profile/density", verb="profile", who="staff")
async def save_density(exchange: Exchange) -> Response[Any]:
    """Back to the list that it was chosen on."""
    async with exchange.site.database.transaction() as db:
        await choose_density(db, exchange.by.person_id, exchange.text_of("density", longest=10))
    exchange.site.faces.forget(exchange.by.person_id)
    back = exchange.text_of("back", longest=20)
    return exchange.redirect(next((tab.href for tab in TABS if tab.name == back), "/clinic/ledger"))


@post_page("/clinic/profile/notices", verb="profile", who="staff")
async def save_notices(exchange: Exchange) -> Response[Any]:
    """Back to the profile."""
    levels, sound = [whole_number(one, -1) for one in exchange.all_of("levels")], exchange.number_of("sound", -1)
    if min([*levels, sound]) < 0:
        raise Invalid("unknown_choice", "levels")
    async with exchange.site.database.transaction() as db:
        told = exchange.text_of("notices", longest=3) == "yes"
        await choose_notices(db, exchange.by.person_id, levels, sound, told)
    exchange.site.faces.forget(exchange.by.person_id)
    return exchange.redirect("/clinic/profile?done=1#desk")


@post_page("/clinic/profile/look", verb="profile", who="staff")
async def save_look(exchange: Exchange) -> Response[Any]:
    """Back to the profile, in the letters that she has chosen."""
    letters, counts = exchange.text_of("letters", longest=10), exchange.text_of("title_count", longest=3) == "yes"
    async with exchange.site.database.transaction() as db:
        await choose_look(db, exchange.by.person_id, letters, title_count=counts)
    exchange.site.faces.forget(exchange.by.person_id)
    return exchange.redirect("/clinic/profile?done=1#desk-look")


ROUTES = [save_chats, save_density, save_look, save_notices]
