"""Vem arbetar med vad: the administrator's page for which roles of a unit work with which kind of case."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from linjen.cases.waiting.sharing import COPY, KINDS, OTHERS, Sharing, find_sharing, share_queues
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting


def _read(exchange: Exchange) -> tuple[Sharing, Sharing]:
    was = {kind: frozenset(exchange.text_of(f"was.{kind}", longest=200).split()) for kind in KINDS}
    return _chosen(exchange), was


def _chosen(exchange: Exchange) -> Sharing:
    return {kind: frozenset(exchange.all_of(kind)) for kind in KINDS}


def _draw(exchange: Exchange, now: Sharing, errors: Mapping[str, str], typed: bool) -> dict[str, Any]:
    asks_again = errors or exchange.text_of("step", longest=10) == "change"
    shown = _chosen(exchange) if asks_again and typed else now  # what another has decided is shown in place of a choice
    return {"kinds": [_kind(exchange, kind, shown[kind], now[kind], errors.get(kind, "")) for kind in KINDS]}


def _kind(exchange: Exchange, kind: str, chosen: Set[str], was: Set[str], error: str) -> dict[str, Any]:
    options = [{"value": role, "text": exchange.say(f"manage.role.{role}")} for role in OTHERS[kind]]
    return {"name": kind, "options": options, "values": chosen, "was": " ".join(sorted(was)), "error": error}


def _words(exchange: Exchange, value: Sharing) -> dict[str, str]:
    """Who works with each kind, the role that always does first."""
    roles = {kind: [KINDS[kind], *(role for role in OTHERS[kind] if role in value[kind])] for kind in KINDS}
    return {exchange.say(f"manage.sharing.{kind}"): ", ".join(exchange.say(f"manage.role.{role}") for role in named)
            for kind, named in roles.items()}  # fmt: skip


PAGE = UnitSetting(
    Setting[Sharing](
        name="sharing",
        verb="share_queues",
        shape=dict[str, frozenset[str]],
        find=find_sharing,
        save=share_queues,
        copy=COPY,
    ),
    "queues", read=_read, draw=_draw, words=_words, tells_ledgers=True,
)  # fmt: skip
ROUTES = PAGE.routes()
