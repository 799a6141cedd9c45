"""Fragments that are drawn very often, by the quick template engine: the chat bubble and the ledger row.

Their templates are ordinary ones of parts/, kept to what both engines understand, so that whole pages draw the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import minijinja

from linjen.access.by import By
from linjen.cases.levels import URGENT
from linjen.cases.waiting.ledger import LedgerRow
from linjen.cases.waiting.queues import queue_of
from linjen.cases.waiting.turn import is_late, is_over
from linjen.cases.waiting.unmet import STEP_MINUTES
from linjen.core import clock, swedish
from linjen.core.personal_number import age_months, age_years
from linjen.web.words import say

#: From this age somebody is called a man or a woman.
_GROWN_YEARS = 18

_PARTS = Path(__file__).parent / "parts"


@cache
def _environment() -> minijinja.Environment:
    env = minijinja.Environment(
        loader=lambda name: (_PARTS.parent / name).read_text("utf-8"), undefined_behavior="strict",
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.reload_before_render = False
    env.debug = False  # else the text of an error, which is logged, would hold what people have written
    env.add_global("t", _say_swedish)
    env.add_global("say", say)
    return env


def _say_swedish(key: str, **values: Any) -> str:
    return say("sv", key, **values)


def draw_bubble(
    party: str, *, message_id: str, seq: int, by_kind: str, name: str, title: str, text: str, at: datetime,
    you: bool | None = None, mark: str = "sent", language: str = "sv", picture: dict[str, str] | None = None,
) -> str:  # fmt: skip
    """One chat message as `party` sees it. `at` is shown as a Swedish wall-clock time, `picture` is picture_of's.

    `you` says whether the reader wrote it herself (by default: whether a resident reads a resident's message); `mark`
    is sent, delivered or read.
    """
    mine, time = by_kind == party, _time_of(int(at.timestamp() // 60), language)
    return _environment().render_template(
        "parts/bubble.html", message_id=message_id, seq=seq, by_kind=by_kind, name=name, title=title, text=text,
        mine=mine, you=mine and party == "resident" if you is None else you, you_word=say(language, "chat.you"),
        mark=mark, mark_word=say(language, f"parts.message_{mark}") if mine else "",
        iso=time.iso, clock=time.clock, day=time.day, day_words=time.day_words, picture=picture,
    )  # fmt: skip


def picture_of(language: str, party: str, case_id: UUID, picture_id: object) -> dict[str, str] | None:
    """What the bubble of a message that is a picture needs: where `party` finds it, or '' with the words that it was
    set aside. None for any other message (`picture_id` None).
    """
    if picture_id is None:
        return None
    if not picture_id:
        return {"href": "", "words": say(language, "chat.picture_gone")}
    pictures = f"{'/clinic' if party == 'staff' else ''}/cases/{case_id}/pictures"
    if party == "staff":
        return {
            "href": f"{pictures}?show={picture_id}", "url": f"{pictures}/{picture_id}?size=thumbnail", "tab": "new",
            "words": say(language, "clinic.pictures.in_talk"),
        }  # fmt: skip
    return {
        "href": f"{pictures}/{picture_id}", "url": f"{pictures}/{picture_id}/thumbnail", "tab": "",
        "words": say(language, "chat.picture_alt"),
    }  # fmt: skip


class _Time(NamedTuple):
    iso: str
    clock: str
    day: str
    day_words: str


@lru_cache(maxsize=4096)
def _time_of(minute: int, language: str) -> _Time:
    """A minute since 1970 as a bubble shows it: most bubbles drawn are of the present one."""
    local = clock.local(datetime.fromtimestamp(minute * 60, UTC))
    on = local.date()
    words = swedish.date_words(on, language)
    return _Time(
        local.isoformat("T", "minutes"), f"{local:%H:%M}" if language == "en" else f"{local:%H.%M}",
        on.isoformat(), words,
    )  # fmt: skip


def age_words(birth_on: date, at: datetime) -> str:
    """'34 år', or months for a child under two."""
    return _age_words(birth_on, clock.local_date(at))


def sex_words(sex: str, birth_on: date, at: datetime) -> str:
    """'kvinna' or 'man', of who is under 18 'flicka' or 'pojke', as it stands beside an age."""
    is_child = sex in {"female", "male"} and age_years(birth_on, clock.local_date(at)) < _GROWN_YEARS
    return say("sv", f"clinic.{'child_' if is_child else ''}{sex}")


@lru_cache(maxsize=4096)
def _age_words(birth_on: date, today: date) -> str:
    years = age_years(birth_on, today)
    if years < 2:
        return say("sv", "ledger.age_months", months=age_months(birth_on, today))
    return say("sv", "ledger.age_years", years=years)


@lru_cache(maxsize=4096)
def _minutes_words(minutes: int) -> str:
    """'nyss', '12 min', '3 tim 5 min', '3 tim' or '2 dygn'."""
    if minutes < 1:
        return say("sv", "ledger.waited_now")
    if minutes < 60:
        return say("sv", "ledger.waited_minutes", minutes=minutes)
    if minutes < 48 * 60:
        key = "waited_hours" if minutes % 60 else "waited_hour"
        return say("sv", f"ledger.{key}", hours=minutes // 60, minutes=minutes % 60)
    return say("sv", "ledger.waited_days", days=minutes // (24 * 60))


def row_values(
    row: LedgerRow, *, reason: str, mine: bool, minutes: int, turn_minutes: int, today: date
) -> dict[str, Any]:
    """What parts/ledger_row.html needs of a row: its contact reason in words, whether its reader holds it, and whole
    minutes of waiting and since it became the present party's turn to speak.

    `sort` orders the rows of one section as text.
    """
    case_id, since = str(row.case_id), row.waiting_since
    waits, due = row.state == "queued", row.has_deadline
    over = due and is_over(row.priority, minutes * 60, row.deadline)
    due_minute = int(since.timestamp() // 60) + row.deadline
    late = due and is_late(row.priority, minutes * 60, row.deadline)
    late_words = _late_words(due_minute, today) if due and row.priority == 2 else ""
    return {
        "case_id": case_id, "state": row.state, "priority": row.priority, "level": _level_words(row.priority),
        "reason": reason, "age": _age_words(row.birth_on, today),
        "waiting": _minutes_words(minutes), "waiting_since": since.isoformat(), "unread": row.unread,
        "pictures": row.pictures, "holder": row.holder_name or "", "mine": mine, "waits_for": _waits_for(row),
        "sort": f"{_section_place(row, mine=mine)}-{_rank(row, minutes, over=over and waits)}-{case_id}",
        "over": over or late, "deadline": row.deadline if due else 0, "late": late_words,
        "turn": row.turn, "turn_at": row.turn_at.isoformat(), "turn_words": turn_words(row.turn, turn_minutes),
        "unmet": _unmet_words(row.unmet, row.state), "entry": row.entry,
        "call": row.call, "later": row.later, "years": age_years(row.birth_on, today),
        "due": (late_words if late else _due_words(row.priority, due_minute, today, over=over)) if due else "",
    }  # fmt: skip


def _section_place(row: LedgerRow, *, mine: bool) -> str:
    """Above the reader's own stands what somebody holds and is urgent, by its level: "/" sorts before "0"."""
    urgent = f"/{row.priority}" if row.state == "in_progress" and row.priority <= URGENT else ""
    return f"{urgent}{0 if mine else 1}"


@lru_cache(maxsize=8)
def _unmet_words(step: int | None, state: str) -> str:
    """That nobody has opened a case of level 1, '' when somebody has or its time has not come."""
    return say("sv", f"ledger.unmet.{state}", minutes=step * STEP_MINUTES) if step else ""


def _waits_for(row: LedgerRow) -> str:
    """To whom a waiting case was handed: 'Till Karin Lindqvist' or 'Till läkare', '' where it just came in."""
    if row.state != "queued":
        return ""
    if row.for_name:
        return say("sv", "ledger.for_person", name=row.for_name)
    return "" if row.for_role == queue_of(row.entry) else say("sv", f"ledger.for_role.{row.for_role}")


def _rank(row: LedgerRow, minutes: int, *, over: bool) -> str:
    """The order of `cases/waiting/turn.py` as text; ledger.js works out the same when a deadline passes."""
    if over:
        return f"2~{10_000_000 - minutes * 1000 // row.deadline:08d}"
    return f"{row.priority}-{row.waiting_since.timestamp():017.6f}"


@lru_cache(maxsize=4096)
def _due_words(priority: int, due_minute: int, today: date, *, over: bool) -> str:
    """Until when the case should be met: 'genast', 'över tiden', 'senast kl. 14.35', 'senast på lördag'."""
    if over or priority == 1:
        return say("sv", "ledger.over" if over else "ledger.at_once")
    # Level 5 is met the same day as a courtesy: its time may come before that of a level 4 that stands above it.
    return say("sv", "ledger.due_gladly" if priority == 5 else "ledger.due", at=_moment(due_minute, today))


@lru_cache(maxsize=1024)
def _late_words(due_minute: int, today: date) -> str:
    """What a row of level 2 says once its time is out: 'försenat sedan kl. 14.35'. It keeps its place at the top."""
    return say("sv", "ledger.late_since", at=_moment(due_minute, today))


def _moment(minute: int, today: date) -> str:
    at = datetime.fromtimestamp(minute * 60, UTC)
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)  # of a day only its date is told
    on, days = clock.local_date(at), (clock.local_date(at) - today).days
    if days > 1:
        return swedish.day_words(on, noon)
    return swedish.moment_words(at, noon) if days else swedish.time_inside(at)


