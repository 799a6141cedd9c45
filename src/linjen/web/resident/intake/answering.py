"""The quick way of an answer: decided on the draft as it is read, then written together with others' (house rule 8).

It holds neither a lock nor a connection while the triage works. Whatever does not simply lead on to the next page is
left to the ordinary way, which opens the draft and tells what is the matter.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
from litestar import Response

from linjen.cases.intake.answers import Answer
from linjen.cases.intake.interview import keep_state
from linjen.cases.intake.start import find_draft_to_answer
from linjen.triage import State
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.flow import next_path, next_step
from linjen.web.resident.intake.sheet import Sheet, sheet_of
from linjen.web.resident.intake.step import SHOWN_AT_ONCE, Step, is_outdated


class AnsweringStep(Step):
    """A page whose form changes nothing but the interview."""

    def answered(self, sheet: Sheet, values: dict[str, Any]) -> tuple[State, dict[str, Any]]:
        """The interview with the answers of the form, and what else of the intake has changed."""
        raise NotImplementedError


async def take_quickly(exchange: Exchange, step: AnsweringStep) -> Response[Any] | None:
    """Answer a POST by saving it and going on; None when that cannot be done."""
    site = exchange.site
    async with site.database.connection() as db:
        draft = await find_draft_to_answer(db, site.sealer, exchange.by, exchange.id_of("case_id"))
        if draft is None:
            return None
        sheet = await sheet_of(db, exchange, draft)
    if not step.is_open(sheet) or is_outdated(sheet):
        return None
    values, faults = step.read(sheet)
    if faults:
        return None
    after = _after(sheet, *step.answered(sheet, values))
    if not await site.answers.submit(_answer(exchange, sheet, after)):
        return None
    return exchange.redirect(next_path(after))


def _after(sheet: Sheet, state: State, changed: dict[str, Any]) -> Sheet:
    """The sheet as the answers leave it."""
    intake = keep_state(msgspec.structs.replace(sheet.intake, **changed), state)
    after = dataclasses.replace(sheet, draft=msgspec.structs.replace(sheet.draft, intake=intake))
    after.state = state  # as it would be read out of the intake again
    return after


def _answer(exchange: Exchange, sheet: Sheet, after: Sheet) -> Answer:
    step = next_step(after)
    found = after.assessment if step in SHOWN_AT_ONCE else None
    return Answer(
        exchange.by, sheet.draft.case.id, sheet.draft.version, after.intake, step,
        found.outcome if found else "", msgspec.json.encode(found) if found else b"",
    )  # fmt: skip
