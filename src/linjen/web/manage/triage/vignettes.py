"""Vinjetter: every one of them held with a version and with what runs, and those that end otherwise."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.triage.content.vignettes import all_vignettes
from linjen.triage.trials.trial import Difference, changed_reasons
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import Version, noted, reason_names, running_files, see_version, triage_page
from linjen.web.manage.triage.trials import Trial
from linjen.web.routing import get_page

#: Vignettes held in one go of the trying process: about a second.
_AT_ONCE = 40


@get_page("/manage/triage/{version:str}/vignettes", verb="see_triage", who="staff")
async def show_vignettes(exchange: Exchange) -> Response[Any]:
    """What has come out so far; the trial begins when the page is first opened."""
    return await noted(exchange, "see_triage", _vignettes)


async def _vignettes(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    trial = await try_vignettes(exchange, version)
    return await triage_page(
        exchange, "vignettes.html", version, trial=trial, names=reason_names(version),
        groups=sorted_differences(trial),
    )  # fmt: skip


async def try_vignettes(exchange: Exchange, version: Version) -> Trial:
    """The trial of a version against what runs, as far as it has come."""
    before = await running_files(exchange, version.switch)
    after = (version.opened.sha256, dict(version.opened.files))
    trier = exchange.site.trier

    async def work(trial: Trial) -> None:
        reasons = changed_reasons(before[1], after[1])
        ids = list(all_vignettes()) if reasons is None else await trier.concerned(before, after, reasons)
        trial.total = len(ids)
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            trial.found += await trier.differences(before, after, part)
            trial.done += len(part)

    return await exchange.site.trials.get(("vignettes", before[0], after[0]), work)


def sorted_differences(trial: Trial) -> list[tuple[str, list[Difference]]]:
    """What has changed, the most worrying first: outside the accepted levels, milder, more urgent, the rest."""
    found: list[Difference] = trial.found
    groups: dict[str, list[Difference]] = {"outside": [], "milder": [], "urgent": [], "level_same": []}
    for one in found:
        same = one.after.level == one.before.level
        wrong = not one.is_accepted and one.was_accepted
        groups["outside" if wrong else "level_same" if same else "milder" if one.is_milder else "urgent"].append(one)
    return [(name, listed) for name, listed in groups.items() if listed]


ROUTES = [show_vignettes]
