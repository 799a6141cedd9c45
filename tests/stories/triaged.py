"""A case that the real triage has asked about, for the stories of who reads it."""

from __future__ import annotations

from uuid import UUID

from linjen.cases.intake.interview import conclude, concluded, keep_assessment, keep_state
from linjen.cases.intake.start import open_draft, save_intake
from linjen.demo.cases import SeedCase
from linjen.media.decoding import Prepared
from linjen.media.pictures import add_picture
from linjen.triage import State, answer, begin, choose, load, next_page
from linjen.triage.asking.wording import asked as worded
from linjen.triage.state import Patient, Value
from tests.region import Region

_NUMBERS = {"gen.temp": 38.4, "gen.duration_days": 3, "gen.fever_days": 2, "pain.severity": 5, "heart.rate": 80}

WORDS = "Jag har ont i halsen sedan i måndags & det gör ont att svälja"


def interviewed(yes: set[str], unknown: set[str]) -> State:
    """A whole interview about a sore throat: yes to some findings, "vet inte" to others, no to the rest."""
    protocols = load()
    state = choose(protocols, begin(protocols, 67, "male", "self", WORDS), ["halsont"])
    while page := next_page(protocols, state):
        given: dict[str, Value] = {}
        for asked in page.codes:
            value: Value = asked.code in yes
            if asked.type == "enum":
                value = asked.values[0].value
            elif asked.type == "number":
                value = _NUMBERS.get(asked.code, 2)
            elif asked.type == "text":
                value = "Nej"
            given[asked.code] = None if asked.code in unknown else value
        state = answer(protocols, state, given)
    return state


async def send_triaged(region: Region, writer: str, yes: set[str], unknown: set[str], pictures: int = 0) -> UUID:
    """Send it, with so many pictures, as a resident's page does."""
    site, by = region.site, region.actors.resident(writer)
    seed = SeedCase(site.database, site.sealer, region.actors)
    case_id = await seed.draft(writer, "symptom", writer, "ankaret", WORDS)
    state = interviewed(yes, unknown)
    async with site.database.transaction() as db:
        draft = await open_draft(db, site.sealer, by, case_id)
        intake = keep_state(draft.intake, state)
        await save_intake(db, site.sealer, draft, intake, "check")
        assessment = concluded(load(), state, conclude(load(), state, intake), "sv")
        await keep_assessment(db, site.sealer, case_id, assessment)
        for number in range(pictures):
            await add_picture(
                db, site.sealer, by, case_id, Prepared(b"stor %d" % number, b"liten %d" % number, 8, 8)
            )  # fmt: skip
    await seed.send(writer, case_id, assessment.urgency or 4, assessment.contact_reason, 3)
    return case_id


def question(code: str) -> str:
    """How the interview above puts a question."""
    return worded(load(), Patient(67, "male"), code).text
