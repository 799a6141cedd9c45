"""What stands at the top of every page of a case: whom it is about, how it stands, and who holds it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from linjen.access.ages import OWN_FROM_YEARS
from linjen.cases.blocks.elsewhere import knows_of_blocked
from linjen.cases.loading import Case
from linjen.cases.moves.inactivity import find_silence
from linjen.core import clock
from linjen.core.database import Connection, Row
from linjen.core.personal_number import age_years
from linjen.core.swedish import date_words, time_inside
from linjen.people.residents import see_resident
from linjen.web.booked_words import booked_words
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words, sex_words
from linjen.web.masked import name_elsewhere, title_name
from linjen.web.reason_names import reason_on


class CaseHead(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a case in words. `holding` is queued, mine, colleague or closed; `protected` as the resident's row.

    `titled` is her name as the title of a window, which others see, may hold it; `is_writer_protected` that of a
    guardian who is protected neither name nor more stands here.

    `interpreter` is the language that she needs one for, '' for none; `needs` is what else
    she or who writes for her has said that they need. `facts` holds age and sex; `writer` is who wrote
    when that is not the patient herself, or with `called` who rang and had it written down; `writer_out` says why she
    reads it no more: grown (the child has turned 13) or no_bond, '' while she does. `silent` (her holder is to
    decide), `reminded` and `may_remind` are for the holder alone; `chats` are the reader's own, `blocked` says that
    something of the patient at another unit is blocked for the reader. `later` says until when an open case is
    asynchronous, '' for one that is not.
    """

    case_id: UUID
    patient_id: UUID
    name: str
    titled: str
    given_name: str
    age: str
    facts: str
    reason: str
    protected: str
    unit: str
    holding: str
    holder: str
    status: str
    ended: str
    level: int
    unread: int
    writer: str
    writer_out: str
    is_writer_protected: bool
    called: bool
    interpreter: str
    wants_call: bool
    needs: list[str]
    silent: bool
    reminded: bool
    may_remind: bool
    blocked: bool
    later: str
    chats: list[dict[str, Any]] = []

    def sender_of(self, person_id: UUID) -> str:
        """The name of who has written or sent something here: the patient herself, or who wrote for her."""
        return self.name if person_id == self.patient_id or not self.writer else self.writer


async def case_head(db: Connection, exchange: Exchange, case: Case) -> CaseHead:
    """The head of a case that the reader has seen by see_case."""
    if case.patient_id is None:  # a sent case always has a patient; the type does not say so
        raise LookupError("a case without a patient")
    patient = await see_resident(db, case.patient_id)
    name = f"{patient.given_name} {patient.surname}"
    writer = await see_resident(db, case.opened_by) if case.opened_by != case.patient_id else None
    names = await db.fetchrow(
        "select u.name as unit, coalesce(s.given_name || ' ' || s.surname, '') as holder,"
        " coalesce(p.interpreter, '') as interpreter, coalesce(p.hearing or w.hearing, false) as hearing,"
        " coalesce(p.vision or w.vision, false) as vision,"
        " exists (select from call_backs b where b.case_id = $5 and b.state = 'waiting') as wants_call,"
        f" {knows_of_blocked(person='$6', unit='$7', patient='$3')} as blocked,"
        " (select v.until_on from visits v where v.id = $8 and v.kind = 'async' and v.state <> 'closed') as until_on,"
        " case when w.id <> p.id then coalesce(w.interpreter, '') else '' end as writers_interpreter,"
        " exists (select from guardianships g where g.guardian_id = w.id and g.child_id = p.id and g.ended_at is null)"
        " as has_bond"
        " from units u left join staff s on s.id = $2 left join residents p on p.id = $3"
        " left join residents w on w.id = $4 where u.id = $1",
        case.unit_id, case.holder_id, case.patient_id, case.opened_by, case.id, exchange.by.person_id,
        exchange.by.unit_id, case.visit_id,
    )  # fmt: skip
    holder = names["holder"] if names else ""
    age = age_words(patient.birth_on, clock.now())
    holding = _holding(exchange, case)
    silence = await find_silence(db, case.id) if holding == "mine" else None
    return CaseHead(
        case_id=case.id, patient_id=patient.id, name=name,
        titled=title_name(name, patient.protected),
        given_name=patient.given_name, age=age,
        facts=exchange.say("clinic.age", age=age, sex=sex_words(patient.sex, patient.birth_on, clock.now())),
        reason=reason_on(exchange.site.shelf, case.entry, case.reason, case.protocol), protected=patient.protected,
        unit=names["unit"] if names else "",
        holding=holding, holder=holder, status=_status(exchange, case, holding, holder), ended=_ended(exchange, case),
        level=case.priority or case.urgency or 0, unread=case.staff_unread,
        writer=name_elsewhere(f"{writer.given_name} {writer.surname}", writer.protected) if writer else "",
        writer_out=_writer_out(patient.birth_on, has_bond=bool(names and names["has_bond"])) if writer else "",
        is_writer_protected=writer is not None and writer.protected == "yes",
        called=case.begun_by is not None,
        interpreter=names["interpreter"] if names else "", needs=_needs(exchange, names) if names else [],
        wants_call=bool(names and names["wants_call"]), blocked=bool(names and names["blocked"]),
        silent=silence is not None and silence.flagged_at is not None,
        reminded=silence is not None and silence.reminded_at is not None,
        may_remind=holding == "mine" and exchange.site.sms is not None,
        later=_later(exchange, names["until_on"] if names else None),
    )  # fmt: skip


def _writer_out(birth_on: date, *, has_bond: bool) -> str:
    if age_years(birth_on, clock.local_date(clock.now())) >= OWN_FROM_YEARS:
        return "grown"
    return "" if has_bond else "no_bond"


def _later(exchange: Exchange, until: date | None) -> str:
    return exchange.say("asynchronous.until", date=date_words(until)) if until else ""


def _needs(exchange: Exchange, row: Row) -> list[str]:
    told = [exchange.say(f"clinic.patient_info.{name}") for name in ("hearing", "vision") if row[name]]
    if row["writers_interpreter"]:
        told.append(exchange.say("clinic.patient_info.writers_interpreter", name=row["writers_interpreter"]))
    return told


def _holding(exchange: Exchange, case: Case) -> str:
    if case.state != "in_progress":
        return "queued" if case.state == "queued" else "closed"
    return "mine" if case.holder_id == exchange.by.person_id else "colleague"


def _status(exchange: Exchange, case: Case, holding: str, holder: str) -> str:
    if holding == "queued" and case.booked_on is not None:
        return exchange.say("clinic.status.booked", when=booked_words(exchange, case.booked_on, case.starts_at))
    at = moment(exchange, case.closed_at) if case.closed_at else ""
    return exchange.say(f"clinic.status.{holding}", name=holder, at=at)


def _ended(exchange: Exchange, case: Case) -> str:
    return exchange.say(f"clinic.close.reasons.{case.close_reason}") if case.close_reason else ""


def moment(exchange: Exchange, at: datetime) -> str:
    """'15 maj 2023, kl. 09.00'."""
    return exchange.say("clinic.at", date=date_words(clock.local_date(at)), time=time_inside(at))
