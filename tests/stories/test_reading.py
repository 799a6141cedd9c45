"""Läst och skriver: how far each side has got is told to the other, both ways; who may not know is not told."""

from __future__ import annotations

import asyncio

from tests.region import Person, Region


async def read(who: Person, region: Region, case: object, seq: int) -> int:
    """Post a read mark as the page's script does; the status."""
    prefix = "/clinic" if who.kind == "staff" else ""
    headers = {"origin": region.url, "sec-fetch-site": "same-origin", "x-csrf": who.csrf, "x-linjen": "1"}
    answer = await who.http.post(f"{prefix}/cases/{case}/reads", json={"seq": seq}, headers=headers)
    return answer.status_code


async def test_what_the_resident_reads_is_told_to_the_nurse_and_no_longer_counts_as_unread(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    async with karin.listen(f"/clinic/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        seq = (await karin.say(case, "Hur mår du?")).json()["seq"]
        assert await region.value("select resident_unread from cases where id = $1", case) == 1
        assert await read(gustav, region, case, seq) == 200
        assert (await ear.wait_for("read"))[2] == str(seq)
    assert await region.value("select resident_unread from cases where id = $1", case) == 0
    assert f'data-read-seq="{seq}"' in (await karin.get(f"/clinic/cases/{case}")).text


async def test_what_the_nurse_reads_is_told_to_the_resident(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    async with gustav.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        seq = (await gustav.say(case, "Tack!")).json()["seq"]
        assert 'data-mark="read"' not in (await gustav.get(f"/cases/{case}")).text
        assert await read(karin, region, case, seq) == 200
        assert (await ear.wait_for("read"))[2] == str(seq)
    assert 'data-mark="read">Läst' in (await gustav.get(f"/cases/{case}")).text


async def test_what_reaches_an_open_page_is_told_as_delivered_to_who_wrote_it(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    async with gustav.listen(f"/cases/{case}/stream") as his, karin.listen(f"/clinic/cases/{case}/stream") as hers:
        await his.wait_for("hello")
        await hers.wait_for("hello")
        seq = (await karin.say(case, "Hej!")).json()["seq"]
        assert (await hers.wait_for("delivered"))[2] == str(seq)
    assert not any(kind == "delivered" for kind, _, _ in his.heard)


async def test_opening_the_page_delivers_what_waited(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    seq = (await karin.say(case, "Är du där?")).json()["seq"]
    async with karin.listen(f"/clinic/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        await gustav.get(f"/cases/{case}")
        assert (await ear.wait_for("delivered"))[2] == str(seq)
    mark = "select delivered_seq from reading_marks where case_id = $1 and party = 'resident'"
    assert await region.value(mark, case) == seq


async def test_a_colleague_who_looks_in_reads_nothing_for_the_holder(region: Region) -> None:
    case = region.cases["held_by_karin"]
    bo, gustav = await region.staff("bo", "ankaret"), await region.resident("gustav")
    seq = (await gustav.say(case, "Läser du?")).json()["seq"]
    await bo.get(f"/clinic/cases/{case}")
    assert await read(bo, region, case, seq) == 409
    mark = "select coalesce(max(delivered_seq), 0) from reading_marks where case_id = $1 and party = 'staff'"
    assert await region.value(mark, case) == 0


async def test_marks_only_move_forward_and_never_past_the_last_message(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    last = await region.value("select counter from cases where id = $1", case)
    assert isinstance(last, int)
    for seq in (last + 1000, 1, -5, 0):
        assert await read(gustav, region, case, seq) == 200
    mark = "select read_seq from reading_marks where case_id = $1 and party = 'resident'"
    assert await region.value(mark, case) == last


async def test_marks_raced_in_many_windows_end_at_the_furthest(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    numbers = [(await karin.say(case, f"rad {n}")).json()["seq"] for n in range(8)]
    assert set(await asyncio.gather(*(read(gustav, region, case, seq) for seq in numbers))) == {200}
    assert await region.value("select resident_unread from cases where id = $1", case) == 0
    mark = "select read_seq from reading_marks where case_id = $1 and party = 'resident'"
    assert await region.value(mark, case) == max(numbers)


async def test_a_closed_case_can_still_be_read_as_read_and_garbage_is_refused(region: Region) -> None:
    ingrid, case = await region.resident("ingrid"), region.cases["closed"]
    assert await read(ingrid, region, case, 3) == 200
    headers = {"origin": region.url, "sec-fetch-site": "same-origin", "x-csrf": ingrid.csrf, "x-linjen": "1"}
    for body in (b"", b"{}", b'{"seq": "ett"}', b"\xff\xfe", b'{"seq": 1e99}'):
        answer = await ingrid.http.post(
            f"/cases/{case}/reads", content=body, headers={**headers, "content-type": "application/json"}
        )
        assert answer.status_code == 422, body


async def test_without_javascript_a_form_marks_as_read_and_leads_back(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    seq = (await karin.say(case, "Hej!")).json()["seq"]
    assert "Markera som läst" in (await gustav.get(f"/cases/{case}")).text
    answer = await gustav.post(f"/cases/{case}/reads", {"seq": str(seq)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case}")
    assert "Markera som läst" not in (await gustav.get(f"/cases/{case}")).text


# -- skriver ---------------------------------------------------------------------------------------------------------


async def _rows(region: Region) -> dict[str, int]:
    """How many rows every table has."""
    tables = await region.site.database.fetch("select tablename from pg_tables where schemaname = 'public'")
    return {
        row["tablename"]: await region.site.database.fetch_value(f"select count(*) from {row['tablename']}")
        for row in tables
    }


async def test_that_somebody_writes_is_shown_to_the_other_and_kept_nowhere(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    async with gustav.listen(f"/cases/{case}/stream") as his, karin.listen(f"/clinic/cases/{case}/stream") as hers:
        await his.wait_for("hello")
        await hers.wait_for("hello")
        before = await _rows(region)
        assert (await karin.post(f"/clinic/cases/{case}/typing")).status_code == 303
        assert (await gustav.post(f"/cases/{case}/typing")).status_code == 303
        assert (await his.wait_for("typing"))[2] == "Karin Lindqvist"
        assert (await hers.wait_for("typing"))[2] == "Gustav"
        assert await _rows(region) == before
    assert [data for kind, _, data in his.heard if kind == "typing"] == ["Karin Lindqvist"]


async def test_only_who_may_write_is_shown_as_writing(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    bo, amina = await region.staff("bo", "ankaret"), await region.resident("amina")
    async with gustav.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        assert (await bo.post(f"/clinic/cases/{case}/typing")).status_code == 404
        assert (await amina.post(f"/cases/{case}/typing")).status_code == 404
        assert not any(kind == "typing" for kind, _, _ in ear.heard)
    ingrid = await region.resident("ingrid")
    assert (await ingrid.post(f"/cases/{region.cases['closed']}/typing")).status_code == 404
