"""Beslutsstöd: the administrator's page for the unit's table of which complaints go where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from linjen.units.referrals import (
    COPY,
    Referral,
    as_text,
    keep_referrals,
    list_referrals,
    parse_referrals,
    version_of,
)
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting

_LONGEST = 60_000


def _read(exchange: Exchange) -> tuple[Sequence[Referral], str]:
    rows = parse_referrals(exchange.text_of("referrals", longest=_LONGEST))
    return rows, exchange.text_of("version", longest=40)


def _draw(exchange: Exchange, now: Sequence[Referral], errors: Mapping[str, str], typed: bool) -> dict[str, Any]:
    """What was typed stands beside the table as it is, and keeps saying which table it was made from until that is
    another's.
    """
    text = exchange.text_of("referrals", longest=_LONGEST) if typed else as_text(now)
    version = exchange.text_of("version", longest=40) if errors else version_of(now)
    return {"rows": now, "text": text, "longest": _LONGEST, "version": version, "done_as": "saved"}


def _words(_: Exchange, value: Sequence[Referral]) -> dict[str, str]:
    """Complaint -> where to; of a complaint that has more rows, all of them in their order."""
    found: dict[str, str] = {}
    for one in value:
        goes_to = ": ".join(filter(None, (one.goes_to, one.remark)))
        found[one.complaint] = f"{found[one.complaint]}; {goes_to}" if one.complaint in found else goes_to
    return found


PAGE = UnitSetting(
    Setting[Sequence[Referral]](name="referrals", verb="keep_referrals", shape=list[Referral],
                                find=list_referrals, save=keep_referrals, stamp=version_of, copy=COPY),
    "referrals", read=_read, draw=_draw, words=_words,
)  # fmt: skip
ROUTES = PAGE.routes()
