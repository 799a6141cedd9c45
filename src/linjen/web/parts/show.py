"""The page of parts: every building block in every state, in the demo only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response

from linjen.access.by import By
from linjen.cases.waiting.ledger import LedgerRow
from linjen.cases.waiting.turn import DEADLINES
from linjen.core import clock
from linjen.core.errors import NotFound
from linjen.core.ids import new_id
from linjen.triage.content.library import Protocols
from linjen.web.exchange import Exchange
from linjen.web.fast import draw_rows
from linjen.web.reason_names import reason_name
from linjen.web.routing import get_page


@get_page("/parts", verb="parts", who="anyone")
async def show_parts(exchange: Exchange) -> Response[Any]:
    """All parts; NotFound outside the demo."""
    if not exchange.site.settings.demo:
        raise NotFound("page")
    return exchange.page("parts/parts_page.html", ledger_html=_ledger(exchange.site.shelf.running()))


def _ledger(protocols: Protocols) -> str:
    """A row of each kind, drawn as the real ledger draws them."""
    at = clock.now()
    me = By("staff", new_id(), new_id(), new_id())
    rows = [
        LedgerRow(
            case_id=new_id(), visit_id=new_id(), entry="admin" if level == 4 else "symptom",
            state="in_progress" if holder else "queued",
            priority=level, reason=reason, protocol="", birth_on=clock.local_date(at) - timedelta(days=365 * age),
            waiting_since=at - timedelta(minutes=waited), unread=unread, pictures=pictures,
            holder_id=me.person_id if holder == "me" else new_id() if holder else None,
            holder_name="Bo Hellström" if holder else None, deadline=DEADLINES[level],
            for_role="physician" if reason == "yrsel" else "nurse" if reason else "medical_secretary",
            for_name=None, turn="resident" if holder else "staff", turn_at=at - timedelta(minutes=waited // 2),
        )
        for level, reason, age, waited, unread, pictures, holder in (
            (1, "brostsmarta", 61, 1, 1, 0, ""), (2, "andningsbesvar", 82, 14, 1, 0, ""),
            (3, "feber_barn", 4, 38, 2, 1, ""), (4, "", 29, 200, 0, 0, ""),
            (5, "forkylning", 33, 300, 0, 3, ""), (3, "yrsel", 57, 1500, 0, 0, ""),
            (3, "halsont", 38, 55, 0, 0, "me"), (4, "ryggont", 47, 95, 1, 0, "colleague"),
        )
    ]  # fmt: skip
    return draw_rows(rows, me, at, lambda row: reason_name(protocols, row.entry, row.reason))


ROUTES = [show_parts]
