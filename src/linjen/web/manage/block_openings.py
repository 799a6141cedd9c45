"""Öppningar av spärrade uppgifter: who leads a unit looks at each emergency opening, and says whether it was right."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.access.access_log import log_refusal
from linjen.cases.blocks.review import (
    LONGEST_REMARK,
    VERDICTS,
    Opening,
    list_openings_of_unit,
    review_opening,
)
from linjen.core import clock
from linjen.core.errors import Invalid, Refused
from linjen.core.swedish import full_moment
from linjen.units.managed import see_managed_unit
from linjen.web.exchange import Exchange
from linjen.web.listed_names import listed_name
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page


@get_page("/manage/units/{unit_id:str}/block-openings", verb="review_openings", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """Those that wait first; 404 for who does not lead the unit."""
    return await noting_refusals(exchange, "review_openings", lambda: _page(exchange))


@post_page("/manage/units/{unit_id:str}/block-openings/{opening_id:str}/verdicts", verb="review_openings", who="staff")
async def judge(exchange: Exchange) -> Response[Any]:
    """Back to the list, where the verdict stands; or the form anew."""
    return await noting_refusals(exchange, "review_openings", lambda: _judge(exchange))


async def _judge(exchange: Exchange) -> Response[Any]:
    unit_id, opening_id = exchange.id_of("unit_id"), exchange.id_of("opening_id")
    field = f"remark-{opening_id}"
    choice = f"verdict-{opening_id}"
    verdict, remark = exchange.text_of(choice, longest=20), exchange.text_of(field, longest=4 * LONGEST_REMARK)
    try:
        async with exchange.site.database.transaction() as db:
            await review_opening(db, exchange.site.sealer, exchange.by, unit_id, opening_id, verdict, remark)
    except Invalid as error:
        name = {"remark": field, "verdict": choice}[error.field]
        told = {name: exchange.told(error, "reviewing", longest=LONGEST_REMARK)}
        return await _page(exchange, {field: remark, choice: verdict}, told, status=422)
    except Refused as error:
        await log_refusal(exchange.site.database, exchange.by, "review_openings", None, error.reason, [opening_id])
        if error.reason == "own_opening":
            return await _page(exchange, status=409)
        return await _page(exchange, late=remark or exchange.say("reviewing.late_empty"), status=409)
    return exchange.redirect(f"/manage/units/{unit_id}/block-openings")


async def _page(
    exchange: Exchange, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, *, late: str = "",
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    errors, typed, unit_id = errors or {}, typed or {}, exchange.id_of("unit_id")
    async with exchange.site.database.transaction() as db:
        found = await list_openings_of_unit(db, exchange.site.sealer, exchange.by, unit_id)
        unit = await see_managed_unit(db, exchange.by, unit_id, clock.now())
    rows = [_row(exchange, one) for one in found]
    for row in rows:
        row |= {"typed": typed.get(row["field"], ""), "error": errors.get(row["field"]),
                "chosen": typed.get(row["choice"], ""), "choice_error": errors.get(row["choice"])}  # fmt: skip
    return await manage_page(
        exchange, "manage/block_openings.html", status=status, unit=unit, late=late, longest=LONGEST_REMARK,
        waiting=[row for row in rows if row["waits"]], done=[row for row in rows if not row["waits"]],
        verdicts=[{"value": one, "text": exchange.say(f"reviewing.verdict.{one}")} for one in VERDICTS],
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


def _row(exchange: Exchange, one: Opening) -> dict[str, Any]:
    say = exchange.say
    verdict = say(f"reviewing.verdict.{one.verdict}") if one.verdict else ""
    return {
        "id": str(one.id), "field": f"remark-{one.id}", "choice": f"verdict-{one.id}", "waits": one.waits,
        "at": full_moment(one.opened_at), "kind": say(f"reviewing.kind.{one.kind}"),
        "emergency": one.kind == "emergency", "own": one.own,
        "by": say("reviewing.by", name=one.by_name, title=one.by_title, unit=one.by_unit),
        "patient": listed_name(exchange, one.patient, one.protected),
        "reason": say(f"blocking.reasons.{one.kind}.{one.reason}"), "why": one.why, "remark": one.remark,
        "reviewed": say("reviewing.reviewed", verdict=verdict, name=one.reviewed_by, at=full_moment(one.reviewed_at))
        if one.reviewed_at else "",
    }  # fmt: skip


ROUTES = [show, judge]
