"""What the senders of SMS and push are told by the program around them: words, open pages, protection, reports."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from linjen.cases.patients.contact import list_concerned
from linjen.integrations.smpp import SmppGateway
from linjen.integrations.sms import Gateway, HttpGateway
from linjen.notices.needed import Surroundings
from linjen.notices.outbox import take_receipt
from linjen.notices.pushing import Pusher
from linjen.notices.sending import Sender, SmsSurroundings
from linjen.people.protection_check import ask_protection
from linjen.web.public.sms_reports import report_url
from linjen.web.site import Site
from linjen.web.words import say


def open_gateway(site: Site) -> Gateway:
    """The way out for SMS that the settings name, by the scheme of its address. Raises Misconfigured."""
    settings = site.settings
    if settings.sms_url.startswith(("smpp://", "smpps://")):

        async def take(sms_id: UUID | None, gateway_id: str, said: str) -> None:
            await take_receipt(site.database, sms_id, gateway_id, said)

        return SmppGateway.from_settings(settings, take)
    return HttpGateway.from_settings(settings)


async def show_patients(site: Site, resident_ids: Sequence[UUID]) -> None:
    """What staff see of these has changed without an event of any case: every open page of theirs follows, and each
    ledger that they stand in.
    """
    async with site.database.connection() as db:
        concerned = await list_concerned(db, resident_ids)
    for case_id, unit_id in concerned.items():
        if unit_id is not None:
            site.hub.redraw_row(unit_id, case_id)
    await site.hub.look_again(list(concerned))


async def show_protection(site: Site, resident_ids: Sequence[UUID]) -> None:
    """It may have changed whether these are protected: every open page of theirs follows."""
    await show_patients(site, resident_ids)


async def ask_register(site: Site, resident_ids: Sequence[UUID]) -> bool:
    """Ask anew whether these are protected, as ask_protection; open pages follow."""
    asked = await ask_protection(site.database, site.sealer, site.person_data, resident_ids)
    if asked:
        await show_protection(site, resident_ids)
    return asked


def sms_sender(site: Site) -> Sender | None:
    """What sends SMS; None where there is no gateway."""
    if site.sms is None:
        return None
    around = SmsSurroundings(report_url=lambda sms_id: report_url(site, sms_id), **_around(site))
    return Sender(site.database, site.sealer, site.sms, around)


def push_sender(site: Site) -> Pusher | None:
    """What sends pushes; None where there is no key."""
    return Pusher(site.database, site.sealer, site.push, Surroundings(**_around(site))) if site.push else None


def _around(site: Site) -> dict[str, Any]:
    region = site.settings.region_name
    return {
        "say": lambda language, key: say(language, key, region=region), "looks": site.hub.has_open,
        "ask": partial(ask_register, site) if site.person_data is not None else None,
        "unread_after_s": site.settings.sms_unread_after_s,
    }  # fmt: skip
