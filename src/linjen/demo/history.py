"""What has been: half a year of closed cases, judged by staff, and of drafts that were left, for the pages of figures.

Everybody here is invented and nobody signs in. The cases go through the same verbs as real ones; then their times are
moved back, relative to the clock, by the owner of the tables: the program itself cannot rewrite what happened.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache, partial
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.afterwards.document import document
from linjen.cases.afterwards.triage_verdict import Said, judge_level
from linjen.cases.alarms.alarms import judge_alarm, keep_alarms
from linjen.cases.intake.assessments import settle_self_care
from linjen.cases.intake.expiry import expire_drafts
from linjen.cases.intake.follow_advice import follow_advice
from linjen.cases.intake.interview import Assessment, conclude, keep_assessment, keep_state, level_of
from linjen.cases.intake.send import send_case
from linjen.cases.intake.start import (
    Draft,
    Intake,
    choose_patient,
    choose_unit_for_case,
    note_step,
    open_draft,
    save_intake,
    start_case,
)  # fmt: skip
from linjen.cases.moves.claim import claim
from linjen.cases.moves.close import LastWord, close
from linjen.cases.patients.consent import FEE, give_consent
from linjen.core import clock
from linjen.core.database import Connection, Database
from linjen.core.personal_number import personnummer_for
from linjen.core.sealing import Sealer
from linjen.demo.interviews import interviewed
from linjen.demo.moving import move_back
from linjen.demo.world import id_of
from linjen.people.residents import register
from linjen.triage import load

_UNIT = "ankaret"
_DAYS = 170
_LATELY = 24


class Scene(msgspec.Struct, frozen=True):
    """What people wrote about: facts of demo/interviews.py, the patient's age and serial number, and what came of it.

    `said` holds (verdict or '' for none, how many levels away the right one is, how many): never a level by itself, so
    that the region can be seeded whatever the triage's content says. `signs`: how many alarms staff find right, wrong.
    """

    facts: str
    reason: str
    text: str
    name: tuple[str, str]
    years: int
    serial: int
    said: tuple[tuple[str, int, int], ...]
    signs: tuple[int, int] = (0, 0)


SCENES = (
    Scene("waiting", "halsont", "Jag har haft ont i halsen i fyra dagar", ("Sonja", "Dal"), 34, 346,
          (("right", 0, 13), ("too_high", 1, 6), ("too_low", 1, 1), ("", 0, 3))),
    Scene("held_by_karin", "hosta", "Hostan vill inte ge med sig", ("Göte", "Fors"), 70, 707,
          (("right", 0, 9), ("too_high", 1, 2), ("", 0, 2))),
    Scene("urgent", "andningsbesvar", "Jag blir andfådd när jag går i trappan", ("Berit", "Sten"), 66, 668,
          (("right", 0, 9), ("too_high", 1, 5)), signs=(8, 5)),
    Scene("held_by_bo", "uvi", "Det svider när jag kissar", ("Mira", "Lind"), 27, 278,
          (("right", 0, 10), ("too_low", 1, 5), ("", 0, 2))),
    Scene("protected", "utslag", "Röda utslag på armarna sedan i går", ("Arvid", "Berg"), 43, 431,
          (("right", 0, 8),)),
    Scene("teen", "ryggont", "Ont i ryggen efter träningen", ("Tora", "Ek"), 31, 316,
          (("right", 0, 6), ("too_low", 1, 5))),
)  # fmt: skip

#: Given advice about a red eye: (how many, was it followed with the button, did she come back).
_ADVISED = Scene("at_bjorken", "rod_ogon", "Rött öga som kliar", ("Ulla", "Vik"), 52, 522, ())
_OUTCOMES = ((7, True, False), (3, True, True), (7, False, False), (3, False, True))

#: Drafts that were left, by page, and how many.
_LEFT = (("unit", 3), ("consent", 6), ("words", 8), ("questions", 9), ("pictures", 2), ("emergency", 6))

_ADVICE = "Hej! Det du berättar tyder på något som går över av sig själv. Hör av dig igen om det blir värre."

_WHY = {"too_high": "Redan på bättringsvägen vid kontakten.", "too_low": "Behövde tas om hand tidigare."}


class History:
    """Writes the half year into one transaction, and remembers when each case is to have been."""

    def __init__(self, db: Connection, sealer: Sealer, at: datetime) -> None:
        self.db = db
        self.sealer = sealer
        self.at = at
        self.karin = By("staff", id_of("staff/karin"), id_of("session/karin"), id_of(f"unit/{_UNIT}"))
        self.when: list[tuple[UUID, datetime]] = []
        #: Minutes until the first answer: most had it within the hour, so that the clock has something to say.
        self.answers: dict[UUID, int] = {}

    def moment(self, number: int) -> datetime:
        """A moment within opening hours of a weekday of the half year, the same for the same number: of each four, one
        in the last four weeks, which the honest clock counts, and the others evenly spread.
        """
        days = _LATELY if number % 4 == 0 else _DAYS
        day = clock.local_date(self.at) - timedelta(days=3 + number * 89 % days)
        day -= timedelta(days=max(0, day.weekday() - 4))
        morning = clock.at_wall(day, time(8, 5))
        return morning + timedelta(minutes=number * 53 % 340)

    async def resident(self, scene: Scene) -> tuple[By, str]:
        """Register the person of a scene; who she is and her sex."""
        today = clock.local_date(self.at)
        number = personnummer_for(today.replace(year=today.year - scene.years, day=1), scene.serial)
        one = await register(self.db, self.sealer, number, *scene.name, protected="no")
        return By("resident", one.id, id_of(f"session/{scene.serial}")), one.sex

    async def interview(self, scene: Scene, by: By, sex: str, *, contact: bool) -> tuple[Draft, Assessment]:
        """A draft whose questions have all been answered."""
        db, sealer, unit_id = self.db, self.sealer, id_of(f"unit/{_UNIT}")
        case_id = await start_case(db, sealer, by, "symptom")
        draft = await open_draft(db, sealer, by, case_id)
        await choose_patient(db, draft, by, by.person_id)
        await choose_unit_for_case(db, draft, unit_id)
        intake, found = _answered(scene, sex, contact)
        await save_intake(db, sealer, draft, intake, "check")
        await keep_assessment(db, sealer, case_id, found)
        case = msgspec.structs.replace(draft.case, patient_id=by.person_id, unit_id=unit_id)
        return msgspec.structs.replace(draft, case=case, intake=intake), found

    async def sent(
        self, scene: Scene, by: By, sex: str, at: datetime, verdict: str = "", steps: int = 0, *, why: str = "",
        sign: str = "",
    ) -> None:  # fmt: skip
        """A case that was sent, answered, judged (`steps` levels away from the triage's) and closed."""
        db, sealer = self.db, self.sealer
        draft, found = await self.interview(scene, by, sex, contact=True)
        said = _verdict(found.urgency or 4, verdict, steps, why) if verdict else None
        case_id = draft.case.id
        await give_consent(db, by, case_id, by.person_id, FEE, True)
        alarms = await keep_alarms(db, sealer, case_id, found.words, partial(level_of, load()), None)
        await send_case(
            db, sealer, by, draft, urgency=found.urgency or 4, reason=found.contact_reason, protocol=found.protocol,
            opening=scene.text,
        )  # fmt: skip
        await claim(db, self.karin, case_id)
        for alarm in alarms if sign else ():
            await judge_alarm(db, self.karin, case_id, alarm, sign)
        if said is not None:
            await judge_level(db, sealer, self.karin, case_id, said)
        await close(db, self.karin, case_id, "advice", dealt_with=alarms, last=LastWord(sealer, _ADVICE))
        await document(db, self.karin, case_id)
        self.when.append((case_id, at))
        self.answers[case_id] = 12 + len(self.when) * 37 % 95

    async def advised(self, by: By, sex: str, at: datetime, *, followed: bool) -> None:
        """A draft that ended in self-care advice: followed with the button, or read and left."""
        draft, _ = await self.interview(_ADVISED, by, sex, contact=False)
        await note_step(self.db, draft.case.id, "self_care")
        if followed:
            await follow_advice(self.db, self.sealer, by, draft.case.id)
        self.when.append((draft.case.id, at))

    async def left(self, by: By, step: str, at: datetime) -> None:
        """A draft that nobody went on with."""
        db, sealer = self.db, self.sealer
        case_id = await start_case(db, sealer, by, "symptom")
        draft = await open_draft(db, sealer, by, case_id)
        if step != "unit":
            await choose_unit_for_case(db, draft, id_of(f"unit/{_UNIT}"))
        if step == "emergency":
            warned = Assessment(urgency=1, outcome="emergency", contact_reason="brostsmarta")
            await keep_assessment(db, sealer, case_id, warned)
        await note_step(db, case_id, step)
        self.when.append((case_id, at))


def _verdict(level: int, verdict: str, steps: int, why: str) -> Said:
    """What staff say of the triage's level; that it was right where it cannot be further off."""
    right = level - steps if verdict == "too_low" else level + steps
    return Said(verdict, right, why) if 1 <= right <= 5 and right != level else Said("right", level, "")


@cache
def _answered(scene: Scene, sex: str, contact: bool) -> tuple[Intake, Assessment]:
    """The interview of a scene through the real triage; the same answers give the same result, so once is enough."""
    state = interviewed(
        scene.facts, age_years=scene.years, sex=sex, writer="self", text=scene.text, reason=scene.reason
    )
    intake = keep_state(Intake(text=scene.text, want_contact=contact), state)
    return intake, conclude(load(), state, intake)


async def seed_history(database: Database, owner_dsn: str, sealer: Sealer) -> None:
    """Half a year of what has been, up to three days ago."""
    at = clock.now()
    async with database.transaction() as db:
        history = History(db, sealer, at)
        await _cases(history)
        by, sex = await history.resident(_ADVISED)
        number = 0
        for count, followed, back in _OUTCOMES:
            for _ in range(count):
                number += 1
                moment = _apart(at, number)
                await history.advised(by, sex, moment, followed=followed)
                if back:
                    await history.sent(_ADVISED, by, sex, moment + timedelta(days=2))
        for number, step in enumerate(step for step, count in _LEFT for _ in range(count)):
            await history.left(by, step, history.moment(number + 7))
    await move_back(owner_dsn, history.when, history.answers)
    await expire_drafts(database, sealer, at)
    await settle_self_care(database, at)


def _apart(at: datetime, number: int) -> datetime:
    """Moments nine days apart, so that one who comes back does so after that advice alone."""
    return at - timedelta(days=10 + number * 9)


async def _cases(history: History) -> None:
    number = 0
    for scene in SCENES:
        by, sex = await history.resident(scene)
        right, wrong = scene.signs
        for verdict, steps, count in scene.said:
            for one in range(count):
                number += 1
                why = _WHY.get(verdict, "") if one == 0 else ""
                sign = "right" if right > 0 else "wrong" if wrong > 0 else ""
                right, wrong = right - 1, wrong - (right <= 0)
                await history.sent(scene, by, sex, history.moment(number), verdict, steps, why=why, sign=sign)
