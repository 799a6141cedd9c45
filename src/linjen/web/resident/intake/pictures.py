"""Bilder: by camera or file, several at a time, each refused by itself with its reason (routine F006)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response

from linjen.cases.intake.start import Intake, see_draft
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.ids import parse_id
from linjen.media.decoding import Prepared
from linjen.media.pictures import (
    LONGEST_ABOUT,
    MOST,
    Size,
    add_picture,
    describe_picture,
    list_pictures,
    remove_picture,
    see_picture,
)
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.picture_files import MAX_BODY, jpeg_answer, keep_descriptions, read_pictures, too_many
from linjen.web.resident.intake.sheet import Fault, Sheet, open_sheet
from linjen.web.resident.intake.step import Step, Values, leave, passed, routes_of, save
from linjen.web.routing import get_page, post_page


class PicturesStep(Step):
    """Pictures are kept as soon as they are sent; going on without any is as good."""

    name = "pictures"

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """The pictures so far."""
        say = sheet.exchange.say
        shown = [
            {"id": str(one.id), "url": f"/cases/{sheet.draft.case.id}/pictures/{one.id}/thumbnail",
             "alt": say("intake.pictures.one", number=number), "about": one.about}
            for number, one in enumerate(sheet.pictures, 1)
        ]  # fmt: skip
        return {"pictures": shown, "most": MOST, "left": MOST - len(shown), "longest_about": LONGEST_ABOUT}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """She has gone on from here."""
        return msgspec.structs.replace(sheet.intake, passed=passed(sheet.intake, "pictures"))


STEP = PicturesStep()


@post_page(
    "/intakes/{case_id:str}/pictures", verb="add_picture", who="resident", max_body=MAX_BODY, limit="picture"
)  # fmt: skip
async def take_pictures(exchange: Exchange) -> Response[Any]:
    """Add what was sent, or remove one, or go on; a picture that is refused takes nothing else with it."""
    try:
        async with exchange.site.database.transaction() as db:  # nothing is decoded for a stranger
            await see_draft(db, exchange.site.sealer, exchange.by, exchange.id_of("case_id"))
        ready, faults = await read_pictures(exchange)
        async with exchange.site.database.transaction() as db:
            sheet = await open_sheet(db, exchange)
            if not STEP.is_open(sheet):
                return exchange.redirect(f"{sheet.path}?newer=1")
            faults += await _change(db, sheet, ready)
            if faults:
                sheet.pictures = await list_pictures(db, exchange.site.sealer, sheet.draft.case)
                return STEP.draw(sheet, {}, faults)
            if exchange.text_of("do", longest=20) == "next":
                return exchange.redirect(await save(db, sheet, await STEP.keep(db, sheet, {})))
            return exchange.redirect(f"{sheet.path}/pictures")
    except Refused as refused:
        return await leave(exchange, refused)


async def _change(db: Connection, sheet: Sheet, ready: list[Prepared]) -> list[Fault]:
    """Write what was decoded, and erase what is to be removed."""
    exchange, case_id = sheet.exchange, sheet.draft.case.id
    removed = parse_id(exchange.text_of("remove", longest=40))
    if removed is not None:
        await remove_picture(db, exchange.by, case_id, removed)
    sealer, by = exchange.site.sealer, exchange.by
    faults = await keep_descriptions(
        exchange, sheet.pictures, removed, lambda one, about: describe_picture(db, sealer, by, case_id, one, about)
    )
    for prepared in ready:
        try:
            await add_picture(db, sealer, by, case_id, prepared)
        except Refused as refused:
            if refused.reason != "too_many_pictures":
                raise
            return [*faults, too_many(exchange)]
    return faults


@get_page("/cases/{case_id:str}/pictures/{picture_id:str}/thumbnail", verb="see_picture", who="resident")
async def show_thumbnail(exchange: Exchange) -> Response[bytes]:
    """A picture small."""
    return await _file(exchange, "thumbnail")


@get_page("/cases/{case_id:str}/pictures/{picture_id:str}", verb="see_picture", who="resident")
async def show_picture(exchange: Exchange) -> Response[bytes]:
    """A picture as large as it is kept."""
    return await _file(exchange, "display")


async def _file(exchange: Exchange, size: Size) -> Response[bytes]:
    case_id, picture_id = exchange.id_of("case_id"), exchange.id_of("picture_id")
    async with exchange.site.database.transaction() as db:
        data = await see_picture(db, exchange.site.sealer, exchange.by, case_id, picture_id, size)
    return jpeg_answer(data)


_show, _ = routes_of(STEP)
ROUTES = [_show, take_pictures, show_thumbnail, show_picture]
