"""How a page of the intake is shown and taken: one way for all, so that no page forgets the token, version or draft.

A POST is read in full before anything is judged, so that what was typed comes back with the words of what to change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from linjen.cases.intake.interview import keep_assessment
from linjen.cases.intake.start import KEPT_DAYS, Intake, note_step, save_intake
from linjen.cases.loading import see_case
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.flow import back_path, is_first_after_questions, may_show, next_path, next_step, part_of
from linjen.web.resident.intake.sheet import Fault, Sheet, open_sheet, see_sheet, turn_sheet
from linjen.web.routing import get_page, post_page

Values = dict[str, Any]

#: Pages that tell what the triage says before the case is sent: it is kept with the draft then.
SHOWN_AT_ONCE = frozenset({"emergency", "self_care"})
#: Bytes: several long texts, and one that is told to be too long with all that was typed still there.
MAX_WORDS_BODY = 1024 * 1024


class Step:
    """One page of the intake. A page says its name and overrides what it needs."""

    name = ""
    max_body = 256 * 1024
    limit = ""

    @property
    def path(self) -> str:
        """The address after the draft's own."""
        return self.name.replace("_", "-")

    async def prepare(self, exchange: Exchange) -> Any:
        """What has to be found out before the draft is opened, because it takes time; nothing for most pages."""

    def is_open(self, sheet: Sheet) -> bool:
        """Whether this page may be shown now."""
        return may_show(sheet, self.name)

    def takes_late(self, sheet: Sheet) -> bool:
        """Whether a form that was drawn while its page still was there is taken, now that the page is gone."""
        return False

    def stored(self, sheet: Sheet) -> Values:
        """The form as it is saved."""
        return {}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """The form as it was sent, and what has to be changed in it."""
        return {}, []

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """What the template needs besides the values."""
        return {}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """Do what the page is for; the intake as it is to be saved."""
        return sheet.intake

    def back(self, sheet: Sheet) -> str:
        """Where the back link leads."""
        return back_path(sheet, self.name)

    def draw(self, sheet: Sheet, values: Values, errors: Sequence[Fault] = (), *, newer: bool = False) -> Response[str]:
        """The page with these values; 422 with errors, 409 when the draft was changed in another window."""
        return sheet.exchange.page(
            f"resident/intake/{self.name}.html", status=422 if errors else 409 if newer else 200, errors=errors,
            newer=newer, version=sheet.draft.version, back=self.back(sheet), about=sheet.about, intake_path=sheet.path,
            part=part_of(sheet, self.name), admin=sheet.is_admin, tab="home", kept_days=KEPT_DAYS,
            finished=is_first_after_questions(sheet, self.name), **sheet.around, **values,
            **self.context(sheet, values),
        )  # fmt: skip


async def show_step(exchange: Exchange, step: Step) -> Response[Any]:
    """Answer a GET: the page as saved, or the way to the page whose turn it is."""
    prepared = await step.prepare(exchange)
    try:
        async with exchange.site.database.connection() as db:  # the draft and its row in the log are one statement
            sheet = await see_sheet(db, exchange)
    except Refused as refused:
        return await leave(exchange, refused)
    sheet.prepared = prepared
    if not step.is_open(sheet):
        return exchange.redirect(next_path(sheet))
    newer = "newer" in exchange.request.query_params
    return step.draw(sheet, step.stored(sheet), newer=newer)


async def take_step(exchange: Exchange, step: Step) -> Response[Any]:
    """Answer a POST: save it and go on, or the page again with the words of what to change."""
    prepared = await step.prepare(exchange)
    try:
        async with exchange.site.database.transaction() as db:
            sheet = await open_sheet(db, exchange)
            sheet.prepared = prepared
            return await _take(db, sheet, step)
    except Refused as refused:
        return await leave(exchange, refused)


async def _take(db: Connection, sheet: Sheet, step: Step) -> Response[Any]:
    is_open = step.is_open(sheet)
    if not is_open and not step.takes_late(sheet):
        return sheet.exchange.redirect(f"{next_path(sheet)}?newer=1")
    values, errors = step.read(sheet)
    if not is_open and (is_outdated(sheet) or errors):
        return sheet.exchange.redirect(next_path(await turn_sheet(db, sheet)))
    if is_outdated(sheet) or errors:
        return step.draw(sheet, values, errors, newer=is_outdated(sheet))
    intake = await step.keep(db, sheet, values)
    return sheet.exchange.redirect(await save(db, sheet, intake))


def is_outdated(sheet: Sheet) -> bool:
    """Whether the form that was sent was drawn before the draft's latest change, made in another window."""
    return sheet.exchange.form.get("version") != str(sheet.draft.version)


async def save(db: Connection, sheet: Sheet, intake: Intake) -> str:
    """Save the intake with what the triage now says; the address of the next page."""
    exchange = sheet.exchange
    await save_intake(db, exchange.site.sealer, sheet.draft, intake, "")
    after = await turn_sheet(db, sheet)
    found = after.assessment
    if found and next_step(after) in SHOWN_AT_ONCE:
        await keep_assessment(db, exchange.site.sealer, after.draft.case.id, found)
    await note_step(db, after.draft.case.id, next_step(after))
    return next_path(after)


async def leave(exchange: Exchange, refused: Refused, *, again: bool = False) -> Response[Any]:
    """A draft that was sent or closed leads to what became of it; any other refusal is told as such.

    What was filled in after that, in another window, is not in the case: then it is said so, and where to write it.
    `again` for what is the same whenever it is done, such as sending.
    """
    if refused.reason != "wrong_state" or refused.detail.get("state") == "abandoned":
        raise refused
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"))
    late = exchange.request.method == "POST" and not again
    if case.sent_at is not None:
        if late:
            raise Refused("draft_sent" if case.state != "closed" else "draft_closed")
        return exchange.redirect(f"/intakes/{case.id}/receipt")
    if case.close_reason == "self_care":
        if late:
            raise Refused("draft_advised")
        return exchange.redirect(f"/intakes/{case.id}/advice")
    raise refused


def passed(intake: Intake, step: str) -> list[str]:
    """The steps gone on from, with this one."""
    return [*(name for name in intake.passed if name != step), step]


def routes_of(step: Step) -> list[HTTPRouteHandler]:
    """The page's two routes."""

    async def show(exchange: Exchange) -> Response[Any]:
        return await show_step(exchange, step)

    async def take(exchange: Exchange) -> Response[Any]:
        return await take_step(exchange, step)

    show.__name__, take.__name__ = f"show_intake_{step.name}", f"take_intake_{step.name}"
    path = f"/intakes/{{case_id:str}}/{step.path}"
    return [
        get_page(path, verb="write_intake", who="resident")(show),
        post_page(path, verb="write_intake", who="resident", max_body=step.max_body, limit=step.limit)(take),
    ]
