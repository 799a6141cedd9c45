"""Vyer: the lists of the clinic's work in the order of their tabs; a new view is one line here and its page's include.

Each page gives `views_here(db, exchange, "name")` to its template as `views` and includes `views_nav.html`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from linjen.access.by import By
from linjen.cases.colleagues.attestation_list import count_asked_of_me
from linjen.cases.colleagues.invitation import count_invited
from linjen.cases.colleagues.mention import count_mentions
from linjen.cases.moves.booked import count_booked_today
from linjen.cases.moves.inactivity import count_silent
from linjen.cases.tickets.ticket_desk import count_ticket_work
from linjen.core.database import Connection
from linjen.notices.failed import count_failed
from linjen.records.undocumented import count_undocumented
from linjen.web.exchange import Exchange


class View(NamedTuple):
    """One tab: its name, its address and the key of its text. `waiting` counts what waits for this person there; with
    `only_filled` the tab stands there only while something does.
    """

    name: str
    href: str
    words: str
    waiting: Callable[[Connection, By], Awaitable[int]] | None = None
    only_filled: bool = False


VIEWS = (
    View("role", "/clinic/ledger", "ledger.view.role"),
    View("mine", "/clinic/mine", "ledger.view.mine"),
    View("handed", "/clinic/ledger/handed", "ledger.view.handed"),
    View("answer", "/clinic/ledger/answer", "ledger.view.answer"),
    View("booked", "/clinic/booked", "ledger.view.booked", count_booked_today),
    View("unit", "/clinic/ledger/unit", "ledger.view.unit"),
    View("attestations", "/clinic/attestations", "ledger.view.attestations", count_asked_of_me),
    View("tickets", "/clinic/tickets", "ledger.view.tickets", count_ticket_work),
    View("to_document", "/clinic/document", "ledger.view.to_document", count_undocumented),
    View("mentions", "/clinic/mentions", "ledger.view.mentions", count_mentions, only_filled=True),
    View("invited", "/clinic/ledger/invited", "ledger.view.invited", count_invited, only_filled=True),
    View("silent", "/clinic/silent", "ledger.view.silent", count_silent, only_filled=True),
    View("failed_sms", "/clinic/sms", "ledger.view.failed_sms", count_failed, only_filled=True),
)


async def views_here(db: Connection, exchange: Exchange, current: str) -> list[dict[str, Any]]:
    """The tabs as this person sees them now, for parts/navigation.html; the current one is always among them."""
    tabs = []
    for view in VIEWS:
        count = await view.waiting(db, exchange.by) if view.waiting else 0
        if count or not view.only_filled or view.name == current:
            tabs.append({"name": view.name, "href": view.href, "text": exchange.say(view.words), "count": count,
                         "here": view.name == current})  # fmt: skip
    return tabs
