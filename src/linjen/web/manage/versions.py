"""Tidigare inställningar: every change of a unit's settings, with who made it and when, and the way to take it back."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core import clock
from linjen.core.errors import Invalid, Refused
from linjen.core.swedish import full_moment
from linjen.units.managed import see_managed_unit
from linjen.units.versions import Version, list_versions, mark_of, see_version, undo_change
from linjen.web.exchange import Exchange
from linjen.web.manage import (
    chat_limit,
    closures,
    deadlines,
    handover_rules,
    hours,
    load_limits,
    own_sms,
    referrals,
    reply_days,
    sharing,
    shutting,
    staff_message,
)
from linjen.web.manage.changes import changed_rows
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.manage.setting import UnitSetting
from linjen.web.routing import get_page, post_page

_PAGES = (chat_limit, closures, deadlines, handover_rules, hours, load_limits, own_sms, referrals, reply_days, sharing,
          shutting, staff_message)  # fmt: skip
#: Every setting of a unit by its name.
SETTINGS: dict[str, UnitSetting[Any]] = {page.PAGE.name: page.PAGE for page in _PAGES}
_KEPT = [page.setting for page in SETTINGS.values()]


@get_page("/manage/units/{unit_id:str}/versions", verb="see_versions", who="staff")
async def show_versions(exchange: Exchange) -> Response[Any]:
    """The changes of what she decides herself; 404 for who decides nothing at the unit."""
    return await noting_refusals(exchange, "see_versions", lambda: _list(exchange))


@get_page("/manage/units/{unit_id:str}/versions/{version_id:str}", verb="see_versions", who="staff")
async def show_undoing(exchange: Exchange) -> Response[Any]:
    """What undoing one change would do now, before it is done."""
    return await noting_refusals(exchange, "see_versions", lambda: _look_first(exchange))


@post_page("/manage/units/{unit_id:str}/versions/{version_id:str}", verb="undo_change", who="staff")
async def undo(exchange: Exchange) -> Response[Any]:
    """Back to the list, where it stands as the latest change; or what has to be looked at again."""
    return await noting_refusals(exchange, "undo_change", lambda: _undo(exchange))


async def _list(exchange: Exchange, error: str = "", status: int = 200) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        found = await list_versions(db, exchange.by, exchange.id_of("unit_id"), _KEPT)
        unit = await see_managed_unit(db, exchange.by, exchange.id_of("unit_id"), clock.now())
    return await manage_page(
        exchange, "manage/versions.html", status=status, unit=unit, error=error,
        versions=[_row(exchange, one) for one in found],
        done="done" in exchange.request.query_params and not error,
    )  # fmt: skip


def _row(exchange: Exchange, one: Version) -> dict[str, Any]:
    page = SETTINGS[one.setting]
    was, became = page.setting.read(one.was), page.setting.read(one.became)
    return {
        "id": str(one.id), "title": exchange.say(f"manage.{one.setting}.title"), "by": one.by_name,
        "at": full_moment(one.at), "is_undoing": one.undoes is not None, "undone": one.undone,
        "rows": changed_rows(exchange, page.words, was, became),
    }  # fmt: skip


async def _find(exchange: Exchange) -> Version:
    async with exchange.site.database.transaction() as db:
        return await see_version(db, exchange.by, exchange.id_of("unit_id"), exchange.id_of("version_id"), _KEPT)


async def _look_first(exchange: Exchange, *, late: bool = False) -> Response[Any]:
    version = await _find(exchange)
    page = SETTINGS[version.setting]
    try:
        found = await page.rehearse_undoing(exchange, version)
    except Invalid as error:
        return await _list(exchange, page.told(exchange, error), 422)
    if page.setting.write(found.was) == page.setting.write(found.becomes):
        return await _list(exchange, exchange.say("manage.versions.same"), 409)
    say, mark = exchange.say, mark_of(page.setting, found.was)
    undoing = say("manage.versions.undoing", name=version.by_name, at=full_moment(version.at))
    answer = await page.preview(
        exchange, found, action=exchange.request.url.path, brought=[("now", mark)],
        undoing=f"{say('manage.versions.late')} {undoing}" if late else undoing,
    )  # fmt: skip
    answer.status_code = 409 if late else 200
    return answer


async def _undo(exchange: Exchange) -> Response[Any]:
    version, now = await _find(exchange), exchange.text_of("now", longest=40)
    page, unit_id = SETTINGS[version.setting], exchange.id_of("unit_id")
    try:
        async with exchange.site.database.transaction() as db:
            await undo_change(db, exchange.by, unit_id, page.setting, version, now)
    except Invalid as error:
        return await _list(exchange, page.told(exchange, error), 422)
    except Refused:
        return await _look_first(exchange, late=True)
    page.tell(exchange)
    return exchange.redirect(f"/manage/units/{unit_id}/versions?done=1")


ROUTES = [show_versions, show_undoing, undo]
