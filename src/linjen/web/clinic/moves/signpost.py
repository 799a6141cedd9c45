"""Hänvisa till rätt enhet: which unit, the words to the patient, and the case is closed in the same step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.alarms.alarms import find_standing
from linjen.cases.loading import note_refusal, see_case
from linjen.cases.moves.signpost import signpost
from linjen.cases.talk.message import LONGEST
from linjen.core.errors import Invalid, Refused
from linjen.core.ids import parse_id
from linjen.units.units import Unit, list_units_for_residents
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.moves.close import drawn_at
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page

#: What stands in the suggested words where the unit belongs.
_PLACE = "[enhet]"


@get_page("/clinic/cases/{case_id:str}/signposts", verb="signpost", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The units, and words that can be changed."""
    return await _ask(exchange, "", exchange.say("signpost.words", unit=_PLACE))


@post_page("/clinic/cases/{case_id:str}/signposts", verb="signpost", who="staff")
async def point(exchange: Exchange) -> Response[Any]:
    """Back to the ledger, or the question anew with what was filled in."""
    case_id, unit = exchange.id_of("case_id"), exchange.text_of("unit", longest=60)
    text = exchange.text_of("text", longest=LONGEST + 1)
    try:
        filled = await _fill(exchange, unit, text)
        async with exchange.site.database.transaction() as db:
            await signpost(
                db,
                exchange.site.sealer,
                exchange.by,
                case_id,
                filled,
                _dealt_with(exchange),
                drawn_at=drawn_at(exchange),
            )
    except Invalid as error:
        return await _ask(exchange, unit, text, {error.field: exchange.told(error, "signpost", longest=LONGEST)})
    except Refused as error:
        await note_refusal(exchange.site.database, exchange.by, "signpost", case_id, error)
        raise
    return exchange.redirect("/clinic/ledger?done=closed")


async def _fill(exchange: Exchange, unit: str, text: str) -> str:
    """The words with the chosen unit in its place; Invalid('choose_unit') when the place is left open."""
    if _PLACE not in text:
        return text
    chosen = next((one for one in await _units(exchange) if one.id == parse_id(unit)), None)
    if chosen is None:
        raise Invalid("choose_unit", "unit")
    named = exchange.say("signpost.unit_phone", unit=chosen.name, phone=chosen.phone) if chosen.phone else chosen.name
    return text.replace(_PLACE, named)


async def _units(exchange: Exchange) -> list[Unit]:
    """Every unit but the own one."""
    async with exchange.site.database.connection() as db:
        return [one for one in await list_units_for_residents(db) if one.id != exchange.by.unit_id]


def _dealt_with(exchange: Exchange) -> frozenset[UUID]:
    """The alarms that stood on the page whose box was ticked."""
    if not exchange.text_of("dealt_with", longest=10):
        return frozenset()
    return frozenset(found for one in exchange.all_of("alarm") if (found := parse_id(one)))


async def _ask(exchange: Exchange, unit: str, text: str, errors: Mapping[str, str] | None = None) -> Response[Any]:
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "signpost")
        head = await case_head(db, exchange, case)
        standing = await find_standing(db, case.id)
    units = [{"value": str(one.id), "text": one.name} for one in await _units(exchange)]
    return exchange.page(
        "clinic/moves/signpost.html", status=422 if errors else 200, head=head, units=units, unit=unit, text=text,
        longest=LONGEST, error_of=errors, alarms=[str(one) for one in standing], drawn_at=case.counter,
        dealt_with=standing <= _dealt_with(exchange),
        errors=[{"field": field, "text": told} for field, told in errors.items()],
    )  # fmt: skip


ROUTES = [ask, point]
