"""Contact reasons as staff read them: in the words of the version that a case was sorted by, while it is at hand."""

from __future__ import annotations

from linjen.triage.asking.wording import name_of
from linjen.triage.content.library import Protocols
from linjen.triage.shelf import Shelf
from linjen.web.words import say


def reason_name(protocols: Protocols, entry: str, reason: str) -> str:
    """The contact reason in words; an administrative question has its own."""
    known = name_of(protocols, reason) if reason in protocols.vocabulary.reasons else ""
    if entry == "admin":
        return f"{say('sv', 'ledger.admin')}: {known.lower()}" if known else say("sv", "ledger.admin")
    return known or say("sv", "ledger.no_reason")


def known_names(shelf: Shelf) -> frozenset[str]:
    """The names of all contact reasons that are known now, of both entries."""
    protocols = shelf.running()
    reasons = ("", *protocols.vocabulary.reasons)
    return frozenset(reason_name(protocols, entry, reason) for entry in ("symptom", "admin") for reason in reasons)


def reason_on(shelf: Shelf, entry: str, reason: str, stamp: str) -> str:
    """As `reason_name` with the case's own version, which no list waits for; else with the one that runs."""
    return reason_name(shelf.at_hand(stamp) or shelf.running(), entry, reason)
