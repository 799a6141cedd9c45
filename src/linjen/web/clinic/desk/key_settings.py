"""Tangenter: the list of all keys, where each person changes hers or switches those of a single character off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from linjen.core.errors import Invalid
from linjen.people.desks import choose_keys
from linjen.web.clinic.desk.keys import ACTIONS, check_keys, key_help
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


@get_page("/clinic/keys", verb="profile", who="staff")
async def show_keys(exchange: Exchange) -> Response[Any]:
    """The list as it holds for her."""
    return _page(exchange, exchange.person["keys"], bool(exchange.person["single_keys"]))


@post_page("/clinic/keys", verb="profile", who="staff")
async def save_keys(exchange: Exchange) -> Response[Any]:
    """The list again, with a word of it or of what has to be changed; "usual" puts everything back."""
    usual = exchange.text_of("usual", longest=3) == "yes"
    single = usual or exchange.text_of("single_keys", longest=3) == "yes"
    asked = {} if usual else {one.name: exchange.text_of(f"key_{one.name}", longest=12) for one in ACTIONS}
    try:
        keys = check_keys(asked)
    except Invalid as error:
        other = next((one["words"] for group in key_help(None) for one in group["actions"]
                      if one["name"] == error.detail.get("other")), "")  # fmt: skip
        told = exchange.told(error, "keys", other=other)
        return _page(exchange, asked, single, {error.field: told})
    async with exchange.site.database.transaction() as db:
        await choose_keys(db, exchange.by.person_id, keys, single)
    exchange.site.faces.forget(exchange.by.person_id)
    return exchange.redirect("/clinic/keys?done=1")


def _page(
    exchange: Exchange, keys: Mapping[str, str] | None, single: bool, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    errors = errors or {}
    return exchange.page(
        "clinic/desk/key_settings.html", status=422 if errors else 200, groups=key_help(keys), single=single,
        errors=[{"field": f"key_{name}", "text": text} for name, text in errors.items()], error_of=errors,
        done="done" in exchange.request.query_params and not errors,
    )  # fmt: skip


ROUTES = [show_keys, save_keys]
