"""Gäller det något av det här: an administrative question may have a short form of its own, found by its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from linjen.cases.intake.start import Intake
from linjen.core.database import Connection
from linjen.triage.asking.wording import name_of
from linjen.web.resident.intake.flow import offered_forms
from linjen.web.resident.intake.sheet import Fault, Sheet
from linjen.web.resident.intake.step import Step, Values, passed, routes_of

_NONE = "none"


class AboutStep(Step):
    """Shown only when the words are like a reason that has a form; "något annat" is always there."""

    name = "about"

    def stored(self, sheet: Sheet) -> Values:
        """What was chosen before."""
        return {"picked": sheet.intake.about or (_NONE if "about" in sheet.intake.passed else "")}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """One of those on the page."""
        chosen = sheet.exchange.text_of("about", longest=60)
        fits = chosen == _NONE or chosen in offered_forms(sheet)
        return {"picked": chosen}, [] if fits else [Fault("about", sheet.exchange.say("intake.about.missing"))]

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """The reasons with their names."""
        language, other = sheet.exchange.language, sheet.exchange.say("intake.reasons.other")
        names = [(one, name_of(sheet.protocols, one, language)) for one in offered_forms(sheet)] + [(_NONE, other)]
        options = [{"value": value, "text": text} for value, text in names]
        return {"options": options, "words": sheet.intake.text}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """The choice; the form is asked anew for another one."""
        chosen = "" if values["picked"] == _NONE else values["picked"]
        done = [step for step in sheet.intake.passed if step != "form" or chosen == sheet.intake.about]
        intake = msgspec.structs.replace(sheet.intake, about=chosen, passed=done)
        return msgspec.structs.replace(intake, passed=passed(intake, "about"))


ROUTES = routes_of(AboutStep())
