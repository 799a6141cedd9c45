"""Lämna över besök: to a role, a person or a unit of the same care provider, with all that belongs to the case."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import ledger_of, names_in_order, owner_does

_NOTE = "Gör Lachmans test, knät ger vika"
_TELL = "Jag lämnar över ditt ärende till vår fysioterapeut."
_VISIT = (
    "select v.state || ' ' || v.for_role || ' ' || coalesce(v.for_staff_id::text, '-') || ' ' || v.unit_id"
    " from cases c join visits v on v.id = c.visit_id where c.id = $1"
)
_EVENTS = "select count(*) from events where case_id = $1 and kind = 'handed_over'"


def to(role: str, person: str = "", unit: str = "ankaret") -> str:
    """The value of the page's list."""
    ends = f"/{id_of(f'staff/{person}')}" if person else ""
    return f"{id_of(f'unit/{unit}')}/{role}{ends}"


async def pass_on(person: Person, case_id: UUID, receiver: str, **fields: str) -> httpx.Response:
    """Send the form."""
    return await person.post(
        f"/clinic/cases/{case_id}/handovers", {"to": receiver, "handover_id": str(uuid4()), **fields}
    )


async def _said(region: Region, case_id: UUID) -> int:
    found = await region.value("select count(*) from messages where case_id = $1 and by_kind = 'staff'", case_id)
    assert isinstance(found, int)
    return found


async def test_it_waits_for_the_role_with_its_place_its_history_and_the_word_to_both(region: Region) -> None:
    karin, sara, ingrid = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), await region.resident("gustav"),
    )  # fmt: skip
    case_id = region.cases["held_by_karin"]
    before = await region.value(
        "select v.queued_at from cases c join visits v on v.id = c.visit_id where c.id = $1", case_id
    )
    answer = await pass_on(karin, case_id, to("physician"), note=_NOTE, tell=_TELL)
    assert (answer.status_code, answer.headers["location"]) == (303, "/clinic/ledger?done=handed_over")
    assert "Ärendet är överlämnat" in (await karin.get(answer.headers["location"])).text
    after = await region.value(
        "select v.queued_at from cases c join visits v on v.id = c.visit_id where c.id = $1", case_id
    )
    assert after == before
    queue = await ledger_of(sara)
    assert str(case_id) in queue
    assert "Till läkare" in queue
    assert (await sara.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    page = (await sara.get(f"/clinic/cases/{case_id}")).text
    assert _NOTE in page
    assert "Hur länge har det varat?" in page
    assert "Karin Lindqvist lämnade över ärendet till läkare" in page
    hers = (await ingrid.get(f"/cases/{case_id}")).text
    assert _TELL in hers
    assert "Karin Lindqvist har lämnat över ärendet till en kollega" in hers
    assert "Lachman" not in hers
    assert "Lachman" not in str(await region.site.database.fetch("select * from handovers"))


async def test_each_role_begins_with_its_own_queue_and_can_look_at_the_whole_unit(region: Region) -> None:
    karin, sara, mona = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"),
        await region.staff("mona", "ankaret"),
    )  # fmt: skip
    symptom, admin = str(region.cases["waiting"]), str(region.cases["admin"])
    nurses = (await karin.get("/clinic/ledger")).text
    assert symptom in nurses
    assert admin in nurses
    physicians = (await sara.get("/clinic/ledger")).text
    assert symptom not in physicians
    assert admin not in physicians
    assert symptom in (await sara.get("/clinic/ledger/unit")).text
    secretaries = (await mona.get("/clinic/ledger/unit")).text
    assert symptom not in secretaries
    assert admin in secretaries


async def test_a_unit_may_let_a_role_work_with_more(region: Region) -> None:
    sara = await region.staff("sara", "ankaret")
    for queue in ("physician", "nurse"):
        await owner_does(region, f"insert into unit_queues values ('{id_of('unit/ankaret')}', 'physician', '{queue}')")
    page = (await sara.get("/clinic/ledger")).text
    assert str(region.cases["waiting"]) in page
    assert str(region.cases["admin"]) not in page


