"""Fick du den hjälp du behövde: asked once, answered or left, changed for some days, and read by the month."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.test_reopen import closed

_ASK = "Fick du den hjälp du behövde?"
_UNIT = id_of("unit/ankaret")
_PATH = f"/manage/units/{_UNIT}/ratings"
_KEPT = "select coalesce(answer, '-') from ratings where case_id = $1"


async def answer(person: Person, case: UUID, said: str = "partly", line: str = "", **more: str) -> httpx.Response:
    """Send the form of the case's page."""
    return await person.post(f"/cases/{case}/ratings", {"answer": said, "line": line, **more})


def main(page: httpx.Response) -> str:
    assert page.status_code == 200
    return page.text.split("</main", 1)[0]


async def test_she_answers_with_a_line_and_changes_it_while_the_case_can_be_reopened(region: Region) -> None:
    karin, gustav, case = await closed(region)
    page = main(await gustav.get(f"/cases/{case}"))
    assert _ASK in page
    assert "läses inte av den som vårdar dig" in page
    sent = await answer(gustav, case, "partly", "Det gick fort")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case}#rating")
    page = main(await gustav.get(f"/cases/{case}"))
    assert "Tack. Du svarade: Delvis." in page
    assert "Det gick fort" in page
    assert (await answer(gustav, case, "no")).status_code == 303
    assert await region.value(_KEPT, case) == "no"
    book = (await gustav.get(f"/cases/{case}/book")).json()
    assert book["rating"] == {"answer": "no", "text": ""}
    await owner_does(region, "update visits set closed_at = closed_at - interval '5 days'")
    late = await answer(gustav, case, "yes")
    assert late.status_code == 409
    assert "Tiden för att svara är över" in late.text
    assert await region.value(_KEPT, case) == "no"
    assert "Ändra ditt svar" not in main(await gustav.get(f"/cases/{case}"))
    told = await region.value("select count(*) from events where case_id = $1 and kind like 'rat%'", case)
    assert told == 0, "it stands nowhere in the case that staff read"
    assert "Delvis" not in main(await karin.get(f"/clinic/cases/{case}"))


async def test_home_asks_once_and_never_again_when_she_says_so(region: Region) -> None:
    _, gustav, case = await closed(region)
    await gustav.post("/dialogue", {"choice": "no", "from": "home"})
    await gustav.post("/profile/needs/none")
    assert _ASK in main(await gustav.get("/home"))
    left = await gustav.post(f"/cases/{case}/ratings/left", {"from": "home"})
    assert left.headers["location"] == "/home"
    assert _ASK not in main(await gustav.get("/home"))
    assert _ASK not in main(await gustav.get(f"/cases/{case}"))
    assert await region.value("select count(*) from rating_refusals") == 1
    assert (await gustav.post(f"/cases/{case}/ratings/left", {"from": "home"})).status_code == 303


async def test_left_on_the_case_it_is_not_asked_of_that_case_again(region: Region) -> None:
    _, gustav, case = await closed(region)
    assert (await gustav.post(f"/cases/{case}/ratings/left")).headers["location"] == f"/cases/{case}"
    assert _ASK not in main(await gustav.get(f"/cases/{case}"))
    assert await region.value("select count(*) from rating_refusals") == 0
    assert await region.value(_KEPT, case) == "-"


@pytest.mark.parametrize(
    ("said", "line", "told"),
    [("", "Hej", "Välj ett svar"), ("great", "", "Välj ett svar"), ("yes", "x" * 201, "högst")],
)
async def test_what_is_no_answer_is_given_back(region: Region, said: str, line: str, told: str) -> None:
    _, gustav, case = await closed(region)
    given_back = await answer(gustav, case, said, line)
    assert given_back.status_code == 422
    assert told in given_back.text
    assert line in given_back.text
    assert await region.value("select count(*) from ratings") == 0


