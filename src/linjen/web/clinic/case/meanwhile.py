"""Under tiden: how a case stands now and who moved it when, for staff whose form or page came a moment too late."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.cases.loading import Case, see_case
from linjen.cases.moves.left_behind import find_held_at
from linjen.cases.timeline import Move, find_last_move
from linjen.core.database import Connection
from linjen.core.errors import LinjenError, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.web.clinic.case.case_head import moment
from linjen.web.exchange import Exchange

#: Refusals that say that somebody else has the case, or that it is not in a state for this any more.
_LATE = frozenset({"not_yours", "wrong_state"})


class Meanwhile(msgspec.Struct, frozen=True):
    """What the page of a fault says instead of its usual words; `moved` is who did what and when, '' for nothing.

    `unit_id` is where the case can be opened, None for the unit where she works now.
    """

    title: str
    text: str
    moved: str
    href: str
    unit_id: UUID | None = None


async def tell_meanwhile(exchange: Exchange, error: LinjenError) -> Meanwhile | None:
    """How the case of this address stands, for staff who were refused and may see it; None for everything else."""
    case_id = parse_id(str(exchange.request.path_params.get("case_id", "")))
    session = exchange.session
    if not (case_id and session and session.kind == "staff"):
        return None
    if isinstance(error, NotFound):
        return await _held_elsewhere(exchange, case_id)
    if not (isinstance(error, Refused) and error.reason in _LATE):
        return None
    try:
        async with exchange.site.database.transaction() as db:
            case = await see_case(db, exchange.by, case_id)
            return _told(exchange, case, await find_last_move(db, case_id), await _holder(db, case))
    except LinjenError:  # out of reach, or the database went away: the usual words are left
        return None


async def _held_elsewhere(exchange: Exchange, case_id: UUID) -> Meanwhile | None:
    """Her own case, out of reach from the unit where she works now: at which unit she has it, and nothing of it."""
    try:
        async with exchange.site.database.connection() as db:
            held = await find_held_at(db, exchange.by, case_id)
    except LinjenError:
        return None
    if held is None:
        return None
    say = exchange.say
    return Meanwhile(
        say("meanwhile.elsewhere", unit=held.unit), say("meanwhile.elsewhere_text"), "", f"/clinic/cases/{case_id}",
        held.unit_id,
    )  # fmt: skip


async def _holder(db: Connection, case: Case) -> str:
    return await db.fetchval("select given_name || ' ' || surname from staff where id = $1", case.holder_id) or ""


def _told(exchange: Exchange, case: Case, last: Move, holder: str) -> Meanwhile:
    mine = exchange.by.person_id
    if case.state == "in_progress":
        key = "mine" if case.holder_id == mine else "held"
    elif case.state == "closed":
        key = "closed_by_me" if (last.kind, last.by_id) == ("closed", mine) else "closed"
    else:
        key = "booked" if case.booked_on else "queued"
    return Meanwhile(
        exchange.say(f"meanwhile.{key}", name=holder), exchange.say(f"meanwhile.{key}_text"),
        moved_words(exchange, last), f"/clinic/cases/{case.id}",
    )  # fmt: skip


def moved_words(exchange: Exchange, last: Move) -> str:
    """'Bo Hellström lämnade över ärendet 15 maj 2023, kl. 09.00, till läkare, Ankaret.'; '' when nobody moved it."""
    if last.at is None:
        return ""
    who = exchange.say("meanwhile.you") if last.by_id == exchange.by.person_id else last.by_name
    to = last.to_name or (exchange.say(f"handover.role.{last.to_role}") if last.to_role else "")
    key = f"meanwhile.moved.{last.kind}"
    return exchange.say(key, name=who, at=moment(exchange, last.at), to=to, unit=last.to_unit)
