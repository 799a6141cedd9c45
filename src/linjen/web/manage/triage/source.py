"""Filen som text: a whole protocol file in one box, for who wants it; kept byte for byte where it is not changed."""

from __future__ import annotations

import difflib
from itertools import islice
from typing import Any

from litestar import Response

from linjen.core.errors import NotFound, Refused
from linjen.triage.content.yaml_lines import MAX_BYTES
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.checking import Checked, check_change
from linjen.web.manage.triage.frame import Version, noted, reason_names, triage_page
from linjen.web.manage.triage.saving import base_of, save_file, see_draft
from linjen.web.resident.intake.sheet import Fault
from linjen.web.routing import get_page, post_page

_PATH = "/manage/triage/{version:str}/files/{file:str}/source"
#: A file of the largest size with every sign written out as a form does, and the form around it.
_MAX_BODY = 4 * MAX_BYTES
_MOST_DIFFERENCES = 400


@get_page(_PATH, verb="edit_triage", who="staff")
async def show_source(exchange: Exchange) -> Response[Any]:
    """The file as it is written."""
    return await noted(exchange, "edit_triage", _show)


async def _show(exchange: Exchange) -> Response[Any]:
    version = await see_draft(exchange)
    name = _name_of(exchange, version)
    raw = version.opened.files.get(name)
    saved = exchange.request.query_params.get("saved") == "1"
    text = raw.decode("utf-8", "replace") if raw is not None else _beginning_of(version, name)
    checked = await check_change(exchange, version, name, raw) if saved else None
    return await _draw(exchange, version, name, text, checked=checked, saved=saved)


def _name_of(exchange: Exchange, version: Version) -> str:
    """The file of the address; one that is not there yet may be that of a contact reason."""
    name = str(exchange.request.path_params["file"])
    if f"{name}.yaml" not in version.opened.files and name not in version.opened.known.reasons:
        raise NotFound("file")
    return f"{name}.yaml"


def _beginning_of(version: Version, name: str) -> str:
    id = name.removesuffix(".yaml")
    known = version.opened.known.reasons[id]
    return (
        f"kind: reason\nid: {id}\nname: {known.name}\nversion: 1\nauthor: \nsource: \nreviewed: false\n"
        "example: true\n\n"
        f"default:\n  level: {known.latest}\n  why: \n\nlead: []\nred_flags:\n  ask: []\nquestions: []\nrules: []\n"
    )


@post_page(_PATH, verb="edit_triage", who="staff", max_body=_MAX_BODY)
async def take_source(exchange: Exchange) -> Response[Any]:
    """Check or save what was typed."""
    return await noted(exchange, "edit_triage", _take)


async def _take(exchange: Exchange) -> Response[Any]:
    version = await see_draft(exchange)
    name = _name_of(exchange, version)
    before = version.opened.files.get(name)
    sent = exchange.form.get("text", "")
    text = sent.replace("\r\n", "\n") if isinstance(sent, str) else ""
    fault = _fault_of(exchange, text)
    if fault is not None:
        return await _draw(exchange, version, name, text, faults=[fault], status=422)
    raw = as_bytes(text, before)
    if exchange.text_of("base", longest=80) != base_of(before):
        return await _draw(exchange, version, name, text, status=409)
    act = exchange.text_of("act", longest=20)
    if act != "keep":
        checked = await check_change(exchange, version, name, raw, tries=act == "check")
        if act == "check" or checked.new:
            return await _draw(exchange, version, name, text, checked=checked, status=422 if act == "save" else 200)
    try:
        await save_file(exchange, version, name, base_of(before), raw)
    except Refused as refused:
        if refused.reason != "changed_meanwhile":
            raise
        return await _draw(exchange, await see_draft(exchange), name, text, status=409)
    return exchange.redirect(f"{version.path}/files/{name.removesuffix('.yaml')}/source?saved=1")


def _fault_of(exchange: Exchange, text: str) -> Fault | None:
    if not text.strip():
        return Fault("text", exchange.say("editor.fault.empty"))
    if any(0xD800 <= ord(one) <= 0xDFFF or one == "\x00" for one in text):
        return Fault("text", exchange.say("editor.fault.unreadable"))
    if len(text.encode()) > MAX_BYTES:
        return Fault("text", exchange.say("editor.source.too_large"))
    return None


def as_bytes(text: str, before: bytes | None) -> bytes:
    """What was typed, with the line ends of the file before; the very same bytes when nothing was changed."""
    if before is None:
        return text.encode()
    old = before.decode("utf-8", "replace")
    plain = old.replace("\r\n", "\n")
    if plain == text:
        return before
    ends = "\r\n" if "\r\n" in old and old.count("\r\n") == old.count("\n") else "\n"
    return text.replace("\n", ends).encode()


async def _draw(
    exchange: Exchange, version: Version, name: str, text: str, *, faults: list[Fault] | None = None,
    checked: Checked | None = None, status: int = 200, saved: bool = False,
) -> Response[Any]:  # fmt: skip
    before = version.opened.files.get(name)
    errors = faults or [Fault("text", f"{exchange.say('editor.line', line=one.line)}: {one.words}")
                        for one in (checked.problems if checked else [])]  # fmt: skip
    return await triage_page(
        exchange, "source.html", version, status=status, file=name, text=text, base=base_of(before),
        errors=errors, checked=checked, saved=saved, overtaken=status == 409, names=reason_names(version),
        compared=_compared(before or b"", text) if status == 409 else [], has_reading=name in version.opened.loaded,
    )  # fmt: skip


def _compared(saved: bytes, typed: str) -> list[str]:
    """The lines that differ between what is saved and what was typed, as a unified diff without its head."""
    old = saved.decode("utf-8", "replace").splitlines()
    found = difflib.unified_diff(old, typed.splitlines(), lineterm="", n=1)
    return list(islice(found, 2, 2 + _MOST_DIFFERENCES))


ROUTES = [show_source, take_source]
