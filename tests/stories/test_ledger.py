"""Patientliggaren: the right order, live for who may see it, and nothing of anybody else's."""

from __future__ import annotations

import asyncio
import random
import re
from uuid import UUID

import asyncpg
import pytest

from linjen.access.by import By
from linjen.cases.waiting.ledger import see_ledger
from linjen.core import clock
from linjen.core.ids import new_id
from linjen.demo.cases import SeedCase, read_held
from linjen.demo.world import id_of
from linjen.web.fast import _environment as environment
from linjen.web.live import LEDGER_PAUSE_S
from tests.region import Person, Region
from tests.stories.test_reading import read as mark


async def send_new(region: Region, writer: str, unit: str, urgency: int = 3, entry: str = "symptom") -> UUID:
    """A resident sends a case, now."""
    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    case_id = await seed.draft(writer, entry, writer, unit, "Något nytt har hänt")
    await seed.send(writer, case_id, urgency, "halsont", 0)
    return case_id


def names_in_order(region: Region, html: str) -> list[str]:
    """The names of the cases whose rows a ledger has, top to bottom."""
    names = {str(case_id): name for name, case_id in region.cases.items()}
    return [names[case_id] for case_id in re.findall(r'<tr id="case-([0-9a-f-]{36})"', html)]


async def owner_does(region: Region, sql: str) -> None:
    """Break something in the database, as its owner."""
    owner = await asyncpg.connect(region.dsn.replace("linjen_app@", "linjen_owner@"))
    await owner.execute(sql)
    await owner.close()


async def ledger_of(person: Person) -> str:
    page = await person.get("/clinic/ledger")
    assert page.status_code == 200, page.text
    return page.text


async def test_the_most_urgent_comes_first_then_the_longest_waiting_then_what_is_held(region: Region) -> None:
    waiting = ["urgent", "waiting", "child", "admin", "teen", "protected"]
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    assert names_in_order(region, await ledger_of(karin)) == [*waiting, "held_by_karin", "held_by_bo"]
    assert names_in_order(region, await ledger_of(bo)) == [*waiting, "held_by_bo", "held_by_karin"]
    assert names_in_order(region, (await karin.get("/clinic/mine")).text) == ["held_by_karin"]


async def waited(region: Region, name: str, hours: float) -> None:
    """Let a seeded case have waited so long."""
    await region.site.database.execute(
        "update visits set queued_at = now() - make_interval(secs => $2) where case_id = $1",
        region.cases[name], hours * 3600,
    )  # fmt: skip


