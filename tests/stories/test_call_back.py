"""Ring mig: she asks to be called, staff see it as work, and each outcome is told her; two misses end it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import httpx
import pytest

from linjen.core import clock
from linjen.units.hours import staffed_windows
from linjen.units.schedule import schedule_from_rows
from tests.pdf import Read
from tests.region import Person, Region
from tests.stories.test_ledger import ledger_of, owner_does

_MORNING = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # a Monday, 9 o'clock
_STATE = "select string_agg(state || tries::text, ' ' order by asked_at) from call_backs where case_id = $1"
_EVENTS = "select coalesce(string_agg(kind, ' ' order by seq), '') from events where case_id = $1 and kind like 'call%'"


@pytest.fixture(autouse=True)
async def nobody_protected(region: Region) -> None:
    """Everybody's number may be shown."""
    await owner_does(region, "update residents set protected = 'no', protected_checked_at = now()")


def main(page: httpx.Response) -> str:
    assert page.status_code == 200
    return page.text.split("</main", 1)[0]


async def ask(person: Person, case: UUID, page: str = "", **other: object) -> httpx.Response:
    """Send the form of her page with its first time."""
    page = page or (await person.get(f"/cases/{case}")).text
    call_id, times = re.search(r'name="call_id" value="([^"]+)"', page), re.findall(r'name="times" value="(\d+)"', page)
    data = {"call_id": call_id[1] if call_id else "", "phone": "070-174 06 05", "times": times[:1]} | other
    return await person.post(f"/cases/{case}/calls", data)


async def settle(region: Region, person: Person, case: UUID, outcome: str, tries: int = 0) -> httpx.Response:
    call = await region.value("select id from call_backs where case_id = $1 order by asked_at desc limit 1", case)
    return await person.post(f"/clinic/cases/{case}/calls/{call}/outcomes", {"outcome": outcome, "tries": str(tries)})


@pytest.mark.parametrize(("name", "owner"), [("held_by_karin", "gustav")])
async def test_from_the_wish_to_the_call(region: Region, name: str, owner: str) -> None:
    case, her, bo = region.cases[name], await region.resident(owner), await region.staff("bo", "ankaret")
    page = main(await her.get(f"/cases/{case}"))
    assert "Vill du hellre bli uppringd?" in page
    assert "dolt nummer" in page
    assert "Vill bli uppringd" not in main(await bo.get("/clinic/ledger"))
    sent = await ask(her, case)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case}#call")
    page = main(await her.get(f"/cases/{case}"))
    assert "Du har bett vårdenheten ringa 070-174 06 05" in page
    assert re.search(r"Tider som passar dig: [^.]+ kl\. \d\d\.\d\d–\d\d\.\d\d", page)
    ledger = main(await bo.get("/clinic/ledger/unit"))
    assert 'href="/clinic/calls"' in ledger
    row = ledger.split(f'id="case-{case}"')[1].split("</tr", 1)[0]
    assert "Ring upp" in row
    listed = main(await bo.get("/clinic/calls"))
    assert f"/clinic/cases/{case}#case-call" in listed
    assert "070-174" not in listed
    clinic = main(await bo.get(f"/clinic/cases/{case}"))
    assert "070-174 06 05" in clinic
    assert clinic.count("Vill bli uppringd") >= 1
    assert (await settle(region, bo, case, "reached")).status_code == 303
    assert "och ni talades vid" in main(await her.get(f"/cases/{case}"))
    assert "Ring upp" not in (await ledger_of(bo))
    assert str(case) not in main(await bo.get("/clinic/calls"))
    assert await region.value(_EVENTS, case) == "call_asked call_reached"
    sealed = await region.value("select number_sealed from call_backs where case_id = $1", case)
    assert isinstance(sealed, bytes)
    assert b"4605" not in sealed


