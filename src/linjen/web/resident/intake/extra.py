"""Vill du lägga till något: a last box, which the tripwire reads too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from linjen.cases.intake.interview import keep_state, set_words
from linjen.cases.intake.start import Intake
from linjen.core.database import Connection
from linjen.triage.asking.forms import written_in
from linjen.triage.state import LONGEST_WORDS
from linjen.web.resident.intake.flow import form_reasons
from linjen.web.resident.intake.sheet import Fault, Sheet
from linjen.web.resident.intake.step import MAX_WORDS_BODY, Step, Values, passed, routes_of
from linjen.web.resident.intake.words import typed_text


class ExtraStep(Step):
    """May be left empty."""

    name = "extra"
    max_body = MAX_WORDS_BODY

    def stored(self, sheet: Sheet) -> Values:
        """What was added before."""
        return {"extra": sheet.intake.extra}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """Any text that is not too long."""
        extra, faults = typed_text(sheet.exchange, "extra")
        return {"extra": extra}, faults

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """When another window has saved something else, that is shown beside what was typed here."""
        other = sheet.intake.extra if sheet.intake.extra != values["extra"] else ""
        return {"other": other, "longest": LONGEST_WORDS}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """A warning sign in it becomes a question of its own before the case can be sent."""
        extra: str = values["extra"]
        intake = msgspec.structs.replace(sheet.intake, extra=extra, passed=passed(sheet.intake, "extra"))
        later = [*written_in(sheet.protocols, form_reasons(sheet), intake.form), extra]
        return keep_state(intake, set_words(sheet.protocols, sheet.state, sheet.triage_patient, intake.text, later))


ROUTES = routes_of(ExtraStep())
