"""Frågor: one page at a time from the triage, with "vet inte", and every page can be opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response

from linjen.cases.interview import keep_state
from linjen.cases.start import Intake
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.triage import Asked, Page, State, answer, page_at, pages_ahead
from linjen.triage.tripwire import ALARM_LEVELS, finding_levels
from linjen.web.exchange import Exchange
from linjen.web.resident.intake_answering import AnsweringStep, take_quickly
from linjen.web.resident.intake_answers import (
    NO,
    UNKNOWN,
    YES,
    answer_words,
    confirmed,
    filled_in,
    is_to_confirm,
    read_answer,
    sent_fields,
)
from linjen.web.resident.intake_flow import back_path
from linjen.web.resident.intake_sheet import Fault, Sheet
from linjen.web.resident.intake_step import Values, show_step, take_step
from linjen.web.routing import get_page, post_page

_MOST_PAGES = 500


class QuestionsStep(AnsweringStep):
    """Page `place` of the interview, counted from 1: an answered one, or the one that is next."""

    name = "questions"

    def is_open(self, sheet: Sheet) -> bool:
        """Whether there is such a page, and a form that was sent belongs to it."""
        if not super().is_open(sheet) or self._page(sheet) is None:
            return False
        page, sent = self._page(sheet), sheet.exchange.form.get("page")
        return sheet.exchange.request.method != "POST" or (page is not None and sent == page.id)

    @staticmethod
    def number(sheet: Sheet) -> int:
        """The page's number; NotFound for what is none."""
        text = str(sheet.exchange.request.path_params["place"])
        if not text.isdecimal() or not 1 <= int(text) <= _MOST_PAGES:
            raise NotFound("page")
        return int(text)

    def _page(self, sheet: Sheet) -> Page | None:
        if sheet.state is None:
            return None
        index, answered = self.number(sheet) - 1, len(sheet.state.pages)
        if index < answered:
            return page_at(sheet.protocols, sheet.state, index, sheet.exchange.language)
        return sheet.asked if index == answered else None

    def page(self, sheet: Sheet) -> Page:
        """The page, once is_open has said that it is there."""
        page = self._page(sheet)
        assert page is not None  # noqa: S101 - is_open() saw it
        return page

    def stored(self, sheet: Sheet) -> Values:
        """The answers given, also those to a question that has come back after a change."""
        assert sheet.state is not None  # noqa: S101 - is_open() saw it
        said = {**sheet.intake.said, **sheet.state.answers}
        fields: dict[str, str] = {}
        for asked in self.page(sheet).codes:
            fields |= filled_in(asked, said)
        return {"fields": fields}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """Every question of the page has an answer; in a list, what is not ticked is no once anything is chosen."""
        exchange, page = sheet.exchange, self.page(sheet)
        codes = page.codes
        fields: dict[str, str] = {}
        for asked in codes:
            fields |= sent_fields(exchange, asked)
        if exchange.form.get("do") == "all" and _all_at_once(page):
            fields |= {one.code: confirmed(one) for one in codes if not fields[one.code]}
        if _is_list(page):
            fields, fault = _ticked(exchange, codes, fields)
            if fault is not None:
                return {"fields": fields}, [fault]
        found = {asked.code: read_answer(exchange, asked, fields) for asked in codes}
        faults = [one for one in found.values() if isinstance(one, Fault)]
        return {"fields": fields, "answers": found}, faults

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """The page's heading and questions."""
        page = self.page(sheet)
        single = len(page.codes) == 1 and page.kind != "tripwire"
        chosen = {asked.code: values["fields"][asked.code] for asked in page.codes}
        hints = {asked.code: _hint(sheet, asked) for asked in page.codes}
        return {
            "asked_page": page, "single": single, "is_list": _is_list(page), "number": self.number(sheet),
            "heading": page.codes[0].text if single else page.text,
            "ticked": [{"name": one.code, "text": one.text, "hint": hints[one.code], "value": chosen[one.code]}
                       for one in page.codes],
            "hints": hints, "all_at_once": _all_at_once(page),
            "stated": {one.code: answer_words(sheet.exchange, one, one.stated) for one in page.codes
                       if is_to_confirm(one)},
            "ahead": self._ahead(sheet), "none_chosen": all(value == NO for value in chosen.values()),
        }  # fmt: skip

    def _ahead(self, sheet: Sheet) -> int:
        """About how many pages of questions follow this one."""
        if sheet.state is None or self.number(sheet) <= len(sheet.state.pages):
            return 0
        return pages_ahead(sheet.protocols, sheet.state) - 1

    def answered(self, sheet: Sheet, values: Values) -> tuple[State, Values]:
        """The answers; what hung on an earlier answer is asked anew."""
        assert sheet.state is not None  # noqa: S101 - is_open() saw it
        said = {**sheet.intake.said, **values["answers"]}
        return answer(sheet.protocols, sheet.state, values["answers"]), {"said": said}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """As `answered`, where the quick way could not be taken."""
        state, changed = self.answered(sheet, values)
        return keep_state(msgspec.structs.replace(sheet.intake, **changed), state)

    def back(self, sheet: Sheet) -> str:
        """The page of questions before, with its answers."""
        number = self.number(sheet)
        return f"{sheet.path}/questions/{number - 1}" if number > 1 else back_path(sheet, "questions")


def _hint(sheet: Sheet, asked: Asked) -> str:
    """Her own words where they speak of this, and the help."""
    quote = sheet.exchange.say("intake.questions.you_wrote", words=asked.quote) if asked.quote else ""
    return " ".join(part for part in (quote, asked.help) if part)


def _all_at_once(page: Page) -> bool:
    """Whether one tap may say that all she wrote is right: never for what means haste, which needs its own answer."""
    known = finding_levels()
    return page.kind == "tripwire" and len(page.codes) > 1 and not any(
        known.get(one.code) in ALARM_LEVELS or not one.quote for one in page.codes
    )  # fmt: skip


def _is_list(page: Page) -> bool:
    """Whether the page is a list to tick. What her own words named is asked one by one: each needs its answer."""
    return page.kind != "tripwire" and len(page.codes) > 1 and all(asked.type == "bool" for asked in page.codes)


def _ticked(
    exchange: Exchange, codes: tuple[Asked, ...], fields: dict[str, str]
) -> tuple[dict[str, str], Fault | None]:
    """A list's fields with a yes, a no or an unknown for each code; a fault when nothing was chosen, or both ways."""
    none = bool(exchange.form.get("none"))
    unsure = {one.code for one in codes if fields[f"{one.code}.unknown"] and fields[one.code] != YES}
    given = {one.code: UNKNOWN if one.code in unsure else fields[one.code] for one in codes}
    if none and YES in given.values():
        return {**fields, **given}, Fault("ticks", exchange.say("intake.questions.none_but_yes"))
    if not none and not any(given.values()):
        return {**fields, **given}, Fault("ticks", exchange.say("intake.questions.none_chosen"))
    return {**fields, **{code: value or NO for code, value in given.items()}}, None


STEP = QuestionsStep()


@get_page("/intakes/{case_id:str}/questions/{place:str}", verb="write_intake", who="resident")
async def show_questions(exchange: Exchange) -> Response[Any]:
    """One page of questions."""
    return await show_step(exchange, STEP)


@post_page("/intakes/{case_id:str}/questions/{place:str}", verb="write_intake", who="resident")
async def take_questions(exchange: Exchange) -> Response[Any]:
    """The answers to one page."""
    return await take_quickly(exchange, STEP) or await take_step(exchange, STEP)


ROUTES = [show_questions, take_questions]
