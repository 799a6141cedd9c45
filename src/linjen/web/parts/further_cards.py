"""Fler frågor i ord: the card in the talk that leads the patient to the questions, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from linjen.cases.begun_by_staff.further import Further
from linjen.core import clock, swedish
from linjen.triage.asking.wording import name_of
from linjen.web.exchange import Exchange
from linjen.web.parts.action_cards import Card
from linjen.web.templates import draw


def draw_further_cards(exchange: Exchange, asked: Sequence[Further], base: str, *, is_open: bool) -> list[Card]:
    """The cards of a case for who reads it; what staff ask at the desk has none. `is_open` while it can be answered."""
    return [_card(exchange, one, base, is_open) for one in asked if not one.with_staff]


def _card(exchange: Exchange, one: Further, base: str, is_open: bool) -> Card:
    waits = one.answered_at is None and is_open
    day, language = clock.local_date(one.asked_at), exchange.language
    name = name_of(exchange.site.shelf.running(), one.reason, language)
    area = "further.card" if exchange.by.is_staff else "case.further"
    state = "answered" if one.answered_at else "waits" if is_open else "over"
    html = draw(
        "parts/further_card.html", exchange.page_context(), id=one.id, seq=one.seq, day=day.isoformat(),
        day_words=swedish.date_words(day, language), title=exchange.say("case.further.title", reason=name),
        state=exchange.say(f"{area}.{state}"), waits=waits, answered=one.answered_at is not None,
        href=f"{base}/further-questions/{one.id}" if waits and not exchange.by.is_staff else "",
        begun=bool(one.intake.interview.get("pages")),
    )  # fmt: skip
    return Card(one.seq, one.asked_at, Markup(html), waits)  # noqa: S704 - drawn by a template, which escapes
