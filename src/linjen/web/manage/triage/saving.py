"""Saving into a draft: who may, on what it rests, and that nothing of somebody else's is overwritten."""

from __future__ import annotations

import hashlib

from linjen.core.errors import NotFound, Refused
from linjen.triage.releases import change_draft
from linjen.web.exchange import Exchange
from linjen.web.manage.triage.frame import Version, find_version, see_version


async def see_draft(exchange: Exchange) -> Version:
    """The version of the address, to be changed. NotFound for who may not edit, Refused("not_a_draft")."""
    version = await see_version(exchange)
    if not version.may_edit:
        raise NotFound("page")
    if not version.is_draft:
        raise Refused("not_a_draft", state=version.state)
    return version


def base_of(raw: bytes | None) -> str:
    """What a form carries to know whether its file has been changed since; empty for a file that is not there."""
    return "" if raw is None else hashlib.sha256(raw).hexdigest()[:24]


async def save_file(exchange: Exchange, version: Version, name: str, base: str, raw: bytes | None) -> None:
    """Put a file into a draft, or with None take it away; `base` is what the form was drawn from.

    Another file that was changed meanwhile is no obstacle. Raises Refused("changed_meanwhile") when this one was, and
    as releases.change_draft.
    """
    async with exchange.site.database.transaction() as db:
        latest = await find_version(db, exchange, version.key)
        if latest.release is None:
            raise Refused("not_a_draft")
        if base_of(latest.opened.files.get(name)) != base:
            raise Refused("changed_meanwhile")
        await change_draft(db, exchange.by, latest.release.id, latest.release.version, {name: raw})
