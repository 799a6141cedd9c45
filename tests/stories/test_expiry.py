"""Rensa utkast: what nobody went on with is emptied in time, and nothing else is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from html import unescape

from linjen.cases.intake import expiry
from linjen.cases.intake.expiry import expire_drafts
from linjen.cases.intake.start import KEPT_DAYS, start_case
from linjen.core import clock
from tests.region import Region

DRAFTS = ("draft", "emergency", "self_care")


async def sweep(region: Region, days: float) -> int:
    """Sweep so many days from now."""
    return await expire_drafts(region.site.database, region.site.sealer, clock.now() + timedelta(days=days))


async def test_a_draft_is_emptied_after_its_days_and_its_writer_meets_it_no_more(region: Region) -> None:
    astrid, case = await region.resident("astrid"), region.cases["draft"]
    assert await sweep(region, KEPT_DAYS - 0.5) == 0
    assert await region.value("select count(*) from intakes where case_id = $1", case) == 1
    assert await sweep(region, KEPT_DAYS + 0.5) >= len(DRAFTS)
    for name in DRAFTS:
        assert await region.value("select phase from cases where id = $1", region.cases[name]) == "abandoned"
        for table in ("intakes", "pictures", "consents"):
            left = await region.value(f"select count(*) from {table} where case_id = $1", region.cases[name])
            assert left == 0, table
        told = "select by_kind from events where case_id = $1 and kind = 'expired'"
        assert await region.value(told, region.cases[name]) == "system"
    assert await region.value("select bool_and(reason = '' and urgency is null) from cases where phase = 'abandoned'")
    mine = unescape((await astrid.get("/cases")).text)
    assert mine.count("Ingen hade skrivit i det på 7 dagar.") == 1, "she is told of hers, once"
    assert "ont i huvudet" not in mine
    assert "Ingen hade skrivit i det" not in (await (await region.resident("henrik")).get("/cases")).text
    page = await astrid.get(f"/cases/{case}")
    assert page.status_code in {404, 409}
    assert "ont i huvudet" not in page.text
    assert await sweep(region, KEPT_DAYS + 0.5) == 0, "a second sweep finds nothing"


async def test_a_sent_case_keeps_everything_for_ever(region: Region) -> None:
    kept = "select (select count(*) from intakes i join cases c on c.id = i.case_id and c.phase in ('sent', 'closed'))"
    before = await region.value(kept)
    assert before
    await sweep(region, 4000)
    assert await region.value(kept) == before
    for name in ("held_by_karin", "closed"):
        assert await region.value("select phase from cases where id = $1", region.cases[name]) != "abandoned"


async def test_many_are_emptied_in_batches_and_one_that_is_being_written_in_is_left(
    region: Region, monkeypatch: object
) -> None:
    await sweep(region, 100)
    by = region.actors.resident("astrid")
    async with region.site.database.transaction() as db:
        cases = [await start_case(db, region.site.sealer, by, "admin") for _ in range(expiry.BATCH * 2 + 30)]
    async with region.site.database.transaction() as db:
        await db.execute("select 1 from cases where id = $1 for update", cases[0])
        assert await asyncio.wait_for(sweep(region, 100), 20) == len(cases) - 1
    assert await region.value("select count(*) from intakes where case_id = any($1)", cases) == 1
    longest = "select max(n) from (select count(*) as n from events where kind = 'expired' group by txid) t"
    assert await region.value(longest) == expiry.BATCH
