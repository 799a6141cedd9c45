"""Biljetten hos mottagaren: used, booked, returned or run out; each once, whoever comes first, and never the chat."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from linjen.cases.tickets.ticket_expiry import expire_tickets
from linjen.core import clock
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.test_ticket import HISTORY, NOTE, day, happened, issued, state, unit

ADDED = "Nu har jag fått feber också"
WHY = "Hör hemma hos lungmottagningen"


async def use(person: Person, ticket_id: UUID, text: str = "") -> httpx.Response:
    """Press Använd biljetten."""
    return await person.post(f"/tickets/{ticket_id}/uses", {"text": text})


async def book(person: Person, ticket_id: UUID, on: str = "", at: str = "09.30", anyway: str = "") -> httpx.Response:
    """Book a time, as the page's fields send it."""
    typed = {"on": on or day(7), "time": at.replace(".", ":"), "anyway": anyway}
    return await person.post(f"/clinic/tickets/{ticket_id}/bookings", typed)


async def give_back(person: Person, ticket_id: UUID, why: str = WHY) -> httpx.Response:
    """Return it."""
    return await person.post(f"/clinic/tickets/{ticket_id}/returns", {"why": why})


async def lyktans(region: Region) -> Person:
    return await region.staff("lena", "lyktan")


def case_of(answer: httpx.Response) -> UUID:
    """The case that a used ticket led to."""
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rsplit("/", 1)[1])


