"""Utkast: begun from any version or a file, given a note and a number, taken out as a file, thrown away."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from litestar import Response
from litestar.datastructures import UploadFile

from linjen.core.errors import Invalid, NotFound, Refused
from linjen.triage.content.archives import MOST_ARCHIVE_BYTES, write_archive
from linjen.triage.content.yaml_lines import read_yaml
from linjen.triage.content.yaml_writing import rewritten
from linjen.triage.releases import change_draft, drop_draft, import_files, save_draft
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import Version, find_version, noted, see_version, triage_page
from linjen.web.manage.triage.saving import see_draft
from linjen.web.resident.intake.sheet import Fault
from linjen.web.routing import get_page, post_page

_LONGEST_NOTE = 2000
_NUMBER = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})")
_GENERAL = "general.yaml"
#: A zip and the form around it.
_MAX_BODY = MOST_ARCHIVE_BYTES + 100_000


@get_page("/manage/triage/{version:str}/drafts", verb="edit_triage", who="staff")
async def show_beginning(exchange: Exchange) -> Response[Any]:
    """The form that begins a draft from a version."""
    return await noted(exchange, "edit_triage", _beginning)


async def _editable(exchange: Exchange) -> Version:
    version = await see_version(exchange)
    if not version.may_edit:
        raise NotFound("page")
    return version


async def _beginning(exchange: Exchange) -> Response[Any]:
    version = await _editable(exchange)
    return await _draw(exchange, version, "begin", {"note": "", "release": _next_number(version)})


def _next_number(version: Version) -> str:
    """The number after this version's: another middle part."""
    found = _NUMBER.fullmatch(_number_of(version))
    return f"{found[1]}.{int(found[2]) + 1}.0" if found else ""


def _number_of(version: Version) -> str:
    return version.opened.general.release if version.opened.general else ""


