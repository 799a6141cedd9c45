"""Dina samtycken: what care may read in each of her cases, since when, and the press that takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from litestar import Response

from linjen.cases.loading import Case, list_my_cases, may
from linjen.cases.overview import Around, look_around
from linjen.cases.patients.consent import WITHDRAWN, Choice, list_choices, withdraw_consent
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.web.exchange import Exchange
from linjen.web.resident.shown_case import consent_name, is_draft, show
from linjen.web.routing import get_page, post_page


@get_page("/profile/consents", verb="list", who="resident")
async def show_consents(exchange: Exchange) -> Response[Any]:
    """Her sent cases with every choice in them; in a draft she answers on its own page."""
    async with exchange.site.database.transaction() as db:
        cases = [case for case in await list_my_cases(db, exchange.by) if not is_draft(case)]
        choices = await list_choices(db, [case.id for case in cases])
        around = await look_around(db, [case.id for case in cases])
        rows = [await _row(db, exchange, case, around[case.id], choices) for case in cases]
    return exchange.page(
        "resident/consents.html", tab="profile", rows=[row for row in rows if row["kinds"]],
        done="withdrawn" in exchange.request.query_params,
    )  # fmt: skip


async def _row(
    db: Connection, exchange: Exchange, case: Case, around: Around, choices: Sequence[Choice]
) -> dict[str, Any]:
    shown, kinds = show(exchange, case, around, clock.now()), []
    may_withdraw = await may(db, exchange.by, case.id, "withdraw_consent")
    mine = sorted((one for one in choices if one.case_id == case.id), key=lambda one: WITHDRAWN.index(one.kind))
    for kind, made in groupby(mine, key=lambda one: one.kind):
        history = list(made)
        name, latest = consent_name(exchange.say, kind, case, around), history[0]
        at = swedish.date_words(clock.local_date(latest.given_at), exchange.language)
        kinds.append({
            "name": name, "given": latest.choice, "state": exchange.say(
                f"profile.agreed.{'yes' if latest.choice else 'no'}", at=at),
            "action": f"/cases/{case.id}/consents/{kind}/withdrawals" if latest.choice and may_withdraw else "",
            "about": exchange.say("profile.agreed.about", kind=name, title=shown.title),
            "history": [_line(exchange, one) for one in history] if len(history) > 1 else [],
        })  # fmt: skip
    return {"href": shown.href, "title": shown.title, "about": shown.about, "line": shown.line, "kinds": kinds}


def _line(exchange: Exchange, one: Choice) -> str:
    name = one.by_name or exchange.say("profile.agreed.other")
    if one.by_id == exchange.by.person_id:
        name = exchange.say("profile.agreed.you")
    at = swedish.full_moment(one.given_at, exchange.language)
    return exchange.say(f"profile.agreed.was_{'yes' if one.choice else 'no'}", name=name, at=at)


@post_page("/cases/{case_id:str}/consents/{kind:str}/withdrawals", verb="withdraw_consent", who="resident")
async def withdraw(exchange: Exchange) -> Response[Any]:
    """Dra tillbaka: one press, and back to the list with a word of it."""
    kind = str(exchange.request.path_params["kind"])
    async with exchange.site.database.transaction() as db:
        await withdraw_consent(db, exchange.by, exchange.id_of("case_id"), kind)
    return exchange.redirect("/profile/consents?withdrawn=1")


ROUTES = [show_consents, withdraw]
