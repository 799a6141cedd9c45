"""Pages drawn on the server: Jinja templates that lie beside their handlers, with words by key and hashed files."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import jinja2.runtime
import msgspec
from markupsafe import Markup, escape

from linjen.core import swedish
from linjen.web.assets import static_url
from linjen.web.clinic.desk.keys import key_help, key_map
from linjen.web.words import LANGUAGES, is_right_to_left, read_words, say, tongue_of

_WEB = Path(__file__).parent


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What every layout knows of the page that is being drawn."""

    language: str
    csrf: str
    path: str
    region_name: str
    words: str = ""
    person: Any = None
    unit: Any = None
    demo: bool = False
    idle_left_s: int = 0
    #: What a staff page seals with what must be kept of its forms while the screen is locked (static/js/kept.js).
    keep_key: str = ""

    @property
    def chosen(self) -> str:
        """The words that it is written in: its language's, or an easier way of it."""
        return self.words or self.language

    @property
    def runs_left(self) -> bool:
        """Whether it runs from right to left."""
        return is_right_to_left(self.chosen)


class Sources(jinja2.FileSystemLoader):
    """Reads templates with the words and addresses that never change put in, which halves the time of a page."""

    _FIXED = re.compile(r"""{{ (t|static)\([\"']([\w./-]+)[\"']\) }}""")
    _PARTS = re.compile(r"""({%-? from [\"']([\w./]+)[\"'] import [^%]*?) with context( -?%})""")

    def __init__(self, language: str, folder: Path = _WEB) -> None:
        super().__init__(folder)
        self._language = language
        self._asking: dict[str, bool] = {}

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The source with `{{ t("key") }}` and `{{ static("file") }}` put in, and the page given only to who asks.

        Parts that are imported with context are made anew for each page; those that never look at it need not be.
        """
        source, path, is_fresh = super().get_source(environment, template)

        def import_part(found: re.Match[str]) -> str:
            return found[0] if self._needs_context(environment, found[2]) else found[1] + found[3]

        return self._FIXED.sub(self._put_in, self._PARTS.sub(import_part, source)), path, is_fresh

    def _needs_context(self, environment: jinja2.Environment, part: str) -> bool:
        if part not in self._asking:
            source = super().get_source(environment, part)[0]
            names = jinja2.meta.find_undeclared_variables(environment.parse(source)) - environment.globals.keys()
            inner = (found[2] for found in self._PARTS.finditer(source))
            self._asking[part] = bool(names) or any(self._needs_context(environment, one) for one in inner)
        return self._asking[part]

    def _put_in(self, found: re.Match[str]) -> str:
        text = static_url(found[2]) if found[1] == "static" else say(self._language, found[2])
        return found[0] if "{" in text else str(escape(text))


def _language(code: str) -> tuple[str, str, str, str]:
    """A language's code, the language it is written in, what it calls itself, and how it invites to its pages."""
    words = read_words(code)
    name = words.get("parts.language_name", code)
    return code, tongue_of(code), name, words.get("profile.show_pages", name)


_LANGUAGES = [_language(code) for code in LANGUAGES]


class _Template(jinja2.Template):
    """A template whose parts are made once: the engine asks at each import whether a page has globals of its own."""

    def _get_default_module(self, ctx: jinja2.runtime.Context | None = None) -> Any:
        if self._module is None:
            self._module = self.make_module()
        return self._module


class _Environment(jinja2.Environment):
    template_class = _Template


@cache
def environment(language: str) -> jinja2.Environment:
    """The template environment of a language: autoescape on, unknown names are errors."""
    env = _Environment(
        loader=Sources(language), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    env.globals["static"] = static_url
    env.globals["t"] = translator(language)
    env.globals["languages"] = _LANGUAGES
    env.globals["date_words"] = swedish.date_words
    env.globals["keys_dialog"] = partial(_keys_dialog, env)
    env.globals["grouped"] = partial(swedish.grouped, language=language)
    return env


def _keys_dialog(env: jinja2.Environment, person: Any) -> Markup:
    """The list of keys of a staff member, which stands in each of her pages; most people have the usual ones."""
    own = tuple(sorted((person["keys"] or {}).items()))
    return _draw_keys(env, own, single=bool(person["single_keys"]))


@lru_cache(maxsize=256)
def _draw_keys(env: jinja2.Environment, own: tuple[tuple[str, str], ...], *, single: bool) -> Markup:
    keys = dict(own)
    html = env.get_template("clinic/desk/keys.html").render(groups=key_help(keys), map=key_map(keys), single=single)
    return Markup(html)  # noqa: S704 - drawn by a template, which escapes


def translator(language: str) -> Callable[..., str]:
    """The `t` of the templates."""

    def t(key: str, **values: object) -> str:
        return say(language, key, **values)

    return t


def draw(template: str, page: Page, **values: Any) -> str:
    """The HTML of a template for one page."""
    return environment(page.chosen).get_template(template).render(page=page, **values)
