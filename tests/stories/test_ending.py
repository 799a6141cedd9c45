"""How a case ended, told so that it is true: what the patient is led to exists, and nobody ends it while she waits."""

from __future__ import annotations

from uuid import UUID

import pytest

from linjen.core.ids import new_id
from tests.back_in_time import make_older
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.test_reopen import reply

_STATE = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
#: What alone the patient was told in each case that is only taken and closed.
_UNTOLD = {
    "redirected": "Skriv till patienten vart det går att vända sig",
    "wrong_unit": "Skriv till patienten vilken enhet ärendet hör till",
    "advice": "Skriv råden till patienten",
}


async def taken(region: Region) -> tuple[Person, Person, UUID]:
    """Karin has taken Astrid's case, and nobody has written to her."""
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    case_id = region.cases["waiting"]
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    return karin, astrid, case_id


async def end(karin: Person, case_id: UUID, reason: str, **fields: object) -> tuple[int, str]:
    """Close the case for a reason."""
    answer = await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": reason, **fields})
    return answer.status_code, answer.text


@pytest.mark.parametrize("reason", list(_UNTOLD))
async def test_nobody_is_led_to_messages_that_nobody_wrote(region: Region, reason: str) -> None:
    karin, astrid, case_id = await taken(region)
    status, page = await end(karin, case_id, reason, words="Till journalen")
    assert status == 422
    assert _UNTOLD[reason] in page
    assert 'href="#tell"' in page
    assert "Till journalen" in page
    assert f'value="{reason}" checked' in page
    assert await region.value(_STATE, case_id) == "in_progress"
    assert (await end(karin, case_id, reason, tell="Ring Lyktan på 0480-123 45."))[0] == 303
    assert "0480-123 45" in (await astrid.get(f"/cases/{case_id}")).text


