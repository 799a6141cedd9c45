"""Det du behöver: told once by the resident herself, remembered, and seen by staff on her case and in Patientinfo."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

_TOLD = "concat_ws('|', coalesce(email, ''), coalesce(interpreter, ''), hearing, vision)"


def main(answer: httpx.Response) -> str:
    assert answer.status_code == 200
    return answer.text.split("</main", 1)[0]


async def tell(person: Person, **data: str) -> httpx.Response:
    """Send the form as the page of one who has told nothing yet has it, or as `was_…` says."""
    return await person.post("/profile/needs", data)


async def kept(region: Region, key: str) -> object:
    return await region.value(f"select {_TOLD} from residents where id = $1", region.actors.residents[key])


async def test_what_she_tells_stands_on_her_case_at_once_and_in_patientinfo(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin = await region.staff("karin", "ankaret")
    await owner_does(region, "update residents set protected = 'no', protected_checked_at = now(), email = null")
    assert "/profile/needs" in main(await gustav.get("/profile"))
    async with karin.listen(f"/clinic/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        answer = await tell(gustav, interpreter=" Arabiska ", hearing="yes", vision="yes", email="gustav@exempel.se")
        assert (answer.status_code, answer.headers["location"]) == (303, "/profile/needs?saved=1")
        await ear.wait_for("reload")
    head = main(await karin.get(f"/clinic/cases/{case}"))
    for words in ("Tolk: arabiska", "Hör dåligt", "Ser dåligt"):
        assert words in head
    info = main(await karin.get(f"/clinic/cases/{case}/patient"))
    for words in ("arabiska", "Hör dåligt. Ser dåligt", "gustav@exempel.se"):
        assert words in info
    page = main(await gustav.get("/profile/needs?saved=1"))
    assert "Personalen ser det i dina ärenden" in page
    assert 'value="arabiska"' in page
    assert await kept(region, "gustav") == "gustav@exempel.se|arabiska|t|t"
    await tell(gustav, was_interpreter="arabiska", was_hearing="yes", was_vision="yes", was_email="gustav@exempel.se")
    assert await kept(region, "gustav") == "||f|f"
    assert "Hör dåligt" not in main(await karin.get(f"/clinic/cases/{case}"))


async def test_she_is_asked_once_on_her_first_page(region: Region) -> None:
    gustav = await region.resident("gustav")
    await gustav.post("/dialogue", {"choice": "no", "from": "home"})
    assert "Behöver du tolk eller annat stöd?" in main(await gustav.get("/home"))
    assert (await gustav.post("/profile/needs/none")).status_code == 303
    assert "Behöver du tolk eller annat stöd?" not in main(await gustav.get("/home"))
    assert await kept(region, "gustav") is not None


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("email", "gustav", "Skriv adressen så här"), ("email", "a@b", "Skriv adressen så här"),
        ("email", "<script>@x.se", "Skriv adressen så här"), ("interpreter", "arabiska 2", "Skriv bara språkets namn"),
    ],
)  # fmt: skip
async def test_what_is_no_address_and_no_language_is_given_back(
    region: Region, field: str, typed: str, told: str
) -> None:
    gustav = await region.resident("gustav")
    before = await kept(region, "gustav")
    answer = await tell(gustav, **{field: typed, "hearing": "yes"})
    assert answer.status_code == 422
    assert told in answer.text
    assert "checked" in answer.text, "what else she chose is not lost"
    assert await kept(region, "gustav") == before


async def test_when_staff_have_changed_it_meanwhile_hers_waits_for_another_look(region: Region) -> None:
    gustav = await region.resident("gustav")
    await owner_does(region, "update residents set interpreter = 'dari', email = null")
    answer = await tell(gustav, interpreter="somaliska", was_interpreter="")
    assert answer.status_code == 409
    assert "Något har ändrats" in answer.text
    assert 'value="somaliska"' in answer.text
    assert 'name="was_interpreter" value="dari"' in answer.text
    assert "|dari|" in str(await kept(region, "gustav"))


async def test_two_windows_at_once_end_as_one_of_them(region: Region) -> None:
    gustav = await region.resident("gustav")
    await owner_does(region, "update residents set interpreter = null, email = null")
    answers = await asyncio.gather(*(tell(gustav, interpreter=one) for one in ("dari", "somaliska", "dari")))
    assert {one.status_code for one in answers} <= {303, 409}
    now = str(await kept(region, "gustav"))
    assert now in {"|dari|f|f", "|somaliska|f|f"}


async def test_the_address_of_one_who_is_protected_is_neither_asked_nor_changed(region: Region) -> None:
    gustav = await region.resident("gustav")
    await owner_does(region, "update residents set protected = 'yes', email = 'hemlig@exempel.se', interpreter = null")
    page = main(await gustav.get("/profile/needs"))
    assert 'name="email"' not in page
    assert "hemlig@" not in page
    assert (await tell(gustav, email="ny@exempel.se", hearing="yes")).status_code == 303
    assert await kept(region, "gustav") == "hemlig@exempel.se||t|f"
    karin = await region.staff("karin", "ankaret")
    info = main(await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}/patient"))
    assert "hemlig@" not in info
    assert "Hör dåligt" in info


async def test_what_a_guardian_needs_stands_on_the_case_that_she_writes_in(region: Region) -> None:
    astrid, karin, case = await region.resident("astrid"), await region.staff("karin", "ankaret"), region.cases["child"]
    await owner_does(region, "update residents set interpreter = null, email = null")
    assert (await tell(astrid, interpreter="dari", vision="yes")).status_code == 303
    page = main(await karin.get(f"/clinic/cases/{case}"))
    assert "Tolk för den som skrev: dari" in page
    assert "Ser dåligt" in page
    assert "Tolk: dari" not in page


async def test_in_english(region: Region) -> None:
    gustav = await region.resident("gustav")
    await gustav.post("/language", {"language": "en", "next": "/profile"})
    assert "I need an interpreter" in main(await gustav.get("/profile/needs"))
