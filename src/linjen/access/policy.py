"""Who may: for each verb on a case the WHERE clause that a row must pass, used by pages, lists, downloads and live.

A clause speaks of `c` (cases) and `v` (its current visit, may be null). `{person}`, `{unit}` and `{today}` are put in
by `clause()`: as parameters for one person, or as columns when many people are asked about in one statement. The law
table in tests/law holds the expected answer for every verb, person and case.
"""

from __future__ import annotations

from typing import Literal

from linjen.access.ages import OWN_FROM_YEARS

#: The patient herself, whatever her age; nobody else signs in as her.
_IS_PATIENT = "c.patient_id = {person}"

#: A guardian keeps a case she wrote for her child until the child turns 13, and only while she is guardian.
_IS_GUARDIAN = f"""(c.opened_by = {{person}}
  and c.patient_birth_on > ({{today}}::date - interval '{OWN_FROM_YEARS} years')
  and exists (select 1 from guardianships g
              where g.guardian_id = {{person}} and g.child_id = c.patient_id and g.ended_at is null))"""

#: A draft whose patient is not chosen yet belongs to its writer.
_IS_DRAFTER = "(c.patient_id is null and c.opened_by = {person})"

RESIDENT_IS_PARTY = f"({_IS_PATIENT} or {_IS_GUARDIAN} or {_IS_DRAFTER})"

#: Writing an intake is the business of the one who began it.
RESIDENT_WRITES = f"(c.opened_by = {{person}} and {RESIDENT_IS_PARTY})"

#: At the unit where somebody works now, with an assignment in one of the roles that has not ended. The profession alone
#: never opens a case.
_WORKS_AT_UNIT = """(v.unit_id = {{unit}} and exists (
  select 1 from assignments a where a.staff_id = {{person}} and a.unit_id = v.unit_id
    and a.from_at <= now() and (a.ended_at is null or a.ended_at > now())
    and {roles}))"""

#: Staff reach a sent case at their unit; a secretary reaches administrative cases only.
STAFF_IN_UNIT = _WORKS_AT_UNIT.format(
    roles="(a.role in ('nurse', 'physician', 'physiotherapist', 'counsellor')"
    " or (a.role = 'medical_secretary' and c.entry = 'admin'))"
)

#: The care roles at the unit, without the secretaries.
STAFF_CARES = _WORKS_AT_UNIT.format(roles="a.role in ('nurse', 'physician', 'physiotherapist', 'counsellor')")

#: Who judges how urgent something is: the medical roles at the unit, whoever holds the case.
STAFF_JUDGES = _WORKS_AT_UNIT.format(roles="a.role in ('nurse', 'physician', 'physiotherapist')")

STAFF_IS_HOLDER = f"({STAFF_IN_UNIT} and v.holder_id = {{person}})"

#: Who holds the case, and afterwards who closed it.
STAFF_HANDLED_IT = f"({STAFF_IN_UNIT} and (v.holder_id = {{person}} or v.closed_by = {{person}}))"

#: Who passes a case on: its holder, and for one that waits whoever works with it.
STAFF_PASSES_ON = f"({STAFF_IN_UNIT} and (v.holder_id is null or v.holder_id = {{person}}))"

#: A living role of hers at the case's unit, the one that an attestation (`t`) is addressed to.
_HAS_ITS_ROLE = """exists (
  select 1 from assignments r where r.staff_id = {person} and r.unit_id = v.unit_id and r.role = t.to_role
    and r.from_at <= now() and (r.ended_at is null or r.ended_at > now()))"""

#: An attestation (`t`) that waits for somebody.
ATTESTATION_WAITS = "t.state in ('requested', 'seen', 'follow_up')"

#: An attestation (`t`) that is open and this person's to see to: hers by name, or her role's and not her own question.
IS_ASKED = f"""({ATTESTATION_WAITS} and (t.to_staff_id = {{person}}
  or (t.to_staff_id is null and t.by_id <> {{person}} and {_HAS_ITS_ROLE})))"""

#: Who may send an open attestation on: who is asked, who asked, and colleagues in the role of one who is away.
IS_MOVABLE = f"""({ATTESTATION_WAITS}
  and (t.by_id = {{person}} or t.to_staff_id = {{person}} or {_HAS_ITS_ROLE}))"""

#: Only who has asked takes the question back.
IS_ASKER = f"({ATTESTATION_WAITS} and t.by_id = {{person}})"

