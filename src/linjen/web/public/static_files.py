"""Our own files: style sheets, scripts and icons, under addresses that hold their hash."""

from __future__ import annotations

import gzip
import mimetypes
from functools import cache
from typing import Any, NamedTuple

from litestar import Request, Response, get

from linjen.web.assets import content_of, names, static_url


class _File(NamedTuple):
    whole: bytes
    packed: bytes
    kind: str


@cache
def _read(name: str) -> _File:
    """A file, and packed. Nobody's secret is in it, so that packing tells nobody anything; pages are never packed."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind == "image/svg+xml":
        kind += "; charset=utf-8"
    whole = content_of(name)
    return _File(whole, gzip.compress(whole, mtime=0), kind)


@get("/static/{digest:str}/{name:path}", opt={"verb": "public", "who": "anyone"}, include_in_schema=False)
async def show_static(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The file; kept for a year when the address has its right hash, asked for anew otherwise."""
    digest, name = request.path_params["digest"], str(request.path_params["name"]).lstrip("/")
    if name not in names():
        return Response(b"", status_code=404)
    found = _read(name)
    right = static_url(name).split("/")[2] == digest
    headers = {
        "cache-control": "public, max-age=31536000, immutable" if right else "no-cache",
        "vary": "accept-encoding",
    }
    accepted = {part.partition(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
    if "gzip" in accepted and len(found.packed) < len(found.whole):
        return Response(found.packed, media_type=found.kind, headers=headers | {"content-encoding": "gzip"})
    return Response(found.whole, media_type=found.kind, headers=headers)


ROUTES = [show_static]
