"""What a new unit will be, in sentences: who it is, when it is open, and what it has from the unit that it replaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from linjen.core.phone import display_phone
from linjen.units.handover_rules import HandoverRules
from linjen.units.new_unit import NewUnit
from linjen.units.referrals import Referral
from linjen.web.exchange import Exchange
from linjen.web.manage.lengths import length_words

_WORDS = "manage.new_unit.sum"
#: So long a time is told in hours, two days; a longer one in days.
_TWO_DAYS = 48 * 60


def unit_in_sentences(
    exchange: Exchange, unit: NewUnit, providers: Mapping[UUID, str], old: Mapping[UUID, str]
) -> list[str]:
    """What it is called and whose it is, how it is reached, who may write to it, and whose place it takes."""
    say = exchange.say
    kind = say(f"manage.kind.{unit.kind}").lower()
    return [
        say(f"{_WORDS}.is", name=unit.name, kind=kind, provider=providers[unit.provider_id]),
        say(f"{_WORDS}.hsa_id", hsa_id=unit.hsa_id),
        say(f"{_WORDS}.phone", phone=display_phone(unit.phone)),
        say(f"{_WORDS}.takes_{'yes' if unit.takes_residents else 'no'}"),
        say(f"{_WORDS}.replaces", name=old[unit.replaces]) if unit.replaces else say(f"{_WORDS}.is_new"),
    ]


def _length(exchange: Exchange, minutes: int) -> str:
    """'5 minuter', '24 timmar' or '7 dygn'."""
    if minutes > _TWO_DAYS and minutes % (24 * 60) == 0:
        return exchange.say(f"{_WORDS}.days", count=minutes // (24 * 60))
    return length_words(exchange, minutes)


def _deadlines(exchange: Exchange, value: Mapping[int, int]) -> list[str]:
    return [
        exchange.say(f"{_WORDS}.deadline", level=level, name=exchange.say(f"urgency.{level}").lower(),
                     time=_length(exchange, minutes))
        for level, minutes in sorted(value.items())
    ]  # fmt: skip


def _handovers(exchange: Exchange, value: HandoverRules) -> list[str]:
    say = exchange.say
    waits = say("manage.handover_rules.waits_for", minutes=value.minutes) if value.minutes else say(
        "manage.handover_rules.waits_on"
    )  # fmt: skip
    return [say(f"{_WORDS}.note_{'yes' if value.note else 'no'}"), f"{waits}."]


def _referrals(exchange: Exchange, value: Sequence[Referral]) -> list[str]:
    return [
        exchange.say(f"{_WORDS}.referral{'_remark' if one.remark else ''}", complaint=one.complaint,
                     goes_to=one.goes_to, remark=one.remark)
        for one in value
    ]  # fmt: skip


def _sharing(exchange: Exchange, words: Mapping[str, str]) -> list[str]:
    return [exchange.say(f"{_WORDS}.sharing", kind=kind, roles=roles.lower()) for kind, roles in words.items()]


#: Setting -> its value in sentences; the others are told by their own page's words, which are sentences already.
_SENTENCES: Final[Mapping[str, Callable[[Exchange, Any], list[str]]]] = {
    "deadlines": _deadlines,
    "handover_rules": _handovers,
    "load_limits": lambda exchange, value: [
        exchange.say(f"{_WORDS}.waiting_limit", count=value.waiting),
        exchange.say(f"{_WORDS}.late_limit", count=value.late),
    ],
    "own_sms": lambda exchange, value: [exchange.say(f"{_WORDS}.own_sms_{'yes' if value else 'no'}")],
    "referrals": _referrals,
}  # fmt: skip


def setting_in_sentences(exchange: Exchange, name: str, value: Any, words: Mapping[str, str]) -> list[str]:
    """A setting's value; `words` are those of its own page, a name and a value each."""
    if name == "sharing":
        found = _sharing(exchange, words)
    elif name in _SENTENCES:
        found = _SENTENCES[name](exchange, value)
    else:
        title = exchange.say(f"manage.{name}.title")
        found = [text if key == title else f"{key}: {text}" for key, text in words.items() if text]
    return found or [exchange.say(f"{_WORDS}.nothing_{name}")]