async def test_strangers_staff_and_an_open_case_are_refused(region: Region) -> None:
    case = region.cases["held_by_karin"]
    gustav, stranger = await region.resident("gustav"), await region.resident("ingrid")
    assert _ASK not in main(await gustav.get(f"/cases/{case}"))
    assert (await answer(gustav, case)).status_code == 409
    _, gustav, case = await closed(region)
    assert (await answer(stranger, case)).status_code == 404
    assert (await stranger.post(f"/cases/{case}/ratings/left")).status_code == 404
    assert await region.value("select count(*) from ratings") == 0


async def test_a_case_that_she_took_back_is_not_asked_about(region: Region) -> None:
    case = region.cases["held_by_karin"]
    gustav = await region.resident("gustav")
    karin = await region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{case}/releases")).status_code == 303
    assert (await gustav.post(f"/cases/{case}/withdrawals")).status_code == 303
    assert _ASK not in main(await gustav.get(f"/cases/{case}"))
    assert (await answer(gustav, case)).status_code == 409


async def test_pressed_twice_at_once_it_is_one_answer_and_what_cannot_be_written_is_none(region: Region) -> None:
    _, gustav, case = await closed(region)
    both = await asyncio.gather(answer(gustav, case, "yes"), answer(gustav, case, "yes"), answer(gustav, case, "yes"))
    assert {one.status_code for one in both} == {303}
    assert await region.value("select count(*) from ratings") == 1
    await owner_does(region, "alter table ratings add constraint broken check (answer <> 'no') not valid")
    assert (await answer(gustav, case, "no")).status_code == 500
    assert await region.value(_KEPT, case) == "yes"


async def _many(region: Region, many: int, days_ago: int) -> None:
    """So many closed cases, each answered no with a line, so many days ago."""
    _, gustav, case = await closed(region)
    assert (await answer(gustav, case, "no", "Ingen ringde")).status_code == 303
    for number in range(many - 1):
        one = uuid4()
        await owner_does(region, "insert into cases (id, entry, opened_by, patient_id, patient_birth_on, unit_id)"
            f" select '{one}', entry, opened_by, patient_id, patient_birth_on, unit_id"
            f" from cases where id = '{case}'")  # fmt: skip
        await owner_does(region, "insert into ratings (case_id, visit_id, unit_id, by_id, answer)"
            f" select '{one}', visit_id, unit_id, by_id, '{'yes' if number % 2 else 'partly'}' from ratings"
            f" where case_id = '{case}'")  # fmt: skip
    await owner_does(region, f"update ratings set at = now() - interval '{days_ago} days'")


async def test_the_head_reads_a_month_that_is_over_without_names(region: Region) -> None:
    await _many(region, 5, 45)
    for key in ("gunvor", "disa"):
        page = main(await (await region.staff(key)).get(_PATH))
        assert "Ingen ringde" in page
        assert '<td data-label="Nej">1</td>' in page
        assert "Gustav" not in page
    logged = "select count(*) from access_log where verb = 'see_ratings' and shown @> array[$1::uuid]"
    assert await region.value(logged, region.cases["held_by_karin"]) == 2, "whose words were read is logged"
    for key in ("karin", "pelle", "maja", "eva", "lena"):
        assert (await (await region.staff(key)).get(_PATH)).status_code == 404
    await owner_does(region, "update residents set protected = 'yes'")
    page = main(await (await region.staff("gunvor")).get(_PATH))
    assert "Ingen ringde" not in page, "a protected person's line is not shown"
    assert '<td data-label="Nej">1</td>' in page


@pytest.mark.parametrize(("many", "days_ago", "told"), [(4, 45, "Färre än"), (6, 0, "när månaden är slut")])
async def test_few_and_a_month_that_runs_are_not_split(region: Region, many: int, days_ago: int, told: str) -> None:
    await _many(region, many, days_ago)
    page = main(await (await region.staff("gunvor")).get(_PATH))
    assert told in page
    assert "Ingen ringde" not in page
    assert 'data-label="Nej"' not in page
