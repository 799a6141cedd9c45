"""Tangenter: a key for every action of the clinic, as a table; a new action is one line here and its words.

A key is one character ("n"), two after each other ("g m"), or one with Alt ("alt+n"). Keys without Alt work outside
text fields only, and not at all for who has switched them off (WCAG 2.1.4). AltGr is never taken for Alt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from linjen.core.errors import Invalid
from linjen.web.words import say


class Action(NamedTuple):
    """What a key does: it presses or puts the focus on the first visible element of `selector`. An empty selector is
    something that keys.js does itself.
    """

    name: str
    keys: str
    where: str
    selector: str = ""


_ON_CASE = "#case-status "
#: The words that raised an alarm and that nobody has judged yet.
_ALARM = "#case-alarms form[action$='/verdicts']:not(:has([aria-pressed='true'])) "

ACTIONS = (
    Action("help", "?", "everywhere"),
    Action("ledger", "g l", "everywhere", '.lj-nav a[href="/clinic"]'),
    Action("mine", "g m", "everywhere", '.lj-nav a[href="/clinic/mine"]'),
    Action("patients", "g s", "everywhere", '.lj-nav a[href="/clinic/patients"]'),
    Action("phrases", "g f", "everywhere", '.lj-nav a[href="/clinic/phrases"]'),
    Action("settings", "g i", "everywhere", 'footer a[href="/clinic/profile"]'),
    Action("leaving", "g d", "everywhere", 'footer a[href="/clinic/leaving"]'),
    Action("support", "g h", "everywhere", 'footer a[href="/clinic/support"]'),
    Action("sign_out", "g u", "everywhere", 'form[action="/clinic/sign-out"] button'),
    Action("next", "n", "ledger", '[data-key="next"]'),
    *(Action(f"chat_{n}", f"g {n}", "everywhere", f'[data-key="chat_{n}"]') for n in range(1, 8)),
    *(Action(f"view_{n}", f"v {n % 10}", "ledger", f"#views li:nth-child({n}) a") for n in range(1, 11)),
    Action("down", "j", "ledger"),
    Action("up", "k", "ledger"),
    Action("take", "e", "ledger"),
    Action("search", "/", "ledger", '#ledger-q, #who, input[type="search"]'),
    Action("filter", "f", "ledger", '[data-key="filter"]'),
    Action("saved", "s", "ledger", '[data-key="saved"]'),
    Action("density", "t", "ledger", '[data-key="density"]'),
    Action("news", "u", "ledger", "#ledger-show"),
    Action("print", "l p", "ledger", "#ledger-print[href$='/ledger']"),
    Action("new_async", "p a", "patients", "main a[href^='/clinic/patients/'][href$='/asynchronous']"),
    Action("patient_visit", "p b", "patients", "main a[href^='/clinic/patients/'][href$='/bookings']"),
    Action("call", "p r", "patients", "main a[href^='/clinic/patients/'][href$='/calls']"),
    Action("new_phrase", "p f", "patients", "main a[href='/clinic/phrases/new']"),
    Action("claim", "a e", "case", f"{_ON_CASE}form[action$='/claims'] button"),
    Action("write", "m", "case", "#composer-text"),
    Action("undo", "alt+z", "case", "#thread [data-does='take_back']"),
    Action("hints", "alt+t", "case", ".lj-tone-hints [aria-expanded]"),
    Action("phrase", "a f", "case", "#phrases-open"),
    Action("card", "a g", "case", "#chat a[href$='/actions']"),
    Action("further", "a q", "case", "#chat a[href$='/further-questions']"),
    Action("handover", "a l", "case", f"{_ON_CASE}a[href$='/handovers']"),
    Action("new_visit", "a n", "case", f"{_ON_CASE}a[href$='/bookings']"),
    Action("ticket", "a b", "case", f"{_ON_CASE}a[href$='/tickets']"),
    Action("asynchronous", "a y", "case", f"{_ON_CASE}a[href$='/asynchronous']"),
    Action("remind", "a p", "case", f"{_ON_CASE}a[href$='/reminders']"),
    Action("keep", "a h", "case", f"{_ON_CASE}a[href$='/keepings']"),
    Action("release", "a s", "case", f"{_ON_CASE}form[action$='/releases'] button"),
    Action("close", "a a", "case", f"{_ON_CASE}a[href$='/closings']"),
    Action("record", "a j", "case", f"{_ON_CASE}a[href$='/record']"),
    Action("record_system", "a o", "case", "form[action$='/record-openings'] button"),
    Action("copy_number", "a i", "case", "button[data-log$='/identity-copies']"),
    Action("protected", "p j", "case", "form[action$='/protections']:has([name='protected'][value='yes']) button"),
    Action("not_protected", "p n", "case", "form[action$='/protections']:has([name='protected'][value='no']) button"),
    Action("lift", "p h", "case", "form[action$='/protection-liftings'] textarea"),
    Action("phone", "p k", "case", "form[action$='/contacts'] #phone"),
    Action("interpreter", "p t", "case", "form[action$='/interpreters'] #interpreter"),
    Action("call_back", "r u", "case", "#case-call-settle > summary"),
    Action("correction", "a x", "case", "#case-corrections a[href$='/corrections']"),
    Action("settle_card", "a z", "case", "#thread details[id^='settle-'] > summary"),
    Action("note", "i", "case", "#note"),
    Action("invite", "a d", "case", "#invite-ask > summary"),
    Action("leave_case", "a u", "case", "#case-invited form[action$='/leavings'] button"),
    Action("attest", "a v", "case", "#attestation-ask > summary"),
    Action("attest_answer", "v a", "case", "#case-attestations a[href$='/answers']"),
    Action("attest_keep", "v f", "case", "#case-attestations a[href$='/follow-ups']"),
    Action("attest_forward", "a w", "case", "#case-attestations a[href$='/forwardings']"),
    Action("attest_withdraw", "a t", "case", "#case-attestations form[action$='/withdrawals'] button"),
    Action("ticket_withdraw", "b t", "case", "#case-tickets form[action$='/withdrawals'] button"),
    Action("ticket_settle", "b k", "case", "#case-tickets form[action$='/settlings'] button"),
    Action("pictures", "b b", "case", "#case-pictures a"),
    Action("level", "a r", "case", "a[href$='/priorities']"),
    Action("judge_level", "r b", "case", "a[href$='/triage-verdicts']"),
    Action("alarm_right", "r r", "case", f"{_ALARM}button[value='right'][aria-pressed='false']"),
    Action("alarm_wrong", "r f", "case", f"{_ALARM}button[value='wrong'][aria-pressed='false']"),
    Action("signpost", "a m", "case", "main a[href$='/signposts']"),
    Action("copy", "a k", "case", ".lj-copy > summary"),
    Action("consents", "a c", "case", ".lj-fold > summary"),
    Action("block_consent", "p s", "case", "main a[href$='/consent-openings']"),
    Action("block_emergency", "p o", "case", "main a[href$='/emergency-openings']"),
    Action("tab_visit", "a 1", "case", ".lj-case-bar + nav li:nth-child(1) a"),
    Action("tab_patient", "a 2", "case", ".lj-case-bar + nav li:nth-child(2) a"),
    Action("tab_tickets", "a 3", "case", ".lj-case-bar + nav li:nth-child(3) a"),
    Action("tab_visits", "a 4", "case", ".lj-case-bar + nav li:nth-child(4) a"),
)

GROUPS = ("everywhere", "ledger", "patients", "case")

_BY_NAME = {action.name: action for action in ACTIONS}
_ONE = r"[^\s\x00-\x1f\x7f]"
_SHAPE = re.compile(rf"(?:{_ONE}(?: {_ONE})?|alt\+[a-z0-9])?")


def effective(own: Mapping[str, str] | None) -> dict[str, str]:
    """The key of each action for a person with these own keys; '' where she wants none."""
    chosen = own or {}
    return {action.name: chosen.get(action.name, action.keys) for action in ACTIONS}


def check_keys(asked: Mapping[str, str]) -> dict[str, str]:
    """What is to be stored of a form with a key for every action: those that differ from the usual ones.

    Raises Invalid with the action as field: 'key_shape' for what is no key, 'key_taken' with `other` for a key that
    another action has, or that begins another action's.
    """
    keys = {name: " ".join(asked.get(name, action.keys).lower().split()) for name, action in _BY_NAME.items()}
    for name, key in keys.items():
        if not _SHAPE.fullmatch(key):
            raise Invalid("key_shape", name)
    for name, key in keys.items():
        for other, taken in keys.items():
            if key and name != other and (key == taken or taken.startswith(f"{key} ")):
                raise Invalid("key_taken", name, other=other)
    return {name: key for name, key in keys.items() if key != _BY_NAME[name].keys}


def words_of(action: Action) -> str:
    """What the action is called on the list."""
    base, _, number = action.name.rpartition("_")
    return say("sv", f"keys.{base}", number=number) if number.isdigit() else say("sv", f"keys.{action.name}")


def key_help(own: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """The list that "?" shows: for each group its actions with words and keys."""
    keys = effective(own)
    return [
        {"label": say("sv", f"keys.where.{group}"), "actions": [
            {"name": one.name, "words": words_of(one), "key": keys[one.name]}
            for one in ACTIONS if one.where == group]}
        for group in GROUPS
    ]  # fmt: skip


def key_map(own: Mapping[str, str] | None) -> str:
    """The keys as keys.js reads them: JSON of [key, action, selector]."""
    keys = effective(own)
    return msgspec.json.encode([[keys[one.name], one.name, one.selector] for one in ACTIONS if keys[one.name]]).decode()