async def test_used_it_becomes_a_case_in_the_receivers_queue_with_its_text_and_no_way_back(region: Region) -> None:
    ticket_id, first = await issued(region), region.cases["held_by_karin"]
    gustav, lena = await region.resident("gustav"), await lyktans(region)
    page = (await gustav.get(f"/tickets/{ticket_id}")).text
    for words in ("Använd biljetten nu?", HISTORY, "Acceptera och använd biljetten", "kan det kosta"):
        assert words in page, words
    async with lena.listen("/clinic/ledger/stream?view=role") as hers:
        await hers.wait_for("hello")
        case_id = case_of(await use(gustav, ticket_id, ADDED))
        await hers.wait_for("row", str(case_id))
    assert (await lena.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    page = (await lena.get(f"/clinic/cases/{case_id}")).text
    for words in ("Från Hälsocentralen Ankaret", HISTORY, NOTE, ADDED, "Gustav Öberg"):
        assert words in page, words
    assert str(first) not in page
    assert "Hostan vill inte ge med sig" not in page  # what he wrote in the first case
    assert (await lena.get(f"/clinic/cases/{first}")).status_code == 404
    assert (await lena.say(case_id, "Hej Gustav!")).status_code == 201
    assert "Hej Gustav!" in (await gustav.get(f"/cases/{case_id}")).text
    mine = (await gustav.get(f"/cases/{first}")).text
    assert f"/cases/{case_id}" in mine
    karins = (await (await region.staff("karin", "ankaret")).get(f"/clinic/cases/{first}")).text
    assert "Gustav Öberg använde biljetten till Hälsocentralen Lyktan" in karins
    assert str(case_id) not in karins
    fee = "select choice from consents where case_id = $1 and kind = 'fee'"
    assert await region.value(fee, case_id) is True
    placed = "select v.state || ' ' || v.priority || ' ' || v.for_role from visits v where v.case_id = $1"
    before = await region.value("select priority from visits where case_id = $1", first)
    assert await region.value(placed, case_id) == f"in_progress {before} nurse"


async def test_to_a_resource_it_waits_for_those_who_work_there(region: Region) -> None:
    ticket_id = await issued(region, unit("rehab", "physiotherapist"), tell="")
    fadime = await region.staff("fadime", "rehab")
    page = (await (await region.resident("gustav")).get(f"/tickets/{ticket_id}")).text
    assert "Rehabenheten Exempel" in page
    case_id = case_of(await use(await region.resident("gustav"), ticket_id))
    assert str(case_id) in (await fadime.get("/clinic/ledger")).text


async def test_used_many_times_at_once_it_is_one_case(region: Region) -> None:
    ticket_id, gustav = await issued(region), await region.resident("gustav")
    cases = {case_of(answer) for answer in await asyncio.gather(*(use(gustav, ticket_id) for _ in range(4)))}
    assert len(cases) == 1
    assert await happened(region, "ticket_used") == 1
    assert await region.value("select count(*) from cases where id = $1", cases.pop()) == 1
    patient = region.actors.residents["gustav"]
    assert await region.value("select count(*) from cases where patient_id = $1 and phase = 'sent'", patient) == 2


async def test_other_words_from_an_old_page_are_not_lost_in_silence(region: Region) -> None:
    ticket_id, gustav, lena = await issued(region), await region.resident("gustav"), await lyktans(region)
    for words, status in (("Första orden", 303), ("Första orden", 303), ("Det har blivit värre", 409)):
        answer = await gustav.post(f"/tickets/{ticket_id}/uses", {"text": words})
        assert answer.status_code == status, words
    assert "Det har blivit värre" in answer.text
    ticket_id = await issued(region)
    for words, status in (("Fel mottagning", 303), ("Fel mottagning", 303), ("Ring patienten först", 409)):
        answer = await give_back(lena, ticket_id, words)
        assert answer.status_code == status, words
    assert "Ring patienten först" in answer.text


async def test_strangers_and_staff_use_nobodys_ticket_and_a_booking_waits_for_its_unit(region: Region) -> None:
    ticket_id = await issued(region)
    astrid = await region.resident("astrid")
    assert (await astrid.get(f"/tickets/{ticket_id}")).status_code == 404
    assert (await use(astrid, ticket_id)).status_code == 404
    refused = "select refused from access_log where verb = 'use_ticket' and refused is not null"
    assert await region.value(refused) == "ticket"
    booking = await issued(region, kind="booking")
    answer = await use(await region.resident("gustav"), booking)
    assert answer.status_code == 409
    assert "bokar en tid åt dig" in answer.text
    assert await state(region, booking) == "issued"


async def test_what_she_adds_is_checked_and_stays_on_the_page(region: Region) -> None:
    ticket_id, gustav = await issued(region), await region.resident("gustav")
    answer = await use(gustav, ticket_id, "o" * 8_001)
    assert answer.status_code == 422
    assert "ooooo" in answer.text
    assert await state(region, ticket_id) == "issued"


async def test_the_receiver_books_a_time_and_the_patient_sees_it(region: Region) -> None:
    ticket_id, lena = await issued(region, kind="booking"), await lyktans(region)
    desk = (await lena.get("/clinic/tickets")).text
    assert f"/clinic/tickets/{ticket_id}" in desk
    assert "Gustav" not in desk
    assert "Öberg" in (await lena.get(f"/clinic/tickets/{ticket_id}")).text
    answers = await asyncio.gather(*(book(lena, ticket_id) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await happened(region, "ticket_booked") == 1
    gustav = await region.resident("gustav")
    for path in ("/cases", f"/tickets/{ticket_id}"):
        page = (await gustav.get(path)).text
        assert "Tid bokad" in page
        assert "09.30" in page
    booked = await region.value("select booked_for from tickets where id = $1", ticket_id)
    assert isinstance(booked, datetime)
    assert clock.local(booked).strftime("%H:%M") == "09:30"
    assert (await book(lena, ticket_id, at="10.00")).status_code == 409  # another time is another thing
    assert (
        "Lena Falk på Hälsocentralen Lyktan bokade en tid"
        in (await (await region.staff("bo", "ankaret")).get(f"/clinic/cases/{region.cases['held_by_karin']}")).text
    )


@pytest.mark.parametrize(
    ("on", "at", "words"),
    [
        ("i morgon", "09.30", "Välj en dag"), ("ahead -1", "09.30", "Tiden har passerat"),
        ("ahead 7", "halv tio", "Skriv klockslaget"), ("ahead 366", "00.00", "inom ett år"),
    ],
)  # fmt: skip
async def test_a_time_that_is_none_is_not_booked(region: Region, on: str, at: str, words: str) -> None:
    ticket_id, lena = await issued(region, kind="booking"), await lyktans(region)
    answer = await book(lena, ticket_id, day(int(on.split()[1])) if on.startswith("ahead") else on, at)
    assert answer.status_code == 422
    assert words in answer.text
    assert await state(region, ticket_id) == "issued"


async def test_the_whole_of_the_last_day_that_the_page_offers_can_be_booked(region: Region) -> None:
    ticket_id, lena = await issued(region, kind="booking"), await lyktans(region)
    assert f'max="{day(365)}"' in (await lena.get(f"/clinic/tickets/{ticket_id}")).text
    assert (await book(lena, ticket_id, day(365), "23.59", f"{day(365)}T23:59")).status_code == 303


async def test_a_drop_in_is_never_booked(region: Region) -> None:
    answer = await book(await lyktans(region), await issued(region))
    assert answer.status_code == 409
    assert "drop-in" in answer.text


async def test_returned_it_is_work_at_the_sender_who_reads_why_and_the_patient_does_not(region: Region) -> None:
    ticket_id, lena, first = await issued(region), await lyktans(region), region.cases["held_by_karin"]
    empty = await give_back(lena, ticket_id, " ")
    assert empty.status_code == 422
    assert {(await give_back(lena, ticket_id)).status_code for _ in range(2)} == {303}
    assert await happened(region, "ticket_returned") == 1
    bo = await region.staff("bo", "ankaret")
    for path in ("/clinic/tickets", f"/clinic/cases/{first}"):
        assert WHY in (await bo.get(path)).text, path
    assert WHY not in (await (await region.resident("gustav")).get(f"/cases/{first}")).text
    assert WHY not in str(await region.site.database.fetch("select * from tickets"))
    assert await region.value("select turn from cases where id = $1", first) == "staff"
    answers = [await bo.post(f"/clinic/tickets/{ticket_id}/settlings", {"back": "list"}) for _ in range(2)]
    assert {answer.headers["location"] for answer in answers} == {"/clinic/tickets"}
    assert await happened(region, "ticket_settled") == 1
    assert WHY not in (await bo.get("/clinic/tickets")).text


async def test_returned_after_its_case_was_closed_the_case_waits_again(region: Region) -> None:
    ticket_id, lena, first = await issued(region), await lyktans(region), region.cases["held_by_karin"]
    karin = await region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{first}/closings", {"reason": "redirected"})).status_code == 303
    assert (await give_back(lena, ticket_id)).status_code == 303
    current = "select v.state || ' ' || v.for_role from cases c join visits v on v.id = c.visit_id where c.id = $1"
    assert await region.value(current, first) == "queued nurse"
    assert await region.value("select count(*) from visits where case_id = $1", first) == 2
    assert str(first) in (await karin.get("/clinic/ledger")).text
    assert (await karin.post(f"/clinic/cases/{first}/claims")).status_code == 303


async def test_of_using_and_returning_in_the_same_second_one_holds_and_the_other_is_told(region: Region) -> None:
    for _ in range(3):
        ticket_id, gustav, lena = await issued(region), await region.resident("gustav"), await lyktans(region)
        used, back = await asyncio.gather(use(gustav, ticket_id), give_back(lena, ticket_id))
        assert sorted((used.status_code, back.status_code)) == [303, 409]
        found = await state(region, ticket_id)
        assert found == ("used" if used.status_code == 303 else "returned")
        told = used if found == "returned" else back
        assert ("Tillbakalämnad" if found == "returned" else "redan gått vidare") in told.text
    cases = "select count(*) from cases c join visits v on v.case_id = c.id where c.reason = '' and v.unit_id = $1"
    used_ones = await region.value("select count(*) from tickets where state = 'used'")
    assert await region.value(cases, UUID(unit("lyktan"))) == used_ones


async def test_what_was_taken_back_is_neither_used_nor_booked_nor_returned(region: Region) -> None:
    ticket_id, lena = await issued(region), await lyktans(region)
    bo = await region.staff("bo", "ankaret")
    assert (await bo.post(f"/clinic/tickets/{ticket_id}/settlings")).status_code == 409  # it is not back
    assert (await bo.post(f"/clinic/tickets/{ticket_id}/withdrawals")).status_code == 303
    assert (await use(await region.resident("gustav"), ticket_id)).status_code == 409
    assert (await give_back(lena, ticket_id)).status_code == 409
    assert await state(region, ticket_id) == "cancelled"


async def test_only_its_receiver_answers(region: Region) -> None:
    ticket_id = await issued(region, kind="booking")
    for key, place, wanted in (("karin", "ankaret", 409), ("ulf", "bjorken", 404), ("disa", "ankaret", 404)):
        person = await region.staff(key, place)
        assert (await book(person, ticket_id)).status_code == wanted, key
        assert (await give_back(person, ticket_id)).status_code == wanted, key
    assert (await (await region.staff("ulf", "bjorken")).get(f"/clinic/tickets/{ticket_id}")).status_code == 404
    assert (await (await region.staff("disa", "ankaret")).get("/clinic/tickets")).status_code == 404
    assert await state(region, ticket_id) == "issued"


async def test_after_its_last_day_it_is_over_before_anybody_has_swept_and_then_its_sender_is_told(
    region: Region,
) -> None:
    ticket_id, database = await issued(region), region.site.database
    await owner_does(region, "update tickets set last_on = current_date - 2")
    assert (await use(await region.resident("gustav"), ticket_id)).status_code == 409
    assert (await give_back(await lyktans(region), ticket_id)).status_code == 409
    far = datetime(2037, 3, 2, tzinfo=UTC)
    assert await expire_tickets(database, far) == 1
    assert await expire_tickets(database, far + timedelta(days=1)) == 0
    assert await state(region, ticket_id) == "expired"
    assert await happened(region, "ticket_expired") == 1
    bo = await region.staff("bo", "ankaret")
    assert "Tillbaka till oss" in (await bo.get("/clinic/tickets")).text
    assert "Gällde till och med" in (await (await region.resident("gustav")).get(f"/tickets/{ticket_id}")).text


async def test_on_its_last_day_it_is_still_good(region: Region) -> None:
    ticket_id = await issued(region, last_on=day(0))
    assert await expire_tickets(region.site.database, clock.now()) == 0
    case_of(await use(await region.resident("gustav"), ticket_id))


async def test_reading_a_ticket_and_the_list_is_logged(region: Region) -> None:
    ticket_id, lena = await issued(region), await lyktans(region)
    await lena.get("/clinic/tickets")
    await lena.get(f"/clinic/tickets/{ticket_id}")
    logged = await region.site.database.fetch(
        "select verb, case_id, shown from access_log where unit_id = $1 order by id", UUID(unit("lyktan"))
    )
    assert [tuple(row) for row in logged] == [
        ("list_tickets", None, [ticket_id]), ("open_ticket", region.cases["held_by_karin"], [ticket_id]),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["ticket_used", "ticket_booked", "ticket_returned", "ticket_expired", "case_sent"])
async def test_without_its_event_nothing_has_changed(region: Region, kind: str) -> None:
    drop_in, booking = await issued(region), await issued(region, kind="booking")
    gustav, lena = await region.resident("gustav"), await lyktans(region)
    await owner_does(region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    cases = await region.value("select count(*) from cases")
    if kind in {"ticket_used", "case_sent"}:
        assert (await use(gustav, drop_in)).status_code == 500
    elif kind == "ticket_booked":
        assert (await book(lena, booking)).status_code == 500
    elif kind == "ticket_returned":
        assert (await give_back(lena, drop_in)).status_code == 500
    else:
        with pytest.raises(Exception, match="no_more"):
            await expire_tickets(region.site.database, datetime(2037, 3, 2, tzinfo=UTC))
    assert [await state(region, one) for one in (drop_in, booking)] == ["issued", "issued"]
    assert await region.value("select count(*) from cases") == cases


async def test_an_hour_that_the_clock_leaves_out_is_no_time(region: Region) -> None:
    ticket_id, lena = await issued(region, kind="booking"), await lyktans(region)
    spring = next(
        on for on in (clock.local_date(clock.now()) + timedelta(days=n) for n in range(1, 366))
        if on.month == 3 and on.weekday() == 6 and on.day > 24
    )  # fmt: skip
    answer = await lena.post(f"/clinic/tickets/{ticket_id}/bookings", {"on": spring.isoformat(), "time": "02:30"})
    assert answer.status_code == 422
    assert "klockan ställs fram" in answer.text


async def test_incoming_tickets_are_told_apart_and_the_most_urgent_stands_first(region: Region) -> None:
    lena = await lyktans(region)
    calm, urgent = await issued(region), await issued(region)
    await owner_does(region, f"update tickets set priority = 4 where id = '{calm}'")
    await owner_does(region, f"update tickets set priority = 2 where id = '{urgent}'")
    page = (await lena.get("/clinic/tickets")).text
    assert page.index(f"/clinic/tickets/{urgent}") < page.index(f"/clinic/tickets/{calm}")
    for words in ("Skickad ", "Skyndsamt", "Inom en vecka"):
        assert words in page, words


async def test_a_time_at_night_is_asked_about_once_and_only_that_time(region: Region) -> None:
    ticket_id, lena = await issued(region, kind="booking"), await lyktans(region)
    asked = await book(lena, ticket_id, at="03.00")
    assert asked.status_code == 422
    assert "Tiden är på natten." in asked.text
    assert f'name="anyway" value="{day(7)}T03:00"' in asked.text
    assert (await book(lena, ticket_id, at="04.00", anyway=f"{day(7)}T03:00")).status_code == 422
    assert await state(region, ticket_id) == "issued"
    assert (await book(lena, ticket_id, at="03.00", anyway=f"{day(7)}T03:00")).status_code == 303
    assert await state(region, ticket_id) == "booked"
