"""Min profil: who the resident is here, her unit, the language of the pages, and where she is signed in."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.access.sign_ins import list_sign_ins
from linjen.cases.loading import list_my_cases
from linjen.cases.overview import look_around
from linjen.core import clock, swedish
from linjen.people.guardians import list_children
from linjen.people.residents import see_resident
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page


@get_page("/profile", verb="profile", who="resident")
async def show_profile(exchange: Exchange) -> Response[Any]:
    """What the service knows of her. Name and children come from the population register and are changed there."""
    by, at, language = exchange.by, clock.now(), exchange.language
    async with exchange.site.database.transaction() as db:
        person = await see_resident(db, by.person_id)
        children = await list_children(db, by.person_id)
        sign_ins = await list_sign_ins(db, by)
        cases = await list_my_cases(db, by)
        around = await look_around(db, [case.id for case in cases[:1]])
    return exchange.page(
        "resident/profile.html", tab="profile", resident=person, children=[child.given_name for child in children],
        born=swedish.date_words(person.birth_on, language),
        unit=next((one.unit_name for one in around.values()), ""),
        sign_ins=[
            {"when": swedish.moment_words(one.begun_at, at, language), "here": one.id == by.session_id}
            for one in sign_ins
        ],
    )  # fmt: skip


ROUTES = [show_profile]
