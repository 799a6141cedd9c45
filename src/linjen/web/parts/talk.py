"""The talk of a case, for both sides: its bubbles and days drawn once, its marks, the draft, and what the script says.

A page reads it with `read_talk` and includes `parts/talk.html`; `static/js/chat.js` keeps it alive from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from math import inf
from typing import Any
from uuid import UUID, uuid4

import msgspec
from markupsafe import Markup, escape

from linjen.access.by import By
from linjen.cases.loading import Case
from linjen.cases.states import is_allowed
from linjen.cases.talk.drafts import find_draft
from linjen.cases.talk.fields import PATTERN
from linjen.cases.talk.message import LONGEST, Message, list_messages
from linjen.cases.talk.reading import Delivery, Marks, find_marks, mark_delivered
from linjen.cases.timeline import Happening, list_happenings
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.web.fast import draw_bubble, picture_of
from linjen.web.masked import masked_words
from linjen.web.parts.action_cards import Card
from linjen.web.parts.tone_words import tone_url
from linjen.web.site import Site
from linjen.web.staff_titles import title_in, titles_in
from linjen.web.words import has_word, read_words, say

#: How many messages a resident sees of an open case before she unfolds the rest, and how few are not worth folding.
_SHOWN = 2
_FEWEST_FOLDED = 2
#: The happenings that stand as lines in the talk; the rest belong to the timeline.
_TOLD = frozenset({
    "case_begun", "visit_booked", "claimed", "taken_over", "released", "handed_over", "returned",
    "made_asynchronous", "closed",
    "withdrawn", "reopened", "ticket_issued", "ticket_withdrawn", "ticket_used", "ticket_booked",
    "ticket_returned", "ticket_expired",
})  # fmt: skip

#: What the page's script says by itself; keys of words/chat.toml.
_SCRIPT_WORDS = (
    "you", "sent", "delivered", "read", "sending", "slow", "unsent", "service_silent", "retry", "too_long",
    "unreadable", "empty", "too_often", "held", "take_back", "taken_back", "closed_meanwhile", "reused",
    "signed_out_box", "covered", "record_first", "gone", "draft_saving", "draft_saved", "draft_unsaved",
    "new_message", "new_one", "new_many", "offline", "offline_at", "not_sent_kept", "today", "refused",
    "unfilled_field", "picture_alt",
)  # fmt: skip


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """All that parts/talk.html needs. `base` is the case's address, without a slash at its end."""

    base: str
    party: str
    counter: int
    thread: Markup
    marks: Marks
    unread_from: int
    is_delivered: bool
    draft: str
    message_id: str
    can_write: bool
    words: str
    #: Names of the events that a stream may carry, apart by spaces.
    kinds: str
    longest: int = LONGEST
    #: Seconds that a message waits in its page before it leaves, so that its writer can take it back.
    hold_s: int = 0
    error: str = ""
    #: For staff, the pattern of what must be filled in before it is sent (cases/talk/fields.py).
    fields: str = PATTERN
    #: What stands folded above the thread of a resident's open case; how many messages that is, and how many there are.
    earlier: Markup = Markup()
    earlier_count: int = 0
    count: int = 0
    #: For staff, where the script finds the rules of how to write.
    tone: str = tone_url()


def script_words(language: str) -> str:
    """The script's words as JSON for a data attribute."""
    words = {key: say(language, f"chat.{key}") for key in _SCRIPT_WORDS}
    titles = titles_in(language) if language != "sv" else {}
    return msgspec.json.encode({**words, "titles": titles}).decode()


@cache
def event_kinds() -> tuple[str, ...]:
    """Every kind of event that has its words; a browser must be told each name that it is to listen for."""
    return tuple(key.removeprefix("events.") for key in read_words("sv") if key.startswith("events."))


async def read_talk(
    db: Connection, site: Site, by: By, case: Case, *, base: str, cards: Sequence[Card] = (),
    text: str | None = None, error: str = "",
) -> Talk:  # fmt: skip
    """The talk as `by` sees it; the caller has loaded `case` by see_case in the same transaction.

    `cards` are the actions in it. `text` is what was typed and refused, with the words of `error`; otherwise the kept
    draft stands in the box.
    """
    language = by.language
    masked = masked_words() if by.is_staff else say(language, "case.paper.protected")
    messages = await list_messages(db, site.sealer, case.id, masked_as=masked)
    happenings = [one for one in await list_happenings(db, case.id, masked) if one.kind in _TOLD]
    own = await find_marks(db, case.id, by.kind)
    other = await find_marks(db, case.id, "resident" if by.is_staff else "staff")
    can_write = is_allowed(case.state, "send_message") and (not by.is_staff or case.holder_id == by.person_id)
    folded = _fold(messages, cards, own.read) if can_write and not by.is_staff else 0
    first = messages[folded].seq if folded else 0

    def drawn(from_seq: int, to_seq: float) -> Markup:
        inside = [one for one in messages if from_seq <= one.seq < to_seq]
        told = [one for one in happenings if from_seq <= one.seq < to_seq]
        acted = [one for one in cards if from_seq <= one.seq < to_seq]
        return _draw_thread(by, case.id, inside, told, acted, other, language)

    return Talk(
        base=base, party=by.kind, counter=case.counter, thread=drawn(first, inf), earlier=drawn(0, first),
        earlier_count=folded, count=len(messages),
        marks=other, unread_from=own.read, is_delivered=own.delivered >= case.counter, message_id=str(uuid4()),
        can_write=can_write, hold_s=site.settings.message_undo_s if by.is_staff else 0, words=script_words(language),
        kinds=" ".join(event_kinds()),
        draft=text if text is not None else await find_draft(db, site.sealer, by, case.id), error=error,
    )  # fmt: skip


