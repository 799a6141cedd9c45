"""Leveransrapporter: where the SMS gateway tells what became of a message. The address itself is the proof."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from linjen.core.errors import NotFound
from linjen.integrations.sms import read_report
from linjen.notices.outbox import take_report
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page
from linjen.web.site import Site


def report_url(site: Site, sms_id: UUID) -> str:
    """Where the gateway tells of one message; nobody else can make its token, and it opens nothing else."""
    return f"{site.settings.public_url}/sms/reports/{sms_id}/{site.sealer.token('sms_report', sms_id.bytes)}"


@get_page("/sms/reports/{sms_id:str}/{token:str}", verb="sms_report", who="anyone")
async def take_query(exchange: Exchange) -> Response[Any]:
    """204 for a report as a query, whatever it says: a gateway that is refused would only call again."""
    return await _take(exchange, exchange.request.query_params)


@post_page("/sms/reports/{sms_id:str}/{token:str}", verb="sms_report", who="anyone", max_body=16 * 1024)
async def take_form(exchange: Exchange) -> Response[Any]:
    """204 for a report as a form or JSON; fields of the query count, too."""
    fields = {name: value for name, value in exchange.form.multi_items() if isinstance(value, str)}
    if not fields and (body := await exchange.request.body()):
        try:
            fields = {name: str(value) for name, value in msgspec.json.decode(body, type=dict[str, Any]).items()}
        except msgspec.MsgspecError:
            fields = {}
    return await _take(exchange, {**exchange.request.query_params, **fields})


async def _take(exchange: Exchange, fields: Mapping[str, str]) -> Response[Any]:
    site, sms_id = exchange.site, exchange.id_of("sms_id")
    token = site.sealer.token("sms_report", sms_id.bytes)
    if not secrets.compare_digest(str(exchange.request.path_params["token"]).encode(), token.encode()):
        raise NotFound("report")
    said = read_report(site.settings, fields)
    if said:
        await take_report(site.database, sms_id, said)
    return Response(None, status_code=204)


ROUTES = [take_query, take_form]
