"""Triagens innehåll: what its pages share: the version in the address, what its reader may do, and its names."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response

from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.ids import parse_id
from linjen.triage.content.archives import sha256_of
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.content.library import Protocols, load
from linjen.triage.content.shape import GeneralFile
from linjen.triage.in_words.opened import Opened, compiled_version, open_files
from linjen.triage.releases import Release, Switch, find_switch, may, read_files, see_release
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals

#: The address of the content that the program ships, which has no row.
SHIPPED = "shipped"
Files = Mapping[str, bytes]
Work = Callable[[Exchange], Awaitable[Response[Any]]]


@dataclass(frozen=True)
class Version:
    """A version as its pages know it. `release` is None for what ships; `runs` says that it is the one in use."""

    key: str
    release: Release | None
    opened: Opened
    switch: Switch
    may_edit: bool
    may_approve: bool

    @property
    def path(self) -> str:
        """The address of its own page."""
        return f"/manage/triage/{self.key}"

    @property
    def state(self) -> str:
        """draft, released, retired or shipped."""
        return self.release.state if self.release else SHIPPED

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.state == "draft"

    @property
    def runs(self) -> bool:
        """Whether new interviews begin on it."""
        return self.switch.release_id == (self.release.id if self.release else None)

    @property
    def name(self) -> str:
        """Name and number, as general.yaml has them."""
        return name_of(self.opened.general, self.release)

    @property
    def stamp(self) -> str:
        """What interviews held with it are marked with."""
        return self.release.stamp if self.release else load().stamp

    @property
    def changes_kept(self) -> int:
        """The number that a form brings back, so that nothing of somebody else's is overwritten."""
        return self.release.version if self.release else 0


def name_of(general: GeneralFile | None, release: Release | None) -> str:
    """A version's name on the screen, such as "linjen_exempel 0.1.0"."""
    if general is not None:
        return f"{general.name} {general.release}"
    return (release.stamp.partition("+")[0] if release else "").replace("@", " ") or "?"


async def find_version(db: Connection, exchange: Exchange, key: str) -> Version:
    """The version of an address. Raises NotFound where there is none, or for who may not see the triage."""
    if not await may(db, exchange.by, "see_triage"):
        raise NotFound("page")
    release_id = parse_id(key)
    if release_id is None and key != SHIPPED:
        raise NotFound("release")
    release = await see_release(db, exchange.by, release_id) if release_id else None
    files = await read_files(db, release.id) if release else None
    return Version(
        key, release, await asyncio.to_thread(open_files, files or files_in(FOLDER)), await find_switch(db),
        await may(db, exchange.by, "edit_triage"), await may(db, exchange.by, "approve_triage"),
    )  # fmt: skip


async def see_version(exchange: Exchange) -> Version:
    """The version that the path names."""
    async with exchange.site.database.transaction() as db:
        return await find_version(db, exchange, str(exchange.request.path_params["version"]))


async def running_files(exchange: Exchange, switch: Switch) -> tuple[str, Files]:
    """The hash and the files of what runs, which a change is held against."""
    if switch.release_id is None:
        files: Files = await asyncio.to_thread(files_in, FOLDER)
    else:
        async with exchange.site.database.connection() as db:
            files = await read_files(db, switch.release_id)
    return sha256_of(files), files


async def protocols_of(exchange: Exchange, version: Version) -> Protocols:
    """The version ready for interviews. Raises Invalid("bad_protocol") for a draft that cannot be used yet."""
    if version.release is None:
        return await asyncio.to_thread(load)
    at_hand = None if version.is_draft else exchange.site.shelf.at_hand(version.stamp)
    return at_hand if at_hand is not None else await asyncio.to_thread(compiled_version, version.opened)


def reason_names(version: Version) -> dict[str, str]:
    """The names of the contact reasons by id."""
    return {one.id: one.name for one in version.opened.known.reasons.values()}


def file_name_of(exchange: Exchange, version: Version) -> str:
    """The file that the path names; NotFound when the version has none such."""
    name = f"{exchange.request.path_params['file']}.yaml"
    if name not in version.opened.files:
        raise NotFound("file")
    return name


async def triage_page(exchange: Exchange, template: str, version: Version | None, **values: Any) -> Response[Any]:
    """A page of the triage's content; `version` is the one it is about."""
    facts = version_facts(exchange, version) if version else None
    return await manage_page(exchange, f"manage/triage/{template}", version=version, facts=facts, **values)


async def noted(exchange: Exchange, verb: str, work: Work) -> Response[Any]:
    """What `work` answers; a refusal leaves its trace."""
    return await noting_refusals(exchange, verb, lambda: work(exchange))


def version_facts(exchange: Exchange, version: Version) -> dict[str, str]:
    """State, people and times of a version in words."""
    return {"state": state_words(exchange, version.release), "people": people_words(exchange, version.release)}


def state_words(exchange: Exchange, release: Release | None) -> str:
    """Utkast, Godkänd, Tagen ur bruk or Följer med Linjen."""
    return exchange.say(f"editor.state.{release.state if release else SHIPPED}")


def people_words(exchange: Exchange, release: Release | None) -> str:
    """Who has done the last that was done with a version, and when."""
    if release is None:
        return exchange.say("editor.people.shipped")
    if release.retired_at is not None:
        return exchange.say("editor.people.retired", name=release.retirer, day=day_words(release.retired_at))
    if release.approved_at is not None:
        title = release.approver_title or ""
        day = day_words(release.approved_at)
        return exchange.say("editor.people.approved", name=release.approver, title=title, day=day)
    return exchange.say("editor.people.changed", name=release.changer, day=day_words(release.changed_at))


def version_label(exchange: Exchange, release: Release | None, version: Version) -> str:
    """A version in a list to choose from: name, number, state and note."""
    stamp = release.stamp if release else load().stamp
    name = stamp.partition("+")[0].replace("@", " ")
    said = [name or "?", state_words(exchange, release)]
    if version.switch.release_id == (release.id if release else None):
        said.append(exchange.say("editor.runs"))
    if release is not None and release.note:
        said.append(release.note.splitlines()[0][:60])
    return ", ".join(said)


def day_words(at: Any) -> str:
    """A day and a time as the routine writes them."""
    return f"{swedish.date_words(clock.local_date(at))}, {swedish.time_inside(at)}"
