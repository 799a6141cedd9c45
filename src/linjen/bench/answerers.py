"""Simulated residents at the question pages, by HTTP: one connection each, one form after the other, lean."""

from __future__ import annotations

import asyncio
import time
from datetime import date, timedelta
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import asyncpg
import httptools
import msgspec

from linjen.bench.ground import make_sessions
from linjen.bench.interviewees import Interviewee, begun, turns
from linjen.cases.intake.interview import keep_state
from linjen.cases.intake.start import Intake
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.demo.world import id_of
from linjen.triage import Asked, Page, Protocols, Value


class Script(msgspec.Struct, frozen=True):
    """One draft: whose session and form token, the sealed intake at its beginning, and the form of each page."""

    case_id: UUID
    token: str
    csrf: str
    sealed: bytes
    forms: tuple[bytes, ...]


def form_of(page: Page, given: dict[str, Value]) -> list[tuple[str, str]]:
    """The fields that a browser sends for these answers: unticked boxes are left out, as browsers do."""
    ticks = page.kind != "tripwire" and len(page.codes) > 1 and all(asked.type == "bool" for asked in page.codes)
    fields = [("page", page.id)]
    for asked in page.codes:
        fields += _field_of(asked, given[asked.code], ticked=ticks)
    return [*fields, ("none", "1")] if len(fields) == 1 else fields


def _field_of(asked: Asked, value: Value, *, ticked: bool) -> list[tuple[str, str]]:
    stated = asked.type == "number" and asked.stated is not None  # a number of her own words, to be confirmed
    if value is None:
        by_box = ticked or (asked.type == "number" and not stated)
        return [(f"{asked.code}.unknown", "1") if by_box else (asked.code, "unknown")]
    if isinstance(value, bool):
        return [(asked.code, "yes" if value else "no")] if value or not ticked else []
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if not stated:
        return [(asked.code, text)]
    same = value == asked.stated
    return [(asked.code, "stated")] if same else [(asked.code, "other"), (f"{asked.code}.number", text)]


async def make_scripts(
    db: asyncpg.Connection[asyncpg.Record], sealer: Sealer, protocols: Protocols, people: list[Interviewee]
) -> list[Script]:
    """A resident, a session and a draft at its first page of questions for each interviewee. Who has answered the last
    one comes to the page that checks, since she has no pictures and nothing to add.
    """
    residents, cases = [new_id() for _ in people], [new_id() for _ in people]
    births = [date.today() - timedelta(days=int(who.age_years * 365.25) + 10) for who in people]  # noqa: DTZ011
    unit = id_of("unit/ankaret")
    sealed, forms = [], []
    for case_id, who in zip(cases, people, strict=True):
        intake = keep_state(
            Intake(text=who.text, reasons=[who.reason], passed=["reasons", "pictures", "extra"]), begun(protocols, who)
        )
        sealed.append(sealer.seal("intake", msgspec.json.encode(intake), case_id.bytes))
        played = list(turns(protocols, who))
        forms.append(tuple(
            urlencode([*form_of(page, given), ("ahead", str(len(played) - number))]).encode()
            for number, (page, given) in enumerate(played, 1)
        ))  # fmt: skip
    await db.execute(
        "insert into residents (id, number_index, number_sealed, given_name, surname, birth_on, sex)"
        " select r, sha256(r::text::bytea), '', 'Test', 'Person', b, s"
        " from unnest($1::uuid[], $2::date[], $3::text[]) as t(r, b, s)",
        residents, births, [who.sex for who in people],
    )  # fmt: skip
    await db.execute(
        "insert into cases (id, entry, patient_id, opened_by, unit_id, patient_birth_on)"
        " select c, 'symptom', r, r, $4, b from unnest($1::uuid[], $2::uuid[], $3::date[]) as t(c, r, b)",
        cases, residents, births, unit,
    )  # fmt: skip
    await db.execute(
        "insert into consents (id, case_id, resident_id, given_by, kind, choice, wording)"
        " select gen_random_uuid(), c, r, r, k, true, 'bench' from unnest($1::uuid[], $2::uuid[]) as t(c, r),"
        " unnest(array['care_history', 'medication_list', 'fee']) as k",
        cases, residents,
    )  # fmt: skip
    await db.execute(
        "insert into intakes (case_id, state_sealed, expires_at)"
        " select c, s, now() + interval '7 days' from unnest($1::uuid[], $2::bytea[]) as t(c, s)",
        cases, sealed,
    )  # fmt: skip
    sessions = await make_sessions(db, "resident", residents)
    return [
        Script(case_id, token, sealer.token("csrf", session_id.bytes), before, pages)
        for case_id, (token, session_id), before, pages in zip(cases, sessions, sealed, forms, strict=True)
    ]


