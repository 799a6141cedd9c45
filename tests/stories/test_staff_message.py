"""Enhetens meddelande: the head or the administrator writes it, and it stands above every open ledger at once."""

from __future__ import annotations

import asyncio

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import ledger_of, owner_does

_UNIT = f"/manage/units/{id_of('unit/ankaret')}"
_PATH = f"{_UNIT}/message"
_TEXT = "select staff_message from units where id = $1"


async def say(person: Person, text: str, was: str = "") -> int:
    """Send the form; its status."""
    return (await person.decide(_PATH, {"text": text, "was": was})).status_code


async def test_it_stands_above_every_open_ledger_until_it_is_taken_away(region: Region) -> None:
    gunvor, karin, ulf = [await region.staff(*who) for who in (("gunvor",), ("karin", "ankaret"), ("ulf", "bjorken"))]
    assert f'href="{_PATH}"' in (await gunvor.get(_UNIT)).text
    assert "Enhetens meddelande" not in await ledger_of(karin)
    async with karin.listen("/clinic/ledger/stream") as ledger:
        await ledger.wait_for("hello")
        assert await say(gunvor, "Bo är sjuk i dag.\nRing 0000 om telefonerna tystnar. <b>") == 303
        await ledger.wait_for("reload")
    page = await ledger_of(karin)
    assert "Ring 0000 om telefonerna tystnar. &lt;b&gt;" in page
    assert "Enhetens meddelande sedan" in page
    assert "Ring 0000" not in await ledger_of(ulf), "another unit's"
    kept = str(await region.value(_TEXT, id_of("unit/ankaret")))
    assert await say(await region.staff("disa"), "", kept) == 303
    assert "Enhetens meddelande" not in await ledger_of(karin)
    assert (
        await region.value("select count(*) from access_log where verb = 'set_staff_message' and refused is null") == 2
    )


async def test_what_turns_letters_around_is_left_out(region: Region) -> None:
    gunvor = await region.staff("gunvor")
    assert await say(gunvor, "Bo \u202eär\u202c \u2066sjuk\u2069\u200e i dag") == 303
    assert await region.value(_TEXT, id_of("unit/ankaret")) == "Bo är sjuk i dag"


async def test_nobody_else_and_of_two_at_once_one_wins(region: Region) -> None:
    for key in ("karin", "pelle", "maja", "eva", "lena"):
        person = await region.staff(key)
        assert (await person.get(_PATH)).status_code == 404, key
        assert await say(person, "Hej") == 404, key
    gunvor = await region.staff("gunvor")
    assert await say(gunvor, "x" * 301) == 422
    assert sorted(await asyncio.gather(*(say(gunvor, text) for text in ("ett", "två", "tre")))) == [303, 409, 409]
    stale = await gunvor.post(_PATH, {"text": "Mitt eget", "was": ""})
    assert "Någon annan skrev ett meddelande" in stale.text
    assert "Mitt eget" in stale.text, "what was typed stands"
    await owner_does(region, "alter table access_log add constraint n check (verb <> 'set_staff_message') not valid")
    kept = str(await region.value(_TEXT, id_of("unit/ankaret")))
    assert await say(gunvor, "Nytt", kept) == 500
    assert await region.value(_TEXT, id_of("unit/ankaret")) == kept
