"""Bilder: the files of a case's pictures for staff, each look logged."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.media.pictures import Size, see_picture
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page


@get_page("/clinic/cases/{case_id:str}/pictures/{picture_id:str}", verb="see_picture", who="staff")
async def show_picture(exchange: Exchange) -> Response[Any]:
    """The JPEG file; `?size=thumbnail` for the small one."""
    size: Size = "thumbnail" if exchange.request.query_params.get("size") == "thumbnail" else "display"
    async with exchange.site.database.transaction() as db:
        content = await see_picture(
            db, exchange.site.sealer, exchange.by, exchange.id_of("case_id"), exchange.id_of("picture_id"), size
        )
    return Response(content, media_type="image/jpeg", headers={"content-disposition": "inline"})


ROUTES = [show_picture]
