"""Åtgärder i ord: each card of the talk drawn for its party, and the events of cards in the timeline's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from markupsafe import Markup

from linjen.cases.talk.actions import TAKEN_BACK, WAYS, Action
from linjen.cases.timeline import Happening
from linjen.core import clock, swedish
from linjen.web.exchange import Exchange
from linjen.web.templates import draw


class Card(msgspec.Struct, frozen=True):
    """A card as it stands in the talk: its number, its time (UTC), its HTML, and whether it waits for the patient."""

    seq: int
    at: datetime
    html: Markup
    waits: bool


def draw_cards(exchange: Exchange, actions: Sequence[Action], base: str, *, may_settle: bool = False) -> list[Card]:
    """The cards of a case for who reads it; `base` is the case's address for her. Only its holder settles them."""
    return [Card(one.seq, one.at, _draw(exchange, one, base, may_settle), one.waits) for one in actions]


def _draw(exchange: Exchange, one: Action, base: str, may_settle: bool) -> Markup:
    for_staff, language = exchange.by.is_staff, exchange.language
    day, address = clock.local_date(one.at), f"{base}/actions/{one.id}"
    asks = one.waits and may_settle
    html = draw(
        "parts/action_card.html", exchange.page_context(), id=one.id, seq=one.seq, day=day.isoformat(),
        day_words=swedish.date_words(day, language), kind=exchange.say(f"case.action.kinds.{one.kind}"),
        waits=one.waits, confirmed=one.confirmed_at is not None, state=state_words(exchange, one),
        confirm=f"{address}/confirmations" if one.waits and not for_staff else "",
        settle=f"{address}/settlements", ways=ways_in_words(exchange) if asks else [],
        settle_words={key: exchange.say(f"actions.settle.{key}") for key in ("open", "how", "submit")} if asks else {},
    )  # fmt: skip
    return Markup(html)  # noqa: S704 - drawn by a template, which escapes


def ways_in_words(exchange: Exchange) -> list[dict[str, str]]:
    """What may have been done instead of the patient's confirmation; the last one takes the card back."""
    return [{"value": one, "text": exchange.say(f"actions.ways.{one}")} for one in (*WAYS, TAKEN_BACK)]


def state_words(exchange: Exchange, one: Action, *, dated: bool = False) -> str:
    """How the card stands: for the patient in her language, for staff with who did what. `dated` gives the day in full,
    for what is read again another day.
    """
    area = "actions.state" if exchange.by.is_staff else "case.action.state"
    when = one.confirmed_at or one.settled_at
    at = swedish.full_moment(when, exchange.language) if dated and when else _moment(exchange, when)
    if one.confirmed_at is not None:
        return exchange.say(f"{area}.confirmed", name=one.confirmed_by, at=at)
    if one.settled_how == TAKEN_BACK:
        return exchange.say(f"{area}.taken_back", name=one.settled_by, at=at)
    if one.settled_at is not None:
        how = exchange.say(f"case.action.ways.{one.settled_how}")
        return exchange.say(f"{area}.settled", name=one.settled_by, how=how, at=at)
    return exchange.say(f"{area}.waits")


def _moment(exchange: Exchange, at: datetime | None) -> str:
    return swedish.moment_words(at, clock.now(), exchange.language) if at else ""


def action_sentence(exchange: Exchange, one: Happening) -> str | None:
    """The timeline's sentence for an event of a card; None for any other."""
    if not one.kind.startswith("action_"):
        return None
    values: dict[str, Any] = {"by": one.by_name, "what": exchange.say(f"case.action.kinds.{one.data['kind']}").lower()}
    if one.kind == "action_settled":
        how = one.data["how"]
        if how == TAKEN_BACK:
            return exchange.say("clinic.events.action_taken_back", **values)
        values["how"] = exchange.say(f"case.action.ways.{how}")
    return exchange.say(f"clinic.events.{one.kind}", **values)
