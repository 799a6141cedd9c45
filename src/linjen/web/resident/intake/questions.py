"""Frågor: one page at a time from the triage, with "vet inte", and every page can be opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response

from linjen.cases.intake.interview import keep_state
from linjen.cases.intake.start import Intake
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.triage import Page, State, answer, page_at, pages_left
from linjen.web.exchange import Exchange
from linjen.web.numbers import whole_number
from linjen.web.resident.intake.answering import AnsweringStep, take_quickly
from linjen.web.resident.intake.flow import back_path, confirms_first, is_in_danger, may_confirm
from linjen.web.resident.intake.question_page import filled_page, page_values, read_page
from linjen.web.resident.intake.sheet import Fault, Sheet
from linjen.web.resident.intake.step import MAX_WORDS_BODY, Values, show_step, take_step
from linjen.web.routing import get_page, post_page

_MOST_PAGES = 500


class QuestionsStep(AnsweringStep):
    """Page `place` of the interview, counted from 1: an answered one, or the one that is next."""

    name = "questions"

    def is_open(self, sheet: Sheet) -> bool:
        """Whether there is such a page, and a form that was sent belongs to it."""
        page, sent = self._page(sheet), sheet.exchange.form.get("page")
        if page is None or not (super().is_open(sheet) or may_confirm(sheet, page, answered=self._is_answered(sheet))):
            return False
        return sheet.exchange.request.method != "POST" or sent == page.id

    def takes_late(self, sheet: Sheet) -> bool:
        """When the triage was turned off in front of somebody, what she had answered on that very page is kept."""
        if not sheet.is_form_only or sheet.kept_state is None:
            return False
        sheet.state = sheet.kept_state
        page = self._page(sheet)
        return page is not None and sheet.exchange.form.get("page") == page.id

    @staticmethod
    def number(sheet: Sheet) -> int:
        """The page's number; NotFound for what is none."""
        text = str(sheet.exchange.request.path_params["place"])
        if not 1 <= (number := whole_number(text)) <= _MOST_PAGES:
            raise NotFound("page")
        return number

    def _page(self, sheet: Sheet) -> Page | None:
        if sheet.state is None:
            return None
        index, answered = self.number(sheet) - 1, len(sheet.state.pages)
        if index < answered:
            return page_at(sheet.protocols, sheet.state, index, sheet.exchange.language)
        return sheet.asked if index == answered else None

    def _is_answered(self, sheet: Sheet) -> bool:
        return sheet.state is not None and self.number(sheet) <= len(sheet.state.pages)

    def page(self, sheet: Sheet) -> Page:
        """The page, once is_open has said that it is there."""
        page = self._page(sheet)
        assert page is not None  # noqa: S101 - is_open() saw it
        return page

    def stored(self, sheet: Sheet) -> Values:
        """The answers given, also those to a question that has come back after a change."""
        assert sheet.state is not None  # noqa: S101 - is_open() saw it
        said = {**sheet.intake.said, **sheet.state.answers}
        return {"fields": filled_page(self.page(sheet), said)}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """Every question of the page has an answer; in a list, what is not ticked is no once anything is chosen."""
        fields, answers, faults = read_page(sheet.exchange, self.page(sheet))
        return {"fields": fields, "answers": answers}, faults

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """The page's heading and questions."""
        drawn, ahead = page_values(sheet.exchange, self.page(sheet), values["fields"]), self._ahead(sheet)
        return drawn | {
            "number": self.number(sheet),
            "ahead": ahead,
            "grown": self._has_grown(sheet, ahead),
            "danger": is_in_danger(sheet, self.page(sheet)),
        }

    def _ahead(self, sheet: Sheet) -> int:
        """About how many pages of questions follow this one."""
        if sheet.state is None or self._is_answered(sheet) or confirms_first(sheet):
            return 0
        return pages_left(sheet.protocols, sheet.state) - 1

    def _has_grown(self, sheet: Sheet, ahead: int) -> bool:
        """Whether more pages are left than the page before told: then it is said why."""
        told = sheet.intake.ahead
        if told is None or sheet.state is None or self._is_answered(sheet) or confirms_first(sheet):
            return False
        return ahead > told - 1

    def answered(self, sheet: Sheet, values: Values) -> tuple[State, Values]:
        """The answers; what hung on an earlier answer is asked anew."""
        assert sheet.state is not None  # noqa: S101 - is_open() saw it
        said = {**sheet.intake.said, **values["answers"]}
        return answer(sheet.protocols, sheet.state, values["answers"]), {"said": said, "ahead": self._told(sheet)}

    def _told(self, sheet: Sheet) -> int | None:
        """How many pages the form itself said would follow; None when it said nothing of that."""
        if sheet.state is None or self._is_answered(sheet) or confirms_first(sheet):
            return None
        sent = sheet.exchange.number_of("ahead", -1, most=999)
        return sent if sent >= 0 else self._ahead(sheet)

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """As `answered`, where the quick way could not be taken."""
        state, changed = self.answered(sheet, values)
        return keep_state(msgspec.structs.replace(sheet.intake, **changed), state)

    def back(self, sheet: Sheet) -> str:
        """The page of questions before, with its answers."""
        number = self.number(sheet)
        return f"{sheet.path}/questions/{number - 1}" if number > 1 else back_path(sheet, "questions")


STEP = QuestionsStep()


@get_page("/intakes/{case_id:str}/questions/{place:str}", verb="write_intake", who="resident")
async def show_questions(exchange: Exchange) -> Response[Any]:
    """One page of questions."""
    return await show_step(exchange, STEP)


@post_page("/intakes/{case_id:str}/questions/{place:str}", verb="write_intake", who="resident", max_body=MAX_WORDS_BODY)
async def take_questions(exchange: Exchange) -> Response[Any]:
    """The answers to one page."""
    return await take_quickly(exchange, STEP) or await take_step(exchange, STEP)


ROUTES = [show_questions, take_questions]