async def _draw(
    exchange: Exchange, version: Version, what: str, fields: dict[str, str], errors: list[Fault] | None = None,
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    return await triage_page(
        exchange, "draft.html", version, status=status, what=what, fields=fields, errors=errors or [],
        changes=version.changes_kept,
    )  # fmt: skip


@post_page("/manage/triage/{version:str}/drafts", verb="edit_triage", who="staff")
async def begin_draft(exchange: Exchange) -> Response[Any]:
    """A new draft with the files of a version."""
    return await noted(exchange, "edit_triage", _begin)


async def _begin(exchange: Exchange) -> Response[Any]:
    version = await _editable(exchange)
    fields, errors = _typed(exchange)
    if errors:
        return await _draw(exchange, version, "begin", fields, errors, 422)
    files = dict(version.opened.files) | _renumbered(version, fields["release"])
    async with exchange.site.database.transaction() as db:
        draft = await save_draft(db, exchange.by, files, fields["note"], version.stamp)
    return exchange.redirect(f"/manage/triage/{draft}")


def _typed(exchange: Exchange) -> tuple[dict[str, str], list[Fault]]:
    fields = {"note": exchange.text_of("note", longest=20_000), "release": exchange.text_of("release", longest=200)}
    errors = []
    if len(fields["note"]) > _LONGEST_NOTE:
        errors.append(Fault("note", exchange.say("editor.fault.too_long", most=_LONGEST_NOTE)))
    if fields["release"] and not _NUMBER.fullmatch(fields["release"]):
        errors.append(Fault("release", exchange.say("editor.draft.number_wrong")))
    return fields, errors


def _renumbered(version: Version, release: str) -> dict[str, bytes]:
    """general.yaml with another number; nothing when it has that already, or cannot be read."""
    if not release or version.opened.general is None or release == _number_of(version):
        return {}
    raw = version.opened.files[_GENERAL]
    return {_GENERAL: rewritten(raw, {**read_yaml(raw)[0], "release": release})}


@get_page("/manage/triage/{version:str}/details", verb="edit_triage", who="staff")
async def show_details(exchange: Exchange) -> Response[Any]:
    """The form with a draft's note and number."""
    return await noted(exchange, "edit_triage", _details)


async def _details(exchange: Exchange) -> Response[Any]:
    version = await see_draft(exchange)
    note = version.release.note if version.release else ""
    return await _draw(exchange, version, "change", {"note": note, "release": _number_of(version)})


@post_page("/manage/triage/{version:str}/details", verb="edit_triage", who="staff")
async def change_details(exchange: Exchange) -> Response[Any]:
    """Another note or number of a draft."""
    return await noted(exchange, "edit_triage", _change)


async def _change(exchange: Exchange) -> Response[Any]:
    version = await see_draft(exchange)
    fields, errors = _typed(exchange)
    if errors or version.release is None:
        return await _draw(exchange, version, "change", fields, errors, 422)
    try:
        async with exchange.site.database.transaction() as db:
            latest = await find_version(db, exchange, version.key)
            files = _renumbered(latest, fields["release"])
            await change_draft(db, exchange.by, version.release.id, _changes(exchange), files, fields["note"])
    except Refused as refused:
        if refused.reason != "changed_meanwhile":
            raise
        newest = await see_draft(exchange)
        errors = [Fault("note", exchange.say("editor.draft.overtaken"))]
        return await _draw(exchange, newest, "change", fields, errors, 409)
    return exchange.redirect(version.path)


def _changes(exchange: Exchange) -> int:
    return exchange.number_of("changes")


@post_page("/manage/triage/{version:str}/removals", verb="edit_triage", who="staff")
async def remove_draft(exchange: Exchange) -> Response[Any]:
    """Throw a draft away, as it was read."""
    return await noted(exchange, "edit_triage", _remove)


async def _remove(exchange: Exchange) -> Response[Any]:
    version = await see_draft(exchange)
    if version.release is not None:
        async with exchange.site.database.transaction() as db:
            await drop_draft(db, exchange.by, version.release.id, _changes(exchange))
    return exchange.redirect("/manage/triage?done=removed")


# -- files in and out --------------------------------------------------------------------------------------------------


@get_page("/manage/triage/{version:str}/archive", verb="see_triage", who="staff")
async def show_archive(exchange: Exchange) -> Response[Any]:
    """All files of a version as one zip, byte for byte."""
    return await noted(exchange, "see_triage", _archive)


async def _archive(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    raw = await asyncio.to_thread(write_archive, version.opened.files)
    name = re.sub(r"[^a-z0-9._-]+", "-", f"{version.name}-{version.opened.sha256[:8]}".lower())
    headers = {"content-disposition": f'attachment; filename="{name}.zip"'}
    return Response(raw, media_type="application/zip", headers=headers)


@get_page("/manage/triage-imports", verb="edit_triage", who="staff")
async def show_import(exchange: Exchange) -> Response[Any]:
    """The form that takes a zip."""
    return await noted(exchange, "edit_triage", _import_form)


async def _import_form(exchange: Exchange) -> Response[Any]:
    await _shipped_or_not(exchange)
    return await triage_page(exchange, "import.html", None, errors=[], note="")


async def _shipped_or_not(exchange: Exchange) -> None:
    """NotFound for who may not edit."""
    async with exchange.site.database.transaction() as db:
        if not (await find_version(db, exchange, "shipped")).may_edit:
            raise NotFound("page")


@post_page("/manage/triage-imports", verb="edit_triage", who="staff", max_body=_MAX_BODY)
async def take_import(exchange: Exchange) -> Response[Any]:
    """A new draft from a zip; what cannot be taken is told with the file that it is about."""
    return await noted(exchange, "edit_triage", _import)


async def _import(exchange: Exchange) -> Response[Any]:
    await _shipped_or_not(exchange)
    note, sent = exchange.text_of("note", longest=_LONGEST_NOTE), exchange.form.get("archive")
    raw = await sent.read() if isinstance(sent, UploadFile) else b""
    try:
        if not raw:
            raise Invalid("archive_missing")
        async with exchange.site.database.transaction() as db:
            draft = await import_files(db, exchange.by, raw, note)
    except Invalid as wrong:
        if not wrong.reason.startswith("archive_"):
            raise
        values = {"file": "", "most": "", **wrong.detail}
        errors = [Fault("archive", exchange.told(wrong, "editor.import", **values))]
        return await triage_page(exchange, "import.html", None, status=422, errors=errors, note=note)
    return exchange.redirect(f"/manage/triage/{draft}")


ROUTES = [
    show_beginning, begin_draft, show_details, change_details, remove_draft, show_archive, show_import, take_import,
]  # fmt: skip
