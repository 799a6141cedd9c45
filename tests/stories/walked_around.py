"""The verbs round a case, as a walk tries them: visits of another day, tickets, pictures, the note, alarms, blocks; and
what the program does by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from linjen.access.by import By
from linjen.cases.afterwards.triage_verdict import Said, judge_level
from linjen.cases.alarms.alarms import ANSWERS, VERDICTS, judge_alarm
from linjen.cases.alarms.answer_alarm import answer_alarm
from linjen.cases.alarms.listening import listening
from linjen.cases.begun_by_staff.new_visit import KINDS, Booking, book_visit
from linjen.cases.blocks.block import lift_block, set_block
from linjen.cases.blocks.block_opening import REASONS, open_blocks
from linjen.cases.moves.after_hours import return_after_hours
from linjen.cases.moves.booked import tell_due
from linjen.cases.moves.left_behind import return_from_gone, return_unstaffed
from linjen.cases.moves.nobody_there import requeue_unserved
from linjen.cases.moves.untaken import requeue_untaken
from linjen.cases.talk.drafts import Typed, save_drafts
from linjen.cases.tickets.ticket import see_ticket
from linjen.cases.tickets.ticket_answer import book_ticket, return_ticket
from linjen.cases.tickets.ticket_expiry import expire_tickets
from linjen.cases.tickets.ticket_issue import Ticketing, issue_ticket
from linjen.cases.tickets.ticket_use import use_ticket
from linjen.cases.tickets.ticket_withdraw import settle_ticket, withdraw_ticket
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.events import Event
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from linjen.media.archiving import mark_for_archive
from linjen.media.misplaced import put_back, set_aside
from linjen.notices.failed import WAYS, settle_sms
from linjen.records import note
from tests.stories.walking import Turn, Verb, Walk

_NIGHT = datetime(2037, 11, 15, 3, tzinfo=UTC)
_TO = (("lyktan", None), ("lyktan", None), ("rehab", "physiotherapist"), ("rehab", "physiotherapist"), ("rehab", None))
_WITH = (("karin", "nurse"), ("bo", "nurse"), ("sara", "physician"), ("bo", "nurse"), ("lena", "nurse"))


def _in_days(days: int) -> date:
    return clock.local_date(clock.now()) + timedelta(days=days)


async def _save_draft(walk: Walk, _: Connection, by: By, pick: int) -> None:
    for refusal in await save_drafts(walk.database, walk.sealer, [Typed(by, walk.case_id, "Jag tänkte" * (pick % 2))]):
        if refusal is not None:
            raise refusal


async def _book_visit(walk: Walk, db: Connection, by: By, pick: int) -> None:
    """With a colleague in three days, now and then with somebody elsewhere or with the time left out."""
    key, role = _WITH[pick]
    at = time(10, pick) if pick != 3 else None
    booking = Booking(kind=KINDS[pick % 2], on=_in_days(3), at=at, role=role, staff_id=id_of(f"staff/{key}"))
    await book_visit(db, walk.sealer, by, walk.case_id, walk.ids[pick % 3], booking, "Välkommen.")


async def _issue_ticket(walk: Walk, db: Connection, by: By, pick: int) -> None:
    """To another care provider or within the own one, of both kinds; the last lacks the resource."""
    unit, resource = _TO[pick]
    what = Ticketing(
        kind=("drop_in", "booking")[pick % 2], unit_id=id_of(f"unit/{unit}"), resource=resource, last_on=_in_days(14),
        history="Ont i halsen", tell="Du får en biljett.",
    )  # fmt: skip
    await issue_ticket(db, walk.sealer, by, walk.case_id, walk.ids[pick % 3], what)


async def _book_ticket(walk: Walk, db: Connection, by: By, pick: int) -> None:
    at = datetime.combine(_in_days(pick), time(10), clock.STOCKHOLM) - timedelta(days=1)
    await book_ticket(db, walk.sealer, by, walk.ids[pick % 3], at)


async def _write_record(walk: Walk, db: Connection, by: By, pick: int) -> None:
    """The note that was read, in one of two versions; now and then from a page that nobody has loaded again."""
    kept = await note.find_draft(db, walk.sealer, walk.case_id)
    text = note.RecordNote(
        parts={"reason": note.Part(ticked=True, text=f"Halsont {pick % 2}")}, modes=("chat",), contact_type="written",
        booking={},
    )  # fmt: skip
    await note.save_draft(db, walk.sealer, by, walk.case_id, text, kept.version if kept and pick else 0)


async def _alarm(walk: Walk, db: Connection, pick: int) -> UUID:
    """One that was heard in the talk, or one that is nowhere."""
    rows = await db.fetch("select id from alarms where case_id = $1 order by heard_at, id", walk.case_id)
    return UUID(str(rows[pick % len(rows)]["id"])) if rows and pick < 4 else new_id()


async def _answer_alarm(walk: Walk, db: Connection, by: By, pick: int) -> None:
    await answer_alarm(db, by, walk.case_id, await _alarm(walk, db, pick), (*ANSWERS, "maybe")[pick % 4])


async def _judge_triage(walk: Walk, db: Connection, by: By, pick: int) -> None:
    await judge_alarm(db, by, walk.case_id, await _alarm(walk, db, pick), (*VERDICTS, "maybe")[pick % 3])


async def _set_aside(walk: Walk, db: Connection, by: By, pick: int) -> None:
    await (put_back if pick > 2 else set_aside)(db, by, walk.case_id, walk.ids[pick % 3])


async def _night(walk: Walk, pick: int) -> None:
    """Hours after everybody has gone home: whatever a sweep finds it puts where somebody sees it."""
    await return_from_gone(walk.database)
    await requeue_unserved(walk.database)
    await requeue_untaken(walk.database, clock.now() + timedelta(days=3))
    await return_unstaffed(walk.database, _NIGHT + timedelta(days=pick))
    await return_after_hours(walk.database, 900, _NIGHT + timedelta(days=pick))


async def _its_day(walk: Walk, pick: int) -> None:
    """The day of a booked visit comes, and twice or thrice the last day of the tickets has passed."""
    await walk.database.execute(
        "update visits set booked_on = $2::date, queued_at = now() - interval '1 minute', due_told_at = null,"
        " starts_at = case when starts_at is not null then now() - interval '1 minute' end"
        " where booked_on is not null and id = (select visit_id from cases where id = $1)",
        walk.case_id, _in_days(0),
    )  # fmt: skip
    await tell_due(walk.database, clock.now())
    if pick % 2:
        await expire_tickets(walk.database, clock.now() + timedelta(days=15))


async def _hear(texts: Sequence[str]) -> list[Mapping[str, str]]:
    return [{"chest.pressure": "tryck"} if "tryck" in text else {} for text in texts]


async def _listen(walk: Walk, _: int) -> None:
    """What she has written so far is read for warning signs."""
    hear = listening(_hear, lambda code: 2, walk.sealer)
    async with walk.database.transaction() as db:
        rows = await db.fetch(
            "select case_id, seq, kind, by_kind, by_id, data from events where case_id = $1 and kind = 'message_sent'"
            " and by_kind = 'resident' order by seq", walk.case_id,
        )  # fmt: skip
        await hear(db, [Event(**dict(row)) for row in rows])


async def _sms_fails(walk: Walk, pick: int) -> None:
    await walk.database.execute(
        "insert into sms (id, kind, cause, to_kind, to_id, case_id, state) values"
        " ($1::uuid, 'new_message', 'walk/' || $1::uuid, 'resident', $2, $3, 'failed') on conflict do nothing",
        walk.ids[pick % 3], walk.actors.residents["astrid"], walk.case_id,
    )  # fmt: skip


async def _silence(walk: Walk, _: int) -> None:
    """A case that somebody holds has stood for a day without a word from the patient."""
    await walk.database.execute(
        "insert into silences (case_id, since_seq, since_at, due_at) select c.id, c.counter, now(), now() from cases c"
        " join visits v on v.id = c.visit_id where c.id = $1 and v.state = 'in_progress' on conflict do nothing",
        walk.case_id,
    )


#: What the program does by itself, and what the world does to it.
TURNS: dict[str, Turn] = {
    "night": _night, "its_day": _its_day, "listen": _listen, "sms_fails": _sms_fails, "silence": _silence,
}  # fmt: skip

#: Each verb as it is tried; the id that a form makes is one of three, so that the same form comes twice now and then.
AROUND_THE_CASE: dict[str, Verb] = {
    "save_draft": _save_draft,
    "book_visit": _book_visit,
    "issue_ticket": _issue_ticket,
    "open_ticket": lambda w, db, by, pick: see_ticket(db, w.sealer, by, w.ids[pick % 3]),
    "use_ticket": lambda w, db, by, pick: use_ticket(db, w.sealer, by, w.ids[pick % 3], "Hej!" * (pick % 2)),
    "book_ticket": _book_ticket,
    "return_ticket": lambda w, db, by, pick: return_ticket(db, w.sealer, by, w.ids[pick % 3], f"Fel väg {pick % 2}"),
    "withdraw_ticket": lambda w, db, by, pick: withdraw_ticket(db, w.sealer, by, w.ids[pick % 3]),
    "settle_ticket": lambda w, db, by, pick: settle_ticket(db, w.sealer, by, w.ids[pick % 3]),
    "archive_picture": lambda w, db, by, pick: mark_for_archive(
        db, by, w.case_id, w.ids[pick % 3], wanted=bool(pick % 2)
    ),
    "set_aside_picture": _set_aside,
    "write_record": _write_record,
    "answer_alarm": _answer_alarm,
    "judge_triage": _judge_triage,
    "judge_level": lambda w, db, by, pick: judge_level(
        db, w.sealer, by, w.case_id, Said(("right", "too_low", "nonsense")[pick % 3], (3, 2, None)[pick % 3])
    ),
    "settle_sms": lambda w, db, by, pick: settle_sms(db, by, w.case_id, w.ids[pick % 3], (*WAYS, "by pigeon")[pick]),
    "set_block": lambda w, db, by, pick: set_block(db, by, id_of(f"unit/{('ankaret', 'bjorken')[pick // 4]}")),
    "lift_block": lambda w, db, by, pick: lift_block(db, by, id_of(f"unit/{('ankaret', 'bjorken')[pick // 4]}")),
    "open_by_consent": lambda w, db, by, pick: open_blocks(
        db, w.sealer, by, w.case_id, "consent", (*REASONS["consent"], "")[pick % 4], ""
    ),
    "open_in_emergency": lambda w, db, by, pick: open_blocks(
        db, w.sealer, by, w.case_id, "emergency", REASONS["emergency"][pick % 3], "Hon svarar inte" * (pick % 2)
    ),
}
