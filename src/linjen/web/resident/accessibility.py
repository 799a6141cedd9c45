"""Tillgänglighet: the statement that the law asks for, as it stands in the installation's file."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core import swedish
from linjen.web.exchange import Exchange
from linjen.web.resident.statement import OWN_FILE, read_statement
from linjen.web.resident.support import PHONE
from linjen.web.routing import get_page


@get_page("/accessibility", verb="public", who="anyone")
async def show_accessibility(exchange: Exchange) -> Response[Any]:
    """How far the service keeps the law, what does not work and until when, and how to tell and to complain."""
    settings, language = exchange.site.settings, exchange.language
    statement = read_statement(settings.accessibility_file or OWN_FILE)
    phone, dialled = PHONE
    before, _, after = statement.report.read(language, phone="\n", region=settings.region_name).partition("\n")
    gaps = [
        {"id": gap.id, "criterion": f"{statement.standard.rsplit(' ', 1)[0]}, {gap.criterion}",
         "planned": swedish.month_words(gap.planned_on, language)}
        | {name: getattr(gap, name).read(language) for name in ("page", "what", "reason", "instead")}
        for gap in statement.gaps
    ]  # fmt: skip
    lists: dict[str, Any] = {
        name: [one.read(language) for one in getattr(statement, name)]
        for name in ("tried", "untried", "exempt", "disproportionate")
    }
    return exchange.page(
        "resident/accessibility.html", statement=statement, gaps=gaps, phone=phone, dialled=dialled, before=before,
        after=after, actor=statement.actor.format(region=settings.region_name), method=statement.method.read(language),
        authority=statement.authority.read(language), authority_link=statement.authority_link.read(language),
        assessed=swedish.date_words(statement.assessed_on, language),
        updated=swedish.date_words(statement.updated_on, language), **lists,
    )  # fmt: skip


ROUTES = [show_accessibility]
