"""Får vården höra av sig här: the resident's own choice, asked once on her first page and kept in Min profil."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response

from linjen.cases.patients.consent import Consent
from linjen.cases.patients.dialogue import choose_dialogue
from linjen.core import clock, swedish
from linjen.core.errors import Invalid
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page

_BACK = {"home": "/home", "profile": "/profile?dialogue=saved#dialogue"}


@post_page("/dialogue", verb="profile", who="resident")
async def choose(exchange: Exchange) -> Response[Any]:
    """Back to where she chose. Whatever is neither yes nor no is no choice."""
    choice = exchange.text_of("choice", longest=10)
    if choice not in {"yes", "no"}:
        raise Invalid("choice", "choice")
    async with exchange.site.database.transaction() as db:
        await choose_dialogue(db, exchange.by, choice == "yes")
    return exchange.redirect(_BACK.get(exchange.text_of("from", longest=10), "/profile"))


def choices_in_words(exchange: Exchange, choices: Sequence[Consent]) -> list[str]:
    """A line for each choice, the latest first."""
    at, language = clock.now(), exchange.language
    return [
        exchange.say(
            f"profile.dialogue.was_{'yes' if one.choice else 'no'}",
            when=swedish.moment_words(one.given_at, at, language),
        )
        for one in choices
    ]


ROUTES = [choose]
