"""The frame of the administration's pages: which of them this person may open, and refusals that leave their trace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response

from linjen.access.access_log import log_refusal
from linjen.core.errors import NotFound
from linjen.people.staff import Workplace, list_workplaces
from linjen.people.workplaces import care_workplaces
from linjen.web.exchange import Exchange

#: The page's name in the navigation -> whom it is for; what decides is the verb's clause in access/policy.py.
_TABS = {
    "manage": {"user_admin", "config_admin", "medical_approver", "unit_manager"},
    "users": {"user_admin"},
    "units": {"user_admin", "config_admin", "unit_manager"},
    "phrases": {"config_admin"},
    "support": {"config_admin"},
    "triage": {"medical_approver", "config_admin"},
    "quality": {"config_admin", "medical_approver"},
}


async def manage_page(exchange: Exchange, template: str, **values: Any) -> Response[Any]:
    """A page of the administration with links to those pages only that this person may open."""
    async with exchange.site.database.connection() as db:
        places = await list_workplaces(db, exchange.by.person_id)
    return exchange.page(template, tabs=_tabs(places), **values)


def _tabs(places: list[Workplace]) -> list[str]:
    roles = {role for place in places for role in place.roles}
    return [name for name, wanted in _TABS.items() if wanted & roles] + (["clinic"] if care_workplaces(places) else [])


async def noting_refusals(exchange: Exchange, verb: str, page: Callable[[], Awaitable[Response[Any]]]) -> Response[Any]:
    """What `page` answers; a NotFound is written into the access log first."""
    try:
        return await page()
    except NotFound as error:
        await log_refusal(exchange.site.database, exchange.by, verb, None, error.reason)
        raise
