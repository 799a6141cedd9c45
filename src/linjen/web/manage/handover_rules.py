"""Överlämningar: the administrator's page for what a hand-over must have, and how long it waits for one colleague."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linjen.units.handover_rules import COPY, MOST, HandoverRules, find_handover_rules, set_handover_rules
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting
from linjen.web.numbers import whole_number


def _rules(exchange: Exchange, note: str, minutes: str) -> HandoverRules:
    return HandoverRules(
        exchange.text_of(note, longest=5) == "yes", whole_number(exchange.text_of(minutes, longest=10), -1)
    )


def _read(exchange: Exchange) -> tuple[HandoverRules, HandoverRules]:
    return _rules(exchange, "note", "minutes"), _rules(exchange, "was_note", "was_minutes")


def _draw(exchange: Exchange, now: HandoverRules, _: Mapping[str, str], typed: bool) -> dict[str, Any]:
    note = _rules(exchange, "note", "minutes").note if typed else now.note
    minutes = exchange.text_of("minutes", longest=10) if typed else str(now.minutes)
    return {"was": now, "note": "yes" if note else "no", "minutes": minutes, "most": MOST}


def _words(exchange: Exchange, value: HandoverRules) -> dict[str, str]:
    say, minutes = exchange.say, value.minutes
    return {
        say("manage.handover_rules.note"): say(f"manage.handover_rules.note_{'yes' if value.note else 'no'}"),
        say("manage.handover_rules.waits"): say("manage.handover_rules.waits_on") if not minutes
        else say("manage.handover_rules.waits_for", minutes=minutes),
    }  # fmt: skip


PAGE = UnitSetting(
    Setting(name="handover_rules", verb="set_handover_rules", shape=HandoverRules, find=find_handover_rules,
            save=set_handover_rules, copy=COPY),
    "handovers", read=_read, draw=_draw, words=_words,
)  # fmt: skip
ROUTES = PAGE.routes()
