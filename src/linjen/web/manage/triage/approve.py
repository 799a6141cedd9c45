"""Godkänn: a draft becomes a release, by a named person who has seen what it changes; what runs stays as it is."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import Invalid, NotFound, Refused
from linjen.triage.checking.lint_file import Problem
from linjen.triage.checking.lint_words import problem_words
from linjen.triage.in_words.change_words import summary_line
from linjen.triage.releases import approve
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.checking import Said
from linjen.web.manage.triage.compare import changes_between, running_key
from linjen.web.manage.triage.frame import Version, find_version, noted, see_version, triage_page
from linjen.web.manage.triage.problems import problems_of
from linjen.web.manage.triage.replays import replay_key
from linjen.web.manage.triage.vignettes import sorted_differences, try_vignettes
from linjen.web.resident.intake.sheet import Fault
from linjen.web.routing import get_page, post_page


@get_page("/manage/triage/{version:str}/approvals", verb="approve_triage", who="staff")
async def show_approval(exchange: Exchange) -> Response[Any]:
    """What the approver must see of a draft, and the form."""
    return await noted(exchange, "approve_triage", _show)


async def see_approvable(exchange: Exchange) -> Version:
    """The draft of the address. NotFound for who may not approve, Refused("not_a_draft")."""
    version = await see_version(exchange)
    if not version.may_approve:
        raise NotFound("page")
    if not version.is_draft:
        raise Refused("not_a_draft", state=version.state)
    return version


async def _show(exchange: Exchange) -> Response[Any]:
    return await _draw(exchange, await see_approvable(exchange))


async def _draw(
    exchange: Exchange, version: Version, *, errors: list[Fault] | None = None, problems: list[Said] | None = None,
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    async with exchange.site.database.transaction() as db:
        running = await find_version(db, exchange, running_key(version))
    problems = await problems_of(exchange, version) if problems is None else problems
    changes, fault = await changes_between(running, version)
    trial = await try_vignettes(exchange, version) if not problems else None
    return await triage_page(
        exchange, "approval.html", version, status=status, errors=errors or [], problems=problems,
        running=running, summary="" if fault else summary_line(changes), milder=sum(one.is_milder for one in changes),
        trial=trial, groups=[(name, len(found)) for name, found in sorted_differences(trial)] if trial else [],
        replayed=exchange.site.trials.find(replay_key(running.opened.sha256, version)),
        changes=version.changes_kept,
    )  # fmt: skip


@post_page("/manage/triage/{version:str}/approvals", verb="approve_triage", who="staff")
async def take_approval(exchange: Exchange) -> Response[Any]:
    """Release the draft as it was read; refused with reasons when it has faults."""
    return await noted(exchange, "approve_triage", _approve)


async def _approve(exchange: Exchange) -> Response[Any]:
    version = await see_approvable(exchange)
    if exchange.form.get("read") != "yes":
        errors = [Fault("read", exchange.say("editor.approve.read_first"))]
        return await _draw(exchange, version, errors=errors, status=422)
    assert version.release is not None  # noqa: S101 - a draft is a row
    try:
        async with exchange.site.database.transaction() as db:
            await approve(db, exchange.by, version.release.id, exchange.number_of("changes"))
    except Invalid as wrong:
        if wrong.reason != "bad_protocol":
            raise
        return await _draw(exchange, version, problems=_said(wrong), status=422)
    return exchange.redirect(f"{version.path}?done=approved")


def _said(wrong: Invalid) -> list[Said]:
    found = wrong.detail.get("problems", [])
    problems = [one for one in found if isinstance(one, Problem)] if isinstance(found, list) else []
    return [Said(one.file, one.line, problem_words(one.reason)) for one in problems]


ROUTES = [show_approval, take_approval]
