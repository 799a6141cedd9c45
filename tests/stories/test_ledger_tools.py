"""Filters, search, saved views, density: without script by forms, with the words of a search in no address or log."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import send_new, waited


def _seen(region: Region, html: str) -> list[str]:
    """The names of the cases whose rows are not hidden."""
    names = {str(case_id): name for name, case_id in region.cases.items()}
    return [names[one] for one in re.findall(r'<tr id="case-([0-9a-f-]{36})"', html)]


async def _get(region: Region, person: Person, query: str) -> list[str]:
    page = await person.get(f"/clinic/ledger{query}")
    assert page.status_code == 200
    return _seen(region, page.text)


async def _search(region: Region, person: Person, words: str, filters: str = "") -> list[str]:
    page = await person.post("/clinic/ledger/search", {"q": words, "view": "role", "filters": filters})
    assert page.status_code == 200, page.text
    return _seen(region, page.text)


async def test_filters_in_the_address_leave_the_rows_that_are_wanted(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    everything = await _get(region, karin, "")
    assert await _get(region, karin, "?level=2") == ["urgent"]
    assert await _get(region, karin, "?entry=admin") == ["admin"]
    assert set(await _get(region, karin, "?age=child")) == {"child", "teen"}
    assert set(await _get(region, karin, "?age=child&age=adult")) == set(everything)
    await region.site.database.execute("update cases set pictures = 1 where id = $1", region.cases["teen"])
    assert await _get(region, karin, "?only=picture") == ["teen"]
    assert await _get(region, karin, "?only=picture&only=unread&entry=admin") == []
    assert await _get(region, karin, "?turn=resident") == ["held_by_karin"]
    await waited(region, "waiting", 30)
    assert await _get(region, karin, "?only=over") == ["waiting"]
    assert await _get(region, karin, "?level=9&made=up&level=") == await _get(region, karin, "")
    page = (await karin.get("/clinic/ledger?level=2")).text
    assert "Visar 1 av 8" in page
    assert page.count("<tr hidden ") == 7, "the others are there for the script, and stand in the log"
    assert "Inget ärende stämmer." in (await karin.get("/clinic/ledger?level=5")).text


async def test_a_search_finds_reason_age_and_name_and_logs_whom_it_found(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert await _search(region, karin, "andning 82") == ["urgent"]
    assert await _search(region, karin, "halsont", "entry=admin") == []
    hits = await _search(region, karin, "INGRID åke")
    ingrid = region.actors.residents["ingrid"]
    hers = await region.site.database.fetch("select id from cases where patient_id = $1", ingrid)
    assert {region.cases[name] for name in hits} <= {row["id"] for row in hers}
    assert "urgent" in hits
    shown = "select shown @> $2 from access_log where verb = 'search' and by_id = $1 order by id desc limit 1"
    assert await region.value(shown, id_of("staff/karin"), [region.cases["urgent"]])
    page = await karin.post("/clinic/ledger/search", {"q": "ingrid", "view": "role"})
    assert "Ingrid" not in page.text.replace('value="ingrid"', ""), "the list names nobody"


@pytest.mark.parametrize("words", ["19121212-1212", "121212 1212", "8"])
async def test_a_personal_number_and_a_single_letter_ask_for_nobody(region: Region, words: str) -> None:
    karin = await region.staff("karin", "ankaret")
    before = await region.value("select count(*) from access_log where verb = 'search'")
    page = await karin.post("/clinic/ledger/search", {"q": words, "view": "role"})
    assert ("Sök patient." in page.text) == (len(words) > 1)
    assert await region.value("select count(*) from access_log where verb = 'search'") == before


async def test_the_script_is_told_only_of_cases_that_its_reader_may_see(region: Region) -> None:
    async def names(key: str, unit: str, words: str) -> set[str]:
        person = await region.staff(key, unit)
        headers = {"x-linjen": "1", "x-csrf": person.csrf, "origin": region.url}
        data = {"q": words, "view": "unit"}
        answer = await person.http.post("/clinic/ledger/names", data=data, headers=headers)
        assert answer.status_code == 200
        assert "q=" not in str(answer.url)
        return set(answer.json()["cases"])

    found = await names("karin", "ankaret", "gustav")
    assert str(region.cases["held_by_karin"]) in found
    assert await names("ulf", "bjorken", "gustav") == set()
    assert await names("mona", "ankaret", "gustav") == set(), "a secretary reads administrative cases only"
    assert await names("ivar", "ankaret", "gustav") == set()
    assert await names("karin", "ankaret", "%") == set()


async def _save(person: Person, name: str, **more: str) -> tuple[int, str]:
    fields = {"name": name, "view": "unit", "filters": "level=1&level=2&q=Astrid&turn=staff"} | more
    answer = await person.post("/clinic/ledger/saved", fields)
    return answer.status_code, str(answer.headers.get("location", ""))


async def test_a_saved_view_is_a_name_for_filters_and_nobody_elses(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    save_id = str(new_id())
    for _ in range(2):
        status, place = await _save(karin, "  Bråttom   hos oss ", save_id=save_id)
        assert (status, place) == (303, "/clinic/ledger/unit?level=1&level=2&turn=staff"), "the words are no filter"
    assert await region.value("select count(*) from saved_views") == 1
    page = (await karin.get(place)).text
    assert re.search(r'turn=staff" aria-current="page">Bråttom hos oss<', page)
    assert "Bråttom hos oss" not in (await bo.get("/clinic/ledger")).text
    assert (await bo.post(f"/clinic/ledger/saved/{save_id}/removals")).status_code == 303
    assert await region.value("select count(*) from saved_views") == 1
    assert (await karin.post(f"/clinic/ledger/saved/{save_id}/removals")).status_code == 303
    assert await region.value("select count(*) from saved_views") == 0


async def test_a_saved_view_needs_a_name_and_there_is_an_end_to_them(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert (await _save(karin, " "))[0] == 422
    assert (await _save(karin, "x" * 41))[0] == 422
    for number in range(20):
        assert (await _save(karin, f"Vy {number}"))[0] == 303
    assert (await _save(karin, "En till"))[0] == 422


async def test_density_and_notices_are_her_own_and_hold_at_once(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    assert 'class="lj-compact"' not in (await karin.get("/clinic/ledger")).text
    answer = await karin.post("/clinic/profile/density", {"density": "compact", "back": "unit"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/clinic/ledger/unit")
    assert 'class="lj-compact"' in (await karin.get("/clinic/ledger")).text
    assert 'class="lj-compact"' not in (await bo.get("/clinic/ledger")).text
    assert (await karin.post("/clinic/profile/density", {"density": "huge"})).status_code == 422
    assert 'data-levels="" data-sound="0" data-notices="0"' in (await karin.get("/clinic/ledger")).text, "opt-in"
    chosen = {"levels": ["1", "2"], "sound": "2", "notices": "yes"}
    assert (await karin.post("/clinic/profile/notices", chosen)).status_code == 303
    page = (await karin.get(f"/clinic/cases/{region.cases['waiting']}")).text
    assert 'data-levels="1 2" data-sound="2" data-notices="1" data-words="Nytt ärende i liggaren"' in page
    for bad in ({"levels": "6", "sound": "0"}, {"levels": "1", "sound": "4"}, {"levels": "x", "sound": "0"}):
        assert (await karin.post("/clinic/profile/notices", bad)).status_code == 422


async def test_the_size_of_letters_and_the_count_in_the_title_are_her_own(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    before = (await karin.get("/clinic/ledger")).text
    assert re.search(r"<title>\(\d+\) ", before)
    assert "data-letters" not in before
    answer = await karin.post("/clinic/profile/look", {"letters": "larger"})
    assert answer.status_code == 303
    after = (await karin.get("/clinic/ledger")).text
    assert 'data-letters="larger"' in after
    assert not re.search(r"<title>\(", after)
    assert 'data-title-count=""' in after
    assert "data-letters" not in (await bo.get("/clinic/ledger")).text
    assert (await karin.post("/clinic/profile/look", {"letters": "huge"})).status_code == 422


async def test_a_new_case_is_told_on_an_open_case_by_its_level_alone(region: Region) -> None:
    karin, mona = await region.staff("karin", "ankaret"), await region.staff("mona", "ankaret")
    case, admin = region.cases["waiting"], region.cases["admin"]
    async with (
        karin.listen(f"/clinic/cases/{case}/stream") as hers, mona.listen(f"/clinic/cases/{admin}/stream") as monas,
    ):  # fmt: skip
        await hers.wait_for("hello")
        await monas.wait_for("hello")
        new: UUID = await send_new(region, "gustav", "ankaret", urgency=2)
        _, _, data = await hers.wait_for("arrived")
        assert data == "2"
        assert not [kind for kind, _, data in monas.heard if kind == "arrived" or str(new) in data]


async def test_the_count_of_a_group_says_how_many_of_it_are_shown(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    counts = re.compile(r'data-count="(\w+)">([^<]*)<')
    assert dict(counts.findall((await karin.get("/clinic/ledger")).text)) == {"queued": "6", "in_progress": "2"}
    filtered = (await karin.get("/clinic/ledger?level=2")).text
    assert dict(counts.findall(filtered)) == {"queued": "1 av 6", "in_progress": "0 av 2"}
    found = await karin.post("/clinic/ledger/search", {"q": "andning 82", "view": "role", "filters": ""})
    assert dict(counts.findall(found.text)) == {"queued": "1 av 6", "in_progress": "0 av 2"}
    everybody = (await karin.get("/clinic/ledger?age=child&age=adult")).text
    assert dict(counts.findall(everybody)) == {"queued": "6", "in_progress": "2"}
