"""Använda fraser: what one uses most comes first, counted for oneself; and nothing with an open field is ever sent."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region


async def offered(person: Person) -> list[str]:
    """The titles in the order in which they are offered."""
    answer = await person.get("/clinic/phrase-list")
    assert answer.status_code == 200
    return [one["title"] for one in answer.json()["phrases"]]


async def use(person: Person, phrase_id: object) -> int:
    """Say that a phrase was put into a box; the answer's status."""
    headers = {"x-linjen": "1", "x-csrf": person.csrf, "origin": str(person.http.base_url).rstrip("/")}
    return (await person.http.post(f"/clinic/phrases/{phrase_id}/uses", headers=headers)).status_code


async def phrase_of(region: Region, title: str, unit: str = "ankaret") -> UUID:
    """The id of a unit's phrase."""
    found = await region.value("select id from phrases where title = $1 and unit_id = $2", title, id_of(f"unit/{unit}"))
    assert isinstance(found, UUID)
    return found


async def held(region: Region) -> tuple[Person, UUID]:
    """Karin with a case that she has taken."""
    karin = await region.staff("karin", "ankaret")
    await karin.post(f"/clinic/cases/{region.cases['urgent']}/claims")
    return karin, region.cases["urgent"]


async def test_what_she_uses_most_comes_first_and_then_what_her_colleagues_use(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    first, second = await phrase_of(region, "Inför kvällen"), await phrase_of(region, "Tid är bokad")
    alphabetic = await offered(karin)
    assert alphabetic[:2] == ["Avslutning", "Fortsätt i lugn och ro"]
    for _ in range(3):
        assert await use(bo, second) == 200
    assert await use(karin, first) == 200
    assert (await offered(karin))[:2] == ["Inför kvällen", "Tid är bokad"]
    assert (await offered(bo))[:2] == ["Tid är bokad", "Inför kvällen"]


async def test_it_is_counted_at_the_unit_where_she_works_now(region: Region) -> None:
    here, there = await region.staff("petra", "ankaret"), await region.staff("petra", "bjorken")
    await use(here, await phrase_of(region, "Tid är bokad"))
    assert (await offered(here))[0] == "Tid är bokad"
    assert (await offered(there))[0] == "Avslutning"


async def test_many_uses_at_once_are_all_counted(region: Region) -> None:
    karin, phrase_id = await region.staff("karin", "ankaret"), await phrase_of(region, "Avslutning")
    assert set(await asyncio.gather(*(use(karin, phrase_id) for _ in range(8)))) == {200}
    assert await region.value("select uses from phrase_uses where phrase_id = $1", phrase_id) == 8


async def test_a_phrase_that_is_not_hers_is_neither_offered_nor_counted(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    disa = await region.staff("disa", "ankaret")
    of_karin = await region.value("select id from phrases where title = 'Hälsning från Karin'")
    assert "Hälsning från Karin" in await offered(karin)
    assert "Hälsning från Karin" not in await offered(bo)
    assert await use(bo, of_karin) == 404
    assert await use(karin, await phrase_of(region, "Avslutning", "bjorken")) == 404
    assert (await disa.get("/clinic/phrase-list")).status_code == 404
    await karin.post(f"/clinic/phrases/{of_karin}/removals")
    assert "Hälsning från Karin" not in await offered(karin)
    assert await use(karin, of_karin) == 404
    assert await region.value("select count(*) from phrase_uses") == 0


@pytest.mark.parametrize("text", ["Välkommen den [datum].", "[ Antal  DAGAR ] dagar", "Hej! [tid]"])
async def test_a_message_with_an_open_field_is_refused_and_its_text_stays(region: Region, text: str) -> None:
    karin, case_id = await held(region)
    answer = await karin.say(case_id, text)
    assert (answer.status_code, answer.json()) == (422, {"reason": "unfilled_field"})
    form = await karin.post(f"/clinic/cases/{case_id}/messages", {"text": text, "message_id": str(uuid4())})
    assert form.status_code == 422
    assert "Fyll i det som står inom hakparenteser" in form.text
    assert f">{text}</textarea>" in form.text
    assert await region.value("select count(*) from messages where case_id = $1 and by_kind = 'staff'", case_id) == 0


@pytest.mark.parametrize("text", ["Se svaret [bild 2].", "datum]", "[datum", "[datumet]", "[ ]"])
async def test_brackets_of_one_s_own_are_sent(region: Region, text: str) -> None:
    karin, case_id = await held(region)
    assert (await karin.say(case_id, text)).status_code == 201


async def test_a_resident_writes_what_she_likes(region: Region) -> None:
    ingrid = await region.resident("ingrid")
    assert (await ingrid.say(region.cases["urgent"], "Jag såg [datum] i ert svar")).status_code == 201


async def test_without_javascript_a_phrase_is_put_after_what_stands_in_the_box(region: Region) -> None:
    karin, case_id = await held(region)
    path, phrase_id = f"/clinic/cases/{case_id}/phrases", await phrase_of(region, "Avslutning")
    page = (await karin.get(path)).text
    assert f'value="{phrase_id}"' in page
    assert f'href="{path}"' in (await karin.get(f"/clinic/cases/{case_id}")).text
    headers = {"x-linjen": "1", "x-csrf": karin.csrf, "origin": str(karin.http.base_url).rstrip("/")}
    await karin.http.post(f"/clinic/cases/{case_id}/drafts", json={"text": "Bra att höra!"}, headers=headers)
    answer = await karin.post(path, {"phrase_id": str(phrase_id)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/cases/{case_id}#composer")
    assert ">Bra att höra!\n\nTack för i dag!" in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert await region.value("select uses from phrase_uses where phrase_id = $1", phrase_id) == 1


async def test_only_the_holder_has_a_box_to_put_a_phrase_into(region: Region) -> None:
    _, case_id = await held(region)
    bo, lena = await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan")
    phrase_id = await phrase_of(region, "Avslutning")
    for person, status in ((bo, 409), (lena, 404)):
        assert (await person.get(f"/clinic/cases/{case_id}/phrases")).status_code == status
        data = {"phrase_id": str(phrase_id)}
        assert (await person.post(f"/clinic/cases/{case_id}/phrases", data)).status_code == status
    assert await region.value("select count(*) from phrase_uses") == 0


async def test_a_draft_that_would_become_too_long_is_told_and_stays(region: Region) -> None:
    karin, case_id = await held(region)
    headers = {"x-linjen": "1", "x-csrf": karin.csrf, "origin": str(karin.http.base_url).rstrip("/")}
    await karin.http.post(f"/clinic/cases/{case_id}/drafts", json={"text": "å" * 7_990}, headers=headers)
    answer = await karin.post(
        f"/clinic/cases/{case_id}/phrases", {"phrase_id": str(await phrase_of(region, "Avslutning"))}
    )
    assert answer.status_code == 422
    assert "Korta meddelandet" in answer.text
    assert "å" * 7_990 in (await karin.get(f"/clinic/cases/{case_id}")).text


async def test_name_and_age_stand_beside_the_box(region: Region) -> None:
    karin, case_id = await held(region)
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    label = page.split('for="composer-text">')[1].split("</label>")[0]
    assert "till Ingrid Åkesson, 82 år" in label
