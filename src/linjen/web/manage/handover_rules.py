"""Överlämningar: the administrator's page for what a hand-over must have, and how long it waits for one colleague."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linjen.units.handover_rules import MOST, HandoverRules, find_handover_rules, set_handover_rules
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting, whole_number


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


ROUTES = UnitSetting(
    "handover_rules", "handovers", "set_handover_rules", find=find_handover_rules, save=set_handover_rules,
    read=_read, draw=_draw,
).routes()  # fmt: skip
