"""Börja ärende: a resident's draft, from the first click until it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.ages import CASE_FROM_YEARS, OWN_FROM_YEARS
from linjen.access.by import By
from linjen.cases.loading import Beside, Case, find_case_beside, open_case_beside, see_again, see_case_beside
from linjen.cases.patients.consent import Consent, consents_json
from linjen.core import clock
from linjen.core.database import Connection, Row
from linjen.core.errors import NotFound, Refused
from linjen.core.ids import new_id
from linjen.core.personal_number import age_years
from linjen.core.sealing import Sealer
from linjen.people.guardians import children_json, under_18
from linjen.people.residents import Resident, resident_json
from linjen.units.shutting import takes_new
from linjen.units.units import Unit, unit_json

#: How long a draft is kept after its last change before it is erased (the resident is told so on the page).
KEPT_DAYS = 7


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What a resident has filled in so far. `interview` is the triage engine's own state, as plain data.

    `said` holds every answer ever given, so that a page that comes back is filled in; `passed` the steps that she has
    gone on from; `warned` the warning signs in an administrative question that she has been told about; `about` the
    administrative reason that she picked; `form` the answers to the short form, by the question's id; `protocol` the
    version of the triage whose forms an administrative question is asked from (an interview holds its own);
    `ahead` how many pages of questions the last answered one said would follow.
    """

    text: str = ""
    for_child: bool = False
    reasons: list[str] = []
    interview: dict[str, object] = {}
    extra: str = ""
    want_contact: bool = False
    said: dict[str, bool | float | str | None] = {}
    passed: list[str] = []
    warned: list[str] = []
    about: str = ""
    form: dict[str, str] = {}
    protocol: str = ""
    ahead: int | None = None


class Around(msgspec.Struct, frozen=True):
    """What stands around a draft: who writes, whom it concerns, its unit, the writer's children, and the consents."""

    writer: Resident
    patient: Resident | None
    unit: Unit | None
    children: list[Resident]
    consents: list[Consent]


class Draft(msgspec.Struct, frozen=True):
    """A draft as it stands: the case, the step to go on with, what is filled in, and the version for saving."""

    case: Case
    step: str
    version: int
    intake: Intake
    around: Around


#: The draft and all that its pages go by come with the case in one statement: each answer asks for them.
_BESIDE = Beside(
    f""", i.step, i.version, i.state_sealed, jsonb_build_object(
 'writer', {resident_json("w")}, 'patient', {resident_json("p")}, 'unit', {unit_json("u")},
 'children', {children_json("c.opened_by")}, 'consents', {consents_json("c")}) as around""",
    "left join intakes i on i.case_id = c.id join residents w on w.id = c.opened_by"
    " left join residents p on p.id = c.patient_id left join units u on u.id = c.unit_id",
)


#: Drafts of hers in which no words have been handed in, newest first. How far she has come tells, not what it says.
_BEGUN = f"""
select c.id from cases c join intakes i on i.case_id = c.id left join visits v on v.id = c.visit_id
where c.opened_by = $1 and c.entry = $3 and c.phase = 'intake' and c.pictures = 0 and i.expires_at > $4
  and i.step in ('', 'patient', 'unit', 'consent', 'fee', 'words')
  and {policy.clause("write_intake", "resident", person="$1", unit="null::uuid", today="$2")}
order by c.created_at desc limit 3
"""


async def go_on_or_start(db: Connection, sealer: Sealer, by: By, entry: str) -> UUID:
    """The draft with this entry that she has begun and not written anything in yet, else a new one; its id.

    Two that press at once take turns, so that they come to the same draft.
    """
    await db.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"start {entry} {by.person_id}")
    now = clock.now()
    for row in await db.fetch(_BEGUN, by.person_id, clock.local_date(now), entry, now):
        try:
            draft = await see_draft(db, sealer, by, row["id"])
        except (NotFound, Refused):  # sent or left in this moment
            continue
        if is_empty(draft.intake):
            await db.execute(
                "update intakes set expires_at = $2 where case_id = $1", row["id"], now + timedelta(days=KEPT_DAYS)
            )
            return draft.case.id
    return await start_case(db, sealer, by, entry)


