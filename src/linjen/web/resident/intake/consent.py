"""Lämna samtycke: allow or do not allow, for the care history and the medication list (routine F016)."""

from __future__ import annotations

from linjen.cases.intake.start import Intake
from linjen.cases.patients.consent import CARE_HISTORY, MEDICATION_LIST, give_consent
from linjen.core.database import Connection
from linjen.web.resident.intake.sheet import Fault, Sheet
from linjen.web.resident.intake.step import Step, Values, routes_of

_KINDS = (CARE_HISTORY, MEDICATION_LIST)


class ConsentStep(Step):
    """Two questions with equal answers, neither chosen beforehand; a refusal stops nothing."""

    name = "consent"

    def stored(self, sheet: Sheet) -> Values:
        """What was chosen for this patient in this case."""
        given = sheet.consents
        return {kind: ("allow" if given[kind].choice else "refuse") if kind in given else "" for kind in _KINDS}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """Both must be answered."""
        values = {kind: sheet.exchange.text_of(kind, longest=20) for kind in _KINDS}
        missing = [kind for kind in _KINDS if values[kind] not in {"allow", "refuse"}]
        return values, [Fault(kind, sheet.exchange.say(f"intake.consent.missing_{kind}")) for kind in missing]

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """A row for each choice that is new or changed."""
        case = sheet.draft.case
        assert case.patient_id is not None  # noqa: S101 - the steps before see to it
        for kind in _KINDS:
            choice = values[kind] == "allow"
            if kind not in sheet.consents or sheet.consents[kind].choice != choice:
                await give_consent(db, sheet.exchange.by, case.id, case.patient_id, kind, choice)
        return sheet.intake


ROUTES = routes_of(ConsentStep())
