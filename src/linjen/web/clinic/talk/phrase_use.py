"""Fraser i chatten: the list that the box's script searches, counting what is used, and a page to insert from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.loading import see_case
from linjen.cases.talk.drafts import Typed, find_draft
from linjen.cases.talk.message import LONGEST
from linjen.core.errors import NotFound
from linjen.core.ids import parse_id
from linjen.phrases.library import Phrase, count_use, list_usable
from linjen.web.clinic.case.case_head import case_head
from linjen.web.exchange import Exchange
from linjen.web.parts.phrase_pages import phrases_in_words
from linjen.web.routing import get_page, post_page


@get_page("/clinic/phrase-list", verb="use_phrases", who="staff")
async def list_phrases(exchange: Exchange) -> Response[Any]:
    """JSON for static/js/phrases.js: what she can use, in the order in which it is offered."""
    async with exchange.site.database.connection() as db:
        phrases = await list_usable(db, exchange.by)
    return Response({"phrases": [_as_json(one) for one in phrases]})


def _as_json(one: Phrase) -> dict[str, Any]:
    return {"id": str(one.id), "title": one.title, "short": one.short, "body": one.body, "own": one.own}


@post_page("/clinic/phrases/{phrase_id:str}/uses", verb="use_phrases", who="staff", max_body=1024)
async def use(exchange: Exchange) -> Response[Any]:
    """Counted: the phrase was put into a box."""
    async with exchange.site.database.transaction() as db:
        await count_use(db, exchange.by, exchange.id_of("phrase_id"))
    return Response({})


@get_page("/clinic/cases/{case_id:str}/phrases", verb="send_message", who="staff")
async def choose(exchange: Exchange) -> Response[Any]:
    """The same list as a page, for browsers without JavaScript."""
    return await _choose(exchange)


async def _choose(exchange: Exchange, fault: str = "") -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "send_message")
        head = await case_head(db, exchange, case)
        phrases = await list_usable(db, exchange.by)
    return exchange.page(
        "clinic/talk/phrase_choice.html", status=422 if fault else 200, head=head, fault=fault,
        phrases=phrases_in_words(exchange, phrases),
    )  # fmt: skip


@post_page("/clinic/cases/{case_id:str}/phrases", verb="send_message", who="staff")
async def insert(exchange: Exchange) -> Response[Any]:
    """The phrase put after what stands in the draft, and back to the box; 404 for a phrase that is not hers to use."""
    case_id, phrase_id = exchange.id_of("case_id"), parse_id(exchange.text_of("phrase_id", longest=40))
    if phrase_id is None:
        raise NotFound("phrase")
    text = await _with_phrase(exchange, case_id, phrase_id)
    if len(text) > LONGEST:
        return await _choose(exchange, exchange.say("chat.too_long"))
    await exchange.site.drafts.submit(Typed(exchange.by, case_id, text))
    return exchange.redirect(f"/clinic/cases/{case_id}#composer")


async def _with_phrase(exchange: Exchange, case_id: UUID, phrase_id: UUID) -> str:
    site, by = exchange.site, exchange.by
    async with site.database.transaction() as db:
        await see_case(db, by, case_id, "send_message")
        body = await count_use(db, by, phrase_id)
        draft = (await find_draft(db, site.sealer, by, case_id)).rstrip()
    return f"{draft}\n\n{body}" if draft else body


ROUTES = [list_phrases, use, choose, insert]
