"""The case and the list of openings as a tagged PDF: hers to take, whole, in her language, and nobody else's."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from linjen.core import clock, swedish
from linjen.demo.cases import SeedCase
from linjen.demo.drawing import draw_rash
from linjen.media.decoding import Prepared
from linjen.media.pictures import add_picture
from linjen.people.residents import unseal_number
from linjen.web import rate
from tests.pdf import Read, flat
from tests.region import Region
from tests.stories.test_ledger import owner_does


def _read(answer: httpx.Response) -> Read:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    return Read(answer.content)


async def _exports(region: Region, case: UUID) -> object:
    return await region.value("select count(*) from access_log where verb = 'export_case' and case_id = $1", case)


@pytest.mark.parametrize(("name", "owner"), [("held_by_karin", "gustav"), ("closed", "ingrid")])
async def test_it_holds_what_was_said_and_nothing_of_what_staff_say_among_themselves(
    region: Region, name: str, owner: str
) -> None:
    case, karin, her = region.cases[name], await region.staff("karin", "ankaret"), await region.resident(owner)
    note = {"note_id": "01900000-0000-7000-8000-00000000a0a1", "text": "HEMLIGT mellan kollegor"}
    await karin.post(f"/clinic/cases/{case}/notes", note)
    read = _read(await her.get(f"/cases/{case}/book.pdf"))
    assert (read.language, read.is_tagged) == ("sv", True)
    assert (read.title or "").startswith("Ditt ärende: ")
    book = (await her.get(f"/cases/{case}/book")).json()
    for text in [*(one["text"] for one in book["messages"]), book["told"]["text"], book["case"]["unit"]]:
        assert flat(text) in read.text
    for one in book["told"]["answers"]:
        assert flat(one["question"]) in read.text
    assert "HEMLIGT" not in read.text
    headings = [tag for tag, _ in read.tags if tag in {"H1", "H2"}]
    assert headings[0] == "H1"
    assert headings.count("H1") == 1
    assert headings.count("H2") >= 3
    assert await _exports(region, case) == 2  # this file and the one for programs


async def test_pictures_are_in_it_with_words_and_each_look_is_logged(region: Region) -> None:
    site, seed = region.site, SeedCase(region.site.database, region.site.sealer, region.actors)
    case = await seed.draft("gustav", "symptom", "gustav", "ankaret", "Utslag på armen")
    rash = draw_rash()
    for one in (rash, Prepared(rash.thumbnail, rash.thumbnail, 320, 240)):
        async with site.database.transaction() as db:
            await add_picture(db, site.sealer, region.actors.resident("gustav"), case, one)
    await seed.send("gustav", case, 4, "utslag", 3)
    read = _read(await (await region.resident("gustav")).get(f"/cases/{case}/book.pdf"))
    told = [alt for tag, alt in read.tags if tag == "Figure"]
    day = swedish.date_words(clock.local_date(clock.now()))
    assert told == [f"Bild {number} av 2, tillagd {day}" for number in (1, 2)]
    assert len(read.pictures) == 2
    seen = "select count(*) from access_log where verb = 'see_picture' and case_id = $1"
    assert await region.value(seen, case) == 2


async def test_in_english_its_language_and_words_are_english(region: Region) -> None:
    gustav, case = await region.resident("gustav"), region.cases["held_by_karin"]
    await gustav.post("/language", {"language": "en", "next": "/profile"})
    read = _read(await gustav.get(f"/cases/{case}/book.pdf"))
    assert read.language == "en"
    assert "About the case" in read.text
    assert "Om ärendet" not in read.text
    assert "Page 1 of" in read.text


async def test_hostile_words_are_words(region: Region) -> None:
    gustav, case = await region.resident("gustav"), region.cases["held_by_karin"]
    hostile = '#read("/etc/passwd") *x* $y$ = z <a> #panic("nej") 😀'
    assert (await gustav.say(case, hostile)).status_code == 201
    read = _read(await gustav.get(f"/cases/{case}/book.pdf"))
    assert hostile.replace("😀", "[U+1F600]") in read.text
    assert "root:" not in read.text


async def test_a_stranger_staff_and_a_draft_have_no_file_and_without_its_row_there_is_none(region: Region) -> None:
    case = region.cases["held_by_karin"]
    assert (await (await region.resident("amina")).get(f"/cases/{case}/book.pdf")).status_code == 404
    assert (await (await region.staff("karin", "ankaret")).get(f"/cases/{case}/book.pdf")).status_code in {303, 404}
    assert (await (await region.resident("astrid")).get(f"/cases/{region.cases['draft']}/book.pdf")).status_code == 404
    assert await _exports(region, case) == 0
    await owner_does(region, "alter table access_log add constraint no_more check (verb <> 'export_case') not valid")
    assert (await (await region.resident("gustav")).get(f"/cases/{case}/book.pdf")).status_code == 500


async def test_a_protected_guardian_is_not_named_in_the_teenagers_file(region: Region) -> None:
    astrid, case = await region.resident("astrid"), region.cases["child"]
    karin = await region.staff("karin", "ankaret")
    await karin.post(f"/clinic/cases/{case}/claims")
    assert (await astrid.say(case, "Hon har feber också.")).status_code == 201
    child = await region.value("select patient_id from cases where id = $1", case)
    surname = "Vårdnadsson"
    await owner_does(
        region, f"update residents set surname = '{surname}', protected = 'yes' where given_name = 'Astrid'"
    )
    await owner_does(region, f"update residents set birth_on = current_date - interval '14 years' where id = '{child}'")
    await owner_does(region, "update cases set patient_birth_on = current_date - interval '14 years'")
    assert isinstance(child, UUID)
    elsa = await region._sign_in("resident", child, None)
    read = _read(await elsa.get(f"/cases/{case}/book.pdf"))
    assert "Hon har feber också." in read.text
    assert surname not in read.text
    assert "Person med skyddade personuppgifter" in read.text
    for_programs = (await elsa.get(f"/cases/{case}/book")).json()
    assert surname not in str(for_programs["messages"])


async def test_nothing_that_is_hidden_of_a_protected_person_is_in_a_file(region: Region) -> None:
    case = region.cases["protected"]
    owner = await region.value("select patient_id from cases where id = $1", case)
    assert isinstance(owner, UUID)
    hidden = {"phone": "+46701740699", "email": "hemlig@exempel.se"}
    await owner_does(
        region, f"update residents set phone = '{hidden['phone']}', email = '{hidden['email']}' where id = '{owner}'"
    )
    async with region.site.database.connection() as db:
        number = await unseal_number(db, region.site.sealer, owner)
    her = await region._sign_in("resident", owner, None)
    for path in (f"/cases/{case}/book.pdf", "/openings.pdf"):
        answer = await her.get(path)
        text = _read(answer).text.replace(" ", "").replace("-", "")
        for secret in (*hidden.values(), "701740699", number, number[2:]):
            assert secret not in text, path
            assert secret not in answer.headers["content-disposition"]


async def test_somebody_who_takes_file_after_file_is_asked_to_wait(region: Region) -> None:
    rate.forget()
    gustav, case = await region.resident("gustav"), region.cases["held_by_karin"]
    codes = [(await gustav.get(f"/cases/{case}/book.pdf")).status_code for _ in range(12)]
    assert codes[:10] == [200] * 10
    assert codes[-1] == 429
    assert (await (await region.resident("ingrid")).get(f"/cases/{region.cases['closed']}/book.pdf")).status_code == 200
    rate.forget()


async def test_who_has_opened_her_cases_can_be_taken_along(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}")
    page = await gustav.get("/openings")
    assert 'href="/openings.pdf"' in page.text
    read = _read(await gustav.get("/openings.pdf"))
    assert read.title == "Vem har öppnat mina ärenden"
    assert "Hälsocentralen Ankaret: läste ärendet" in read.text
    assert "Karin" not in read.text
    logged = "select count(*) from access_log where verb = 'see_openings' and by_id = $1"
    assert await region.value(logged, region.actors.residents["gustav"]) == 2
    assert (await karin.get("/openings.pdf")).status_code in {303, 404}
