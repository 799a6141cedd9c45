"""The program over a seeded database of its own, as the tests meet it: by HTTP, as named people."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from html import unescape
from pathlib import Path
from uuid import UUID

import httpx

from linjen.access.sessions import begin_session
from linjen.app import build_app, build_site
from linjen.core.ids import new_id
from linjen.core.postgres import Embedded
from linjen.core.settings import read_settings
from linjen.demo.cases import Actors
from linjen.demo.world import id_of
from linjen.triage.own_words.listening import Listener
from linjen.triage.trials.trying import Trier
from linjen.web.cookies import cookie_name
from linjen.web.server import Server, listen
from tests.plain_http import plain_client

#: One of each for all tests of a process: they take seconds to read the lexicon. They give way to nobody here, where
#: other tests never leave the machine idle.
_LISTENER, _TRIER = Listener(nice=0), Trier(nice=0)


#: Forms that end a case say when they were drawn (cases/moves/close.py).
_ENDS = re.compile(r"/clinic/cases/([0-9a-f-]{36})/(?:closings|signposts)")


class Person:
    """A named person with a browser: cookies, form tokens and origin as a real one sends them."""

    def __init__(self, region: Region, kind: str, token: str, csrf: str) -> None:
        self._region = region
        self._cookie = f"{cookie_name(region.site.settings, kind)}={token}"
        self.kind = kind
        self.token = token
        self.csrf = csrf
        self.http = plain_client(base_url=region.url, headers={"cookie": self._cookie}, timeout=60)

    async def get(self, path: str) -> httpx.Response:
        """A page, redirects not followed."""
        return await self.http.get(path)

    async def post(self, path: str, data: Mapping[str, object] | None = None, **rest: object) -> httpx.Response:
        """A form, as the page sends it; one that ends a case as if drawn in this moment, unless it says."""
        headers = {"origin": self._region.url, "sec-fetch-site": "same-origin"}
        fields: dict[str, object] = {"csrf": self.csrf, **(data or {})}
        if "drawn_at" not in fields and (ends := _ENDS.fullmatch(path)):
            fields["drawn_at"] = str(
                await self._region.value("select counter from cases where id = $1", UUID(ends[1])) or 0
            )
        return await self.http.post(path, data=fields, headers=headers, **rest)  # type: ignore[arg-type]

    async def decide(self, path: str, data: Mapping[str, object] | None = None) -> httpx.Response:
        """A setting of a unit: the form, and where its page shows what it would do, the button that saves it."""
        answer = await self.post(path, data)
        return await self.post(path, look_first(answer.text)) if answer.status_code == 200 else answer

    async def say(self, case_id: UUID, text: str, message_id: UUID | None = None) -> httpx.Response:
        """A chat message, as the page's script sends it."""
        prefix = "/clinic" if self.kind == "staff" else ""
        headers = {"origin": self._region.url, "sec-fetch-site": "same-origin", "x-csrf": self.csrf, "x-linjen": "1"}
        body = {"id": str(message_id or new_id()), "text": text}
        return await self.http.post(f"{prefix}/cases/{case_id}/messages", json=body, headers=headers)

    @contextlib.asynccontextmanager
    async def listen(self, path: str, last_event_id: str | None = None) -> AsyncIterator[Ear]:
        """An open stream."""
        headers = {"last-event-id": last_event_id} if last_event_id is not None else {}
        async with self.http.stream("GET", path, headers=headers) as response:
            ear = Ear(response)
            try:
                yield ear
            finally:
                await ear.stop()


class Ear:
    """What a stream says, event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.heard: list[tuple[str, str, str]] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        text = ""
        async for part in self.response.aiter_text():
            text += part
            while "\n\n" in text:
                block, text = text.split("\n\n", 1)
                fields = {"event": "", "id": "", "data": ""}
                for line in block.split("\n"):
                    name, _, value = line.partition(": ")
                    if name in fields:
                        fields[name] = f"{fields[name]}\n{value}" if name == "data" and fields[name] else value
                if fields["event"]:
                    self.heard.append((fields["event"], fields["id"], fields["data"]))
                    self._news.set()

    async def wait_for(self, event: str, containing: str = "", within_s: float = 5) -> tuple[str, str, str]:
        """The first event of a kind whose data holds a text; TimeoutError if it does not come."""
        async with asyncio.timeout(within_s):
            while True:
                for one in self.heard:
                    if one[0] == event and containing in one[2]:
                        return one
                self._news.clear()
                await self._news.wait()

    async def stop(self) -> None:
        """Stop listening."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, httpx.HTTPError):
            await self._task


class Region:
    """The program, its database and its people. The machine is busy with other tests, so it is patient."""

    patience_ms = 30_000

    def __init__(self, embedded: Embedded, database: str, folder: Path, cases: dict[str, UUID], actors: Actors) -> None:
        self.embedded = embedded
        self.dsn = embedded.app_dsn.replace("/linjen?", f"/{database}?")
        self.cases = dict(cases)  # what a test adds is gone with it
        self.actors = Actors(dict(actors.residents))
        self._folder = folder
        self._people: list[Person] = []

    @property
    def embedded_folder(self) -> Path:
        """Where the database keeps its files."""
        return self._folder / "postgres"

    async def open(self) -> None:
        """Start the program on a free port."""
        listener = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = read_settings(
            {}, data_dir=self._folder, public_url=self.url, demo=True, database_patience_ms=self.patience_ms
        )
        self.site = build_site(settings, self.dsn)
        self.site.listener, self.site.trier = _LISTENER, _TRIER
        program = build_app(self.site, by_the_clock=False)  # else a test's moved clock would return every case
        self._server = Server(program, listener, end_streams=self.site.hub.end_streams)
        await self._server.start()

    async def close(self) -> None:
        """Stop it, and everybody's browser."""
        for person in self._people:
            await person.http.aclose()
        await self._server.stop()

    async def resident(self, key: str) -> Person:
        """A resident who has signed in."""
        return await self._sign_in("resident", self.actors.residents[key], None)

    async def staff(self, key: str, unit: str | None = None) -> Person:
        """A staff member who has signed in and chosen a unit."""
        return await self._sign_in("staff", id_of(f"staff/{key}"), id_of(f"unit/{unit}") if unit else None)

    async def _sign_in(self, kind: str, person_id: UUID, unit_id: UUID | None) -> Person:
        async with self.site.database.transaction() as db:
            token = await begin_session(db, self.site.settings, kind, person_id, unit_id=unit_id)
            session_id = await db.fetchval("select id from sessions where person_id = $1 order by id desc", person_id)
        person = Person(self, kind, token, self.site.sealer.token("csrf", session_id.bytes))
        self._people.append(person)
        return person

    async def value(self, sql: str, *args: object) -> object:
        """One value from the database, for looking behind the curtain."""
        return await self.site.database.fetch_value(sql, *args)


def ids_in(html: str) -> list[str]:
    """The case ids that a page links to."""
    return re.findall(r"/cases/([0-9a-f-]{36})", html)


def look_first(html: str) -> dict[str, object]:
    """What the button that saves brings along of a page that shows a change (web/manage/preview.html)."""
    form = html.partition("<main")[2]
    assert 'name="step" value="save"' in form, "it is looked at first"
    brought: dict[str, list[str]] = {"step": ["save"]}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        if name != "csrf":
            brought.setdefault(name, []).append(unescape(value))
    return dict(brought)
