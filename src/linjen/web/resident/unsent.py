"""Hann inte skickas: what she wrote in a case that was closed meanwhile: kept for her, and read for warning signs."""

from __future__ import annotations

import asyncio
import contextlib

from linjen.cases.loading import Case
from linjen.cases.talk.drafts import Typed
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.triage import Protocols
from linjen.triage.content.condition import YES
from linjen.triage.own_words.tripwire import ALARM_LEVELS, finding_levels
from linjen.triage.own_words.unheard import heard_in
from linjen.web.exchange import Exchange
from linjen.web.resident.answer_alarm import Heard, about_patient
from linjen.web.resident.intake.around import support_for


async def keep_unsent(exchange: Exchange, text: str) -> None:
    """What a closed case did not take stands on its page until she sends it in another one or removes it."""
    with contextlib.suppress(NotFound, Refused):
        await exchange.site.drafts.submit(Typed(exchange.by, exchange.id_of("case_id"), text))


async def hear_unsent(
    db: Connection, exchange: Exchange, case: Case, protocols: Protocols, text: str
) -> Heard | None:  # fmt: skip
    """What may be dangerous in words that nobody in care will see, for their writer; None when there is nothing."""
    if not text or case.patient_id is None:
        return None
    hits = await asyncio.to_thread(heard_in, text)
    levels = finding_levels()
    urgent = sorted((levels[code], words) for code, words in hits.items() if levels.get(code) in ALARM_LEVELS)
    about = await about_patient(db, exchange, case, case.patient_id)
    support = support_for(exchange, protocols, about, dict.fromkeys(hits, YES))
    if not urgent and not support:
        return None
    return Heard(
        danger=urgent[0][1] if urgent else "", unread=False, late=False, questions=(), support=tuple(support),
        unsent=True,
    )  # fmt: skip
