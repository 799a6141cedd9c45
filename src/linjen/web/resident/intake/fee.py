"""Information om patientavgifter: read and accepted before going on (routine F075)."""

from __future__ import annotations

from linjen.cases.intake.start import Intake
from linjen.cases.patients.consent import FEE, give_consent
from linjen.core.database import Connection
from linjen.web.resident.intake.sheet import Sheet
from linjen.web.resident.intake.step import Step, Values, routes_of


class FeeStep(Step):
    """One button: going on is the approval, and there is no other way on."""

    name = "fee"

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """The approval, with time and wording; once is enough."""
        case = sheet.draft.case
        assert case.patient_id is not None  # noqa: S101 - the steps before see to it
        if FEE not in sheet.consents:
            await give_consent(db, sheet.exchange.by, case.id, case.patient_id, FEE, True)
        return sheet.intake


ROUTES = routes_of(FeeStep())