async def test_to_a_person_it_stands_first_in_what_is_left_to_her_and_nobody_is_shut_out(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    await pass_on(karin, case_id, to("nurse", "bo"))
    assert await region.value(_VISIT, case_id) == f"queued nurse {id_of('staff/bo')} {id_of('unit/ankaret')}"
    assert names_in_order(region, (await bo.get("/clinic/ledger/handed")).text) == ["held_by_karin"]
    assert "Till Bo Hellström" in (await karin.get("/clinic/ledger")).text
    assert names_in_order(region, (await karin.get("/clinic/ledger/handed")).text) == []
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    assert "-" in str(await region.value(_VISIT, case_id)).split()


async def test_to_another_unit_of_the_provider_it_moves_whole_and_leaves_the_first(region: Region) -> None:
    karin, bo, fadime = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"),
        await region.staff("fadime", "rehab"),
    )  # fmt: skip
    case_id = region.cases["held_by_karin"]
    async with bo.listen("/clinic/ledger/stream?view=role") as theirs, fadime.listen("/clinic/ledger/stream") as hers:
        await asyncio.gather(theirs.wait_for("hello"), hers.wait_for("hello"))
        await pass_on(karin, case_id, to("physiotherapist", unit="rehab"), note=_NOTE)
        await theirs.wait_for("gone", str(case_id))
        _, _, row = await hers.wait_for("row", str(case_id))
        assert "Till fysioterapeut" in row
    assert (await karin.get(f"/clinic/cases/{case_id}")).status_code == 404
    await fadime.post(f"/clinic/cases/{case_id}/claims")
    page = (await fadime.get(f"/clinic/cases/{case_id}")).text
    assert _NOTE in page
    assert (await fadime.say(case_id, "Hej, hur går det med knät?")).status_code == 201


async def test_a_row_leaves_the_open_ledger_of_a_role_that_has_passed_it_on(region: Region) -> None:
    karin, bo, sara = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"),
        await region.staff("sara", "ankaret"),
    )  # fmt: skip
    case_id = region.cases["waiting"]
    async with (
        bo.listen("/clinic/ledger/stream?view=role") as nurses,
        sara.listen("/clinic/ledger/stream?view=role") as physicians,
    ):
        await asyncio.gather(nurses.wait_for("hello"), physicians.wait_for("hello"))
        assert (await pass_on(karin, case_id, to("physician"))).status_code == 303
        await physicians.wait_for("row", str(case_id))
        await nurses.wait_for("gone", str(case_id))


