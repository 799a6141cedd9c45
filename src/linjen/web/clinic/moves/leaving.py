"""Inför stängning: one pass over what a person still holds, with a suggestion for each, before she leaves (F035, F036).

It is offered 45 minutes before the unit closes and when somebody signs out; what is left goes to the queue by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.levels import URGENT
from linjen.cases.loading import note_refusal, see_case
from linjen.cases.moves.asynchronous import MOST_DAYS, make_asynchronous
from linjen.cases.moves.left_behind import Held, find_holding, list_held, list_held_elsewhere
from linjen.cases.moves.release import release
from linjen.cases.talk.message import LONGEST
from linjen.cases.timeline import find_last_move
from linjen.cases.waiting.ledger import LedgerRow, see_ledger
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.units.opening import see_schedule
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.case.meanwhile import moved_words
from linjen.web.clinic.moves.day_end import hours_words
from linjen.web.clinic.moves.leaving_words import USUAL_DAYS, Telling
from linjen.web.clinic.moves.page_texts import is_pages_own
from linjen.web.clinic.moves.unsent import find_unsent
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page

CHOICES = ("async", "queue", "stay")

#: The verb behind each choice that does something.
_VERBS = {"async": "make_asynchronous", "queue": "release"}


@get_page("/clinic/leaving", verb="ledger", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """All that this person holds and that is not asynchronous; the cases themselves are a press away."""
    return await _show(exchange)


@post_page("/clinic/leaving", verb="ledger", who="staff")
async def settle(exchange: Exchange) -> Response[Any]:
    """Do what was chosen for each case; what could not be done is told, and the rest is done."""
    by, site = exchange.by, exchange.site
    if by.unit_id is None:
        return exchange.redirect("/clinic/units")
    failed: dict[UUID, str] = {}
    to_fill: dict[UUID, str] = {}
    async with site.database.connection() as db:
        held, holding = await list_held(db, by), await find_holding(db, by)
        telling = Telling(exchange, await see_schedule(db, by.unit_id), clock.now())
    for case_id in dict.fromkeys((*held, *_sent_cases(exchange))):
        choice = exchange.text_of(f"do-{case_id}", longest=10)
        one = holding.get(case_id)
        if choice == "async" and one and (why := telling.no_async(one)):  # its day has passed since the page was drawn
            failed[case_id] = why
            continue
        try:
            async with site.database.transaction() as db:
                await _settle(db, exchange, telling, case_id, one, choice)
        except Invalid as error:
            to_fill[case_id] = exchange.told(error, "asynchronous", longest=LONGEST, most=MOST_DAYS)
        except (Refused, NotFound) as error:
            await note_refusal(site.database, by, _VERBS[choice], case_id, error)
            failed[case_id] = exchange.say("leaving.failed_one")
    if failed or to_fill:
        return await _show(exchange, failed, to_fill)
    return exchange.redirect("/clinic/leaving?done=yes" + ("&out=1" if _is_leaving(exchange) else ""))


def _is_leaving(exchange: Exchange) -> bool:
    """Whether she came here by signing out, and so may go in the middle of the day."""
    return bool(exchange.request.query_params.get("out") or exchange.text_of("out", longest=1))


def _sent_cases(exchange: Exchange) -> list[UUID]:
    """The cases of which the form says something: one that somebody has taken meanwhile is held no more."""
    names = (name.removeprefix("do-") for name in exchange.form if name.startswith("do-"))
    return [found for one in names if (found := parse_id(one))]


async def _settle(
    db: Connection, exchange: Exchange, telling: Telling, case_id: UUID, held: Held | None, choice: str
) -> None:
    """Do it, and tell the patient: what stood in the box is sent, or where it is still the page's own text the one that
    belongs to this choice. The page's own text is no answer, also with a word changed.
    """
    tell, by, sealer = exchange.text_of(f"tell-{case_id}", longest=LONGEST + 1), exchange.by, exchange.site.sealer
    texts = telling.texts(held)
    if _is_untouched(exchange, case_id):
        tell = texts.get(choice) or tell
    if choice == "async":
        until = telling.until(held) if held else None
        days = until.days if until else USUAL_DAYS  # held no more: refused below, with the words that were not sent
        await make_asynchronous(db, sealer, by, case_id, days, tell, answers=not is_pages_own(tell, texts.values()))
    elif choice == "queue":
        await release(db, by, case_id, sealer, tell)


def _is_untouched(exchange: Exchange, case_id: UUID) -> bool:
    """Whether the box was sent as the page had filled it in: without a script it does not follow the choice."""
    was, tell = f"was-{case_id}", exchange.text_of(f"tell-{case_id}", longest=LONGEST * 4)
    return was in exchange.form and _plain(tell) == _plain(exchange.text_of(was, longest=LONGEST))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


async def _show(
    exchange: Exchange, failed: Mapping[UUID, str] | None = None, to_fill: Mapping[UUID, str] | None = None
) -> Response[Any]:
    """What is still held; with `failed` what has changed meanwhile, and with `to_fill` whose text is to be changed."""
    by, at, failed, to_fill = exchange.by, clock.now(), failed or {}, to_fill or {}
    if by.unit_id is None:
        return exchange.redirect("/clinic/units")
    async with exchange.site.database.connection() as db:
        held, elsewhere = await list_held(db, by), await list_held_elsewhere(db, by)
        rows = [row for row in await see_ledger(db, by, "mine") if row.case_id in set(held)]
        schedule, holding = await see_schedule(db, by.unit_id), await find_holding(db, by)
        unsent = {one: await find_unsent(db, exchange, one) for one in held}
    lost = [await _lost(exchange, one) for one in (*failed, *to_fill) if one not in set(held)]
    telling = Telling(exchange, schedule, at)
    drawn = [
        _row(exchange, row, holding[row.case_id], telling, at) | {"unsent": unsent[row.case_id]}
        for row in rows if row.case_id in holding
    ]  # fmt: skip
    return exchange.page(
        "clinic/moves/leaving.html",
        status=409 if failed else 422 if to_fill else 200,
        rows=drawn, elsewhere=elsewhere,
        hours=hours_words(exchange, schedule, at), failed={str(one): words for one, words in failed.items()},
        to_fill={str(one): words for one, words in to_fill.items()}, longest=LONGEST, lost=lost,
        done=bool(exchange.request.query_params.get("done")), leaving=_is_leaving(exchange),
    )  # fmt: skip


async def _lost(exchange: Exchange, case_id: UUID) -> dict[str, str]:
    """What was chosen for a case that she holds no more: who has it now, and the words that were not sent."""
    tell = exchange.text_of(f"tell-{case_id}", longest=LONGEST * 4)
    try:
        async with exchange.site.database.transaction() as db:
            case = await see_case(db, exchange.by, case_id)
            head, last = await case_head(db, exchange, case), await find_last_move(db, case_id)
    except NotFound:
        return {"case_id": "", "name": exchange.say("leaving.gone"), "moved": "", "tell": tell}
    name, moved = f"{head.reason}, {head.age}", f"{head.status}. {moved_words(exchange, last)}"
    return {"case_id": str(case_id), "name": name, "moved": moved, "tell": tell}


def _row(exchange: Exchange, row: LedgerRow, held: Held, telling: Telling, at: datetime) -> dict[str, Any]:
    until, texts = telling.until(held), telling.texts(held)
    choices = [one for one in CHOICES if one != "async" or until]
    out = _is_leaving(exchange)
    options = [{"value": one, "text": telling.choice(one, held, leaving=out)} for one in choices]
    chosen = exchange.text_of(f"do-{row.case_id}", longest=10)
    suggested = chosen if chosen in choices else _suggested(held)
    kept = f"do-{row.case_id}" in exchange.form and not _is_untouched(exchange, row.case_id)
    return {
        "case_id": str(row.case_id), "level": row.priority, "age": age_words(row.birth_on, at),
        "reason": reason_on(exchange.site.shelf, row.entry, row.reason, row.protocol), "suggested": suggested,
        "options": options, "texts": texts, "was": texts[suggested], "waits": telling.waits(held),
        "no_async": telling.no_async(held), "warning": telling.warning(held),
        # What was typed is never lost where something was refused.
        "tell": exchange.text_of(f"tell-{row.case_id}", longest=LONGEST * 4) if kept else texts[suggested],
    }  # fmt: skip


def _suggested(held: Held) -> str:
    """To wait is suggested only where it is the patient who is to speak, and never with what is urgent."""
    return "async" if held.due_at is None and held.level > URGENT else "queue"


ROUTES = [show, settle]
