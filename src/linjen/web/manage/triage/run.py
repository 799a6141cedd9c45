"""Sätt i drift: which version new interviews begin on, on every node; an earlier one too, and forms alone."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import NotFound, Refused
from linjen.triage.in_words.change_words import summary_line
from linjen.triage.releases import retire, run_release
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.compare import changes_between, running_key
from linjen.web.manage.triage.frame import SHIPPED, Version, find_version, noted, see_version, triage_page
from linjen.web.routing import get_page, post_page

_LONGEST_NOTE = 2000


async def _see(exchange: Exchange) -> Version:
    version = await see_version(exchange)
    if not version.may_approve:
        raise NotFound("page")
    return version


@get_page("/manage/triage/{version:str}/runs", verb="approve_triage", who="staff")
async def show_run(exchange: Exchange) -> Response[Any]:
    """What would change for residents, and the form."""
    return await noted(exchange, "approve_triage", _show)


async def _show(exchange: Exchange) -> Response[Any]:
    version = await _see(exchange)
    if version.state not in {"released", SHIPPED}:
        raise Refused("not_released", state=version.state)
    async with exchange.site.database.transaction() as db:
        running = await find_version(db, exchange, running_key(version))
    changes, fault = await changes_between(running, version)
    return await triage_page(
        exchange, "run.html", version, running=running, seen=version.switch.number,
        is_on=version.switch.triage_on, summary=fault or summary_line(changes),
        milder=sum(one.is_milder for one in changes),
    )  # fmt: skip


@post_page("/manage/triage/{version:str}/runs", verb="approve_triage", who="staff")
async def take_run(exchange: Exchange) -> Response[Any]:
    """Let it run from now on, with the triage on or off."""
    return await noted(exchange, "approve_triage", _run)


async def _run(exchange: Exchange) -> Response[Any]:
    version = await _see(exchange)
    note = exchange.text_of("note", longest=_LONGEST_NOTE)
    is_on = exchange.form.get("act") != "off"
    async with exchange.site.database.transaction() as db:
        await run_release(
            db, exchange.by, version.release.id if version.release else None,
            exchange.number_of("seen", -1), note, triage_on=is_on,
        )  # fmt: skip
    await exchange.site.shelf.look()  # this node at once, the others within a second
    return exchange.redirect("/manage/triage?done=" + ("runs" if is_on else "off"))


@post_page("/manage/triage/{version:str}/retirements", verb="approve_triage", who="staff")
async def take_retirement(exchange: Exchange) -> Response[Any]:
    """Nobody begins or goes on with this release any more."""
    return await noted(exchange, "approve_triage", _retire)


async def _retire(exchange: Exchange) -> Response[Any]:
    version = await _see(exchange)
    if version.release is None:
        raise Refused("not_released", state=version.state)
    async with exchange.site.database.transaction() as db:
        await retire(db, exchange.by, version.release.id)
    return exchange.redirect(f"{version.path}?done=retired")


ROUTES = [show_run, take_run, take_retirement]
