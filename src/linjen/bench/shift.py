"""`linjen bench shift`: a working day in five minutes. 40 staff and their residents at one unit, all by HTTP.

New cases are written, triaged by the real interview and sent; staff take the next one, read it, chat and close, with
their ledger and chats open as live streams. In the middle everything comes three times as fast for a minute. Server and
database share one core, the load has the other. Times run from the request's first byte to the answer's last, or to the
event's arrival on another person's stream.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg

from linjen.bench.answerers import Script, make_scripts
from linjen.bench.browsers import Answer, Browser, Ear, Tally
from linjen.bench.ground import Ground, make_cases, make_sessions, quantile
from linjen.bench.interviewees import comes_to_staff, interviewees
from linjen.bench.told import give_interviews
from linjen.cases.talk.message import seal_text
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from linjen.triage import load

STAFF = 40
CHATS = 4  # for each of the staff when the shift begins
SECONDS = 300
BURST = (120, 180)  # seconds into the shift between which everything comes BURST_TIMES as often
BURST_TIMES = 3
#: How often a second: answers to the interview's questions, messages, pages that are looked at, and cases sent at most.
ANSWERS, MESSAGES, LOOKS, CASES = 15.0, 9.0, 2.0, 0.75
_AT_DESK = 6  # open interviews that take turns
_SETTLE_S = 2.0
#: Residents for each contact reason: enough for so many who come to staff, and for others: most find advice or 112.
_ROUNDS, _TO_STAFF, _ELSEWHERE = 16, 400, 300
_TEXTS = (
    "Tack, då vet jag.",
    "Hur länge har du haft besvären?",
    "Det känns lite bättre i dag.",
    "Vila och drick ofta.",
)


class Chat:
    """A case with both its people, and both their pages open."""

    def __init__(self, case_id: UUID, nurse: Browser, resident: Browser) -> None:
        self.case_id = case_id
        self.browsers = {"staff": nurse, "resident": resident}
        self.ears = [nurse.ear(f"/clinic/cases/{case_id}/stream"), resident.ear(f"/cases/{case_id}/stream")]
        self.is_ending = False

    async def open(self) -> None:
        """Listen on both sides."""
        await asyncio.gather(*(ear.listen() for ear in self.ears))

    def path(self, kind: str) -> str:
        """The case's address for one side."""
        return f"{'/clinic' if kind == 'staff' else ''}/cases/{self.case_id}"

    def close(self) -> None:
        """Both leave."""
        for ear in self.ears:
            ear.close()


