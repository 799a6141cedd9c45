"""Biljetter: the unit's list of them, one that has come, and what its receiver and its sender do with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from litestar import Response

from linjen.cases.tickets.ticket import Ticket, may_ticket, note_ticket_refusal, see_ticket
from linjen.cases.tickets.ticket_answer import FURTHEST, LONGEST_WHY, book_ticket, return_ticket
from linjen.cases.tickets.ticket_desk import see_desk
from linjen.cases.tickets.ticket_withdraw import settle_ticket, withdraw_ticket
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused, Reused
from linjen.core.personal_number import parse_personal_number
from linjen.core.swedish import date_words
from linjen.people.residents import see_resident, unseal_number
from linjen.web.clinic.case.case_head import moment
from linjen.web.clinic.odd_times import ask_once, asked
from linjen.web.clinic.tickets.ticket_words import sent_reason, ticket_in_words
from linjen.web.clinic.waiting.views import views_here
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words, sex_words
from linjen.web.masked import title_name
from linjen.web.reason_names import known_names
from linjen.web.routing import get_page, post_page

Done = TypeVar("Done")

_ODD = "odd_hour"
#: Hours of the Swedish clock in which a booked time is no surprise.
_DAY = range(7, 20)


@get_page("/clinic/tickets", verb="tickets", who="staff")
async def show_tickets(exchange: Exchange) -> Response[Any]:
    """What came back first, then what has come here, then what is on its way. 404 for who works with no cases here."""
    async with exchange.site.database.transaction() as db:
        desk = await see_desk(db, exchange.site.sealer, exchange.by)
        views = await views_here(db, exchange, "tickets")
    known = known_names(exchange.site.shelf)
    rows = [[_row(exchange, one, known) for one in some] for some in (desk.back, desk.received, desk.sent)]
    return exchange.page("clinic/tickets/tickets_list.html", views=views, back=rows[0], received=rows[1], sent=rows[2])


def _row(exchange: Exchange, one: Ticket, known: Collection[str]) -> dict[str, Any]:
    """A row of the list: age and no name, as in the ledger; the texts are read where they are logged one by one."""
    return ticket_in_words(exchange, one) | {
        "reason": sent_reason(exchange, one.history, known), "case_id": str(one.case_id),
        "age": age_words(one.patient_birth_on, clock.now()),
        "changed": moment(exchange, one.changed_at), "level": one.priority,
        "issued": exchange.say("ticketing.issued_at", at=moment(exchange, one.issued_at)),
        "resource": exchange.say(f"ledger.for_role.{one.to_resource}") if one.to_resource else "",
    }  # fmt: skip


@get_page("/clinic/tickets/{ticket_id:str}", verb="open_ticket", who="staff")
async def show_ticket(exchange: Exchange) -> Response[Any]:
    """One ticket with all that stands in it, and what its receiver can do."""
    return await _show(exchange)


async def _show(
    exchange: Exchange, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> Response[Any]:
    errors, typed = errors or {}, typed or {}
    now = clock.now()
    async with exchange.site.database.transaction() as db:
        one = await see_ticket(db, exchange.site.sealer, exchange.by, exchange.id_of("ticket_id"))
        patient = await see_resident(db, one.patient_id)
        pairs = await _pairs(db, exchange, one)
        receives = await may_ticket(db, exchange.by, one.id, "return_ticket")
    today = clock.local_date(now)
    sex, age = sex_words(patient.sex, patient.birth_on, now), age_words(patient.birth_on, now)
    name, words = f"{patient.given_name} {patient.surname}", ticket_in_words(exchange, one)
    words |= {"is_booking": one.kind == "booking", "follows": exchange.say(f"ticketing.follows.{_key(one)}")}
    return exchange.page(
        "clinic/tickets/ticket_received.html",
        status=422 if errors else 200, name=name,
        titled=title_name(name, patient.protected),
        facts=exchange.say("clinic.age", age=age, sex=sex), protected=patient.protected == "yes", ticket=words,
        facts_pairs=pairs, may_answer=receives and one.state == "issued", longest_why=LONGEST_WHY,
        new_case=one.used_case_id if receives else None, least=today.isoformat(),
        most=(today + FURTHEST).isoformat(), on=typed.get("on", ""), time=typed.get("time", ""),
        anyway=typed.get("anyway", ""),
        why=typed.get("why", ""), error_of=errors,
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


def _key(one: Ticket) -> str:
    return f"issued_{one.kind}" if one.state == "issued" else one.state


async def _pairs(db: Connection, exchange: Exchange, one: Ticket) -> list[dict[str, str]]:
    digits = await unseal_number(db, exchange.site.sealer, one.patient_id)
    level = exchange.say("ticketing.level", level=one.priority, word=exchange.say(f"urgency.{one.priority}"))
    values = {
        "to": ticket_in_words(exchange, one)["to"], "kind": exchange.say(f"ticketing.kind.{one.kind}"),
        "last_on": date_words(one.last_on), "number": parse_personal_number(digits).on_screen, "level": level,
        "sender": exchange.say("ticketing.sender", unit=one.from_unit, name=one.by_name),
    }  # fmt: skip
    return [{"name": exchange.say(f"ticketing.leaves.{key}"), "value": value} for key, value in values.items()]


async def _do(exchange: Exchange, verb: str, act: Callable[[Connection, UUID], Awaitable[Done]]) -> Done:
    """Do it in a transaction; a refusal leaves its row in the access log."""
    ticket_id = exchange.id_of("ticket_id")
    try:
        async with exchange.site.database.transaction() as db:
            return await act(db, ticket_id)
    except (NotFound, Refused) as error:
        await note_ticket_refusal(exchange.site.database, exchange.by, verb, ticket_id, error)
        raise


@post_page("/clinic/tickets/{ticket_id:str}/bookings", verb="book_ticket", who="staff")
async def book(exchange: Exchange) -> Response[Any]:
    """Boka tid: back to the ticket with its time, or the form anew."""
    sealer, by = exchange.site.sealer, exchange.by
    typed = {name: exchange.text_of(name, longest=20) for name in ("on", "time", "anyway")}
    try:
        at = _instant(typed["on"], typed["time"])

        async def act(db: Connection, ticket_id: UUID) -> None:
            await book_ticket(db, sealer, by, ticket_id, at)
            # Asked only of a time that can be booked, and then nothing of this is kept. The receiver may see its
            # patients at any time of its day, so its hours of the chat say nothing, but a night does.
            ask_once(typed, _ODD, is_odd=clock.local(at).hour not in _DAY)

        await _do(exchange, "book_ticket", act)
    except Invalid as error:
        return await _show(exchange, {error.field: exchange.told(error, "ticketing")}, asked(typed, error, _ODD))
    return exchange.redirect(f"/clinic/tickets/{exchange.id_of('ticket_id')}")


def _instant(on: str, wall: str) -> datetime:
    try:
        day = clock.read_day(on)
    except ValueError:
        raise Invalid("time_day", "on") from None
    try:
        clock_time = clock.read_time(wall)
    except ValueError:
        raise Invalid("time_hour", "time") from None
    if clock_time.tzinfo is not None or day > clock.local_date(clock.now()) + FURTHEST + timedelta(days=1):
        raise Invalid("time_far", "on")
    wall_time = clock_time.replace(second=0)
    try:
        return clock.at_wall(day, wall_time)
    except ValueError:
        raise Invalid("time_skipped", "time") from None


@post_page("/clinic/tickets/{ticket_id:str}/returns", verb="return_ticket", who="staff")
async def give_back(exchange: Exchange) -> Response[Any]:
    """Lämna tillbaka: back to the list, or the form anew with the reason as it was typed."""
    sealer, by, why = exchange.site.sealer, exchange.by, exchange.text_of("why", longest=100_000)
    try:
        await _do(exchange, "return_ticket", lambda db, one: return_ticket(db, sealer, by, one, why))
    except Reused:  # it has been returned with another reason: the page of the fault gives this one back
        raise
    except Invalid as error:
        words = exchange.told(error, "ticketing", longest=LONGEST_WHY)
        return await _show(exchange, {error.field: words}, {"why": why})
    return exchange.redirect("/clinic/tickets")


@post_page("/clinic/tickets/{ticket_id:str}/withdrawals", verb="withdraw_ticket", who="staff")
async def withdraw(exchange: Exchange) -> Response[Any]:
    """Ta tillbaka biljetten: back to the case that it was made from."""
    sealer, by = exchange.site.sealer, exchange.by
    case_id = await _do(exchange, "withdraw_ticket", lambda db, one: withdraw_ticket(db, sealer, by, one))
    return exchange.redirect(f"/clinic/cases/{case_id}#case-tickets")


@post_page("/clinic/tickets/{ticket_id:str}/settlings", verb="settle_ticket", who="staff")
async def settle(exchange: Exchange) -> Response[Any]:
    """Klart: what came back or ran out has been dealt with; back to the list or to the case, where it was pressed."""
    sealer, by = exchange.site.sealer, exchange.by
    case_id = await _do(exchange, "settle_ticket", lambda db, one: settle_ticket(db, sealer, by, one))
    from_list = exchange.text_of("back", longest=10) == "list"
    return exchange.redirect("/clinic/tickets" if from_list else f"/clinic/cases/{case_id}#case-tickets")


ROUTES = [show_tickets, show_ticket, book, give_back, withdraw, settle]
