"""A length of time in words, for the pages of the administration."""

from __future__ import annotations

from linjen.web.exchange import Exchange


def length_words(exchange: Exchange, minutes: float) -> str:
    """'35 minuter', '1 timme' or '2 timmar och 5 minuter'; under a minute it is one."""
    hours, rest = divmod(max(1, round(minutes)), 60)
    parts = [exchange.say("manage.length.hours" if hours > 1 else "manage.length.hour", hours=hours)] if hours else []
    if rest or not hours:
        parts.append(exchange.say("manage.length.minutes" if rest > 1 else "manage.length.minute", minutes=rest))
    return exchange.say("manage.length.and", first=parts[0], second=parts[1]) if len(parts) > 1 else parts[0]
