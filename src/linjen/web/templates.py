"""Pages drawn on the server: Jinja templates that lie beside their handlers, with words by key and hashed files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import msgspec

from linjen.core import swedish
from linjen.web.words import say

_WEB = Path(__file__).parent
STATIC = _WEB / "static"


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What every layout knows of the page that is being drawn."""

    language: str
    csrf: str
    path: str
    region_name: str
    person: Any = None
    unit: Any = None
    demo: bool = False
    idle_left_s: int = 0


@cache
def static_url(name: str) -> str:
    """The address of a file in static/, with a hash of its content, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{digest}/{name}"


@cache
def environment() -> jinja2.Environment:
    """The one template environment: autoescape on, unknown names are errors."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_WEB), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    env.globals["static"] = static_url
    env.globals["date_words"] = swedish.date_words
    env.globals["time_words"] = swedish.time_words
    return env


def translator(language: str) -> Callable[..., str]:
    """The `t` of the templates."""

    def t(key: str, **values: object) -> str:
        return say(language, key, **values)

    return t


def draw(template: str, page: Page, **values: Any) -> str:
    """The HTML of a template for one page."""
    return environment().get_template(template).render(page=page, t=translator(page.language), **values)
