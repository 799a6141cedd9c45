"""Health: whether the process lives, and whether it is ready to serve."""

from __future__ import annotations

import secrets
from typing import Any

from litestar import Request, Response, get

from linjen import __version__
from linjen.core import metrics
from linjen.core.errors import LinjenError
from linjen.core.migrations import is_migrated
from linjen.web.routing import site_of


@get("/healthz", opt={"verb": "health", "who": "anyone"}, include_in_schema=False)
async def healthz(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """200 while the process lives."""
    return Response({"status": "ok", "version": __version__})


@get("/readyz", opt={"verb": "health", "who": "anyone"}, include_in_schema=False)
async def readyz(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """200 only when the database is reachable and migrated, otherwise 503 with the reason."""
    site = site_of(request)
    try:
        async with site.database.connection() as db:
            if not await is_migrated(db):
                return Response({"status": "not_migrated"}, status_code=503)
    except LinjenError as error:
        return Response({"status": error.reason}, status_code=503)
    return Response({"status": "ready"})


@get("/metrics", opt={"verb": "metrics", "who": "anyone"}, include_in_schema=False)
async def show_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Prometheus metrics, for whoever brings the configured token; without a token there are none."""
    site = site_of(request)
    token = site.settings.metrics_token
    given = request.headers.get("authorization", "")
    if not token or not secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return Response(b"", status_code=404)
    return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)


ROUTES = [healthz, readyz, show_metrics]
