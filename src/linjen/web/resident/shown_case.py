"""A case in a resident's words: its title, its state, whom it is about and the line beneath."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import datetime

import msgspec

from linjen.cases.loading import Case
from linjen.cases.overview import Around
from linjen.core import swedish
from linjen.core.clock import local_date
from linjen.triage.asking.wording import name_of
from linjen.web.booked_words import booked_words
from linjen.web.exchange import Exchange
from linjen.web.staff_titles import title_in

#: Consents to read what others have written of the patient, who may be another than who consents.
_READ_OF_THE_PATIENT = frozenset({"care_history", "medication_list"})
DRAFT_STATES = frozenset({"intake", "emergency_advised", "self_care_offered"})


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a list shows of a case. `kind` is the tone of the state's label, `about` a name where it is not herself."""

    case: Case
    around: Around
    href: str
    title: str
    line: str
    status: str
    kind: str
    about: str
    kept_until: str = ""
    #: How a draft begins in its writer's own words, by which she knows it from another.
    begins: str = ""


def is_draft(case: Case) -> bool:
    """Whether it has not been sent and not been left."""
    return case.state in DRAFT_STATES


def title_of(exchange: Exchange, case: Case) -> str:
    """The contact reason in the words of the case's own version while it is at hand, or what kind of question it is."""
    shelf = exchange.site.shelf
    protocols = shelf.at_hand(case.protocol) or shelf.running()
    if case.reason not in protocols.vocabulary.reasons:
        return exchange.say("case.admin" if case.entry == "admin" else "case.care")
    return name_of(protocols, case.reason, exchange.language)


def about_of(exchange: Exchange, case: Case, around: Around) -> str:
    """Whom the case is about: "dig" with the name, or the child's or the writer's name; '' before it is chosen."""
    if case.patient_id is None:
        return ""
    if case.patient_id == exchange.by.person_id:
        return exchange.say("case.about_you", name=around.patient_name)
    return around.patient_name


def consent_name(say: Callable[..., str], kind: str, case: Case, around: Around) -> str:
    """What a choice in a case is about: her own history and medicines, or the child's by name."""
    of_child = case.patient_id not in {None, case.opened_by} and kind in _READ_OF_THE_PATIENT
    return say(f"case.consent.{kind}_child", name=around.patient_name) if of_child else say(f"case.consent.{kind}")


def status_of(exchange: Exchange, case: Case, around: Around) -> tuple[str, str]:
    """The state in plain words and its tone."""
    if case.state == "in_progress":
        words = {"name": around.holder_name, "title": title_in(exchange.language, around.holder_title)}
        return exchange.say("case.state.in_progress" if around.holder_title else "case.state.held", **words), "success"
    if case.state == "queued" and case.booked_on is not None:
        when = booked_words(exchange, case.booked_on, case.starts_at)
        key = "booked_with" if around.holder_name else "booked"
        return exchange.say(f"case.state.{key}", when=when, name=around.holder_name), "success"
    kind = {"queued": "info", "closed": "neutral"}.get(case.state, "warning")
    return exchange.say(f"case.state.{case.state}"), kind


_BEGINNING = 60


def show(exchange: Exchange, case: Case, around: Around, at: datetime, words: str = "") -> Shown:
    """One case for a list, at an instant; a draft with its own `words`."""
    language = exchange.language
    status, kind = status_of(exchange, case, around)
    kept = swedish.date_words(local_date(around.kept_until), language) if around.kept_until else ""
    when = case.closed_at or case.sent_at or case.created_at
    sent = "from_care" if case.begun_by else "sent"
    key = "closed" if case.closed_at else sent if case.sent_at else "begun"
    key = "handed" if key == "sent" and around.first_unit_name != around.unit_name else key
    line = exchange.say(
        f"case.line.{key}", when=swedish.moment_words(when, at, language), unit=around.unit_name,
        **({"first": around.first_unit_name} if key == "handed" else {}),
    )  # fmt: skip
    about = "" if case.patient_id in {None, exchange.by.person_id} else around.patient_name
    return Shown(
        case=case, around=around, href=f"/intakes/{case.id}" if is_draft(case) else f"/cases/{case.id}",
        title=title_of(exchange, case), line=line if around.unit_name else line.removeprefix(", "), status=status,
        kind=kind, about=about, kept_until=kept, begins=textwrap.shorten(words, _BEGINNING, placeholder=" …"),
    )  # fmt: skip
