"""Låter det som sjukdom: an administrative question whose words name a warning sign is shown the way to care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from linjen.cases.intake.start import Intake
from linjen.core.database import Connection
from linjen.web.resident.intake.flow import is_emergency
from linjen.web.resident.intake.sheet import Sheet
from linjen.web.resident.intake.step import Step, Values, passed, routes_of


class WarningStep(Step):
    """ "Sök vård" is suggested, or 112 for what may be life-threatening; going on is always allowed."""

    name = "warning"

    def is_open(self, sheet: Sheet) -> bool:
        """Once there are words with a warning sign. Without triage the 112 page says it, and is answered here."""
        if sheet.is_form_only:
            return sheet.exchange.request.method == "POST" and is_emergency(sheet)
        return sheet.is_admin and bool(sheet.assessment and sheet.assessment.words)

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """What she wrote that sounded so."""
        found = sheet.assessment
        heard = " … ".join(dict.fromkeys(words for words in found.words.values() if words)) if found else ""
        asked = sheet.exchange.site.shelf.is_on
        return {"heard": heard, "life": bool(found and found.outcome == "emergency"), "asked": asked}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """She has been told and goes on."""
        heard = sorted(sheet.assessment.words) if sheet.assessment else []
        return msgspec.structs.replace(sheet.intake, warned=heard, passed=passed(sheet.intake, "warning"))


ROUTES = routes_of(WarningStep())
