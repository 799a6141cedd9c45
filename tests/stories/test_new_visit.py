"""Nytt besök: a visit of a later day follows on the present one, waits for its person, and begins when received."""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.cases.moves.booked import tell_due
from linjen.cases.waiting.queues import measure_queues
from linjen.core import clock, swedish
from linjen.demo.world import id_of
from linjen.units.hours import staffed_until
from linjen.units.opening import see_schedule
from tests.region import Person, Region
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does

_VISIT = (
    "select v.kind || ' ' || v.state || ' ' || v.for_role || ' ' || coalesce(v.for_staff_id::text, '-') || ' '"
    " || coalesce(v.booked_on::text, '-') from cases c join visits v on v.id = c.visit_id where c.id = $1"
)
_VISITS = "select count(*) from visits where case_id = $1"
_SAID = "select count(*) from messages where case_id = $1 and by_kind = 'staff'"
_TELL = "Du har ett bokat besök: [tid]."


def day(ahead: int = 4) -> date:
    """A Swedish day so many days from now."""
    return clock.local_date(clock.now()) + timedelta(days=ahead)


def who(key: str = "karin", role: str = "nurse") -> str:
    """The value of the page's list."""
    return f"{role}/{id_of(f'staff/{key}')}"


async def book(person: Person, path: str, **fields: str) -> httpx.Response:
    """Send the form, as one who has been asked about the time if nobody is there then: that goes by today's date."""
    form = {"kind": "scheduled", "on": day().isoformat(), "time": "10:00", "who": who(), "tell": _TELL}
    form |= {"made_id": str(uuid4())} | fields
    return await person.post(f"/clinic/{path}/bookings", {"anyway": f"{form['on']}T{form['time']}"} | form)


async def make_due(region: Region, case_id: UUID) -> None:
    """Let the day of a booked visit be today, and its time past."""
    await region.site.database.execute(
        "update visits set booked_on = $2::date, queued_at = now() - interval '1 minute',"
        " starts_at = case when starts_at is not null then now() - interval '1 minute' end"
        " where id = (select visit_id from cases where id = $1)",
        case_id, day(0),
    )  # fmt: skip


