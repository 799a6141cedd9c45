"""Rätta eller radera: she says what is wrong, the law is told at once, the unit has it as work and answers her."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pytest

from linjen.cases.patients.correction import MOST_WAITING, answer_day
from linjen.core.ids import new_id
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

_WISHES = "select count(*) from corrections where case_id = $1"
_TEXT = "Det står att jag röker. Jag har aldrig rökt."


async def ask(
    person: Person, case: UUID, text: str = _TEXT, kind: str = "correct", wish: UUID | None = None
) -> httpx.Response:
    """Send the form of her page."""
    data = {"kind": kind, "text": text, "correction_id": str(wish or new_id())}
    return await person.post(f"/cases/{case}/corrections", data)


async def answer(person: Person, case: UUID, wish: UUID, text: str = "Vi har gjort ett tillägg.") -> httpx.Response:
    """Send the form of the unit's page."""
    return await person.post(f"/clinic/cases/{case}/corrections/{wish}/answers", {f"answer-{wish}": text})


def main(page: httpx.Response) -> str:
    assert page.status_code == 200
    return page.text.split("</main", 1)[0]


@pytest.mark.parametrize(("name", "owner"), [("held_by_karin", "gustav"), ("closed", "ingrid")])
async def test_from_the_wish_to_the_answer(region: Region, name: str, owner: str) -> None:
    case, her, wish = region.cases[name], await region.resident(owner), new_id()
    bo = await region.staff("bo", "ankaret")
    assert f"/cases/{case}/corrections" in main(await her.get(f"/cases/{case}"))
    before = main(await her.get(f"/cases/{case}/corrections"))
    for words in ("rättas genom ett tillägg", "raderas inte på begäran", "Ivo"):
        assert words in before, "the law is told before anybody asks"
    assert "Rätta eller radera" not in main(await bo.get("/clinic/ledger"))
    sent = await ask(her, case, wish=wish)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case}/corrections?sent=1")
    page = main(await her.get(sent.headers["location"]))
    assert "Vårdenheten har fått det du skrev" in page
    assert _TEXT in page
    assert re.search(r"Du har rätt till svar senast \d+ \w+ 20\d\d", page)
    assert "Rätta eller radera" in main(await bo.get("/clinic/ledger"))
    listed = main(await bo.get("/clinic/corrections"))
    assert "Vill rätta en uppgift" in listed
    assert _TEXT not in listed, "the list says what it is about, not what she wrote"
    assert "Patienten vill rätta eller radera" in main(await bo.get(f"/clinic/cases/{case}"))
    assert _TEXT in main(await bo.get(f"/clinic/cases/{case}/corrections"))
    assert (await answer(bo, case, wish)).status_code == 303
    read = main(await her.get(f"/cases/{case}/corrections"))
    for words in ("Vi har gjort ett tillägg.", "Besvarat.", "Bo ", "imy.se"):
        assert words in read
    assert "Vi har gjort ett tillägg." in main(await her.get(f"/cases/{case}")), "it is a message in the talk"
    assert str(case) not in main(await bo.get("/clinic/corrections"))
    kinds = "select string_agg(kind, ' ' order by seq) from events where case_id = $1 and kind like 'correction%'"
    assert await region.value(kinds, case) == "correction_asked correction_answered"
    assert (await her.get(f"/cases/{case}/book")).json()["corrections"][0]["answer"] == "Vi har gjort ett tillägg."


async def test_what_she_wrote_is_sealed_and_in_no_event(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await ask(gustav, case)
    sealed = await region.value("select body_sealed from corrections where case_id = $1", case)
    assert isinstance(sealed, bytes)
    assert "rökt".encode() not in sealed
    assert "rökt" not in str(
        await region.value("select string_agg(data::text, '') from events where case_id = $1", case)
    )


async def test_the_holder_and_the_turn_stay_as_they_were(region: Region) -> None:
    case, gustav, bo = (
        region.cases["held_by_karin"],
        await region.resident("gustav"),
        await region.staff("bo", "ankaret"),
    )
    stands = (
        "select c.turn || v.state || v.holder_id::text from cases c join visits v on v.id = c.visit_id where c.id = $1"
    )
    before, wish = await region.value(stands, case), new_id()
    await ask(gustav, case, wish=wish)
    await answer(bo, case, wish)
    assert await region.value(stands, case) == before


async def test_the_same_form_twice_is_one_wish_and_other_words_under_its_id_are_given_back(region: Region) -> None:
    case, gustav, wish = region.cases["held_by_karin"], await region.resident("gustav"), new_id()
    answers = await asyncio.gather(*(ask(gustav, case, wish=wish) for _ in range(3)))
    assert {one.status_code for one in answers} == {303}
    assert await region.value(_WISHES, case) == 1
    other = await ask(gustav, case, "Något helt annat", wish=wish)
    assert other.status_code in {409, 422}
    assert "Något helt annat" in other.text
    assert await region.value(_WISHES, case) == 1


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("  ", "correct", "Skriv vad som är fel"), ("x" * 2001, "correct", "högst 2"),
        (_TEXT, "", "Välj vad du vill"), (_TEXT, "destroy", "Välj vad du vill"),
    ],
)  # fmt: skip
async def test_what_is_no_wish_is_given_back(region: Region, text: str, kind: str, told: str) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    given_back = await ask(gustav, case, text, kind)
    assert given_back.status_code == 422
    assert told in given_back.text
    assert text.strip() in given_back.text
    assert await region.value(_WISHES, case) == 0


