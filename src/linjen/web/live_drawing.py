"""How live events look: the message bubble, the ledger row, and the lines that say what happened."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linjen.access.sessions import find_alive
from linjen.cases.alarms.late_alarms import find_late
from linjen.cases.talk.message import unseal_text
from linjen.cases.timeline import AMONG_STAFF
from linjen.cases.waiting.ledger import LedgerRow
from linjen.cases.waiting.open_ledgers import OpenLedger, find_gone, find_ledgers, see_rows
from linjen.core import clock
from linjen.core.database import Database
from linjen.core.events import Event
from linjen.core.sealing import Sealer
from linjen.core.settings import Settings
from linjen.triage.shelf import Shelf
from linjen.web.fast import draw_bubble, draw_row, picture_of
from linjen.web.masked import masked_words
from linjen.web.reason_names import reason_on
from linjen.web.streams import Party, Stream, frame


class Drawing:
    """Draws for the hub. Names are looked up once and remembered for the life of the process."""

    def __init__(self, database: Database, settings: Settings, sealer: Sealer, shelf: Shelf) -> None:
        self._database = database
        self._settings = settings
        self._sealer = sealer
        self._shelf = shelf
        self._names: dict[UUID, tuple[str, str]] = {}
        self._last: tuple[UUID, int, Party] | None = None
        self._last_html = ""

    async def event(self, event: Event, party: Party) -> str | None:
        """The fragment for one event, None for what is not the party's business; other happenings than messages only
        say that the page should look again.
        """
        if event.kind != "message_sent":
            return None if party == "resident" and event.kind in AMONG_STAFF else event.kind
        key = (event.case_id, event.seq, party)
        if key != self._last:
            hidden = masked_words(), ""
            name, title = hidden if event.data.get("hidden") else await self._name(event)
            self._last_html = draw_bubble(
                party, message_id=event.data["message"], seq=event.seq, by_kind=event.by_kind, name=name, title=title,
                text=event.data["text"], at=event.at or clock.now(),
                picture=picture_of("sv", party, event.case_id, event.data.get("picture")),
            )  # fmt: skip
            self._last = key
        return self._last_html

    async def _name(self, event: Event) -> tuple[str, str]:
        assert event.by_id is not None  # noqa: S101 - a message has a writer
        known = self._names.get(event.by_id)
        if known is None:
            if event.by_kind == "staff":
                sql = "select given_name || ' ' || surname as name, title from staff where id = $1"
            else:
                sql = "select given_name || ' ' || surname as name, '' as title from residents where id = $1"
            row = await self._database.fetch_row(sql, event.by_id)
            known = (row["name"], row["title"]) if row else ("", "")
            self._names[event.by_id] = known
        return known

    async def read_since(self, case_id: UUID, seq: int) -> Sequence[Event]:
        """The case's events after a number, messages with their text; `hidden` says that its writer has no name here.

        What comes live needs no such word: a guardian who is protected reaches no child's case any more.
        """
        rows = await self._database.fetch(
            "select e.seq, e.kind, e.by_kind, e.by_id, e.at, m.id, m.body_sealed,"
            " e.by_kind = 'resident' and r.protected = 'yes' and r.id is distinct from c.patient_id as hidden,"
            " p.id is not null as is_picture,"
            " case when p.set_aside_at is null and p.removed_at is null then p.id end as picture"
            " from events e join cases c on c.id = e.case_id"
            " left join residents r on e.by_kind = 'resident' and r.id = e.by_id"
            " left join messages m on m.case_id = e.case_id and m.seq = e.seq"
            " left join pictures p on p.case_id = $1 and p.message_id = m.id"
            " where e.case_id = $1 and e.seq > $2 order by e.seq limit 500",
            case_id, seq,
        )  # fmt: skip
        events = []
        for row in rows:
            data = {}
            if row["id"] is not None:
                data = {"message": str(row["id"]), "text": "", **({"hidden": True} if row["hidden"] else {})}
                if row["is_picture"]:
                    data["picture"] = str(row["picture"] or "")
                if not row["is_picture"] or row["picture"]:
                    data["text"] = unseal_text(self._sealer, case_id, row["id"], row["body_sealed"])
            events.append(Event(case_id, row["seq"], row["kind"], row["by_kind"], row["by_id"], None, data, row["at"]))
        return events

    async def rows(self, unit_id: UUID, streams: Sequence[Stream], case_ids: set[UUID]) -> None:
        """Put each changed case's row, or 'gone', into the open ledgers of a unit, as each of their readers."""
        alive = await find_alive(self._database, self._settings, [stream.by for stream in streams])
        async with self._database.transaction() as db:
            work = await find_ledgers(db, [stream.by for stream in streams])
            open_here = []
            for stream in streams:
                if stream.by.session_id in alive and (stream.by.person_id, unit_id) in work:
                    open_here.append(stream)
                else:
                    stream.end("signed_out")
            readers = [OpenLedger(stream.by, stream.view, stream.shown) for stream in open_here]
            seen = await see_rows(db, unit_id, readers, case_ids)
            left = [case_ids - {row.case_id for row in rows} for rows in seen]
            gone = await find_gone(db, unit_id, readers, set().union(*left)) if any(left) else [set()] * len(left)
            late = await find_late(db, list(set().union(*gone))) if any(gone) else set()
        at = clock.now()
        for stream, rows, unseen, lost in zip(open_here, seen, left, gone, strict=True):
            for row in rows:
                stream.shown.add(row.case_id)
                stream.put(frame("row", draw_row(row, stream.by, at, self._reason)))
            for case_id in (lost & unseen) | (unseen & stream.shown):
                stream.put(frame("gone", str(case_id)))
            if lost & unseen & late:  # what stands above the table is drawn with the page
                stream.put(frame("reload", ""))

    def _reason(self, row: LedgerRow) -> str:
        return reason_on(self._shelf, row.entry, row.reason, row.protocol)