class Shift:
    """Everybody at work, and what they saw."""

    def __init__(self, ground: Ground, nurses: list[Browser], ledgers: list[Ear], chats: list[Chat]) -> None:
        self.ground = ground
        self.nurses, self.ledgers, self.chats = nurses, ledgers, chats
        self.chance = random.Random(1)
        self.pages: list[float] = []
        self.posts: list[float] = []
        self.rows, self.messages = Tally(), Tally()
        #: What was asked for and answered otherwise than it should be: how often each.
        self.failed: Counter[str] = Counter()
        self.counts = dict.fromkeys(("cases", "messages", "answers", "looks", "taken", "closed"), 0)
        self._drafts: dict[UUID, Browser] = {}
        self._settling: set[asyncio.Task[None]] = set()

    # -- what happens ------------------------------------------------------------------------------------------------

    async def message(self) -> None:
        """One side of an open chat writes."""
        chat = self.chance.choice([one for one in self.chats if not one.is_ending])
        kind = self.chance.choice(["staff", "resident"])
        name, began = str(new_id()), time.perf_counter()
        came = await chat.browsers[kind].say(f"{chat.path(kind)}/messages", name, self.chance.choice(_TEXTS))
        if came.status != 201:
            self._fail(f"message of {kind}", came)
            return
        self.counts["messages"] += 1
        self._settle(self.messages, name, began, chat.ears, once=True)

    async def look(self) -> None:
        """Somebody opens a page anew: a case on either side, or the ledger."""
        chat = self.chance.choice(self.chats)
        kind = self.chance.choice(["staff", "staff", "resident"])
        path = "/clinic/ledger" if kind == "staff" and self.chance.random() < 0.3 else chat.path(kind)
        if await self._see(chat.browsers[kind], path):
            self.counts["looks"] += 1

    async def take_and_close(self) -> None:
        """One of the staff ends a chat and takes the next case in turn."""
        nurse = self.chance.choice(self.nurses)
        own = [one for one in self.chats if one.browsers["staff"] is nurse and not one.is_ending]
        if len(own) >= CHATS:
            await self._end(nurse, own[0])
        came = await nurse.post("/clinic/ledger/next", {"claim_id": str(new_id())})
        self.posts.append(came.ms)
        case_id = _last_id(came.location)
        if came.status != 303 or case_id is None:
            return  # nobody waited
        await self._see(nurse, f"/clinic/cases/{case_id}")
        if (resident := self._drafts.pop(case_id, None)) is not None:
            chat = Chat(case_id, nurse, resident)
            await chat.open()
            self.chats.append(chat)
            self.counts["taken"] += 1

    async def _end(self, nurse: Browser, chat: Chat) -> None:
        chat.is_ending = True
        await asyncio.sleep(_SETTLE_S + 0.5)  # what was said last has arrived
        await self._see(nurse, f"{chat.path('staff')}/closings")
        fields = {"reason": "advice", "dealt_with": "1", "leave_draft": "1", "fee": "none"}
        fields["drawn_at"] = "999999999"  # nobody reads what the bench writes; a page says which message it showed last
        came = await nurse.post(f"{chat.path('staff')}/closings", fields)
        self.posts.append(came.ms)
        if came.status == 303:
            self.counts["closed"] += 1
        else:
            self._fail("closing", came)
        self.chats.remove(chat)
        chat.close()

    async def interview(self, script: Script, turn: asyncio.Semaphore, may_send: asyncio.Semaphore) -> None:
        """A resident answers the questions of her draft, page by page, and sends it."""
        browser = Browser(self.ground.url, "resident", script.token, script.csrf)
        base = f"/intakes/{script.case_id}"
        for number, form in enumerate(script.forms):
            await turn.acquire()
            path = f"{base}/questions/{number + 1}"
            came = await browser.post(path, b"version=%d&do=next&" % number + form)
            self.posts.append(came.ms)
            if came.status != 303:
                self._fail("answer", came)
                return
            self.counts["answers"] += 1
            await self._see(browser, came.location)
        if may_send.locked():
            browser.close()  # she thinks it over: as many leave as more than would be sent
            return
        await may_send.acquire()
        self._drafts[script.case_id] = browser
        began = time.perf_counter()
        came = await browser.post(f"{base}/send", {"version": str(len(script.forms))})
        self.posts.append(came.ms)
        if came.location.endswith("/receipt"):
            self.counts["cases"] += 1
            self._settle(self.rows, str(script.case_id), began, self.ledgers, once=False)
        else:
            may_send.release()  # advice, 112 or a form came first

    async def _see(self, browser: Browser, path: str) -> bool:
        came = await browser.get(path)
        self.pages.append(came.ms)
        # A draft leads on by itself: to advice, or to the page that checks.
        if came.status not in {200, 303}:
            self._fail(re.sub(r"[0-9a-f-]{36}|\d+", "…", path), came)
        return came.status == 200

    def _fail(self, what: str, came: Answer) -> None:
        self.failed[f"{what}: {came.status}"] += 1

    def _settle(self, tally: Tally, name: str, began: float, ears: list[Ear], *, once: bool) -> None:
        async def later() -> None:
            await asyncio.sleep(_SETTLE_S)
            tally.settle(name, began, ears, once=once)

        task = asyncio.create_task(later())
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def settled(self) -> None:
        """Wait until every event has had its time."""
        await asyncio.gather(*self._settling)