async def test_so_many_may_wait_and_no_more(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    for _ in range(MOST_WAITING):
        assert (await ask(gustav, case)).status_code == 303
    refused = await ask(gustav, case, "En till sak som är fel")
    assert refused.status_code == 409
    assert "En till sak som är fel" in refused.text
    assert "Vänta på svaren" in refused.text
    assert await region.value(_WISHES, case) == MOST_WAITING


async def test_of_two_answers_at_once_the_first_stands_and_the_other_is_kept_for_its_writer(region: Region) -> None:
    case, gustav, wish = region.cases["held_by_karin"], await region.resident("gustav"), new_id()
    await ask(gustav, case, wish=wish)
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    both = await asyncio.gather(
        answer(karin, case, wish, "Tillägg av Karin."), answer(bo, case, wish, "Tillägg av Bo.")
    )
    assert sorted(one.status_code for one in both) == [303, 409]
    late = next(one.text for one in both if one.status_code == 409)
    assert "En kollega har redan svarat" in late
    assert "Tillägg av Karin." in late
    assert "Tillägg av Bo." in late
    sent = "select count(*) from events where case_id = $1 and kind = 'correction_answered'"
    assert await region.value(sent, case) == 1
    refused = (
        "select count(*) from access_log where case_id = $1 and verb = 'answer_correction' and refused is not null"
    )
    assert await region.value(refused, case) == 1


async def test_the_same_answer_twice_is_one_message(region: Region) -> None:
    case, gustav, wish = region.cases["held_by_karin"], await region.resident("gustav"), new_id()
    karin = await region.staff("karin", "ankaret")
    await ask(gustav, case, wish=wish)
    before = await region.value("select count(*) from messages where case_id = $1", case)
    answers = await asyncio.gather(*(answer(karin, case, wish) for _ in range(3)))
    assert {one.status_code for one in answers} == {303}
    assert await region.value("select count(*) from messages where case_id = $1", case) == before + 1  # type: ignore[operator]


async def test_an_empty_answer_and_one_with_a_field_left_open_are_given_back(region: Region) -> None:
    case, gustav, wish = region.cases["held_by_karin"], await region.resident("gustav"), new_id()
    karin = await region.staff("karin", "ankaret")
    await ask(gustav, case, wish=wish)
    for text in ("", "Vi gjorde ett tillägg den [datum]."):
        given_back = await answer(karin, case, wish, text)
        assert given_back.status_code == 422
        assert text in given_back.text
    assert await region.value("select answered_at from corrections where id = $1", wish) is None


async def test_strangers_meet_nothing(region: Region) -> None:
    case, wish = region.cases["held_by_karin"], new_id()
    gustav, amina = await region.resident("gustav"), await region.resident("amina")
    lena, maja = await region.staff("lena", "lyktan"), await region.staff("maja", "ankaret")
    await ask(gustav, case, wish=wish)
    assert (await amina.get(f"/cases/{case}/corrections")).status_code == 404
    assert (await ask(amina, case)).status_code == 404
    for person in (lena, maja):
        assert (await person.get(f"/clinic/cases/{case}/corrections")).status_code == 404
        assert (await answer(person, case, wish)).status_code == 404
    assert (await maja.get("/clinic/corrections")).status_code == 404
    assert str(case) not in main(await lena.get("/clinic/corrections"))
    other = region.cases["waiting"]
    karin = await region.staff("karin", "ankaret")
    assert (await answer(karin, other, wish)).status_code == 404, "a wish of another case"
    assert (
        await (await region.resident("astrid")).get(f"/cases/{region.cases['draft']}/corrections")
    ).status_code == 404


async def test_a_break_in_the_middle_leaves_nothing(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'correction_asked') not valid")
    assert (await ask(gustav, case)).status_code == 500
    assert await region.value(_WISHES, case) == 0
    await owner_does(region, "alter table events drop constraint no_more")
    wish, karin = new_id(), await region.staff("karin", "ankaret")
    await ask(gustav, case, wish=wish)
    before = await region.value("select count(*) from messages where case_id = $1", case)
    await owner_does(
        region, "alter table events add constraint no_more check (kind <> 'correction_answered') not valid"
    )
    assert (await answer(karin, case, wish)).status_code == 500
    assert await region.value("select count(*) from messages where case_id = $1", case) == before
    assert await region.value("select answered_at from corrections where id = $1", wish) is None


async def test_a_protected_patient_has_no_name_in_the_list(region: Region) -> None:
    case, karin = region.cases["protected"], await region.staff("karin", "ankaret")
    owner = await region.value("select patient_id from cases where id = $1", case)
    name = next(key for key, one in region.actors.residents.items() if one == owner)
    await ask(await region.resident(name), case)
    page = main(await karin.get("/clinic/corrections"))
    assert str(case) in page
    assert "Ängström" not in page


async def test_she_chooses_the_case_from_the_page_about_her_rights(region: Region) -> None:
    gustav = await region.resident("gustav")
    assert 'href="/corrections"' in (await gustav.get("/privacy")).text
    page = main(await gustav.get("/corrections"))
    assert f"/cases/{region.cases['held_by_karin']}/corrections" in page
    await gustav.post("/language", {"language": "en", "next": "/profile"})
    assert "is not erased on request" in main(await gustav.get("/corrections"))


@pytest.mark.parametrize(
    ("came", "by"),
    [
        (datetime(2026, 1, 31, 12, tzinfo=UTC), date(2026, 2, 28)),
        (datetime(2026, 12, 15, 12, tzinfo=UTC), date(2027, 1, 15)),
        (datetime(2026, 5, 15, 23, tzinfo=UTC), date(2026, 6, 16)),
    ],
)
def test_the_last_day_is_a_month_later(came: datetime, by: date) -> None:
    assert answer_day(came) == by
