"""Nytt ärende för någon i telefon: the resident's questions for a caller, and a case with its level."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import httpx
import pytest

from tests.region import Person, Region
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does
from tests.stories.test_triage_preview import fields_of

_CASE = (
    "select c.entry || ' ' || coalesce(c.urgency::text, '-') || ' ' || c.reason || ' ' || v.state || ' ' || v.priority"
    " || ' ' || v.kind || ' ' || v.for_role from cases c join visits v on v.id = c.visit_id where c.id = $1"
)
_COUNT = "select count(*) from cases where begun_by is not null"
END = "Det här kom frågorna fram till"


async def walk(person: Person, patient_id: UUID, facts: dict[str, str], **start: str) -> httpx.Response:
    """Go through the questions to the last page with `facts` (code to value) and no to the rest."""
    path = f"/clinic/patients/{patient_id}/calls"
    answer = await person.post(path, {"entry": "symptom", "caller": "self", "text": "Jag har ont i halsen"} | start)
    for _ in range(60):
        assert answer.status_code == 200, answer.text[-3000:]
        if END in answer.text:
            return answer
        fields = fields_of(answer)
        if 'name="reasons"' in answer.text:
            fields["reasons"] = [re.findall(r'name="reasons" value="(\w+)"', answer.text)[0]]
        for code, value in facts.items():
            if f'name="{code}"' in answer.text:
                fields[code] = value
                fields.pop("none", None)
        answer = await person.post(path, fields)
    raise AssertionError("the questions do not end")


async def add(person: Person, patient_id: UUID, end: httpx.Response, hold: str = "queue") -> httpx.Response:
    """Send the last page."""
    held = {"held": fields_of(end)["held"], "do": "add", "hold": hold}
    return await person.post(f"/clinic/patients/{patient_id}/calls", held)


def added(answer: httpx.Response) -> UUID:
    """The case that was added."""
    assert answer.status_code == 303, answer.text[-3000:]
    return UUID(answer.headers["location"].rpartition("/")[2])


async def test_a_caller_is_asked_the_same_and_her_case_waits_with_its_level(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), region.actors.residents["astrid"]
    assert "Nytt ärende för någon som ringer" in (await karin.get(f"/clinic/patients/{astrid}")).text
    end = await walk(karin, astrid, {"gen.fever": "yes"}, text="Jag har ont i halsen och feber sedan fyra dagar")
    case_id = added(await add(karin, astrid, end))
    found = str(await region.value(_CASE, case_id))
    assert found.startswith("symptom ")
    level = found.split()[1]
    assert found == f"symptom {level} halsont queued {level} drop_in nurse"
    assert str(case_id) in (await karin.get("/clinic/ledger")).text
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "ont i halsen och feber sedan fyra dagar" in page
    assert "Upplagt av personal för någon som ringde." in page
    assert "Karin Lindqvist lade upp ärendet för någon som ringde" in page
    assert await region.value("select begun_by from cases where id = $1", case_id) is not None
    hers = (await (await region.resident("astrid")).get(f"/cases/{case_id}")).text
    assert "ont i halsen och feber" in hers


async def test_it_may_stay_with_who_answered_and_an_administrative_question_has_no_questions(region: Region) -> None:
    mona, amina = await region.staff("mona", "ankaret"), region.actors.residents["amina"]
    end = await walk(mona, amina, {}, entry="admin", text="Behöver ett intyg till sitt arbete")
    case_id = added(await add(mona, amina, end, "me"))
    assert await region.value(_CASE, case_id) == "admin -  in_progress 4 drop_in medical_secretary"
    assert str(case_id) in (await mona.get("/clinic/mine")).text
    refused = await mona.post(
        f"/clinic/patients/{amina}/calls", {"entry": "symptom", "caller": "self", "text": "Ont i magen"}
    )
    assert refused.status_code == 409
    assert "Ont i magen" in refused.text


async def test_a_child_under_one_year_can_be_added_for_who_calls(region: Region) -> None:
    karin, vera = await region.staff("karin", "ankaret"), region.actors.residents["vera"]
    assert (await karin.get(f"/clinic/patients/{vera}/calls")).status_code == 404
    async with region.site.database.transaction() as db:
        await db.execute(
            "insert into patient_searches (id, resident_id, staff_id, unit_id, session_id, reason, why_sealed)"
            " select gen_random_uuid(), $1, s.person_id, s.unit_id, s.id, 'calls', 'x'"
            " from sessions s where s.person_id = $2 order by s.created_at desc limit 1",
            vera, region.actors.staff("karin", "ankaret").person_id,
        )  # fmt: skip
    end = await walk(karin, vera, {"gen.fever": "yes"}, caller="parent", text="Vera har feber")
    assert "Vera" in end.text
    case_id = added(await add(karin, vera, end))
    assert str(await region.value(_CASE, case_id)).split()[3] == "queued"


async def test_danger_is_said_at_once_and_the_case_stands_first(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), region.actors.residents["gustav"]
    facts = dict.fromkeys(("chest.pain", "chest.exertional", "pain.at_rest", "chest.pressure"), "yes")
    end = await walk(karin, gustav, facts, caller="relative", text="Gustav har ont i bröstet")
    assert "112" in end.text
    bo = await region.staff("bo", "ankaret")
    async with bo.listen(f"/clinic/cases/{region.cases['waiting']}/stream") as ear:
        await ear.wait_for("hello")
        case_id = added(await add(karin, gustav, end))
        assert (await ear.wait_for("arrived"))[2] == "1", "who has another case open is told"
    assert str(await region.value(_CASE, case_id)).split()[1] == "1"


async def test_who_has_signed_in_is_told_and_a_child_or_a_stranger_is_not(region: Region) -> None:
    sms, karin = await Sms(region).begin(), await region.staff("karin", "ankaret")
    for key, told in (("gustav", 1), ("elsa", 0)):
        end = await walk(karin, region.actors.residents[key], {}, entry="admin", caller="parent", text="Tid för prov")
        case_id = added(await add(karin, region.actors.residents[key], end))
        await sms.go_on()
        assert len(await sms.states(case_id)) == told, key


async def test_the_last_page_many_times_is_one_case(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), region.actors.residents["astrid"]
    end = await walk(karin, astrid, {}, entry="admin", text="Fråga om ett recept")
    answers = await asyncio.gather(*(add(karin, astrid, end) for _ in range(4)))
    assert len({added(answer) for answer in answers}) == 1
    assert await region.value(_COUNT) == 1


async def test_a_form_of_somebody_else_or_of_another_patient_is_not_taken(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    astrid, gustav = region.actors.residents["astrid"], region.actors.residents["gustav"]
    end = await walk(karin, astrid, {}, entry="admin", text="Fråga om ett recept")
    assert (await add(bo, astrid, end)).status_code == 422
    assert (await add(karin, gustav, end)).status_code == 422
    assert await region.value(_COUNT) == 0
    lena = await region.staff("lena", "lyktan")
    assert (await add(lena, astrid, end)).status_code == 404


async def test_the_last_page_cannot_be_sent_before_the_questions_are_answered(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), region.actors.residents["astrid"]
    path = f"/clinic/patients/{astrid}/calls"
    first = await karin.post(path, {"entry": "symptom", "caller": "self", "text": "Jag har ont i halsen"})
    early = await karin.post(path, fields_of(first) | {"do": "add"})
    assert early.status_code == 200
    assert 'name="reasons"' in early.text
    assert await region.value(_COUNT) == 0


@pytest.mark.parametrize(("field", "value"), [("entry", ""), ("caller", "x"), ("text", " "), ("text", "a" * 4001)])
async def test_what_is_missing_is_told(region: Region, field: str, value: str) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), region.actors.residents["astrid"]
    form = {"entry": "symptom", "caller": "self", "text": "Ont i halsen"} | {field: value}
    answer = await karin.post(f"/clinic/patients/{astrid}/calls", form)
    assert answer.status_code == 422
    assert 'id="error-summary"' in answer.text


async def test_nobody_dead_is_on_the_phone_and_without_its_event_nothing_is_added(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), region.actors.residents["astrid"]
    end = await walk(karin, astrid, {}, entry="admin", text="Fråga om ett recept")
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'case_begun') not valid")
    assert (await add(karin, astrid, end)).status_code == 500
    assert await region.value(_COUNT) == 0
    await owner_does(region, "update residents set deregistered = 'died'")
    assert (await add(karin, astrid, end)).status_code == 409
    assert await region.value(_COUNT) == 0
