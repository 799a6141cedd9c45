"""Logga in (personal): to the identity provider and back, checked, and turned into a session by HSA-id alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.response import Redirect

from linjen.access.sessions import Session, begin_session
from linjen.access.sign_in_orders import SignInOrder, begin_order, find_latest_order, use_order
from linjen.core.errors import Refused, Unavailable
from linjen.core.ids import new_id
from linjen.core.logs import get_log
from linjen.integrations.siths import Pending, Siths, StaffIdentity
from linjen.people.sign_in import count_sign_in
from linjen.people.staff import StaffMember, Workplace, find_by_hsa_id, list_workplaces
from linjen.people.workplaces import care_workplaces
from linjen.web.cookies import make_cookie
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page
from linjen.web.sign_in.browser import (
    attempt_of,
    begin_attempt,
    end_attempt,
    end_living,
    ended_words,
    safe_path,
    session_of,
    turn_to_staff,
)
from linjen.web.words import has_word

log = get_log(__name__)

#: Where staff may be sent on to.
INSIDE = ("/clinic", "/manage")


def _provider(exchange: Exchange) -> Siths:
    if exchange.site.siths is None:
        raise Unavailable("staff_provider_not_here")
    return exchange.site.siths


def wanted_path(exchange: Exchange) -> str:
    """The checked path that the sign-in was asked for with; '' for the usual one."""
    return safe_path(exchange.request.query_params.get("next", ""), "", INSIDE)


@get_page("/clinic/sign-in", verb="staff_sign_in", who="anyone")
async def choose(exchange: Exchange) -> Response[Any]:
    """The page with the one way in. The link is a GET: a policy on forms refuses one that leads to another origin."""
    turn_to_staff(exchange)
    session = await session_of(exchange, "staff")
    if session is not None and not session.locked:
        return exchange.redirect(wanted_path(exchange) or "/clinic")
    return _page(exchange, wanted_path(exchange), ended_words(exchange))


def _page(exchange: Exchange, wanted: str, problem: str = "", status: int = 200) -> Response[Any]:
    ready = exchange.site.siths is not None
    return exchange.page("sign_in/staff.html", status=status, next=wanted, problem=problem, ready=ready)


@get_page("/clinic/sign-in/begin", verb="staff_sign_in", who="anyone", limit="staff_sign_in")
async def begin(exchange: Exchange) -> Response[Any]:
    """Send the browser to the provider; `fresh` asks it to let the person prove herself anew, as after a lock."""
    turn_to_staff(exchange)
    site, wanted = exchange.site, wanted_path(exchange)
    fresh = exchange.request.query_params.get("fresh", "") == "1"
    try:
        address, pending = await _provider(exchange).begin(_return_address(exchange), fresh=fresh)
    except Unavailable as error:
        return _refused(exchange, wanted, error)
    browser = begin_attempt(exchange, "staff")
    secret = msgspec.json.encode(pending)
    await begin_order(site.database, site.sealer, "siths", browser, new_id(), secret, return_to=wanted)
    return Redirect(address, status_code=303, cookies=exchange.cookies)


def _return_address(exchange: Exchange) -> str:
    return f"{exchange.site.settings.public_url.rstrip('/')}/clinic/sign-in/return"


@get_page("/clinic/sign-in/return", verb="staff_sign_in", who="anyone")
async def come_back(exchange: Exchange) -> Response[Any]:
    """Back from the provider: the attempt of this very browser is used up, the answer checked, the account found."""
    turn_to_staff(exchange)
    order = await _take_attempt(exchange)
    wanted = order.return_to if order else ""
    try:
        if order is None:
            raise Refused("state_mismatch")
        pending = msgspec.json.decode(order.secret, type=Pending)
        params = {name: value for name, value in exchange.request.query_params.items() if isinstance(value, str)}
        identity = await _provider(exchange).finish(pending, params)
    except (Refused, Unavailable) as error:
        return _refused(exchange, wanted, error)
    return await _enter(exchange, identity, wanted)


async def _take_attempt(exchange: Exchange) -> SignInOrder | None:
    """The attempt that this browser began, taken so that no second answer can use it."""
    site, browser = exchange.site, attempt_of(exchange, "staff")
    order = await find_latest_order(site.database, site.sealer, "siths", browser) if browser else None
    if order is None:
        return None
    async with site.database.transaction() as db:
        taken = await use_order(db, order.id, "pending")
    end_attempt(exchange, "staff")
    return order if taken else None


def _refused(exchange: Exchange, wanted: str, error: Refused | Unavailable) -> Response[Any]:
    """The sign-in page again, with the reason in words that staff can act on."""
    log.warning("staff_sign_in_refused", reason=error.reason, why=str(error.detail.get("why", "")))
    count_sign_in("staff", error.reason)
    key = f"staff_sign_in.refused.{error.reason}"
    shown = key if has_word("sv", key) else "staff_sign_in.refused.sign_in_failed"
    return _page(exchange, wanted, shown, 503 if isinstance(error, Unavailable) else 403)


async def _enter(exchange: Exchange, identity: StaffIdentity, wanted: str) -> Response[Any]:
    site = exchange.site
    async with site.database.connection() as db:
        person = await find_by_hsa_id(db, identity.employee_hsa_id)
        places = await list_workplaces(db, person.id) if person else []
    if person is None:
        return _no_way_in(exchange, "unknown_staff", identity)
    if not places:
        return _no_way_in(exchange, "no_assignment", identity)
    before = await session_of(exchange, "staff")
    unit_id = _unit_to_begin_with(person, places, before)
    await end_living(exchange, before)
    async with site.database.transaction() as db:
        token = await begin_session(db, site.settings, "staff", person.id, unit_id=unit_id)
    count_sign_in("staff")
    exchange.cookies.append(make_cookie(site.settings, "staff", token))
    return exchange.redirect(_way_on(person, places, before, unit_id, wanted))


def _unit_to_begin_with(person: StaffMember, places: list[Workplace], before: Session | None) -> UUID | None:
    """The unit she unlocks at or the only one she has; None when she must choose or has no ledger."""
    units = [place.unit_id for place in care_workplaces(places)]
    if before is not None and before.person_id == person.id and before.unit_id in units:
        return before.unit_id
    return units[0] if len(units) == 1 else None


def _way_on(
    person: StaffMember, places: list[Workplace], before: Session | None, unit_id: UUID | None, wanted: str
) -> str:
    if not care_workplaces(places):
        return "/manage"
    if unit_id is None:
        return "/clinic/units"
    # Somebody else's page is no place to begin at for the one who unlocks in her stead.
    return "/clinic/ledger" if before is not None and before.person_id != person.id else wanted or "/clinic/ledger"


def _no_way_in(exchange: Exchange, reason: str, identity: StaffIdentity) -> Response[Any]:
    log.warning("staff_sign_in_refused", reason=reason)
    count_sign_in("staff", reason)
    return exchange.page("sign_in/no_way_in.html", status=403, reason=reason, hsa_id=identity.employee_hsa_id)


ROUTES = [choose, begin, come_back]
