"""The whole demo in one process: embedded database, seeded region, simulators and the program, stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path
from typing import Any

import msgspec

from linjen.app import build_app, build_site
from linjen.core import clock
from linjen.core.database import Database
from linjen.core.migrations import migrate
from linjen.core.postgres import Embedded, cluster_of
from linjen.core.sealing import Sealer, make_key_file, read_key_file
from linjen.core.settings import read_settings
from linjen.demo import world
from linjen.demo.among_staff import seed_among_staff
from linjen.demo.blocked import seed_blocked
from linjen.demo.cases import read_held, seed_cases
from linjen.demo.history import seed_history
from linjen.demo.residents import Livelihood
from linjen.demo.tickets import DEMO, seed_tickets
from linjen.integrations.web_push import make_key
from linjen.simulators import bankid, intranet, rivta, sms, staff_idp
from linjen.web.server import Server, listen
from linjen.web.site import Site

STAFF_CLIENT = ("linjen-demo", "make-believe-secret")
SMS_USER = ("linjen-demo", "make-believe-secret")
_PATIENCE_MS = 300_000


class Demo:
    """One running demo: `url` when ready, `site` for tests, and `stop()`."""

    def __init__(
        self, folder: Path, port: int, *, host: str = "127.0.0.1", lively: bool = False, by_the_clock: bool = True
    ) -> None:
        """`by_the_clock` as build_app: false where nothing may depend on the hour at which somebody looks."""
        self._lively = lively
        self._by_the_clock = by_the_clock
        self._folder = folder
        self._port = port
        self._host = host
        self._stack = contextlib.AsyncExitStack()
        self.url = ""
        self.site: Site
        self.postgres: Embedded
        self.simulators: dict[str, Any] = {}

    async def start(self) -> None:
        """Start everything; what had started is stopped again if something fails."""
        async with contextlib.AsyncExitStack() as stack:
            listener = listen(self._host, self._port)
            stack.callback(listener.close)
            self.url = f"http://{self._host}:{listener.getsockname()[1]}"
            key_file = self._folder / "keys" / "master.key"
            await asyncio.to_thread(_clear_half_seeded, self._folder)
            if not cluster_of(self._folder).exists():  # over old data no new key may ever appear
                make_key_file(key_file)
            self.postgres = Embedded(self._folder)
            stack.callback(self.postgres.stop)
            await asyncio.to_thread(self.postgres.start)
            stack.push_async_callback(_ended, asyncio.create_task(self.postgres.watch()))
            await migrate(self.postgres.owner_dsn, "linjen_app")
            await _seed(self._folder, self.postgres, Sealer(read_key_file(key_file)))
            await self._start_simulators(stack)
            settings = read_settings(data_dir=self._folder, public_url=self.url, demo=True, **self._settings())
            self.site = build_site(settings, self.postgres.app_dsn, self._links())
            app = build_app(self.site, by_the_clock=self._by_the_clock)
            server = Server(app, listener, end_streams=self.site.hub.end_streams)
            await server.start()
            stack.push_async_callback(server.stop)
            if self._lively:
                self._begin_living(stack)
            self._stack = stack.pop_all()

    def _begin_living(self, stack: contextlib.AsyncExitStack) -> None:
        numbers = {f"{r.given_name} {r.surname}": world.number_of(r.key).canonical for r in world.RESIDENTS}
        living = Livelihood(self.url, self.simulators["bankid"].phone_url, numbers)
        stack.push_async_callback(_ended, asyncio.create_task(living.go_on()))

    async def stop(self) -> None:
        """Stop everything, the program first and the database last."""
        await self._stack.aclose()

    async def _start_simulators(self, stack: contextlib.AsyncExitStack) -> None:
        folder = self._folder / "simulators"
        folder.mkdir(parents=True, exist_ok=True)
        persons, staff, services = _simulator_files(folder)
        redirect = f"{self.url}/clinic/sign-in/return"
        self.simulators["bankid"] = await bankid.serve(folder / "bankid", persons, allowed=True)
        stack.push_async_callback(self.simulators["bankid"].stop)
        self.simulators["staff_idp"] = await staff_idp.serve(staff, *STAFF_CLIENT, [redirect])
        stack.push_async_callback(self.simulators["staff_idp"].stop)
        self.simulators["rivta"] = await rivta.serve(services)
        stack.push_async_callback(self.simulators["rivta"].stop)
        self.simulators["sms"] = await sms.serve(*SMS_USER, allowed=True)
        stack.push_async_callback(self.simulators["sms"].stop)
        self.simulators["intranet"] = await intranet.serve(world.REGION, allowed=True)
        stack.push_async_callback(self.simulators["intranet"].stop)

    def _settings(self) -> dict[str, Any]:
        phone = self.simulators["bankid"]
        return {
            "region_name": world.REGION,
            "data_protection_contact": "dataskydd@example.org",
            "record_customer": "Exempel",
            "record_agreement": "Inomläns PV",
            "bankid_url": phone.rp_url,
            "bankid_ca_file": phone.ca_file,
            "bankid_cert_file": phone.client_cert_file,
            "bankid_key_file": phone.client_key_file,
            "staff_issuer": self.simulators["staff_idp"].issuer,
            "staff_client_id": STAFF_CLIENT[0],
            "staff_client_secret": STAFF_CLIENT[1],
            "rivta_url": self.simulators["rivta"].url,
            "rivta_logical_address": "SE5599990011-0001",
            "training_url": self.simulators["intranet"].training_url,
            "service_status_url": self.simulators["intranet"].status_url,
            "suggestions_url": self.simulators["intranet"].suggestions_url,
            "sms_url": self.simulators["sms"].url,
            "sms_user": SMS_USER[0],
            "sms_password": SMS_USER[1],
            "push_key": _push_key(self._folder / "keys" / "push.key"),
            "push_contact": "mailto:drift@example.org",
            # A visitor does not wait for five minutes.
            "sms_unread_after_s": 60,
        }

    def _links(self) -> dict[str, str]:
        return {"bankid_phone": self.simulators["bankid"].phone_url, "phones": self.simulators["sms"].phones_url}


def _push_key(path: Path) -> str:
    """The demo's own key towards push services: made once, since the browsers that have asked know it."""
    if not path.exists():
        path.write_text(make_key(), "ascii")
    return path.read_text("ascii")


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel what runs beside the requests, and wait until it has let go."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _marker(folder: Path) -> Path:
    """Stands there for as long as the region is being put in: what it is found beside is half there."""
    return folder / "being-seeded"


