"""Skicka bild: chosen, looked at, described, taken away or sent in the talk; without a script one form does it all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.afterwards.reply_window import find_reply_until, may_reply
from linjen.cases.loading import note_refusal, see_case
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.ids import new_id, parse_id
from linjen.media.decoding import Prepared
from linjen.media.pictures import Size
from linjen.media.send_picture import (
    describe_unsent,
    draft_picture,
    list_unsent,
    picture_id_of,
    remove_unsent,
    see_unsent,
    send_pictures,
)
from linjen.web.exchange import Exchange
from linjen.web.resident.case import draw_case
from linjen.web.resident.intake.picture_files import MAX_BODY, jpeg_answer, keep_descriptions, read_pictures, too_many
from linjen.web.resident.intake.sheet import Fault
from linjen.web.routing import get_page, post_page


@post_page(
    "/cases/{case_id:str}/picture-drafts", verb="send_picture", who="resident", max_body=MAX_BODY, limit="picture"
)  # fmt: skip
async def keep_pictures(exchange: Exchange) -> Response[Any]:
    """Keep what was chosen for a look before it is sent, what was said of each, and take one away."""
    return await _take(exchange, sends=False)


@post_page("/cases/{case_id:str}/pictures", verb="send_picture", who="resident", max_body=MAX_BODY, limit="picture")
async def send(exchange: Exchange) -> Response[Any]:
    """Send the pictures that the form showed, and one that was chosen in the same moment."""
    return await _take(exchange, sends=True)


async def _take(exchange: Exchange, *, sends: bool) -> Response[Any]:
    case_id, sealer, by = exchange.id_of("case_id"), exchange.site.sealer, exchange.by
    try:
        async with exchange.site.database.transaction() as db:  # nothing is decoded for a stranger
            await see_case(db, by, case_id, "send_picture")
        ready, faults = await read_pictures(exchange)
        async with exchange.site.database.transaction() as db:
            added, more = await _change(db, exchange, case_id, ready)
            faults += more
            if sends and not faults:
                shown = [parse_id(name.removeprefix("about-")) for name in exchange.form if name.startswith("about-")]
                await send_pictures(db, sealer, by, case_id, [one for one in (*shown, *added) if one])
    except Refused as refused:
        if refused.reason == "too_many_pictures":  # the other parent sent some meanwhile
            faults = [Fault("picture", exchange.say("chat.send_picture.no_room", most=refused.detail["most"]))]
        elif refused.reason == "wrong_state":
            await note_refusal(exchange.site.database, by, "send_picture", case_id, refused)
            return await draw_case(exchange, status=409, notice=await _closed(exchange, case_id))
        else:
            raise
    if faults:
        return await draw_case(exchange, status=422, picture_faults=faults)
    return exchange.redirect(f"/cases/{case_id}#{'composer' if sends else 'send-picture'}")


async def _closed(exchange: Exchange, case_id: UUID) -> str:
    """That the case has ended; and where she can answer in it, that her pictures are there when it is open again."""
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, case_id)
        waits = may_reply(await find_reply_until(db, case)) and await list_unsent(
            db, exchange.site.sealer, exchange.by, case.id
        )
    return exchange.say("chat.send_picture.closed_kept" if waits else "chat.send_picture.closed")


async def _change(
    db: Connection, exchange: Exchange, case_id: UUID, ready: list[Prepared]
) -> tuple[list[UUID], list[Fault]]:
    """Write what was decoded and said, and erase what is to be removed: what was added, and what was at fault."""
    sealer, by = exchange.site.sealer, exchange.by
    removed = parse_id(exchange.text_of("remove", longest=40))
    if removed is not None:
        await remove_unsent(db, by, case_id, removed)
    faults = await keep_descriptions(
        exchange, await list_unsent(db, sealer, by, case_id), removed,
        lambda one, about: describe_unsent(db, sealer, by, case_id, one, about),
    )  # fmt: skip
    upload_id = parse_id(exchange.text_of("upload_id", longest=40)) or new_id()
    added: list[UUID] = []
    for prepared in ready:
        picture_id = picture_id_of(upload_id, prepared)
        try:
            await draft_picture(db, sealer, by, case_id, picture_id, prepared)
        except Refused as refused:
            if refused.reason != "too_many_pictures":
                raise
            return added, [*faults, too_many(exchange)]
        added.append(picture_id)
    return added, faults


@get_page("/cases/{case_id:str}/picture-drafts/{picture_id:str}", verb="send_picture", who="resident")
async def show_unsent(exchange: Exchange) -> Response[bytes]:
    """One that is not sent yet, as large as it is kept; `?size=thumbnail` for the small one."""
    size: Size = "thumbnail" if exchange.request.query_params.get("size") == "thumbnail" else "display"
    case_id, picture_id = exchange.id_of("case_id"), exchange.id_of("picture_id")
    async with exchange.site.database.transaction() as db:
        data = await see_unsent(db, exchange.site.sealer, exchange.by, case_id, picture_id, size)
    return jpeg_answer(data)


ROUTES = [keep_pictures, send, show_unsent]
