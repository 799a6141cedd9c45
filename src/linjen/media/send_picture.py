"""Skicka bild: a picture in the talk of a sent case, a draft of its sender's until she sends it or takes it away.

What is sent is a message whose text is what she says of the picture, so that it is counted, told and read for warning
signs as every message is. What is sent twice is there once: it is moved out of the drafts under the case's lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

import msgspec

from linjen.access.by import By
from linjen.cases.intake.start import count_pictures
from linjen.cases.loading import open_case, see_case
from linjen.cases.talk.message import write_message
from linjen.core.database import Connection, Database
from linjen.core.errors import NotFound, Refused
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.media.decoding import Prepared
from linjen.media.pictures import MOST, Size, check_about, count_there, row_ids, seal_about, unseal_about

#: So long a picture waits to be sent before it is erased.
KEPT = timedelta(days=7)


class Unsent(msgspec.Struct, frozen=True):
    """A picture that its sender has not sent yet; `about` is what it shows in her words."""

    id: UUID
    width: int
    height: int
    about: str


def picture_id_of(upload_id: UUID, prepared: Prepared) -> UUID:
    """The id of one picture of an upload: the same however often the upload is tried, another for another picture."""
    return uuid5(upload_id, sha256(prepared.display).hexdigest())


async def draft_picture(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, picture_id: UUID, prepared: Prepared
) -> None:
    """Keep a picture that decoding.prepare_picture has made safe for its sender alone. Once more it changes nothing,
    also when it has been sent meanwhile.

    Raises Refused('too_many_pictures') where it would be one more than a case holds, and as open_case.
    """
    case = await open_case(db, by, case_id, "send_picture")
    if await _is_known(db, by, case.id, picture_id):
        return
    mine = await db.fetchval(
        "select count(*) from picture_drafts where case_id = $1 and by_id = $2", case.id, by.person_id
    )
    if await count_there(db, case.id) + mine >= MOST:
        raise Refused("too_many_pictures", most=MOST)
    ids = row_ids(case.id, picture_id)
    await db.execute(
        "insert into picture_drafts (id, case_id, by_id, display_sealed, thumbnail_sealed, width, height)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        picture_id, case.id, by.person_id, sealer.seal("picture_display", prepared.display, ids),
        sealer.seal("picture_thumbnail", prepared.thumbnail, ids), prepared.width, prepared.height,
    )  # fmt: skip


async def _is_known(db: Connection, by: By, case_id: UUID, picture_id: UUID) -> bool:
    """Whether she has kept or sent this picture here; NotFound where the id is somebody else's."""
    known = await db.fetchrow(
        "select case_id, by_id from picture_drafts where id = $1"
        " union all select case_id, by_id from pictures where id = $1",
        picture_id,
    )  # fmt: skip
    if known is not None and (known["case_id"], known["by_id"]) != (case_id, by.person_id):
        raise NotFound("picture")
    return known is not None


async def list_unsent(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> list[Unsent]:
    """Her own pictures that are not sent yet, first to last. The caller has seen the case."""
    rows = await db.fetch(
        "select id, width, height, about_sealed from picture_drafts where case_id = $1 and by_id = $2"
        " order by made_at, id",
        case_id, by.person_id,
    )  # fmt: skip
    return [
        Unsent(row["id"], row["width"], row["height"], unseal_about(sealer, case_id, row["id"], row["about_sealed"]))
        for row in rows
    ]


async def see_unsent(db: Connection, sealer: Sealer, by: By, case_id: UUID, picture_id: UUID, size: Size) -> bytes:
    """The JPEG file of one of them, with a row in the access log. Raises NotFound('picture'), and as see_case."""
    case = await see_case(db, by, case_id, "send_picture")
    column = "display_sealed" if size == "display" else "thumbnail_sealed"
    sealed = await db.fetchval(
        f"select {column} from picture_drafts where id = $1 and case_id = $2 and by_id = $3",
        picture_id, case.id, by.person_id,
    )  # fmt: skip
    if sealed is None:
        raise NotFound("picture")
    return sealer.unseal(f"picture_{size}", sealed, row_ids(case.id, picture_id))


async def describe_unsent(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, picture_id: UUID, about: str
) -> None:  # fmt: skip
    """Say what a picture shows that is not sent yet; one that is gone meanwhile stays gone.

    Raises Invalid('too_long') with field "about", and as open_case.
    """
    clean = check_about(about)
    case = await open_case(db, by, case_id, "send_picture")
    await db.execute(
        "update picture_drafts set about_sealed = $4 where id = $1 and case_id = $2 and by_id = $3",
        picture_id, case.id, by.person_id, seal_about(sealer, case.id, picture_id, clean),
    )  # fmt: skip


async def remove_unsent(db: Connection, by: By, case_id: UUID, picture_id: UUID) -> None:
    """Ta bort before it is sent: it is erased. Once more changes nothing. Raises as open_case."""
    case = await open_case(db, by, case_id, "send_picture")
    await db.execute(
        "delete from picture_drafts where id = $1 and case_id = $2 and by_id = $3", picture_id, case.id, by.person_id
    )


#: Those of one transaction keep their order: its clock stands still, the wall's does not.
_MOVE = """
with sent as (delete from picture_drafts where id = $1 returning *)
insert into pictures (id, case_id, by_id, display_sealed, thumbnail_sealed, about_sealed, width, height, message_id,
  added_at)
select id, case_id, by_id, display_sealed, thumbnail_sealed, about_sealed, width, height, $2, clock_timestamp()
from sent
"""


async def send_pictures(db: Connection, sealer: Sealer, by: By, case_id: UUID, chosen: Sequence[UUID]) -> int:
    """Send those of her pictures that she has chosen, each as a message; how many. Once more it sends none.

    Raises Refused('too_many_pictures') and sends none where they are more than the case has room for, and as open_case.
    """
    case = await open_case(db, by, case_id, "send_picture")
    waiting = [one for one in await list_unsent(db, sealer, by, case.id) if one.id in set(chosen)]
    there = await count_there(db, case.id)
    if there + len(waiting) > MOST:
        raise Refused("too_many_pictures", most=MOST)
    for one in waiting:
        told = {"picture": str(one.id)}
        message_id = await _free_id(db, one.id)
        await write_message(db, sealer, by, case.id, one.about, told, message_id=message_id)
        await db.execute(_MOVE, one.id, message_id)
        await record(db, case.id, "picture_sent", by.kind, by.person_id, told)
    if waiting:
        await count_pictures(db, case.id, there + len(waiting))
    return len(waiting)


async def _free_id(db: Connection, picture_id: UUID) -> UUID:
    """The id of the message that a picture becomes: its own, or another where somebody has sent a message by that id,
    since the page tells it to her before the picture is sent.
    """
    taken = await db.fetchval("select exists (select 1 from messages where id = $1)", picture_id)
    return new_id() if taken else picture_id


async def erase_unsent(database: Database, at: datetime) -> None:
    """Erase what nobody has sent for so long before `at` (UTC)."""
    await database.execute("delete from picture_drafts where made_at < $1", at - KEPT)
