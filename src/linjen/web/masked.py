"""Skyddad identitet i fönstrets titel och i andras ärenden: words stand there in place of the name."""

from __future__ import annotations

from linjen.web.words import say


def masked_words() -> str:
    """'Person med skyddade personuppgifter'."""
    return say("sv", "patients.masked")


def title_name(name: str, protected: str) -> str:
    """The name as the title of a window shows it, which others see: as no list does of who has not been checked yet."""
    return (
        name
        if protected == "no"
        else masked_words()
        if protected == "yes"
        else say("sv", "attestation.hidden_unchecked")
    )


def name_elsewhere(name: str, protected: str) -> str:
    """The name as the case of somebody else shows it; the head of her own case shows it itself."""
    return masked_words() if protected == "yes" else name