@lru_cache(maxsize=4096)
def turn_words(turn: str, minutes: int) -> str:
    """'Vår tur sedan 12 min' or 'Patientens tur sedan 2 tim'; the first minute is not counted."""
    if minutes < 1:
        return say("sv", f"ledger.turn.{turn}_now")
    return say("sv", f"ledger.turn.{turn}", waited=_minutes_words(minutes))


@lru_cache(maxsize=4096)
def short_turn_words(turn: str, minutes: int) -> str:
    """'Vår tur, 12 min': the same where there is little room."""
    if minutes < 1:
        return say("sv", f"ledger.turn_short.{turn}_now")
    return say("sv", f"ledger.turn_short.{turn}", waited=_minutes_words(minutes))


@cache
def _level_words(priority: int) -> str:
    return say("sv", f"urgency.{priority}")


@cache
def _row_words() -> dict[str, str]:
    return {
        key: say("sv", f"ledger.{key}")
        for key in ("unread", "unread_one", "has_picture", "call", "later", "you", "claim", "open")
    }


#: The contact reason of a row in words.
ReasonOf = Callable[[LedgerRow], str]


def draw_row(row: LedgerRow, by: By, at: datetime, reason_of: ReasonOf) -> str:
    """One row of the ledger for its reader, at an instant."""
    return draw_rows([row], by, at, reason_of)


def draw_rows(rows: Sequence[LedgerRow], by: By, at: datetime, reason_of: ReasonOf) -> str:
    """Many rows of a ledger for its reader in one go, in the given order."""
    today, now = clock.local_date(at), at.timestamp()
    return "".join([
        _draw_row(
            row, reason_of(row), row.holder_id == by.person_id, _minutes(now, row.waiting_since),
            _minutes(now, row.turn_at), today,
        )
        for row in rows
    ])  # fmt: skip


def _minutes(now: float, since: datetime) -> int:
    return max(0, int((now - since.timestamp()) // 60))


@lru_cache(maxsize=5_000)
def _draw_row(row: LedgerRow, reason: str, mine: bool, minutes: int, turn_minutes: int, today: date) -> str:
    """A row looks the same to all who do not hold it, for the minute that its waiting time stands (about 8 MB)."""
    values = row_values(row, reason=reason, mine=mine, minutes=minutes, turn_minutes=turn_minutes, today=today)
    return _environment().render_template("parts/ledger_row.html", r=values, w=_row_words())
