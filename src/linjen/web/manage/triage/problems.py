"""Kontroll: every fault of a version with file, line and reason; and the codes that questions and rules can name."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.triage.checking.lint_words import problem_words
from linjen.triage.in_words.reason_words import sign_of
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.checking import Said
from linjen.web.manage.triage.frame import Version, noted, see_version, triage_page
from linjen.web.routing import get_page

_MOST_CODES = 80
_LONGEST_SEARCH = 100


@get_page("/manage/triage/{version:str}/problems", verb="see_triage", who="staff")
async def show_problems(exchange: Exchange) -> Response[Any]:
    """What the linter says of a version."""
    return await noted(exchange, "see_triage", _problems)


async def _problems(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    return await triage_page(exchange, "problems.html", version, problems=await problems_of(exchange, version))


async def problems_of(exchange: Exchange, version: Version) -> list[Said]:
    """Every fault of a version in words. Raises Unavailable when the check cannot be made now."""
    found = await exchange.site.trier.check(version.opened.sha256, dict(version.opened.files))
    return [Said(one.file, one.line, problem_words(one.reason)) for one in found]


@get_page("/manage/triage/{version:str}/codes", verb="see_triage", who="staff")
async def show_codes(exchange: Exchange) -> Response[Any]:
    """Codes by name, code or question."""
    return await noted(exchange, "see_triage", _codes)


async def _codes(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    wanted = str(exchange.request.query_params.get("q", ""))[:_LONGEST_SEARCH].strip()
    signs = [sign_of(version.opened, code) for code in version.opened.known.findings]
    text = wanted.casefold()
    found = [one for one in signs if text in f"{one.code} {one.name} {one.text}".casefold()] if text else []
    return await triage_page(
        exchange, "codes.html", version, wanted=wanted, found=found[:_MOST_CODES], count=len(found),
        total=len(signs),
    )  # fmt: skip


ROUTES = [show_problems, show_codes]
