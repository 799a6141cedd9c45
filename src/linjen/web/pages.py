"""Every page of the program, collected from the modules that declare them, as one ASGI app."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from functools import cache
from types import ModuleType
from typing import Any, cast

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

import linjen.web
from linjen.core.errors import Invalid, LinjenError, NotFound
from linjen.core.logs import get_log
from linjen.web.exchange import Exchange
from linjen.web.faults import fault_page
from linjen.web.routing import site_of, wanted_language
from linjen.web.site import Site

log = get_log(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_FLOORS = ("public", "sign_in", "resident", "clinic", "manage", "parts", "api")


def _modules() -> Iterator[ModuleType]:
    for floor in _FLOORS:
        try:
            package = importlib.import_module(f"{linjen.web.__name__}.{floor}")
        except ModuleNotFoundError:
            continue
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(info.name)


def all_pages() -> list[HTTPRouteHandler]:
    """The handlers in each module's ROUTES."""
    return [route for module in _modules() for route in getattr(module, "ROUTES", [])]


class Pages:
    """The pages over one site; `life` is what runs for as long as they are served."""

    def __init__(self, site: Site, life: Callable[[], contextlib.AbstractAsyncContextManager[None]]) -> None:
        self._site = site
        self._life = life
        self._framework = _framework()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the whole life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        scope["state"] = {"site": self._site}
        if scope["method"] == "HEAD":  # the server sends the header of the page and leaves out the page
            scope = {**scope, "method": "GET"}
        await self._framework(cast(Any, scope), cast(Any, receive), cast(Any, send))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with contextlib.AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._life())
            except Exception as error:  # the server that asked ends by this, and its log says why
                log.error("start_failed", exc_info=error)
                await send({"type": "lifespan.startup.failed", "message": type(error).__name__})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


@cache
def _framework() -> Litestar:
    """The router, the same over every site of a process: reading its hundreds of handlers takes a fifth of a second."""
    return Litestar(
        all_pages(), openapi_config=None, debug=False, logging_config=None,
        exception_handlers={HTTPException: _http_fault, Exception: _fault}, request_max_body_size=1_000_000,
    )  # fmt: skip


def _exchange(request: Request[Any, Any, Any]) -> Exchange:
    return Exchange(request, site_of(request), None, wanted_language(request), "")


def _http_fault(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework refuses: an unknown address, a method that is not there, a body too large."""
    # Only a form with files is of several parts; everywhere else it is the words that are too many.
    has_files = request.headers.get("content-type", "").startswith("multipart/")
    too_much = LinjenError("too_large" if has_files else "words_too_large")
    known: dict[int, LinjenError] = {404: NotFound("page"), 405: NotFound("page"), 413: too_much}
    response = fault_page(_exchange(request), known.get(error.status_code) or Invalid("unreadable"))
    response.status_code = error.status_code
    if error.headers:
        response.headers.update({name: value for name, value in error.headers.items() if name.lower() == "allow"})
    return response


def _fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A defect of ours: logged with its trace, told in plain words."""
    log.error("defect", path=request.url.path, exc_info=error)
    return fault_page(_exchange(request), LinjenError("defect"))