_ATTESTATION = """({reach} and exists (select 1 from attestations t where t.case_id = c.id and {which}))"""
STAFF_IS_ASKED = _ATTESTATION.format(reach=STAFF_IN_UNIT, which=IS_ASKED)
STAFF_MOVES_ATTESTATION = _ATTESTATION.format(reach=STAFF_IN_UNIT, which=IS_MOVABLE)
STAFF_HAS_ASKED = _ATTESTATION.format(reach=STAFF_IN_UNIT, which=IS_ASKER)

#: Who may end an invitation (`i`): who invited, and who holds the case now.
IS_HOST = "(i.ended_at is null and (i.by_id = {person} or v.holder_id = {person}))"

_INVITATION = """({reach} and exists (select 1 from invitations i where i.case_id = c.id and {which}))"""
STAFF_IS_INVITED = _INVITATION.format(reach=STAFF_IN_UNIT, which="i.ended_at is null and i.staff_id = {person}")
STAFF_IS_HOST = _INVITATION.format(reach=STAFF_IN_UNIT, which=IS_HOST)

#: What a unit has documented is blocked by its patient for the provider's other units (PDL 4:4), until she lifts it or
#: somebody of the reader's own has opened it lately, by consent or in an emergency (PDL 4:5).
_IS_BLOCKED = """exists (
  select 1 from access_blocks b where b.resident_id = {of} and b.unit_id in ({units}) and b.unit_id <> {{unit}}
    and b.lifted_at is null and not exists (
      select 1 from block_openings o where o.block_id = b.id and o.staff_id = {{person}} and o.unit_id = {{unit}}
        and o.until_at > now()))"""

#: A case (`c`, its visit `v`) is of the unit that has it, and of those that have handed it on.
UNITS_OF_CASE = "select v.unit_id union all select h.from_unit_id from handovers h where h.case_id = c.id"

BLOCKED_CASE = _IS_BLOCKED.format(of="c.patient_id", units=UNITS_OF_CASE)

#: A care relation of the moment: a case of the same patient is open where the reader works.
_CARED_FOR_HERE = """exists (
  select 1 from cases k join visits w on w.id = k.visit_id
  where k.patient_id = c.patient_id and w.unit_id = {unit} and w.state <> 'closed')"""

#: A case at another unit of the same care provider, as seen by who has a role in care.
_BEYOND_HERS = """(v.unit_id <> {unit} and exists (
    select 1 from units here join units there on there.provider_id = here.provider_id
    where here.id = {unit} and there.id = v.unit_id)
  and exists (
    select 1 from assignments a where a.staff_id = {person} and a.unit_id = {unit}
      and a.role in ('nurse', 'physician', 'physiotherapist', 'counsellor')
      and a.from_at <= now() and (a.ended_at is null or a.ended_at > now())))"""

#: Such a one, by who cares for its patient now.
_OF_ANOTHER_UNIT = f"({_BEYOND_HERS} and {_CARED_FOR_HERE})"

STAFF_READS_ELSEWHERE = f"({_OF_ANOTHER_UNIT} and not {BLOCKED_CASE})"
#: That something is blocked may be known (PDL 4:4), and nothing else of it.
STAFF_KNOWS_OF_BLOCKED = f"({_OF_ANOTHER_UNIT} and {BLOCKED_CASE})"
#: Who would read it if she cared for its patient. That there is such a one is what a search tells that asks for no
#: reason of a unit without a case (HAS_CARE_RELATION); it says nothing else of it.
STAFF_MIGHT_READ_ELSEWHERE = f"({_BEYOND_HERS} and not {BLOCKED_CASE})"

_NOBODY = "false"

Kind = Literal["resident", "staff"]

