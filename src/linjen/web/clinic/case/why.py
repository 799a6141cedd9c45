"""Därför: which version of the triage sorted a case, which rules decided, and what would have changed the level."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from linjen.cases.alarms.alarms import is_raised_by_words
from linjen.cases.intake.interview import Assessment
from linjen.cases.loading import Case
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.swedish import date_words
from linjen.triage.asking.margins import Margin
from linjen.triage.content.condition_words import listed
from linjen.triage.releases import Approval, find_approval
from linjen.triage.state import Fired
from linjen.web.exchange import Exchange

_DEFAULT = ".utgangsniva"
#: How the shipped example content says that its source was not read.
_UNREAD = "källa ej läst"
_JOINED = re.compile(r"\b(eller|och)\b")


class Near(msgspec.Struct, frozen=True):
    """One change of answers in words, and the level that it would have given; `note` says what is not certain."""

    level: int
    text: str
    note: str = ""


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """What clinic/case/why.html draws. `deciding` are the rules of the case's level, `others` the rest that hold.

    `raised` is there when words in the chat have put the case where it stands; `held` says why no answer holds
    the level where it is.
    """

    protocol: str = ""
    stamp: str = ""
    approval: str = ""
    deciding: Sequence[Fired] = ()
    others: Sequence[Fired] = ()
    raised: str = ""
    more: Sequence[Near] = ()
    less: Sequence[Near] = ()
    held: str = ""
    reviewed: bool = False


async def read_why(db: Connection, exchange: Exchange, case: Case, found: Assessment) -> Why:
    """Why a case that the reader has seen by see_case stands where it does."""
    raised = await _raised(db, exchange, case, found)
    if not found.rules:
        return Why(raised=raised)
    name, _, rest = found.protocol.partition("@")
    level = found.rules[0].level
    deciding = [rule for rule in found.rules if rule.level == level]
    others = [rule for rule in found.rules if rule.level != level]
    return Why(
        protocol=exchange.say("clinic.why.protocol", name=name, release=rest.partition("+")[0]), stamp=found.protocol,
        approval=_approval(exchange, await find_approval(db, found.protocol)), deciding=said_once(deciding),
        others=said_once(others), raised=raised,
        more=[_near(exchange, one) for one in found.margins.more] if found.margins else (),
        less=[_near(exchange, one) for one in found.margins.less] if found.margins else (),
        held=_held(exchange, found, deciding), reviewed=all(rule.reviewed for rule in found.rules),
    )  # fmt: skip


def said_once(rules: Sequence[Fired]) -> list[Fired]:
    """The rules with each sentence once: two that say the same are one reason. Both are named.

    A source that nobody has read is no source: that the content is an example stands once, under them all.
    """
    found: dict[tuple[int, str, bool], Fired] = {}
    for rule in rules:
        key, source = (rule.level, rule.why, rule.certain), "" if rule.source.endswith(_UNREAD) else rule.source
        before = found.get(key)
        if before is None:
            found[key] = msgspec.structs.replace(rule, source=source)
        else:
            both = before.reviewed and rule.reviewed
            found[key] = msgspec.structs.replace(before, id=f"{before.id}, {rule.id}", reviewed=both)
    return list(found.values())


def _approval(exchange: Exchange, found: Approval | None) -> str:
    if found is None:
        return exchange.say("clinic.why.not_approved")
    who = f"{found.by}, {found.title.lower()}" if found.title else found.by
    on = date_words(clock.local_date(found.at))
    return exchange.say("clinic.why.approved_retired" if found.retired else "clinic.why.approved", who=who, on=on)


async def _raised(db: Connection, exchange: Exchange, case: Case, found: Assessment) -> str:
    level = case.priority
    if level is None or not await is_raised_by_words(db, case.id, level):
        return ""
    if not found.rules:
        return exchange.say("clinic.why.raised_in_chat", level=level)
    return exchange.say("clinic.why.raised_later", level=level, triage=found.rules[0].level)


def _held(exchange: Exchange, found: Assessment, deciding: Sequence[Fired]) -> str:
    if found.margins is None or found.margins.less or found.urgency == 5:
        return ""
    by_default = any(rule.id.endswith(_DEFAULT) for rule in deciding)
    return exchange.say("clinic.why.held_by_default" if by_default else "clinic.why.held_by_many")


def _near(exchange: Exchange, one: Margin) -> Near:
    text = margin_words(exchange, one)
    note = exchange.say("clinic.why.open") if one.is_open else ""
    return Near(one.level, text[:1].upper() + text[1:], note)


def margin_words(exchange: Exchange, one: Margin) -> str:
    """'temperatur minst 40 °C', 'utan svårt att gapa': lower-case, for a list or inside a sentence."""
    present = listed([_apart(part) for part in one.yes], "och") if one.yes else ""
    without = listed([_apart(part) for part in one.no], "och") if one.no else ""
    missing = exchange.say("clinic.why.without", words=without) if without else ""
    return f"{present} {missing}".strip()


def _apart(part: str) -> str:
    """A name that has "eller" or "och" in itself is quoted, so that the list's own are told from it."""
    return f"’{part}’" if _JOINED.search(part) else part
