"""Sköta fraser: the unit's by its administrators, one's own by oneself; removed softly, changed by one at a time."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID, uuid4

import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region

ANKARET = f"/manage/units/{id_of('unit/ankaret')}/phrases"
OWN = "/clinic/phrases"
TEXT = "Hej! Vi ses den [datum] [tid]."


async def add(person: Person, address: str, phrase_id: UUID | None = None, **fields: str) -> int:
    """Keep a phrase; the answer's status."""
    data = {"title": "Vi ses", "short": "", "body": TEXT, "phrase_id": str(phrase_id or uuid4()), **fields}
    return (await person.post(address, data)).status_code


async def change(person: Person, address: str, phrase_id: UUID, version: int, body: str) -> tuple[int, str]:
    """Change a phrase; the answer's status and page."""
    answer = await person.post(
        f"{address}/{phrase_id}", {"title": "Vi ses", "short": "", "body": body, "version": str(version)}
    )
    return answer.status_code, answer.text


async def test_the_administrator_s_phrase_is_her_unit_s_to_read_and_nobody_else_s(region: Region) -> None:
    disa, karin = await region.staff("disa", "ankaret"), await region.staff("karin", "ankaret")
    lena = await region.staff("lena", "lyktan")
    assert await add(disa, ANKARET) == 303
    page = (await disa.get(f"{ANKARET}?done=added")).text
    assert "Frasen är sparad" in page
    assert TEXT in page
    assert "Ändrad av Disa Holm" in page
    assert TEXT in (await karin.get(OWN)).text
    assert TEXT not in (await lena.get(OWN)).text


