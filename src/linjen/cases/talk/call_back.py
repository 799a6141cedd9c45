"""Ring mig: a patient asks to be called instead of writing; staff say what came of it, and she is told.

One wish waits in a case at a time. A second call that did not reach her ends it: she is told how to go on and may ask
again. It ends with the case, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.loading import Case, open_case
from linjen.cases.talk.message import check_told, write_message
from linjen.core import clock
from linjen.core.database import Connection, Row
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.events import record
from linjen.core.phone import parse_phone
from linjen.core.sealing import Sealer
from linjen.units.hours import Stretch, staffed_windows
from linjen.units.opening import see_schedule

#: What staff say of a wish: they rang and she answered, or not, or they write to her instead.
OUTCOMES: Final = ("reached", "missed", "in_chat")
#: So many calls are made before she is told how to go on.
MOST_TRIES: Final = 2


class Wish(msgspec.Struct, frozen=True):
    """What she asks for: E.164, '' where the number in the record is rung, and the times that suit her (UTC)."""

    number: str
    times: Sequence[Stretch]


class CallBack(msgspec.Struct, frozen=True, kw_only=True):
    """One wish as it stands. `state` is waiting, reached, unreached, in_chat, withdrawn or ended; times are UTC."""

    id: UUID
    by_id: UUID
    number: str
    times: list[Stretch]
    state: str
    tries: int
    asked_at: datetime
    tried_at: datetime | None
    settled_at: datetime | None
    settled_by: str


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the unit's list: the case in short, when it suits her, and how often she was rung."""

    case_id: UUID
    entry: str
    reason: str
    protocol: str
    birth_on: date
    name: str
    protected: str
    holder: str
    tries: int
    asked_at: datetime
    from_at: list[datetime]
    until_at: list[datetime]


async def find_times(db: Connection, unit_id: UUID) -> list[Stretch]:
    """The times that can be asked for at a unit now: staffed ones of today and tomorrow, else of the next such day."""
    return staffed_windows(await see_schedule(db, unit_id), clock.now())


async def find_unit(db: Connection, case_id: UUID) -> UUID | None:
    """The unit that a draft is for; nothing of the draft is shown by it."""
    found: UUID | None = await db.fetchval("select unit_id from cases where id = $1", case_id)
    return found


def read_wish(number: str, ends: Sequence[str], offered: Sequence[Stretch], *, is_protected: bool) -> Wish:
    """What a form asks for. A time is named by when it ends; a protected person's number is not taken here.

    Raises Invalid as parse_phone with field "phone", and 'choose' with field "times" when none that is still offered
    is chosen.
    """
    e164 = "" if is_protected else parse_phone(number)
    times = [one for one in offered if time_key(one) in set(ends)]
    if not times:
        raise Invalid("choose", "times")
    return Wish(e164, times)


def time_key(time: Stretch) -> str:
    """What names one of the times in a form: it stays while the clock goes on."""
    return time[1].strftime("%Y%m%d%H%M")


async def ask_call(db: Connection, sealer: Sealer, by: By, case_id: UUID, call_id: UUID, wish: Wish) -> None:
    """Keep the wish under the id that its form made: the same form once more changes nothing.

    Raises Reused with field "phone", Refused('call_waits') when another one waits in the case, and as open_case.
    """
    await open_case(db, by, case_id, "ask_call")
    known = await db.fetchrow("select case_id, by_id, number_sealed from call_backs where id = $1", call_id)
    if known is not None:
        ours = (known["case_id"], known["by_id"]) == (case_id, by.person_id)
        must_repeat("phone", ours=ours, same=ours and _number(sealer, call_id, known["number_sealed"]) == wish.number)
        return
    if await db.fetchval("select true from call_backs where case_id = $1 and state = 'waiting'", case_id):
        raise Refused("call_waits", verb="ask_call")
    sealed = sealer.seal("call_back", wish.number.encode(), call_id.bytes) if wish.number else None
    await db.execute(
        "insert into call_backs (id, case_id, by_id, number_sealed, from_at, until_at) values ($1, $2, $3, $4, $5, $6)",
        call_id, case_id, by.person_id, sealed, [one[0] for one in wish.times], [one[1] for one in wish.times],
    )  # fmt: skip
    await record(db, case_id, "call_asked", by.kind, by.person_id)


_SETTLE = """
update call_backs set state = $3, settled_at = now(), settled_by = $4 where case_id = $1 and id = $2
and state = 'waiting' returning id
"""


async def withdraw_call(db: Connection, by: By, case_id: UUID, call_id: UUID) -> None:
    """She does not want to be called any more. What does not wait any more stays as it is. Raises as open_case."""
    await open_case(db, by, case_id, "withdraw_call")
    if await db.fetchval(_SETTLE, case_id, call_id, "withdrawn", None) is not None:
        await record(db, case_id, "call_withdrawn", by.kind, by.person_id)


