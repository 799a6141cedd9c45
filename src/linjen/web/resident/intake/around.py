"""What stands around the pages of the intake: that the content is an example, a quick way out, and what to do now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from linjen.triage import Protocols
from linjen.triage.asking.facts import FactTable
from linjen.triage.asking.wording import worded
from linjen.triage.content.condition import YES
from linjen.triage.state import Patient
from linjen.web.exchange import Exchange


def around(exchange: Exchange, protocols: Protocols, reasons: Iterable[str] = ()) -> Mapping[str, Any]:
    """For every page of the intake: whether to say that the content is an example, and where the way out leads."""
    return {"example": protocols.is_example(reasons), "quick_exit": exchange.site.settings.quick_exit_url}


def support_for(exchange: Exchange, protocols: Protocols, patient: Patient, facts: FactTable) -> list[dict[str, Any]]:
    """What to do now, in words and numbers to call, for what has been answered; nothing for most."""
    language = exchange.language
    file = protocols.languages.get(language)
    found = []
    for holds, one in protocols.support:
        if holds(facts) != YES:
            continue
        own = file.texts.get(one.id) if file is not None else None
        said = (own.title, own.text) if own is not None else ("", "")
        if own is not None and patient.writer != "self":
            said = (own.title_other, own.text_other)
        title = said[0] or worded(patient, language, one.title, one.title_other, one.title_en, one.title_other_en)
        text = said[1] or worded(patient, language, one.text, one.text_other, one.text_en, one.text_other_en)
        phones = [
            {"number": phone.number, "text": (phone.name_en if language != "sv" else "") or phone.name}
            for phone in one.phones
        ]
        found.append({"id": one.id, "phones": phones, "title": title, "text": text})
    return found


def in_other_language(exchange: Exchange, shown: Iterable[str]) -> str:
    """The language that a part of the page is in for want of the page's own, '' when there is none such."""
    return next((one for one in shown if one != exchange.language), "")
