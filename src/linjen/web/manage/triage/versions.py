"""Versioner av triagen: which there are, which one runs since when, and what each of them holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response

from linjen.triage.in_words.opened import Opened, file_order
from linjen.triage.in_words.reason_list import ReasonRow, count_rules, found_in, reason_rows
from linjen.triage.releases import Release, Switch, list_releases, list_switches
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import (
    SHIPPED,
    Version,
    day_words,
    find_version,
    noted,
    people_words,
    see_version,
    state_words,
    triage_page,
)
from linjen.web.routing import get_page

_LONGEST_SEARCH = 100
#: The list's filter -> which rows it keeps.
_KEEPS: dict[str, Callable[[ReasonRow], object]] = {
    "all": lambda row: True, "unreviewed": lambda row: row.file and not row.reviewed,
    "unread": lambda row: row.file and row.read < row.rules, "missing": lambda row: not row.file or row.broken,
}  # fmt: skip


@get_page("/manage/triage", verb="see_triage", who="staff")
async def show_versions(exchange: Exchange) -> Response[Any]:
    """Every version; 404 for who may not see the triage's content."""
    return await noted(exchange, "see_triage", _versions)


async def _versions(exchange: Exchange) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        shipped = await find_version(db, exchange, SHIPPED)
        releases = await list_releases(db, exchange.by)
        switches = await list_switches(db, exchange.by)
    rows = [_version_row(exchange, one, shipped) for one in [*releases, None]]
    return await triage_page(
        exchange, "versions.html", None, shipped=shipped, switch=shipped.switch,
        drafts=[row for row in rows if row["state"] == "draft"],
        others=[row for row in rows if row["state"] != "draft"],
        done=_done(exchange, "runs", "off", "removed"),
        switches=[_switch_row(exchange, one, releases, shipped) for one in switches],
    )  # fmt: skip


def _version_row(exchange: Exchange, release: Release | None, shipped: Version) -> dict[str, Any]:
    return {
        "key": str(release.id) if release else SHIPPED, "state": release.state if release else SHIPPED,
        "name": _stamp_name(release.stamp if release else shipped.stamp),
        "state_words": state_words(exchange, release), "note": release.note if release else "",
        "people": people_words(exchange, release),
        "runs": shipped.switch.release_id == (release.id if release else None),
    }  # fmt: skip


def _stamp_name(stamp: str) -> str:
    """ "linjen_exempel@0.2.0+abc" as it stands in lists."""
    return stamp.partition("+")[0].replace("@", " ") or stamp


def _switch_row(exchange: Exchange, switch: Switch, releases: list[Release], shipped: Version) -> dict[str, str]:
    stamps = {release.id: release.stamp for release in releases} | {None: shipped.stamp}
    what = _stamp_name(stamps.get(switch.release_id, "?"))
    if not switch.triage_on:
        what = exchange.say("editor.versions.off")
    return {"what": what, "by": switch.by, "at": day_words(switch.at), "note": switch.note}


@get_page("/manage/triage/{version:str}", verb="see_triage", who="staff")
async def show_version(exchange: Exchange) -> Response[Any]:
    """One version: its people, its files, and its contact reasons, which can be searched."""
    return await noted(exchange, "see_triage", _version)


async def _version(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    wanted = str(exchange.request.query_params.get("q", ""))[:_LONGEST_SEARCH].strip()
    keep = exchange.request.query_params.get("show", "all")
    keep = keep if keep in _KEEPS else "all"
    rows = reason_rows(version.opened)
    shown = [row for row in rows if _KEEPS[keep](row) and (not wanted or found_in(version.opened, row, wanted))]
    return await triage_page(
        exchange, "version.html", version, groups=_grouped(shown), wanted=wanted, keep=keep, found=len(shown),
        done=_done(exchange, "approved", "retired"), counts=_counts(version.opened, rows),
        shared=_shared(version.opened),
        filters=[{"value": name, "text": exchange.say(f"editor.version.show_{name}")} for name in _KEEPS],
    )  # fmt: skip


def _done(exchange: Exchange, *known: str) -> str:
    """What has just been done, by the address that one was sent on to."""
    done = str(exchange.request.query_params.get("done", ""))
    return done if done in known else ""


def _grouped(rows: list[ReasonRow]) -> list[tuple[str, list[ReasonRow]]]:
    groups: dict[str, list[ReasonRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return list(groups.items())


def _counts(opened: Opened, rows: list[ReasonRow]) -> dict[str, int]:
    there, counted = [row for row in rows if row.file], count_rules(opened)
    return {
        "reasons": len(rows), "files": len(there), "rules": counted.rules, "read": counted.read,
        "reviewed": sum(row.reviewed for row in there), "broken": sum(row.broken for row in there),
    }  # fmt: skip


def _shared(opened: Opened) -> list[dict[str, str]]:
    """The files that are no contact reason's, with what they are for."""
    names = [name for name in file_order(list(opened.files)) if name.removesuffix(".yaml") not in opened.known.reasons]
    return [{"name": name.removesuffix(".yaml"), "broken": opened.broken[name].reason if name in opened.broken else ""}
            for name in names]  # fmt: skip


ROUTES = [show_versions, show_version]
