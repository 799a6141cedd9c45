"""Every page of the program, collected from the modules that declare them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from litestar.handlers import HTTPRouteHandler

import linjen.web

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
