"""Jämför: what differs between two versions, in words and side by side, what may be milder first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import Response

from linjen.core.errors import Invalid
from linjen.triage.checking.lint_words import problem_words
from linjen.triage.in_words.change_words import change_title, field_name, summary_line
from linjen.triage.in_words.changes import Change, FieldChange, Shown, find_changes
from linjen.triage.in_words.opened import file_order
from linjen.triage.releases import list_releases
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import (
    SHIPPED,
    Version,
    find_version,
    noted,
    reason_names,
    see_version,
    triage_page,
    version_label,
)
from linjen.web.routing import get_page

#: With more files than this, each is folded.
_MOST_OPEN = 6


@get_page("/manage/triage/{version:str}/changes", verb="see_triage", who="staff")
async def show_changes(exchange: Exchange) -> Response[Any]:
    """What a version changes of another, by default of the one that runs."""
    return await noted(exchange, "see_triage", _changes)


async def _changes(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    wanted = str(exchange.request.query_params.get("with", "")) or running_key(version)
    async with exchange.site.database.transaction() as db:
        other = await find_version(db, exchange, wanted)
        releases = await list_releases(db, exchange.by)
    options = [{"value": SHIPPED, "text": version_label(exchange, None, version)}]
    options += [{"value": str(one.id), "text": version_label(exchange, one, version)} for one in releases]
    changes, fault = await changes_between(other, version)
    files = drawn_changes(changes, reason_names(version))
    return await triage_page(
        exchange, "changes.html", version, other=other, wanted=wanted, options=options, fault=fault,
        summary=summary_line(changes) if not fault else "", files=files, is_open=len(files) <= _MOST_OPEN,
    )  # fmt: skip


def running_key(version: Version) -> str:
    """The address of what runs."""
    return str(version.switch.release_id) if version.switch.release_id else SHIPPED


async def changes_between(before: Version, after: Version) -> tuple[list[Change], str]:
    """Every difference, and why there is none to tell when a file cannot be read."""
    try:
        return await asyncio.to_thread(find_changes, before.opened.files, after.opened.files), ""
    except Invalid as wrong:
        why = problem_words(str(wrong.detail.get("why", wrong.reason)))
        return [], f"{wrong.detail.get('file', '')}, rad {wrong.detail.get('line', 1)}: {why}"


def drawn_changes(changes: Sequence[Change], names: dict[str, str]) -> list[dict[str, Any]]:
    """The changes file by file, as the template draws them."""
    found = []
    for file in file_order(list(dict.fromkeys(one.file for one in changes))):
        of_file = sorted((one for one in changes if one.file == file), key=lambda one: not one.is_milder)
        found.append({
            "file": file, "name": names.get(of_file[0].reason, file), "milder": sum(one.is_milder for one in of_file),
            "changes": [{"title": change_title(one), "milder": one.is_milder, "how": one.how, "used_in": one.used_in,
                         "fields": [_drawn_field(field) for field in one.fields]} for one in of_file],
        })  # fmt: skip
    return found


def _drawn_field(field: FieldChange) -> dict[str, Any]:
    before, after = _lines(field.before), _lines(field.after)
    return {
        "name": field_name(field.name), "before": [(line, line not in after) for line in before],
        "after": [(line, line not in before) for line in after],
    }  # fmt: skip


def _lines(shown: Shown) -> list[str]:
    return [one for one in ([shown] if isinstance(shown, str) else shown) if one]


ROUTES = [show_changes]