async def settle_call(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, call_id: UUID, outcome: str, tries: int, tell: str = ""
) -> None:
    """Say what came of a wish that had been tried `tries` times on the page. `tell` goes to her as a message, where
    there is something to tell; who was reached has been told by voice.

    Raises Invalid('unknown_outcome'), Invalid as check_told with field "tell", NotFound('call'),
    Refused('call_settled') when a colleague, or she herself, came first, and as open_case.
    """
    if outcome not in OUTCOMES:
        raise Invalid("unknown_outcome", "outcome")
    told = check_told(tell, "tell") if outcome != "reached" else ""
    await open_case(db, by, case_id, "settle_call")
    row = await db.fetchrow("select state, tries from call_backs where id = $1 and case_id = $2", call_id, case_id)
    if row is None:
        raise NotFound("call")
    if row["state"] != "waiting" or row["tries"] != tries:
        raise Refused("call_settled", verb="settle_call")
    if outcome == "missed":
        await db.execute("update call_backs set tries = tries + 1, tried_at = now() where id = $1", call_id)
    if outcome != "missed" or tries + 1 >= MOST_TRIES:
        await db.fetchval(_SETTLE, case_id, call_id, "unreached" if outcome == "missed" else outcome, by.person_id)
    await record(db, case_id, f"call_{outcome}", by.kind, by.person_id)
    if told:
        await write_message(db, sealer, by, case_id, told, passes_turn=False)


async def end_calls(db: Connection, case_id: UUID) -> None:
    """The case has ended, by somebody who had it open: what waited in it waits no more."""
    await db.execute(
        "update call_backs set state = 'ended', settled_at = now() where case_id = $1 and state = 'waiting'", case_id
    )


_OF_CASE = """
select b.*, coalesce(s.given_name || ' ' || s.surname, '') as by_name from call_backs b
left join staff s on s.id = b.settled_by where b.case_id = $1 order by b.asked_at desc, b.id desc
"""


async def find_call(db: Connection, sealer: Sealer, case: Case) -> CallBack | None:
    """The latest wish of a case that the caller has seen."""
    row = await db.fetchrow(f"{_OF_CASE} limit 1", case.id)
    return _as_call(sealer, row) if row is not None else None


async def list_case_calls(db: Connection, sealer: Sealer, case: Case) -> list[CallBack]:
    """Every wish of a case that the caller has seen, the first one first."""
    return [_as_call(sealer, row) for row in reversed(await db.fetch(_OF_CASE, case.id))]


def _as_call(sealer: Sealer, row: Row) -> CallBack:
    return CallBack(
        id=row["id"], by_id=row["by_id"], number=_number(sealer, row["id"], row["number_sealed"]),
        times=list(zip(row["from_at"], row["until_at"], strict=True)), state=row["state"], tries=row["tries"],
        asked_at=row["asked_at"], tried_at=row["tried_at"], settled_at=row["settled_at"], settled_by=row["by_name"],
    )  # fmt: skip


def _number(sealer: Sealer, call_id: UUID, sealed: bytes | None) -> str:
    return sealer.unseal("call_back", sealed, call_id.bytes).decode() if sealed is not None else ""


#: Whether somebody waits for a call in the case `c`; one look at an index that holds nothing else.
WANTED_SQL: Final = "exists (select from call_backs b where b.case_id = c.id and b.state = 'waiting')"

_WAITING = f"""
from call_backs b join cases c on c.id = b.case_id join visits v on v.id = c.visit_id
join residents p on p.id = c.patient_id left join staff h on h.id = v.holder_id
where b.state = 'waiting' and {policy.asked("settle_call")}
"""

#: How many at the unit wait to be called.
WAITING: Final = f"""
select count(*) from call_backs b join cases c on c.id = b.case_id join visits v on v.id = c.visit_id
where b.state = 'waiting' and {policy.asked("settle_call")}
"""


async def list_calls(db: Connection, by: By) -> list[Waiting]:
    """Those at the unit who wait to be called, who has the earliest time first, at most 200; logged as one row."""
    rows = await db.fetch(
        "select b.case_id, c.entry, c.reason, c.protocol, c.patient_birth_on as birth_on, p.protected,"
        " p.given_name || ' ' || p.surname as name, coalesce(h.given_name || ' ' || h.surname, '') as holder,"
        f" b.tries, b.asked_at, b.from_at, b.until_at {_WAITING} order by b.from_at[1], b.asked_at limit 200",
        *by.asking(),
    )
    await log_access(db, by, "calls", None, [row["case_id"] for row in rows])
    return [Waiting(**dict(row)) for row in rows]
