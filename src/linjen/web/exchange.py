"""One request and its answer: who asks, in which language, and how the answer is drawn."""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import FormMultiDict
from litestar.response import Redirect

from linjen.access.by import By
from linjen.access.sessions import Session
from linjen.core.errors import Invalid, LinjenError, NotFound, Reused
from linjen.core.ids import new_id, parse_id
from linjen.core.visible import is_visible, plain_text
from linjen.web.numbers import LARGE, whole_number
from linjen.web.site import Site
from linjen.web.templates import Page, draw
from linjen.web.words import has_word, say, tongue_of

#: Why any field of any form may not be taken (`text_of`).
_COMMON = frozenset({"too_long", "unreadable"})


@dataclasses.dataclass
class Exchange:
    """What a page handler gets instead of a bare request."""

    request: Request[Any, Any, Any]
    site: Site
    session: Session | None
    #: Which words: a language, or an easier way to say it such as sv-latt.
    words: str
    csrf: str
    person: Any = None
    unit: Any = None
    form: FormMultiDict = dataclasses.field(default_factory=FormMultiDict)
    cookies: list[Any] = dataclasses.field(default_factory=list)
    #: The status of the answer to a form whose id was taken already; 0 where none was.
    stale: int = 0

    @property
    def language(self) -> str:
        """The language of the page, for dates and for what is written elsewhere: `sv` for Lätt svenska, too."""
        return tongue_of(self.words)

    @property
    def by(self) -> By:
        """The acting person; only on routes that demand one."""
        if self.session is None:
            raise NotFound("session")
        return self.session.by()

    def told(self, error: LinjenError, words: str, **values: object) -> str:
        """What is to be changed, from the words under `words`; of a form whose id was taken, that it is to go anew.

        `words` that ends with "_" is the beginning of the key itself. A reason that has no words there, such as of a
        hidden field that came back too long, is told in common ones: no form breaks for want of a sentence.
        """
        if isinstance(error, Reused):
            self.stale = 422 if error.elsewhere else 409
            return self.say("faults.old_form")
        if error.reason == "unfilled_field":  # the same wherever something is written to a patient
            return self.say("phrases.chat.unfilled", name=f"[{error.detail.get('name', '')}]")
        key = f"{words}{'' if words.endswith('_') else '.'}{error.reason}"
        if not has_word("sv", key):
            key = f"faults.field_{error.reason if error.reason in _COMMON else 'other'}"
        return self.say(key, **{**error.detail, **values})

    def form_id(self, field: str) -> str:
        """The id of a form drawn anew: its own, so that a double press is one, or a fresh one when that is taken."""
        return (not self.stale and self.text_of(field, longest=40)) or str(new_id())

    def id_of(self, name: str) -> UUID:
        """A UUID from the path; NotFound when it is none."""
        found = parse_id(str(self.request.path_params[name]))
        if found is None:
            raise NotFound(name)
        return found

    def text_of(self, field: str, *, longest: int = 8_000) -> str:
        """A field of the form as stripped text, '' when absent; Invalid('too_long' | 'unreadable')."""
        value = self.form.get(field, "")
        text = plain_text(value).strip() if isinstance(value, str) else ""
        if len(text) > longest:
            raise Invalid("too_long", field, longest=longest)
        if "\x00" in text or any(0xD800 <= ord(char) <= 0xDFFF for char in text):
            raise Invalid("unreadable", field)
        return text if is_visible(text) else ""

    def number_of(self, field: str, otherwise: int = 0, *, most: int = LARGE) -> int:
        """A number that the form carries, such as how the case stood when it was drawn; `otherwise` where it is none
        of 0 to `most`, so that what no page of ours sends is told like a form that is old, or not filled in.
        """
        value = self.form.get(field, "")
        return whole_number(value.strip(), otherwise, most=most) if isinstance(value, str) else otherwise

    def all_of(self, field: str) -> list[str]:
        """Every text value of a field that may come many times."""
        return [value for value in self.form.getall(field, []) if isinstance(value, str)]

    def say(self, key: str, **values: object) -> str:
        """A text of the word files in the language of this page."""
        return say(self.words, key, **values)

    def page_context(self) -> Page:
        """What the layouts know."""
        return Page(
            language=self.language, words=self.words, csrf=self.csrf, path=self.request.url.path,
            region_name=self.site.settings.region_name, person=self.person, unit=self.unit,
            demo=self.site.settings.demo, idle_left_s=self.session.idle_left_s if self.session else 0,
            keep_key=self._keep_key(),
        )  # fmt: skip

    def _keep_key(self) -> str:
        """Her own as long as the installation's keys are the same; no page of a locked session brings it along."""
        if self.session is None or self.session.locked:
            return ""
        return self.site.sealer.token("kept_texts", self.session.person_id.bytes)

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response[str]:
        """An HTML answer drawn from a template."""
        html = draw(template, self.page_context(), **values)
        return Response(html, media_type="text/html", status_code=self.stale or status, cookies=self.cookies)

    def redirect(self, path: str) -> Response[Any]:
        """See other: the answer to every POST that worked."""
        return Redirect(path, status_code=303, cookies=self.cookies)
