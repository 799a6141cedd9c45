"""Stämmer det: what was heard in a resident's message is asked of her, with 112 at hand as long as it may be so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from linjen.cases.alarms.alarms import ANSWERS, Alarm, list_unanswered
from linjen.cases.alarms.answer_alarm import answer_alarm
from linjen.cases.loading import Case
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.personal_number import age_years
from linjen.people.residents import see_resident
from linjen.triage import Protocols
from linjen.triage.asking.wording import asked
from linjen.triage.content.condition import YES
from linjen.triage.own_words.tripwire import ALARM_LEVELS
from linjen.triage.own_words.unheard import UNHEARD
from linjen.triage.state import Patient
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.around import support_for
from linjen.web.routing import post_page

#: Questions at a time: the most urgent; the rest follow as these are answered.
_MOST = 3


class Question(msgspec.Struct, frozen=True):
    """What was heard, put as the triage puts it. `quote` is her own words."""

    id: str
    quote: str
    text: str


class Heard(msgspec.Struct, frozen=True):
    """What her messages may mean: `danger` holds the words that 112 is shown for, '' when there are none.

    `support` is what to do and whom to call for thoughts of death and the like, as in the interview. `unread` when she
    wrote in a language that is read by people only; `late` when the case was closed meanwhile; `unsent` when it was
    closed before the words reached anybody.
    """

    danger: str
    unread: bool
    late: bool
    questions: tuple[Question, ...]
    support: tuple[dict[str, Any], ...] = ()
    unsent: bool = False
    #: She has answered a question about what was heard, and staff have not written since.
    is_answered: bool = False

    @property
    def is_only_thanks(self) -> bool:
        """Nothing is left to say but that her answer was received."""
        return not (self.danger or self.unread or self.questions)


async def read_heard(db: Connection, exchange: Exchange, case: Case, protocols: Protocols) -> Heard | None:
    """What stands at the top of a case that its reader has seen by see_case; None when nothing is to be said."""
    heard = await list_unanswered(db, exchange.site.sealer, case.id)
    if not heard or case.patient_id is None:
        return None
    may_be_so = [one for one in heard if one.answer != "no"]
    urgent = next((one for one in may_be_so if one.level in ALARM_LEVELS), None)
    about = await about_patient(db, exchange, case, case.patient_id)
    found = Heard(
        danger=urgent.quote if urgent else "", unread=any(one.code in UNHEARD for one in heard),
        late=case.state == "closed",
        questions=tuple(
            Question(str(one.id), one.quote, asked(protocols, about, one.code, exchange.language).text)
            for one in _to_ask(protocols, heard)[:_MOST]
        ),
        support=tuple(support_for(exchange, protocols, about, dict.fromkeys((one.code for one in may_be_so), YES))),
        is_answered=any(one.answer for one in heard),
    )  # fmt: skip
    return found if found.is_answered or not found.is_only_thanks else None


def _to_ask(protocols: Protocols, heard: list[Alarm]) -> list[Alarm]:
    """What is not answered yet, each sign once and not what a yes to another one would mean."""
    known = protocols.vocabulary
    meant = {
        above for one in heard if one.code in known.findings and one.answer in {None, "yes"}
        for above in known.ancestors(one.code)
    }  # fmt: skip
    left = {one.code: one for one in reversed(heard) if one.answer is None and one.code in known.findings}
    return [one for one in reversed(left.values()) if one.code not in meant]


async def about_patient(db: Connection, exchange: Exchange, case: Case, patient_id: UUID) -> Patient:
    """Whom the case is about, in the triage's terms."""
    patient = await see_resident(db, patient_id)
    herself = patient_id == exchange.by.person_id
    return Patient(
        age_years(patient.birth_on, clock.local_date(clock.now())), patient.sex,  # type: ignore[arg-type]
        "self" if herself else "parent", "" if herself else patient.given_name,
    )  # fmt: skip


@post_page("/cases/{case_id:str}/alarms/{alarm_id:str}/answers", verb="answer_alarm", who="resident")
async def take_answer(exchange: Exchange) -> Response[Any]:
    """Ja, Nej or Vet inte; back to the case."""
    case_id, alarm_id = exchange.id_of("case_id"), exchange.id_of("alarm_id")
    answer = exchange.text_of("answer", longest=10)
    if answer not in ANSWERS:
        raise Invalid("unknown_answer", "answer")
    async with exchange.site.database.transaction() as db:
        await answer_alarm(db, exchange.by, case_id, alarm_id, answer)
    return exchange.redirect(f"/cases/{case_id}")


ROUTES = [take_answer]
