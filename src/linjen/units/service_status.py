"""Driftläget: one line about how the service is, set by a configuration administrator, shown to everybody."""

from __future__ import annotations

from datetime import datetime

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.visible import is_visible, plain_text, straight_text

LONGEST = 300


class Status(msgspec.Struct, frozen=True):
    """What is said, '' for nothing, in English too where it was written, and since when (UTC)."""

    line: str = ""
    line_en: str = ""
    since: datetime | None = None

    def words(self, language: str) -> str:
        """The line for a page; Swedish where there is no other."""
        return self.line_en if language == "en" and self.line_en else self.line


async def find_status(db: Connection) -> Status:
    """How the service is said to be now. Nobody is in it, so nothing is logged."""
    row = await db.fetchrow("select line, line_en, since from service_status")
    return Status(*row) if row is not None else Status()


async def set_status(db: Connection, by: By, line: str, line_en: str, was: str) -> None:
    """Say it, or with '' clear it, if what stands there still is what the page showed; logged.

    Raises NotFound for who does not decide it, Invalid('too_long') with its field, and Refused('changed') when somebody
    has written another line meanwhile. Once more changes nothing.
    """
    clean, english = _clean(line, "line"), _clean(line_en, "line_en")
    if not (by.is_staff and await db.fetchval(
        f"select {policy.region_clause('set_service_status', person='$1')}", by.person_id
    )):  # fmt: skip
        raise NotFound("page")
    await log_access(db, by, "set_service_status")
    swap = (
        "update service_status set line = $1, line_en = $2, set_by = $4, since = case when $1 = '' then null"
        " when line = $1 then since else now() end where line in ($1, $3) returning one"
    )
    if await db.fetchval(swap, clean, english if clean else "", plain_text(was).strip(), by.person_id) is None:
        raise Refused("changed", verb="set_service_status")


def _clean(text: str, field: str) -> str:
    clean = straight_text(text).strip()
    if len(clean) > LONGEST:
        raise Invalid("too_long", field, longest=LONGEST)
    return clean if is_visible(clean) else ""
