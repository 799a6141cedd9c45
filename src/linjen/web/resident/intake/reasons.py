"""Vad handlar det om: the contact reasons that fit the words best, and always "Något annat"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from linjen.cases.intake.interview import keep_state
from linjen.cases.intake.start import Intake
from linjen.core.database import Connection
from linjen.triage import candidates, choose
from linjen.triage.asking.plausible import FALLBACK
from linjen.triage.asking.wording import name_of
from linjen.web.resident.intake.flow import is_in_danger
from linjen.web.resident.intake.sheet import Fault, Sheet
from linjen.web.resident.intake.step import Step, Values, passed, routes_of


class ReasonsStep(Step):
    """Several may be chosen; the best fitting one of them names the case."""

    name = "reasons"

    def stored(self, sheet: Sheet) -> Values:
        """What was chosen before, as far as it is still among the best."""
        return {"reasons": [reason for reason in sheet.intake.reasons if reason in _offered(sheet)]}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """At least one, of those on the page."""
        sent = set(sheet.exchange.all_of("reasons"))
        chosen = [reason for reason in _offered(sheet) if reason in sent]
        faults = [] if chosen else [Fault("reasons", sheet.exchange.say("intake.reasons.missing"))]
        return {"reasons": chosen}, faults

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """The reasons with their names."""
        say, language = sheet.exchange.say, sheet.exchange.language
        names = {
            reason: say("intake.reasons.other") if reason == FALLBACK else name_of(sheet.protocols, reason, language)
            for reason in _offered(sheet)
        }
        options = [
            {"value": reason, "text": name, "hint": say("intake.reasons.other_hint") if reason == FALLBACK else ""}
            for reason, name in names.items()
        ]
        return {"options": options, "words": sheet.intake.text, "danger": is_in_danger(sheet)}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """The choice; answers that are still asked for stay."""
        chosen: list[str] = values["reasons"]
        assert sheet.state is not None  # noqa: S101 - the steps before see to it
        intake = msgspec.structs.replace(
            sheet.intake, reasons=chosen, passed=passed(sheet.intake, "reasons"), want_contact=False
        )
        # "Något annat" beside a named reason says only that there is more; the general questions come when it is alone.
        named = [reason for reason in chosen if reason != FALLBACK] or chosen
        if tuple(named) == sheet.state.chosen:
            return keep_state(intake, sheet.state)
        return keep_state(intake, choose(sheet.protocols, sheet.state, named))


def _offered(sheet: Sheet) -> list[str]:
    assert sheet.state is not None  # noqa: S101 - the steps before see to it
    best = [one.id for one in candidates(sheet.protocols, sheet.state)]
    return list(dict.fromkeys(best))


ROUTES = routes_of(ReasonsStep())