def _last_id(location: str) -> UUID | None:
    try:
        return UUID(location.rsplit("/", 1)[-1])
    except ValueError:
        return None


async def _work(shift: Shift, scripts: list[Script], seconds: float) -> None:
    """Let everything happen at its rate until the time is over."""
    turn, may_send = asyncio.Semaphore(0), asyncio.Semaphore(0)
    owed = dict.fromkeys(("answer", "message", "look", "case"), 0.0)
    tasks: set[asyncio.Task[None]] = set()
    at_desk: set[asyncio.Task[None]] = set()
    waiting = iter(scripts)

    def begin(work: Any, among: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)

    began = last = time.perf_counter()
    while (now := time.perf_counter()) - began < seconds:
        times = BURST_TIMES if BURST[0] <= now - began < BURST[1] else 1
        for name, rate in (("answer", ANSWERS), ("message", MESSAGES), ("look", LOOKS), ("case", CASES)):
            owed[name] += rate * times * (now - last)
        last = now
        while len(at_desk) < _AT_DESK * times and (script := next(waiting, None)) is not None:
            begin(shift.interview(script, turn, may_send), at_desk)
        for name, work in (("message", shift.message), ("look", shift.look), ("case", shift.take_and_close)):
            for _ in range(int(owed[name])):
                begin(work(), tasks)
                if name == "case":
                    may_send.release()
            owed[name] -= int(owed[name])
        for _ in range(int(owed["answer"])):
            turn.release()
        owed["answer"] -= int(owed["answer"])
        await asyncio.sleep(0.01)
    for task in at_desk:
        task.cancel()
    await asyncio.gather(*tasks, *at_desk, return_exceptions=True)
    await shift.settled()


async def run(seconds: float = SECONDS) -> dict[str, Any]:
    """All figures; times in milliseconds."""
    ground = Ground()
    try:
        await ground.open()
        db = await ground.connect()
        asked = interviewees(load(), _ROUNDS, from_age=13, picks=True)
        people = [*islice((who for who in asked if comes_to_staff(load(), who)), _TO_STAFF), *asked[-_ELSEWHERE:]]
        scripts = await make_scripts(db, ground.sealer, load(), people)
        random.Random(2).shuffle(scripts)
        nurses = await _nurses(ground, db)
        cases = await make_cases(db, STAFF * CHATS)
        residents = await _hold(ground, db, cases)
        await ground.start_server()
        browsers = [Browser(ground.url, "staff", token, ground.csrf(one)) for token, one in nurses]
        chats = [
            Chat(case, browsers[number % STAFF], Browser(ground.url, "resident", token, ground.csrf(one)))
            for number, (case, (token, one)) in enumerate(zip(cases, residents, strict=True))
        ]
        opening = await _open_case(ground, db, chats[0])
        ledgers = [browser.ear("/clinic/ledger/stream?view=unit") for browser in browsers]
        for ledger in ledgers:
            await ledger.listen()
        for chat in chats:
            await chat.open()
        shift = Shift(ground, browsers, ledgers, chats)
        await _work(shift, scripts[:20], min(5.0, seconds))  # what is drawn for the first time is not measured
        shift = Shift(ground, browsers, ledgers, shift.chats)
        server, database = ground.server_cpu_ms(), ground.database_cpu_ms()
        await _work(shift, scripts[20:], seconds)
        spent = ground.server_cpu_ms() - server, ground.database_cpu_ms() - database
        await db.close()
        return {**_figures(shift, seconds, spent), **opening}
    finally:
        ground.close()


