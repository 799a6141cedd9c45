"""Sidor för fraser: the list and the form of phrases, the same for a unit's and for one's own."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, Protocol
from uuid import UUID, uuid4

import msgspec
from litestar import Response

from linjen.cases.talk.fields import FIELDS
from linjen.core import clock
from linjen.core.errors import Invalid, Refused, Reused
from linjen.core.ids import parse_id
from linjen.core.swedish import date_words
from linjen.phrases.keeping import (
    LONGEST_BODY,
    LONGEST_SHORT,
    LONGEST_TITLE,
    Wording,
    add_phrase,
    change_phrase,
    remove_phrase,
    restore_phrase,
)
from linjen.phrases.library import Home, Phrase, list_kept, see_kept
from linjen.web.exchange import Exchange
from linjen.web.parts.tone_words import hints_in_words, tone_url

#: What has just been done, told once above the list; the words stand under phrases.done.
_DONE = ("added", "changed", "removed", "restored")


class Draw(Protocol):
    """Draws a template in the frame of its floor."""

    def __call__(self, template: str, *, status: int = 200, **values: Any) -> Awaitable[Response[Any]]: ...


class Shelf(msgspec.Struct, frozen=True):
    """Whose phrases a page shows, its address without a slash at the end, and how its pages are drawn."""

    home: Home
    address: str
    draw: Draw


async def show_list(exchange: Exchange, shelf: Shelf, **more: Any) -> Response[Any]:
    """All phrases of the home, those that are removed below; `more` goes to the template."""
    async with exchange.site.database.connection() as db:
        kept = await list_kept(db, exchange.by, shelf.home)
    done = exchange.request.query_params.get("done", "")
    return await shelf.draw(
        "phrases.html", address=shelf.address, done=done if done in _DONE else "",
        phrases=phrases_in_words(exchange, [one for one in kept if one.removed_at is None]),
        removed=phrases_in_words(exchange, [one for one in kept if one.removed_at is not None]), **more,
    )  # fmt: skip


def phrases_in_words(exchange: Exchange, phrases: Sequence[Phrase]) -> list[dict[str, Any]]:
    """What the lists draw of each phrase."""
    return [
        {"id": str(one.id), "title": one.title, "short": one.short, "body": one.body, "own": one.own,
         "hints": hints_in_words(one.body),
         "changed": exchange.say("phrases.changed", name=one.changed_by,
                                 date=date_words(clock.local_date(one.changed_at)))}
        for one in phrases
    ]  # fmt: skip


async def ask_new(exchange: Exchange, shelf: Shelf) -> Response[Any]:
    """The empty form; its id is made here, so that a double press is one phrase."""
    async with exchange.site.database.connection() as db:
        await list_kept(db, exchange.by, shelf.home)  # who does not keep them learns nothing of the form
    return await _form(exchange, shelf, Wording("", "", ""), new_id=str(uuid4()))


async def ask_change(exchange: Exchange, shelf: Shelf) -> Response[Any]:
    """The form with a phrase as it stands."""
    async with exchange.site.database.connection() as db:
        phrase = await see_kept(db, exchange.by, shelf.home, exchange.id_of("phrase_id"))
    return await _form(exchange, shelf, Wording(phrase.title, phrase.short, phrase.body), phrase=phrase)


async def take_new(exchange: Exchange, shelf: Shelf) -> Response[Any]:
    """A new phrase, or the form anew with what was typed."""
    typed, new_id = _typed(exchange), exchange.text_of("phrase_id", longest=40)
    try:
        phrase_id = parse_id(new_id)
        if phrase_id is None:
            raise Invalid("unreadable", "title")
        async with exchange.site.database.transaction() as db:
            await add_phrase(db, exchange.by, shelf.home, phrase_id, typed)
    except Invalid as error:
        return await _form(
            exchange, shelf, typed, new_id=str(uuid4()) if isinstance(error, Reused) else new_id, error=error
        )
    return exchange.redirect(f"{shelf.address}?done=added#p-{phrase_id}")


async def take_change(exchange: Exchange, shelf: Shelf) -> Response[Any]:
    """The phrase with its new wording; who comes second sees what stands there now, and keeps what she typed."""
    typed, phrase_id = _typed(exchange), exchange.id_of("phrase_id")
    try:
        async with exchange.site.database.transaction() as db:
            await change_phrase(db, exchange.by, shelf.home, phrase_id, exchange.number_of("version"), typed)
    except (Invalid, Refused) as error:
        async with exchange.site.database.connection() as db:
            phrase = await see_kept(db, exchange.by, shelf.home, phrase_id)
        return await _form(exchange, shelf, typed, phrase=phrase, error=error)
    return exchange.redirect(f"{shelf.address}?done=changed#p-{phrase_id}")


async def take_removal(exchange: Exchange, shelf: Shelf) -> Response[Any]:
    """Not offered any more."""
    return await _do(exchange, shelf, remove_phrase, "removed")


async def take_restoration(exchange: Exchange, shelf: Shelf) -> Response[Any]:
    """Offered again."""
    return await _do(exchange, shelf, restore_phrase, "restored")


async def _do(exchange: Exchange, shelf: Shelf, verb: Any, done: str) -> Response[Any]:
    phrase_id: UUID = exchange.id_of("phrase_id")
    async with exchange.site.database.transaction() as db:
        await verb(db, exchange.by, shelf.home, phrase_id)
    return exchange.redirect(f"{shelf.address}?done={done}#p-{phrase_id}")


def _typed(exchange: Exchange) -> Wording:
    return Wording(exchange.text_of("title"), exchange.text_of("short"), exchange.text_of("body", longest=20_000))


def _told(exchange: Exchange, error: Invalid | Refused) -> dict[str, str]:
    """The sentence of an error beside its field."""
    if isinstance(error, Refused):
        return {"body": exchange.say(f"phrases.fault.{error.reason}", **error.detail)}
    if error.detail.get("like"):
        return {error.field or "body": exchange.say("phrases.fault.unknown_field_like", **error.detail)}
    return {error.field or "body": exchange.told(error, "phrases.fault")}


async def _form(
    exchange: Exchange, shelf: Shelf, wording: Wording, *, phrase: Phrase | None = None, new_id: str = "",
    error: Invalid | Refused | None = None,
) -> Response[Any]:  # fmt: skip
    told = _told(exchange, error) if error else {}
    errors = [{"field": name, "text": text} for name, text in told.items()]
    changed = phrase if isinstance(error, Refused) else None
    return await shelf.draw(
        "phrase.html", status=(409 if changed else 422) if error else 200, address=shelf.address, wording=wording,
        phrase=phrase, new_id=new_id, error_of=told, errors=errors, fields=[f"[{name}]" for name in FIELDS],
        stands=phrases_in_words(exchange, [changed])[0] if changed else None,
        tone=tone_url(), hints=hints_in_words(wording.body),
        longest={"title": LONGEST_TITLE, "short": LONGEST_SHORT, "body": LONGEST_BODY},
    )  # fmt: skip