#: verb -> (clause for residents, clause for staff). A verb that stands in no row does not exist.
VERBS: dict[str, tuple[str, str]] = {
    "see": (RESIDENT_IS_PARTY, STAFF_IN_UNIT),
    "see_elsewhere": (_NOBODY, STAFF_READS_ELSEWHERE),
    "open_by_consent": (_NOBODY, STAFF_CARES),
    "open_in_emergency": (_NOBODY, STAFF_CARES),
    "write_intake": (RESIDENT_WRITES, _NOBODY),
    "send_message": (RESIDENT_IS_PARTY, STAFF_IS_HOLDER),
    "mark_read": (RESIDENT_IS_PARTY, STAFF_IS_HOLDER),
    "save_draft": (RESIDENT_IS_PARTY, STAFF_IN_UNIT),
    "see_picture": (RESIDENT_IS_PARTY, STAFF_IN_UNIT),
    "add_picture": (RESIDENT_WRITES, _NOBODY),
    "send_picture": (RESIDENT_IS_PARTY, _NOBODY),
    "claim": (_NOBODY, STAFF_IN_UNIT),
    "take_over": (_NOBODY, STAFF_IN_UNIT),
    "release": (_NOBODY, STAFF_IS_HOLDER),
    "close": (_NOBODY, STAFF_IS_HOLDER),
    "book_visit": (_NOBODY, STAFF_IS_HOLDER),
    "signpost": (_NOBODY, STAFF_IS_HOLDER),
    "add_action": (_NOBODY, STAFF_IS_HOLDER),
    "confirm_action": (RESIDENT_IS_PARTY, _NOBODY),
    "settle_action": (_NOBODY, STAFF_IS_HOLDER),
    "ask_further": (_NOBODY, STAFF_IS_HOLDER),
    "answer_further": (RESIDENT_IS_PARTY, STAFF_IS_HOLDER),
    "download_picture": (_NOBODY, STAFF_IN_UNIT),
    "archive_picture": (_NOBODY, STAFF_IN_UNIT),
    "set_aside_picture": (_NOBODY, STAFF_IN_UNIT),
    "copy_text": (_NOBODY, STAFF_IN_UNIT),
    "copy_number": (_NOBODY, STAFF_IN_UNIT),
    "write_record": (_NOBODY, STAFF_IN_UNIT),
    "document": (_NOBODY, STAFF_IN_UNIT),
    "open_record_system": (_NOBODY, STAFF_IN_UNIT),
    "set_protection": (_NOBODY, STAFF_IN_UNIT),
    "lift_protection": (_NOBODY, STAFF_CARES),
    "change_contact": (_NOBODY, STAFF_IN_UNIT),
    "set_interpreter": (_NOBODY, STAFF_IN_UNIT),
    "hand_over": (_NOBODY, STAFF_PASSES_ON),
    "make_asynchronous": (_NOBODY, STAFF_IS_HOLDER),
    "issue_ticket": (_NOBODY, STAFF_IS_HOLDER),
    "reprioritise": (_NOBODY, STAFF_JUDGES),
    "write_note": (_NOBODY, STAFF_IN_UNIT),
    "invite": (_NOBODY, STAFF_IN_UNIT),
    "leave_case": (_NOBODY, STAFF_IS_INVITED),
    "end_invitation": (_NOBODY, STAFF_IS_HOST),
    "request_attestation": (_NOBODY, STAFF_IN_UNIT),
    "attest": (_NOBODY, STAFF_IS_ASKED),
    "follow_up": (_NOBODY, STAFF_IS_ASKED),
    "forward_attestation": (_NOBODY, STAFF_MOVES_ATTESTATION),
    "withdraw_attestation": (_NOBODY, STAFF_HAS_ASKED),
    "remind": (_NOBODY, STAFF_IS_HOLDER),
    "keep": (_NOBODY, STAFF_IS_HOLDER),
    "settle_sms": (_NOBODY, STAFF_IN_UNIT),
    "reopen": (RESIDENT_IS_PARTY, _NOBODY),
    "rate": (RESIDENT_IS_PARTY, _NOBODY),
    "withdraw": (RESIDENT_IS_PARTY, _NOBODY),
    "choose_notices": (RESIDENT_IS_PARTY, _NOBODY),
    "follow_advice": (RESIDENT_IS_PARTY, _NOBODY),
    "answer_alarm": (RESIDENT_IS_PARTY, _NOBODY),
    "withdraw_consent": (RESIDENT_IS_PARTY, _NOBODY),
    "ask_correction": (RESIDENT_IS_PARTY, _NOBODY),
    "ask_call": (RESIDENT_IS_PARTY, _NOBODY),
    "withdraw_call": (RESIDENT_IS_PARTY, _NOBODY),
    "settle_call": (_NOBODY, STAFF_IN_UNIT),
    "answer_correction": (_NOBODY, STAFF_IN_UNIT),
    "judge_triage": (_NOBODY, STAFF_IN_UNIT),
    "judge_level": (_NOBODY, STAFF_HANDLED_IT),
}

#: Who works with cases at the unit she has chosen, in any of the care roles.
_CARES_HERE = """exists (
  select 1 from assignments a where a.staff_id = {person} and a.unit_id = {unit}
    and a.role in ('nurse', 'physician', 'physiotherapist', 'counsellor', 'medical_secretary')
    and a.from_at <= now() and (a.ended_at is null or a.ended_at > now()))"""

#: A care relation: a case that was sent to any unit of the care provider whose unit she works at. One that is blocked
#: for her is none.
HAS_CARE_RELATION = f"""exists (
  select 1 from cases k join visits w on w.case_id = k.id join units wu on wu.id = w.unit_id
    join units here on here.id = {{unit}} and here.provider_id = wu.provider_id where k.patient_id = r.id
    and not {_IS_BLOCKED.format(of="r.id", units="w.unit_id")})"""

