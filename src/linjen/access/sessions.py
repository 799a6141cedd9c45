"""Server-side sessions: a random token in the browser, its hash here, idle and absolute limits, a lock for staff."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Connection, Database, Row
from linjen.core.ids import new_id
from linjen.core.settings import Settings

#: How stale `seen_at` may grow before a request writes it again, in seconds: saves a commit on most requests.
_TOUCH_AFTER_S = 30


class Session(msgspec.Struct, frozen=True):
    """A living session. `idle_left_s` counts down from the last request; a locked one may only unlock or sign out."""

    id: UUID
    kind: str
    person_id: UUID
    unit_id: UUID | None
    language: str
    locked: bool
    idle_left_s: int

    def by(self) -> By:
        """The acting person of this session."""
        kind = "staff" if self.kind == "staff" else "resident"
        return By(kind, self.person_id, self.id, self.unit_id, self.language)  # type: ignore[arg-type]


def hash_token(token: str) -> bytes:
    """What the database keeps of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


async def begin_session(
    db: Connection, settings: Settings, kind: str, person_id: UUID, *, unit_id: UUID | None = None,
    language: str = "sv", device: str = "",
) -> str:  # fmt: skip
    """A new session after a sign-in, with a token of 256 random bits; older sessions of the browser end elsewhere.

    `device` is what access/devices.py says of the browser.
    """
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    absolute = settings.staff_absolute_s if kind == "staff" else settings.resident_absolute_s
    at = clock.now()
    await db.execute(
        "insert into sessions (token_hash, id, kind, person_id, unit_id, language, created_at, seen_at, expires_at,"
        " device) values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)",
        hash_token(token), new_id(), kind, person_id, unit_id, language, at, at + timedelta(seconds=absolute), device,
    )  # fmt: skip
    return token


async def find_session(
    database: Database, settings: Settings, token: str, kind: str, *, touch: bool = True
) -> Session | None:
    """The living session of a kind ('staff' or 'resident') with this token, or None. A staff session that has been idle
    too long comes back locked. Without `touch` being asked counts as no use: a stream comes back by itself.

    A token opens pages of its own kind only, whatever cookie it comes in. A person whose account has ended, or who has
    died, has no session: the person's row is asked each time.
    """
    row = await database.fetch_row(
        "select s.id, s.kind, s.person_id, s.unit_id, s.language, s.seen_at, s.locked_at from sessions s"
        " left join staff st on s.kind = 'staff' and st.id = s.person_id"
        " left join residents r on s.kind = 'resident' and r.id = s.person_id"
        " where s.token_hash = $1 and s.kind = $3 and s.ended_at is null and s.expires_at > $2"
        " and (st.active or r.deregistered <> 'died')",
        hash_token(token), clock.now(), kind,
    )  # fmt: skip
    return await _living(database, settings, row, touch) if row else None


async def _living(database: Database, settings: Settings, row: Row, touch: bool) -> Session | None:
    idle = (clock.now() - row["seen_at"]).total_seconds()
    staff = row["kind"] == "staff"
    limit = settings.staff_idle_s if staff else settings.resident_idle_s
    locked = row["locked_at"] is not None
    if idle > limit and not locked:
        if not staff:
            await end_session(database, row["id"])
            return None
        await database.execute("update sessions set locked_at = $2 where id = $1", row["id"], clock.now())
        locked = True
    if idle > _TOUCH_AFTER_S and not locked and touch:
        await database.execute("update sessions set seen_at = $2 where id = $1", row["id"], clock.now())
        idle = 0
    left = max(0, int(limit - idle))
    return Session(row["id"], row["kind"], row["person_id"], row["unit_id"], row["language"], locked, left)


def alive_sql(*, session: str, unit: str, at: str, staff_seen: str, resident_seen: str) -> str:
    """Whether an open page's session still shows it something, by the rule of `find_session`: it has not ended, is not
    locked and works at the same unit as when the page was opened. All are SQL expressions; `alive_values` gives times.
    """
    return f"""exists (
  select 1 from sessions s left join staff st on s.kind = 'staff' and st.id = s.person_id
  left join residents r on s.kind = 'resident' and r.id = s.person_id
  where s.id = {session} and s.unit_id is not distinct from {unit} and s.ended_at is null and s.locked_at is null
    and s.expires_at > {at} and s.seen_at >= case s.kind when 'staff' then {staff_seen} else {resident_seen} end
    and (st.active or r.deregistered <> 'died'))"""


def alive_values(settings: Settings) -> tuple[datetime, datetime, datetime]:
    """Now, and since when a session of staff and one of a resident must have been seen: the times of `alive_sql`."""
    at = clock.now()
    return at, clock.before(at, settings.staff_idle_s), clock.before(at, settings.resident_idle_s)


_LISTED = alive_sql(
    session="l.session_id", unit="l.unit_id", at="$3", staff_seen="$4::timestamptz", resident_seen="$5::timestamptz"
)
_ALIVE = f"select l.session_id from unnest($1::uuid[], $2::uuid[]) as l(session_id, unit_id) where {_LISTED}"


async def find_alive(database: Database, settings: Settings, asked: Collection[By]) -> set[UUID]:
    """Those of the sessions (by id) that may be shown something; nobody has used them by this."""
    known = list({(by.session_id, by.unit_id) for by in asked})
    if not known:
        return set()
    sessions, units = zip(*known, strict=True)
    rows = await database.fetch(_ALIVE, list(sessions), list(units), *alive_values(settings))
    return {row["session_id"] for row in rows}


async def end_session(database: Database, session_id: UUID) -> None:
    """Sign out: the token is worthless from now on."""
    await database.execute(
        "update sessions set ended_at = $2 where id = $1 and ended_at is null", session_id, clock.now()
    )


async def choose_unit(db: Connection, session_id: UUID, staff_id: UUID, unit_id: UUID) -> bool:
    """Let a staff session work at a unit; False unless the person has a living assignment there."""
    tag = await db.execute(
        "update sessions set unit_id = $3 where id = $1 and person_id = $2 and kind = 'staff' and exists"
        " (select 1 from assignments a where a.staff_id = $2 and a.unit_id = $3 and a.from_at <= now()"
        "  and (a.ended_at is null or a.ended_at > now()))",
        session_id, staff_id, unit_id,
    )  # fmt: skip
    return str(tag) == "UPDATE 1"


async def set_language(db: Connection, session_id: UUID, language: str) -> None:
    """The language of the pages for the rest of this session: 'sv' or 'en'."""
    await db.execute("update sessions set language = $2 where id = $1", session_id, language)


async def sweep_sessions(database: Database) -> None:
    """Erase sessions that ended or expired over a day ago; the access log keeps their ids."""
    await database.execute("delete from sessions where coalesce(ended_at, expires_at) < now() - interval '1 day'")
