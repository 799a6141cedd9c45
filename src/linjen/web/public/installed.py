"""Linjen som app: the manifest, the service worker and the page that is shown without a connection. No person in it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, Final

from litestar import Request, Response, get

from linjen.web.assets import STATIC, static_url
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, site_of
from linjen.web.templates import Page, draw
from linjen.web.words import LANGUAGES, say

#: What the offline page needs, and all that the worker keeps in the browser.
_KEPT: Final = ("css/page.css", "icons/favicon.svg", "icons/linjen.svg", "js/offline.js")
#: Both languages stand on one page: without a connection nobody can be asked which she reads.
_OFFLINE_LANGUAGES: Final = ("sv", "en")
_PARTS: Final = ("title", "text", "unsent", "life", "advice", "again")
_PAPER: Final = "#faf6ef"
_BAR: Final = "#0b3f45"


@get_page("/offline", verb="public", who="anyone")
async def show_offline(exchange: Exchange) -> Response[Any]:
    """What to do without a connection. Drawn for nobody, whoever asks, since it is kept in the browser."""
    return Response(_offline(exchange.site.settings.region_name), media_type="text/html")


@cache
def _offline(region: str) -> str:
    page = Page(language="sv", csrf="", path="/offline", region_name=region)
    texts = [
        {"language": one} | {part: say(one, f"offline.{part}") for part in _PARTS} | {
            "call_112": say(one, "parts.call_112"), "call_1177": say(one, "parts.call_1177")
        }
        for one in _OFFLINE_LANGUAGES
    ]  # fmt: skip
    return draw("public/offline.html", page, texts=texts)


@get("/manifest.webmanifest", opt={"verb": "public", "who": "anyone"}, include_in_schema=False)
async def show_manifest(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The name and the icon that stand on a phone: neutral ones, whoever looks over her shoulder."""
    asked = request.query_params.get("language", "sv")
    language = asked if asked in LANGUAGES else "sv"
    icons = [
        {"src": static_url(f"icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (
            ("app-192", 192, "any"), ("app-512", 512, "any"), ("app-maskable-512", 512, "maskable"),
        )
    ]  # fmt: skip
    manifest = {
        "id": "/", "name": say(language, "parts.wordmark"), "short_name": say(language, "parts.wordmark"),
        "description": say(language, "offline.app"), "lang": language, "dir": "ltr", "start_url": "/", "scope": "/",
        "display": "standalone", "theme_color": _BAR, "background_color": _PAPER, "icons": icons,
    }  # fmt: skip
    body = json.dumps(manifest, ensure_ascii=False).encode()
    return Response(body, media_type="application/manifest+json", headers={"cache-control": "no-cache"})


@get("/sw.js", opt={"verb": "public", "who": "anyone"}, include_in_schema=False)
async def show_worker(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The service worker. Its text holds the hash of all that it keeps, so that each release replaces the last one."""
    worker = _worker(site_of(request).settings.region_name)
    headers = {"cache-control": "no-cache", "service-worker-allowed": "/"}
    return Response(worker, media_type="text/javascript; charset=utf-8", headers=headers)


@cache
def _worker(region: str) -> bytes:
    source = (STATIC / "js" / "worker.js").read_text("utf-8")
    files = ["/offline", *(static_url(name) for name in _KEPT)]
    version = hashlib.sha256("\n".join([source, _offline(region), *files]).encode()).hexdigest()[:16]
    icons = {"icon": static_url("icons/app-192.png"), "badge": static_url("icons/badge-96.png")}
    told = json.dumps({"version": version, "files": files, **icons})
    return f"const RELEASE = {told};\n{source}".encode()


ROUTES = [show_offline, show_manifest, show_worker]
