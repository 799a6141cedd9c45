"""Spärra dina uppgifter: which units have cases of hers, which she has blocked, and who has opened that since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response

from linjen.cases.blocks.block import UnitOfHers, lift_block, list_units_of_hers, may_block, set_block
from linjen.cases.blocks.block_opening import HOURS
from linjen.cases.blocks.told_openings import Told, list_told
from linjen.core import clock, swedish
from linjen.people.guardians import list_children
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page
from linjen.web.telling import show_patients

_DONE = ("set", "lifted")


@get_page("/profile/blocks", verb="list", who="resident")
async def show_blocks(exchange: Exchange) -> Response[Any]:
    """Her units, each with the press that blocks it or lifts the block; a child's are nobody's to block."""
    async with exchange.site.database.transaction() as db:
        units = await list_units_of_hers(db, exchange.by)
        told = await list_told(db, exchange.by)
        may = await may_block(db, exchange.by)
        children = await list_children(db, exchange.by.person_id)
    done = exchange.request.query_params.get("done", "")
    return exchange.page(
        "resident/blocks.html", tab="profile", rows=[_row(exchange, one, told) for one in units], may=may, hours=HOURS,
        has_children=bool(children), done=done if done in _DONE else "",
    )  # fmt: skip


def _row(exchange: Exchange, one: UnitOfHers, told: Sequence[Told]) -> dict[str, Any]:
    say, language = exchange.say, exchange.language
    cases = say("blocks.case_one") if one.cases == 1 else say("blocks.case_many", count=one.cases)
    return {
        "id": str(one.unit_id), "unit": one.unit, "cases": cases, "blocked": one.set_at is not None,
        "provider": one.provider,
        "since": say("blocks.since", at=swedish.full_moment(one.set_at, language)) if one.set_at else "",
        "past": [
            say("blocks.was", since=swedish.full_moment(since, language), until=swedish.full_moment(until, language))
            for since, until in one.past
        ],
        "openings": [_opening(exchange, each) for each in told if each.unit_id == one.unit_id],
    }  # fmt: skip


def _opening(exchange: Exchange, one: Told) -> dict[str, str]:
    say, language = exchange.say, exchange.language
    open_now = one.until_at > clock.now()
    until = say("blocks.open_until", at=swedish.moment_words(one.until_at, clock.now(), language)) if open_now else ""
    return {
        "when": swedish.full_moment(one.opened_at, language), "until": until,
        "what": say(f"blocks.opened.{one.kind}", unit=one.by_unit),
        "why": say(f"blocks.why.{one.kind}_{one.reason}"),
        "review": say(f"blocks.review.{'done' if one.reviewed else 'waits'}") if one.kind == "emergency" else "",
    }  # fmt: skip


@post_page("/profile/blocks/{unit_id:str}/settings", verb="profile", who="resident")
async def block(exchange: Exchange) -> Response[Any]:
    """Spärra: it counts at once, also for who has a page of hers open at another unit."""
    async with exchange.site.database.transaction() as db:
        await set_block(db, exchange.by, exchange.id_of("unit_id"))
    await show_patients(exchange.site, [exchange.by.person_id])
    return exchange.redirect("/profile/blocks?done=set")


@post_page("/profile/blocks/{unit_id:str}/liftings", verb="profile", who="resident")
async def lift(exchange: Exchange) -> Response[Any]:
    """Häv spärren: the provider's other units read as before."""
    async with exchange.site.database.transaction() as db:
        await lift_block(db, exchange.by, exchange.id_of("unit_id"))
    await show_patients(exchange.site, [exchange.by.person_id])
    return exchange.redirect("/profile/blocks?done=lifted")


ROUTES = [show_blocks, block, lift]
