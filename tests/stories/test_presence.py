"""Who reads and who writes a case: told to colleagues who may see it, to nobody else, and kept nowhere."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from linjen.demo.world import id_of
from linjen.web import presence
from tests.region import Region


def _who(data: str) -> list[tuple[str, str]]:
    return [(one["name"], one["does"]) for one in json.loads(data)["who"]]


async def _told(ear: Any, case_id: UUID, who: list[tuple[str, str]]) -> None:
    """Wait until a page has been told exactly this of a case."""
    async with asyncio.timeout(10):
        while True:
            for kind, _, data in ear.heard:
                if kind == "presence" and json.loads(data)["case"] == str(case_id) and _who(data) == who:
                    return
            await asyncio.sleep(0.05)


async def test_colleagues_see_who_reads_and_who_writes(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "WRITES_FOR_S", 1.0)
    case_id = region.cases["held_by_bo"]
    karin, bo, sara = [await region.staff(key, "ankaret") for key in ("karin", "bo", "sara")]
    async with karin.listen("/clinic/ledger/stream") as ledger, sara.listen(f"/clinic/cases/{case_id}/stream") as hers:
        await asyncio.gather(ledger.wait_for("hello"), hers.wait_for("hello"))
        await _told(ledger, case_id, [("Sara Ahmadi", "reads")])
        async with bo.listen(f"/clinic/cases/{case_id}/stream") as his:
            await his.wait_for("hello")
            await _told(hers, case_id, [("Bo Hellström", "reads")])
            await _told(his, case_id, [("Sara Ahmadi", "reads")])
            before = await region.value("select count(*) from events")
            assert (await bo.post(f"/clinic/cases/{case_id}/typing")).status_code in {200, 303}
            await _told(hers, case_id, [("Bo Hellström", "writes")])
            ledger.heard.clear()
            hers.heard.clear()
            await _told(hers, case_id, [("Bo Hellström", "reads")])
            assert await region.value("select count(*) from events") == before
        await _told(hers, case_id, [])
        await _told(ledger, case_id, [("Sara Ahmadi", "reads")])
    async with karin.listen("/clinic/ledger/stream") as later:
        await later.wait_for("hello")
        await asyncio.sleep(4 * presence.ROUND_S)
        assert not [data for kind, _, data in later.heard if kind == "presence" and _who(data)]


async def test_a_ledger_that_is_opened_later_is_told_who_is_there(region: Region) -> None:
    case_id = region.cases["held_by_bo"]
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    async with bo.listen(f"/clinic/cases/{case_id}/stream") as his:
        await his.wait_for("hello")
        await asyncio.sleep(3 * presence.ROUND_S)
        async with karin.listen("/clinic/ledger/stream") as ledger:
            await _told(ledger, case_id, [("Bo Hellström", "reads")])


async def test_neither_another_unit_nor_the_resident_is_told(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    karin, mona = await region.staff("karin", "ankaret"), await region.staff("mona", "ankaret")
    ulf = await region.staff("ulf", "bjorken")
    gustav = await region.resident("gustav")
    async with (
        ulf.listen("/clinic/ledger/stream") as elsewhere, mona.listen("/clinic/ledger/stream") as secretary,
        gustav.listen(f"/cases/{case_id}/stream") as resident, karin.listen(f"/clinic/cases/{case_id}/stream") as hers,
    ):  # fmt: skip
        ears = (elsewhere, secretary, resident, hers)
        await asyncio.gather(*(ear.wait_for("hello") for ear in ears))
        await karin.post(f"/clinic/cases/{case_id}/typing")
        await resident.wait_for("typing")
        await asyncio.sleep(4 * presence.ROUND_S)
        for ear in ears:
            assert not [data for kind, _, data in ear.heard if kind == "presence" and _who(data)]


async def test_who_works_here_no_more_is_told_nothing_more(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    async with bo.listen("/clinic/ledger/stream") as ledger:
        await ledger.wait_for("hello")
        await region.site.database.execute(
            "update assignments set ended_at = now() where staff_id = $1", id_of("staff/bo")
        )
        async with karin.listen(f"/clinic/cases/{case_id}/stream") as hers:
            await hers.wait_for("hello")
            await asyncio.sleep(4 * presence.ROUND_S)
        assert not [kind for kind, _, _ in ledger.heard if kind == "presence"]


async def test_what_is_kept_as_a_draft_counts_as_writing_until_it_is_sent(region: Region) -> None:
    case_id = region.cases["held_by_bo"]
    bo, karin = await region.staff("bo", "ankaret"), await region.staff("karin", "ankaret")
    headers = {"x-linjen": "1", "x-csrf": bo.csrf, "origin": region.url, "content-type": "application/json"}
    draft = f"/clinic/cases/{case_id}/drafts"
    async with bo.listen(f"/clinic/cases/{case_id}/stream") as his, karin.listen("/clinic/ledger/stream") as ledger:
        await asyncio.gather(his.wait_for("hello"), ledger.wait_for("hello"))
        assert (await bo.http.post(draft, content='{"text": "Hej"}', headers=headers)).status_code == 200
        await _told(ledger, case_id, [("Bo Hellström", "writes")])
        ledger.heard.clear()
        assert (await bo.http.post(draft, content='{"text": ""}', headers=headers)).status_code == 200
        await _told(ledger, case_id, [("Bo Hellström", "reads")])


async def test_who_has_left_her_screen_reads_no_more_until_she_touches_it(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "READS_FOR_S", 3.0)
    case_id = region.cases["held_by_bo"]
    bo, karin = await region.staff("bo", "ankaret"), await region.staff("karin", "ankaret")
    page = f"{region.url}/clinic/cases/{case_id}"
    headers = {"x-linjen": "1", "x-csrf": bo.csrf, "origin": region.url, "referer": page}
    async with bo.listen(f"/clinic/cases/{case_id}/stream") as his, karin.listen("/clinic/ledger/stream") as ledger:
        await asyncio.gather(his.wait_for("hello"), ledger.wait_for("hello"))
        await _told(ledger, case_id, [("Bo Hellström", "reads")])
        await _told(ledger, case_id, [])
        ledger.heard.clear()
        await bo.http.post("/clinic/alive", headers={**headers, "referer": f"{region.url}/clinic/ledger"})
        await asyncio.sleep(4 * presence.ROUND_S)
        assert not [kind for kind, _, _ in ledger.heard if kind == "presence"], "he works on another page"
        assert (await bo.http.post("/clinic/alive", headers=headers)).status_code == 200
        await _told(ledger, case_id, [("Bo Hellström", "reads")])
