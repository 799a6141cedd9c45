"""Lämna över besök: to whom, a line for the receiver, and what the patient is told; and the hand-overs in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.blocks.block import is_blocked_here
from linjen.cases.loading import Case, note_refusal, see_case
from linjen.cases.moves.handover import LONGEST_NOTE, Handover, Receiver, hand_over, receivers_for
from linjen.cases.moves.handover_along import find_along
from linjen.cases.talk.message import LONGEST
from linjen.cases.timeline import find_last_move
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused, Reused
from linjen.core.ids import new_id, parse_id
from linjen.people.colleagues import Colleague, list_colleagues
from linjen.units.handover_rules import find_handover_rules
from linjen.units.hours import closes_at, next_opening
from linjen.units.opening import list_schedules
from linjen.units.referrals import list_referrals
from linjen.units.schedule import Schedule
from linjen.units.shutting import list_closed_to_new
from linjen.web.clinic.case.case_head import case_head, moment
from linjen.web.clinic.case.meanwhile import moved_words
from linjen.web.clinic.moves.handover_along import along_in_words
from linjen.web.clinic.moves.handover_phrase import Phrases
from linjen.web.clinic.moves.unsent import check_unsent, find_unsent, leaves_draft
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


def handovers_in_words(exchange: Exchange, handovers: Sequence[Handover]) -> list[dict[str, str]]:
    """What clinic/waiting/handovers.html shows of each, the latest first."""
    return [
        {"note": one.note, "by": f"{one.by_name}, {moment(exchange, one.at)}", "text": _to_words(exchange, one)}
        for one in handovers
    ]


def _to_words(exchange: Exchange, one: Handover) -> str:
    to = one.to_name or exchange.say(f"handover.role.{one.to_role}")
    return exchange.say("handover.to", to=to, unit=one.to_unit)


@get_page("/clinic/cases/{case_id:str}/handovers", verb="hand_over", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """Everybody of the care provider who can receive it, the own unit first; nobody is chosen beforehand."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/handovers", verb="hand_over", who="staff")
async def pass_on(exchange: Exchange) -> Response[Any]:
    """Back to the ledger, or the question anew with what was filled in: also when a colleague came first."""
    case_id, by = exchange.id_of("case_id"), exchange.by
    to, handover_id = (
        _receiver(exchange.text_of("to", longest=200)),
        parse_id(exchange.text_of("handover_id", longest=40)),
    )
    note, tell = exchange.text_of("note", longest=LONGEST_NOTE + 1), exchange.text_of("tell", longest=LONGEST + 1)
    try:
        if to is None:
            raise Invalid("choose", "to")
        async with exchange.site.database.transaction() as db:
            await check_unsent(db, exchange, case_id)
            await hand_over(
                db,
                exchange.site.sealer,
                by,
                case_id,
                handover_id or new_id(),
                to,
                note=note,
                tell=tell,
                was=exchange.number_of("was"),
                agreed=exchange.text_of("agreed", longest=10) == "yes",
            )
    except Invalid as error:
        if error.reason == "nobody_there":  # it may have been sent to somebody of another care provider, as one of ours
            await note_refusal(exchange.site.database, by, "hand_over", case_id, error)
        if isinstance(error, Reused) and not error.elsewhere:  # it was handed over by this very form, in other words
            return await show_late(exchange, {"note": note, "tell": tell}, "handover.again_title")
        told = exchange.told(error, "handover", longest=error.detail.get("longest", 0))
        return await _ask(exchange, {error.field: told})
    except Refused as error:
        await note_refusal(exchange.site.database, by, "hand_over", case_id, error)
        if error.reason not in {"not_yours", "wrong_state", "moved"}:
            raise
        return await show_late(exchange, {"note": note, "tell": tell})
    return exchange.redirect("/clinic/ledger?done=handed_over")


def _receiver(value: str) -> Receiver | None:
    """`unit/role` or `unit/role/person`, as the page's list says it."""
    unit, _, rest = value.partition("/")
    role, _, person = rest.partition("/")
    unit_id, staff_id = parse_id(unit), parse_id(person)
    if unit_id is None or not role or (person and staff_id is None):
        return None
    return Receiver(unit_id, role, staff_id)


async def show_late(
    exchange: Exchange, typed: Mapping[str, str], title: str = "handover.late_title", *, mine: str = ""
) -> Response[Any]:  # fmt: skip
    """Somebody else has the case, or it has ended: who, and what was typed, so that nothing of it is lost.

    `mine` is the title for who has ended it herself, in another window.
    """
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"))
        head, moved = await case_head(db, exchange, case), await find_last_move(db, case.id)
    if mine and case.state == "closed" and moved.by_id == exchange.by.person_id:
        title = mine
    return exchange.page(
        "clinic/moves/handover_late.html", status=409, head=head, typed=[t for t in typed.values() if t],
        title=exchange.say(title), moved=moved_words(exchange, moved),
    )  # fmt: skip


