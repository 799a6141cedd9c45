"""Fler frågor: the patient answers what staff have asked her in a case that goes on."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.triage.asking.wording import name_of
from linjen.web.exchange import Exchange
from linjen.web.parts.further_pages import Shown, draw_at, place_of, see_here, take_page
from linjen.web.routing import get_page, post_page


@get_page("/cases/{case_id:str}/further-questions/{further_id:str}", verb="answer_further", who="resident")
async def show_questions(exchange: Exchange) -> Response[Any]:
    """The next page, or the one that was gone back to; the case when all is answered."""
    here = await see_here(exchange)
    if here.further.answered_at is not None:
        return exchange.redirect(_case(exchange))
    place = place_of(str(exchange.request.query_params.get("place", "")))
    return _draw(exchange, draw_at(exchange, here, len(here.state.pages) if place is None else place))


@post_page("/cases/{case_id:str}/further-questions/{further_id:str}", verb="answer_further", who="resident")
async def take_answers(exchange: Exchange) -> Response[Any]:
    """The next page, the case with a line that all is answered, or the page with what has to be changed."""
    taken = await take_page(exchange)
    if isinstance(taken, Shown):
        return _draw(exchange, taken)
    if taken is None:
        return exchange.redirect(_case(exchange))
    return exchange.redirect(f"{exchange.request.url.path}?place={taken}")


def _case(exchange: Exchange) -> str:
    return f"/cases/{exchange.id_of('case_id')}"


def _draw(exchange: Exchange, shown: Shown) -> Response[Any]:
    here, path = shown.here, exchange.request.url.path
    herself = here.patient.id == exchange.by.person_id
    place = shown.values["place"]
    return exchange.page(
        "resident/further.html", status=shown.status, tab="cases", about="" if herself else here.patient.given_name,
        back=f"{path}?place={place - 1}" if place else _case(exchange), part=None,
        reason=name_of(here.protocols, here.further.reason, exchange.language),
        example=here.protocols.is_example([here.further.reason]), quick_exit=exchange.site.settings.quick_exit_url,
        **shown.values,
    )  # fmt: skip


ROUTES = [show_questions, take_answers]