async def reset(db: asyncpg.Connection[asyncpg.Record], scripts: list[Script]) -> None:
    """Every draft as at its beginning, so that it can be answered once more."""
    ids = [script.case_id for script in scripts]
    await db.execute(
        "update intakes i set state_sealed = t.s, version = 0, step = 'questions', result_sealed = null"
        " from unnest($1::uuid[], $2::bytea[]) as t(c, s) where i.case_id = t.c",
        ids, [script.sealed for script in scripts],
    )  # fmt: skip
    await db.execute("update cases set phase = 'intake' where id = any($1::uuid[])", ids)


class Parsed:
    """Collects an HTTP answer's status, the address it leads to, and the length of its body."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Ready for the next answer."""
        self.parser = httptools.HttpResponseParser(self)
        self.location, self.size, self.done = b"", 0, False

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if name.lower() == b"location":
            self.location = value

    def on_body(self, body: bytes) -> None:
        """Some of the body."""
        self.size += len(body)

    def on_message_complete(self) -> None:
        """The whole answer is here."""
        self.status = self.parser.get_status_code()
        self.done = True


class Answerer:
    """One browser: plays scripts over one connection. Times in milliseconds."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._url = url
        self._parsed = Parsed()
        self.posts: list[float] = []
        self.gets: list[float] = []
        self.failures = 0
        self.page_bytes = 0

    async def connect(self) -> None:
        """Open the connection."""
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def play(self, script: Script, until: float, *, see_pages: bool) -> int:
        """Answer the draft's pages in order until a time of perf_counter; how many answers were taken."""
        cookie = f"cookie: __Host-linjen-resident-{self._port}={script.token}\r\n".encode()
        path = f"/intakes/{script.case_id}/questions/".encode()
        for number, form in enumerate(script.forms):
            if time.perf_counter() >= until:
                return number
            body = b"csrf=" + script.csrf.encode() + b"&version=%d&do=next&" % number + form
            location = await self._post(path + b"%d" % (number + 1), cookie, body)
            wanted = number + 1 == len(script.forms) or location == path + b"%d" % (number + 2)
            if not location or not wanted:
                self.failures += 1
                return number
            if see_pages:
                await self._get(location, cookie)
        return len(script.forms)

    async def _post(self, path: bytes, cookie: bytes, body: bytes) -> bytes:
        began = time.perf_counter()
        await self._ask(
            b"POST " + path + b" HTTP/1.1\r\nhost: " + f"{self._host}:{self._port}".encode() + b"\r\norigin: "
            + self._url.encode() + b"\r\nsec-fetch-site: same-origin\r\n" + cookie
            + b"content-type: application/x-www-form-urlencoded\r\ncontent-length: %d\r\n\r\n" % len(body) + body
        )  # fmt: skip
        if self._parsed.status != 303:
            return b""
        self.posts.append((time.perf_counter() - began) * 1000)
        return self._parsed.location

    async def _get(self, path: bytes, cookie: bytes) -> None:
        began = time.perf_counter()
        host = f"host: {self._host}:{self._port}\r\n".encode()
        await self._ask(b"GET " + path + b" HTTP/1.1\r\n" + host + cookie + b"\r\n")
        if self._parsed.status == 200:
            self.gets.append((time.perf_counter() - began) * 1000)
            self.page_bytes += self._parsed.size
        else:
            self.failures += 1

    async def _ask(self, request: bytes) -> None:
        self._parsed.begin()
        self._writer.write(request)
        while not self._parsed.done:
            data = await self._reader.read(65_536)
            if not data:
                raise ConnectionError("the server closed the connection")
            self._parsed.parser.feed_data(data)