async def test_one_s_own_phrase_is_nobody_else_s(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    phrase_id = uuid4()
    assert await add(karin, OWN, phrase_id) == 303
    assert TEXT in (await karin.get(OWN)).text
    assert TEXT not in (await bo.get(OWN)).text
    assert (await bo.get(f"{OWN}/{phrase_id}")).status_code == 404
    assert (await change(bo, OWN, phrase_id, 1, "Annat"))[0] == 404
    assert (await bo.post(f"{OWN}/{phrase_id}/removals")).status_code == 404
    assert await region.value("select removed_at is null and body = $2 from phrases where id = $1", phrase_id, TEXT)


@pytest.mark.parametrize(("who", "unit"), [("karin", "ankaret"), ("maja", "ankaret"), ("pelle", "bjorken")])
async def test_who_does_not_administer_the_unit_s_configuration_keeps_none_of_its_phrases(
    region: Region, who: str, unit: str
) -> None:
    person = await region.staff(who, unit)
    phrase_id = await region.value("select id from phrases where unit_id = $1 limit 1", id_of("unit/ankaret"))
    for path in (ANKARET, f"{ANKARET}/new", f"{ANKARET}/{phrase_id}"):
        assert (await person.get(path)).status_code == 404, path
    assert await add(person, ANKARET) == 404
    for path in (f"{ANKARET}/{phrase_id}", f"{ANKARET}/{phrase_id}/removals", f"{ANKARET}/{phrase_id}/restorations"):
        assert (await person.post(path, {"title": "x", "body": "x", "version": "1"})).status_code == 404, path
    refused = "select count(*) from access_log where by_id = $1 and verb = 'keep_phrases' and refused is not null"
    assert await region.value(refused, id_of(f"staff/{who}")) == 7


async def test_who_only_administers_has_no_phrases_of_her_own(region: Region) -> None:
    disa = await region.staff("disa", "ankaret")
    assert (await disa.get(OWN)).status_code == 404
    assert await add(disa, OWN) == 404


async def test_a_phrase_of_another_home_is_out_of_reach_by_its_id(region: Region) -> None:
    disa, karin = await region.staff("disa", "ankaret"), await region.staff("karin", "ankaret")
    of_unit = await region.value("select id from phrases where unit_id = $1 limit 1", id_of("unit/ankaret"))
    of_karin = await region.value("select id from phrases where staff_id = $1 limit 1", id_of("staff/karin"))
    of_bjorken = await region.value("select id from phrases where unit_id = $1 limit 1", id_of("unit/bjorken"))
    assert (await karin.get(f"{OWN}/{of_unit}")).status_code == 404
    for phrase_id in (of_karin, of_bjorken):
        assert isinstance(phrase_id, UUID)
        assert (await disa.get(f"{ANKARET}/{phrase_id}")).status_code == 404
        assert (await change(disa, ANKARET, phrase_id, 1, "Annat"))[0] == 404
        assert (await disa.post(f"{ANKARET}/{phrase_id}/removals")).status_code == 404
        assert await add(disa, ANKARET, phrase_id) == 422, "an id that is taken elsewhere overwrites nothing"
    assert await region.value("select count(*) from phrases where body = 'Annat' or removed_at is not null") == 0


async def test_a_removed_phrase_is_offered_no_more_and_can_be_put_back(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    phrase_id = uuid4()
    await add(karin, OWN, phrase_id, short="ses")
    for _ in range(2):
        assert (await karin.post(f"{OWN}/{phrase_id}/removals")).status_code == 303
    page = (await karin.get(OWN)).text
    assert "Borttagna fraser (1)" in page
    assert f"{OWN}/{phrase_id}/restorations" in page
    assert (await karin.get(f"{OWN}/{phrase_id}")).status_code == 404
    assert await add(karin, OWN, short="ses", body="En annan") == 303, "its short name is free"
    for _ in range(2):
        assert (await karin.post(f"{OWN}/{phrase_id}/restorations")).status_code == 303
    assert await region.value("select short from phrases where id = $1 and removed_at is null", phrase_id) == ""


async def test_a_double_press_is_one_phrase(region: Region) -> None:
    karin, phrase_id = await region.staff("karin", "ankaret"), uuid4()
    assert set(await asyncio.gather(*(add(karin, OWN, phrase_id, short="ses") for _ in range(4)))) == {303}
    assert await region.value("select count(*) from phrases where id = $1", phrase_id) == 1


async def test_of_two_who_change_it_at_once_one_wins_and_the_other_keeps_her_text(region: Region) -> None:
    disa, phrase_id = await region.staff("disa", "ankaret"), uuid4()
    await add(disa, ANKARET, phrase_id)
    bodies = [f"Lydelse nummer {number}." for number in range(5)]
    answers = await asyncio.gather(*(change(disa, ANKARET, phrase_id, 1, body) for body in bodies))
    assert sorted(status for status, _ in answers) == [303, 409, 409, 409, 409]
    won = next(body for body, (status, _) in zip(bodies, answers, strict=True) if status == 303)
    assert await region.value("select body from phrases where id = $1", phrase_id) == won
    assert await region.value("select version from phrases where id = $1", phrase_id) == 2
    for body, (status, page) in zip(bodies, answers, strict=True):
        if status == 409:
            assert f">{body}</textarea>" in page
            assert won in page
            assert re.search(r'name="version" value="2"', page), "saving again is saving over what was seen"


async def test_what_was_removed_meanwhile_is_not_changed(region: Region) -> None:
    karin, phrase_id = await region.staff("karin", "ankaret"), uuid4()
    await add(karin, OWN, phrase_id)
    await karin.post(f"{OWN}/{phrase_id}/removals")
    assert (await change(karin, OWN, phrase_id, 1, "Annat"))[0] == 404
    assert await region.value("select body from phrases where id = $1", phrase_id) == TEXT


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title": " \u200b "}, "Fyll i det här"),
        ({"body": ""}, "Fyll i det här"),
        ({"title": "å" * 81}, "högst 80 tecken"),
        ({"body": "å" * 2_001}, "högst 2000 tecken"),
        ({"short": "två ord"}, "små bokstäver"),
        ({"short": "å" * 21}, "högst 20 tecken"),
        ({"short": "feber"}, "används redan"),
        ({"body": "Vi ses den [dattum]."}, "[dattum] är inget fält. Menar du [datum]?"),
        ({"body": "Vi ses [någon gång]."}, "[någon gång] är inget fält. Välj"),
        ({"body": "Vi ses den [datum."}, "är inget fält. Menar du [datum]?"),
        ({"body": "Vi ses den datum]."}, "] är inget fält"),
        ({"body": "[[datum]]"}, "[ är inget fält"),
    ],
)
async def test_what_cannot_be_kept_is_told_and_stays_in_the_form(
    region: Region, fields: dict[str, str], told: str
) -> None:
    karin = await region.staff("karin", "ankaret")
    data = {"title": "Vi ses", "short": "", "body": TEXT, "phrase_id": str(uuid4()), **fields}
    answer = await karin.post(OWN, data)
    assert answer.status_code == 422
    assert told in answer.text
    assert data["body"] in answer.text
    assert await region.value("select count(*) from phrases where staff_id = $1", id_of("staff/karin")) == 2


async def test_a_short_name_is_kept_without_its_slash_and_in_small_letters(region: Region) -> None:
    karin, phrase_id = await region.staff("karin", "ankaret"), uuid4()
    assert await add(karin, OWN, phrase_id, short=" /Åter-1 ") == 303
    assert await region.value("select short from phrases where id = $1", phrase_id) == "åter-1"


async def test_the_administrator_of_one_unit_comes_straight_to_its_phrases(region: Region) -> None:
    disa, maja = await region.staff("disa", "ankaret"), await region.staff("maja", "ankaret")
    answer = await disa.get("/manage/phrases")
    assert (answer.status_code, answer.headers["location"]) == (303, ANKARET)
    assert 'href="/manage/phrases"' in (await disa.get("/manage")).text
    assert (await maja.get("/manage/phrases")).status_code == 404
    assert 'href="/manage/phrases"' not in (await maja.get("/manage")).text
