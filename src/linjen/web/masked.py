"""Skyddad identitet i fönstrets titel och i andras ärenden: words stand there in place of the name."""

from __future__ import annotations

from linjen.web.words import say


def masked_words() -> str:
    """'Person med skyddade personuppgifter'."""
    return say("sv", "patients.masked")


def name_elsewhere(name: str, protected: str) -> str:
    """The name as a title shows it, and the case of somebody else; the head of her own case shows it itself."""
    return masked_words() if protected == "yes" else name
