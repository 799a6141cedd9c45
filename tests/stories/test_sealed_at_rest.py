"""What a patient writes is unreadable in the database's own files, and cannot be moved to another row."""

from __future__ import annotations

import asyncpg
import pytest

from linjen.cases.talk.message import list_messages
from linjen.core.sealing import Broken
from linjen.demo.world import number_of
from linjen.people.residents import find_by_number
from tests.region import Region
from tests.stories.test_ledger import owner_does

WORDS = "mycketsallsyntordföljd"


async def test_no_file_of_the_database_holds_what_was_written(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    assert (await gustav.say(case, f"Jag skriver {WORDS} här")).status_code == 201
    superuser = region.dsn.replace("linjen_app@", "postgres@")
    db = await asyncpg.connect(superuser)
    await db.execute("create table control (text text)")
    await db.execute("insert into control values ('kontrollordet som ligger öppet')")
    await db.execute("checkpoint")
    await db.close()
    folder = region.embedded_folder
    held = {"secret": 0, "control": 0}
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            held["secret"] += WORDS.encode() in data
            held["control"] += "kontrollordet som ligger öppet".encode() in data
    assert held["secret"] == 0
    assert held["control"] > 0, "the search itself must be able to find something"


async def test_two_sealed_messages_cannot_be_swapped(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await gustav.say(case, "första")
    await gustav.say(case, "andra")
    await owner_does(
        region,
        "update messages m set body_sealed = o.body_sealed from messages o"
        f" where m.case_id = '{case}' and o.case_id = '{case}' and o.id <> m.id",
    )
    async with region.site.database.connection() as db:
        with pytest.raises(Broken):
            await list_messages(db, region.site.sealer, case)


async def test_a_personal_number_is_found_but_never_stored_in_the_open(region: Region) -> None:
    digits = number_of("gustav").canonical
    async with region.site.database.connection() as db:
        assert await find_by_number(db, region.site.sealer, number_of("gustav")) is not None
        rows = await db.fetch("select r::text as row, number_sealed from residents r")
    assert rows
    for row in rows:
        assert digits not in row["row"]
        assert digits[2:] not in row["row"]
        assert digits.encode() not in row["number_sealed"]
