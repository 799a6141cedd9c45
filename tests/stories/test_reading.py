"""Läst och skriver: how far each side has got is told to the other, both ways; who may not know is not told."""

from __future__ import annotations

import asyncio

import asyncpg

from linjen.cases.talk.reading import Reading
from linjen.core.ids import new_id
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


async def test_what_many_read_in_one_instant_is_one_commit_and_a_stranger_harms_nobody(region: Region) -> None:
    actors, cases, database = region.actors, region.cases, region.site.database
    held = cases["held_by_karin"]
    posts = [
        Reading(actors.staff("karin", "ankaret"), held, 1), Reading(actors.resident("gustav"), held, 1),
        Reading(actors.resident("amina"), held, 1), Reading(actors.resident("ingrid"), cases["closed"], 2),
        Reading(actors.staff("bo", "ankaret"), held, 1), Reading(actors.resident("gustav"), held, 0),
        Reading(actors.resident("ingrid"), new_id(), 1),
    ]  # fmt: skip
    logged = "select by_id, case_id from access_log where verb = 'mark_read' and refused is null order by id"
    before = len(await database.fetch(logged))
    answers = await asyncio.gather(*(region.site.reads.submit(post) for post in posts), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == [
        "Read", "Read", "NotFound", "Read", "Refused", "Read", "NotFound"
    ]  # fmt: skip
    commits = "select count(distinct xmin::text) from reading_marks where case_id = any($1) and read_at is not null"
    assert await region.value(commits, [held, cases["closed"]]) == 1
    rows = (await database.fetch(logged))[before:]
    wanted = [(posts[n].by.person_id, posts[n].case_id) for n in (0, 1, 3, 5)]
    assert [(row["by_id"], row["case_id"]) for row in rows] == wanted


async def test_a_row_that_the_database_refuses_takes_no_other_with_it(region: Region) -> None:
    held, closed = region.cases["held_by_karin"], region.cases["closed"]
    owner = await asyncpg.connect(region.dsn.replace("linjen_app@", "linjen_owner@"))
    await owner.execute(f"alter table reading_marks add constraint broken check (case_id <> '{held}') not valid")
    await owner.close()
    ingrid, gustav = region.actors.resident("ingrid"), region.actors.resident("gustav")
    posts = [Reading(ingrid, closed, 1), Reading(gustav, held, 1), Reading(ingrid, closed, 2)]
    answers = await asyncio.gather(*(region.site.reads.submit(post) for post in posts), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["Read", "CheckViolationError", "Read"]
    mark = "select read_seq from reading_marks where case_id = $1 and party = 'resident'"
    assert await region.value(mark, closed) == 2
    logged = "select count(*) from access_log where verb = 'mark_read' and by_id = $1"
    assert await region.value(logged, gustav.person_id) == 0


async def test_both_parties_who_read_in_one_instant_have_each_their_own_figure(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    await gustav.say(case, "Ett")
    seq = (await karin.say(case, "Två")).json()["seq"]
    await gustav.say(case, "Tre")
    both = (region.actors.staff("karin", "ankaret"), region.actors.resident("gustav"))
    await asyncio.gather(*(region.site.reads.submit(Reading(by, case, seq)) for by in both))
    unread = "select array[staff_unread, resident_unread] from cases where id = $1"
    assert await region.value(unread, case) == [1, 0]


async def test_nothing_is_told_when_the_mark_could_not_be_kept(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    owner = await asyncpg.connect(region.dsn.replace("linjen_app@", "linjen_owner@"))
    await owner.execute("alter table access_log add constraint broken check (verb <> 'mark_read') not valid")
    await owner.close()
    async with karin.listen(f"/clinic/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        seq = (await karin.say(case, "Hej!")).json()["seq"]
        assert await read(gustav, region, case, seq) == 500
        await karin.say(case, "Är du där?")
        await ear.wait_for("message_sent", "Är du där?")
        assert not any(kind == "read" for kind, _, _ in ear.heard)
    assert await region.value("select resident_unread from cases where id = $1", case) == 2


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
    """How many rows every table has; readers of the events begin theirs when they please."""
    tables = await region.site.database.fetch(
        "select tablename from pg_tables where schemaname = 'public' and tablename <> 'event_cursors'"
    )
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
