"""Fler frågor: the holder chooses a further contact reason, and either sends its questions or asks them herself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from linjen.cases.begun_by_staff.further import Asking, ask_further
from linjen.cases.intake.interview import keep_state
from linjen.cases.intake.start import Intake
from linjen.cases.loading import Case, note_refusal, see_case
from linjen.cases.talk.message import LONGEST, check_told
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused, Reused
from linjen.core.ids import new_id, parse_id
from linjen.core.personal_number import age_months
from linjen.core.swedish import sort_key
from linjen.people.residents import Resident, see_resident
from linjen.triage import Protocols, begin, choose
from linjen.triage.asking.plausible import FALLBACK, is_for
from linjen.triage.asking.wording import name_of
from linjen.triage.content.condition import PATIENT, SEX, Facts
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.moves.handover import show_late
from linjen.web.exchange import Exchange
from linjen.web.parts.further_pages import Here, Shown, draw_at, place_of, see_here, take_page
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page

_WAYS = ("send", "ask")


@get_page("/clinic/cases/{case_id:str}/further-questions", verb="ask_further", who="staff")
async def choose_questions(exchange: Exchange) -> Response[Any]:
    """Which reason, and who answers; nothing is chosen beforehand."""
    return await _choose(exchange, {})


@post_page("/clinic/cases/{case_id:str}/further-questions", verb="ask_further", who="staff")
async def ask_questions(exchange: Exchange) -> Response[Any]:
    """Back to the case with the card in the talk, on to the first question, or what has to be changed."""
    case_id, site = exchange.id_of("case_id"), exchange.site
    further_id = parse_id(exchange.text_of("further_id", longest=40)) or new_id()
    async with site.database.transaction() as db:
        case, patient = await _see(db, exchange)
    reason, way = exchange.text_of("reason", longest=60), exchange.text_of("way", longest=10)
    tell = exchange.text_of("text", longest=LONGEST + 1) if way == "send" else ""
    if errors := _faults(exchange, _reasons(exchange, patient), reason, way, tell):
        return await _choose(exchange, errors)
    asking = Asking(reason=reason, intake=_begun(site.shelf.running(), case, patient, reason), tell=tell)
    try:
        async with site.database.transaction() as db:
            await ask_further(db, site.sealer, exchange.by, case_id, further_id, asking)
    except Reused as error:
        return await _choose(exchange, {"reason": exchange.told(error, "")})
    except Invalid as error:
        return await _choose(exchange, {error.field: exchange.told(error, "further")})
    except Refused as error:
        await note_refusal(site.database, exchange.by, "ask_further", case_id, error)
        return await show_late(exchange, {"text": tell}, "further.late_title")
    here = f"/clinic/cases/{case_id}"
    return exchange.redirect(here if way == "send" else f"{here}/further-questions/{further_id}")


def _faults(exchange: Exchange, reasons: Mapping[str, str], reason: str, way: str, tell: str) -> dict[str, str]:
    errors = {} if reason in reasons else {"reason": exchange.say("further.choose_reason")}
    if way not in _WAYS:
        errors["way"] = exchange.say("further.choose_way")
    if way == "send":
        try:
            check_told(tell)
        except Invalid as error:
            errors["text"] = exchange.told(error, "chat")
    return errors


async def _see(db: Connection, exchange: Exchange) -> tuple[Case, Resident]:
    """The case and its patient; 404 where there is nothing to ask: without the triage, or in an administrative case."""
    case = await see_case(db, exchange.by, exchange.id_of("case_id"), "ask_further")
    if case.patient_id is None or case.entry != "symptom" or not exchange.site.shelf.is_on:
        raise NotFound("further")
    return case, await see_resident(db, case.patient_id)


def _reasons(exchange: Exchange, patient: Resident) -> dict[str, str]:
    """The contact reasons with questions that fit the patient, by name."""
    protocols = exchange.site.shelf.running()
    facts: Facts = {PATIENT: _age(patient), SEX: patient.sex}
    fitting = [one for one in protocols.reasons if one != FALLBACK and is_for(protocols, one, facts)]
    names = {one: name_of(protocols, one, "sv") for one in fitting}
    return dict(sorted(names.items(), key=lambda item: sort_key(item[1])))


def _age(patient: Resident) -> float:
    return age_months(patient.birth_on, clock.local_date(clock.now())) / 12


def _begun(protocols: Protocols, case: Case, patient: Resident, reason: str) -> Intake:
    """The interview at its first page, about her whom the case is about, in the words of who writes in it."""
    herself = case.opened_by == case.patient_id
    writer, name = ("self", "") if herself else ("parent", patient.given_name)
    on = clock.local_date(clock.now())
    state = begin(protocols, _age(patient), patient.sex, writer, "", name, on)  # type: ignore[arg-type]
    return keep_state(Intake(reasons=[reason], want_contact=True), choose(protocols, state, [reason]))


async def _choose(exchange: Exchange, errors: Mapping[str, str]) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        case, patient = await _see(db, exchange)
        head = await case_head(db, exchange, case)
    sent = exchange.request.method == "POST"
    return exchange.page(
        "clinic/begun_by_staff/further.html", status=422 if errors else 200, head=head, error_of=errors,
        errors=[{"field": field, "text": words} for field, words in errors.items()], longest=LONGEST,
        reasons=[{"value": one, "text": name} for one, name in _reasons(exchange, patient).items()],
        ways=[{"value": one, "text": exchange.say(f"further.ways.{one}")} for one in _WAYS],
        further_id=exchange.form_id("further_id"), reason=exchange.text_of("reason", longest=60) if sent else "",
        way=exchange.text_of("way", longest=10) if sent else "",
        text=exchange.text_of("text", longest=LONGEST) if sent else exchange.say("further.words"),
    )  # fmt: skip


@get_page("/clinic/cases/{case_id:str}/further-questions/{further_id:str}", verb="answer_further", who="staff")
async def show_questions(exchange: Exchange) -> Response[Any]:
    """The next page, the one that was gone back to, or what the answers came to."""
    here = await see_here(exchange)
    if here.further.answered_at is not None:
        return await _result(exchange, here)
    place = place_of(str(exchange.request.query_params.get("place", "")))
    return await _draw(exchange, draw_at(exchange, here, len(here.state.pages) if place is None else place))


@post_page("/clinic/cases/{case_id:str}/further-questions/{further_id:str}", verb="answer_further", who="staff")
async def take_answers(exchange: Exchange) -> Response[Any]:
    """The next page, what the answers came to, or the page with what has to be changed."""
    taken = await take_page(exchange)
    if isinstance(taken, Shown):
        return await _draw(exchange, taken)
    path = exchange.request.url.path
    return exchange.redirect(path if taken is None else f"{path}?place={taken}")


async def _draw(exchange: Exchange, shown: Shown) -> Response[Any]:
    return await _framed(exchange, "further_questions", shown.here, shown.status, **shown.values)


async def _result(exchange: Exchange, here: Here) -> Response[Any]:
    return await _framed(exchange, "further_result", here, 200, found=here.further.found, errors=())


async def _framed(exchange: Exchange, template: str, here: Here, status: int, **values: Any) -> Response[Any]:
    async with exchange.site.database.connection() as db:  # see_here has logged the look
        head = await case_head(db, exchange, here.case)
    return exchange.page(
        f"clinic/begun_by_staff/{template}.html", status=status, head=head, further=here.further,
        reason=reason_on(exchange.site.shelf, "symptom", here.further.reason, here.protocols.stamp), **values,
    )  # fmt: skip


ROUTES = [choose_questions, ask_questions, show_questions, take_answers]