async def _ask(exchange: Exchange, errors: Mapping[str, str] | None = None) -> Response[Any]:
    errors = errors or {}
    sent = exchange.request.method == "POST"
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "hand_over")
        head = await case_head(db, exchange, case)
        everybody = await list_colleagues(db, case.unit_id) if case.unit_id else []
        colleagues, along = await _receivers(db, case, everybody), await find_along(db, case.id)
        schedules = await list_schedules(db, sorted({one.unit_id for one in colleagues}))
        referrals, last = await list_referrals(db, case.unit_id), await find_last_move(db, case.id)
        blocked, unsent = await is_blocked_here(db, case.id), await find_unsent(db, exchange, case.id)
        needs_note = case.unit_id is not None and (await find_handover_rules(db, case.unit_id)).note
    phrases = Phrases(exchange, head, schedules)
    tell = exchange.text_of("tell", longest=LONGEST + 1) if sent else phrases.to_anybody()
    return exchange.page(
        "clinic/moves/handover.html", status=422 if errors else 200, head=head, error_of=errors, referrals=referrals,
        groups=_groups(exchange, colleagues, phrases), hours=_hours(exchange, case, colleagues, schedules),
        along=along_in_words(exchange, along, case.unit_id, colleagues, everybody),
        blocked=blocked, agreed=exchange.text_of("agreed", longest=10) if sent else "",
        to_anybody=phrases.to_anybody(), needs_note=needs_note, to=exchange.text_of("to", longest=200) if sent else "",
        note=exchange.text_of("note", longest=LONGEST_NOTE + 1) if sent else "", tell=tell,
        longest_note=LONGEST_NOTE, longest_tell=LONGEST, handover_id=exchange.form_id("handover_id"),
        was=exchange.number_of("was") if sent else last.seq, unsent=unsent, leave_draft=sent and leaves_draft(exchange),
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


async def _receivers(db: Connection, case: Case, everybody: Sequence[Colleague]) -> list[Colleague]:
    found = receivers_for(case.entry, everybody)
    gone = await list_closed_to_new(db) - {case.unit_id}
    found = [one for one in found if one.unit_id not in gone]
    return [one for one in found if case.holder_id is None or one.staff_id != case.holder_id]


def _groups(exchange: Exchange, colleagues: Sequence[Colleague], phrases: Phrases) -> list[dict[str, Any]]:
    """The list of the page: a group for each unit, in it each role as a whole and then its people; with each what the
    patient is told (static/js/handover.js puts it into the box, where it can be changed).
    """
    groups = []
    for (unit_id, unit_name), of_unit in groupby(colleagues, key=lambda one: (one.unit_id, one.unit_name)):
        options = []
        for role, of_role in groupby(of_unit, key=lambda one: one.role):
            people = list(of_role)
            everybody = exchange.say("handover.at", who=exchange.say(f"handover.all.{role}"), unit=unit_name)
            options.append({"value": f"{unit_id}/{role}", "text": everybody, "tell": phrases.to_role(people[0])})
            options += [
                {"value": f"{unit_id}/{role}/{one.staff_id}",
                 "text": exchange.say("handover.at", unit=unit_name, who=exchange.say(
                     "handover.person", name=one.name, role=exchange.say(f"handover.role.{role}"))),
                 "tell": phrases.to_person(one)}
                for one in people
            ]  # fmt: skip
        groups.append({"name": unit_name, "options": options})
    return groups


def _hours(
    exchange: Exchange, case: Case, colleagues: Sequence[Colleague], schedules: Mapping[UUID, Schedule]
) -> list[str]:
    """When each other unit begins to handle what comes now: rehab works in the forenoon (routine F052)."""
    at, others = clock.now(), {one.unit_id: one.unit_name for one in colleagues if one.unit_id != case.unit_id}
    lines = []
    for unit_id, name in others.items():
        closes, opens = closes_at(schedules[unit_id], at), next_opening(schedules[unit_id], at)
        if closes is not None:
            lines.append(exchange.say("handover.open", unit=name, at=moment(exchange, closes)))
        elif opens is not None:
            lines.append(exchange.say("handover.opens", unit=name, at=moment(exchange, opens)))
    return lines


ROUTES = [ask, pass_on]
