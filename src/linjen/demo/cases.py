"""Cases in every state for the seeded region, made through the same verbs as real ones."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from linjen.access.by import By
from linjen.cases.intake.interview import conclude, concluded, keep_assessment, keep_state
from linjen.cases.intake.send import ADMIN_PRIORITY, send_case
from linjen.cases.intake.start import (
    Intake,
    choose_patient,
    choose_unit_for_case,
    open_draft,
    save_intake,
    set_outcome,
    start_case,
)
from linjen.cases.moves.claim import claim
from linjen.cases.moves.close import close
from linjen.cases.patients.consent import CARE_HISTORY, FEE, MEDICATION_LIST, give_consent
from linjen.cases.patients.dialogue import choose_dialogue
from linjen.cases.talk.actions import add_action, confirm_action
from linjen.cases.talk.message import pass_turn, seal_text
from linjen.cases.talk.reading import Reading, mark_read
from linjen.core import clock
from linjen.core.database import Database
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.personal_number import age_years
from linjen.core.sealing import Sealer
from linjen.demo.drawing import draw_rash
from linjen.demo.interviews import interviewed
from linjen.demo.moving import move_back
from linjen.demo.world import RESIDENTS, id_of, number_of
from linjen.media.decoding import Prepared
from linjen.media.pictures import add_picture
from linjen.people.residents import find_by_number, see_resident
from linjen.triage import load
from linjen.triage.content.library import make_ready


class Actors:
    """The region's people as acting persons."""

    def __init__(self, residents: dict[str, UUID]) -> None:
        self.residents = residents

    @classmethod
    async def find(cls, database: Database, sealer: Sealer) -> Actors:
        """Look the residents up by their numbers."""
        found = {}
        async with database.connection() as db:
            for resident in RESIDENTS:
                one = await find_by_number(db, sealer, number_of(resident.key))
                if one is not None:
                    found[resident.key] = one.id
        return cls(found)

    def resident(self, key: str) -> By:
        """A resident, with a session id that no session has."""
        return By("resident", self.residents[key], id_of(f"session/{key}"))

    def staff(self, key: str, unit: str) -> By:
        """A staff member working at a unit."""
        return By("staff", id_of(f"staff/{key}"), id_of(f"session/{key}"), id_of(f"unit/{unit}"))


class SeedCase:
    """How one case of the region came about: written step by step by the verbs."""

    def __init__(self, database: Database, sealer: Sealer, actors: Actors) -> None:
        self.database = database
        self.sealer = sealer
        self.actors = actors
        #: Each case that was sent, and how many minutes ago that was.
        self.sent: list[tuple[UUID, int]] = []

    async def draft(self, writer: str, entry: str, patient: str, unit: str, text: str) -> UUID:
        """A draft with unit, patient, consents and own words."""
        by = self.actors.resident(writer)
        async with self.database.transaction() as db:
            case_id = await start_case(db, self.sealer, by, entry)
            draft = await open_draft(db, self.sealer, by, case_id)
            await choose_patient(db, draft, by, self.actors.residents[patient])
            await choose_unit_for_case(db, draft, id_of(f"unit/{unit}"))
            if entry == "symptom":
                for kind, choice in ((CARE_HISTORY, True), (MEDICATION_LIST, False), (FEE, True)):
                    await give_consent(db, by, case_id, self.actors.residents[patient], kind, choice)
            intake = Intake(text=text, for_child=writer != patient)
            await save_intake(db, self.sealer, draft, intake, "words")
        return case_id

    async def interview(self, name: str, writer: str, case_id: UUID, reason: str) -> int:
        """Answer the triage's questions as the seeded case would; the urgency that it gives."""
        by = self.actors.resident(writer)
        async with self.database.transaction() as db:
            draft = await open_draft(db, self.sealer, by, case_id)
            assert draft.case.patient_id is not None  # noqa: S101 - chosen by draft()
            patient = await see_resident(db, draft.case.patient_id)
            state = interviewed(
                name, age_years=age_years(patient.birth_on, clock.local_date(clock.now())), sex=patient.sex,
                writer="parent" if draft.intake.for_child else "self", text=draft.intake.text, reason=reason,
            )  # fmt: skip
            intake = keep_state(draft.intake, state)
            await save_intake(db, self.sealer, draft, intake, "check")
            assessment = concluded(load(), state, conclude(load(), state, intake), "sv")
            await keep_assessment(db, self.sealer, case_id, assessment)
        return assessment.urgency or ADMIN_PRIORITY

    async def send(self, writer: str, case_id: UUID, urgency: int, reason: str, waited_minutes: int) -> None:
        """Send the draft; it has then waited for so many minutes."""
        by = self.actors.resident(writer)
        async with self.database.transaction() as db:
            draft = await open_draft(db, self.sealer, by, case_id)
            admin = draft.case.entry == "admin"
            await send_case(
                db, self.sealer, by, draft, urgency=ADMIN_PRIORITY if admin else urgency, reason=reason,
                protocol="", opening=draft.intake.text,
            )  # fmt: skip
            ago = "now() - make_interval(mins => $2)"
            await db.execute(f"update visits set queued_at = {ago} where case_id = $1", case_id, waited_minutes)
            await db.execute(f"update cases set turn_at = {ago} where id = $1", case_id, waited_minutes)
        self.sent.append((case_id, waited_minutes))

    async def picture(self, writer: str, case_id: UUID, prepared: Prepared) -> None:
        """A picture that hangs on the draft."""
        async with self.database.transaction() as db:
            await add_picture(db, self.sealer, self.actors.resident(writer), case_id, prepared)

    async def message(self, by: By, case_id: UUID, text: str) -> None:
        """A chat message, written without a session, as only the seed may."""
        message_id = new_id()
        async with self.database.transaction() as db:
            event = await record(db, case_id, "message_sent", by.kind, by.person_id, {"message": str(message_id)})
            await db.execute(
                "insert into messages (id, case_id, seq, by_kind, by_id, body_sealed) values ($1, $2, $3, $4, $5, $6)",
                message_id, case_id, event.seq, by.kind, by.person_id,
                seal_text(self.sealer, case_id, message_id, text),
            )  # fmt: skip
            await pass_turn(db, case_id, "resident" if by.is_staff else "staff")


