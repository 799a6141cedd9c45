"""Omprioritera: the question which level, and why; and the changes as the page of a case tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response

from linjen.cases.levels import LEVELS
from linjen.cases.loading import note_refusal, see_case
from linjen.cases.moves.reprioritise import LONGEST_WHY, Reprioritised, list_reprioritised, reprioritise
from linjen.core.errors import Invalid, Refused
from linjen.web.clinic.case.case_head import case_head, moment
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


def changes_in_words(exchange: Exchange, changes: Sequence[Reprioritised]) -> list[dict[str, Any]]:
    """What clinic/case/why.html shows of each change, the latest first."""
    return [
        {"level": one.to_level, "why": one.why,
         "text": exchange.say("clinic.priority.changed", before=one.from_level, after=one.to_level),
         "by": f"{one.by_name}, {moment(exchange, one.at)}"}
        for one in changes
    ]  # fmt: skip


@get_page("/clinic/cases/{case_id:str}/priorities", verb="reprioritise", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The levels with their words and the one that is now, and a line for the reason."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/priorities", verb="reprioritise", who="staff")
async def change(exchange: Exchange) -> Response[Any]:
    """Back to the case, or the question anew with what was filled in."""
    level, why = exchange.text_of("level", longest=40), exchange.text_of("why", longest=LONGEST_WHY + 1)
    try:
        async with exchange.site.database.transaction() as db:
            was = exchange.number_of("was")
            chosen = int(level) if level in {str(one) for one in LEVELS} else 0
            await reprioritise(db, exchange.site.sealer, exchange.by, exchange.id_of("case_id"), chosen, why, was)
    except Invalid as error:
        told = {error.field: exchange.told(error, "clinic.priority", longest=LONGEST_WHY)}
        return await _ask(exchange, level, why, told)
    except Refused as error:
        if error.reason != "level_changed":
            raise
        await note_refusal(exchange.site.database, exchange.by, "reprioritise", exchange.id_of("case_id"), error)
        return await _ask(exchange, level, why, is_late=True)
    return exchange.redirect(f"/clinic/cases/{exchange.id_of('case_id')}")


async def _ask(
    exchange: Exchange,
    level: str = "",
    why: str = "",
    errors: Mapping[str, str] | None = None,
    *,
    is_late: bool = False,
) -> Response[Any]:
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "reprioritise")
        head = await case_head(db, exchange, case)
        changes = await list_reprioritised(db, exchange.site.sealer, case.id) if is_late else []
    options = [{"value": str(one), "text": _level_in_words(exchange, one, case.priority)} for one in LEVELS]
    triage = exchange.say("clinic.priority.triage", level=case.urgency) if case.urgency else ""
    return exchange.page(
        "clinic/moves/reprioritise.html",
        status=409 if is_late else 422 if errors else 200, head=head,
        was=exchange.number_of("was") if errors else case.priority or 0, is_late=is_late,
        late=changes_in_words(exchange, changes[:1]), options=options, level=level, why=why,
        triage=triage, longest=LONGEST_WHY, error_of=errors,
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


def _level_in_words(exchange: Exchange, level: int, now: int | None) -> str:
    key = "option_now" if level == now else "option"
    return exchange.say(f"clinic.priority.{key}", level=level, word=exchange.say(f"urgency.{level}"))


ROUTES = [ask, change]
