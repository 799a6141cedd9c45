"""Vem har öppnat mina ärenden, and the case as a file: what is hers of the log and of the case, and nobody else's."""

from __future__ import annotations

import base64
import json
from html import unescape

import pytest

from linjen.records.openings import list_openings
from tests.region import Region
from tests.stories.test_ledger import owner_does


async def test_she_reads_which_unit_has_opened_her_case_when_and_what_it_did(region: Region) -> None:
    karin, gustav, case = (
        await region.staff("karin", "ankaret"),
        await region.resident("gustav"),
        region.cases["held_by_karin"],
    )
    assert (await karin.get(f"/clinic/cases/{case}")).status_code == 200
    page = unescape((await gustav.get("/openings")).text)
    main = page[page.index("<main") : page.index("</main")]
    assert "Hälsocentralen Ankaret: läste ärendet" in main
    assert f'href="/cases/{case}"' in main
    assert "Karin" not in main, "the unit and the time are hers to know; staff are named by the region on request"
    logged = "select count(*) from access_log where verb = 'see_openings' and by_id = $1"
    assert await region.value(logged, region.actors.residents["gustav"]) == 1


async def test_several_looks_close_together_are_one_line_and_her_own_are_none(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case = region.cases["held_by_karin"]
    await owner_does(region, "delete from access_log")
    for _ in range(3):
        await karin.get(f"/clinic/cases/{case}")
        await gustav.get(f"/cases/{case}")
    async with region.site.database.transaction() as db:
        found = await list_openings(db, region.actors.resident("gustav"), [case])
    assert [(one.case_id, one.kinds) for one in found] == [(case, frozenset({"read"}))]


async def test_a_search_for_her_stands_there_and_one_for_somebody_else_does_not(region: Region) -> None:
    gustav = region.actors.residents["gustav"]
    for person in (gustav, region.actors.residents["amina"]):
        await region.site.database.execute(
            "insert into access_log (by_kind, by_id, unit_id, verb, shown)"
            " select 'staff', id, $2, 'search_patient', array[$1::uuid] from staff limit 1",
            person, await region.value("select unit_id from visits where case_id = $1", region.cases["held_by_karin"]),
        )  # fmt: skip
    page = unescape((await (await region.resident("gustav")).get("/openings")).text)
    assert page.count("sökte fram dig") == 1


async def test_a_refused_attempt_and_other_peoples_cases_are_not_hers_to_read(region: Region) -> None:
    lena, case = await region.staff("lena", "lyktan"), region.cases["held_by_karin"]
    await owner_does(region, "delete from access_log")
    assert (await lena.get(f"/clinic/cases/{case}")).status_code == 404
    gustav = unescape((await (await region.resident("gustav")).get("/openings")).text)
    assert "Lyktan" not in gustav[gustav.index("<main") :]
    karin = await region.staff("karin", "ankaret")
    await karin.get(f"/clinic/cases/{case}")
    amina = unescape((await (await region.resident("amina")).get("/openings")).text)
    assert str(case) not in amina
    assert (await karin.get("/openings")).status_code in {303, 404}


async def test_without_its_row_in_the_log_the_list_is_not_shown(region: Region) -> None:
    await owner_does(region, "alter table access_log add constraint no_more check (verb <> 'see_openings') not valid")
    assert (await (await region.resident("gustav")).get("/openings")).status_code == 500


@pytest.mark.parametrize("name", ["held_by_karin", "closed"])
async def test_the_case_as_a_file_holds_what_was_said_and_nothing_of_what_staff_say_among_themselves(
    region: Region, name: str
) -> None:
    owner = "gustav" if name == "held_by_karin" else "ingrid"
    case, karin = region.cases[name], await region.staff("karin", "ankaret")
    note = {"note_id": "01900000-0000-7000-8000-00000000a0a0", "text": "HEMLIGT mellan kollegor"}
    await karin.post(f"/clinic/cases/{case}/notes", note)
    answer = await (await region.resident(owner)).get(f"/cases/{case}/book")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["content-disposition"].startswith('attachment; filename="arende-')
    book = json.loads(answer.text)
    assert (book["format"], book["case"]["id"]) == ("linjen.case-book@1", str(case))
    shown = (await (await region.resident(owner)).get(f"/cases/{case}")).text
    assert book["messages"]
    for message in book["messages"]:
        assert message["text"].split("\n")[0][:40] in unescape(shown)
    assert "HEMLIGT" not in answer.text
    assert {one["kind"] for one in book["events"]} <= {"case_sent", "claimed", "closed", "handed_over", "reopened"}
    for picture in book["pictures"]:
        assert base64.b64decode(picture["base64"]).startswith(b"\xff\xd8")
    logged = "select count(*) from access_log where verb = 'export_case' and case_id = $1"
    assert await region.value(logged, case) == 1


async def test_a_stranger_and_a_draft_have_no_file(region: Region) -> None:
    amina, astrid = await region.resident("amina"), await region.resident("astrid")
    assert (await amina.get(f"/cases/{region.cases['held_by_karin']}/book")).status_code == 404
    assert (await astrid.get(f"/cases/{region.cases['draft']}/book")).status_code == 404
    await owner_does(region, "alter table access_log add constraint no_more check (verb <> 'export_case') not valid")
    gustav = await region.resident("gustav")
    assert (await gustav.get(f"/cases/{region.cases['held_by_karin']}/book")).status_code == 500
