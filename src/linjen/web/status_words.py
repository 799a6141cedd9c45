"""Driftläget in words: the line that stands, and since when."""

from __future__ import annotations

from linjen.core import clock
from linjen.core.swedish import moment_words
from linjen.units.service_status import Status
from linjen.web.exchange import Exchange


def status_in_words(exchange: Exchange, status: Status) -> dict[str, str] | None:
    """For parts/service_status.html; None while all is well."""
    if not status.line or status.since is None:
        return None
    since = moment_words(status.since, clock.now(), exchange.language)
    return {"line": status.words(exchange.language), "since": exchange.say("support.status.since", at=since)}
