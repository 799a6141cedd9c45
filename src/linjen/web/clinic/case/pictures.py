"""Bilder: a case's pictures for staff, one or two side by side; their files, each look and each download logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response

from linjen.cases.loading import see_case
from linjen.core.errors import NotFound
from linjen.media.archiving import mark_for_archive
from linjen.media.misplaced import list_set_aside, put_back, set_aside
from linjen.media.pictures import Picture, Size, list_pictures, see_picture
from linjen.web.clinic.case.case_head import CaseHead, case_head, moment
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page

_PICTURE = "/clinic/cases/{case_id:str}/pictures/{picture_id:str}"


@get_page("/clinic/cases/{case_id:str}/pictures", verb="see_picture", who="staff")
async def show_pictures(exchange: Exchange) -> Response[Any]:
    """One picture (`?show=`), or two side by side (`&beside=`), with what can be done with each."""
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "see_picture")
        head = await case_head(db, exchange, case)
        pictures = await list_pictures(db, exchange.site.sealer, case)
        aside = await list_set_aside(db, case.id)
    rows = [_row(exchange, head, pictures, number) for number in range(1, len(pictures) + 1)]
    shown = _chosen(exchange, rows, "show") or rows[:1]
    beside = [one for one in _chosen(exchange, rows, "beside") if one not in shown]
    return exchange.page(
        "clinic/case/pictures.html", head=head, rows=rows, shown=[*shown, *beside], first=shown[0] if shown else None,
        picture_support=exchange.site.settings.picture_support,
        aside=[{"href": f"/clinic/cases/{case.id}/pictures/{one.id}/misplacements",
                "line": exchange.say("viewer.aside_line", name=one.by_name, at=moment(exchange, one.at))}
               for one in aside],
    )  # fmt: skip


def _row(exchange: Exchange, head: CaseHead, pictures: Sequence[Picture], number: int) -> dict[str, Any]:
    one, base = pictures[number - 1], f"/clinic/cases/{head.case_id}/pictures"
    return {
        "id": str(one.id), "number": number, "href": f"{base}/{one.id}", "show": f"{base}?show={one.id}",
        "alt": exchange.say("viewer.number", number=number, total=len(pictures)),
        "about": one.about, "is_marked": one.archive_at is not None,
        "from": exchange.say("viewer.from", name=head.sender_of(one.by_id), at=moment(exchange, one.added_at),
                             width=one.width, height=one.height),
    }  # fmt: skip


def _chosen(exchange: Exchange, rows: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    wanted = exchange.request.query_params.get(name, "")
    return [row for row in rows if row["id"] == wanted]


@get_page(_PICTURE, verb="see_picture", who="staff")
async def show_picture(exchange: Exchange) -> Response[Any]:
    """The JPEG file; `?size=thumbnail` for the small one."""
    size: Size = "thumbnail" if exchange.request.query_params.get("size") == "thumbnail" else "display"
    async with exchange.site.database.transaction() as db:
        content = await see_picture(
            db, exchange.site.sealer, exchange.by, exchange.id_of("case_id"), exchange.id_of("picture_id"), size
        )
    return Response(content, media_type="image/jpeg", headers={"content-disposition": "inline"})


@get_page(_PICTURE + "/download", verb="download_picture", who="staff")
async def download(exchange: Exchange) -> Response[Any]:
    """The file to take along, under a name that tells nothing of the patient."""
    case_id, picture_id = exchange.id_of("case_id"), exchange.id_of("picture_id")
    async with exchange.site.database.transaction() as db:
        content = await see_picture(
            db, exchange.site.sealer, exchange.by, case_id, picture_id, "display", "download_picture"
        )
        case = await see_case(db, exchange.by, case_id)
        found = await list_pictures(db, exchange.site.sealer, case)
        numbers = {one.id: number for number, one in enumerate(found, 1)}
    if picture_id not in numbers:
        raise NotFound("picture")
    name = exchange.say("viewer.file", number=numbers[picture_id])
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="image/jpeg", headers=headers)


@post_page(_PICTURE + "/archivings", verb="archive_picture", who="staff")
async def archive(exchange: Exchange) -> Response[Any]:
    """Spara till PACS, or with `wanted` empty the mark taken away; back to the picture."""
    case_id, picture_id = exchange.id_of("case_id"), exchange.id_of("picture_id")
    wanted = bool(exchange.text_of("wanted", longest=10))
    async with exchange.site.database.transaction() as db:
        await mark_for_archive(db, exchange.by, case_id, picture_id, wanted=wanted)
    return exchange.redirect(f"/clinic/cases/{case_id}/pictures?show={picture_id}")


@post_page(_PICTURE + "/misplacements", verb="set_aside_picture", who="staff")
async def misplace(exchange: Exchange) -> Response[Any]:
    """Fel patient, or with `undo` the picture put back; back to the case's pictures."""
    case_id, picture_id = exchange.id_of("case_id"), exchange.id_of("picture_id")
    undo = bool(exchange.text_of("undo", longest=10))
    async with exchange.site.database.transaction() as db:
        await (put_back if undo else set_aside)(db, exchange.by, case_id, picture_id)
    return exchange.redirect(f"/clinic/cases/{case_id}/pictures" + (f"?show={picture_id}" if undo else ""))


ROUTES = [show_pictures, show_picture, download, archive, misplace]