async def test_another_care_provider_is_refused_and_the_attempt_is_logged(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    page = (await karin.get(f"/clinic/cases/{case_id}/handovers")).text
    assert "Lyktan" not in page
    answer = await pass_on(karin, case_id, to("nurse", unit="lyktan"))
    assert answer.status_code == 409
    assert "biljett" in answer.text
    assert await region.value(_EVENTS, case_id) == 0
    logged = "select refused from access_log where case_id = $1 and refused is not null"
    assert await region.value(logged, case_id) == "other_provider"


@pytest.mark.parametrize(
    ("receiver", "words"),
    [
        ("", "Välj vem"), ("hej", "Välj vem"), (to("nurse", unit="rehab"), "Ingen med den rollen"),
        (to("nurse", "sara"), "Ingen med den rollen"), (to("nurse", "ivar"), "Ingen med den rollen"),
        (to("nurse", "karin"), "Du har redan ärendet"), (to("medical_secretary"), "Medicinska sekreterare"),
        ("00000000-0000-4000-8000-000000000000/nurse", "Ingen med den rollen"),
    ],
)  # fmt: skip
async def test_nobody_receives_who_cannot_and_what_was_written_stays(region: Region, receiver: str, words: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await pass_on(karin, case_id, receiver, note=_NOTE, tell=_TELL)
    assert answer.status_code == 422
    assert words in answer.text
    assert _NOTE in answer.text
    assert _TELL in answer.text
    assert str(await region.value(_VISIT, case_id)).startswith("in_progress")


async def test_the_same_form_twice_is_one_handover_and_one_message(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    same, said = {"handover_id": str(uuid4()), "tell": _TELL}, await _said(region, case_id)
    answers = await asyncio.gather(*(pass_on(karin, case_id, to("physician"), **same) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_EVENTS, case_id) == 1
    assert await _said(region, case_id) == said + 1


async def test_of_two_who_act_at_once_one_wins_and_the_other_keeps_what_she_wrote(region: Region) -> None:
    karin, bo, case_id = (
        await region.staff("karin", "ankaret"),
        await region.staff("bo", "ankaret"),
        region.cases["waiting"],
    )
    taken, passed = await asyncio.gather(
        bo.post(f"/clinic/cases/{case_id}/claims"), pass_on(karin, case_id, to("physician"), note=_NOTE)
    )
    assert taken.status_code == 303  # a handed-over case can still be taken by the unit; a taken one is not passed on
    if passed.status_code != 303:
        assert passed.status_code == 409
        assert "Bo Hellström är ansvarig" in passed.text
        assert _NOTE in passed.text


async def _drawn(person: Person, case_id: UUID) -> str:
    """How the case stood when the form was drawn."""
    found = re.search(r'name="was" value="(\d+)"', (await person.get(f"/clinic/cases/{case_id}/handovers")).text)
    assert found
    return found[1]


async def test_of_two_who_hand_over_a_waiting_case_one_wins_and_the_other_is_told_who_where_and_when(
    region: Region,
) -> None:
    case_id = region.cases["waiting"]
    people = {"Karin Lindqvist": ("karin", _NOTE), "Bo Hellström": ("bo", "Bos ord till den som tar över")}
    staff = [await region.staff(key, "ankaret") for key, _ in people.values()]
    forms = [{"was": await _drawn(one, case_id)} for one in staff]
    bare: list[dict[str, str]] = [{}, {}]
    for fields in (forms, bare):  # a form without the field is no way around it
        answers = await asyncio.gather(*(
            pass_on(one, case_id, to("physician"), note=note, **was)
            for one, (_, note), was in zip(staff, people.values(), fields, strict=True)
        ))  # fmt: skip
        won = [answer.status_code == 303 for answer in answers]
        assert won.count(True) == (1 if fields is forms else 0), [answer.status_code for answer in answers]
        if fields is forms:
            names, lost = list(people), won.index(False)
            page = answers[lost].text.partition("</main")[0]
            assert answers[lost].status_code == 409
            told = rf"{names[1 - lost]} lämnade över ärendet \d+ \w+ \d{{4}}, kl\. \d\d\.\d\d, till läkare, .*Ankaret"
            assert re.search(told, page), page
            assert people[names[lost]][1] in page
    assert await region.value(_EVENTS, case_id) == 1


async def test_a_word_to_the_patient_of_a_case_that_was_put_back_is_not_dropped(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    was, said = await _drawn(karin, case_id), await _said(region, case_id)
    await karin.post(f"/clinic/cases/{case_id}/releases")
    answer = await pass_on(karin, case_id, to("physician"), note=_NOTE, tell=_TELL, was=was)
    assert answer.status_code == 409
    page = answer.text.partition("</main")[0]
    assert _NOTE in page
    assert _TELL in page
    assert "Du lade tillbaka ärendet i kön" in page
    assert (await _said(region, case_id), await region.value(_EVENTS, case_id)) == (said, 0)
    late = await pass_on(karin, case_id, to("physician"), tell=_TELL, was=await _drawn(karin, case_id))
    assert late.status_code == 303, "drawn while it waits, it is a hand-over from the queue"
    assert (await _said(region, case_id), await region.value(_EVENTS, case_id)) == (said + 1, 1)


async def test_only_the_holder_passes_on_what_is_held_and_nobody_what_has_ended(region: Region) -> None:
    bo, lena = await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan")
    karin = await region.staff("karin", "ankaret")
    assert (await pass_on(bo, region.cases["held_by_karin"], to("physician"))).status_code == 409
    assert (await pass_on(lena, region.cases["held_by_karin"], to("nurse", unit="lyktan"))).status_code == 404
    assert (await pass_on(karin, region.cases["closed"], to("physician"))).status_code == 409
    assert await region.value(_EVENTS, region.cases["held_by_karin"]) == 0


async def test_without_its_event_nothing_has_changed(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'handed_over') not valid")
    before, said = await region.value(_VISIT, case_id), await _said(region, case_id)
    assert (await pass_on(karin, case_id, to("physician"), tell=_TELL)).status_code == 500
    assert await region.value(_VISIT, case_id) == before
    assert await _said(region, case_id) == said


async def test_a_waiting_case_goes_to_another_unit_with_a_word_and_its_patient_reads_where_she_sent_it(
    region: Region,
) -> None:
    karin, astrid, case_id = (
        await region.staff("karin", "ankaret"), await region.resident("astrid"), region.cases["waiting"],
    )  # fmt: skip
    name = "select name from units where id = $1"
    ankaret = await region.value(name, id_of("unit/ankaret"))
    rehab = await region.value(name, id_of("unit/rehab"))
    page = (await karin.get(f"/clinic/cases/{case_id}/handovers")).text
    assert 'name="tell"' in page
    assert "Jag lämnar över ditt ärende till en kollega." in page
    assert f">Alla fysioterapeuter, {rehab}</option>" in page
    assert f">Alla sjuksköterskor, {ankaret}</option>" in page
    was = re.findall(r'name="was" value="(\d+)"', page)[0]
    late = await pass_on(karin, case_id, to("physiotherapist", unit="rehab"), tell=_TELL, was="999")
    assert late.status_code == 409, "somebody else has moved it: nothing is sent"
    assert (await pass_on(karin, case_id, to("physiotherapist", unit="rehab"), tell=_TELL, was=was)).status_code == 303
    hers = (await astrid.get(f"/cases/{case_id}")).text
    assert _TELL in hers
    assert f"Karin Lindqvist har lämnat över ärendet till {rehab}" in hers
    assert f"till {ankaret}. Vården har sedan lämnat över det till {rehab}." in hers
    assert f"till {ankaret}, nu hos {rehab}" in (await astrid.get("/cases")).text
