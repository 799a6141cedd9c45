"""Vyer: the lists of the clinic's work in the order of their tabs; a new view is one line here and its page's include.

Each page gives `views_here(db, exchange, "name")` to its template as `views` and includes `views_nav.html`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from linjen.core.database import Connection
from linjen.records.waiting_work import count_waiting_work
from linjen.web.exchange import Exchange


class View(NamedTuple):
    """One tab: its name, its address and the key of its text; records/waiting_work.py counts what waits in it, by its
    name. With `only_filled` the tab stands there only while something does.
    """

    name: str
    href: str
    words: str
    only_filled: bool = False


VIEWS = (
    View("role", "/clinic/ledger", "ledger.view.role"),
    View("mine", "/clinic/mine", "ledger.view.mine"),
    View("handed", "/clinic/ledger/handed", "ledger.view.handed"),
    View("answer", "/clinic/ledger/answer", "ledger.view.answer"),
    View("booked", "/clinic/booked", "ledger.view.booked"),
    View("unit", "/clinic/ledger/unit", "ledger.view.unit"),
    View("attestations", "/clinic/attestations", "ledger.view.attestations"),
    View("tickets", "/clinic/tickets", "ledger.view.tickets"),
    View("to_document", "/clinic/document", "ledger.view.to_document"),
    View("mentions", "/clinic/mentions", "ledger.view.mentions", only_filled=True),
    View("invited", "/clinic/ledger/invited", "ledger.view.invited", only_filled=True),
    View("silent", "/clinic/silent", "ledger.view.silent", only_filled=True),
    View("calls", "/clinic/calls", "ledger.view.calls", only_filled=True),
    View("corrections", "/clinic/corrections", "ledger.view.corrections", only_filled=True),
    View("failed_sms", "/clinic/sms", "ledger.view.failed_sms", only_filled=True),
)


async def views_here(db: Connection, exchange: Exchange, current: str) -> list[dict[str, Any]]:
    """The tabs as this person sees them now, for parts/navigation.html; the current one is always among them."""
    return views_with(exchange, current, await count_waiting_work(db, exchange.by))


def views_with(exchange: Exchange, current: str, waiting: Mapping[str, int]) -> list[dict[str, Any]]:
    """As `views_here`, for a page that has counted already."""
    tabs = []
    for view in VIEWS:
        count = waiting.get(view.name, 0)
        if count or not view.only_filled or view.name == current:
            tabs.append({"name": view.name, "href": view.href, "text": exchange.say(view.words), "count": count,
                         "here": view.name == current})  # fmt: skip
    return tabs
