"""Lägg upp en ny enhet: where a configuration administrator opens a unit, and what comes next (routine F092)."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from linjen.access.access_log import log_access
from linjen.core import swedish
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound
from linjen.core.ids import new_id, parse_id
from linjen.phrases.keeping import copy_phrases
from linjen.units.new_unit import (
    DAYS,
    KINDS,
    LONGEST_NAME,
    Faulty,
    NewUnit,
    Wanted,
    list_providers,
    list_replaceable,
    may_open,
    open_unit,
    see_opened,
)
from linjen.units.opening import see_schedule
from linjen.units.resources import list_resources
from linjen.units.schedule import Schedule
from linjen.units.versions import copy_settings
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.manage.new_unit_words import setting_in_sentences, unit_in_sentences
from linjen.web.manage.versions import SETTINGS
from linjen.web.routing import get_page, post_page
from linjen.web.unit_words import week_in_short

_PATH = "/manage/units/new"
_FIELDS = Wanted.__struct_fields__
_COPIED = [page for page in SETTINGS.values() if page.setting.copy]


class _Rehearsed(msgspec.Struct, frozen=True):
    """A unit that was opened and not kept: its schedule and, of a unit in another's place, what it was given."""

    unit: NewUnit
    schedule: Schedule
    given: list[dict[str, Any]]
    phrases: int


class _NotKept(Exception):
    """Ends a transaction whose changes were only to be looked at."""


