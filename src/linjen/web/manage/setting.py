"""A setting of one unit as a page: look at it, see what a change of it would do, save it, be told what became of that.

Each such page differs in what its form holds and where that is kept. All of them ask the policy for the same verb
twice, leave a trace of a refusal, keep what was typed beside what is wrong with it, and never overwrite in silence what
somebody else has decided meanwhile: the form brings along what its page showed. What is sent is shown first ("Så här
blir det"), by doing it and taking it back before it is committed; saving it keeps it as a version (units/versions.py).
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import ManagedUnit, may_at, see_managed_unit
from linjen.units.versions import Setting, Version, change_setting, mark_of, undo_change
from linjen.web.exchange import Exchange
from linjen.web.manage.changes import Rehearsal, Words, draw_change
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page

Value = TypeVar("Value")
Draw = Callable[[Exchange, Value, Mapping[str, str], bool], Mapping[str, Any]]


class _NotKept(Exception):
    """Ends a transaction whose changes were only to be looked at."""


async def _nothing(_: Connection, __: UUID) -> Mapping[str, int]:
    return {}


async def _nothing_seen(_: Exchange, __: Connection, ___: UUID) -> Any:
    return None


async def _nothing_around(_: Exchange, __: Connection, ___: UUID) -> Mapping[str, Any]:
    return {}


class UnitSetting(Generic[Value]):
    """One setting.

    `setting` is how it is kept; its name is also that of its template manage/<name>.html, and of its words under
    manage.<name>. `path`: the last part of its address. `read` takes the new value, and what the page showed, from the
    form. `draw` gives what the template needs beside the frame: of the setting as it is now, or with the last of its
    arguments of what the form holds, with the errors by field. `words` says a value to people, a name and a value each.
    `counts` are figures that follow from it, by name, each with its words under manage.<name>.counts; they are taken
    before and after the change, and so is what `sees` looks at; `says` makes of all this what the preview needs beside
    the frame. `around` gives what else its page shows, from the database. `preview`: the template
    that shows the change. `tells_ledgers`: open ledgers follow it. `takes_text`: somebody writes in it, so that a text
    which cannot be taken is told beside it.
    """

    def __init__(
        self, setting: Setting[Value], path: str, *,
        read: Callable[[Exchange], tuple[Value, Any]],
        draw: Draw[Value],
        words: Words[Value],
        counts: Callable[[Connection, UUID], Awaitable[Mapping[str, int]]] = _nothing,
        around: Callable[[Exchange, Connection, UUID], Awaitable[Mapping[str, Any]]] = _nothing_around,
        sees: Callable[[Exchange, Connection, UUID], Awaitable[Any]] = _nothing_seen,
        says: Callable[[Exchange, Rehearsal[Value]], Mapping[str, Any]] = lambda _, __: {},
        preview: str = "manage/preview.html",
        tells_ledgers: bool = False,
        takes_text: bool = False,
    ) -> None:  # fmt: skip
        self.setting, self.name, self.verb, self.path, self.words = setting, setting.name, setting.verb, path, words
        self._read, self._draw, self._counts, self._preview = read, draw, counts, preview
        self._sees, self._says = sees, says
        self._around, self._tells_ledgers, self._takes_text = around, tells_ledgers, takes_text

    def routes(self) -> list[HTTPRouteHandler]:
        """Its page and its form; both 404 for who does not decide it."""
        address = f"/manage/units/{{unit_id:str}}/{self.path}"

        @get_page(address, verb=self.verb, who="staff")
        async def show(exchange: Exchange) -> Response[Any]:
            return await noting_refusals(exchange, self.verb, lambda: self._page(exchange))

        @post_page(address, verb=self.verb, who="staff")
        async def decide(exchange: Exchange) -> Response[Any]:
            return await noting_refusals(exchange, self.verb, lambda: self._decide(exchange))

        return [show, decide]

    async def _decide(self, exchange: Exchange) -> Response[Any]:
        """What the change would do, or with it saved back to the page; or what has to be changed first."""
        step = exchange.text_of("step", longest=10)
        if step == "change":
            return await self._page(exchange, typed=True)
        try:
            new, shown = self._read(exchange)
            if step != "save":
                return await self._look_first(exchange, new, shown)
            async with exchange.site.database.transaction() as db:
                await change_setting(db, exchange.by, exchange.id_of("unit_id"), self.setting, new, shown)
        except Invalid as error:
            return await self._page(exchange, {error.field: self.told(exchange, error)}, typed=True)
        except Refused:
            return await self._page(exchange, typed=True, stale=True)
        self.tell(exchange)
        return exchange.redirect(f"{self.address(exchange)}?done=1")

    async def _look_first(self, exchange: Exchange, new: Value, shown: Any) -> Response[Any]:
        """Before it is saved; what changes nothing needs no look."""
        unit_id = exchange.id_of("unit_id")
        found = await self._rehearse(
            exchange, lambda db: change_setting(db, exchange.by, unit_id, self.setting, new, shown)
        )
        if self.setting.write(found.was) == self.setting.write(found.becomes):
            return exchange.redirect(f"{self.address(exchange)}?same=1")
        brought = [(name, value) for name, value in exchange.form.multi_items()
                   if isinstance(value, str) and name not in {"csrf", "step"}]  # fmt: skip
        return await self.preview(exchange, found, action=self.address(exchange), brought=brought)

    async def rehearse_undoing(self, exchange: Exchange, version: Version) -> Rehearsal[Value]:
        """What putting back the earlier value would do now; raises what doing it would."""
        unit_id = exchange.id_of("unit_id")

        async def undo(db: Connection) -> tuple[Value, Value]:
            now = await self.setting.find(db, unit_id)
            return await undo_change(db, exchange.by, unit_id, self.setting, version, mark_of(self.setting, now))

        return await self._rehearse(exchange, undo)

    async def _rehearse(
        self, exchange: Exchange, change: Callable[[Connection], Awaitable[tuple[Value, Value]]]
    ) -> Rehearsal[Value]:
        """Do it with all its checks, count what follows, and leave everything as it was."""
        unit_id, found = exchange.id_of("unit_id"), None
        with contextlib.suppress(_NotKept):
            async with exchange.site.database.transaction() as db:
                before, seen = await self._counts(db, unit_id), await self._sees(exchange, db, unit_id)
                was, becomes = await change(db)
                after = await self._counts(db, unit_id)
                found = Rehearsal(was, becomes, before, after, seen, await self._sees(exchange, db, unit_id))
                raise _NotKept
        assert found is not None  # noqa: S101 - else the change has raised
        return found

    async def preview(
        self, exchange: Exchange, found: Rehearsal[Value], *, action: str, brought: list[tuple[str, str]],
        undoing: str = "",
    ) -> Response[Any]:  # fmt: skip
        """The page that shows the change, with its button; `undoing` says which change it takes back."""
        async with exchange.site.database.transaction() as db:
            unit = await self._see(db, exchange)
        return await manage_page(
            exchange, self._preview, unit=unit, setting=self.name, path=self.path, action=action, brought=brought,
            undoing=undoing, becomes=found.becomes, **draw_change(exchange, self.name, self.words, found),
            **self._says(exchange, found),
        )  # fmt: skip

    async def _see(self, db: Connection, exchange: Exchange) -> ManagedUnit:
        unit_id = exchange.id_of("unit_id")
        if not await may_at(db, exchange.by, unit_id, self.verb):
            raise NotFound("unit")
        return await see_managed_unit(db, exchange.by, unit_id, clock.now())

    async def _page(
        self, exchange: Exchange, error_of: Mapping[str, str] | None = None, *, typed: bool = False, stale: bool = False
    ) -> Response[Any]:
        errors, asked = error_of or {}, exchange.request.query_params
        async with exchange.site.database.transaction() as db:
            unit = await self._see(db, exchange)
            now = await self.setting.find(db, unit.id)
            around = await self._around(exchange, db, unit.id)
        return await manage_page(
            exchange, f"manage/{self.name}.html", status=422 if errors else 409 if stale else 200, unit=unit,
            setting=self.name, path=self.path, error_of=errors, stale=stale,
            errors=[{"field": field, "text": text} for field, text in errors.items()],
            done="done" in asked and not typed, same="same" in asked and not typed,
            **self._draw(exchange, now, errors, typed), **around,
        )  # fmt: skip

    def address(self, exchange: Exchange) -> str:
        """Of its page."""
        return f"/manage/units/{exchange.id_of('unit_id')}/{self.path}"

    def told(self, exchange: Exchange, error: Invalid) -> str:
        """What is to be changed; raises the error on where no form of ours could have brought it."""
        if error.reason in {"too_long", "unreadable"} and not self._takes_text:
            raise error
        return exchange.told(error, f"manage.{self.name}")

    def tell(self, exchange: Exchange) -> None:
        """Open ledgers, of what is saved."""
        if self._tells_ledgers:
            exchange.site.hub.reload_ledgers(exchange.id_of("unit_id"))