def is_empty(intake: Intake) -> bool:
    """Whether nothing has been told in a draft: for whom and where it goes is chosen anew in a moment."""
    return not (intake.text or intake.interview or intake.said or intake.extra or intake.form or intake.about)


async def start_case(db: Connection, sealer: Sealer, by: By, entry: str) -> UUID:
    """Begin a draft with entry 'symptom' or 'admin'; its id. Nothing of it is shown to staff before it is sent."""
    case_id = new_id()
    await db.execute("insert into cases (id, entry, opened_by) values ($1, $2, $3)", case_id, entry, by.person_id)
    await db.execute(
        "insert into intakes (case_id, state_sealed, expires_at) values ($1, $2, $3)",
        case_id, seal_intake(sealer, case_id, Intake()), clock.now() + timedelta(days=KEPT_DAYS),
    )  # fmt: skip
    return case_id


def seal_intake(sealer: Sealer, case_id: UUID, intake: Intake) -> bytes:
    """What is filled in as it is stored, bound to its case."""
    return sealer.seal("intake", msgspec.json.encode(intake), case_id.bytes)


def open_intake(sealer: Sealer, case_id: UUID, sealed: bytes) -> Intake:
    """The same again. Raises Broken for what is not of this case, msgspec.DecodeError for another program's."""
    return msgspec.json.decode(sealer.unseal("intake", sealed, case_id.bytes), type=Intake)