@get_page(_PATH, verb="open_unit", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """The form, or with ?opened what comes next for a unit that she has opened; 404 for who opens none."""
    opened = parse_id(exchange.request.query_params.get("opened", ""))
    return await noting_refusals(
        exchange, "open_unit", lambda: _opened(exchange, opened) if opened else _page(exchange, _asked(exchange))
    )


@post_page(_PATH, verb="open_unit", who="staff")
async def decide(exchange: Exchange) -> Response[Any]:
    """How the unit would be, or with it opened what comes next; or what has to be changed first."""
    return await noting_refusals(exchange, "open_unit", lambda: _decide(exchange))


def _asked(exchange: Exchange) -> dict[str, str]:
    """An empty form; the page of a unit that is to be shut names it."""
    return dict.fromkeys(_FIELDS, "") | {"replaces": exchange.request.query_params.get("replaces", "")}


async def _decide(exchange: Exchange) -> Response[Any]:
    typed, unread = _typed(exchange)
    step, unit_id = exchange.text_of("step", longest=10), parse_id(exchange.text_of("id", longest=40)) or new_id()
    if unread:
        return await _page(exchange, typed, unread)
    if step == "change":
        return await _page(exchange, typed)
    wanted = Wanted(**typed)
    try:
        if step != "save":
            return await _look_first(exchange, unit_id, wanted)
        async with exchange.site.database.transaction() as db:
            await _open(db, exchange, unit_id, wanted)
    except Invalid as error:
        return await _page(exchange, typed, error.faults if isinstance(error, Faulty) else [error])
    return exchange.redirect(f"{_PATH}?opened={unit_id}&done=1")


def _typed(exchange: Exchange) -> tuple[dict[str, str], list[Invalid]]:
    """What the form holds, and which of its fields cannot be read at all."""
    typed, faults = dict.fromkeys(_FIELDS, ""), list[Invalid]()
    for field in _FIELDS:
        try:
            typed[field] = exchange.text_of(field)
        except Invalid as error:
            faults.append(error)
    return typed, faults


async def _open(db: Connection, exchange: Exchange, unit_id: UUID, wanted: Wanted) -> tuple[NewUnit, int] | None:
    """The new unit, and how many phrases it was given; None for the same form once more."""
    new, phrases = await open_unit(db, exchange.by, unit_id, wanted), 0
    if new is not None and new.replaces:
        await copy_settings(db, exchange.by, new.replaces, unit_id, [page.setting for page in _COPIED])
        phrases = await copy_phrases(db, new.replaces, unit_id)
    return (new, phrases) if new is not None else None


async def _look_first(exchange: Exchange, unit_id: UUID, wanted: Wanted) -> Response[Any]:
    """Open it with all its checks, look at it, and leave everything as it was."""
    found = None
    with contextlib.suppress(_NotKept):
        async with exchange.site.database.transaction() as db:
            made = await _open(db, exchange, unit_id, wanted)
            if made is not None:
                found = await _look(db, exchange, unit_id, *made)
            raise _NotKept
    if found is None:  # the way back in the browser, after it was opened
        return exchange.redirect(f"{_PATH}?opened={unit_id}&done=1")
    unit = found.unit
    async with exchange.site.database.transaction() as db:
        if unit.replaces:  # its settings are on the page
            await log_access(db, exchange.by, "see_unit", shown=[unit.replaces])
        providers = {one.id: one.name for one in await list_providers(db)}
        old = {one.id: one.name for one in await list_replaceable(db, exchange.by)}
    return await manage_page(
        exchange, "manage/new_unit_preview.html", action=_PATH,
        facts=unit_in_sentences(exchange, unit, providers, old), week=week_in_short(exchange, found.schedule),
        given=found.given, phrases=found.phrases, old=old.get(unit.replaces, "") if unit.replaces else "",
        brought=[("id", str(unit_id)), *((field, getattr(wanted, field)) for field in _FIELDS)],
    )  # fmt: skip


async def _look(db: Connection, exchange: Exchange, unit_id: UUID, unit: NewUnit, phrases: int) -> _Rehearsed:
    schedule, given = await see_schedule(db, unit_id), list[dict[str, Any]]()
    if unit.replaces:
        for page in _COPIED:
            value = await page.setting.find(db, unit_id)
            lines = setting_in_sentences(exchange, page.name, value, page.words(exchange, value))
            given.append({"title": exchange.say(f"manage.{page.name}.title"), "lines": lines})
        roles = ", ".join(exchange.say(f"manage.role.{role}") for role in await list_resources(db, unit_id))
        lines = [roles or exchange.say("manage.new_unit.sum.whole_unit")]
        given.append({"title": exchange.say("manage.new_unit.resources"), "lines": lines})
    return _Rehearsed(unit, schedule, given, phrases)


async def _page(
    exchange: Exchange, typed: Mapping[str, str], faults: list[Invalid] | None = None
) -> Response[Any]:  # fmt: skip
    error_of = {one.field: exchange.told(one, "manage.new_unit") for one in faults or []}
    async with exchange.site.database.transaction() as db:
        if not await may_open(db, exchange.by):
            raise NotFound("page")
        providers, old = await list_providers(db), await list_replaceable(db, exchange.by)
    say = exchange.say
    kinds = {one.id: one.kind for one in old}
    # That of the unit that is replaced, but not beside a sentence that says that it is missing.
    chosen = typed["kind"] or ("" if error_of else kinds.get(parse_id(typed["replaces"]) or new_id(), ""))
    day_names = {day: _day_name(exchange, number) for number, day in enumerate(DAYS)}
    return await manage_page(
        exchange, "manage/new_unit.html", status=422 if error_of else 200, id=exchange.form_id("id"),
        typed={**typed, "kind": chosen}, longest=LONGEST_NAME,
        error_of={field: error_of.get(field) for field in _FIELDS},
        errors=[{"field": field, "text": ": ".join(filter(None, (day_names.get(field), error_of[field])))}
                for field in _FIELDS if field in error_of],
        kinds=[{"value": kind, "text": say(f"manage.kind.{kind}")} for kind in KINDS],
        takes=[{"value": one, "text": say(f"manage.new_unit.takes_{one}"), "hint": say(f"manage.new_unit.hint_{one}")}
               for one in ("yes", "no")],
        providers=[{"value": str(one.id), "text": one.name} for one in providers],
        old=[{"value": str(one.id), "text": f"{one.name} ({say(f'manage.kind.{one.kind}').lower()})"} for one in old],
        days=[{"name": day, "label": label, "value": typed[day], "error": error_of.get(day)}
              for day, label in day_names.items()],
    )  # fmt: skip


def _day_name(exchange: Exchange, number: int) -> str:
    """'Måndag' for 0."""
    monday = date(2024, 1, 1)
    return swedish.weekday(monday + timedelta(days=number), exchange.language).capitalize()


async def _opened(exchange: Exchange, unit_id: UUID) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        unit = await see_opened(db, exchange.by, unit_id)
    return await manage_page(
        exchange, "manage/new_unit_opened.html", unit=unit, done="done" in exchange.request.query_params
    )


ROUTES = [show, decide]
