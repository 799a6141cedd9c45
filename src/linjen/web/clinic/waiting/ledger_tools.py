"""The tools above the ledger: filters in the address, a search whose word is in no address, saved views and density."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Response

from linjen.cases.levels import URGENT
from linjen.cases.waiting.ledger import VIEWS, LedgerRow
from linjen.cases.waiting.ledger_filters import KNOWN, Filters, read_filters
from linjen.cases.waiting.ledger_search import find_by_name, is_number
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.ids import new_id, parse_id
from linjen.people.saved_views import LONGEST, SavedView, list_saved, remove_view, save_view
from linjen.web.clinic.waiting.views import VIEWS as TABS
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.routing import post_page

#: The address of each view of the ledger.
_ADDRESSES = {tab.name: tab.href for tab in TABS if tab.name in VIEWS}
_LONGEST_SEARCH = 80


class Wanted(msgspec.Struct, frozen=True):
    """What the reader has asked for: filters, words, and the cases that the words found by name."""

    filters: Filters = Filters()
    words: str = ""
    by_name: frozenset[UUID] = frozenset()


def filters_of(exchange: Exchange) -> Filters:
    """The filters in the address."""
    return read_filters((name, value) for name, value in exchange.request.query_params.multi_items())


def view_of(exchange: Exchange) -> str:
    """The view that a form says it stands on."""
    view = exchange.text_of("view", longest=20)
    return view if view in VIEWS else "role"


def shown_by(wanted: Wanted, at: Any, reason_of: Callable[[LedgerRow], str]) -> Callable[[LedgerRow], bool]:
    """Whether a row is to be seen: it passes the filters, and each word stands in its reason or age, or in the name."""
    words = wanted.words.casefold().split()

    def shows(row: LedgerRow) -> bool:
        if not wanted.filters.admits(row, at):
            return False
        text = f"{reason_of(row)} {age_words(row.birth_on, at)}".casefold()
        return row.case_id in wanted.by_name or all(word in text for word in words)

    return shows


def saved_href(saved: SavedView) -> str:
    """The address of a saved view."""
    return f"{_ADDRESSES.get(saved.view, _ADDRESSES['role'])}{'?' if saved.filters else ''}{saved.filters}"


async def tools_here(db: Connection, exchange: Exchange, view: str, wanted: Wanted) -> dict[str, Any]:
    """What clinic/waiting/ledger_tools.html shows."""
    say, chosen = exchange.say, set(wanted.filters.chosen)
    groups = [
        {"name": name, "label": say(f"filters.{name}.label"), "options": [
            {"value": value, "text": say(f"urgency.{value}") if name == "level" else say(f"filters.{name}.{value}"),
             "chosen": (name, value) in chosen} for value in values]}
        for name, values in KNOWN.items()
    ]  # fmt: skip
    query = wanted.filters.query
    saved = [
        {"id": str(one.id), "name": one.name, "href": saved_href(one), "here": (one.view, one.filters) == (view, query)}
        for one in await list_saved(db, exchange.by.person_id)
    ]
    return {
        "groups": groups, "count": len(wanted.filters.chosen), "query": query, "words": wanted.words, "saved": saved,
        "href": _ADDRESSES[view], "save_id": str(new_id()), "longest": LONGEST, "is_number": is_number(wanted.words),
    }  # fmt: skip


def search_words(exchange: Exchange) -> str:
    """What was typed into the search."""
    return exchange.text_of("q", longest=_LONGEST_SEARCH)


async def by_name(exchange: Exchange, view: str) -> frozenset[UUID]:
    """The cases whose patient's name holds the typed words, logged."""
    async with exchange.site.database.transaction() as db:
        return frozenset(await find_by_name(db, exchange.by, view, search_words(exchange)))


@post_page("/clinic/ledger/names", verb="ledger", who="staff", limit="ledger_search")
async def find_names(exchange: Exchange) -> Response[Any]:
    """For the page's script, which knows reasons and ages itself: the cases whose patient's name holds the words."""
    return Response({"cases": sorted(str(one) for one in await by_name(exchange, view_of(exchange)))})


@post_page("/clinic/ledger/saved", verb="ledger", who="staff")
async def save(exchange: Exchange) -> Response[Any]:
    """Back to the ledger as it stands, under its new name."""
    filters = read_filters(parse_qsl(exchange.text_of("filters", longest=400)))
    view_id = parse_id(exchange.text_of("save_id", longest=40)) or new_id()
    name = " ".join(exchange.text_of("name", longest=200).split())
    saved = SavedView(view_id, name, view_of(exchange), filters.query)
    try:
        async with exchange.site.database.transaction() as db:
            await save_view(db, exchange.by.person_id, saved)
    except Invalid as error:
        raise Invalid(f"view_{error.reason}", error.field) from error
    return exchange.redirect(saved_href(saved))


@post_page("/clinic/ledger/saved/{view_id:str}/removals", verb="ledger", who="staff")
async def remove(exchange: Exchange) -> Response[Any]:
    """Back to the ledger, without it."""
    async with exchange.site.database.transaction() as db:
        await remove_view(db, exchange.by.person_id, exchange.id_of("view_id"))
    return exchange.redirect("/clinic/ledger")


def ordered(rows: Sequence[LedgerRow], person_id: UUID) -> tuple[list[LedgerRow], list[LedgerRow]]:
    """Waiting rows as they come; of held ones level 1 and 2 by level, then the reader's own, then by level: as their
    script sorts them.
    """
    queued = [row for row in rows if row.state == "queued"]
    held = sorted((row for row in rows if row.state != "queued"), key=lambda row: (
        min(row.priority, URGENT + 1), row.holder_id != person_id, row.priority, row.waiting_since, str(row.case_id),
    ))  # fmt: skip
    return queued, held


ROUTES = [find_names, save, remove]
