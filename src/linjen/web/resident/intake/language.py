"""Ett annat språk: words in another language are met in it where we can, and with a phone call or an interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from linjen.cases.intake.start import Intake
from linjen.core.database import Connection
from linjen.web.resident.intake.sheet import Fault, Sheet
from linjen.web.resident.intake.step import Step, Values, passed, routes_of
from linjen.web.sign_in.staying import speak
from linjen.web.words import LANGUAGES, read_greetings


class LanguageStep(Step):
    """Shown once for a text; going on in Swedish is always possible, and what was written goes to staff as it is."""

    name = "language"

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """Whether the pages are wanted in the language of the words."""
        return {"switch": sheet.exchange.form.get("do") == "switch" and sheet.foreign in LANGUAGES}, []

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """What we say in that language, when we can."""
        greeting = read_greetings().get(sheet.foreign)
        return {"greeting": greeting, "foreign": sheet.foreign, "has_version": sheet.foreign in LANGUAGES,
                "words": sheet.intake.text}  # fmt: skip

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """She has been told; the pages change language if she wants."""
        if values["switch"]:
            await speak(sheet.exchange, sheet.foreign)
        return msgspec.structs.replace(sheet.intake, passed=passed(sheet.intake, "language"))


ROUTES = routes_of(LanguageStep())
