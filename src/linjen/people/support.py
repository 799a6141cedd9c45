"""Support: somebody asks for help with the service itself, signed in or not, and configuration administrators answer.

The answer goes by e-mail or telephone, from a person and outside the program: here stands what was asked, that it is
answered and with what, and that it is closed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection, Row
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.phone import parse_phone
from linjen.core.sealing import Sealer
from linjen.core.visible import is_visible, plain_text
from linjen.people.contacts import parse_contacts

ABOUT: Final = ("sign_in", "pages", "other")
ANSWER_BY: Final = ("email", "phone")
LONGEST: Final = 2_000
LONGEST_NOTE: Final = 1_000
#: So many closed ones are shown beneath those that are open.
MOST_CLOSED: Final = 50


class Asked(msgspec.Struct, frozen=True):
    """What somebody writes, and where she wants the answer."""

    about: str
    text: str
    answer_by: str
    reach: str


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request as its administrators see it. Times are UTC, None for what has not happened."""

    id: UUID
    about: str
    text: str
    answer_by: str
    reach: str
    language: str
    signed_in: bool
    at: datetime
    answered_at: datetime | None
    answered_by: str
    note: str
    closed_at: datetime | None
    closed_by: str


def check_asked(about: str, text: str, answer_by: str, reach: str) -> tuple[Asked, list[Invalid]]:
    """A form as it is kept, and everything that must be changed before it can be.

    Invalid('choose') with field "about" or "answer_by", 'empty' | 'too_long' with field "text", and as parse_phone or
    parse_contacts, 'email_empty' where nothing is written, with field "reach".
    """
    faults = [] if about in ABOUT else [Invalid("choose", "about")]
    clean = plain_text(text).strip()
    if not is_visible(clean):
        faults.append(Invalid("empty", "text"))
    elif len(clean) > LONGEST:
        faults.append(Invalid("too_long", "text", longest=LONGEST))
    where = ""
    if answer_by in ANSWER_BY:
        try:
            where = _reached(answer_by, reach)
        except Invalid as error:
            faults.append(Invalid(error.reason, "reach"))
    else:
        faults.append(Invalid("choose", "answer_by"))
    return Asked(about, clean, answer_by, where), faults


def _reached(answer_by: str, reach: str) -> str:
    if answer_by == "phone":
        return parse_phone(reach)
    address = parse_contacts("", reach).email
    if not address:
        raise Invalid("email_empty")
    return address


async def ask_support(
    db: Connection, sealer: Sealer, person_id: UUID | None, request_id: UUID, asked: Asked, language: str
) -> None:
    """Keep it under the id that its form made: the same form once more changes nothing. Raises Reused, field "text"."""
    known = await db.fetchrow("select by_id, body_sealed from support_requests where id = $1", request_id)
    if known is not None:
        ours = known["by_id"] == person_id
        same = ours and _open(sealer, "support", known["body_sealed"], request_id) == asked.text
        must_repeat("text", ours=ours, same=same)
        return
    await db.execute(
        "insert into support_requests (id, by_id, about, body_sealed, answer_by, reach_sealed, language)"
        " values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing",
        request_id, person_id, asked.about, sealer.seal("support", asked.text.encode(), request_id.bytes),
        asked.answer_by, sealer.seal("support_reach", asked.reach.encode(), request_id.bytes), language,
    )  # fmt: skip


async def may_answer(db: Connection, by: By) -> bool:
    """Whether this person answers the region's support; nothing is shown, so nothing is logged."""
    clause = policy.region_clause("answer_support", person="$1")
    return bool(by.is_staff and await db.fetchval(f"select {clause}", by.person_id))


async def count_open(db: Connection, by: By) -> int:
    """How many requests are not closed, for who answers them; 0 for everybody else."""
    if not await may_answer(db, by):
        return 0
    return int(await db.fetchval("select count(*) from support_requests where closed_at is null"))


async def list_requests(db: Connection, sealer: Sealer, by: By) -> list[Request]:
    """Those that are open, the oldest first, then those closed lately. Logged. Raises NotFound for who answers none."""
    await _must(db, by)
    rows = await db.fetch(
        "select r.*, coalesce(a.given_name || ' ' || a.surname, '') as answerer,"
        " coalesce(k.given_name || ' ' || k.surname, '') as closer from ((select * from support_requests"
        " where closed_at is null) union all (select * from support_requests where closed_at is not null"
        " order by closed_at desc limit $1)) r left join staff a on a.id = r.answered_by"
        " left join staff k on k.id = r.closed_by"
        " order by r.closed_at is not null, case when r.closed_at is null then r.at end, r.closed_at desc, r.id",
        MOST_CLOSED,
    )
    await log_access(db, by, "answer_support", shown=[row["id"] for row in rows])
    return [_as_request(sealer, row) for row in rows]


async def note_answer(db: Connection, sealer: Sealer, by: By, request_id: UUID, note: str) -> None:
    """Say that it is answered, and what was said; it may be said anew until it is closed.

    Raises Invalid('empty' | 'too_long') with field "note", NotFound, and Refused('support_closed').
    """
    clean = plain_text(note).strip()
    if not is_visible(clean):
        raise Invalid("empty", "note")
    if len(clean) > LONGEST_NOTE:
        raise Invalid("too_long", "note", longest=LONGEST_NOTE)
    await _must(db, by)
    await log_access(db, by, "answer_support", shown=[request_id])
    sealed = sealer.seal("support_note", clean.encode(), request_id.bytes)
    done = await db.fetchval(
        "update support_requests set answered_at = now(), answered_by = $2, note_sealed = $3"
        " where id = $1 and closed_at is null returning id",
        request_id, by.person_id, sealed,
    )  # fmt: skip
    if done is None:
        await _why_not(db, request_id)


async def close_request(db: Connection, by: By, request_id: UUID) -> None:
    """Nothing more is to be done about it; once more changes nothing. Raises NotFound."""
    await _must(db, by)
    await log_access(db, by, "answer_support", shown=[request_id])
    await db.execute(
        "update support_requests set closed_at = now(), closed_by = $2 where id = $1 and closed_at is null",
        request_id, by.person_id,
    )  # fmt: skip


async def _why_not(db: Connection, request_id: UUID) -> None:
    if await db.fetchval("select true from support_requests where id = $1", request_id):
        raise Refused("support_closed", verb="answer_support")
    raise NotFound("request")


async def _must(db: Connection, by: By) -> None:
    if not await may_answer(db, by):
        raise NotFound("page")


def _as_request(sealer: Sealer, row: Row) -> Request:
    one = row["id"]
    return Request(
        id=one, about=row["about"], text=_open(sealer, "support", row["body_sealed"], one), answer_by=row["answer_by"],
        reach=_open(sealer, "support_reach", row["reach_sealed"], one), language=row["language"], at=row["at"],
        signed_in=row["by_id"] is not None, answered_at=row["answered_at"], answered_by=row["answerer"],
        note=_open(sealer, "support_note", row["note_sealed"], one) if row["note_sealed"] else "",
        closed_at=row["closed_at"], closed_by=row["closer"],
    )  # fmt: skip


def _open(sealer: Sealer, purpose: str, sealed: bytes, request_id: UUID) -> str:
    return sealer.unseal(purpose, sealed, request_id.bytes).decode()