async def test_the_dialogue_lists_every_kind_and_leads_to_tickets(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert f"/clinic/cases/{case_id}/bookings" in (await karin.get(f"/clinic/cases/{case_id}")).text
    page = (await karin.get(f"/clinic/cases/{case_id}/bookings")).text
    here = f"/clinic/cases/{case_id}"
    kinds = ("Schemalagd", "Schemalagt fri", "Asynkront", f"{here}/tickets", f"{here}/asynchronous")
    for words in ("Nytt besök eller biljett", "Vem gäller det?", "Gustav Öberg", *kinds):
        assert words in page, words


@pytest.mark.parametrize(("kind", "hint"), [("scheduled", "Dagen och tiden"), ("scheduled_free", "Dagen")])
async def test_the_hint_names_the_time_only_where_the_kind_has_one(region: Region, kind: str, hint: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    page = (await karin.get(f"/clinic/cases/{case_id}/bookings?kind={kind}")).text
    assert f"Skickas i chatten. {hint} sätts in där det står [tid]." in page


async def test_a_time_is_booked_in_the_case_and_both_read_it(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    assert "Klockslag" in (await karin.get(f"/clinic/cases/{case_id}/bookings?kind=scheduled")).text
    answer = await book(karin, f"cases/{case_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/cases/{case_id}")
    assert await region.value(_VISIT, case_id) == f"scheduled queued nurse {id_of('staff/karin')} {day().isoformat()}"
    assert await region.value(_VISITS, case_id) == 2
    when = f"{swedish.weekday(day())} {swedish.date_words(day())}, kl. 10.00"
    hers = (await gustav.get(f"/cases/{case_id}")).text
    assert f"Du har ett bokat besök: {when}." in hers
    assert f"Bokat besök {when} med Karin Lindqvist" in hers
    assert "Karin Lindqvist har bokat ett besök" in hers
    assert f"Bokat besök {when}" in (await gustav.get("/cases")).text
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert f"Karin Lindqvist bokade ett besök: {when}" in page
    assert f"Bokat besök {when}" in page


async def test_before_its_time_it_stands_in_no_queue_and_then_it_does(region: Region) -> None:
    karin, bo, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    await region.site.database.execute("update cases set staff_unread = 0 where id = $1", case_id)
    await book(karin, f"cases/{case_id}")
    for path in ("ledger", "ledger/unit", "ledger/handed", "mine"):
        assert str(case_id) not in (await karin.get(f"/clinic/{path}")).text, path
    async with region.site.database.connection() as db:
        ankaret = [one for one in await measure_queues(db, clock.now()) if one.oldest_s < 0]
    assert not ankaret
    await make_due(region, case_id)
    for person in (karin, bo):
        assert str(case_id) in (await person.get("/clinic/ledger")).text


async def test_what_she_writes_before_its_time_is_read_by_somebody(region: Region) -> None:
    karin, bo, gustav = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"), await region.resident("gustav"),
    )  # fmt: skip
    case_id = region.cases["held_by_karin"]
    await region.site.database.execute("update cases set staff_unread = 0 where id = $1", case_id)
    await book(karin, f"cases/{case_id}")
    assert str(case_id) not in (await bo.get("/clinic/ledger")).text
    assert (await gustav.say(case_id, "Jag mår sämre i dag")).status_code == 201
    assert str(case_id) in (await bo.get("/clinic/ledger")).text


async def test_booked_visits_are_a_view_of_their_day_and_begin_when_they_are_received(region: Region) -> None:
    karin, bo, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    await book(karin, f"cases/{case_id}")
    assert str(case_id) not in (await karin.get("/clinic/booked")).text
    other = (await karin.get(f"/clinic/booked?day={day().isoformat()}")).text
    assert "Kl. 10.00" in other
    assert "Gustav Öberg" in other
    assert str(case_id) not in (await bo.get(f"/clinic/booked?day={day().isoformat()}")).text
    assert str(case_id) in (await bo.get(f"/clinic/booked?day={day().isoformat()}&whose=unit")).text
    await make_due(region, case_id)
    assert str(case_id) in (await karin.get("/clinic/booked")).text
    assert "Bokade besök" in (await karin.get("/clinic/ledger")).text
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    assert str(await region.value(_VISIT, case_id)).startswith("scheduled in_progress nurse -")
    assert str(case_id) in (await karin.get("/clinic/booked")).text
    assert (await karin.say(case_id, "Hej Gustav, då börjar vi")).status_code == 201
    assert await region.value("select count(*) from access_log where verb = 'ledger' and $1 = any(shown)", case_id)


async def test_a_day_without_a_time_and_with_a_colleague(region: Region) -> None:
    karin, sara, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    await book(karin, f"cases/{case_id}", kind="scheduled_free", who=who("sara", "physician"))
    found = f"scheduled_free queued physician {id_of('staff/sara')} {day().isoformat()}"
    assert await region.value(_VISIT, case_id) == found
    page = (await sara.get(f"/clinic/booked?day={day().isoformat()}")).text
    assert "Tiden är fri" in page
    assert (await sara.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    assert (await sara.post(f"/clinic/cases/{case_id}/asynchronous", {"days": "3", "tell": ""})).status_code == 303


async def test_from_the_patients_page_it_begins_a_case_and_she_is_told_once(region: Region) -> None:
    sms, karin = await Sms(region).begin(), await region.staff("karin", "ankaret")
    gustav = region.actors.residents["gustav"]
    page = (await karin.get(f"/clinic/patients/{gustav}/bookings")).text
    assert f"/clinic/patients/{gustav}/asynchronous" in page
    assert "Biljetter" not in page.partition("</main")[0]
    answer = await book(karin, f"patients/{gustav}", entry="symptom")
    case_id = UUID(answer.headers["location"].rpartition("/")[2])
    assert str(await region.value(_VISIT, case_id)).startswith("scheduled queued nurse")
    assert len(await sms.go_on()) == 1
    assert await sms.states(case_id) == [("new_case", "accepted", "")]
    assert (await book(karin, f"patients/{gustav}", entry="")).status_code == 422
    refused = await book(karin, f"patients/{region.actors.residents['ingrid']}", entry="admin")
    assert refused.status_code == 409
    assert "inte sagt ja" in refused.text


@pytest.mark.parametrize(("fields", "words"), [
    ({"on": ""}, "Välj en dag"), ({"on": "i morgon"}, "Välj en dag"), ({"on": "2020-01-01"}, "redan varit"),
    ({"on": "2199-12-31"}, "inom ett år"), ({"time": ""}, "Skriv ett klockslag"), ({"time": "25:00"}, "klockslag"),
    ({"who": ""}, "Välj någon"), ({"who": who("lena")}, "Välj någon"), ({"who": who("ivar")}, "Välj någon"),
    ({"who": who("ulf")}, "Välj någon"), ({"who": who("mona", "medical_secretary")}, "Välj någon"),
    ({"tell": " "}, "Skriv ett meddelande"), ({"kind": "async"}, "Välj vilket slag"),
])  # fmt: skip
async def test_what_cannot_be_booked_is_told_and_nothing_changes(
    region: Region, fields: dict[str, str], words: str
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    said = await region.value(_SAID, case_id)
    answer = await book(karin, f"cases/{case_id}", **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert str(await region.value(_VISIT, case_id)).startswith("drop_in in_progress")
    assert await region.value(_SAID, case_id) == said


async def test_a_time_of_today_that_has_been_is_told(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await book(karin, f"cases/{case_id}", on=day(0).isoformat(), time="00:00")
    assert answer.status_code == 422
    assert "Tiden har redan varit" in answer.text


async def test_the_same_form_many_times_is_one_visit_and_one_message(region: Region) -> None:
    karin, case_id, form = (
        await region.staff("karin", "ankaret"), region.cases["held_by_karin"], {"made_id": str(uuid4())},
    )  # fmt: skip
    said = await region.value(_SAID, case_id)
    assert isinstance(said, int)
    answers = await asyncio.gather(*(book(karin, f"cases/{case_id}", **form) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_VISITS, case_id) == 2
    assert await region.value(_SAID, case_id) == said + 1


async def test_only_the_holder_books_and_only_what_goes_on(region: Region) -> None:
    karin, bo, lena = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"),
        await region.staff("lena", "lyktan"),
    )  # fmt: skip
    assert (await book(bo, f"cases/{region.cases['held_by_karin']}")).status_code == 409
    assert (await book(lena, f"cases/{region.cases['held_by_karin']}")).status_code == 404
    assert (await book(karin, f"cases/{region.cases['closed']}")).status_code == 409
    assert await region.value(_VISITS, region.cases["held_by_karin"]) == 1


async def test_without_its_event_nothing_is_booked(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'visit_booked') not valid")
    said = await region.value(_SAID, case_id)
    assert (await book(karin, f"cases/{case_id}")).status_code == 500
    assert await region.value(_VISITS, case_id) == 1
    assert await region.value(_SAID, case_id) == said
    assert str(await region.value(_VISIT, case_id)).startswith("drop_in in_progress")


async def test_open_ledgers_are_told_once_when_its_time_has_come(region: Region) -> None:
    karin, bo, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    await region.site.database.execute("update cases set staff_unread = 0 where id = $1", case_id)
    await book(karin, f"cases/{case_id}")
    assert await tell_due(region.site.database, clock.now()) == 0
    async with bo.listen("/clinic/ledger/stream?view=role") as ledger:
        await ledger.wait_for("hello")
        await make_due(region, case_id)
        told = await asyncio.gather(*(tell_due(region.site.database, clock.now()) for _ in range(3)))
        assert sum(told) == 1
        await ledger.wait_for("row", str(case_id))
    assert await tell_due(region.site.database, clock.now()) == 0
    assert "Tiden för det bokade besöket är inne" in (await karin.get(f"/clinic/cases/{case_id}")).text


async def _begins(region: Region) -> tuple[Person, str]:
    """Karin, and the path of a patient with whom she may begin a case."""
    return await region.staff("karin", "ankaret"), f"patients/{region.actors.residents['gustav']}"


@pytest.mark.parametrize(
    "other", [{"tell": "Andra ord"}, {"time": "11:00"}, {"on": day(5).isoformat()}, {"who": who("bo")}]
)
async def test_another_booking_under_the_same_id_is_told_and_its_words_stay(
    region: Region, other: dict[str, str]
) -> None:
    case_id, same = region.cases["held_by_karin"], {"made_id": str(uuid4())}
    karin, patient = await _begins(region)
    assert [(await book(karin, f"cases/{case_id}", **same)).status_code for _ in range(2)] == [303, 303]
    again = await book(karin, f"cases/{case_id}", **same | {"tell": "Samma ord"} | other)
    assert again.status_code == 409
    page = again.text.partition("</main")[0]
    assert "Du bokade ett nytt besök" in page
    assert other.get("tell", "Samma ord") in page
    assert await region.value(_VISITS, case_id) == 2
    begun = {"made_id": str(uuid4()), "entry": "symptom"}
    first = [await book(karin, patient, **begun) for _ in range(2)]
    assert [answer.status_code for answer in first] == [303, 303], first[0].text
    late = await book(karin, patient, **begun | other)
    assert late.status_code == 409
    assert "Sidan var gammal" in late.text
    assert other.get("tell", _TELL) in late.text
    assert begun["made_id"] not in late.text


async def test_an_id_that_belongs_to_another_visit_or_message_is_a_sentence(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    taken = await region.value("select visit_id from cases where id = $1", region.cases["waiting"])
    message = await region.value("select id from messages limit 1")
    for made_id in (taken, message):
        answer = await book(karin, f"cases/{case_id}", made_id=str(made_id), tell="Mina ord")
        assert answer.status_code == 422
        assert "Sidan var gammal" in answer.text
        assert "Mina ord" in answer.text
        assert f'value="{made_id}"' not in answer.text
    assert await region.value(_VISITS, case_id) == 1


@pytest.mark.parametrize("kind", ["hej", "async", "{{ 7*7 }}", ""])
async def test_an_unknown_kind_is_asked_for_with_the_words_kept(region: Region, kind: str) -> None:
    karin, patient = await _begins(region)
    for path in (f"cases/{region.cases['held_by_karin']}", patient):
        answer = await book(karin, path, kind=kind, tell="Mina ord", entry="symptom")
        assert answer.status_code == 422
        page = answer.text.partition("</main")[0]
        assert "Välj vilket slags besök det är" in page
        assert "Mina ord" in page
        assert 'type="radio"' in page
        assert 'name="kind" value="scheduled"' in page.replace(' id="kind-scheduled"', "")
        assert f'value="{day().isoformat()}"' in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("on", "{compact}", "Välj en dag"), ("on", "{week}", "Välj en dag"), ("time", "1000", "Skriv ett klockslag"),
        ("time", "T10:00", "Skriv ett klockslag"), ("time", "10:00+02:00", "Skriv ett klockslag"),
    ],
)  # fmt: skip
async def test_only_a_day_and_a_time_as_they_are_written_are_taken(
    region: Region, field: str, value: str, words: str
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    value = value.format(compact=day().strftime("%Y%m%d"), week=day().strftime("%G-W%V-%u"))
    answer = await book(karin, f"cases/{case_id}", **{field: value}, tell="Mina ord")
    assert answer.status_code == 422
    assert words in answer.text
    assert "Mina ord" in answer.text
    for written in ("9.30", "09:30:00"):
        assert clock.read_time(written).hour == 9


async def test_the_hour_that_summer_time_leaves_out_is_told_at_its_field(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    begins = [date(year, 3, d) for year in (day().year, day().year + 1) for d in range(25, 32)]
    night = next(one for one in begins if one >= day() and one.weekday() == 6)
    for at in ("02:00", "02:59"):
        answer = await book(karin, f"cases/{case_id}", on=night.isoformat(), time=at)
        assert answer.status_code == 422
        assert "Den tiden finns inte den natten, klockan ställs fram" in answer.text
        assert 'id="time-error"' in answer.text
    assert str(await region.value(_VISIT, case_id)).startswith("drop_in in_progress")
    assert (await book(karin, f"cases/{case_id}", on=night.isoformat(), time="03:00")).status_code == 303


async def test_of_the_hour_that_comes_twice_the_first_is_booked_and_the_same_form_is_one_visit(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    ends = [date(year, 10, d) for year in (day().year, day().year + 1) for d in range(25, 32)]
    night = next(one for one in ends if one >= day() and one.weekday() == 6)
    form = {"on": night.isoformat(), "time": "02:30", "made_id": str(uuid4())}
    for _ in range(2):
        assert (await book(karin, f"cases/{case_id}", **form)).status_code == 303
    at = "select (starts_at at time zone 'UTC')::text from visits where booked_on = $1"
    assert await region.value(at, night) == f"{night.isoformat()} 00:30:00"


async def test_a_time_when_nobody_is_there_is_asked_about_once_and_only_that_time(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    async with region.site.database.connection() as db:
        schedule = await see_schedule(db, id_of("unit/ankaret"))
    days = [day(ahead) for ahead in range(1, 15)]
    staffed = next(on for on in days if staffed_until(schedule, clock.at_wall(on, time(10))))
    path = f"cases/{case_id}"
    asked = await book(karin, path, on=staffed.isoformat(), time="03:00", anyway="")
    assert asked.status_code == 422
    assert "Enheten är obemannad då." in asked.text
    assert f'name="anyway" value="{staffed}T03:00"' in asked.text
    another = await book(karin, path, on=staffed.isoformat(), time="04:00", anyway=f"{staffed}T03:00")
    assert "Enheten är obemannad då." in another.text
    assert await region.value("select count(*) from visits where case_id = $1 and booked_on is not null", case_id) == 0
    assert (await book(karin, path, on=staffed.isoformat(), time="10:00", anyway="")).status_code == 303


async def test_who_sends_the_same_time_once_more_means_it(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert (await book(karin, f"cases/{case_id}", time="03:00")).status_code == 303
