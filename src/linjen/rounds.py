"""What happens beside the requests: reactions to what has been committed, and what the clock alone sets off."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any

from linjen.access.sessions import sweep_sessions
from linjen.access.sign_in_orders import sweep_sign_in_orders
from linjen.cases.alarms.listening import listening
from linjen.cases.colleagues.attestation_moves import return_attestations
from linjen.cases.colleagues.colleague_gone import settle_gone
from linjen.cases.intake.assessments import settle_self_care
from linjen.cases.intake.expiry import expire_drafts
from linjen.cases.moves.after_hours import return_after_hours
from linjen.cases.moves.booked import tell_due
from linjen.cases.moves.inactivity import flag_silent, watch_silence
from linjen.cases.moves.left_behind import return_from_gone, return_unstaffed
from linjen.cases.moves.nobody_there import requeue_unserved
from linjen.cases.moves.untaken import requeue_untaken
from linjen.cases.tickets.ticket_expiry import expire_tickets
from linjen.cases.waiting.unmet import tell_unmet
from linjen.core import clock
from linjen.core.dispatcher import Dispatcher, begin
from linjen.core.errors import LinjenError
from linjen.core.jobs import Worker, sweep_jobs
from linjen.core.logs import get_log
from linjen.core.pulse import Pulse
from linjen.media.send_picture import erase_unsent
from linjen.notices.reactions import add_push_reactions, add_reactions
from linjen.records.promise import watch_promises
from linjen.triage import load
from linjen.triage.content.library import make_ready
from linjen.triage.own_words.tripwire import finding_levels
from linjen.units.schedule import find_public_holiday
from linjen.web.alarms_live import AlarmWatch
from linjen.web.load_live import LoadWatch
from linjen.web.measuring import Sampler
from linjen.web.open_pages import OpenPages
from linjen.web.site import Site
from linjen.web.telling import push_sender, sms_sender

log = get_log(__name__)

_SWEEP_S = 600
#: What people wait for within the minute: what was left behind, and what nobody has seen to.
_WATCH_S = 20
#: Messages read for warning signs in one transaction.
_HEARD_AT_ONCE = 100
#: Who is silent is a matter of a day: of a lively talk only the last message of a round is written down.
_SILENCES_AT_ONCE, _SILENCES_EVERY_S = 2000, 5.0
_PROMISES_EVERY_S = 10.0


@contextlib.asynccontextmanager
async def beside(site: Site, *, by_the_clock: bool) -> AsyncIterator[None]:
    """Open what the requests need, run what goes on beside them, and close it all in an order that loses nothing."""
    readers = _readers(site)
    with contextlib.suppress(LinjenError):  # a database that comes later is connected to when it is needed
        await site.database.open()
        await _begin(site, readers)
    site.hub.start()
    await site.shelf.look()
    # The lexicon takes about a second, the calendar a twentieth: they are read before somebody needs them.
    loading = asyncio.create_task(asyncio.to_thread(_make_ready))
    # No kind of job is done by the worker yet, so it ends at once; SMS have an outbox of their own.
    worker = Worker(site.database.dsn)
    working = asyncio.create_task(worker.run())
    senders = [one for one in (sms_sender(site), push_sender(site)) if one is not None]
    sending = [asyncio.create_task(one.run()) for one in senders]
    rounds = _rounds(site)
    if by_the_clock:
        rounds += (Sampler(site.database, site.shelf).run(), _sweep(site), _watch(site))
    going = [asyncio.create_task(one) for one in (*(reader.run() for reader in readers), *rounds)]
    try:
        yield
    finally:
        worker.stop()
        for sender in senders:
            sender.stop()  # what is under way is ended first: cut off, nobody would know whether it went
        await asyncio.gather(*sending)
        await loading
        for task in going:
            task.cancel()
        await asyncio.gather(working, *going, return_exceptions=True)
        await site.hub.stop()
        for close in site.closing:
            await close()
        await site.database.close()


async def _begin(site: Site, readers: Sequence[Dispatcher]) -> None:
    try:
        await begin(site.database, readers)
    except Exception as error:  # away, read-only or not migrated: each begins with its first round, readyz tells why
        log.warning("readers_not_begun", why=type(error).__name__)


def _make_ready() -> None:
    make_ready(load())
    find_public_holiday(clock.local_date(clock.now()))


def _readers(site: Site) -> tuple[Dispatcher, ...]:
    """Who reads what has happened, each with what follows from it."""
    heard = Dispatcher(site.database, "listening", _HEARD_AT_ONCE)
    heard.add("message_sent", listening(site.listener.read, finding_levels().get, site.sealer), by={"resident"})
    silence = Dispatcher(site.database, "silence", most=_SILENCES_AT_ONCE, every_s=_SILENCES_EVERY_S, only_last=True)
    watch_silence(silence)
    promises = Dispatcher(site.database, "promises", every_s=_PROMISES_EVERY_S)
    watch_promises(site.database, promises)
    notices = Dispatcher(site.database, "notices")
    if site.sms is not None:
        add_reactions(notices, site.settings.sms_unread_after_s)
    pushes = Dispatcher(site.database, "pushes")
    if site.push is not None:
        add_push_reactions(pushes, site.settings.sms_unread_after_s)
    return heard, silence, promises, notices, pushes


def _rounds(site: Site) -> tuple[Coroutine[Any, Any, None], ...]:
    """What goes round beside the requests for as long as the program runs."""
    pulse = Pulse(site.database, site.settings.database_patience_ms / 1000)
    told = [site.sms.listen()] if site.sms is not None else []
    return pulse.run(), site.shelf.run(), site.presence.run(), OpenPages(site).run(), *told


async def _sweep(site: Site) -> None:
    """What the clock alone sets off; each sweep belongs to the owner of its rows."""
    sweeps: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: sweep_sessions(site.database),
        lambda: sweep_sign_in_orders(site.database),
        lambda: expire_drafts(site.database, site.sealer, clock.now()),
        lambda: settle_self_care(site.database, clock.now()),
        lambda: flag_silent(site.database, clock.now()),
        lambda: expire_tickets(site.database, clock.now()),
        lambda: erase_unsent(site.database, clock.now()),
        lambda: sweep_jobs(site.database),
    )
    while True:
        await _do_each(sweeps)
        await asyncio.sleep(_SWEEP_S)


async def _watch(site: Site) -> None:
    """As `_sweep`, for what cannot wait so long; each of these looks first whether there is anything to do."""
    load, alarms = LoadWatch(site), AlarmWatch(site)
    watches: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: return_unstaffed(site.database, clock.now()),
        lambda: return_after_hours(site.database, site.settings.staff_idle_s, clock.now()),
        lambda: return_from_gone(site.database),
        lambda: requeue_unserved(site.database),
        lambda: requeue_untaken(site.database, clock.now()),
        lambda: return_attestations(site.database, clock.now()),
        lambda: settle_gone(site.database),
        lambda: tell_due(site.database, clock.now()),
        lambda: tell_unmet(site.database, clock.now()),
        lambda: load.look(clock.now()),
        alarms.look,
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
