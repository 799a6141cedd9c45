"""Fler frågor: a further contact reason's questions in an open case, answered by the patient or by staff with her."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID, uuid4

import httpx
import pytest

from tests.region import Person, Region
from tests.stories.test_clinic_case import read
from tests.stories.test_ledger import owner_does
from tests.stories.test_triage_preview import fields_of

_EVENTS = "select count(*) from events where case_id = $1 and kind = $2"
_ROW = "select coalesce(level::text, '-') || ' ' || version from further_questions where case_id = $1"
_PLACE = "select v.priority from cases c join visits v on v.id = c.visit_id where c.id = $1"
_DANGER = {"chest.pain": "yes", "chest.exertional": "yes", "pain.at_rest": "yes", "chest.pressure": "yes"}


async def ask(
    person: Person, case_id: UUID, reason: str = "hosta", way: str = "send", further_id: UUID | None = None, **more: str
) -> httpx.Response:
    """Send the form."""
    form = {
        "reason": reason,
        "way": way,
        "text": "Hej! Svara gärna på frågorna.",
        "further_id": str(further_id or uuid4()),
    }
    return await person.post(f"/clinic/cases/{case_id}/further-questions", form | more)


def filled(page: httpx.Response) -> dict[str, str]:
    """The form as it stands, with no to every question."""
    version = re.search(r'name="version" value="(\d+)"', page.text)
    return fields_of(page) | {"version": version[1] if version else ""}


async def sent(region: Region, reason: str = "hosta") -> tuple[Person, Person, UUID, str]:
    """Karin has sent questions to Gustav; both, the case, and the address of his pages."""
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    assert (await ask(karin, case_id, reason)).status_code == 303
    id = await region.value("select id from further_questions where case_id = $1", case_id)
    return karin, gustav, case_id, f"/cases/{case_id}/further-questions/{id}"


async def walk(person: Person, path: str, facts: dict[str, str] | None = None) -> str:
    """Answer with `facts` (code to value) and no to the rest, to the end; where it led."""
    page = await person.get(path)
    for _ in range(60):
        assert page.status_code == 200, page.text[-3000:]
        fields = filled(page)
        for code, value in (facts or {}).items():
            if f'name="{code}"' in page.text:
                fields[code] = value
                fields.pop("none", None)
        answer = await person.post(path, fields)
        assert answer.status_code == 303, answer.text[-3000:]
        to = answer.headers["location"]
        if "place=" not in to:
            return to
        page = await person.get(to)
    raise AssertionError("the questions do not end")


async def test_the_patient_answers_by_a_card_and_the_case_has_a_second_complaint(region: Region) -> None:
    karin, gustav, case_id, path = await sent(region)
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert "Några frågor till: Hosta" in page
    assert "Vården har några frågor till dig." in page
    assert f'href="{path}"' in page
    async with karin.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        assert await walk(gustav, path, {"gen.fever": "yes"}) == f"/cases/{case_id}"
        await ear.wait_for("further_answered")
        await ear.wait_for("message_sent", "Jag har svarat på frågorna om hosta.")
    case = await read(karin, case_id)
    assert "Besvarade. Svaren står under anamnesen." in case
    assert "Besvarat på patientens sidor" in case
    assert "Gustav Öberg svarade på fler frågor: hosta" in case
    after = (await gustav.get(f"/cases/{case_id}")).text
    assert "Du har svarat. Vården läser dina svar." in after
    assert f'href="{path}"' not in after
    assert "Svar om Hosta" in after
    assert "Har du feber" in after.split("Svar om Hosta", 1)[1]
    assert (await gustav.get(path)).headers["location"] == f"/cases/{case_id}"
    assert await region.value("select turn from cases where id = $1", case_id) == "staff"
    assert int(str(await region.value("select staff_unread from cases where id = $1", case_id))) >= 1
    assert "Ytterligare besvär: Hosta. Brådskandegrad" in (await karin.get(f"/clinic/cases/{case_id}")).text


async def test_what_was_answered_is_kept_when_she_leaves_and_she_can_go_back(region: Region) -> None:
    _, gustav, case_id, path = await sent(region)
    first = await gustav.get(path)
    answer = await gustav.post(path, filled(first))
    assert answer.headers["location"] == f"{path}?place=1"
    assert str(await region.value(_ROW, case_id)) == "- 1"
    again = await gustav.get(path)
    assert filled(again)["place"] == "1"
    assert "Fortsätt svara" in (await gustav.get(f"/cases/{case_id}")).text
    back = await gustav.get(f"{path}?place=0")
    assert filled(back)["place"] == "0"
    assert filled(back)["version"] == "1"


async def test_staff_ask_and_fill_in_and_no_card_is_shown(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    answer = await ask(karin, case_id, way="ask")
    path = answer.headers["location"]
    assert "Några frågor till" not in (await gustav.get(f"/cases/{case_id}")).text
    assert (await gustav.get(path.removeprefix("/clinic"))).status_code == 404
    assert "Svara tillsammans med patienten" in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert await walk(karin, path) == path
    assert "Det här kom frågorna fram till" in (await karin.get(path)).text
    assert "Besvarat tillsammans med personal" in await read(karin, case_id)
    assert await region.value(_EVENTS, case_id, "further_answered") == 1


async def test_a_more_urgent_level_raises_the_case_at_once_and_a_lower_one_does_not(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id, other = region.cases["held_by_karin"], region.cases["held_by_bo"]
    before = await region.value(_PLACE, case_id)
    triaged = await region.value("select urgency from cases where id = $1", case_id)
    calm = (await ask(karin, case_id, "hosta", way="ask")).headers["location"]
    await owner_does(region, f"update visits set priority = 2 where case_id = '{case_id}'")
    await walk(karin, calm)
    assert await region.value(_PLACE, case_id) == 2
    await owner_does(region, f"update visits set priority = {before} where case_id = '{case_id}'")
    path = (await ask(karin, case_id, "brostsmarta", way="ask")).headers["location"]
    async with bo.listen(f"/clinic/cases/{other}/stream") as ear:
        await ear.wait_for("hello")
        await walk(karin, path, _DANGER)
        await ear.wait_for("urgent")
    assert "112" in (await karin.get(path)).text
    assert await region.value(_PLACE, case_id) == 1
    assert await region.value("select urgency from cases where id = $1", case_id) == triaged
    assert "Ärendet höjdes till brådskandegrad 1" in await read(karin, case_id)


async def test_danger_in_the_patients_answers_shows_112_on_her_case(region: Region) -> None:
    _, gustav, case_id, path = await sent(region, "brostsmarta")
    await walk(gustav, path, _DANGER)
    assert "tel:112" in (await gustav.get(f"/cases/{case_id}")).text
    assert await region.value(_PLACE, case_id) == 1


@pytest.mark.parametrize(("form", "words"), [
    ({"reason": ""}, "Välj en kontaktorsak"), ({"reason": "finns_inte"}, "Välj en kontaktorsak"),
    ({"way": ""}, "Välj vem som svarar"), ({"text": " "}, "Skriv ett meddelande"),
    ({"text": "[datum]"}, "id=\"text-error\""),
])  # fmt: skip
async def test_what_is_missing_is_told(region: Region, form: dict[str, str], words: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await ask(karin, case_id, **form)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert words in answer.text
    assert await region.value("select count(*) from further_questions") == 0


async def test_the_same_form_is_one_and_the_same_questions_wait_once(region: Region) -> None:
    karin, case_id, id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"], uuid4()
    answers = await asyncio.gather(*(ask(karin, case_id, further_id=id) for _ in range(3)))
    assert {one.status_code for one in answers} == {303}
    assert await region.value(_EVENTS, case_id, "further_asked") == 1
    again = await ask(karin, case_id)
    assert again.status_code == 422
    assert "redan ställda" in again.text


async def test_of_two_who_answer_at_once_one_wins_and_nothing_typed_is_lost(region: Region) -> None:
    karin, gustav, case_id, path = await sent(region)
    hers, his = await karin.get(f"/clinic{path}"), await gustav.get(path)
    answers = await asyncio.gather(karin.post(f"/clinic{path}", filled(hers)), gustav.post(path, filled(his)))
    assert sorted(one.status_code for one in answers) == [303, 409]
    late = next(one for one in answers if one.status_code == 409)
    assert re.search("besvarats|svarat sedan du öppnade", late.text)
    assert filled(late)["version"] == "1"
    assert str(await region.value(_ROW, case_id)) == "- 1"


async def test_only_the_holder_asks_and_only_in_a_case_that_goes_on(region: Region) -> None:
    bo, lena = await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan")
    karin, mona = await region.staff("karin", "ankaret"), await region.staff("mona", "ankaret")
    case_id = region.cases["held_by_karin"]
    assert (await ask(bo, case_id)).status_code == 409
    for stranger in (lena, mona):
        assert (await ask(stranger, case_id)).status_code == 404
    assert (await ask(karin, region.cases["waiting"])).status_code == 409
    assert (await ask(karin, region.cases["closed"])).status_code in {404, 409}
    assert await region.value("select count(*) from further_questions") == 0


async def test_nobody_else_answers_and_a_closed_case_needs_no_answers(region: Region) -> None:
    karin, gustav, case_id, path = await sent(region)
    for key in ("astrid", "olle"):
        assert (await (await region.resident(key)).get(path)).status_code == 404
    assert (await (await region.staff("bo", "ankaret")).get(f"/clinic{path}")).status_code == 409
    elsewhere = path.replace(str(case_id), str(region.cases["at_lyktan"]))
    assert (await gustav.get(elsewhere)).status_code == 404
    assert (
        await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice", "dealt_with": "yes"})
    ).status_code == 303
    assert "Frågorna behöver inte besvaras längre." in (await gustav.get(f"/cases/{case_id}")).text
    assert (await gustav.get(path)).status_code == 409


async def test_after_a_release_the_patient_answers_and_the_waiting_case_is_raised(region: Region) -> None:
    karin, gustav, case_id, path = await sent(region, "brostsmarta")
    assert (await karin.post(f"/clinic/cases/{case_id}/releases")).status_code == 303
    await walk(gustav, path, _DANGER)
    assert await region.value(_PLACE, case_id) == 1


@pytest.mark.parametrize("kind", ["further_asked", "further_answered"])
async def test_without_its_event_nothing_has_changed(region: Region, kind: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    path = ""
    if kind == "further_answered":
        path = (await ask(karin, case_id, "brostsmarta", way="ask")).headers["location"]
    await owner_does(region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    before, messages = await region.value(_PLACE, case_id), "select count(*) from messages where case_id = $1"
    said = await region.value(messages, case_id)
    if kind == "further_asked":
        assert (await ask(karin, case_id)).status_code == 500
        assert await region.value("select count(*) from further_questions") == 0
    else:
        with pytest.raises(AssertionError):
            await walk(karin, path, _DANGER)
        assert str(await region.value(_ROW, case_id)).startswith("- ")
    assert await region.value(_PLACE, case_id) == before
    assert await region.value(messages, case_id) == said
