"""Kontrollera och skicka: every answer with its way to change it, and the button that sends the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from litestar import Response

from linjen.cases.alarms.alarms import keep_alarms
from linjen.cases.intake.interview import (
    FORM_PRIORITY,
    Assessment,
    concluded,
    keep_assessment,
    level_of,
    untriaged_priority,
)
from linjen.cases.intake.send import ADMIN_PRIORITY, send_case
from linjen.cases.patients.consent import CARE_HISTORY, MEDICATION_LIST
from linjen.cases.talk.call_back import Wish, ask_call, find_unit
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.ids import new_id
from linjen.triage import Value, page_at
from linjen.triage.asking.forms import form_in_words
from linjen.triage.asking.wording import asked, name_of
from linjen.triage.own_words.unheard import LANGUAGE, beginning
from linjen.triage.own_words.words import is_foreign
from linjen.web.exchange import Exchange
from linjen.web.resident.call_back_words import read_form, typed_of, wish_of
from linjen.web.resident.intake.answers import answer_words
from linjen.web.resident.intake.emergency import may_queue
from linjen.web.resident.intake.flow import form_reasons, is_emergency, next_path, next_step, path_of
from linjen.web.resident.intake.sheet import Fault, Sheet, open_sheet
from linjen.web.resident.intake.step import Step, Values, is_outdated, leave, routes_of
from linjen.web.routing import post_page

Item = dict[str, str]

#: From so many on, questions that were answered no are folded away.
_MANY = 3


class CheckStep(Step):
    """The last page before sending."""

    name = "check"

    async def prepare(self, exchange: Exchange) -> Any:
        """The form of Ring mig; None before the unit is chosen."""
        async with exchange.site.database.connection() as db:
            unit_id = await find_unit(db, exchange.id_of("case_id"))
            return await read_form(db, exchange, unit_id) if unit_id else None

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """Everything that will be sent."""
        said, answered_no = _apart(list(_answers(sheet)))
        return {"items": list(_items(sheet)), "answers": said, "answered_no": answered_no, "unit": sheet.unit,
                "fallen": list(_fallen(sheet)), "pictures": _shown(sheet), "call": sheet.prepared}  # fmt: skip


def _apart(answers: list[tuple[Item, Value]]) -> tuple[list[Item], list[Item]]:
    """What says something, and what was answered no: the page folds the latter when they are many, so that she sees
    what she says before she sends it."""
    answered_no = [item for item, value in answers if value is False]
    if len(answered_no) < _MANY:
        return [item for item, _ in answers], []
    return [item for item, value in answers if value is not False], answered_no


def _items(sheet: Sheet) -> Iterator[Item]:
    say, unit = sheet.exchange.say, sheet.unit
    who = sheet.about or say("intake.patient.myself")
    yield _item(sheet, "patient", who, "patient" if sheet.children else "")
    yield _item(sheet, "unit", unit.name if unit else "", "unit")
    if not sheet.is_admin:
        for kind in (CARE_HISTORY, MEDICATION_LIST):
            allowed = sheet.consents[kind].choice
            yield _item(sheet, kind, say("parts.allow" if allowed else "parts.refuse"), "consent")
    yield _item(sheet, "words", sheet.intake.text, "words")
    if sheet.is_admin:
        if sheet.intake.about:
            yield _item(sheet, "about", _reason_name(sheet, sheet.intake.about), "about")
        yield from _form(sheet)
        return
    if sheet.is_form_only:
        yield from _form(sheet)
        yield _pictures(sheet)
        return
    names = [_reason_name(sheet, reason) for reason in sheet.intake.reasons]
    yield _item(sheet, "reasons", ", ".join(names), "reasons")
    yield from _form(sheet)
    yield _pictures(sheet)
    yield _item(sheet, "extra", sheet.intake.extra or say("intake.check.nothing"), "extra")


def _pictures(sheet: Sheet) -> Item:
    said = sheet.exchange.say("intake.check.picture_count", count=len(sheet.pictures))
    return _item(sheet, "pictures", said, "pictures")


def _shown(sheet: Sheet) -> list[Item]:
    """The pictures themselves: a number tells nobody whether the right ones are there."""
    rows = []
    for number, one in enumerate(sheet.pictures, 1):
        href = f"/cases/{sheet.draft.case.id}/pictures/{one.id}"
        name = sheet.exchange.say("intake.pictures.one", number=number)
        rows.append({"href": href, "url": f"{href}/thumbnail", "name": name, "alt": name})
    return rows


def _form(sheet: Sheet) -> Iterator[Item]:
    said = form_in_words(
        sheet.protocols, form_reasons(sheet), sheet.triage_patient, sheet.intake.form, sheet.exchange.language
    )
    for id, question, answer in said:
        yield {"question": question, "answer": answer, "href": f"{path_of(sheet, 'form')}#{id}"}


def _item(sheet: Sheet, name: str, answer: str, step: str) -> Item:
    return {"question": sheet.exchange.say(f"intake.check.{name}"), "answer": answer,
            "href": path_of(sheet, step) if step else ""}  # fmt: skip


def _reason_name(sheet: Sheet, reason: str) -> str:
    if reason == "ovrigt":
        return sheet.exchange.say("intake.reasons.other")
    return name_of(sheet.protocols, reason, sheet.exchange.language)


def _answers(sheet: Sheet) -> Iterator[tuple[Item, Value]]:
    """Each question as it was put, with the answer in words and as a value; asked twice, it stands where it was last.

    Answers from before the triage was turned off are sent, too; there is no page left to change them on.
    """
    state = sheet.kept_state
    last = {code: index for index, page in enumerate(state.pages if state else ()) for code in page.codes}
    for index in sorted(set(last.values())):
        assert state is not None  # noqa: S101 - nothing was asked without it
        page = page_at(sheet.protocols, state, index, sheet.exchange.language)
        for one in page.codes if page else ():
            if last[one.code] == index:
                value = state.answers.get(one.code)
                words = answer_words(sheet.exchange, one, value)
                href = f"{sheet.path}/questions/{index + 1}" if sheet.is_triaged else ""
                yield {"question": one.text, "answer": words, "href": href}, value


def _fallen(sheet: Sheet) -> Iterator[Item]:
    """What was answered before a change and is not asked any more: it is not sent, and she is told so.

    Only what said something: a list left with "nej" tells nobody anything.
    """
    state = sheet.state
    if state is None:
        return
    for code, value in sheet.intake.said.items():
        gone = code not in state.answers and code in sheet.protocols.vocabulary.findings
        if gone and value is not None and value is not False:
            one = asked(sheet.protocols, state.patient, code, sheet.exchange.language)
            yield {"question": one.text, "answer": answer_words(sheet.exchange, one, value), "href": ""}


STEP = CheckStep()


@post_page("/intakes/{case_id:str}/send", verb="write_intake", who="resident")
async def send(exchange: Exchange) -> Response[Any]:
    """Send the case. Sent twice, it is one case, and both answers lead to the receipt."""
    try:
        async with exchange.site.database.transaction() as db:
            sheet = await open_sheet(db, exchange)
            if is_emergency(sheet) and (is_outdated(sheet) or not may_queue(sheet)):
                return exchange.redirect(f"{sheet.path}/emergency")
            if not is_emergency(sheet) and next_step(sheet) != "check":
                return exchange.redirect(f"{next_path(sheet)}?newer=1")
            if is_outdated(sheet):
                return STEP.draw(sheet, {}, newer=True)
            wish, faults = await _wish(db, sheet)
            if faults:
                return STEP.draw(sheet, {}, faults)
            await _send(db, sheet)
            if wish is not None:
                await ask_call(db, exchange.site.sealer, exchange.by, sheet.draft.case.id, new_id(), wish)
    except Refused as refused:
        return await leave(exchange, refused, again=True)
    return exchange.redirect(f"{sheet.path}/receipt")


async def _wish(db: Connection, sheet: Sheet) -> tuple[Wish | None, list[Fault]]:
    """That she wants to be called, where she has ticked it; what has to be changed in it stands on the page then."""
    exchange = sheet.exchange
    if exchange.text_of("call", longest=10) != "yes" or sheet.unit is None:
        return None, []
    try:
        return await wish_of(db, exchange, sheet.unit.id), []
    except Invalid as error:
        typed = typed_of(exchange, error)
        sheet.prepared = await read_form(db, exchange, sheet.unit.id, typed) | {"ticked": True}
        return None, [Fault(field, told) for field, told in typed.errors.items()]


async def _send(db: Connection, sheet: Sheet) -> None:
    exchange = sheet.exchange
    assert sheet.assessment is not None  # noqa: S101 - there are words, or nothing could be sent
    found = concluded(sheet.protocols, sheet.state, sheet.assessment, exchange.language)
    case_id, levels = sheet.draft.case.id, partial(level_of, sheet.protocols)
    await keep_assessment(db, exchange.site.sealer, case_id, found)
    await keep_alarms(db, exchange.site.sealer, case_id, _heard(sheet, found), levels, None, _confirmed(sheet, found))
    opening = "\n\n".join(text for text in (sheet.intake.text, sheet.intake.extra) if text)
    await send_case(
        db, exchange.site.sealer, exchange.by, sheet.draft, urgency=_priority(sheet, found),
        reason=found.contact_reason, protocol=found.protocol, opening=opening, triaged=sheet.is_triaged,
    )  # fmt: skip


def _heard(sheet: Sheet, found: Assessment) -> dict[str, str]:
    """The warning signs in her words, and what she wrote in a language that is read by people only."""
    texts = [sheet.intake.text, sheet.intake.extra, *(answer for _, answer in found.form)]
    foreign = next((text for text in texts if is_foreign(text)), "")
    return {**found.words, LANGUAGE: beginning(foreign)} if foreign else found.words


def _confirmed(sheet: Sheet, found: Assessment) -> dict[str, str]:
    """What she has answered of what was heard, as an alarm keeps it."""
    said = sheet.kept_state.answers if sheet.kept_state else {}
    words = {True: "yes", False: "no", None: "unknown"}
    return {code: words.get(said[code], "yes") for code in found.words if code in said}  # type: ignore[arg-type]


def _priority(sheet: Sheet, found: Assessment) -> int:
    if found.urgency is not None:
        return found.urgency
    return untriaged_priority(sheet.protocols, found, ADMIN_PRIORITY if sheet.is_admin else FORM_PRIORITY)


_show, _ = routes_of(STEP)
ROUTES = [_show, send]