async def see_draft(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> Draft:
    """The draft for going on with it; NotFound for anybody but its writer, Refused('wrong_state') once it is sent."""
    return _as_draft(sealer, await see_case_beside(db, by, case_id, "write_intake", _BESIDE))


async def open_draft(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> Draft:
    """As `see_draft`, locked for a change until the caller's transaction ends."""
    return _as_draft(sealer, await open_case_beside(db, by, case_id, "write_intake", _BESIDE))


async def find_draft_to_answer(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> Draft | None:
    """The draft for deciding on a change that `answers.save_answers` writes and logs; see loading.find_case_beside."""
    found = await find_case_beside(db, by, case_id, "write_intake", _BESIDE)
    return _as_draft(sealer, found) if found is not None and found[1]["state_sealed"] is not None else None


async def read_again(db: Connection, sealer: Sealer, draft: Draft) -> Draft:
    """A draft that this transaction has opened, as its own changes have left it; one opening is one row in the log."""
    return _as_draft(sealer, await see_again(db, draft.case, _BESIDE))


def _as_draft(sealer: Sealer, found: tuple[Case, Row]) -> Draft:
    case, row = found
    if row["state_sealed"] is None:
        raise Refused("wrong_state")
    around = msgspec.convert(row["around"], Around)
    around = msgspec.structs.replace(around, children=under_18(around.children))
    intake = open_intake(sealer, case.id, row["state_sealed"])
    return Draft(case, row["step"], row["version"], intake, around)


async def read_intake(db: Connection, sealer: Sealer, case_id: UUID) -> Intake:
    """What was filled in, for a case that the caller has seen by see_case."""
    sealed = await db.fetchval("select state_sealed from intakes where case_id = $1", case_id)
    return open_intake(sealer, case_id, sealed)


async def read_own_words(db: Connection, sealer: Sealer, case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What was written first in each of these drafts, '' for nothing; the caller has seen them by list_my_cases."""
    rows = await db.fetch("select case_id, state_sealed from intakes where case_id = any($1)", list(case_ids))
    return {row["case_id"]: open_intake(sealer, row["case_id"], row["state_sealed"]).text for row in rows}


async def save_intake(db: Connection, sealer: Sealer, draft: Draft, intake: Intake, step: str) -> None:
    """Keep what is filled in and the step to go on with; called on every answer, so that nothing typed is lost."""
    await db.execute(
        "update intakes set state_sealed = $2, step = $3, version = version + 1, expires_at = $4 where case_id = $1",
        draft.case.id, seal_intake(sealer, draft.case.id, intake), step, clock.now() + timedelta(days=KEPT_DAYS),
    )  # fmt: skip
    await db.execute("update cases set changed_at = now(), phase = 'intake' where id = $1", draft.case.id)


async def note_step(db: Connection, case_id: UUID, step: str) -> None:
    """Remember which page is next, for whoever lists the draft; what is filled in decides, not this."""
    await db.execute("update intakes set step = $2 where case_id = $1", case_id, step)


async def keep_text(db: Connection, sealer: Sealer, draft: Draft, intake: Intake) -> None:
    """Keep what is being typed, before it is handed in: no new version, so that the open page may still be sent."""
    await db.execute(
        "update intakes set state_sealed = $2, expires_at = $3 where case_id = $1",
        draft.case.id, seal_intake(sealer, draft.case.id, intake), clock.now() + timedelta(days=KEPT_DAYS),
    )  # fmt: skip


async def choose_patient(db: Connection, draft: Draft, by: By, patient_id: UUID) -> None:
    """For whom: the resident herself, or a child whose guardian she is and who is 1 to 12 years old.

    Raises Refused('not_guardian'), Refused('child_too_young') or Refused('child_signs_in_herself') (routine F014,
    F015). Guardianship comes from the person-data service and was written before. The unit is chosen anew for
    somebody else: it follows from where the patient is registered.
    """
    birth_on = await db.fetchval("select birth_on from residents where id = $1", patient_id)
    if patient_id != by.person_id:
        guardian = await db.fetchval(
            "select true from guardianships where guardian_id = $1 and child_id = $2 and ended_at is null",
            by.person_id, patient_id,
        )  # fmt: skip
        if not guardian or birth_on is None:
            raise Refused("not_guardian")
        age = age_years(birth_on, clock.local_date(clock.now()))
        if age < CASE_FROM_YEARS:
            raise Refused("child_too_young")
        if age >= OWN_FROM_YEARS:
            raise Refused("child_signs_in_herself")
    await db.execute(
        "update cases set patient_id = $2, patient_birth_on = $3,"
        " unit_id = case when patient_id = $2 then unit_id end where id = $1",
        draft.case.id, patient_id, birth_on,
    )  # fmt: skip


async def choose_unit_for_case(db: Connection, draft: Draft, unit_id: UUID) -> None:
    """Which unit the case will go to; Refused('unit_not_open_to_residents') for one that takes none."""
    tag = await db.execute(
        "update cases set unit_id = $2 where id = $1 and exists"
        f" (select 1 from units u where u.id = $2 and u.takes_residents and {takes_new('u')})",
        draft.case.id, unit_id,
    )  # fmt: skip
    if tag != "UPDATE 1":
        raise Refused("unit_not_open_to_residents")


async def count_pictures(db: Connection, case_id: UUID, count: int) -> None:
    """How many pictures hang on the case, for lists; told by the owner of the pictures."""
    await db.execute("update cases set pictures = $2, changed_at = now() where id = $1", case_id, count)


def phase_of(outcome: str) -> str:
    """A draft's phase when the triage says `outcome`."""
    return {"emergency": "emergency_advised", "self_care": "self_care_offered"}.get(outcome, "intake")


def seal_result(sealer: Sealer, case_id: UUID, result: bytes) -> bytes:
    """The triage's result as it is stored, bound to its case."""
    return sealer.seal("intake_result", result, case_id.bytes)


async def set_outcome(db: Connection, sealer: Sealer, case_id: UUID, outcome: str, result: bytes) -> None:
    """What the triage says so far: phase for 'emergency' and 'self_care', and its sealed result for the case."""
    await db.execute("update cases set phase = $2 where id = $1", case_id, phase_of(outcome))
    sealed = seal_result(sealer, case_id, result)
    await db.execute("update intakes set result_sealed = $2 where case_id = $1", case_id, sealed)


async def read_result(db: Connection, sealer: Sealer, case_id: UUID) -> bytes | None:
    """The triage result that was stored with the case, as it was given to set_outcome."""
    sealed = await db.fetchval("select result_sealed from intakes where case_id = $1", case_id)
    return sealer.unseal("intake_result", sealed, case_id.bytes) if sealed else None