async def test_what_was_written_before_she_came_back_answers_nothing_new(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    assert (await end(karin, case_id, "advice"))[0] == 303
    assert (await reply(gustav, case_id)).status_code == 303
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert (await end(karin, case_id, "redirected"))[0] == 422


async def test_a_ticket_must_exist(region: Region) -> None:
    karin, _, case_id = await taken(region)
    status, page = await end(karin, case_id, "ticketed")
    assert status == 422
    assert "Skapa biljetten först" in page
    assert f'href="/clinic/cases/{case_id}/tickets"' in page


@pytest.mark.parametrize(
    ("kinds", "reads"),
    [
        (["certificate"], "Ditt intyg är klart"), (["prescription"], "Ditt recept är klart"),
        (["booking"], "Du har fått en tid"), (["other"], "Det är ordnat"),
        (["prescription", "certificate"], "Det är ordnat"),
    ],
)  # fmt: skip
async def test_what_is_arranged_is_told_as_its_cards_say(region: Region, kinds: list[str], reads: str) -> None:
    karin, astrid, case_id = await taken(region)
    reached = {}
    for kind in kinds:
        card = new_id()
        form = {"action_id": str(card), "kind": kind, "text": "Nu är det ordnat."}
        assert (await karin.post(f"/clinic/cases/{case_id}/actions", form)).status_code == 303
        reached[f"reached_{card}"] = "phone"
    assert (await end(karin, case_id, "prescribed", **reached))[0] == 303
    page = (await astrid.get(f"/cases/{case_id}")).text
    assert reads in page
    assert ("hämta ut det på vilket apotek" in page) == (kinds == ["prescription"])


async def test_a_certificate_is_no_booked_time(region: Region) -> None:
    karin, _, case_id = await taken(region)
    card = new_id()
    form = {"action_id": str(card), "kind": "certificate", "text": "Intyget är klart."}
    await karin.post(f"/clinic/cases/{case_id}/actions", form)
    status, page = await end(karin, case_id, "booked", **{f"reached_{card}": "phone"})
    assert status == 422
    assert "Lägg in åtgärden som ett kort" in page


async def back_in_time(region: Region, case_id: UUID, hours: float) -> None:
    """As if all that was said in the case were so many hours older."""
    await make_older(region.dsn.replace("linjen_app@", "linjen_owner@"), case_id, hours)


async def test_who_waits_for_us_is_not_said_to_be_silent(region: Region) -> None:
    karin, astrid, case_id = await taken(region)
    await karin.say(case_id, "Hur är det i dag?")
    await back_in_time(region, case_id, 48)
    await astrid.say(case_id, "Sämre")
    status, page = await end(karin, case_id, "inactive")
    assert status == 422
    assert "Patienten väntar på svar" in page
    assert f'href="/clinic/cases/{case_id}#composer-text"' in page
    assert await region.value(_STATE, case_id) == "in_progress"


async def test_the_patient_has_24_hours_and_a_reminder_before_she_is_said_to_be_silent(region: Region) -> None:
    karin, astrid, case_id = await taken(region)
    await karin.say(case_id, "Hur är det i dag?")
    status, page = await end(karin, case_id, "inactive", tell="Hör gärna av dig")
    assert status == 422
    assert "Patienten har inte fått 24 timmar på sig att svara" in page
    assert "Hör gärna av dig" in page
    await back_in_time(region, case_id, 25)
    status, page = await end(karin, case_id, "inactive")
    assert status == 422
    assert "Skriv en påminnelse i chatten först" in page, "no SMS is sent here, as to who is protected"
    await karin.say(case_id, "Vi väntar på ditt svar.")
    status, page = await end(karin, case_id, "inactive")
    assert status == 422
    assert "Patienten har fått en påminnelse. Vänta på svar till" in page
    await back_in_time(region, case_id, 25)
    assert (await end(karin, case_id, "inactive"))[0] == 303
    assert "Vi väntade på ditt svar" in (await astrid.get(f"/cases/{case_id}")).text


async def test_two_messages_in_a_row_are_no_reminder(region: Region) -> None:
    karin, _, case_id = await taken(region)
    await karin.say(case_id, "Hej!")
    await karin.say(case_id, "Hur är det i dag?")
    await back_in_time(region, case_id, 25)
    assert "påminnelse i chatten först" in (await end(karin, case_id, "inactive"))[1]


async def test_where_sms_can_be_sent_the_way_on_is_the_reminder(region: Region) -> None:
    from tests.stories.sms_world import Sms  # noqa: PLC0415 - only this one sends
    from tests.stories.test_remind import remind  # noqa: PLC0415

    await Sms(region).begin()
    karin, _, case_id = await taken(region)
    await karin.say(case_id, "Hur är det i dag?")
    await back_in_time(region, case_id, 25)
    status, page = await end(karin, case_id, "inactive")
    assert status == 422
    assert "Påminn patienten via sms först" in page
    assert f'href="/clinic/cases/{case_id}/reminders"' in page
    assert (await remind(karin, case_id))[0] == 303
    assert "Vänta på svar till" in (await end(karin, case_id, "inactive"))[1]
    await back_in_time(region, case_id, 25)
    assert (await end(karin, case_id, "inactive"))[0] == 303


async def test_an_sms_that_never_came_was_no_reminder(region: Region) -> None:
    from tests.stories.sms_world import Sms  # noqa: PLC0415 - only these send
    from tests.stories.test_remind import remind  # noqa: PLC0415

    sms = Sms(region)
    await sms.begin()
    karin, _, case_id = await taken(region)
    await karin.say(case_id, "Hur är det i dag?")
    await back_in_time(region, case_id, 25)
    assert (await remind(karin, case_id))[0] == 303
    await sms.react()
    await owner_does(region, f"update sms set state = 'failed' where case_id = '{case_id}'")
    await back_in_time(region, case_id, 25)
    assert "Påminn patienten via sms först" in (await end(karin, case_id, "inactive"))[1]
    await owner_does(region, f"update sms set state = 'delivered' where case_id = '{case_id}'")
    assert (await end(karin, case_id, "inactive"))[0] == 303


async def test_who_was_answered_is_not_told_that_she_was_not(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    assert (await end(karin, case_id, "withdrawn"))[0] == 303
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert "innan det besvarades" not in page
    assert "Du behöver inte mer hjälp nu" in page


async def test_who_was_never_answered_reads_that_she_took_it_back(region: Region) -> None:
    karin, astrid, case_id = await taken(region)
    assert (await end(karin, case_id, "withdrawn"))[0] == 303
    assert "innan det besvarades" in (await astrid.get(f"/cases/{case_id}")).text
