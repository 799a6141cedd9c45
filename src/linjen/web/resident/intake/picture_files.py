"""Pictures of a form: each made safe by itself, or refused with its reason; the same in the intake and in the talk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol
from uuid import UUID

from litestar import Response
from litestar.datastructures import UploadFile

from linjen.core.errors import Invalid, Unavailable
from linjen.media.decoding import MAX_BYTES, Prepared, prepare_picture
from linjen.media.pictures import LONGEST_ABOUT, MOST
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.sheet import Fault

#: Of one post: three pictures of the largest size and some more; several posts may follow each other.
MAX_BODY = 60 * 1000 * 1000


async def read_pictures(exchange: Exchange) -> tuple[list[Prepared], list[Fault]]:
    """The pictures of this post made safe, and what was wrong with the others; in the order they were sent."""
    files = [one for one in exchange.form.getall("picture", []) if isinstance(one, UploadFile)]
    sent = [(one.filename or "", await one.read()) for one in files]
    sent = [(name, data) for name, data in sent if name or data]
    if not sent and exchange.text_of("do", longest=20) == "add":
        return [], [Fault("picture", exchange.say("intake.pictures.none_chosen"))]
    outcomes = await asyncio.gather(*(_one(exchange, name, data) for name, data in sent[:MOST]))
    ready = [one for one in outcomes if isinstance(one, Prepared)]
    faults = [one for one in outcomes if isinstance(one, Fault)]
    if len(sent) > MOST:
        faults.append(too_many(exchange))
    return ready, faults


def too_many(exchange: Exchange) -> Fault:
    """More than a case has room for; those before it are kept."""
    return Fault("picture", exchange.say("intake.pictures.too_many", most=MOST))


async def _one(exchange: Exchange, name: str, data: bytes) -> Prepared | Fault:
    try:
        return await prepare_picture(data)
    except (Invalid, Unavailable) as error:
        words = exchange.told(error, "intake.pictures", name=name[:60] or "–", most_mb=MAX_BYTES // 1_000_000)
        return Fault("picture", words)


class Described(Protocol):
    """A picture with what its sender says of it."""

    @property
    def id(self) -> UUID:
        """Its id."""

    @property
    def about(self) -> str:
        """Her words, '' for none."""


async def keep_descriptions(
    exchange: Exchange, pictures: Iterable[Described], removed: UUID | None,
    describe: Callable[[UUID, str], Awaitable[None]],
) -> list[Fault]:  # fmt: skip
    """Keep what she says of the pictures that are there; one that is too long keeps nothing else from being saved."""
    faults = []
    for one in pictures:
        field = f"about-{one.id}"
        if one.id == removed or field not in exchange.form:
            continue
        about = exchange.text_of(field, longest=2_000)
        try:
            if about != one.about:
                await describe(one.id, about)
        except Invalid as error:
            faults.append(Fault(field, exchange.told(error, "intake.pictures.about_", longest=LONGEST_ABOUT)))
    return faults


def jpeg_answer(data: bytes) -> Response[bytes]:
    """The file, to be shown in the page."""
    return Response(data, media_type="image/jpeg", headers={"content-disposition": 'inline; filename="bild.jpg"'})
