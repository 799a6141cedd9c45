"""Sparade intervjuer: the newest ones held again with a version and with what runs, shown as nothing but numbers."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from linjen.cases.intake.stored_interviews import read_interviews
from linjen.core.errors import NotFound
from linjen.triage.trials.trying_process import Stored
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import Version, noted, running_files, see_version, triage_page
from linjen.web.manage.triage.trials import Trial
from linjen.web.routing import get_page, post_page

_AT_ONCE = 40
_MOST_INTERVIEWS = 2000
#: The trial ends after this, with what it has come to.
_MOST_S = 60.0


class Replays(msgspec.Struct):
    """What the interviews came to: by (level that runs, level of the version), and how many differ in what."""

    levels: Counter[tuple[int, int]] = msgspec.field(default_factory=Counter)
    reason: int = 0
    pages: int = 0

    @property
    def level(self) -> int:
        """How many get another level."""
        return sum(count for (before, after), count in self.levels.items() if before != after)

    @property
    def milder(self) -> int:
        """How many become less urgent."""
        return sum(count for (before, after), count in self.levels.items() if before < after)


def replay_key(before: str, version: Version) -> tuple[str, ...]:
    """What a trial of stored interviews is remembered by; each version of a draft has its own."""
    return ("replays", before, version.opened.sha256)


async def _see(exchange: Exchange) -> Version:
    version = await see_version(exchange)
    if not version.may_approve:
        raise NotFound("page")
    return version


@get_page("/manage/triage/{version:str}/replays", verb="approve_triage", who="staff")
async def show_replays(exchange: Exchange) -> Response[Any]:
    """What has come out so far; nothing is read before somebody asks for it."""
    return await noted(exchange, "approve_triage", _show)


async def _show(exchange: Exchange) -> Response[Any]:
    version = await _see(exchange)
    before = await running_files(exchange, version.switch)
    trial = exchange.site.trials.find(replay_key(before[0], version))
    return await _draw(exchange, version, trial)


@post_page("/manage/triage/{version:str}/replays", verb="approve_triage", who="staff")
async def begin_replays(exchange: Exchange) -> Response[Any]:
    """Hold them again; each that is read stands in the access log, as read by the approver."""
    return await noted(exchange, "approve_triage", _begin)


async def _begin(exchange: Exchange) -> Response[Any]:
    version = await _see(exchange)
    before = await running_files(exchange, version.switch)
    after = (version.opened.sha256, dict(version.opened.files))
    site, by, trier = exchange.site, exchange.by, exchange.site.trier

    async def work(trial: Trial) -> None:
        found = Replays()
        trial.found = [found]
        last: UUID | None = None
        until = time.monotonic() + _MOST_S
        while trial.done < _MOST_INTERVIEWS and time.monotonic() < until:
            async with site.database.transaction() as db:
                batch = await read_interviews(db, site.sealer, last, _AT_ONCE, by)
            if batch.last is None:
                break
            last = batch.last
            stored = [Stored(one.state, one.said) for one in batch.interviews]
            had, has = await trier.replay(before, stored), await trier.replay(after, stored)
            for one, other in zip(had, has, strict=True):
                found.levels[one.level, other.level] += 1
                found.reason += one.reason != other.reason
                found.pages += one.pages != other.pages
            trial.done += len(stored)
        trial.total = trial.done

    key = replay_key(before[0], version)
    site.trials.forget(key)  # there may be new interviews
    await site.trials.get(key, work)
    return exchange.redirect(f"{version.path}/replays")


async def _draw(exchange: Exchange, version: Version, trial: Trial | None) -> Response[Any]:
    found: Replays = trial.found[0] if trial is not None and trial.found else Replays()
    rows = sorted((pair, count) for pair, count in found.levels.items() if pair[0] != pair[1])
    return await triage_page(
        exchange, "replays.html", version, trial=trial, found=found, rows=rows, most=_MOST_INTERVIEWS
    )


ROUTES = [show_replays, begin_replays]
