"""Our own files: style sheets, scripts and icons, under addresses that hold their hash."""

from __future__ import annotations

import mimetypes
from functools import cache
from typing import Any

from litestar import Request, Response, get

from linjen.web.templates import STATIC, static_url


@cache
def _read(name: str) -> tuple[bytes, str] | None:
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC) or not path.is_file():
        return None
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind == "image/svg+xml":
        kind += "; charset=utf-8"
    return path.read_bytes(), kind


@get("/static/{digest:str}/{name:path}", opt={"verb": "public", "who": "anyone"}, include_in_schema=False)
async def show_static(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The file; kept for a year when the address has its right hash, asked for anew otherwise."""
    digest, name = request.path_params["digest"], str(request.path_params["name"]).lstrip("/")
    found = _read(name)
    if found is None:
        return Response(b"", status_code=404)
    right = static_url(name).split("/")[2] == digest
    headers = {"cache-control": "public, max-age=31536000, immutable" if right else "no-cache"}
    return Response(found[0], media_type=found[1], headers=headers)


ROUTES = [show_static]
