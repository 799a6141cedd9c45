"""Bilder: what a resident shows, made safe, sealed and kept with her case; ten a case."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.intake.start import count_pictures
from linjen.cases.loading import Case, open_case, see_case
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.core.visible import is_visible, plain_text
from linjen.media.decoding import Prepared

#: How many pictures a case may hold.
MOST = 10
#: The longest description of one.
LONGEST_ABOUT = 200

Size = Literal["display", "thumbnail"]

#: What everybody who may see the case sees of its pictures: not what was set aside as another patient's.
_THERE = "removed_at is null and set_aside_at is null"


class Picture(msgspec.Struct, frozen=True):
    """A picture of a case, without its content. `width` and `height` in px are those of the display file; `archive_at`
    (UTC) is when it was marked for the archive, `about` what it shows in the words of `by_id`, who added it.
    """

    id: UUID
    width: int
    height: int
    added_at: datetime
    by_id: UUID
    about: str = ""
    archive_at: datetime | None = None


def row_ids(case_id: UUID, picture_id: UUID) -> bytes:
    """What the sealed parts of a picture are bound to."""
    return case_id.bytes + picture_id.bytes


async def add_picture(db: Connection, sealer: Sealer, by: By, case_id: UUID, prepared: Prepared) -> UUID:
    """Attach a picture that has been made safe by decoding.prepare_picture; its id.

    The same picture once more is not kept twice: the answer is the first one's id, as it was the first time.

    Raises Refused('too_many_pictures') for the eleventh, and as open_case. Decode before the transaction: decoding
    takes time, and this holds the case's row lock.
    """
    case = await open_case(db, by, case_id, "add_picture")
    picture_id = new_id()
    ids = row_ids(case.id, picture_id)
    display = sealer.seal("picture_display", prepared.display, ids)
    kept = await _find_same(db, sealer, case.id, prepared.display, len(display))
    if kept is not None:
        return kept
    count = await count_there(db, case.id)
    if count >= MOST:
        raise Refused("too_many_pictures", most=MOST)
    await db.execute(
        "insert into pictures (id, case_id, by_id, display_sealed, thumbnail_sealed, width, height)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        picture_id, case.id, by.person_id, display,
        sealer.seal("picture_thumbnail", prepared.thumbnail, ids), prepared.width, prepared.height,
    )  # fmt: skip
    await count_pictures(db, case.id, count + 1)
    return picture_id


async def _find_same(db: Connection, sealer: Sealer, case_id: UUID, display: bytes, length: int) -> UUID | None:
    """The picture of this case with the same display file. `length` (bytes, sealed) spares unsealing the others."""
    rows = await db.fetch(
        "select id, display_sealed from pictures"
        f" where case_id = $1 and {_THERE} and octet_length(display_sealed) = $2",
        case_id, length,
    )  # fmt: skip
    for row in rows:
        if sealer.unseal("picture_display", row["display_sealed"], row_ids(case_id, row["id"])) == display:
            return UUID(str(row["id"]))
    return None


def check_about(about: str) -> str:
    """What somebody says of a picture, '' for nothing. Raises Invalid('too_long') with field "about"."""
    clean = plain_text(about).strip()
    if len(clean) > LONGEST_ABOUT:
        raise Invalid("too_long", "about", longest=LONGEST_ABOUT)
    return clean if is_visible(clean) else ""


def seal_about(sealer: Sealer, case_id: UUID, picture_id: UUID, about: str) -> bytes | None:
    """A checked description sealed, None for none."""
    return sealer.seal("picture_about", about.encode(), row_ids(case_id, picture_id)) if about else None


def unseal_about(sealer: Sealer, case_id: UUID, picture_id: UUID, sealed: bytes | None) -> str:
    """The description of a picture, '' where it has none."""
    return sealer.unseal("picture_about", sealed, row_ids(case_id, picture_id)).decode() if sealed else ""


async def describe_picture(db: Connection, sealer: Sealer, by: By, case_id: UUID, picture_id: UUID, about: str) -> None:
    """Say what a picture shows, or with '' nothing. Raises Invalid('too_long') with field "about", NotFound, and as
    open_case.
    """
    clean = check_about(about)
    case = await open_case(db, by, case_id, "add_picture")
    found = await db.fetchval(
        f"update pictures set about_sealed = $3 where id = $1 and case_id = $2 and {_THERE} returning id",
        picture_id, case.id, seal_about(sealer, case.id, picture_id, clean),
    )  # fmt: skip
    if found is None:
        raise NotFound("picture")


async def remove_picture(db: Connection, by: By, case_id: UUID, picture_id: UUID) -> None:
    """Take a picture away from a case that is not sent yet; it is erased. Removing it twice changes nothing more."""
    case = await open_case(db, by, case_id, "add_picture")
    await db.execute("delete from pictures where id = $1 and case_id = $2", picture_id, case.id)
    await count_pictures(db, case.id, await count_there(db, case.id))


async def count_there(db: Connection, case_id: UUID) -> int:
    """How many pictures of the case can be seen."""
    return int(await db.fetchval(f"select count(*) from pictures where case_id = $1 and {_THERE}", case_id))


async def list_pictures(db: Connection, sealer: Sealer, case: Case) -> list[Picture]:
    """The pictures of a case that the caller has seen by see_case, first to last."""
    rows = await db.fetch(
        "select id, width, height, added_at, archive_at, about_sealed, by_id from pictures"
        f" where case_id = $1 and {_THERE} order by added_at, id",
        case.id,
    )
    return [
        Picture(
            row["id"], row["width"], row["height"], row["added_at"], row["by_id"],
            unseal_about(sealer, case.id, row["id"], row["about_sealed"]), row["archive_at"],
        ) for row in rows
    ]  # fmt: skip


async def see_picture(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, picture_id: UUID, size: Size, verb: str = "see_picture"
) -> bytes:
    """The JPEG file of a picture, with a row in the access log; NotFound for who may not see it.

    `verb` is see_picture, or download_picture for a file that is taken along.
    """
    case = await see_case(db, by, case_id, verb)
    column = "display_sealed" if size == "display" else "thumbnail_sealed"
    sealed = await db.fetchval(
        f"select {column} from pictures where id = $1 and case_id = $2 and {_THERE}", picture_id, case.id
    )
    if sealed is None:
        raise NotFound("picture")
    return sealer.unseal(f"picture_{size}", sealed, row_ids(case.id, picture_id))
