"""Sök patient: found by her number, with a reason where there is no care relation, and every hit in the access log."""

from __future__ import annotations

import httpx
import pytest

from linjen.core import clock
from linjen.core.personal_number import PersonalNumber, luhn_digit, personnummer_for
from linjen.demo.world import RESIDENTS, birth_of, number_of
from linjen.integrations.person_data import Person as Registered
from linjen.web import rate
from tests.region import Person, Region

_LOGGED = "select count(*) from access_log where verb = $1 and $2::uuid = any(shown) and refused is null"
_REFUSED = "select count(*) from access_log where verb = 'search_patient' and refused = $1"
STRANGER = personnummer_for(birth_of(RESIDENTS[0], clock.local_date(clock.now())), 874)


@pytest.fixture(autouse=True)
def _begin_anew() -> None:
    rate.forget()


class Register:
    """The population register, with one person in it."""

    def __init__(self, number: PersonalNumber, *, protected: bool = False, gone: str = "") -> None:
        self.person = Registered(
            personal_number=number, given_name="Tove Maria", called_name="Tove", surname="Sjö",
            birth_on=number.birth_on, sex=number.sex, protected=protected, deregistered=bool(gone),
            deregistration_code=gone,
        )  # fmt: skip

    async def see_person(self, number: PersonalNumber) -> Registered:
        """The one person, whoever is asked for."""
        assert number == self.person.personal_number
        return self.person


async def search(person: Person, who: str, **fields: str) -> httpx.Response:
    """Send the form."""
    return await person.post("/clinic/patients", {"who": who, **fields})


async def test_a_patient_of_the_provider_is_found_at_once_and_the_hit_is_logged(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), region.actors.residents["gustav"]
    assert "Sök patient" in (await karin.get("/clinic/patients")).text
    answer = await search(karin, number_of("gustav").on_screen)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/patients/{gustav}")
    page = (await karin.get(answer.headers["location"])).text
    assert "Gustav Öberg" in page
    assert str(region.cases["held_by_karin"]) in page
    assert "Har sagt ja till att vården hör av sig här" in page
    assert await region.value(_LOGGED, "search_patient", gustav) == 1
    assert await region.value(_LOGGED, "see_patient", gustav) == 1


async def test_ten_digits_do_and_no_address_ever_holds_the_number(region: Region) -> None:
    karin, number = await region.staff("karin", "ankaret"), number_of("gustav").canonical
    answer = await search(karin, number[2:8] + "-" + number[8:])
    assert answer.status_code == 303
    assert number[2:] not in str(answer.headers)


@pytest.mark.parametrize(("who", "words"), [
    ("", "Skriv ett personnummer"), ("Gustav", "12 eller 10 siffror"), ("19991350-1234", "inget datum"),
    ("21000101-0009", "Kontrollera"),
])  # fmt: skip
async def test_what_is_no_number_is_told_and_nothing_is_searched(region: Region, who: str, words: str) -> None:
    karin = await region.staff("karin", "ankaret")
    answer = await search(karin, who)
    assert answer.status_code == 422
    assert words in answer.text


async def test_one_wrong_digit_is_a_sentence_and_no_search(region: Region) -> None:
    karin, number = await region.staff("karin", "ankaret"), number_of("gustav").canonical
    wrong = number[:-1] + str((luhn_digit(number[2:-1]) + 1) % 10)
    before = await region.value("select count(*) from access_log")
    answer = await search(karin, wrong)
    assert answer.status_code == 422
    assert "Den sista siffran stämmer inte" in answer.text
    assert await region.value("select count(*) from access_log") == before


