"""En fil i triagen: a contact reason as a readable page and as a flow; the shared files in the same words."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import NotFound
from linjen.triage.content.files import Loaded
from linjen.triage.content.shape import CodesFile, DangerFile, GeneralFile, ReasonFile, RiskFile
from linjen.triage.in_words.opened import Opened
from linjen.triage.in_words.reason_words import (
    care_lines,
    choosing_of,
    form_lines,
    heading_of,
    rules_of,
    sign_of,
    signature_of,
    signs_of,
)
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import Version, file_name_of, noted, see_version, triage_page
from linjen.web.routing import get_page
from linjen.web.words import has_word


@get_page("/manage/triage/{version:str}/files/{file:str}", verb="see_triage", who="staff")
async def show_file(exchange: Exchange) -> Response[Any]:
    """One file as a page to read."""
    return await noted(exchange, "see_triage", _file)


async def _file(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    name = file_name_of(exchange, version)
    loaded = version.opened.loaded.get(name)
    english = exchange.request.query_params.get("english") == "1"
    if loaded is None:
        return await triage_page(
            exchange, "broken.html", version, file=name, problem=version.opened.broken[name],
            lines=numbered(version.opened.files[name]),
        )  # fmt: skip
    if isinstance(loaded.file, ReasonFile):
        view = reason_view(version.opened, loaded.file)
        saved = exchange.request.query_params.get("saved") == "1"
        return await triage_page(exchange, "reason.html", version, view=view, english=english, file=name, saved=saved)
    view = shared_view(version.opened, loaded) | _named(exchange, loaded)
    return await triage_page(exchange, "shared.html", version, view=view, english=english, file=name)


@get_page("/manage/triage/{version:str}/files/{file:str}/flow", verb="see_triage", who="staff")
async def show_flow(exchange: Exchange) -> Response[Any]:
    """One contact reason as a flow, from own words to the outcome."""
    return await noted(exchange, "see_triage", _flow)


async def _flow(exchange: Exchange) -> Response[Any]:
    version = await see_version(exchange)
    loaded = version.opened.loaded.get(file_name_of(exchange, version))
    if loaded is None or not isinstance(loaded.file, ReasonFile):
        raise NotFound("file")
    view = reason_view(version.opened, loaded.file)
    return await triage_page(exchange, "flow.html", version, view=view, screens=_screens(version), file=loaded.name)


def reason_view(opened: Opened, file: ReasonFile) -> dict[str, Any]:
    """Everything that the pages of a contact reason show."""
    known = opened.known.reasons.get(file.id)
    rules = rules_of(opened, file, file.rules)
    return {
        "file": file, "name": file.name or (known.name if known else file.id), "group": known.group if known else "",
        "is_admin": known is not None and known.kind == "admin", "choosing": choosing_of(opened, file),
        "flags": signs_of(opened, file.red_flags.ask), "headings": [heading_of(opened, one) for one in file.questions],
        "risks": signs_of(opened, file.risk_groups), "rules": rules,
        "levels": [(level, [rule for rule in rules if rule.level == level]) for level in range(1, 5)],
        "staff_first": signs_of(opened, file.staff_first), "form": form_lines(file), "care": care_lines(file),
        "signed": signature_of(file),
    }  # fmt: skip


def shared_view(opened: Opened, loaded: Loaded) -> dict[str, Any]:
    """What a file that all reasons share shows: headings, rules, terms and wordings, as far as it has them."""
    file = loaded.file
    headings: list[tuple[str, str, list[Any]]] = []
    view: dict[str, Any] = {
        "kind": file.kind,
        "rules": [],
        "support": [],
        "form": [],
        "terms": [],
        "floors": [],
        "codes": [],
        "default": None,
    }
    if isinstance(file, GeneralFile):
        view["default"], view["form"] = file.default, form_lines(file)
        view["support"] = [(opened.condition(one.condition), one) for one in file.support]
        headings = [(part, "", [heading_of(opened, one) for one in getattr(file, part)])
                    for part in ("questions", "always", "compass")]  # fmt: skip
    if isinstance(file, DangerFile):
        headings = [("screens", opened.condition(screen.condition), [heading_of(opened, one) for one in screen.pages])
                    for screen in file.screens]  # fmt: skip
    if isinstance(file, GeneralFile | RiskFile):
        view["rules"] = rules_of(opened, file, file.rules)
    if isinstance(file, RiskFile):
        view["terms"] = [(name, opened.condition(text)) for name, text in file.terms.items()]
        view["floors"] = [sign_of(opened, floor.code) for floor in file.floors]
    if isinstance(file, CodesFile):
        view["codes"] = signs_of(opened, file.codes)
    return view | {"headings": headings, "signed": signature_of(file)}


def _named(exchange: Exchange, loaded: Loaded) -> dict[str, str]:
    """What a shared file is called, and what it is for; a kind that these pages do not know keeps its file's name."""
    title, text = f"editor.shared.{loaded.file.kind}", f"editor.shared_text.{loaded.file.kind}"
    if not has_word("sv", title):
        return {"title": loaded.name, "text": ""}
    return {"title": exchange.say(title), "text": exchange.say(text)}


def _screens(version: Version) -> list[tuple[str, int]]:
    """For whom each danger screen is, and how many warning signs it asks for."""
    danger = version.opened.danger
    return [
        (version.opened.condition(screen.condition), sum(len(page.ask) for page in screen.pages))
        for screen in (danger.screens if danger else [])
    ]


def numbered(raw: bytes) -> list[tuple[int, str]]:
    """The lines of a file with their numbers from 1; bytes that are no UTF-8 are shown as such."""
    return list(enumerate(raw.decode("utf-8", "replace").splitlines(), start=1))


ROUTES = [show_file, show_flow]
