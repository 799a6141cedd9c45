"""The rules of the hints on how to write, as JSON for static/js/tone.js; nothing of any person is in them."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.web.exchange import Exchange
from linjen.web.parts.tone_words import tone_rules
from linjen.web.routing import get_page


@get_page("/tone-rules/{stamp:str}", verb="public", who="anyone")
async def show_tone_rules(exchange: Exchange) -> Response[Any]:
    """Kept for a year when the address has the right stamp, asked for anew otherwise."""
    stamp, data = tone_rules()
    right = exchange.request.path_params["stamp"] == stamp
    headers = {"cache-control": "public, max-age=31536000, immutable" if right else "no-cache"}
    return Response(data, media_type="application/json", headers=headers)


ROUTES = [show_tone_rules]