def _fold(messages: list[Message], cards: Sequence[Card], read: int) -> int:
    """How many messages, from the first on, are folded away for a resident: never one that she has not read or that a
    card waits under.
    """
    waits = min((one.seq for one in cards if one.waits), default=inf)
    staff = ((at, one.seq) for at, one in enumerate(messages) if one.by_kind == "staff")
    unread = next((at for at, seq in staff if seq > read or seq >= waits - 1), len(messages))
    folded = min(len(messages) - _SHOWN, unread)
    return folded if folded >= _FEWEST_FOLDED else 0


async def tell_delivered(site: Site, by: By, case: Case, talk: Talk | None = None) -> None:
    """A page with the whole talk has been made for `by`: what the other party wrote has reached her.

    A colleague who only looks in receives nothing for the holder. With `talk`, nothing is written twice.
    """
    if not (talk and talk.is_delivered) and (not by.is_staff or case.holder_id == by.person_id):
        await mark_delivered(site.database, [Delivery(case.id, by.kind, case.counter)])
        site.hub.signal(case.id, "resident" if by.is_staff else "staff", "delivered", str(case.counter))


def mark_of(seq: int, other: Marks) -> str:
    """How far a message of one's own has come with the other party."""
    return "read" if seq <= other.read else "delivered" if seq <= other.delivered else "sent"


def _draw_thread(
    by: By, case_id: UUID, messages: list[Message], happenings: list[Happening], cards: list[Card], other: Marks,
    language: str,
) -> Markup:  # fmt: skip
    lines: list[tuple[int, Any, str]] = [
        (one.seq, one.sent_at, _bubble(by, case_id, one, other, language)) for one in messages
    ] + [(one.seq, one.at, _line(one, language)) for one in happenings]
    lines += [(one.seq, one.at, one.html) for one in cards]
    lines.sort(key=lambda line: line[0])
    drawn = []
    for day, of_day in groupby(lines, key=lambda line: clock.local_date(line[1])):
        words = escape(swedish.date_words(day, language))
        drawn.append(f'<li class="lj-day" data-day="{day.isoformat()}"><h3>{words}</h3></li>')
        drawn += [html for _, _, html in of_day]
    return Markup("\n".join(drawn))  # noqa: S704 - every part of it was escaped where it was drawn


def _bubble(by: By, case_id: UUID, one: Message, other: Marks, language: str) -> str:
    picture = picture_of(language, by.kind, case_id, one.picture or "") if one.is_picture else None
    you = by.kind == "resident" and one.by_id == by.person_id
    return draw_bubble(
        by.kind, message_id=str(one.id), seq=one.seq, by_kind=one.by_kind, name=one.by_name,
        title=title_in(language, one.by_title), text=one.text, at=one.sent_at, you=you, mark=mark_of(one.seq, other),
        language=language, picture=picture,
    )  # fmt: skip


def _line(one: Happening, language: str) -> str:
    day = clock.local_date(one.at)
    at = swedish.time_inside(one.at, language).replace(" ", "\u00a0")
    return (
        f'<li class="lj-system" id="e-{one.seq}" data-seq="{one.seq}" data-day="{day.isoformat()}"'
        f' data-day-words="{escape(swedish.date_words(day, language))}">'
        f'{escape(happening_words(one, language))} <time datetime="{clock.local(one.at).isoformat("T", "minutes")}">'
        f"{escape(at)}</time></li>"
    )


def happening_words(one: Happening, language: str) -> str:
    """The sentence of one event."""
    key = f"events.{one.kind}"
    if one.kind == "closed" and not one.by_name:
        key = "events.closed_by_system"
    if one.kind == "handed_over" and one.unit and one.data.get("from") not in {None, one.data.get("unit")}:
        return say(language, "events.handed_over_unit", name=one.by_name, unit=one.unit)
    return say(language, key, name=one.by_name) if has_word("sv", key) else one.kind