async def test_without_a_relation_the_reason_comes_first_and_tells_nothing(region: Region) -> None:
    karin, olle = await region.staff("karin", "ankaret"), region.actors.residents["olle"]
    known, unknown = await search(karin, number_of("olle").canonical), await search(karin, STRANGER.canonical)
    for answer in (known, unknown):
        assert answer.status_code == 200
        assert "Skriv varför du söker" in answer.text
        assert "Olle" not in answer.text
    assert await region.value(_REFUSED, "reason_needed") == 2
    assert (await karin.get(f"/clinic/patients/{olle}")).status_code == 404
    for fields, words in (({"reason": "", "why": "x"}, "Välj varför"), ({"reason": "calls", "why": " "}, "Skriv varf")):
        answer = await search(karin, number_of("olle").canonical, **fields)
        assert answer.status_code == 422
        assert words in answer.text
        assert "Ström" not in answer.text


async def test_a_reason_opens_her_for_who_gave_it_and_is_kept_sealed(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    olle = region.actors.residents["olle"]
    answer = await search(karin, number_of("olle").canonical, reason="calls", why="Ringer om ett provsvar")
    assert answer.status_code == 303
    page = (await karin.get(answer.headers["location"])).text
    assert "Olle Ström" in page
    assert str(region.cases["at_lyktan"]) not in page
    assert (await bo.get(f"/clinic/patients/{olle}")).status_code == 404
    assert await region.value("select reason from patient_searches where resident_id = $1", olle) == "calls"
    assert "provsvar" not in str(await region.site.database.fetch("select * from patient_searches"))
    assert await region.value(_LOGGED, "search_patient", olle) == 1


async def test_who_is_known_nowhere_is_fetched_from_the_register(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    answer = await search(karin, STRANGER.canonical, reason="calls", why="Ringer om halsont")
    assert answer.status_code == 422
    assert "Ingen person med det numret" in answer.text
    assert await region.value(_REFUSED, "unknown") == 1
    region.site.person_data = Register(STRANGER)  # type: ignore[assignment]
    answer = await search(karin, STRANGER.canonical, reason="calls", why="Ringer om halsont")
    page = (await karin.get(answer.headers["location"])).text.partition("</main")[0]
    assert "Tove Sjö" in page
    assert "aldrig varit inloggad" in page
    assert "Nytt Asynk" not in page


async def test_a_protected_person_without_a_relation_has_no_name_and_a_patient_has_her_banner(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    region.site.person_data = Register(STRANGER, protected=True)  # type: ignore[assignment]
    answer = await search(karin, STRANGER.canonical, reason="visits", why="Är här nu")
    page = (await karin.get(answer.headers["location"])).text
    assert "Sjö" not in page
    assert "Person med skyddade personuppgifter" in page
    region.site.person_data = None
    answer = await search(karin, number_of("ylva").canonical)
    page = (await karin.get(answer.headers["location"])).text
    assert "Ylva Ängström" in page
    assert "lj-protected" in page


async def test_who_has_died_is_shown_as_such_and_no_case_begins(region: Region) -> None:
    karin, number = await region.staff("karin", "ankaret"), number_of("gustav")
    region.site.person_data = Register(number, gone="AV")  # type: ignore[assignment]
    answer = await search(karin, number.canonical)
    page = (await karin.get(answer.headers["location"])).text.partition("</main")[0]
    assert "Personen är avliden" in page
    assert "Nytt Asynk" not in page
    begun = await karin.post(f"{answer.headers['location']}/asynchronous", {
        "entry": "admin", "days": "7", "level": "4", "hold": "me", "text": "Hej", "do": "send",
    })  # fmt: skip
    assert begun.status_code == 409


async def test_who_works_with_no_cases_searches_for_nobody(region: Region) -> None:
    maja, ivar = await region.staff("maja", "ankaret"), await region.staff("ivar", "ankaret")
    for person in (maja, ivar):
        assert (await person.get("/clinic/patients")).status_code == 404
        assert (await search(person, number_of("gustav").canonical)).status_code == 404
        assert (await person.get(f"/clinic/patients/{region.actors.residents['gustav']}")).status_code == 404


async def test_nobody_tries_numbers_by_the_hundred(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    answers = [(await search(karin, "19121212-1212")).status_code for _ in range(61)]
    assert answers[-1] == 429
