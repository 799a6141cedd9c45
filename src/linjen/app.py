"""The roof: builds the program from its parts, and runs what happens beside the requests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from linjen.cases.intake.answers import Answer, save_answers
from linjen.cases.talk.drafts import Typed, save_drafts
from linjen.cases.talk.message import Sending, Sent, send_messages
from linjen.cases.talk.reading import Delivery, Read, Reading, mark_delivered, mark_read
from linjen.core.database import WAIT_S, Database
from linjen.core.errors import LinjenError, Misconfigured
from linjen.core.logs import get_log
from linjen.core.sealing import Sealer, read_key_file
from linjen.core.settings import Settings
from linjen.core.writer import GroupWriter
from linjen.integrations.bankid import BankID
from linjen.integrations.listing import Listing
from linjen.integrations.person_data import PersonData
from linjen.integrations.rivta import Rivta
from linjen.integrations.siths import Siths
from linjen.integrations.web_push import WebPush
from linjen.rounds import beside
from linjen.triage.shelf import Shelf
from linjen.web.faces import Faces
from linjen.web.hot import Hot
from linjen.web.live import Hub
from linjen.web.live_drawing import Drawing
from linjen.web.measuring import Measuring, count_messages
from linjen.web.pages import Pages
from linjen.web.presence import Presence
from linjen.web.protection import Protection
from linjen.web.resident.statement import OWN_FILE, read_statement
from linjen.web.site import Site
from linjen.web.streams import Party
from linjen.web.strips import Strips
from linjen.web.telling import open_gateway

log = get_log(__name__)

#: Open pages are told of a delivery at once; its row, which only a reload needs, is written this often.
_MARKS_EVERY_S = 1.0
App = Callable[[Any, Any, Any], Awaitable[None]]


def build_site(settings: Settings, dsn: str, demo_links: Mapping[str, str] | None = None) -> Site:
    """Make the parts; nothing is connected yet. Raises Misconfigured for a file that cannot be used."""
    read_statement(settings.accessibility_file or OWN_FILE)
    key_file = settings.master_key_file or Path(settings.data_dir) / "keys" / "master.key"
    # A machine that asks for patience with its database has it with new connections, too.
    database = Database(dsn, wait_s=max(WAIT_S, settings.database_patience_ms / 1000))
    sealer = Sealer(read_key_file(key_file))
    hub, shelf = Hub(database, settings), Shelf(database, triage_on=settings.triage_on)
    drawing = Drawing(database, settings, sealer, shelf)
    hub.draw, hub.draw_rows, hub.read_since = drawing.event, drawing.rows, drawing.read_since

    async def write(batch: Any) -> list[Sent]:
        sent = await send_messages(database, sealer, settings, batch)
        count_messages(sent)
        return sent

    messages: GroupWriter[Sending, Sent] = GroupWriter(write)
    reads: GroupWriter[Reading, Read] = GroupWriter(lambda batch: _write_reads(database, hub, batch))
    drafts: GroupWriter[Typed, None] = GroupWriter(lambda batch: save_drafts(database, sealer, batch))
    answers: GroupWriter[Answer, bool] = GroupWriter(lambda batch: save_answers(database, sealer, batch))
    database.on_commit = hub.publish
    faces = Faces(database)
    site = Site(
        settings, database, sealer, hub, messages, reads, drafts, answers, faces, shelf,
        Presence(database, settings, hub, faces), demo_links=demo_links or {},
    )  # fmt: skip
    site.closing += [site.listener.close, site.trials.close, site.trier.close]
    _follow_deliveries(site)
    Strips(database, hub)
    if settings.bankid_url:
        site.bankid = BankID.from_settings(settings)
        site.closing.append(site.bankid.close)
    if settings.staff_issuer:
        site.siths = Siths.from_settings(settings)
        site.closing.append(site.siths.aclose)
    if settings.rivta_url:
        rivta = Rivta.from_settings(settings)
        site.person_data = PersonData.from_settings(settings, rivta)
        site.listing = Listing.from_settings(settings, rivta)
        site.closing.append(rivta.close)
    if settings.sms_url:
        site.sms = open_gateway(site)
        site.closing.append(site.sms.close)
    if settings.push_key:
        site.push = WebPush.from_settings(settings)
        site.closing.append(site.push.close)
    return site


async def _write_reads(database: Database, hub: Hub, batch: Sequence[Reading]) -> list[Read | LinjenError]:
    """Write how far many have read; then tell the other party's open pages, and the ledgers that counted it unread."""
    answers = await mark_read(database, batch)
    for item, answer in zip(batch, answers, strict=True):
        if isinstance(answer, Read):
            hub.signal(item.case_id, "resident" if item.by.is_staff else "staff", "read", str(answer.marks.read))
            if answer.unit_id is not None:
                hub.redraw_row(answer.unit_id, item.case_id)
    return answers


def _follow_deliveries(site: Site) -> None:
    """Write how far messages have reached, a moment later and for many at once, and tell their senders."""
    marks: GroupWriter[Delivery, None] = GroupWriter(lambda batch: mark_delivered(site.database, batch))
    latest: dict[tuple[UUID, str], int] = {}

    def flush() -> None:
        for (case_id, party), seq in latest.items():
            future = marks.submit(Delivery(case_id, party, seq))
            future.add_done_callback(lambda done: done.exception())  # a mark that is lost is made again by the next
        latest.clear()

    def delivered(case_id: UUID, party: Party, seq: int) -> None:
        site.hub.signal(case_id, "staff" if party == "resident" else "resident", "delivered", str(seq))
        if not latest:
            asyncio.get_running_loop().call_later(_MARKS_EVERY_S, flush)
        latest[case_id, party] = seq

    site.hub.on_delivered = delivered


def build_app(site: Site, *, by_the_clock: bool = True) -> App:
    """The ASGI app: hot routes first, then the pages, all under the protecting headers.

    `by_the_clock` false leaves out what time alone sets off: a test that moves the clock makes its own rounds.
    """

    @contextlib.asynccontextmanager
    async def life() -> AsyncIterator[None]:
        async with beside(site, by_the_clock=by_the_clock):
            yield

    https = site.settings.public_url.startswith("https://")
    pages = Pages(site, life)
    return Hot(site, Measuring(Protection(pages, https=https)), https=https)


def check_key_file(path: Path) -> None:
    """Raises Misconfigured when the key file is missing: content could not be read."""
    if not path.exists():
        raise Misconfigured("key_file_missing", setting="master_key_file", why=f"there is no {path}")