#: Without one she has said why she looks for the patient, in this very session.
_HAS_SAID_WHY = """exists (
  select 1 from patient_searches q where q.resident_id = r.id and q.staff_id = {person} and q.unit_id = {unit}
    and q.session_id = {session})"""

_REACHES_PATIENT = f"({_CARES_HERE} and ({HAS_CARE_RELATION} or {_HAS_SAID_WHY}))"

#: verb on a patient -> clause for staff, which speaks of `r` (residents); residents search for nobody.
PATIENT_VERBS: dict[str, str] = {
    "see_patient": _REACHES_PATIENT,
    "begin_case": _REACHES_PATIENT,
}

#: Who receives a ticket: those at its unit who would reach such a case there. Its sender is whoever works at the unit
#: that has the case now, since she who wrote it may have gone home.
_RECEIVES = STAFF_IN_UNIT.replace("v.unit_id", "t.to_unit_id")
_SENDS = STAFF_IN_UNIT

#: verb on a ticket -> (clause for residents, clause for staff), which speak of `t` (tickets) and of `c` and `v`, the
#: case that it was made from. The receiver reaches the ticket and what stands in it, never that case.
TICKET_VERBS: dict[str, tuple[str, str]] = {
    "open_ticket": (RESIDENT_IS_PARTY, f"({_RECEIVES} or {_SENDS})"),
    "use_ticket": (RESIDENT_IS_PARTY, _NOBODY),
    "book_ticket": (_NOBODY, _RECEIVES),
    "return_ticket": (_NOBODY, _RECEIVES),
    "withdraw_ticket": (_NOBODY, _SENDS),
    "settle_ticket": (_NOBODY, _SENDS),
}

#: Administration is of a unit, by an assignment at that very unit that has not ended; care roles administer nothing.
_HAS_ROLE = """exists (
  select 1 from assignments a where a.staff_id = {{person}} and a.unit_id = u.id and a.role in ({roles})
    and a.from_at <= now() and (a.ended_at is null or a.ended_at > now()))"""

_USER_ADMIN = _HAS_ROLE.format(roles="'user_admin'")
_UNIT_MANAGER = _HAS_ROLE.format(roles="'unit_manager'")
_SETS_UP = _HAS_ROLE.format(roles="'config_admin', 'unit_manager'")
#: A nurse where she works now; who leads a unit chooses none to work at.
_NURSES = _HAS_ROLE.format(roles="'nurse'")
_PRINTS = f"(({_NURSES} and u.id = {{unit}}) or {_UNIT_MANAGER})"
_CONFIG_ADMIN = _HAS_ROLE.format(roles="'config_admin'")
_SEES_UNIT = _HAS_ROLE.format(roles="'user_admin', 'config_admin', 'unit_manager'")

#: The triage's content is one for the whole region, so an assignment at any of its units will do.
_ANYWHERE = """exists (
  select 1 from assignments a where a.staff_id = {{person}} and a.role in ({roles})
    and a.from_at <= now() and (a.ended_at is null or a.ended_at > now()))"""

_APPROVER = _ANYWHERE.format(roles="'medical_approver'")

#: The triage's figures: of one's own units, and of all for who approves its content.
_MAY_COUNT = f"({_CONFIG_ADMIN} or {_APPROVER})"

#: Who works with the cases of a unit, in any of the care roles; she uses its phrases and keeps her own beside them.
_CARES = _HAS_ROLE.format(roles="'nurse', 'physician', 'physiotherapist', 'counsellor', 'medical_secretary'")

#: verb on a unit -> clause for staff, which speaks of `u` (units); residents administer nothing.
UNIT_VERBS: dict[str, str] = {
    "see_unit": _SEES_UNIT,
    "see_staff": _USER_ADMIN,
    "see_alarms": _UNIT_MANAGER,
    "see_load": _SETS_UP,
    "limit_load": _SETS_UP,
    "print_ledger": _PRINTS,
    "set_staff_message": _SETS_UP,
    "see_ratings": _SETS_UP,
    "review_openings": _UNIT_MANAGER,
    "see_triage_quality": _MAY_COUNT,
    "export_triage_quality": _MAY_COUNT,
    "allow_own_sms": _CONFIG_ADMIN,
    "keep_referrals": _CONFIG_ADMIN,
    "limit_chats": _CONFIG_ADMIN,
    "set_reply_days": _CONFIG_ADMIN,
    "set_handover_rules": _CONFIG_ADMIN,
    "set_deadlines": _CONFIG_ADMIN,
    "share_queues": _CONFIG_ADMIN,
    "set_hours": _SETS_UP,
    "plan_closures": _SETS_UP,
    "shut_unit": _CONFIG_ADMIN,
    "see_versions": _SETS_UP,
    "undo_change": _SETS_UP,
    "keep_phrases": _CONFIG_ADMIN,
    "use_phrases": _CARES,
    "keep_own_phrases": _CARES,
}

