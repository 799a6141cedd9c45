"""Vem har öppnat mina ärenden: which units have looked at a resident's cases, when, and what they did (idea 11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection

MOST: Final = 500
#: Several looks of one unit at one case within so long are one line.
_TOGETHER: Final = timedelta(minutes=5)

#: What a row of the log was, as a resident reads it; every other verb is work with the case. Words under openings.what.
_KINDS: Final = {
    "see": "read", "fresh": "read", "see_picture": "picture", "archive_picture": "picture",
    "download_picture": "picture",
    "copy_text": "copied", "copy_number": "copied", "copy_to_ticket": "copied", "search_patient": "searched",
    "open_record_system": "record", "see_elsewhere": "read",
    "open_by_consent": "consented", "open_in_emergency": "emergency",
}  # fmt: skip


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """One look: `at` in UTC, the unit's name ('' for who works with the program itself), the case (None for a search)
    and `kinds`, keys of what was done.
    """

    at: datetime
    unit: str
    case_id: UUID | None
    kinds: frozenset[str]


_OPENINGS = """
(select l.at, l.verb, l.case_id, coalesce(u.name, '') as unit from access_log l left join units u on u.id = l.unit_id
 where l.case_id = any($1::uuid[]) and l.refused is null and l.by_kind <> 'resident' order by l.at desc limit $3)
union all
(select l.at, l.verb, null::uuid, coalesce(u.name, '') from access_log l left join units u on u.id = l.unit_id
 where l.verb = 'search_patient' and l.shown @> array[$2::uuid] and l.refused is null order by l.at desc limit $3)
order by at desc limit $3
"""


async def list_openings(db: Connection, by: By, case_ids: Sequence[UUID]) -> list[Opening]:
    """Who has looked at these cases, which the caller has seen to be this resident's, and searched for her; newest
    first, at most MOST rows of the log. That she reads it is logged, too.
    """
    rows = await db.fetch(_OPENINGS, list(case_ids), by.person_id, MOST)
    await log_access(db, by, "see_openings", None, case_ids)
    return _together([
        Opening(
            at=row["at"], unit=row["unit"], case_id=row["case_id"],
            kinds=frozenset({_KINDS.get(row["verb"], "work")}),
        ) for row in rows
    ])  # fmt: skip


def _together(rows: Sequence[Opening]) -> list[Opening]:
    """Rows, newest first, with those of one unit and case that follow close upon each other as one."""
    found: list[Opening] = []
    latest: dict[tuple[str, UUID | None], int] = {}
    for row in rows:
        key = row.unit, row.case_id
        place = latest.get(key)
        if place is not None and found[place].at - row.at <= _TOGETHER:
            found[place] = msgspec.structs.replace(found[place], at=row.at, kinds=found[place].kinds | row.kinds)
        else:
            latest[key] = len(found)
            found.append(row)
    return found
