"""Min profil: who the resident is here, her unit, the language of the pages, and where she is signed in."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.access.sign_ins import list_sign_ins
from linjen.cases.loading import list_my_cases
from linjen.cases.overview import look_around
from linjen.cases.patients.dialogue import list_dialogue
from linjen.core import swedish
from linjen.core.phone import display_phone
from linjen.people.guardians import list_children
from linjen.people.residents import find_phone, see_resident
from linjen.web.exchange import Exchange
from linjen.web.resident.dialogue import choices_in_words
from linjen.web.resident.phone import keep_phone
from linjen.web.resident.sign_ins import sign_in_rows
from linjen.web.routing import get_page, post_page


@get_page("/profile", verb="profile", who="resident")
async def show_profile(exchange: Exchange) -> Response[Any]:
    """What the service knows of her. Name and children come from the population register and are changed there."""
    return await _show(exchange)


@post_page("/profile/phone", verb="profile", who="resident")
async def save_phone(exchange: Exchange) -> Response[Any]:
    """The profile with a word of it, or with what was typed and what has to be changed."""
    typed, wrong = await keep_phone(exchange)
    if wrong:
        return await _show(exchange, typed, wrong)
    return exchange.redirect(f"/profile?phone={'saved' if typed else 'erased'}")


async def _show(exchange: Exchange, typed: str | None = None, error: str = "") -> Response[Any]:
    by, language = exchange.by, exchange.language
    async with exchange.site.database.transaction() as db:
        person = await see_resident(db, by.person_id)
        children = await list_children(db, by.person_id)
        sign_ins = await list_sign_ins(db, exchange.site.settings, by)
        cases = await list_my_cases(db, by)
        around = await look_around(db, [case.id for case in cases[:1]])
        kept = await find_phone(db, by.person_id)
        choices = await list_dialogue(db, by.person_id)
    told = exchange.request.query_params.get("phone", "")
    return exchange.page(
        "resident/profile.html", status=422 if error else 200, tab="profile", sms=exchange.site.sms is not None,
        phones=exchange.site.demo_links.get("phones", ""),
        phone=typed if typed is not None else display_phone(kept) if kept else "", phone_error=error,
        phone_done={"saved": "done", "erased": "erased"}.get(told, "") if not error else "",
        errors=[{"field": "phone", "text": error}] if error else [],
        dialogue="" if not choices else "yes" if choices[0].choice else "no",
        dialogues=choices_in_words(exchange, choices),
        dialogue_done="dialogue" in exchange.request.query_params and not error,
        resident=person, children=[child.given_name for child in children],
        born=swedish.date_words(person.birth_on, language),
        unit=next((one.unit_name for one in around.values()), ""),
        sign_ins=sign_in_rows(exchange, sign_ins), ended="ended" in exchange.request.query_params,
    )  # fmt: skip


ROUTES = [show_profile, save_phone]
