"""Vidimering: a colleague or a role is asked to look at a case, sees it, answers, comes back to it or sends it on."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.cases.colleagues.attestation_moves import return_attestations
from linjen.core import clock
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_handover import pass_on, to
from tests.stories.test_ledger import owner_does

_NOTE, _COMMENT = "Titta gärna på lungljuden från i våras", "Ta ett nytt prov innan helgen"
_ROW = (
    "select state || ' ' || to_role || ' ' || coalesce(to_staff_id::text, '-') || ' ' || coalesce(due_on::text, '-')"
    " from attestations where id = $1"
)


def _in(days: int) -> str:
    return (clock.local_date(clock.now()) + timedelta(days=days)).isoformat()


async def ask(
    person: Person, case_id: UUID, receiver: str, attestation_id: UUID | None = None, **fields: str
) -> httpx.Response:
    """Send the form."""
    data = {"attest_to": receiver, "attest_purpose": "knowledge", "attest_note": _NOTE, **fields}
    return await person.post(
        f"/clinic/cases/{case_id}/attestations", {"attestation_id": str(attestation_id or uuid4()), **data}
    )


def sara() -> str:
    """The option that means Sara, physician at Ankaret."""
    return f"physician/{id_of('staff/sara')}"


async def _asked(region: Region, case: str = "held_by_karin", receiver: str = "", **fields: str) -> UUID:
    """Karin asks Sara, or `receiver`."""
    karin, attestation_id = await region.staff("karin", "ankaret"), uuid4()
    answer = await ask(karin, region.cases[case], receiver or sara(), attestation_id, **fields)
    assert answer.status_code == 303, answer.text
    return attestation_id


def _path(region: Region, attestation_id: UUID, verb: str, case: str = "held_by_karin") -> str:
    return f"/clinic/cases/{region.cases[case]}/attestations/{attestation_id}/{verb}"


async def test_a_colleague_is_asked_sees_it_and_answers_and_the_case_stays_where_it_is(region: Region) -> None:
    karin, doctor, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    visit = "select v.*::text from cases c join visits v on v.id = c.visit_id where c.id = $1"
    before = await region.value(visit, case_id)
    one = await _asked(region)
    work = (await doctor.get("/clinic/attestations")).text
    assert f"/clinic/cases/{case_id}#at-{one}" in work
    assert "för kännedom till Sara Ahmadi" in work
    assert "lungljuden" not in work
    assert 'Vidimering <span class="lj-count">1</span>' in (await doctor.get("/clinic/ledger")).text
    page = (await doctor.get(f"/clinic/cases/{case_id}")).text
    assert _NOTE in page
    assert "Sedd av Sara Ahmadi" in page
    assert str(await region.value(_ROW, one)).startswith("seen")
    answer = await doctor.post(_path(region, one, "answers"), {"comment": _COMMENT})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/cases/{case_id}#at-{one}")
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert _COMMENT in page
    assert "Vidimerad av Sara Ahmadi" in page
    assert "Karin Lindqvist begärde vidimering av Sara Ahmadi" in page
    assert "Vidimerad" in (await karin.get("/clinic/attestations/mine")).text
    assert "Inget väntar" in (await doctor.get("/clinic/attestations")).text
    assert await region.value(visit, case_id) == before


async def test_the_patient_learns_nothing_of_it_neither_live_nor_afterwards(region: Region) -> None:
    doctor, gustav = await region.staff("sara", "ankaret"), await region.resident("gustav")
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    async with gustav.listen(f"/cases/{case_id}/stream") as hers:
        await hers.wait_for("hello")
        one = await _asked(region, attest_purpose="follow_up", attest_due_on=_in(3))
        await doctor.get(f"/clinic/cases/{case_id}")
        await doctor.post(_path(region, one, "follow-ups"), {"due_on": _in(5)})
        await doctor.post(_path(region, one, "answers"), {"comment": _COMMENT})
        await karin.post(f"/clinic/cases/{case_id}/releases")
        await hers.wait_for("released")
        assert {kind for kind, _, _ in hers.heard} == {"hello", "released"}
    for path in (f"/cases/{case_id}", "/cases", "/home"):
        text = (await gustav.get(path)).text.lower()
        assert "vidimer" not in text, path
        assert "lungljuden" not in text, path
    stored = str(await region.site.database.fetch("select * from attestations"))
    stored += str(await region.site.database.fetch("select data from events"))
    assert "lungljuden" not in stored
    assert "nytt prov" not in stored


async def test_a_role_is_asked_and_of_two_who_answer_at_once_one_is_told_and_keeps_her_text(region: Region) -> None:
    karin, bo, petra = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"),
        await region.staff("petra", "ankaret"),
    )  # fmt: skip
    one = await _asked(region, receiver="nurse")
    assert "Inget väntar" in (await karin.get("/clinic/attestations")).text, "nobody is asked by herself"
    assert str(one) in (await bo.get("/clinic/attestations")).text
    answers = await asyncio.gather(*(
        person.post(_path(region, one, "answers"), {"comment": f"{_COMMENT} {name}"})
        for person, name in ((bo, "bo"), (petra, "petra"))
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert "Vidimerad av" in late.text
    assert late.text.count(_COMMENT) == 2, "the colleague's answer, and what she wrote herself"
    refused = "select refused from access_log where case_id = $1 and refused is not null"
    assert await region.value(refused, region.cases["held_by_karin"]) == "attested_already"


async def test_the_same_form_twice_is_one_question_and_one_answer(region: Region) -> None:
    karin, doctor, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), region.cases["closed"],
    )  # fmt: skip
    one = uuid4()
    asked = await asyncio.gather(*(ask(karin, case_id, sara(), one) for _ in range(3)))
    assert {answer.status_code for answer in asked} == {303}
    answers = await asyncio.gather(*(
        doctor.post(_path(region, one, "answers", "closed"), {"comment": _COMMENT}) for _ in range(3)
    ))  # fmt: skip
    assert {answer.status_code for answer in answers} == {303}
    kinds = "select string_agg(kind, ' ' order by seq) from events where case_id = $1 and kind like '%attest%'"
    assert await region.value(kinds, case_id) == "attestation_requested attested"


async def test_what_is_open_survives_the_closing_and_a_closed_case_can_be_asked_about(region: Region) -> None:
    karin, doctor, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    one = await _asked(region, attest_purpose="follow_up", attest_due_on=_in(2))
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})).status_code == 303
    assert str(one) in (await doctor.get("/clinic/attestations")).text
    assert (await doctor.get(f"/clinic/cases/{case_id}")).status_code == 200
    assert str(await region.value(_ROW, one)).startswith("seen")
    other = await _asked(region, "closed")
    assert str(other) in (await doctor.get("/clinic/attestations")).text


async def test_a_follow_up_waits_for_its_day_and_one_that_is_overdue_stands_first(region: Region) -> None:
    doctor = await region.staff("sara", "ankaret")
    first, late = await _asked(region), await _asked(region, "closed")
    kept = await doctor.post(_path(region, late, "follow-ups", "closed"), {"due_on": _in(4)})
    assert kept.status_code == 303
    assert await region.value(_ROW, late) == f"follow_up physician {id_of('staff/sara')} {_in(4)}"
    work = (await doctor.get("/clinic/attestations")).text
    assert work.index(str(first)) < work.index(str(late))
    assert 'Vidimering <span class="lj-count">1</span>' in work, "what waits for a later day is not counted"
    await owner_does(region, f"update attestations set due_on = current_date - 2 where id = '{late}'")
    work = (await doctor.get("/clinic/attestations")).text
    assert work.index(str(late)) < work.index(str(first))
    assert "Försenad uppföljning" in work
    assert 'Vidimering <span class="lj-count">2</span>' in work


@pytest.mark.parametrize("day", ["", "i morgon", _in(-1), _in(366)])
async def test_a_follow_up_needs_a_day_within_a_year(region: Region, day: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await ask(karin, case_id, sara(), attest_purpose="follow_up", attest_due_on=day)
    assert answer.status_code == 422
    assert "Välj en dag" in answer.text
    assert _NOTE in answer.text
    one = await _asked(region)
    doctor = await region.staff("sara", "ankaret")
    assert (await doctor.post(_path(region, one, "follow-ups"), {"due_on": day})).status_code == 422


async def test_it_is_sent_on_with_a_reason_and_whoever_is_asked_then_begins_anew(region: Region) -> None:
    karin, doctor, bo = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"),
        await region.staff("bo", "ankaret"),
    )  # fmt: skip
    one, move = await _asked(region), str(uuid4())
    await doctor.get(f"/clinic/cases/{region.cases['held_by_karin']}")
    path = _path(region, one, "forwardings")
    empty = await doctor.post(path, {"to": f"nurse/{id_of('staff/bo')}", "reason": " ", "move_id": move})
    assert (empty.status_code, "Skriv varför" in empty.text) == (422, True)
    form = {"to": f"nurse/{id_of('staff/bo')}", "reason": "Bo kan såren", "move_id": move}
    answers = await asyncio.gather(*(doctor.post(path, form) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value("select count(*) from attestation_moves") == 1
    assert await region.value(_ROW, one) == f"requested nurse {id_of('staff/bo')} -"
    assert str(one) in (await bo.get("/clinic/attestations")).text
    assert str(one) not in (await doctor.get("/clinic/attestations")).text
    assert "Bo kan såren" in (await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}")).text
    assert "Bo kan" not in str(await region.site.database.fetch("select * from attestation_moves"))
    same = await bo.post(path, {**form, "move_id": str(uuid4())})
    assert (same.status_code, "Välj någon annan" in same.text) == (422, True)


async def test_a_colleague_in_the_role_can_take_over_what_one_who_is_away_was_asked(region: Region) -> None:
    bo = await region.staff("bo", "ankaret")
    one = await _asked(region, receiver=f"nurse/{id_of('staff/petra')}")
    assert (await bo.post(_path(region, one, "answers"))).status_code == 409
    form = {"to": f"nurse/{id_of('staff/bo')}", "reason": "Petra är ledig", "move_id": str(uuid4())}
    assert (await bo.post(_path(region, one, "forwardings"), form)).status_code == 303
    assert (await bo.post(_path(region, one, "answers"))).status_code == 303


async def test_who_asked_takes_it_back_and_only_she(region: Region) -> None:
    karin, doctor, bo = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"),
        await region.staff("bo", "ankaret"),
    )  # fmt: skip
    one = await _asked(region)
    assert (await bo.post(_path(region, one, "withdrawals"))).status_code == 409
    assert (await doctor.post(_path(region, one, "withdrawals"))).status_code == 409
    for _ in range(2):
        assert (await karin.post(_path(region, one, "withdrawals"))).status_code == 303
    assert str(await region.value(_ROW, one)).startswith("withdrawn")
    late = await doctor.post(_path(region, one, "answers"), {"comment": _COMMENT})
    assert (late.status_code, _COMMENT in late.text, "Tillbakatagen" in late.text) == (409, True, True)
    assert "Tillbakatagen" in (await karin.get("/clinic/attestations/mine")).text


@pytest.mark.parametrize(
    ("receiver", "words"),
    [
        ("", "Välj vem"), ("nurse/hej", "Välj vem"), ("user_admin", "Ingen med den rollen"),
        ("physiotherapist", "Ingen med den rollen"), (f"nurse/{id_of('staff/sara')}", "Ingen med den rollen"),
        (f"nurse/{id_of('staff/ivar')}", "Ingen med den rollen"), (f"nurse/{id_of('staff/lena')}", "Ingen med den"),
        (f"nurse/{id_of('staff/karin')}", "Välj någon annan än den som frågar"),
        ("medical_secretary", "ser administrativa ärenden"),
        (f"medical_secretary/{id_of('staff/mona')}", "ser administrativa ärenden"),
    ],
)  # fmt: skip
async def test_nobody_is_asked_who_has_no_reach_and_what_was_written_stays(
    region: Region, receiver: str, words: str
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await ask(karin, case_id, receiver)
    assert answer.status_code == 422
    assert words in answer.text
    assert _NOTE in answer.text
    assert await region.value("select count(*) from attestations") == 0


async def test_a_secretary_is_asked_about_administrative_cases(region: Region) -> None:
    mona = await region.staff("mona", "ankaret")
    one = await _asked(region, "admin", receiver="medical_secretary")
    assert str(one) in (await mona.get("/clinic/attestations")).text
    assert (await mona.post(_path(region, one, "answers", "admin"))).status_code == 303


async def test_who_does_not_work_there_meets_nothing(region: Region) -> None:
    lena, maja, one = await region.staff("lena", "lyktan"), await region.staff("maja", "ankaret"), await _asked(region)
    for verb in ("answers", "follow-ups", "forwardings", "withdrawals"):
        assert (await lena.post(_path(region, one, verb), {"reason": "x", "due_on": _in(1)})).status_code in {404, 422}
    assert (await ask(lena, region.cases["held_by_karin"], "nurse")).status_code == 404
    assert (await lena.get(_path(region, one, "answers"))).status_code == 404
    assert str(one) not in (await lena.get("/clinic/attestations")).text
    assert (await maja.get("/clinic/attestations")).status_code == 404
    karin = await region.staff("karin", "ankaret")
    assert (await karin.post(_path(region, one, "withdrawals", "waiting"))).status_code in {404, 409}
    assert str(await region.value(_ROW, one)).startswith("requested")


async def test_who_is_not_asked_reads_it_but_neither_sees_it_off_nor_marks_it_as_seen(region: Region) -> None:
    bo, one = await region.staff("bo", "ankaret"), await _asked(region)
    page = (await bo.get(f"/clinic/cases/{region.cases['held_by_karin']}")).text
    assert _NOTE in page
    assert _path(region, one, "answers") not in page
    assert str(await region.value(_ROW, one)).startswith("requested")
    assert (await bo.get(_path(region, one, "answers"))).status_code == 409
    assert (await bo.post(_path(region, one, "answers"))).status_code == 409
    assert (await bo.post(_path(region, one, "follow-ups"), {"due_on": _in(2)})).status_code == 409


async def test_what_was_asked_of_who_has_left_goes_to_her_role_by_itself(region: Region) -> None:
    petra = await region.staff("petra", "ankaret")
    one = await _asked(region, receiver=f"nurse/{id_of('staff/bo')}")
    assert await return_attestations(region.site.database, clock.now()) == 0
    await owner_does(region, f"update assignments set ended_at = now() where staff_id = '{id_of('staff/bo')}'")
    await return_attestations(region.site.database, clock.now())  # the program's own sweep may have been quicker
    assert await region.value(_ROW, one) == "requested nurse - -"
    assert str(one) in (await petra.get("/clinic/attestations")).text
    page = (await petra.get(f"/clinic/cases/{region.cases['held_by_karin']}")).text
    assert "när kollegan inte längre arbetade på enheten" in page
    assert "En vidimering gick vidare till alla sjuksköterskor" in page


async def test_when_a_case_moves_to_another_unit_its_open_questions_wait_for_who_works_there(region: Region) -> None:
    karin, fadime = await region.staff("karin", "ankaret"), await region.staff("fadime", "rehab")
    one = await _asked(region)
    await pass_on(karin, region.cases["held_by_karin"], to("physiotherapist", unit="rehab"))
    await return_attestations(region.site.database, clock.now())
    assert await region.value(_ROW, one) == "requested physiotherapist - -"
    assert str(one) in (await fadime.get("/clinic/attestations")).text
    page = (await fadime.get(f"/clinic/cases/{region.cases['held_by_karin']}")).text
    assert "Gick vidare till alla fysioterapeuter när ärendet lämnades till Rehabenheten Exempel" in page
    assert "inte längre arbetade" not in page, "Sara has not left: the case has"
    assert (await fadime.post(_path(region, one, "answers"))).status_code == 303


async def test_who_asked_is_told_how_many_went_along_with_cases_and_nothing_of_them(region: Region) -> None:
    karin, fadime = await region.staff("karin", "ankaret"), await region.staff("fadime", "rehab")
    case_id, mine = region.cases["held_by_karin"], "/clinic/attestations/mine"
    assert "följde med" not in (await karin.get(mine)).text
    ended, one = await _asked(region), await _asked(region)
    await karin.post(_path(region, ended, "withdrawals"))
    await pass_on(karin, case_id, to("physiotherapist", unit="rehab"))
    for _ in range(2):  # the same whatever becomes of it there
        page = (await karin.get(mine)).text
        assert "1 vidimering som du har begärt följde med ett ärende som lämnades till en annan enhet" in page
        assert "Här finns ingen vidimering som du har begärt." in page
        assert str(case_id) not in page
        await return_attestations(region.site.database, clock.now())
        await fadime.post(_path(region, one, "answers"))
    assert "följde med" not in (await fadime.get(mine)).text, "hers alone"
    await fadime.post(f"/clinic/cases/{case_id}/claims")
    assert (await pass_on(fadime, case_id, to("nurse"))).status_code == 303
    page = (await karin.get(mine)).text
    assert "följde med" not in page, "it came back"
    assert str(case_id) in page


async def test_what_was_asked_of_a_role_says_that_nobody_has_it_any_more(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    one = await _asked(region, receiver="physician")
    await owner_does(
        region,
        f"update assignments set ended_at = now() where unit_id = '{id_of('unit/ankaret')}' and role = 'physician'",
    )
    await return_attestations(region.site.database, clock.now())
    assert str(await region.value(_ROW, one)).startswith("requested nurse -")
    page = (await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}")).text
    assert "Gick vidare till alla sjuksköterskor när ingen med den rollen arbetade på enheten" in page


@pytest.mark.parametrize(
    ("kind", "verb", "fields"),
    [
        ("attested", "answers", {"comment": _COMMENT}), ("attestation_kept", "follow-ups", {"due_on": _in(2)}),
        ("attestation_forwarded", "forwardings", {"to": "nurse", "reason": "x", "move_id": str(uuid4())}),
        ("attestation_withdrawn", "withdrawals", {}),
    ],
)  # fmt: skip
async def test_without_its_event_nothing_has_changed(
    region: Region, kind: str, verb: str, fields: dict[str, str]
) -> None:
    who = await region.staff("karin" if verb == "withdrawals" else "sara", "ankaret")
    one = await _asked(region)
    await owner_does(region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    before = await region.value("select t::text from attestations t where id = $1", one)
    assert (await who.post(_path(region, one, verb), fields)).status_code == 500
    assert await region.value("select t::text from attestations t where id = $1", one) == before
    assert await region.value("select count(*) from attestation_moves") == 0


async def test_without_the_event_of_the_question_nothing_is_asked(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    await owner_does(
        region, "alter table events add constraint no_more check (kind <> 'attestation_requested') not valid"
    )
    assert (await ask(karin, region.cases["waiting"], sara())).status_code == 500
    assert await region.value("select count(*) from attestations") == 0


async def test_the_name_of_a_protected_person_stands_in_no_list(region: Region) -> None:
    doctor = await region.staff("sara", "ankaret")
    await _asked(region, "protected")
    work = (await doctor.get("/clinic/attestations")).text
    assert "Skyddade personuppgifter" in work
    assert "Ängström" not in work


def test_days_are_swedish() -> None:
    assert date.fromisoformat(_in(0)) == clock.local_date(clock.now())
