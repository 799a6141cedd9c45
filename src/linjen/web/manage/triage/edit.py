"""Ändra en del av en fil: its fields in a form, with the linter's answers and the vignettes that change beside it.

Only what the form is about is written anew; the rest of the file stays letter by letter. Who has been overtaken by
somebody else gets the page again with what was typed, and decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Response

from linjen.core.errors import Invalid, NotFound, Refused
from linjen.triage.content.file_parts import (
    NEW,
    ORDERED,
    Where,
    find_part,
    listed_in,
    place_of,
    with_part,
    without_part,
)
from linjen.triage.content.part_fields import Field, fields_of
from linjen.triage.content.yaml_lines import read_yaml
from linjen.triage.content.yaml_writing import rewritten
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.checking import Checked, check_change
from linjen.web.manage.triage.fields import PREFIX, drawn_fields, shown_fields, typed_fields, values_of
from linjen.web.manage.triage.frame import Version, file_name_of, noted, reason_names, triage_page
from linjen.web.manage.triage.saving import base_of, save_file, see_draft
from linjen.web.resident.intake.sheet import Fault
from linjen.web.routing import get_page, post_page

#: Words of the help -> what is written.
_CONDITIONS = {
    "flag": "resp.hemoptysis",
    "number": "gen.temp >= 38.5",
    "choice": "gen.course in (worse, same)",
    "unknown": "unknown(gen.fever)",
    "patient": "age_years < 1, male, female, by_self",
    "term": "feber",
    "joined": "a and b, a or b, not a, ( … )",
    "count": "any(a, b), all(a, b), count(a, b, c) >= 2",
}
_PATH = "/manage/triage/{version:str}/files/{file:str}/edit/{part:str}"


@dataclass(frozen=True)
class Sheet:
    """One part of a file of a draft, as its form knows it."""

    version: Version
    name: str
    raw: bytes
    content: dict[str, Any]
    where: Where
    fields: list[Field]

    @property
    def file_path(self) -> str:
        """The page of the file."""
        return f"{self.version.path}/files/{self.name.removesuffix('.yaml')}"

    @property
    def path(self) -> str:
        """The page of this form."""
        return f"{self.file_path}/edit/{self.where.part}" + (f"/{self.where.item}" if self.where.item else "")

    @property
    def order(self) -> list[str]:
        """The ids of the list that it stands in, where their order counts."""
        return listed_in(self.content, self.where) if self.where.part in ORDERED and not self.where.is_new else []


async def _sheet(exchange: Exchange) -> Sheet | None:
    """The part that the address names; None for a file that can only be mended as text."""
    version = await see_draft(exchange)
    name = file_name_of(exchange, version)
    raw = version.opened.files[name]
    params = exchange.request.path_params
    where = Where(str(params["part"]), str(params.get("item", "")))
    try:
        content = read_yaml(raw)[0]
    except Invalid:
        return None
    kind = content.get("kind") if isinstance(content, dict) else None
    if not isinstance(kind, str):
        return None
    try:
        find_part(content, where)
    except (AttributeError, TypeError, KeyError):  # the file is no such file as it says
        return None
    return Sheet(version, name, raw, content, where, fields_of(kind, where))


@get_page(_PATH, verb="edit_triage", who="staff")
async def show_part(exchange: Exchange) -> Response[Any]:
    """The form of what there is only one of in a file."""
    return await noted(exchange, "edit_triage", _show)


@get_page(_PATH + "/{item:str}", verb="edit_triage", who="staff")
async def show_item(exchange: Exchange) -> Response[Any]:
    """The form of a rule, a question or another one of many."""
    return await noted(exchange, "edit_triage", _show)


async def _show(exchange: Exchange) -> Response[Any]:
    sheet = await _sheet(exchange)
    if sheet is None:
        return exchange.redirect(_source_path(exchange))
    typed = shown_fields(sheet.fields, find_part(sheet.content, sheet.where), sheet.version.opened)
    if sheet.where.is_new and "id" in typed:
        typed["id"] = f"{sheet.content.get('id', 'allmant')}."
    saved = exchange.request.query_params.get("saved") == "1"
    checked = await _checked(exchange, sheet, sheet.raw) if saved else None
    return await _draw(exchange, sheet, typed, checked=checked, saved=saved)


def _source_path(exchange: Exchange) -> str:
    params = exchange.request.path_params
    return f"/manage/triage/{params['version']}/files/{params['file']}/source"


@post_page(_PATH, verb="edit_triage", who="staff")
async def take_part(exchange: Exchange) -> Response[Any]:
    """Check or save."""
    return await noted(exchange, "edit_triage", _take)


@post_page(_PATH + "/{item:str}", verb="edit_triage", who="staff")
async def take_item(exchange: Exchange) -> Response[Any]:
    """Check, save or take away."""
    return await noted(exchange, "edit_triage", _take)


async def _take(exchange: Exchange) -> Response[Any]:
    sheet = await _sheet(exchange)
    if sheet is None:
        return exchange.redirect(_source_path(exchange))
    act = exchange.text_of("act", longest=20)
    typed, faults = typed_fields(exchange, sheet.fields)
    values, wrong = values_of(exchange, sheet.fields, typed, sheet.version.opened)
    removing = act in {"remove", "remove_now"}
    if (faults or wrong) and not removing:
        return await _draw(exchange, sheet, typed, faults=[*faults, *wrong], status=422)
    if exchange.text_of("base", longest=80) != base_of(sheet.raw):
        return await _draw(exchange, sheet, typed, status=409, overtaken=True)
    try:
        new = _changed(exchange, sheet, values, removing=removing)
    except Invalid as error:
        words = exchange.told(error, "editor.fault")
        return await _draw(exchange, sheet, typed, faults=[Fault("form", words)], status=422)
    after = _after(sheet, values)
    checked = await _checked(exchange, after, new, tries=act in {"check", "remove"})
    if act in {"check", "remove"} or (act == "save" and checked.new):
        status = 422 if act == "save" else 200
        return await _draw(exchange, sheet, typed, checked=checked, status=status, removing=act == "remove")
    try:
        await save_file(exchange, sheet.version, sheet.name, base_of(sheet.raw), new)
    except Refused as refused:
        if refused.reason != "changed_meanwhile":
            raise
        newest = await _sheet(exchange)
        return await _draw(exchange, newest or sheet, typed, status=409, overtaken=True)
    return exchange.redirect(f"{sheet.file_path}?saved=1" if removing else f"{after.path}?saved=1")


def _changed(exchange: Exchange, sheet: Sheet, values: dict[str, Any], *, removing: bool) -> bytes:
    """The file with the change. Raises Invalid("cannot_rewrite", "id_taken")."""
    if removing:
        return rewritten(sheet.raw, without_part(sheet.content, sheet.where))
    id = str(values.get("id") or values.get("code") or "")
    if id and id != sheet.where.item and id in listed_in(sheet.content, sheet.where):
        raise Invalid("id_taken")
    place = exchange.number_of("place", -1)
    at = place - 1 if sheet.order and place >= 0 else None
    return rewritten(sheet.raw, with_part(sheet.content, sheet.where, values, at))


def _after(sheet: Sheet, values: dict[str, Any]) -> Sheet:
    """The form as it is addressed when the change has been made: an item may have got another id."""
    item = sheet.where.item
    if item and sheet.where.part != "codes":
        item = str(values.get("id") or values.get("code") or item)
        if item == NEW:
            item = str(len(listed_in(sheet.content, sheet.where)) + 1)
    return Sheet(sheet.version, sheet.name, sheet.raw, sheet.content, Where(sheet.where.part, item), sheet.fields)


async def _checked(exchange: Exchange, sheet: Sheet, raw: bytes, *, tries: bool = True) -> Checked:
    try:
        place = place_of(read_yaml(raw)[0], sheet.where)
    except NotFound:
        place = ""
    names = [one.name for one in sheet.fields]
    return await check_change(exchange, sheet.version, sheet.name, raw, place, names, tries=tries)


async def _draw(
    exchange: Exchange, sheet: Sheet, typed: dict[str, str], *, faults: list[Fault] | None = None,
    checked: Checked | None = None, status: int = 200, saved: bool = False, overtaken: bool = False,
    removing: bool = False,
) -> Response[Any]:  # fmt: skip
    found = dict(checked.fields) if checked else {}
    found |= {one.field.removeprefix(PREFIX): one.text for one in faults or []}
    errors = faults or [Fault(PREFIX + name, text) for name, text in found.items()]
    errors += [Fault("answers", one.words) for one in (checked.problems if checked else ()) if not one.here]
    opened = sheet.version.opened
    stored = shown_fields(sheet.fields, find_part(sheet.content, sheet.where), opened) if overtaken else {}
    return await triage_page(
        exchange, "edit.html", sheet.version, status=status, sheet=sheet, errors=errors, checked=checked,
        fields=drawn_fields(exchange, sheet.fields, typed, found), saved=saved, overtaken=overtaken, removing=removing,
        base=base_of(sheet.raw), place=_place(sheet), title=_title(exchange, sheet.where),
        words=opened.condition(typed["if"]) if typed.get("if") and not opened.fault_of(typed["if"]) else "",
        stored=drawn_fields(exchange, sheet.fields, stored, {}) if overtaken else [],
        names=reason_names(sheet.version), help=_help(exchange),
    )  # fmt: skip


def _help(exchange: Exchange) -> list[tuple[str, str]]:
    """What may be written in a condition, and what it means."""
    return [(text, exchange.say(f"editor.help.{key}")) for key, text in _CONDITIONS.items()]


def _place(sheet: Sheet) -> tuple[int, int] | None:
    """Which of how many it is, where the order counts."""
    order = sheet.order
    return (order.index(sheet.where.item) + 1, len(order)) if sheet.where.item in order else None


def _title(exchange: Exchange, where: Where) -> str:
    kind = exchange.say(f"editor.kind.{where.part}")
    if where.is_new:
        return exchange.say("editor.edit.title_new", kind=kind)
    return exchange.say("editor.edit.title_item", kind=kind, item=where.item) if where.item else kind


ROUTES = [show_part, show_item, take_part, take_item]
