"""Mina notiser: staff choose an SMS for new cases, which says nothing of any patient (F086); and residents' numbers."""

from __future__ import annotations

import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.sms_world import Sms
from tests.stories.test_attestation import ask
from tests.stories.test_invitation import invite
from tests.stories.test_mention import person, write


@pytest.fixture
async def sms(region: Region) -> Sms:
    return await Sms(region).begin()


async def choose(person: Person, when: str, phone: str = "070-174 06 91") -> tuple[int, str]:
    """Send the form of the profile; status and page."""
    answer = await person.post("/clinic/profile", {"when": when, "phone": phone})
    return answer.status_code, answer.text


async def new_case(sms: Sms, case: str = "waiting") -> None:
    """As if the resident had sent it just now."""
    async with sms.region.site.database.transaction() as db:
        await db.execute(
            "insert into events (case_id, unit_id, kind, by_kind, by_id)"
            " select id, unit_id, 'case_sent', 'resident', opened_by from cases where id = $1", sms.region.cases[case],
        )  # fmt: skip


async def test_who_has_chosen_it_is_told_without_a_word_about_the_patient(sms: Sms) -> None:
    bo = await sms.region.staff("bo", "ankaret")
    assert (await choose(bo, "always"))[0] == 303
    await new_case(sms)
    sent = await sms.go_on()
    assert [(one.to, one.text) for one in sent] == [
        ("+46701740691", "Region Exempel: Ett nytt ärende väntar i patientliggaren.")
    ]
    assert await sms.region.value("select count(*) from events where kind = 'sms_told'") == 0, "no part of the case"
    assert "070-174 06 91" in (await bo.get("/clinic/profile")).text


async def test_nobody_is_told_who_has_not_chosen_it_or_may_not_see_the_case(sms: Sms) -> None:
    for key, unit in (("ulf", "bjorken"), ("mona", "ankaret"), ("maja", "ankaret")):
        await choose(await sms.region.staff(key, unit), "always")
    await sms.region.site.database.execute(
        "update staff set phone = '+46701740692', sms_new_cases = 'always' where id = $1", id_of("staff/ivar")
    )
    await new_case(sms)
    assert await sms.go_on() == [], "elsewhere, secretary, administrator, assignment ended"
    await new_case(sms, "admin")
    assert len(await sms.go_on()) == 1, "administrative cases are the secretary's"


async def test_only_while_the_unit_is_staffed_if_she_wants_so(sms: Sms) -> None:
    bo = await sms.region.staff("bo", "ankaret")
    await choose(bo, "staffed")
    await sms.region.site.database.execute("delete from opening_hours")
    await new_case(sms)
    assert await sms.go_on() == []
    await sms.region.site.database.execute(
        "insert into opening_hours select id, d, '00:00', '23:59' from units, generate_series(0, 6) d"
    )
    await new_case(sms, "urgent")
    assert len(await sms.go_on()) == 1


async def test_a_case_that_somebody_has_taken_meanwhile_is_no_news(sms: Sms) -> None:
    bo, karin = await sms.region.staff("bo", "ankaret"), await sms.region.staff("karin", "ankaret")
    await choose(bo, "always")
    await new_case(sms)
    await sms.react()
    await karin.post(f"/clinic/cases/{sms.region.cases['waiting']}/claims")
    assert all(one.to != "+46701740691" for one in await sms.go_on())


async def test_the_last_word_counts_and_no_erases_the_number(sms: Sms) -> None:
    bo = await sms.region.staff("bo", "ankaret")
    await choose(bo, "always")
    await new_case(sms)
    await sms.react()
    assert (await choose(bo, "no", ""))[0] == 303
    assert await sms.go_on() == []
    assert await sms.region.value("select phone from staff where id = $1", id_of("staff/bo")) is None


@pytest.mark.parametrize(
    ("when", "phone", "words"),
    [("always", "", "Skriv ditt mobilnummer"), ("always", "0480-123 456", "tar inte emot sms"),
     ("always", "hej", "med siffror"),
     ("always", "112", "Numret finns inte"), ("ibland", "", "Välj ett av svaren")],
)  # fmt: skip
async def test_what_cannot_be_kept_is_told(sms: Sms, when: str, phone: str, words: str) -> None:
    bo = await sms.region.staff("bo", "ankaret")
    status, page = await choose(bo, when, phone)
    assert status == 422
    assert words in page
    assert await sms.region.value("select sms_new_cases from staff where id = $1", id_of("staff/bo")) == "no"


