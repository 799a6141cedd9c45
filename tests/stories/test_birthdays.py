"""Åldersgränser: what midnight in Sweden moves on a child's 1st and 13th birthday, with the clock moved over it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from linjen.core import clock
from linjen.core.errors import Refused
from linjen.core.ids import new_id
from linjen.core.personal_number import personnummer_for
from linjen.demo.cases import SeedCase
from linjen.people.identity import recognise
from linjen.web import rate
from tests.pdf import Read
from tests.region import Person, Region
from tests.stories.intake_walk import Walk
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does

Moved = Callable[[datetime], None]

#: (born, when she turns 13): summer and winter time, a birth on a leap day, and the days on which the clock is changed.
BIRTHDAYS = [
    pytest.param(date(2014, 6, 15), date(2027, 6, 15), id="summer"),
    pytest.param(date(2014, 1, 7), date(2027, 1, 7), id="winter"),
    pytest.param(date(2016, 2, 29), date(2029, 3, 1), id="leap-day"),
    pytest.param(date(2014, 3, 28), date(2027, 3, 28), id="the-clock-goes-forward"),
    pytest.param(date(2014, 10, 31), date(2027, 10, 31), id="the-clock-goes-back"),
]
_CASES = ("child", "child_closed")
_OUTGROWN = "Från 13 års ålder läser och skriver barnet själv"


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Moved:
    """Puts the program's clock to an instant; it stands still there."""
    rate.forget()

    def move(at: datetime) -> None:
        monkeypatch.setattr("linjen.core.clock.now", lambda: at)

    return move


