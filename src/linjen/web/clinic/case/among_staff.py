"""Kollegor emellan: what stands on the page of a case for staff alone, notes, invited colleagues and attestations."""

from __future__ import annotations

from typing import Any

from linjen.cases.colleagues.attestation import mark_seen
from linjen.cases.colleagues.invitation import list_invited
from linjen.cases.colleagues.mention import mark_mentions_read
from linjen.cases.colleagues.note import LONGEST, list_notes
from linjen.cases.loading import Case, may
from linjen.core.database import Connection
from linjen.core.ids import new_id
from linjen.web.clinic.colleagues.attestation import attestation_values
from linjen.web.clinic.colleagues.colleague_choice import colleagues_of, person_options
from linjen.web.clinic.colleagues.invitation import invited_in_words
from linjen.web.clinic.colleagues.note import new_note_id, notes_in_words
from linjen.web.exchange import Exchange


async def mark_opened(db: Connection, exchange: Exchange, case: Case) -> None:
    """Who opens the case, or looks at it while its page fetches itself anew (as static/js/merging.js says), has read
    what colleagues wrote to her. A page that does so behind another window has read nothing.
    """
    headers = exchange.request.headers
    if headers.get("sec-fetch-dest", "document") == "document" or headers.get("x-looked-at") == "1":
        await mark_seen(db, exchange.by, case.id)
        await mark_mentions_read(db, exchange.by, case.id)


async def among_staff(db: Connection, exchange: Exchange, case: Case) -> dict[str, Any]:
    """What clinic/colleagues/notes.html and clinic/colleagues/attestations.html draw, with their forms."""
    by, colleagues = exchange.by, await colleagues_of(db, exchange, case)
    return {
        "notes": notes_in_words(exchange, await list_notes(db, exchange.site.sealer, case.id)),
        "may_note": await may(db, by, case.id, "write_note"), "note_id": new_note_id(), "note_longest": LONGEST,
        "mention_options": person_options(exchange, colleagues),
        "invited": invited_in_words(exchange, await list_invited(db, by, case.id)),
        "may_invite": case.state in {"queued", "in_progress"}, "invitation_id": str(new_id()),
    } | await attestation_values(db, exchange, case, colleagues)  # fmt: skip