#: verb on what belongs to the whole region -> clause for staff, which speaks of no row; residents do none of it.
REGION_VERBS: dict[str, str] = {
    "see_triage": _ANYWHERE.format(roles="'medical_approver', 'config_admin'"),
    "answer_support": _ANYWHERE.format(roles="'config_admin'"),
    "open_unit": _ANYWHERE.format(roles="'config_admin'"),
    "set_service_status": _ANYWHERE.format(roles="'config_admin'"),
    "edit_triage": _APPROVER,
    "approve_triage": _APPROVER,
    "see_region_quality": _APPROVER,
}


def ticket_clause(verb: str, kind: Kind, *, person: str, unit: str, today: str) -> str:
    """The WHERE clause for a verb on a ticket, with its values as SQL expressions."""
    resident, staff = TICKET_VERBS[verb]
    text = resident if kind == "resident" else staff
    return text.format(person=person, unit=unit, today=today)


def region_clause(verb: str, *, person: str) -> str:
    """The condition for a verb on what belongs to the region, with `person` as an SQL expression."""
    return REGION_VERBS[verb].format(person=person)


def patient_clause(verb: str, *, person: str, unit: str, session: str) -> str:
    """The WHERE clause for a verb on a patient, with `person`, `unit` and `session` as SQL expressions."""
    return PATIENT_VERBS[verb].format(person=person, unit=unit, session=session)


def unit_clause(verb: str, *, person: str, unit: str = "null::uuid") -> str:
    """The WHERE clause for a verb on a unit, with `person` as an SQL expression, and `unit` as the one where she works
    now: it decides only what is done in care, and who has chosen none does nothing of it.
    """
    return UNIT_VERBS[verb].format(person=person, unit=unit)


def clause(verb: str, kind: Kind, *, person: str, unit: str, today: str) -> str:
    """The WHERE clause for `verb`, with `person`, `unit` and `today` as SQL expressions ('$1' or 'l.person_id')."""
    resident, staff = VERBS[verb]
    text = resident if kind == "resident" else staff
    return text.format(person=person, unit=unit, today=today)


def blocked_case(*, person: str, unit: str) -> str:
    """Whether a case (`c`, its visit `v`) is blocked for somebody: of another unit, and not opened by her."""
    return BLOCKED_CASE.format(person=person, unit=unit)


def knows_of_blocked(*, person: str, unit: str) -> str:
    """Whether a case (`c`, its visit `v`) is one that is blocked for somebody, who may know that it is and no more."""
    return STAFF_KNOWS_OF_BLOCKED.format(person=person, unit=unit)


def might_read_elsewhere(*, person: str, unit: str) -> str:
    """Whether a case (`c`, its visit `v`) is of another unit, and somebody's to read if she cared for its patient."""
    return STAFF_MIGHT_READ_ELSEWHERE.format(person=person, unit=unit)


def asked(verb: str = "see") -> str:
    """The clause of a staff member's verb over $1 the person, $2 her unit and $3 the day, as `By.asking` gives them.

    Each is named with its type, so that a clause that does not look at one of them may be given all three.
    """
    given = "$1::uuid is not null and $2::uuid is not null and $3::date is not null"
    return f"({given} and {clause(verb, 'staff', person='$1', unit='$2', today='$3::date')})"


def reaches(person: str) -> str:
    """Whether somebody (an SQL expression) with a living account could open the case `c` at the unit of its visit `v`
    now, whatever unit she has chosen.
    """
    reach = clause("see", "staff", person=person, unit="v.unit_id", today="current_date")
    return f"(exists (select 1 from staff s where s.id = {person} and s.active) and {reach})"


def clause_for_many(verb: str, *, listener: str, today: str) -> str:
    """The clause when the asking people are rows of `listener` with columns kind, person_id and unit_id."""
    person, unit = f"{listener}.person_id", f"{listener}.unit_id"
    resident = clause(verb, "resident", person=person, unit=unit, today=today)
    staff = clause(verb, "staff", person=person, unit=unit, today=today)
    return f"(({listener}.kind = 'resident' and {resident}) or ({listener}.kind = 'staff' and {staff}))"