# -- what a colleague asks ------------------------------------------------------------------------------------------


async def _asks(sms: Sms, how: str) -> None:
    karin, case_id = await sms.region.staff("karin", "ankaret"), sms.region.cases["held_by_karin"]
    if how == "attestation":
        assert (await ask(karin, case_id, person("sara", "physician"))).status_code == 303
    elif how == "role":
        assert (await ask(karin, case_id, "physician")).status_code == 303
    elif how == "invitation":
        assert (await invite(karin, case_id, person("sara", "physician"))).status_code == 303
    else:
        assert (await write(karin, case_id, person("sara", "physician"))).status_code == 303


async def _sara_wants(sms: Sms, asked: str) -> Person:
    sara = await sms.region.staff("sara", "ankaret")
    form = {"when": "no", "asked": asked, "phone": "070-174 06 91"}
    assert (await sara.post("/clinic/profile", form)).status_code == 303
    return sara


@pytest.mark.parametrize("how", ["attestation", "invitation", "mention"])
async def test_who_is_asked_by_name_is_told_without_a_word_about_whom(sms: Sms, how: str) -> None:
    await _sara_wants(sms, "always")
    await _asks(sms, how)
    assert [(one.to, one.text) for one in await sms.go_on()] == [
        ("+46701740691", "Region Exempel: En kollega vill att du loggar in och tittar i din lista.")
    ]
    assert await sms.region.value("select count(*) from events where kind = 'sms_told'") == 0, "no part of the case"


async def test_who_has_seen_it_meanwhile_has_not_chosen_it_or_is_one_of_a_role_is_not_told(sms: Sms) -> None:
    sara = await _sara_wants(sms, "no")
    await _asks(sms, "attestation")
    assert await sms.go_on() == []
    await _sara_wants(sms, "always")
    await _asks(sms, "role")
    assert await sms.go_on() == []
    await _asks(sms, "mention")
    await sms.react()
    await sara.get(f"/clinic/cases/{sms.region.cases['held_by_karin']}")
    assert await sms.go_on() == []


async def test_several_questions_at_once_are_one_sms_and_none_comes_while_the_unit_is_unstaffed(sms: Sms) -> None:
    await _sara_wants(sms, "always")
    for how in ("attestation", "invitation", "mention"):
        await _asks(sms, how)
    assert len(await sms.go_on()) == 1
    await _sara_wants(sms, "staffed")
    await sms.region.site.database.execute("delete from opening_hours")
    await _asks(sms, "attestation")
    assert await sms.go_on() == []


async def test_the_choice_stands_in_the_profile_and_an_unheard_of_one_is_told(sms: Sms) -> None:
    sara = await _sara_wants(sms, "staffed")
    asked = "select sms_requests from staff where id = $1"
    assert await sms.region.value(asked, id_of("staff/sara")) == "staffed"
    answer = await sara.post("/clinic/profile", {"when": "no", "asked": "ibland", "phone": "070-174 06 91"})
    assert (answer.status_code, "Välj ett av svaren" in answer.text) == (422, True)
    assert (await sara.post("/clinic/profile", {"when": "no", "asked": "always", "phone": ""})).status_code == 422


# -- the resident's own number -----------------------------------------------------------------------------------------


async def test_a_resident_writes_and_erases_her_number(sms: Sms) -> None:
    astrid = await sms.region.resident("astrid")
    assert "Ditt mobilnummer" in (await astrid.get("/profile")).text
    answer = await astrid.post("/profile/phone", {"phone": "070 174 06 77"})
    assert answer.status_code == 303
    assert "070-174 06 77" in (await astrid.get(answer.headers["location"])).text
    answer = await astrid.post("/profile/phone", {"phone": "0480-123 456"})
    assert answer.status_code == 422
    assert "0480-123 456" in answer.text
    assert "tar inte emot sms" in answer.text
    answer = await astrid.post("/profile/phone", {"phone": ""})
    assert "Numret är borttaget" in (await astrid.get(answer.headers["location"])).text


async def test_a_protected_resident_is_told_that_she_gets_none_and_without_sms_nothing_is_asked(sms: Sms) -> None:
    ylva = await sms.region.resident("ylva")
    page = (await ylva.get("/profile")).text
    assert "skickar vi inga sms" in page
    assert 'name="phone"' not in page
    sms.region.site.sms = None
    assert "sms" not in (await ylva.get("/profile")).text.lower().partition("<main")[2].partition("</main")[0]
