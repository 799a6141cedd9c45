"""Versions of the triage for the stories: the shipped content with a change, saved, approved and switched to."""

from __future__ import annotations

from uuid import UUID

from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.releases import approve, find_switch, run_release, save_draft
from tests.region import Region

QUESTION = "Berätta om febern"


def shipped() -> dict[str, bytes]:
    """The files of the content that ships."""
    return files_in(FOLDER)


def changed(file: str, old: str, new: str, release: str = "0.2.0") -> dict[str, bytes]:
    """The same as another release, with every `old` of one file as `new`."""
    files = shipped()
    text = files[file].decode()
    assert old in text, f"{file} has no {old!r}"
    files[file] = text.replace(old, new).encode()
    general = files["general.yaml"].decode()
    files["general.yaml"] = general.replace("release: 0.1.0", f"release: {release}").encode()
    return files


async def release(region: Region, files: dict[str, bytes], note: str = "") -> UUID:
    """Save and approve as Eva; the release's id."""
    eva = region.actors.staff("eva", "ankaret")
    async with region.site.database.transaction() as db:
        release_id = await save_draft(db, eva, files, note, "")
        await approve(db, eva, release_id, 1)
    return release_id


async def run(region: Region, release_id: UUID | None, *, triage_on: bool = True) -> None:
    """Let it run, and wait until this node does."""
    eva = region.actors.staff("eva", "ankaret")
    async with region.site.database.transaction() as db:
        seen = (await find_switch(db)).number
        await run_release(db, eva, release_id, seen, triage_on=triage_on)
    await region.site.shelf.refresh()
