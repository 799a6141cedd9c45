"""A setting of one unit as a page: look at it, decide it, and be told what became of that.

Each such page differs in what its form holds and where that is kept. All of them ask the policy for the same verb
twice, leave a trace of a refusal, keep what was typed beside what is wrong with it, and never overwrite in silence what
somebody else has decided meanwhile: the form brings along what its page showed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at, see_managed_unit
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page

Value = TypeVar("Value")
Draw = Callable[[Exchange, Value, Mapping[str, str], bool], Mapping[str, Any]]


class UnitSetting(Generic[Value]):
    """One setting.

    `name`: of its template manage/<name>.html, and its words under manage.<name>; `path`: the last part of its address.
    `find` reads it and `save` decides it (new, and what the page showed) or raises Invalid or Refused. `read` takes
    both from the form. `draw` gives what the template needs beside the frame: of the setting as it is now, or with the
    last of its arguments of what the form holds, with the errors by field. `tells_ledgers`: open ledgers follow it.
    """

    def __init__(
        self, name: str, path: str, verb: str, *,
        find: Callable[[Connection, UUID], Awaitable[Value]],
        save: Callable[[Connection, By, UUID, Value, Value], Awaitable[None]],
        read: Callable[[Exchange], tuple[Value, Value]],
        draw: Draw[Value],
        tells_ledgers: bool = False,
    ) -> None:  # fmt: skip
        self.name, self.path, self.verb = name, path, verb
        self._find, self._save, self._read, self._draw = find, save, read, draw
        self._tells_ledgers = tells_ledgers

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
        """Back to the page, which says that it is saved, what has to be changed, or that another has decided."""
        unit_id = exchange.id_of("unit_id")
        new, was = self._read(exchange)
        try:
            async with exchange.site.database.transaction() as db:
                await self._save(db, exchange.by, unit_id, new, was)
        except Invalid as error:
            key = f"manage.{self.name}.{error.reason}"
            return await self._page(exchange, {error.field: exchange.say(key, **error.detail)}, typed=True)
        except Refused:
            return await self._page(exchange, typed=True, stale=True)
        if self._tells_ledgers:
            exchange.site.hub.reload_ledgers(unit_id)
        return exchange.redirect(f"/manage/units/{unit_id}/{self.path}?done=1")

    async def _page(
        self, exchange: Exchange, error_of: Mapping[str, str] | None = None, *, typed: bool = False, stale: bool = False
    ) -> Response[Any]:
        unit_id, errors = exchange.id_of("unit_id"), error_of or {}
        async with exchange.site.database.transaction() as db:
            if not await may_at(db, exchange.by, unit_id, self.verb):
                raise NotFound("unit")
            unit = await see_managed_unit(db, exchange.by, unit_id, clock.now())
            now = await self._find(db, unit_id)
        return await manage_page(
            exchange, f"manage/{self.name}.html", status=422 if errors else 409 if stale else 200, unit=unit,
            setting=self.name, path=self.path, error_of=errors, stale=stale,
            errors=[{"field": field, "text": text} for field, text in errors.items()],
            done="done" in exchange.request.query_params and not (errors or stale),
            **self._draw(exchange, now, errors, typed),
        )  # fmt: skip


def whole_number(text: str, otherwise: int) -> int:
    """What was typed as a number; `otherwise`, which nobody can choose, for what is none."""
    return int(text) if text.isascii() and text.isdigit() else otherwise