async def seed_cases(
    database: Database, sealer: Sealer, owner_dsn: str, *, pictures: bool = False
) -> dict[str, UUID]:  # fmt: skip
    """Cases in every state; their ids by name. With `pictures` one shows a drawn rash, for a visitor to look at.

    Each was sent as long ago as it has waited, on every page alike."""
    make_ready(load())  # on a busy machine it takes seconds, for which no transaction should wait
    actors = await Actors.find(database, sealer)
    seed = SeedCase(database, sealer, actors)
    cases = await _drafts(seed)
    cases |= await _sent(seed, {"protected": draw_rash()} if pictures else {})
    karin, bo = actors.staff("karin", "ankaret"), actors.staff("bo", "ankaret")
    async with database.transaction() as db:
        await claim(db, karin, cases["held_by_karin"])
        await claim(db, bo, cases["held_by_bo"])
        await claim(db, karin, cases["closed"])
    await seed.message(karin, cases["held_by_karin"], "Hej Gustav! Tack för att du skriver. Hur länge har det varat?")
    async with database.transaction() as db:
        text = "Hej Ingrid! Absolut, receptet är förnyat och finns på apoteket."
        await add_action(db, sealer, karin, cases["closed"], id_of("action/closed"), "prescription", text)
        await confirm_action(db, actors.resident("ingrid"), cases["closed"], id_of("action/closed"))
        await close(db, karin, cases["closed"], "prescribed")
        await choose_dialogue(db, actors.resident("gustav"), choice=True)
    at = clock.now()
    await move_back(owner_dsn, [(case_id, at - timedelta(minutes=waited)) for case_id, waited in seed.sent])
    return cases


#: A message number above all of a new case.
_ALL = 1_000


async def read_held(database: Database, sealer: Sealer, cases: dict[str, UUID]) -> None:
    """Whoever holds a seeded case has read how it began: a visitor sees unread only where it is so."""
    actors = await Actors.find(database, sealer)
    karin, bo = actors.staff("karin", "ankaret"), actors.staff("bo", "ankaret")
    holders = {"held_by_karin": karin, "held_by_bo": bo}
    await mark_read(database, [Reading(by, cases[name], _ALL) for name, by in holders.items()])


async def _drafts(seed: SeedCase) -> dict[str, UUID]:
    cases = {
        "draft": await seed.draft("astrid", "symptom", "astrid", "ankaret", "Jag har ont i huvudet"),
        "emergency": await seed.draft("gustav", "symptom", "gustav", "ankaret", "Det trycker över bröstet"),
        "self_care": await seed.draft("amina", "symptom", "amina", "ankaret", "Jag är lite snuvig"),
    }
    async with seed.database.transaction() as db:
        await set_outcome(db, seed.sealer, cases["emergency"], "emergency", b"{}")
        await set_outcome(db, seed.sealer, cases["self_care"], "self_care", b"{}")
    return cases


_SENT = (
    # name, writer, entry, patient, unit, urgency, reason, waited minutes, own words
    ("waiting", "astrid", "symptom", "astrid", "ankaret", 3, "halsont", 34, "Jag har haft ont i halsen i fyra dagar"),
    ("child", "astrid", "symptom", "elsa", "ankaret", 3, "feber_barn", 12, "Elsa har feber och är hängig"),
    ("teen", "nils", "symptom", "nils", "ankaret", 4, "ryggont", 95, "Ont i ryggen efter träningen"),
    (
        "urgent",
        "ingrid",
        "symptom",
        "ingrid",
        "ankaret",
        2,
        "andningsbesvar",
        6,
        "Jag blir andfådd när jag går i trappan",
    ),
    ("admin", "amina", "admin", "amina", "ankaret", 4, "", 140, "Kan jag få ett intyg om mina vaccinationer?"),
    (
        "protected",
        "ylva",
        "symptom",
        "ylva",
        "ankaret",
        4,
        "utslag",
        55,
        "Kliande utslag med skorpor sedan en vecka",
    ),
    ("held_by_karin", "gustav", "symptom", "gustav", "ankaret", 3, "hosta", 80, "Hostan vill inte ge med sig"),
    ("held_by_bo", "amina", "symptom", "amina", "ankaret", 4, "uvi", 60, "Det svider när jag kissar"),
    ("closed", "ingrid", "admin", "ingrid", "ankaret", 4, "", 1500, "Jag behöver förnya mitt recept"),
    ("at_lyktan", "olle", "symptom", "olle", "lyktan", 3, "magont", 20, "Ont i magen sedan i morse"),
    ("at_bjorken", "henrik", "symptom", "henrik", "bjorken", 5, "rod_ogon", 15, "Rött öga som kliar"),
)


async def _sent(seed: SeedCase, pictures: dict[str, Prepared]) -> dict[str, UUID]:
    cases = {}
    for name, writer, entry, patient, unit, urgency, reason, waited, text in _SENT:
        case_id = await seed.draft(writer, entry, patient, unit, text)
        found = urgency
        if entry == "symptom":
            found = await seed.interview(name, writer, case_id, reason)
        if name in pictures:
            await seed.picture(writer, case_id, pictures[name])
        await seed.send(writer, case_id, found, reason, waited)
        cases[name] = case_id
    return cases
