"""Bedöm triagens nivå: the question at closing, what was answered, and a page for who wants to think again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response

from linjen.cases.afterwards.triage_verdict import (
    LONGEST_WHY,
    VERDICTS,
    Said,
    TriageVerdict,
    find_triage_verdict,
    judge_level,
    read_said,
)
from linjen.cases.loading import see_case
from linjen.core.errors import Invalid, NotFound
from linjen.web.clinic.case.case_head import case_head, moment
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


class Filled(msgspec.Struct, frozen=True):
    """The question's form as it was filled in."""

    verdict: str = ""
    right_level: int | None = None
    why: str = ""


def sent_verdict(exchange: Exchange) -> Filled:
    """The form as it was sent; a level that is none counts as left out."""
    level = exchange.text_of("right_level", longest=40)
    return Filled(
        exchange.text_of("verdict", longest=40), int(level) if level in {"1", "2", "3", "4", "5"} else None,
        exchange.text_of("why", longest=LONGEST_WHY),
    )  # fmt: skip


def said_in(level: int, filled: Filled) -> Said | None:
    """What the form says of the triage's `level`; raises as read_said."""
    return read_said(level, filled.verdict, filled.right_level, filled.why)


def verdict_question(exchange: Exchange, level: int, filled: Filled, errors: Mapping[str, str]) -> dict[str, Any]:
    """What triage_verdict_fields.html draws. What cannot be is left out: nothing is above 1 or below 5."""
    say, impossible = exchange.say, {1: "too_low", 5: "too_high"}.get(level)
    options = [
        {"value": one, "key": str(key), "text": say(f"clinic.verdict.{one}"),
         "hint": say(f"clinic.verdict.{one}_hint") if one != "right" else ""}
        for key, one in enumerate(VERDICTS, 1) if one != impossible
    ]  # fmt: skip
    levels = {"more_urgent": range(1, level), "less_urgent": range(level + 1, 6)}
    groups = [(say(f"clinic.verdict.{name}"), [(str(one), _level_in_words(exchange, one)) for one in some])
              for name, some in levels.items() if some]  # fmt: skip
    keys = ", ".join(f"{one['key']} {one['text'].lower()}" for one in options)
    return {
        "question": say("clinic.verdict.question", level=level, word=say(f"urgency.{level}")), "options": options,
        "groups": groups, "filled": filled, "errors": errors, "longest": LONGEST_WHY,
        "key_words": say("clinic.verdict.keys", keys=keys),
    }  # fmt: skip


def _level_in_words(exchange: Exchange, level: int) -> str:
    return exchange.say("clinic.verdict.option", level=level, word=exchange.say(f"urgency.{level}"))


def verdict_in_words(exchange: Exchange, found: TriageVerdict | None) -> dict[str, Any] | None:
    """What the page of a case shows of it; None for a case that was not triaged."""
    if found is None:
        return None
    say, said = exchange.say, ""
    if found.verdict:
        said = say(f"clinic.verdict.{found.verdict}")
    if found.verdict not in {"", "right"} and found.right_level:
        word = say(f"urgency.{found.right_level}")
        said = say("clinic.verdict.said_level", verdict=said, level=found.right_level, word=word)
    return {
        "level": found.level, "said": said, "why": found.why, "by": found.by_name,
        "at": moment(exchange, found.judged_at) if found.judged_at else "",
        "may_judge": found.closed_by == exchange.by.person_id,
    }  # fmt: skip


@get_page("/clinic/cases/{case_id:str}/triage-verdicts", verb="judge_level", who="staff")
async def ask_verdict(exchange: Exchange) -> Response[Any]:
    """The question by itself, with what was answered before."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/triage-verdicts", verb="judge_level", who="staff")
async def take_verdict(exchange: Exchange) -> Response[Any]:
    """Back to the case, or the question anew."""
    site, case_id, filled = exchange.site, exchange.id_of("case_id"), sent_verdict(exchange)
    try:
        async with site.database.transaction() as db:
            if not filled.verdict:
                raise Invalid("choose", "verdict")
            await judge_level(db, site.sealer, exchange.by, case_id, Said(**msgspec.structs.asdict(filled)))
    except Invalid as error:
        return await _ask(exchange, filled, {error.field: exchange.told(error, "clinic.verdict")})
    return exchange.redirect(f"/clinic/cases/{case_id}#verdict")


async def _ask(
    exchange: Exchange, filled: Filled | None = None, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "judge_level")
        head = await case_head(db, exchange, case)
        found = await find_triage_verdict(db, exchange.site.sealer, case.id)
    if found is None:
        raise NotFound("verdict")
    question = verdict_question(
        exchange, found.level, filled or Filled(found.verdict, found.right_level, found.why), errors or {}
    )
    summary = [{"field": field, "text": text} for field, text in (errors or {}).items()]
    return exchange.page(
        "clinic/afterwards/triage_verdict.html",
        status=422 if summary else 200,
        head=head,
        errors=summary,
        verdict=question,
    )


ROUTES = [ask_verdict, take_verdict]