def midnight(day: date) -> datetime:
    """The first instant of a Swedish day."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.STOCKHOLM).astimezone(UTC)


async def born(region: Region, key: str, on: date) -> None:
    """Give a child of the region another birth date, in her cases, too."""
    person = region.actors.residents[key]
    await owner_does(region, f"update residents set birth_on = '{on}' where id = '{person}'")
    await owner_does(region, f"update cases set patient_birth_on = '{on}' where patient_id = '{person}'")


async def with_a_closed_one(region: Region) -> None:
    """Elsa's case is held by Karin and has a talk; another of hers, written by Astrid, is closed."""
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    case_id = region.cases["child"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert (await astrid.say(case_id, "Hon har feber också")).status_code == 201
    closed = region.cases["child_closed"] = await another(region)
    await karin.post(f"/clinic/cases/{closed}/claims")
    answer = await karin.post(f"/clinic/cases/{closed}/closings", {"reason": "other_way", "fee": "none"})
    assert answer.status_code == 303


async def another(region: Region) -> UUID:
    """Another case of Elsa's by Astrid, sent to the same unit."""
    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    case_id = await seed.draft("astrid", "symptom", "elsa", "ankaret", "Elsa hostar på natten")
    await seed.send("astrid", case_id, 4, "hosta", 30)
    return case_id


@pytest.mark.parametrize(("born_on", "turns_on"), BIRTHDAYS)
async def test_midnight_moves_the_case_from_the_guardian_to_the_child(
    region: Region, moved: Moved, born_on: date, turns_on: date
) -> None:
    await with_a_closed_one(region)
    await born(region, "elsa", born_on)
    at = midnight(turns_on)
    moved(at - timedelta(seconds=1))
    astrid, elsa = await region.resident("astrid"), await region.resident("elsa")
    for name in _CASES:
        assert (await astrid.get(f"/cases/{region.cases[name]}")).status_code == 200, name
    moved(at)
    for name in _CASES:
        assert (await astrid.get(f"/cases/{region.cases[name]}")).status_code == 404, name
        assert (await elsa.get(f"/cases/{region.cases[name]}")).status_code == 200, name


async def _across(region: Region, moved: Moved) -> tuple[Person, Person]:
    """Guardian and child, signed in a second before the birthday, at its first instant."""
    await with_a_closed_one(region)
    await born(region, "elsa", date(2014, 6, 15))
    moved(midnight(date(2027, 6, 15)) - timedelta(seconds=1))
    astrid, elsa = await region.resident("astrid"), await region.resident("elsa")
    moved(midnight(date(2027, 6, 15)))
    return astrid, elsa


async def test_the_guardian_reads_writes_and_takes_nothing_any_more(region: Region, moved: Moved) -> None:
    astrid, _ = await _across(region, moved)
    for name in _CASES:
        here = f"/cases/{region.cases[name]}"
        for path in ("", "/book", "/book.pdf", "/corrections", f"/pictures/{new_id()}"):
            assert (await astrid.get(here + path)).status_code == 404, (name, path)
        forms: dict[str, dict[str, str]] = {
            "/messages": {"message_id": str(uuid4()), "text": "Hej"}, "/reads": {"seq": "1"}, "/typing": {},
            "/drafts": {"text": "Hej"}, "/withdrawals": {}, "/replies": {"text": "Hej"},
        }  # fmt: skip
        for path, fields in forms.items():
            assert (await astrid.post(here + path, fields)).status_code == 404, (name, path)
        assert (await astrid.say(region.cases[name], "Hej")).status_code == 404
    for path in ("/cases", "/home", "/openings", "/corrections", "/profile/consents"):
        page = (await astrid.get(path)).text
        assert not [name for name in _CASES if str(region.cases[name]) in page], path
    assert await region.value("select count(*) from messages where case_id = $1", region.cases["child"]) == 2


async def test_an_open_page_of_the_guardians_ends_within_two_seconds(region: Region, moved: Moved) -> None:
    await with_a_closed_one(region)
    await born(region, "elsa", date(2014, 6, 15))
    at = midnight(date(2027, 6, 15))
    moved(at - timedelta(seconds=1))
    astrid, elsa = await region.resident("astrid"), await region.resident("elsa")
    path = f"/cases/{region.cases['child']}/stream"
    async with astrid.listen(path) as hers, elsa.listen(path) as own:
        for ear in (hers, own):
            await ear.wait_for("hello")
        moved(at)
        await hers.wait_for("gone", within_s=2)
        await asyncio.sleep(1.2)
        assert not own._task.done()


async def test_a_saved_link_says_why_to_who_wrote_it_and_nothing_to_anybody_else(region: Region, moved: Moved) -> None:
    astrid, _ = await _across(region, moved)
    case_id, nobody = region.cases["child"], new_id()
    for path in ("", "/book", "/corrections"):
        page = await astrid.get(f"/cases/{case_id}{path}")
        assert (page.status_code, _OUTGROWN in page.text) == (404, True), path
        assert "Elsa" not in page.text
    assert _OUTGROWN not in (await astrid.get(f"/cases/{nobody}")).text
    for key in ("henrik", "nils", "gustav"):
        other = await region.resident(key)
        one, missing = await other.get(f"/cases/{case_id}"), await other.get(f"/cases/{nobody}")
        assert one.status_code == 404
        assert _steady(one.text, case_id) == _steady(missing.text, nobody), key
    refused = "select count(*) from access_log where case_id = $1 and refused is not null and by_id = $2"
    assert await region.value(refused, case_id, region.actors.residents["astrid"]) == 3


def _steady(page: str, case_id: UUID) -> str:
    """The page without what is the request's own: its address, and the seconds that its session has left."""
    return re.sub(r'-left="\d+"', "", page.replace(str(case_id), ""))


@pytest.mark.parametrize("how", ["custody", "child", "guardian"])
async def test_whose_bond_was_cut_is_not_told_why(region: Region, moved: Moved, how: str) -> None:
    astrid, _ = await _across(region, moved)
    who = region.actors.residents["elsa" if how == "child" else "astrid"]
    if how != "custody":
        await owner_does(region, f"update residents set protected = 'yes' where id = '{who}'")
    await owner_does(region, f"update guardianships set ended_at = now() where '{who}' in (child_id, guardian_id)")
    page = await astrid.get(f"/cases/{region.cases['child']}")
    assert page.status_code == 404
    assert _OUTGROWN not in page.text


async def test_the_teenager_finds_the_case_its_talk_and_whose_it_is_and_answers(region: Region, moved: Moved) -> None:
    _, elsa = await _across(region, moved)
    case_id, closed = region.cases["child"], region.cases["child_closed"]
    mine = (await elsa.get("/cases")).text
    assert str(case_id) in mine
    assert str(closed) in mine
    page = (await elsa.get(f"/cases/{case_id}")).text
    for words in ("Gäller dig, Elsa Nyberg", "Skrivet av Astrid Nyberg", "Hon har feber också", "ärendet är ditt eget"):
        assert words in page, words
    assert (await elsa.say(case_id, "Hej, det är Elsa")).status_code == 201
    assert "Hon har feber också" in (await elsa.get(f"/cases/{case_id}/book")).text
    assert "Hon har feber också" in Read((await elsa.get(f"/cases/{case_id}/book.pdf")).content).text


async def test_what_the_guardian_had_only_begun_is_in_nobodys_list(region: Region, moved: Moved) -> None:
    await born(region, "elsa", date(2014, 6, 15))
    moved(midnight(date(2027, 6, 15)) - timedelta(seconds=1))
    astrid, elsa = await region.resident("astrid"), await region.resident("elsa")
    walk = await Walk(region, astrid).begin()
    await walk.send({"patient": str(region.actors.residents["elsa"])})
    draft = f"/intakes/{walk.case_id}"
    assert (await astrid.get(draft)).status_code == 303
    moved(midnight(date(2027, 6, 15)))
    answer = await astrid.get(draft)
    assert answer.status_code == 404
    assert _OUTGROWN in answer.text
    for person in (astrid, elsa):
        assert walk.case_id not in (await person.get("/cases")).text
        assert walk.case_id not in (await person.get("/home")).text
    page = await elsa.get(draft)
    assert page.status_code in {404, 409}
    assert "kollega" not in page.text


async def test_the_teenager_is_told_by_sms_and_the_guardian_is_not(region: Region, moved: Moved) -> None:
    """What came up before midnight is told after it, to whose case it is then."""
    turns = clock.local_date(clock.now()) + timedelta(days=1)
    turns += timedelta(days=(turns.month, turns.day) == (2, 29))
    await born(region, "elsa", turns.replace(year=turns.year - 13))
    at, sms, case_id = midnight(turns), await Sms(region).begin(), region.cases["child"]
    for name, phone in (("Astrid", "+46701740641"), ("Elsa", "+46701740642")):
        known = f"protected = 'no', protected_checked_at = '{at.isoformat()}'"
        await owner_does(region, f"update residents set phone = '{phone}', {known} where given_name = '{name}'")
    karin = await region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    await sms.react()
    moved(at)
    sent = await sms.go_on()
    assert [one.to for one in sent] == ["+46701740642"], await sms.states(case_id)
    assert not re.search("Elsa|Nyberg|Ankaret|halsen", sent[0].text)


async def test_staff_read_on_the_case_that_it_is_the_teenagers(region: Region, moved: Moved) -> None:
    await with_a_closed_one(region)
    await born(region, "elsa", date(2014, 6, 15))
    words = "Har fyllt 13 år: läser och svarar själv"
    for at, there in ((midnight(date(2027, 6, 15)) - timedelta(seconds=1), False), (midnight(date(2027, 6, 15)), True)):
        moved(at)
        karin = await region.staff("karin", "ankaret")
        for name in _CASES:
            assert (words in (await karin.get(f"/clinic/cases/{region.cases[name]}")).text) is there, name


async def test_staff_read_that_the_writer_has_no_custody_any_more(region: Region) -> None:
    karin, case = await region.staff("karin", "ankaret"), f"/clinic/cases/{region.cases['child']}"
    assert "läser inte längre här" not in (await karin.get(case)).text
    await region.site.database.execute("update guardianships set ended_at = now()")
    assert "Den som skrev läser inte längre här: ring barnets vårdnadshavare" in (await karin.get(case)).text


@pytest.mark.parametrize(("born_on", "turns_on"), BIRTHDAYS)
async def test_from_the_thirteenth_birthday_she_signs_in_herself(
    region: Region, moved: Moved, born_on: date, turns_on: date
) -> None:
    number = personnummer_for(born_on, 902).canonical

    async def sign_in() -> UUID:
        site = region.site
        return await recognise(site.database, site.sealer, None, number, "Elsa", "Nyberg")

    moved(midnight(turns_on) - timedelta(seconds=1))
    with pytest.raises(Refused, match="too_young"):
        await sign_in()
    moved(midnight(turns_on))
    assert await sign_in()


@pytest.mark.parametrize(("born_on", "turns_on"), [
    pytest.param(date(2026, 6, 15), date(2027, 6, 15), id="summer"),
    pytest.param(date(2024, 2, 29), date(2025, 3, 1), id="leap-day"),
    pytest.param(date(2026, 3, 28), date(2027, 3, 28), id="the-clock-goes-forward"),
])  # fmt: skip
async def test_on_the_first_birthday_a_child_may_have_a_case(
    region: Region, moved: Moved, born_on: date, turns_on: date
) -> None:
    await born(region, "vera", born_on)
    vera = str(region.actors.residents["vera"])
    moved(midnight(turns_on) - timedelta(seconds=1))
    astrid = await region.resident("astrid")
    walk = await Walk(region, astrid).begin()
    assert "Barn under 1 år får hjälp på telefon" in walk.response.text, "it is said before anybody chooses"
    await walk.send({"patient": vera})
    assert walk.step.startswith("infants/"), "the danger questions and a number to call"
    moved(midnight(turns_on))
    walk = await Walk(region, astrid).begin()
    await walk.send({"patient": vera})
    assert walk.step == "unit"


async def test_the_other_guardian_sees_nothing_and_the_page_says_so(region: Region) -> None:
    astrid, henrik, case_id = await region.resident("astrid"), await region.resident("henrik"), region.cases["child"]
    page = (await astrid.get(f"/cases/{case_id}")).text
    assert "Ingen annan vårdnadshavare ser ärendet" in page
    assert (await henrik.get(f"/cases/{case_id}")).status_code == 404
    assert str(case_id) not in (await henrik.get("/cases")).text
    walk = await Walk(region, henrik).begin()
    assert "ingen annan vårdnadshavare" in walk.html, "he reads it before he writes himself"
    assert "vårdnadshavare" not in (await astrid.get(f"/cases/{region.cases['waiting']}")).text.partition("</main")[0]


async def test_a_forged_childs_id_is_no_page_and_is_logged(region: Region) -> None:
    gustav, astrid = await region.resident("gustav"), await region.resident("astrid")
    elsa, nobody = str(region.actors.residents["elsa"]), str(new_id())
    refused = "select count(*) from access_log where case_id = $1 and verb = 'write_intake' and refused is not null"
    walk = await Walk(region, astrid).begin()
    for forged in (str(region.actors.residents["ingrid"]), nobody):
        answer = await astrid.post(f"/intakes/{walk.case_id}/patient", {"version": "1", "patient": forged})
        assert answer.status_code == 404, forged
        assert _OUTGROWN not in answer.text
    assert await region.value(refused, UUID(walk.case_id)) == 2
    assert await region.value("select patient_id from cases where id = $1", UUID(walk.case_id)) is None
    answer = await astrid.post(f"/intakes/{walk.case_id}/infants/{region.actors.residents['ingrid']}", {})
    assert answer.status_code == 404
    assert await region.value(refused, UUID(walk.case_id)) == 3
    own = await Walk(region, gustav).begin()
    sent = await gustav.post(f"/intakes/{own.case_id}/patient", {"version": own.field("version"), "patient": elsa})
    assert sent.status_code == 303, "who has no children is asked for nobody: there is no such page"
    assert (
        await region.value("select patient_id from cases where id = $1", UUID(own.case_id))
        == (region.actors.residents["gustav"])
    )
