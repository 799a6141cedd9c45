"""Vad som är på väg: the head of a unit sees what usually comes, from the last weeks, and what is open now."""

from __future__ import annotations

from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.test_ledger import owner_does

_PATH = f"/manage/units/{id_of('unit/ankaret')}/load"


async def _main(region: Region, key: str = "gunvor") -> str:
    page = await (await region.staff(key)).get(_PATH)
    assert page.status_code == 200
    return page.text.split("<main")[1].split("</main")[0]


async def test_the_head_sees_what_is_coming_and_what_is_open(region: Region) -> None:
    assert "Prognosen visas när enheten har haft ärenden i en vecka." in await _main(region)
    await owner_does(region, "update cases set sent_at = now() - interval '13 days' where phase = 'sent'")
    page = await _main(region)
    count = await region.value(
        "select count(*) from cases where unit_id = $1 and phase = 'sent' and begun_by is null", id_of("unit/ankaret")
    )
    assert f"Räknat på {count} ärenden under de senaste 2 veckorna" in page
    assert "Bemannat" in page
    assert " kl. 08.00–09.00" in page
    standing = "select count(*) from visits where unit_id = $1 and state = $2"
    waiting = await region.value(standing, id_of("unit/ankaret"), "queued")
    held = await region.value(standing, id_of("unit/ankaret"), "in_progress")
    assert f"{waiting} väntar, {held} pågår" in page
    assert "Öberg" not in page, "numbers, never cases"


async def test_older_cases_and_those_of_other_units_tell_nothing(region: Region) -> None:
    await owner_does(region, "update cases set sent_at = now() - interval '29 days' where phase = 'sent'")
    assert "Prognosen visas när" in await _main(region)
    for key in ("karin", "maja"):
        assert (await (await region.staff(key)).get(_PATH)).status_code == 404, key
