"""Svar på en vidimering: attesting, following up, sending on and taking back, each in a dialogue of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from litestar import Response

from linjen.cases.colleagues.attestation import LONGEST, attest, follow_up, withdraw_attestation
from linjen.cases.colleagues.attestation_list import Attestation, list_attestations
from linjen.cases.colleagues.attestation_moves import forward_attestation
from linjen.cases.loading import note_refusal, see_case
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.colleagues.attestation import attestation_in_words, read_day, told
from linjen.web.clinic.colleagues.colleague_choice import colleagues_of, read_addressee, role_and_person_options
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page

_ONE = "/clinic/cases/{case_id:str}/attestations/{attestation_id:str}"


@get_page(_ONE + "/answers", verb="attest", who="staff")
async def ask_answer(exchange: Exchange) -> Response[Any]:
    """The box for a comment."""
    return await _dialogue(exchange, "attest")


@post_page(_ONE + "/answers", verb="attest", who="staff")
async def answer(exchange: Exchange) -> Response[Any]:
    """Vidimera."""
    comment = exchange.text_of("comment", longest=LONGEST + 1)
    return await _do(exchange, "attest", comment, lambda db: attest(
        db, exchange.site.sealer, exchange.by, *_ids(exchange), comment
    ))  # fmt: skip


@get_page(_ONE + "/follow-ups", verb="follow_up", who="staff")
async def ask_follow_up(exchange: Exchange) -> Response[Any]:
    """Until which day."""
    return await _dialogue(exchange, "follow_up")


@post_page(_ONE + "/follow-ups", verb="follow_up", who="staff")
async def keep(exchange: Exchange) -> Response[Any]:
    """Följ upp senare."""
    return await _do(exchange, "follow_up", "", lambda db: follow_up(
        db, exchange.by, *_ids(exchange), read_day(exchange, "due_on")
    ))  # fmt: skip


@get_page(_ONE + "/forwardings", verb="forward_attestation", who="staff")
async def ask_forward(exchange: Exchange) -> Response[Any]:
    """To whom, and why."""
    return await _dialogue(exchange, "forward_attestation")


@post_page(_ONE + "/forwardings", verb="forward_attestation", who="staff")
async def forward(exchange: Exchange) -> Response[Any]:
    """Skicka vidare."""
    reason, to = exchange.text_of("reason", longest=LONGEST + 1), read_addressee(exchange.text_of("to", longest=200))
    move_id = parse_id(exchange.text_of("move_id", longest=40))

    async def do(db: Connection) -> None:
        if to is None or move_id is None:
            raise Invalid("choose", "to")
        await forward_attestation(
            db, exchange.site.sealer, exchange.by, *_ids(exchange), move_id, to, reason
        )  # fmt: skip

    return await _do(exchange, "forward_attestation", reason, do)


@post_page(_ONE + "/withdrawals", verb="withdraw_attestation", who="staff")
async def withdraw(exchange: Exchange) -> Response[Any]:
    """Ta tillbaka."""
    return await _do(
        exchange, "withdraw_attestation", "", lambda db: withdraw_attestation(db, exchange.by, *_ids(exchange))
    )


def _ids(exchange: Exchange) -> tuple[Any, Any]:
    return exchange.id_of("case_id"), exchange.id_of("attestation_id")


async def _do(exchange: Exchange, verb: str, typed: str, do: Callable[[Connection], Awaitable[None]]) -> Response[Any]:
    """Back to the case; the question anew; or what a colleague has done meanwhile, with what was typed."""
    case_id, attestation_id = _ids(exchange)
    try:
        async with exchange.site.database.transaction() as db:
            await do(db)
    except Invalid as error:
        return await _dialogue(exchange, verb, {error.field: told(exchange, error)})
    except Refused as error:
        await note_refusal(exchange.site.database, exchange.by, verb, case_id, error)
        return await _late(exchange, typed)
    return exchange.redirect(f"/clinic/cases/{case_id}#at-{attestation_id}")


def _find(found: Sequence[Attestation], exchange: Exchange) -> Attestation:
    one = next((one for one in found if one.id == exchange.id_of("attestation_id")), None)
    if one is None:
        raise NotFound("attestation")
    return one


async def _dialogue(exchange: Exchange, verb: str, errors: Mapping[str, str] | None = None) -> Response[Any]:
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        try:
            case = await see_case(db, exchange.by, exchange.id_of("case_id"), verb)
        except Refused:  # it has ended meanwhile, or never was hers: how it stands is told
            case = await see_case(db, exchange.by, exchange.id_of("case_id"))
        head = await case_head(db, exchange, case)
        one = _find(await list_attestations(db, exchange.site.sealer, exchange.by, case.id), exchange)
        options = role_and_person_options(exchange, await colleagues_of(db, exchange, case))
    if not (one.movable if verb == "forward_attestation" else one.asked):
        return _as_it_is(exchange, head, one, exchange.text_of("reason", longest=LONGEST + 1))
    return exchange.page(
        "clinic/colleagues/attestation_do.html", status=422 if errors else 200, head=head, verb=verb, error_of=errors,
        one=attestation_in_words(exchange, one), options=options, longest=LONGEST,
        comment=exchange.text_of("comment", longest=LONGEST + 1), to=exchange.text_of("to", longest=200),
        reason=exchange.text_of("reason", longest=LONGEST + 1), due_on=exchange.text_of("due_on", longest=20),
        move_id=exchange.form_id("move_id"), least=clock.local_date(clock.now()),
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


async def _late(exchange: Exchange, typed: str) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"))
        head = await case_head(db, exchange, case)
        one = _find(await list_attestations(db, exchange.site.sealer, exchange.by, case.id), exchange)
    return _as_it_is(exchange, head, one, typed)


def _as_it_is(exchange: Exchange, head: Any, one: Attestation, typed: str) -> Response[Any]:
    """How the attestation stands, to who came too late or has no part in it; what was typed is not lost."""
    words = attestation_in_words(exchange, one)
    return exchange.page("clinic/colleagues/attestation_late.html", status=409, head=head, one=words, typed=typed)


ROUTES = [ask_answer, answer, ask_follow_up, keep, ask_forward, forward, withdraw]
