"""Påminn via sms: by the holder, in fixed words or her own, once; and what a rule forbids is said at once."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from tests.region import Person, Region
from tests.stories.sms_world import Sms

_EVENTS = "select count(*) from events where case_id = $1 and kind = 'reminded'"


@pytest.fixture
async def sms(region: Region) -> Sms:
    return await Sms(region).begin()


async def held(sms: Sms) -> tuple[Person, UUID]:
    """Karin with a case that she holds, its first SMS sent."""
    karin, case_id = await sms.region.staff("karin", "ankaret"), sms.region.cases["waiting"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    await sms.go_on()
    return karin, case_id


async def remind(person: Person, case_id: UUID, **data: object) -> tuple[int, str]:
    """Send the form; status and page."""
    answer = await person.post(f"/clinic/cases/{case_id}/reminders", {"reminder_id": str(uuid4()), **data})
    return answer.status_code, answer.text


async def test_the_resident_gets_the_words_that_the_page_showed(sms: Sms) -> None:
    karin, case_id = await held(sms)
    words = "Region Exempel: Vi väntar på ditt svar. Logga in som du brukar, med BankID, och svara när du kan."
    ours = "Det är vår tur att svara i chatten."
    assert ours in (await karin.get(f"/clinic/cases/{case_id}/reminders")).text, "nobody has answered her yet"
    await karin.say(case_id, "Hur mår du nu?")
    page = (await karin.get(f"/clinic/cases/{case_id}/reminders")).text
    assert words in page
    assert ours not in page
    assert (await remind(karin, case_id))[0] == 303
    assert [one.text for one in await sms.go_on(hurry=False)] == [words]
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Karin Lindqvist bad om en påminnelse via sms" in page
    assert "Sms (påminnelse) är lämnat till operatören" in page


async def test_a_double_press_and_a_colleague_s_haste_are_one_reminder(sms: Sms) -> None:
    karin, case_id = await held(sms)
    reminder_id = str(uuid4())
    answers = await asyncio.gather(*(remind(karin, case_id, reminder_id=reminder_id) for _ in range(4)))
    assert {status for status, _ in answers} == {303}
    status, text = await remind(karin, case_id)
    assert (status, "de senaste tio minuterna" in text) == (409, True)
    assert await sms.region.value(_EVENTS, case_id) == 1
    assert len(await sms.go_on()) == 1


async def test_two_different_presses_at_once_are_one_reminder(sms: Sms) -> None:
    karin, case_id = await held(sms)
    answers = await asyncio.gather(*(remind(karin, case_id) for _ in range(4)))
    assert sorted(status for status, _ in answers) == [303, 409, 409, 409]
    assert len(await sms.go_on()) == 1


async def test_only_who_holds_the_case_reminds(sms: Sms) -> None:
    _, case_id = await held(sms)
    bo, lena = await sms.region.staff("bo", "ankaret"), await sms.region.staff("lena", "lyktan")
    assert (await remind(bo, case_id))[0] == 409
    assert (await remind(lena, case_id))[0] == 404
    assert (await remind(bo, sms.region.cases["urgent"]))[0] == 409, "nobody holds it"
    assert await sms.region.value(_EVENTS, case_id) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("protected = 'yes'", "skyddade personuppgifter, och då skickas inga sms"),
        ("protected = 'unchecked'", "ej kontrollerade, och då skickas inga sms"),
        ("protected_checked_at = now() - interval '2 days'", "ej kontrollerade, och då skickas inga sms"),
        ("phone = null", "inte angett något mobilnummer"), ("phone = '+46480123456'", "tar inte emot sms"),
    ],
)  # fmt: skip
async def test_what_a_rule_forbids_is_said_at_once(sms: Sms, change: str, words: str) -> None:
    karin, case_id = await held(sms)
    await sms.region.site.database.execute(f"update residents set {change}")
    page = (await karin.get(f"/clinic/cases/{case_id}/reminders")).text
    assert words in page
    assert "<form class" not in page.partition("</main")[0]
    assert (await remind(karin, case_id))[0] == 409
    assert await sms.region.value(_EVENTS, case_id) == 0


async def test_own_words_only_where_the_unit_allows_them(sms: Sms) -> None:
    karin, case_id = await held(sms)
    assert (await remind(karin, case_id, what="own", text="Hör av dig."))[0] == 409
    await sms.region.site.database.execute(
        "insert into unit_sms select unit_id, true from cases where id = $1", case_id
    )
    assert "Egen text" in (await karin.get(f"/clinic/cases/{case_id}/reminders")).text
    assert (await remind(karin, case_id, what="own", text="Hör av dig när du kan."))[0] == 303
    assert [one.text for one in await sms.go_on()] == ["Hör av dig när du kan."]
    assert b"av dig" not in bytes(await sms.region.value("select body_sealed from sms_texts"))  # type: ignore[call-overload]
    assert "av dig" not in str(await sms.region.site.database.fetch("select * from sms"))
    assert "av dig" not in str(await sms.region.site.database.fetch("select data from events"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Gå till https://x.example", "Ta bort länken"), ("skriv till a@b.se", "Ta bort e-postadressen"),
        ("Det gäller 19870105-2386", "personnummer"), ("Dina provsvar är klara", "provsvar"),
        ("Hej Astrid!", "Ta bort namnet"),
        ("Hör av dig [dag]", "Fyll i [dag]"), ("", "Skriv vad det ska stå"), ("a" * 460, "högst 459 tecken"),
    ],
)  # fmt: skip
async def test_own_words_that_may_not_stand_there_stay_in_the_box_with_the_reason(
    sms: Sms, text: str, words: str
) -> None:
    karin, case_id = await held(sms)
    await sms.region.site.database.execute(
        "insert into unit_sms select unit_id, true from cases where id = $1", case_id
    )
    status, page = await remind(karin, case_id, what="own", text=text)
    assert status == 422
    assert words in page
    assert text in page
    assert await sms.go_on() == []
    assert await sms.region.value("select count(*) from sms_texts") == 0


async def test_who_answers_before_it_is_sent_is_not_reminded(sms: Sms) -> None:
    karin, case_id = await held(sms)
    await remind(karin, case_id)
    await sms.react()
    astrid = await sms.region.resident("astrid")
    await astrid.say(case_id, "Här är jag")
    assert await sms.go_on() == []
    assert (await sms.states(case_id))[-1] == ("reminder", "dropped", "answered")


async def test_without_a_gateway_there_is_no_button_and_the_form_is_refused(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["waiting"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert "Påminn via sms" not in (await karin.get(f"/clinic/cases/{case_id}")).text.partition("</main")[0]
    status, page = await remind(karin, case_id)
    assert (status, "Sms är avstängt" in page) == (409, True)


async def test_nothing_is_kept_when_the_event_cannot_be_written(sms: Sms, monkeypatch: pytest.MonkeyPatch) -> None:
    karin, case_id = await held(sms)
    await sms.region.site.database.execute(
        "insert into unit_sms select unit_id, true from cases where id = $1", case_id
    )

    async def broken(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr("linjen.cases.moves.remind.record", broken)
    assert (await remind(karin, case_id, what="own", text="Hör av dig."))[0] == 500
    assert await sms.region.value("select count(*) from sms_texts") == 0
    assert await sms.go_on() == []