async def _nurses(ground: Ground, db: asyncpg.Connection[asyncpg.Record]) -> list[tuple[str, UUID]]:
    unit = id_of("unit/ankaret")
    ids = [id_of(f"staff/shift-{number}") for number in range(STAFF)]
    await db.execute(
        "insert into staff (id, hsa_id, given_name, surname, title) select i, 'SE5599990011-' || (5000 + n), 'Test',"
        " 'Nr' || n, 'Sjuksköterska' from unnest($1::uuid[]) with ordinality as t(i, n)",
        ids,
    )
    await db.execute(
        "insert into assignments (id, staff_id, unit_id, role, from_at)"
        " select gen_random_uuid(), i, $2, 'nurse', now() - interval '1 day' from unnest($1::uuid[]) as t(i)",
        ids, unit,
    )  # fmt: skip
    return await make_sessions(db, "staff", ids, unit)


async def _hold(
    ground: Ground, db: asyncpg.Connection[asyncpg.Record], cases: list[UUID]
) -> list[tuple[str, UUID]]:  # fmt: skip
    """Give the cases to the staff in turn; a session for each case's resident."""
    for number in range(STAFF):
        await db.execute(
            "update visits set holder_id = $1 where case_id = any($2::uuid[])",
            id_of(f"staff/shift-{number}"), cases[number::STAFF],
        )  # fmt: skip
    await give_interviews(ground, db, cases)
    rows = await db.fetch("select id, patient_id from cases where id = any($1::uuid[])", cases)
    patients = {row["id"]: row["patient_id"] for row in rows}
    return await make_sessions(db, "resident", [patients[case] for case in cases])


async def _open_case(ground: Ground, db: asyncpg.Connection[asyncpg.Record], chat: Chat) -> dict[str, float]:
    """What it costs to open a case with a hundred messages; on a server that does nothing else."""
    async with db.transaction():
        for seq in range(1, 101):
            message_id = new_id()
            sealed = seal_text(ground.sealer, chat.case_id, message_id, _TEXTS[seq % 4])
            by = (
                "select holder_id from visits where case_id = $1"
                if seq % 2
                else "select opened_by from cases where id = $1"
            )
            await db.execute(
                "insert into messages (id, case_id, seq, by_kind, by_id, body_sealed)"
                f" values ($2, $1, $3, $4, ({by}), $5)",
                chat.case_id, message_id, seq, "staff" if seq % 2 else "resident", sealed,
            )  # fmt: skip
        await db.execute("update cases set counter = 100 where id = $1", chat.case_id)
    nurse = chat.browsers["staff"]
    for _ in range(20):
        await nurse.get(chat.path("staff"))
    cpu = ground.server_cpu_ms()
    times = [(await nurse.get(chat.path("staff"))).ms for _ in range(200)]
    return {
        "open_case_p50_ms": round(quantile(times, 0.5), 2),
        "open_case_p95_ms": round(quantile(times, 0.95), 2),
        "open_case_cpu_ms": round((ground.server_cpu_ms() - cpu) / len(times), 2),
    }


def _figures(shift: Shift, seconds: float, spent: tuple[float, float]) -> dict[str, Any]:
    events = [*shift.rows.delays, *shift.messages.delays]
    return {
        "page_p50_ms": round(quantile(shift.pages, 0.5), 2),
        "page_p95_ms": round(quantile(shift.pages, 0.95), 2),
        "post_p95_ms": round(quantile(shift.posts, 0.95), 2),
        "event_p95_ms": round(quantile(events, 0.95), 2),
        "row_p95_ms": round(quantile(shift.rows.delays, 0.95), 2),
        "message_p95_ms": round(quantile(shift.messages.delays, 0.95), 2),
        "missed": shift.rows.missed + shift.messages.missed,
        "doubled": shift.messages.doubled,
        "failures": shift.failed.total(),
        "failed": dict(shift.failed),
        "pages": len(shift.pages),
        "events": len(events),
        "streams": len(shift.ledgers) + 2 * len(shift.chats),
        **{f"{name}_per_s": round(count / seconds, 2) for name, count in shift.counts.items()},
        "server_cpu_share": round(spent[0] / seconds / 1000, 3),
        "database_cpu_share": round(spent[1] / seconds / 1000, 3),
    }