async def test_what_is_over_its_time_comes_right_under_level_2_and_the_most_overdue_first(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    rows = await region.site.database.fetch("select case_id, priority from visits where state = 'queued'")
    level = {row["case_id"]: row["priority"] for row in rows}
    three, four = (
        next(n for n in ("waiting", "child", "admin", "teen", "protected") if level[region.cases[n]] == wanted)
        for wanted in (3, 4)
    )
    await waited(region, three, 26)
    await waited(region, four, 24 * 7 * 1.5)
    first = names_in_order(region, await ledger_of(karin))[:3]
    assert first == ["urgent", four, three]
    page = await ledger_of(karin)
    row = next(row for row in page.split("<tr ") if f"case-{region.cases[four]}" in row)
    assert "över tiden" in row
    assert "<b>4</b>" in row, "it keeps its level"
    await owner_does(
        region,
        "insert into unit_deadlines (unit_id, level, minutes)"
        f" values ('{id_of('unit/ankaret')}', 3, 60 * 48), ('{id_of('unit/lyktan')}', 4, 1)",
    )
    assert names_in_order(region, await ledger_of(karin))[:2] == ["urgent", four]
    row = next(row for row in (await ledger_of(karin)).split("<tr ") if f"case-{region.cases[three]}" in row)
    assert "senast" in row, "the unit's own deadline counts, and no other unit's"


async def test_a_row_of_level_2_says_that_it_is_late_and_keeps_its_place(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    await waited(region, "urgent", 1.5)
    row = next(row for row in (await ledger_of(karin)).split("<tr ") if f"case-{region.cases['urgent']}" in row)
    assert re.search(r'class="lj-due" data-due data-late="försenat sedan[^"]+">senast', row), row
    await waited(region, "urgent", 2.1)
    page = await ledger_of(karin)
    row = next(row for row in page.split("<tr ") if f"case-{region.cases['urgent']}" in row)
    assert re.search(r'class="lj-due lj-due-over" data-due data-late="([^"]+)">\1<', row), row
    assert names_in_order(region, page)[0] == "urgent"


async def test_the_order_in_the_database_is_the_order_of_the_rule_and_of_the_page(region: Region) -> None:
    """Three places say who is next: the statement, `cases/waiting/turn.py`, and the text that a page sorts by."""
    chance = random.Random(7)
    karin = await region.staff("karin", "ankaret")
    for _ in range(8):
        for name in ("urgent", "waiting", "child", "admin", "teen", "protected"):
            await waited(region, name, chance.choice((0.2, 3, 25, 60, 170, 400)) + chance.random())
        async with region.site.database.transaction() as db:
            rows = await see_ledger(db, By("staff", id_of("staff/karin"), new_id(), id_of("unit/ankaret")))
        at = clock.now()
        queued = [row for row in rows if row.state == "queued"]
        assert [row.place(at) for row in queued] == sorted(row.place(at) for row in queued)
        keys = re.findall(r'data-sort="(1-[^"]+)"[^>]*data-state="queued"', await ledger_of(karin))
        ranks = [key[:-37] for key in keys]  # those of one minute stand by their ids
        assert ranks == sorted(ranks)
        assert len(keys) == len(queued)


async def test_a_row_says_all_that_is_needed_to_choose(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    await region.site.database.execute("update cases set pictures = 1 where id = $1", region.cases["urgent"])
    await region.site.database.execute(  # the seeded case has waited longer the later this test runs
        "update visits set queued_at = now() - interval '6 minutes 5 seconds' where case_id = $1",
        region.cases["urgent"],
    )
    page = await ledger_of(karin)
    row = next(row for row in page.split("<tr ") if f"case-{region.cases['urgent']}" in row)
    for part in ("<b>2</b>", "Skyndsamt", "<svg", "82 år", "Andningsbesvär", "6 min", "oläst", "Har bild", "Ta emot"):
        assert part in row, part
    assert "Ingrid" not in page, "the ledger names nobody"
    held = next(row for row in page.split("<tr ") if f"case-{region.cases['held_by_bo']}" in row).split("</tr>")[0]
    assert "Bo Hellström" in held
    assert "Ta emot" not in held
    assert 'data-count="queued">6<' in page
    assert 'data-count="in_progress">2<' in page


async def test_a_new_case_appears_in_every_open_ledger_of_the_unit(region: Region) -> None:
    nurses = [await region.staff(key, "ankaret") for key in ("karin", "bo", "sara", "petra")]
    async with (
        nurses[0].listen("/clinic/ledger/stream") as one, nurses[1].listen("/clinic/ledger/stream") as two,
        nurses[2].listen("/clinic/ledger/stream") as three, nurses[3].listen("/clinic/ledger/stream") as four,
    ):  # fmt: skip
        ears = (one, two, three, four)
        await asyncio.gather(*(ear.wait_for("hello") for ear in ears))
        case_id = await send_new(region, "gustav", "ankaret", urgency=1)
        rows = await asyncio.gather(*(ear.wait_for("row", str(case_id)) for ear in ears))
    assert all('data-state="queued"' in html and "Omgående" in html for _, _, html in rows)


async def test_a_taken_case_leaves_the_queue_of_the_others_with_the_name_of_who_took_it(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["waiting"]
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
        _, _, row = await ear.wait_for("row", str(case_id))
        assert 'data-state="in_progress"' in row
        assert "Karin Lindqvist" in row
        assert "Ta emot" not in row


async def test_what_the_holder_has_read_is_no_longer_unread_in_every_open_ledger(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    karin, bo, gustav = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"), await region.resident("gustav")
    )  # fmt: skip
    ulf = await region.staff("ulf", "bjorken")
    async with (
        bo.listen("/clinic/ledger/stream") as his, karin.listen("/clinic/ledger/stream") as hers,
        ulf.listen("/clinic/ledger/stream") as elsewhere,
    ):  # fmt: skip
        ears = (his, hers)
        await asyncio.gather(*(ear.wait_for("hello") for ear in (*ears, elsewhere)))
        seq = (await gustav.say(case_id, "Det gör ondare nu.")).json()["seq"]
        rows = await asyncio.gather(*(ear.wait_for("row", str(case_id)) for ear in ears))
        assert all("oläst" in row for _, _, row in rows)
        before = await region.value("select count(*) from events")
        for ear in ears:
            ear.heard.clear()
        assert await mark(karin, region, case_id, seq) == 200
        rows = await asyncio.gather(*(ear.wait_for("row", str(case_id)) for ear in ears))
        assert not any("oläst" in row for _, _, row in rows)
        assert await region.value("select count(*) from events") == before, "that somebody reads is no event"
        for ear in ears:
            ear.heard.clear()
        assert await mark(karin, region, case_id, seq) == 200  # nothing changes: nothing is drawn
        assert await mark(gustav, region, case_id, seq) == 200  # nor when the resident reads
        await send_new(region, "henrik", "bjorken")
        await elsewhere.wait_for("row")
        await asyncio.sleep(2 * LEDGER_PAUSE_S)
        assert not any(kind == "row" for ear in ears for kind, _, _ in ear.heard)
        assert not any(str(case_id) in data for _, _, data in elsewhere.heard)


async def test_a_ledger_drawn_before_the_holder_read_knows_that_it_is_behind(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    before = re.search(r'data-version="([^"]+)"', await ledger_of(karin))
    assert await region.value("select staff_unread from cases where id = $1", case_id)
    assert await mark(karin, region, case_id, 1_000) == 200
    async with karin.listen("/clinic/ledger/stream") as ear:
        _, _, later = await ear.wait_for("hello")
    assert before is not None
    assert before[1] != later


async def test_another_unit_and_another_provider_never_see_it(region: Region) -> None:
    ulf, lena = await region.staff("ulf", "bjorken"), await region.staff("lena", "lyktan")
    assert names_in_order(region, await ledger_of(ulf)) == ["at_bjorken"]
    assert names_in_order(region, await ledger_of(lena)) == ["at_lyktan"]
    async with ulf.listen("/clinic/ledger/stream") as his, lena.listen("/clinic/ledger/stream") as hers:
        await asyncio.gather(his.wait_for("hello"), hers.wait_for("hello"))
        foreign = await send_new(region, "gustav", "ankaret")
        await send_new(region, "henrik", "bjorken")
        await send_new(region, "olle", "lyktan")
        await asyncio.gather(his.wait_for("row"), hers.wait_for("row"))
        assert not any(str(foreign) in data for ear in (his, hers) for _, _, data in ear.heard)


async def test_a_secretary_sees_administrative_questions_only(region: Region) -> None:
    mona = await region.staff("mona", "ankaret")
    assert names_in_order(region, await ledger_of(mona)) == ["admin"]
    async with mona.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        symptom = await send_new(region, "gustav", "ankaret")
        admin = await send_new(region, "amina", "ankaret", entry="admin")
        await ear.wait_for("row", str(admin))
        assert not any(kind == "row" and str(symptom) in data for kind, _, data in ear.heard)


async def test_who_has_no_work_with_cases_here_finds_no_ledger(region: Region) -> None:
    for key, unit in (("maja", "ankaret"), ("ivar", "ankaret"), ("lena", "ankaret")):
        assert (await (await region.staff(key, unit)).get("/clinic/ledger")).status_code == 404, key
    unchosen = await (await region.staff("karin")).get("/clinic/ledger")
    assert (unchosen.status_code, unchosen.headers["location"]) == (303, "/clinic/units")
    visitor = await (await region.resident("astrid")).get("/clinic/ledger")
    assert visitor.headers["location"].startswith("/clinic/sign-in")


async def test_an_assignment_that_ends_takes_the_live_ledger_and_the_case_with_it(region: Region) -> None:
    bo, case_id = await region.staff("bo", "ankaret"), region.cases["waiting"]
    assert (await bo.get(f"/clinic/cases/{case_id}")).status_code == 200
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        await region.site.database.execute(
            "update assignments set ended_at = now() where staff_id = $1", id_of("staff/bo")
        )
        await send_new(region, "gustav", "ankaret")
        await ear.wait_for("signed_out")
        assert not any(kind == "row" for kind, _, _ in ear.heard)
    for path in ("/clinic/ledger", f"/clinic/cases/{case_id}", f"/clinic/cases/{region.cases['held_by_bo']}"):
        assert (await bo.get(path)).status_code == 404, path


async def test_a_view_is_one_row_in_the_access_log_with_the_cases_it_showed(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    before = await region.value("select count(*) from access_log")
    shown = names_in_order(region, await ledger_of(karin))
    assert await region.value("select count(*) from access_log") == before + 1  # type: ignore[operator]
    logged = await region.value("select shown from access_log where verb = 'ledger' order by id desc limit 1")
    assert isinstance(logged, list)
    assert set(logged) == {region.cases[name] for name in shown}


async def test_an_id_that_is_new_to_an_open_ledger_is_logged_once_and_first(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    count = "select count(*) from access_log where by_id = $1 and $2 = any(shown)"
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        case_id = await send_new(region, "gustav", "ankaret")
        await ear.wait_for("row", str(case_id))
        assert await region.value(count, id_of("staff/bo"), case_id) == 1
        await karin.post(f"/clinic/cases/{case_id}/claims")
        await ear.wait_for("row", "Karin")
        assert await region.value(count, id_of("staff/bo"), case_id) == 1


async def test_nothing_is_shown_when_the_log_cannot_be_written(region: Region) -> None:
    bo = await region.staff("bo", "ankaret")
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        await owner_does(region, "alter table access_log add constraint broken check (verb <> 'ledger') not valid")
        case_id = await send_new(region, "gustav", "ankaret")
        await ear.wait_for("reload")
        assert not any(str(case_id) in data for _, _, data in ear.heard)
        assert (await bo.get("/clinic/ledger")).status_code == 500
        await owner_does(region, "alter table access_log drop constraint broken")
        await ear.wait_for("row", str(await send_new(region, "ingrid", "ankaret")))


async def test_a_page_knows_whether_it_has_missed_something_before_its_stream_was_there(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    before = re.search(r'data-version="([^"]+)"', await ledger_of(karin))
    async with karin.listen("/clinic/ledger/stream") as ear:
        _, _, same = await ear.wait_for("hello")
    await send_new(region, "gustav", "ankaret")
    async with karin.listen("/clinic/ledger/stream") as ear:
        _, _, later = await ear.wait_for("hello")
    assert before is not None
    assert (before[1] == same, before[1] == later) == (True, False)
    anew = await karin.http.get("/clinic/ledger", headers={"x-linjen": "1"})
    assert f'data-version="{later}"' in anew.text
    assert "<html" not in anew.text


async def test_an_empty_ledger_has_warm_words_and_a_visitor_is_told_what_to_try(region: Region) -> None:
    page = await ledger_of(await region.staff("fadime", "rehab"))
    assert "Inget ärende väntar" in page
    assert "har fått kontakt" not in page, "nobody has written here yet"
    assert page.count("<li>") >= 3
    assert "Prova det här" in page


async def test_a_visitor_sees_unread_only_where_nobody_has_read(region: Region) -> None:
    await read_held(region.site.database, region.site.sealer, region.cases)
    sql = "select count(*) from cases c join visits v on v.id = c.visit_id where v.state = $1 and c.staff_unread > 0"
    assert await region.value(sql, "in_progress") == 0
    assert await region.value(sql, "queued")


async def test_a_ledger_whose_cases_have_all_been_taken_says_so(region: Region) -> None:
    lena, case_id = await region.staff("lena", "lyktan"), region.cases["at_lyktan"]
    await lena.post(f"/clinic/cases/{case_id}/claims")
    await lena.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})
    page = await ledger_of(lena)
    assert "Ingen väntar i din kö" in page
    lena_sees = {view: (await lena.get(f"/clinic/ledger/{view}")).text for view in ("handed", "unit")}
    assert "Inget är lämnat till dig" in lena_sees["handed"]
    assert "Inget ärende väntar på enheten" in lena_sees["unit"]


async def test_an_empty_queue_says_nothing_of_those_who_wait_in_another(region: Region) -> None:
    waiting = "select count(*) from visits where state = 'queued' and unit_id = $1"
    assert await region.value(waiting, id_of("unit/ankaret"))
    page = await ledger_of(await region.staff("sara", "ankaret"))
    assert "Ingen väntar i din kö" in page
    assert "har fått kontakt" not in page
    assert "Allt är mottaget" not in page


async def test_what_to_try_fits_the_queue_of_who_reads_it(region: Region) -> None:
    tries = {name: await ledger_of(await region.staff(name, "ankaret")) for name in ("karin", "sara", "mona")}
    assert "Ta emot ärendet överst" in tries["karin"]
    assert "Ta emot ärendet överst" not in tries["sara"]
    assert "Öppna Hela enheten" in tries["sara"]
    assert "administrativa frågorna" in tries["mona"]


async def test_what_is_written_as_contact_reason_is_text_and_never_markup(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    await region.site.database.execute(
        "update staff set surname = '<script>x</script>' where id = $1", id_of("staff/bo")
    )
    assert "<script>x" not in await ledger_of(karin)


def test_an_error_of_the_quick_engine_never_holds_what_people_have_written() -> None:
    with pytest.raises(Exception, match="undefined") as caught:
        environment().render_str("{{ row.text }}{{ row.lacking }}", row={"text": "hemliga ord"})
    assert "hemliga" not in str(caught.value)


async def test_a_page_that_is_closed_is_let_go(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    for path in ("/clinic/ledger/stream", f"/clinic/cases/{case_id}/stream"):
        async with karin.listen(path) as ear:
            await ear.wait_for("hello")
            assert len(list(region.site.hub.streams())) == 1
        for _ in range(100):
            if not list(region.site.hub.streams()):
                break
            await asyncio.sleep(0.05)
        assert list(region.site.hub.streams()) == [], "it would be drawn for, and held in memory, for ever"


async def test_above_the_list_stands_how_the_unit_s_day_goes_and_how_many_are_mine(region: Region) -> None:
    held = "select count(*) from visits where holder_id = $1 and state = 'in_progress'"
    for key in ("karin", "bo"):
        page = await ledger_of(await region.staff(key, "ankaret"))
        assert re.search(r"Enheten (är öppen till kl\.|är stängd\.|stänger kl\.|har stängt)", page)
        shown = re.search(r'/clinic/mine"[^>]*>Mina(?: <span class="lj-count">(\d+))?', page)
        assert shown
        assert int(shown[1] or 0) == await region.value(held, id_of(f"staff/{key}"))
