"""Några frågor till: the short form of a contact reason, asked when the level is set (never part of it)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from linjen.cases.intake.interview import keep_state, set_words
from linjen.cases.intake.start import Intake
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.visible import plain_text
from linjen.triage.asking.forms import FormField, checked_field, form_of, written_in
from linjen.web.resident.intake.around import in_other_language
from linjen.web.resident.intake.flow import form_reasons
from linjen.web.resident.intake.sheet import Fault, Sheet
from linjen.web.resident.intake.step import MAX_WORDS_BODY, Step, Values, passed, routes_of


class FormStep(Step):
    """All questions on one page: they are few, and none of them is asked to sort the case."""

    name = "form"
    max_body = MAX_WORDS_BODY

    def stored(self, sheet: Sheet) -> Values:
        """What was answered before."""
        return {"given": sheet.intake.form}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """Every field as it was sent, also what has to be changed."""
        given: dict[str, str] = {}
        faults: list[Fault] = []
        for field in fields_of(sheet):
            sent = sheet.exchange.form.get(field.id, "")
            given[field.id] = value = plain_text(sent).strip() if isinstance(sent, str) else ""
            try:
                checked_field(field, value)
            except Invalid as wrong:
                words = sheet.exchange.told(wrong, "intake.form", longest=field.longest)
                faults.append(Fault(field.id, words, field.text))
        return {"given": given}, faults

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """The questions."""
        fields = fields_of(sheet)
        return {"fields": fields, "fallback": in_other_language(sheet.exchange, [one.language for one in fields])}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """A warning sign in what was typed becomes a question of its own before the case can be sent."""
        given: dict[str, str] = values["given"]
        intake = msgspec.structs.replace(
            sheet.intake, form={**sheet.intake.form, **given}, passed=passed(sheet.intake, "form")
        )
        if sheet.state is None:
            return intake
        later = [*written_in(sheet.protocols, form_reasons(sheet), intake.form), intake.extra]
        return keep_state(intake, set_words(sheet.protocols, sheet.state, sheet.triage_patient, intake.text, later))


def fields_of(sheet: Sheet) -> list[FormField]:
    """The questions of this draft's form, in the reader's language."""
    return form_of(sheet.protocols, form_reasons(sheet), sheet.triage_patient, sheet.exchange.language)


ROUTES = routes_of(FormStep())
