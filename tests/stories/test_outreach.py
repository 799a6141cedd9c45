"""Nytt Asynk: care begins an asynchronous case with one who has agreed to it; she is told, reads and answers."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does

_TEXT = "Hej! Ditt provsvar har kommit. Vill du ha en tid för att prata om det?"
_VISIT = (
    "select v.kind || ' ' || v.state || ' ' || v.for_role || ' ' || coalesce(v.holder_id::text, '-')"
    " from cases c join visits v on v.id = c.visit_id where c.id = $1"
)
_COUNT = "select count(*) from cases where begun_by is not null"


async def begin(person: Person, patient_id: UUID, **fields: str) -> httpx.Response:
    """Send the last of the two forms."""
    form = {"entry": "admin", "days": "7", "level": "4", "hold": "me", "text": _TEXT, "do": "send"}
    return await person.post(f"/clinic/patients/{patient_id}/asynchronous", form | {"case_id": str(uuid4())} | fields)


def begun(answer: httpx.Response) -> UUID:
    """The case that a form has begun."""
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


async def test_reason_and_days_then_the_message_and_the_patient_answers(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    path = f"/clinic/patients/{region.actors.residents['gustav']}/asynchronous"
    assert "Hur många dagar" in (await karin.get(path)).text
    second = await karin.post(path, {"entry": "admin", "days": "5", "level": "4", "hold": "me", "do": "next"})
    assert "Administrativt, asynkront i 5 dagar." in second.text
    case_id = begun(await begin(karin, region.actors.residents["gustav"], days="5"))
    assert await region.value(_VISIT, case_id) == (
        f"async in_progress medical_secretary {id_of('staff/karin')}"
    )  # fmt: skip
    assert str(case_id) in (await karin.get("/clinic/mine")).text
    listed = (await gustav.get("/cases")).text
    assert str(case_id) in listed
    assert "Från Hälsocentralen Ankaret" in listed
    hers = (await gustav.get(f"/cases/{case_id}")).text
    assert _TEXT in hers
    assert "Karin Lindqvist har startat ärendet" in hers
    assert (await gustav.say(case_id, "Ja tack, gärna i veckan")).status_code == 201
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "gärna i veckan" in page
    assert "Ärendet är startat av vården." in page
    assert "Karin Lindqvist startade ärendet åt patienten" in page


async def test_it_may_wait_in_the_queue_of_its_kind_with_the_level_that_staff_set(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = begun(await begin(karin, region.actors.residents["gustav"], entry="symptom", level="3", hold="queue"))
    assert await region.value(_VISIT, case_id) == "async queued nurse -"
    assert str(case_id) in (await karin.get("/clinic/ledger")).text
    level = "select v.priority || ' ' || coalesce(c.urgency::text, '-') from cases c join visits v on v.id = c.visit_id"
    assert await region.value(f"{level} where c.id = $1", case_id) == "3 -"
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 303


async def test_she_is_told_by_one_sms_in_fixed_words_and_a_protected_person_by_none(region: Region) -> None:
    sms, karin = await Sms(region).begin(), await region.staff("karin", "ankaret")
    case_id = begun(await begin(karin, region.actors.residents["gustav"]))
    sent = await sms.go_on()
    assert [one.text for one in sent] == [
        "Region Exempel: Ett nytt ärende har kommit till dig. Logga in som du brukar, med BankID, och läs det."
    ]
    assert await sms.states(case_id) == [("new_case", "accepted", "")]
    ylva = await region.resident("ylva")
    await ylva.post("/dialogue", {"choice": "yes"})
    case_id = begun(await begin(karin, region.actors.residents["ylva"]))
    assert await sms.go_on() == []
    assert await sms.states(case_id) == [("new_case", "withheld", "protected")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("delete from consents where case_id is null", "inte sagt ja"),
        ("update residents set first_signed_in_at = null", "aldrig varit inloggad"),
        ("update residents set deregistered = 'died'", "avliden"),
        ("update residents set birth_on = current_date - 2000", "under 13 år"),
    ],
)
async def test_it_never_begins_without_what_the_routine_asks_for(region: Region, change: str, words: str) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), region.actors.residents["gustav"]
    await owner_does(region, change)
    page = (await karin.get(f"/clinic/patients/{gustav}")).text.partition("</main")[0]
    assert words in page
    assert "Nytt Asynk" not in page
    answer = await begin(karin, gustav)
    assert answer.status_code == 409
    assert words in answer.text
    assert "Ditt provsvar har kommit" in answer.text
    assert await region.value(_COUNT) == 0
    assert await region.value("select count(*) from access_log where verb = 'begin_case' and refused is not null") == 1


async def test_who_withdraws_is_not_contacted_from_that_moment_on(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    withdrawn, answer = await asyncio.gather(
        gustav.post("/dialogue", {"choice": "no"}), begin(karin, region.actors.residents["gustav"])
    )
    assert withdrawn.status_code == 303
    assert answer.status_code in {303, 409}
    assert (await begin(karin, region.actors.residents["gustav"])).status_code == 409


async def test_the_same_form_many_times_is_one_case_and_one_message(region: Region) -> None:
    karin, form = await region.staff("karin", "ankaret"), {"case_id": str(uuid4())}
    answers = await asyncio.gather(*(begin(karin, region.actors.residents["gustav"], **form) for _ in range(4)))
    assert {begun(answer) for answer in answers} == {UUID(form["case_id"])}
    assert await region.value(_COUNT) == 1
    assert await region.value("select count(*) from messages where case_id = $1", UUID(form["case_id"])) == 1


async def test_another_provider_and_who_works_with_no_cases_reach_nobody(region: Region) -> None:
    lena, maja = await region.staff("lena", "lyktan"), await region.staff("maja", "ankaret")
    for person in (lena, maja):
        assert (await begin(person, region.actors.residents["gustav"])).status_code == 404
    assert await region.value(_COUNT) == 0


async def test_a_secretary_begins_administrative_cases_alone(region: Region) -> None:
    mona = await region.staff("mona", "ankaret")
    refused = await begin(mona, region.actors.residents["gustav"], entry="symptom")
    assert refused.status_code == 409
    assert "Medicinska sekreterare" in refused.text
    assert str(begun(await begin(mona, region.actors.residents["gustav"]))) in (await mona.get("/clinic/mine")).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"entry": ""}, "Välj en sökorsak"), ({"days": "0"}, "mellan 1 och 30"), ({"days": "31"}, "mellan 1 och 30"),
        ({"days": "²"}, "mellan 1 och 30"), ({"entry": "symptom", "level": "9"}, "Välj en brådskandegrad"),
        ({"text": "  "}, "Skriv ett meddelande"),
    ],
)  # fmt: skip
async def test_what_is_missing_is_told_and_the_rest_stays(region: Region, fields: dict[str, str], words: str) -> None:
    karin = await region.staff("karin", "ankaret")
    answer = await begin(karin, region.actors.residents["gustav"], **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert _TEXT in answer.text or not fields.get("text", _TEXT).strip()
    assert await region.value(_COUNT) == 0


@pytest.mark.parametrize("kind", ["case_begun", "message_sent"])
async def test_without_its_events_nothing_has_begun(region: Region, kind: str) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), region.actors.residents["gustav"]
    await owner_does(region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    said = await region.value("select count(*) from messages")
    assert (await begin(karin, gustav)).status_code == 500
    assert await region.value(_COUNT) == 0
    assert await region.value("select count(*) from messages") == said


@pytest.mark.parametrize("other", [{"days": "9"}, {"hold": "queue"}, {"entry": "symptom"}])
async def test_the_same_form_with_other_days_is_told_and_not_answered_as_if_done(
    region: Region, other: dict[str, str]
) -> None:
    karin, gustav, same = await region.staff("karin", "ankaret"), region.actors.residents["gustav"], str(uuid4())
    assert [(await begin(karin, gustav, case_id=same)).status_code for _ in range(2)] == [303, 303]
    again = await begin(karin, gustav, case_id=same, **other)
    assert again.status_code == 409
    assert "Sidan var gammal" in again.text
    assert _TEXT in again.text
    assert same not in again.text
    assert await region.value("select count(*) from cases where begun_by is not null") == 1
