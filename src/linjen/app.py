"""The roof: builds the program from its parts, and runs what happens beside the requests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from linjen.access.sessions import sweep_sessions
from linjen.access.sign_in_orders import sweep_sign_in_orders
from linjen.cases.alarms.listening import listening
from linjen.cases.colleagues.attestation_moves import return_attestations
from linjen.cases.intake.answers import Answer, save_answers
from linjen.cases.intake.assessments import settle_self_care
from linjen.cases.intake.expiry import expire_drafts
from linjen.cases.moves.booked import tell_due
from linjen.cases.moves.inactivity import flag_silent, watch_silence
from linjen.cases.moves.left_behind import return_cases, return_unstaffed
from linjen.cases.talk.drafts import Typed, save_drafts
from linjen.cases.talk.message import Sending, Sent, send_messages
from linjen.cases.talk.reading import Delivery, Read, Reading, mark_delivered, mark_read
from linjen.cases.tickets.ticket_expiry import expire_tickets
from linjen.cases.waiting.unmet import tell_unmet
from linjen.core import clock
from linjen.core.database import Database
from linjen.core.dispatcher import Dispatcher
from linjen.core.errors import LinjenError, Misconfigured
from linjen.core.jobs import Worker, sweep_jobs
from linjen.core.logs import get_log
from linjen.core.pulse import Pulse
from linjen.core.sealing import Sealer, read_key_file
from linjen.core.settings import Settings
from linjen.core.writer import GroupWriter
from linjen.integrations.bankid import BankID
from linjen.integrations.listing import Listing
from linjen.integrations.person_data import PersonData
from linjen.integrations.rivta import Rivta
from linjen.integrations.siths import Siths
from linjen.notices.reactions import add_reactions
from linjen.triage import load
from linjen.triage.content.library import make_ready
from linjen.triage.own_words.listening import Listener
from linjen.triage.own_words.tripwire import finding_levels
from linjen.triage.shelf import Shelf
from linjen.web.faces import Faces
from linjen.web.hot import Hot
from linjen.web.live import Hub, Party
from linjen.web.live_drawing import Drawing
from linjen.web.load_live import LoadWatch
from linjen.web.measuring import Measuring, Sampler, count_messages
from linjen.web.pages import Pages
from linjen.web.presence import Presence
from linjen.web.protection import Protection
from linjen.web.site import Site
from linjen.web.strips import Strips
from linjen.web.telling import open_gateway, sms_sender

log = get_log(__name__)

_SWEEP_S = 600
#: What people wait for within the minute: what was left behind, and what nobody has seen to.
_WATCH_S = 20
#: Open pages are told of a delivery at once; its row, which only a reload needs, is written this often.
_MARKS_EVERY_S = 1.0
#: Messages read for warning signs in one transaction.
_HEARD_AT_ONCE = 100
App = Callable[[Any, Any, Any], Awaitable[None]]


def build_site(settings: Settings, dsn: str, demo_links: Mapping[str, str] | None = None) -> Site:
    """Make the parts; nothing is connected yet. Raises Misconfigured for a key file that cannot be used."""
    key_file = settings.master_key_file or Path(settings.data_dir) / "keys" / "master.key"
    database = Database(dsn)
    sealer = Sealer(read_key_file(key_file))
    hub, shelf = Hub(database), Shelf(database, triage_on=settings.triage_on)
    drawing = Drawing(database, sealer, shelf)
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
        Presence(database, hub, faces), demo_links=demo_links or {},
    )  # fmt: skip
    site.closing += [site.trials.close, site.trier.close]
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
        with contextlib.suppress(LinjenError):  # a database that comes later is connected to when it is needed
            await site.database.open()
        site.hub.start()
        await site.shelf.look()
        # The lexicon takes about a second: it is read before somebody needs it.
        loading = asyncio.create_task(asyncio.to_thread(lambda: make_ready(load())))
        # No kind of job is done by the worker yet, so it ends at once; SMS have an outbox of their own.
        worker, listener = Worker(site.database.dsn), Listener()
        reactions = Dispatcher(site.database, "listening", _HEARD_AT_ONCE)
        heard = listening(listener.read, finding_levels().get, site.sealer)
        reactions.add("message_sent", heard, by={"resident"})
        working = asyncio.create_task(worker.run())
        sender = sms_sender(site)
        sending = asyncio.create_task(sender.run()) if sender else None
        rounds = (*_rounds(site, reactions), *((_sweep(site), _watch(site)) if by_the_clock else ()))
        beside = [asyncio.create_task(one) for one in rounds]
        try:
            yield
        finally:
            worker.stop()
            if sender is not None and sending is not None:
                sender.stop()  # an SMS under way is ended first: cut off, nobody would know whether it went
                await sending
            await loading
            for task in beside:
                task.cancel()
            await asyncio.gather(working, *beside, return_exceptions=True)
            await listener.close()
            await site.hub.stop()
            for close in site.closing:
                await close()
            await site.database.close()

    https = site.settings.public_url.startswith("https://")
    pages = Pages(site, life)
    return Hot(site, Measuring(Protection(pages, https=https)), https=https)


def _rounds(site: Site, reactions: Dispatcher) -> tuple[Coroutine[Any, Any, None], ...]:
    """What goes round beside the requests for as long as the program runs."""
    pulse = Pulse(site.database, site.settings.database_patience_ms / 1000)
    silence, notices = Dispatcher(site.database, "silence"), Dispatcher(site.database, "notices")
    watch_silence(silence)
    rounds = [site.sms.listen()] if site.sms is not None else []
    if site.sms is not None:
        add_reactions(notices, site.settings.sms_unread_after_s)
    return (
        Sampler(site.database, site.shelf).run(), reactions.run(), silence.run(), notices.run(), pulse.run(),
        site.shelf.run(), site.presence.run(), *rounds,
    )  # fmt: skip


async def _sweep(site: Site) -> None:
    """What the clock alone sets off; each sweep belongs to the owner of its rows."""
    sweeps: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: sweep_sessions(site.database),
        lambda: sweep_sign_in_orders(site.database),
        lambda: return_cases(site.database, clock.now()),
        lambda: return_attestations(site.database, clock.now()),
        lambda: expire_drafts(site.database, site.sealer, clock.now()),
        lambda: settle_self_care(site.database, clock.now()),
        lambda: flag_silent(site.database, clock.now()),
        lambda: expire_tickets(site.database, clock.now()),
        lambda: sweep_jobs(site.database),
    )
    while True:
        await _do_each(sweeps)
        await asyncio.sleep(_SWEEP_S)


async def _watch(site: Site) -> None:
    """As `_sweep`, for what cannot wait so long; each of these looks first whether there is anything to do."""
    load = LoadWatch(site)
    watches: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: return_unstaffed(site.database, clock.now()),
        lambda: tell_due(site.database, clock.now()),
        lambda: tell_unmet(site.database, clock.now()),
        lambda: load.look(clock.now()),
    )
    while True:
        await asyncio.sleep(_WATCH_S)
        await _do_each(watches)


async def _do_each(sweeps: Sequence[Callable[[], Awaitable[object]]]) -> None:
    for sweep in sweeps:
        try:
            await sweep()
        except LinjenError as error:
            log.warning("sweep_failed", reason=error.reason)
        except Exception as error:  # one sweep's trouble never stops the others, nor the next time
            log.error("sweep_failed", exc_info=error)


def check_key_file(path: Path) -> None:
    """Raises Misconfigured when the key file is missing: content could not be read."""
    if not path.exists():
        raise Misconfigured("key_file_missing", setting="master_key_file", why=f"there is no {path}")
