"""Samtycken och händelser: what the resident has agreed to, and what has happened to her case, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from linjen.cases.patients.consent import FEE, Consent
from linjen.cases.timeline import Happening
from linjen.core import clock
from linjen.core.swedish import date_words
from linjen.web.booked_words import booked_words
from linjen.web.clinic.case.case_head import moment
from linjen.web.clinic.talk.notices_in_words import notice_sentence
from linjen.web.exchange import Exchange
from linjen.web.parts.action_cards import action_sentence
from linjen.web.reason_names import reason_on

#: Events whose sentence depends on a word of their data.
_TOLD_BY = {"protection_set": "protected", "note_returned": "to", "requeued": "why", "block_opened": "how"}


def consents_in_words(exchange: Exchange, consents: Sequence[Consent]) -> list[dict[str, Any]]:
    """Each kind with the latest choice and when it was made, as parts/case.html wants it."""
    return [
        {"kind": one.kind, "name": exchange.say(f"clinic.consents.{one.kind}"), "given": one.choice,
         "at": moment(exchange, one.given_at), "choice": _choice(exchange, one.kind, one.choice)}
        for one in consents
    ]  # fmt: skip


def _choice(exchange: Exchange, kind: str, choice: bool) -> str:
    yes, no = ("accepted", "not_accepted") if kind == FEE else ("allowed", "refused")
    return exchange.say(f"clinic.consents.{yes if choice else no}")


def timeline_in_words(exchange: Exchange, happenings: Sequence[Happening]) -> list[dict[str, Any]]:
    """One sentence for each event, the latest first, with its day and time."""
    return [
        {"text": _sentence(exchange, one), "at": moment(exchange, one.at), "iso": clock.local(one.at).isoformat(),
         "note": ""}
        for one in reversed(happenings)
    ]  # fmt: skip


def _begun_sentence(exchange: Exchange, one: Happening, by: str) -> str:
    """What care has begun: a case in some way, or a visit at some time."""
    if one.kind == "case_begun":
        how = one.data["how"]
        return exchange.say("clinic.events.case_begun" if how == "async" else f"clinic.events.case_begun_{how}", by=by)
    on, at = date.fromisoformat(one.data["on"]), one.data["at"]
    when = booked_words(exchange, on, datetime.fromisoformat(at) if at else None)
    return exchange.say("clinic.events.visit_booked", by=by, when=when)


def _further_sentence(exchange: Exchange, one: Happening) -> str | None:
    """Fler frågor: about what, and what became of the case's place when they were answered; None for other events."""
    if one.kind not in {"further_asked", "further_answered"}:
        return None
    by = one.by_name
    data, reason = one.data, reason_on(exchange.site.shelf, "symptom", one.data["reason"], "").lower()
    if one.kind == "further_asked":
        return exchange.say("clinic.events.further_asked", by=by, reason=reason)
    key = "further_raised" if data["to"] < data["from"] else "further_answered"
    return exchange.say(f"clinic.events.{key}", by=by, reason=reason, level=data["level"])


def _consent_sentence(exchange: Exchange, one: Happening, by: str) -> str:
    """What was allowed or not; a price is accepted, and is no consent to care."""
    kind = str(one.data["consent"])
    if one.kind == "consent_withdrawn":
        return exchange.say("clinic.events.consent_withdrawn", by=by, consent=exchange.say(f"clinic.consents.{kind}"))
    choice = bool(one.data["choice"])
    if kind == FEE:
        return exchange.say(f"clinic.events.fee_{'accepted' if choice else 'refused'}", by=by)
    consent = exchange.say(f"clinic.consents.{kind}")
    return exchange.say("clinic.events.consent_given", by=by, consent=consent, choice=_choice(exchange, kind, choice))


def _sentence(exchange: Exchange, one: Happening) -> str:
    told = notice_sentence(exchange, one) or action_sentence(exchange, one) or _further_sentence(exchange, one)
    if told is not None:
        return told
    by = one.by_name or exchange.say("clinic.events.system")
    if one.kind in {"case_begun", "visit_booked"}:
        return _begun_sentence(exchange, one, by)
    values: dict[str, str] = {}
    if one.kind in {"consent_given", "consent_withdrawn"}:
        return _consent_sentence(exchange, one, by)
    if one.kind == "closed":
        values = {"reason": exchange.say(f"clinic.close.reasons.{one.data['reason']}")}
    elif one.kind in {"handed_over", "invited", "requeued"}:
        values = {"role": exchange.say(f"handover.role.{one.data['role']}")}
    elif one.kind.startswith("ticket_"):
        key = "ticket_issued_other" if one.kind == "ticket_issued" and one.data["other"] else one.kind
        return exchange.say(f"clinic.events.{key}", by=by, unit=one.unit)
    elif one.kind in {"returned", "taken_over"}:
        why = "clinic.returned." if one.kind == "returned" else "clinic.take_over.why_"
        values = {"name": one.to_name, "why": exchange.say(f"{why}{one.data['reason']}")}
    elif one.kind in {"attestation_requested", "attestation_forwarded", "attestation_returned"}:
        values = {"to": one.to_name or exchange.say(f"attestation.role.{one.data['role']}")}
    elif one.kind in {"made_asynchronous", "attestation_kept"}:
        values = {"until": date_words(date.fromisoformat(one.data["until"]))}
    elif one.kind == "reprioritised":
        values = {"before": str(one.data["from"]), "after": str(one.data["to"])}
    elif one.kind == "level_judged":
        values = {"verdict": exchange.say(f"clinic.verdict.{one.data['verdict']}").lower()}
    elif one.kind == "alarm_heard":
        raised = "raised" if one.data["to"] < one.data["from"] else "heard"
        key = "late" if one.data.get("late") else raised
        return exchange.say(f"clinic.events.alarm_{key}", level=one.data["to"])
    which = _TOLD_BY.get(one.kind)
    key = f"{one.kind}_{one.data[which]}" if which else one.kind
    return exchange.say(f"clinic.events.{key}", by=by, **values)
