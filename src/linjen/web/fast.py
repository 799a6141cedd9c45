"""Fragments that are drawn very often, by the quick template engine: the chat bubble and the ledger row.

Their templates are ordinary ones of parts/, kept to what both engines understand, so that whole pages draw the same.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import minijinja

from linjen.access.by import By
from linjen.cases.ledger import LedgerRow
from linjen.core import clock
from linjen.core.personal_number import age_months, age_years
from linjen.triage.vocabulary import vocabulary
from linjen.web.words import say

_PARTS = Path(__file__).parent / "parts"


@cache
def _environment() -> minijinja.Environment:
    env = minijinja.Environment(
        loader=lambda name: (_PARTS.parent / name).read_text("utf-8"), undefined_behavior="strict",
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.reload_before_render = False
    env.add_global("t", _say_swedish)
    env.add_global("say", say)
    return env


def _say_swedish(key: str, **values: Any) -> str:
    return say("sv", key, **values)


def draw_bubble(
    party: str, *, message_id: str, seq: int, by_kind: str, name: str, title: str, text: str, at: datetime
) -> str:
    """One chat message as `party` sees it. `at` is shown as a Swedish wall-clock time."""
    local = clock.local(at)
    return _environment().render_template(
        "parts/bubble.html", party=party, message_id=message_id, seq=seq, by_kind=by_kind, name=name, title=title,
        text=text, clock=f"{local:%H.%M}", day=local.date().isoformat(), mine=by_kind == party,
    )  # fmt: skip


def age_words(row: LedgerRow, on_at: datetime) -> str:
    """'34 år', or months for a child under two."""
    today = clock.local_date(on_at)
    years = age_years(row.birth_on, today)
    if years < 2:
        return say("sv", "ledger.age_months", months=age_months(row.birth_on, today))
    return say("sv", "ledger.age_years", years=years)


def waiting_words(since: datetime, at: datetime) -> str:
    """'nyss', '12 min', '3 tim 5 min' or '2 dygn'."""
    minutes = max(0, int((at - since).total_seconds() // 60))
    if minutes < 1:
        return say("sv", "ledger.waited_now")
    if minutes < 60:
        return say("sv", "ledger.waited_minutes", minutes=minutes)
    if minutes < 48 * 60:
        return say("sv", "ledger.waited_hours", hours=minutes // 60, minutes=minutes % 60)
    return say("sv", "ledger.waited_days", days=minutes // (24 * 60))


def row_values(row: LedgerRow, by: By, at: datetime) -> dict[str, Any]:
    """What parts/ledger_row.html needs of a row, for its reader."""
    return {
        "case_id": str(row.case_id), "state": row.state, "entry": row.entry, "priority": row.priority,
        "level": say("sv", f"urgency.{row.priority}"), "reason": reason_name(row), "age": age_words(row, at),
        "waiting": waiting_words(row.waiting_since, at), "waiting_since": row.waiting_since.isoformat(),
        "unread": row.unread, "pictures": row.pictures, "holder": row.holder_name or "",
        "mine": row.holder_id == by.person_id, "sort": f"{row.priority}-{row.waiting_since.timestamp():017.6f}",
    }  # fmt: skip


def reason_name(row: LedgerRow) -> str:
    """The contact reason in words; an administrative question has its own."""
    if row.entry == "admin":
        return say("sv", "ledger.admin")
    known = vocabulary().reasons.get(row.reason)
    return known.name if known else say("sv", "ledger.no_reason")


def draw_row(row: LedgerRow, by: By, at: datetime) -> str:
    """One row of the ledger for its reader, at an instant."""
    return _environment().render_template("parts/ledger_row.html", r=row_values(row, by, at))


def draw_rows(rows: list[LedgerRow], by: By, at: datetime) -> str:
    """All rows of a ledger in one go."""
    values = [row_values(row, by, at) for row in rows]
    return _environment().render_template("parts/ledger_rows.html", rows=values)