async def test_two_misses_tell_her_how_to_go_on_and_she_may_ask_again(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    bo = await region.staff("bo", "ankaret")
    await ask(gustav, case)
    assert (await settle(region, bo, case, "missed")).status_code == 303
    page = main(await gustav.get(f"/cases/{case}"))
    assert "Vi ringde dig och nådde dig inte. Vi ringer en gång till." in page
    assert "nådde dig inte. De ringer en gång till" in page
    again = await settle(region, bo, case, "missed", 0)
    assert again.status_code == 409, "a press on an old page is no second call"
    assert await region.value(_STATE, case) == "waiting1"
    assert (await settle(region, bo, case, "missed", 1)).status_code == 303
    page = main(await gustav.get(f"/cases/{case}"))
    assert "Vi har ringt dig två gånger utan att nå dig" in page
    assert "be dem ringa igen" in page
    assert (await ask(gustav, case)).status_code == 303
    assert await region.value(_STATE, case) == "unreached2 waiting0"
    assert (await settle(region, bo, case, "in_chat")).status_code == 303
    assert "Vi svarar dig här i chatten i stället" in main(await gustav.get(f"/cases/{case}"))


async def test_she_takes_it_back_in_one_press_and_it_ends_with_the_case(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin = await region.staff("karin", "ankaret")
    await ask(gustav, case)
    page = main(await gustav.get(f"/cases/{case}"))
    found = re.search(rf'action="(/cases/{case}/calls/[^"]+/withdrawals)"', page)
    assert found
    for _ in range(2):
        assert (await gustav.post(found[1])).status_code == 303
    assert await region.value(_EVENTS, case) == "call_asked call_withdrawn"
    assert (await settle(region, karin, case, "reached")).status_code == 409
    assert (await ask(gustav, case)).status_code == 303
    told = "Patienten väntar på att bli uppringd. Avslutar du nu får patienten veta att ingen ringer."
    assert told in main(await karin.get(f"/clinic/cases/{case}/closings"))
    assert (await karin.post(f"/clinic/cases/{case}/closings", {"reason": "advice"})).status_code == 303
    assert await region.value(_STATE, case) == "withdrawn0 ended0"
    assert "Ärendet är avslutat, så vårdenheten ringer dig inte." in main(await gustav.get(f"/cases/{case}"))
    assert "/calls" not in main(await gustav.get(f"/cases/{case}"))
    assert (await ask(gustav, case, page)).status_code == 409


@pytest.mark.parametrize(
    ("other", "told"),
    [({"phone": ""}, "Skriv ditt telefonnummer"), ({"phone": "112"}, "Numret finns inte"),
     ({"phone": "abc"}, "siffror"),
     ({"times": []}, "Välj minst en tid"), ({"times": ["202601010900"]}, "Välj minst en tid")],
)  # fmt: skip
async def test_what_cannot_be_rung_is_given_back(region: Region, other: dict[str, object], told: str) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    given_back = await ask(gustav, case, "", **other)
    assert given_back.status_code == 422
    assert told in given_back.text
    assert await region.value(_STATE, case) is None


async def test_a_protected_persons_number_is_asked_of_nobody_and_shown_to_nobody(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    bo = await region.staff("bo", "ankaret")
    await ask(gustav, case)
    await owner_does(region, f"update residents set protected = 'yes' where id = '{region.actors.residents['gustav']}'")
    assert "070-174 06 05" not in main(await bo.get(f"/clinic/cases/{case}"))
    await settle(region, bo, case, "in_chat")
    page = main(await gustav.get(f"/cases/{case}"))
    assert 'name="phone"' not in page
    assert "det nummer som finns i din journal" in page
    assert (await ask(gustav, case)).status_code == 303
    assert await region.value("select count(*) from call_backs where number_sealed is null") == 1


async def test_strangers_and_other_units_are_refused(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await ask(gustav, case)
    page = (await gustav.get(f"/cases/{case}")).text
    ingrid, ulf = await region.resident("ingrid"), await region.staff("ulf", "bjorken")
    assert (await ask(ingrid, case, page)).status_code == 404
    assert (await settle(region, ulf, case, "reached")).status_code == 404
    assert (await settle(region, ulf, case, "nonsense")).status_code in {404, 422}
    assert await region.value(_STATE, case) == "waiting0"


async def test_pressed_many_times_it_is_one_wish_and_of_two_who_settle_one_wins(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    page = (await gustav.get(f"/cases/{case}")).text
    assert {one.status_code for one in await asyncio.gather(*(ask(gustav, case, page) for _ in range(3)))} == {303}
    assert await region.value(_STATE, case) == "waiting0"
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    both = await asyncio.gather(settle(region, karin, case, "reached"), settle(region, bo, case, "missed"))
    assert sorted(one.status_code for one in both) == [303, 409]
    assert "En kollega hann före" in next(one.text for one in both if one.status_code == 409)
    assert len(str(await region.value(_EVENTS, case)).split()) == 2


async def test_what_cannot_be_written_down_changes_nothing(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    bo = await region.staff("bo", "ankaret")
    await owner_does(region, "alter table events add constraint broken check (kind not like 'call%') not valid")
    assert (await ask(gustav, case)).status_code == 500
    assert await region.value(_STATE, case) is None
    await owner_does(region, "alter table events drop constraint broken")
    await ask(gustav, case)
    await owner_does(region, "alter table events add constraint broken check (kind not like 'call%') not valid")
    assert (await settle(region, bo, case, "missed")).status_code == 500
    assert await region.value(_STATE, case) == "waiting0"


def test_the_times_are_staffed_and_of_today_and_tomorrow() -> None:
    schedule = schedule_from_rows([(day, time(8), time(16)) for day in range(5)], [])
    found = [
        (f"{clock.local(a):%a %H.%M}", f"{clock.local(b):%H.%M}")
        for a, b in staffed_windows(schedule, _MORNING + timedelta(minutes=37))
    ]
    assert found[:2] == [("Mon 10.00", "12.00"), ("Mon 12.00", "14.00")], "what is left of the first hour is too short"
    assert found[-1] == ("Tue 16.00", "16.30")
    friday_night = datetime(2026, 12, 4, 20, 0, tzinfo=UTC)
    assert {f"{clock.local(a):%a}" for a, _ in staffed_windows(schedule, friday_night)} == {"Mon"}
    assert staffed_windows(schedule_from_rows([], []), _MORNING) == []


async def test_each_wish_stands_in_what_she_takes_along_in_full_dates(region: Region) -> None:
    case, gustav, bo = (
        region.cases["held_by_karin"],
        await region.resident("gustav"),
        await region.staff("bo", "ankaret"),
    )
    assert "Bli uppringd" not in Read((await gustav.get(f"/cases/{case}/book.pdf")).content).text
    await ask(gustav, case)
    waiting = (await gustav.get(f"/cases/{case}/book")).json()["calls"]
    assert [(one["state"], one["number"], one["tries"], one["settled_at"]) for one in waiting] == [
        ("waiting", "+46701740605", 0, None)
    ]
    assert set(waiting[0]["times"][0]) == {"from", "until"}
    await settle(region, bo, case, "missed")
    await settle(region, bo, case, "missed", tries=1)
    await ask(gustav, case)
    states = [one["state"] for one in (await gustav.get(f"/cases/{case}/book")).json()["calls"]]
    assert states == ["unreached", "waiting"]
    text = Read((await gustav.get(f"/cases/{case}/book.pdf")).content).text
    assert "Nummer: 070-174 06 05." in text
    assert re.search(r"Tider som passade: \d+ [a-zåäö]+ 20\d\d kl\. \d\d\.\d\d–\d\d\.\d\d\.", text)
    assert "Vårdenheten ringde två gånger utan svar, senast" in text
    assert "Vårdenheten har inte nått fram än." in text


async def test_the_number_of_one_party_does_not_go_along_with_the_other(region: Region) -> None:
    case, astrid = region.cases["child"], await region.resident("astrid")
    await ask(astrid, case)
    child = await region.value("select patient_id from cases where id = $1", case)
    await owner_does(region, f"update residents set birth_on = current_date - interval '14 years' where id = '{child}'")
    await owner_does(region, "update cases set patient_birth_on = current_date - interval '14 years'")
    assert isinstance(child, UUID)
    elsa = await region._sign_in("resident", child, None)
    assert [one["number"] for one in (await elsa.get(f"/cases/{case}/book")).json()["calls"]] == [""]
    text = Read((await elsa.get(f"/cases/{case}/book.pdf")).content).text
    assert "Bli uppringd" in text
    assert "070-174 06 05" not in text
