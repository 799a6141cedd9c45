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
from linjen.triage import Asked, Page, answer, page_at
from linjen.web.exchange import Exchange
from linjen.web.resident.intake_answers import NO, YES, filled_in, read_answer, sent_fields
from linjen.web.resident.intake_flow import back_path
from linjen.web.resident.intake_sheet import Fault, Sheet
from linjen.web.resident.intake_step import Step, Values, show_step, take_step
from linjen.web.routing import get_page, post_page

_MOST_PAGES = 500


class QuestionsStep(Step):
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
        """Every question of the page has an answer; "Inget av detta" is no to all of them."""
        exchange, codes = sheet.exchange, self.page(sheet).codes
        fields: dict[str, str] = {}
        for asked in codes:
            fields |= sent_fields(exchange, asked)
        if exchange.form.get("none") and _is_list(codes):
            if any(fields[asked.code] == YES for asked in codes):
                return {"fields": fields}, [Fault(codes[0].code, exchange.say("intake.questions.none_but_yes"))]
            fields |= {asked.code: NO for asked in codes}
        found = {asked.code: read_answer(exchange, asked, fields) for asked in codes}
        faults = [one for one in found.values() if isinstance(one, Fault)]
        return {"fields": fields, "answers": found}, faults

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """The page's heading and questions."""
        page = self.page(sheet)
        single = len(page.codes) == 1 and page.kind != "tripwire"
        return {
            "asked_page": page, "single": single, "is_list": _is_list(page.codes), "number": self.number(sheet),
            "heading": page.codes[0].text if single else page.text,
        }  # fmt: skip

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """The answers; what hung on an earlier answer is asked anew."""
        assert sheet.state is not None  # noqa: S101 - is_open() saw it
        said = {**sheet.intake.said, **values["answers"]}
        intake = msgspec.structs.replace(sheet.intake, said=said)
        return keep_state(intake, answer(sheet.protocols, sheet.state, values["answers"]))

    def back(self, sheet: Sheet) -> str:
        """The page of questions before, with its answers."""
        number = self.number(sheet)
        return f"{sheet.path}/questions/{number - 1}" if number > 1 else back_path(sheet, "questions")


def _is_list(codes: tuple[Asked, ...]) -> bool:
    return len(codes) > 1 and all(asked.type == "bool" for asked in codes)


STEP = QuestionsStep()


@get_page("/intakes/{case_id:str}/questions/{place:str}", verb="write_intake", who="resident")
async def show_questions(exchange: Exchange) -> Response[Any]:
    """One page of questions."""
    return await show_step(exchange, STEP)


@post_page("/intakes/{case_id:str}/questions/{place:str}", verb="write_intake", who="resident")
async def take_questions(exchange: Exchange) -> Response[Any]:
    """The answers to one page."""
    return await take_step(exchange, STEP)


ROUTES = [show_questions, take_questions]