def _clear_half_seeded(folder: Path) -> None:
    """A start that was cut off while it put the region in left a program without cases: the next one begins anew."""
    if _marker(folder).exists():
        shutil.rmtree(cluster_of(folder), ignore_errors=True)
        (folder / "keys" / "master.key").unlink(missing_ok=True)


async def _seed(folder: Path, postgres: Embedded, sealer: Sealer) -> None:
    # The interviews are worked out inside of transactions, which takes long on a slow machine with much else to do.
    database = Database(f"{postgres.app_dsn}&idle_in_transaction_session_timeout={_PATIENCE_MS}", size=2)
    try:
        if await database.fetch_value("select not exists (select 1 from units)"):
            _marker(folder).touch()
            async with database.transaction() as db:
                await world.seed(db, sealer)
            cases = await seed_cases(database, sealer, postgres.owner_dsn, pictures=True)
            await read_held(database, sealer, cases)
            await seed_tickets(database, sealer, cases, DEMO)
            await seed_blocked(database, sealer, postgres.owner_dsn)
            await seed_among_staff(database, sealer, postgres.owner_dsn, cases)
            await seed_history(database, postgres.owner_dsn, sealer)
        _marker(folder).unlink(missing_ok=True)
    finally:
        await database.close()


def _simulator_files(folder: Path) -> tuple[Path, Path, Path]:
    """Write what the simulators know: persons for BankID, staff for the card, persons and listings for the services."""
    today = clock.local_date(clock.now())
    persons = [
        {"name": f"{r.given_name} {r.surname}", "given_name": r.given_name, "surname": r.surname,
         "personal_number": world.number_of(r.key).canonical, "note": r.description}
        for r in world.RESIDENTS if r.years >= 13
    ]  # fmt: skip
    staff = [
        {"employeeHsaId": s.hsa_id, "given_name": s.given_name, "family_name": s.surname, "title": s.title,
         "description": s.description} for s in world.STAFF
    ]  # fmt: skip
    paths = []
    for name, content in (
        ("persons.json", persons), ("staff.json", staff), ("services.json", world.service_records(today)),
    ):  # fmt: skip
        path = folder / name
        path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=1))
        paths.append(path)
    return paths[0], paths[1], paths[2]
