"""Namn i listor: who is protected, or has not been checked, stands in no list by name; it is shown in her case."""

from __future__ import annotations

from linjen.web.exchange import Exchange


def listed_name(exchange: Exchange, name: str, protected: str) -> str:
    """The name as a list of work shows it."""
    return name if protected == "no" else exchange.say(f"attestation.hidden_{protected}")
