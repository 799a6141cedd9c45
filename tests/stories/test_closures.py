"""Stäng tillfälligt: single days, planned three weeks ahead or at once, by who leads or configures the unit."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import httpx
import pytest

from linjen.core import clock
from linjen.core.swedish import date_words
from linjen.demo.world import id_of
from tests.region import Person, Region, look_first
from tests.stories.intake_walk import Walk
from tests.stories.test_ledger import owner_does

ANKARET = str(id_of("unit/ankaret"))
_UNIT = f"/manage/units/{ANKARET}"
_PATH = f"{_UNIT}/closures"
_COUNT = "select count(*) from closures where unit_id = $1 and kind <> 'holiday_open' and until_at > now()"
_WHY = "Halva personalen är sjuk"


def day(days: int = 0) -> str:
    """So many days from today, as a date field sends it."""
    return (clock.local_date(clock.now()) + timedelta(days=days)).isoformat()


async def fields_of(person: Person) -> dict[str, object]:
    """What the page brings along."""
    page = (await person.get(_PATH)).text
    return {name: unescape(re.findall(rf'name="{name}" value="([^"]*)"', page)[-1]) for name in ("was", "drawn_at")}


async def close(
    person: Person, kind: str, first: str, last: str = "", reason: str = _WHY, shown: dict[str, object] | None = None
) -> httpx.Response:
    """Both steps of the form."""
    typed = {"kind": kind, "from_on": first, "until_on": last, "reason": reason}
    return await person.decide(_PATH, typed | (shown or await fields_of(person)))


@pytest.fixture(autouse=True)
async def _none(region: Region) -> None:
    await region.site.database.execute("delete from closures")


async def test_the_head_closes_at_once_residents_choose_another_and_she_opens_again(region: Region) -> None:
    gunvor, gustav = await region.staff("gunvor"), await region.resident("gustav")
    assert f'href="{_PATH}"' in (await gunvor.get(_UNIT)).text
    assert ANKARET in (await Walk(region, gustav).begin()).html
    assert (await close(gunvor, "acute", day(), day(1))).status_code == 303
    walk = await Walk(region, gustav).begin()
    assert ANKARET not in walk.html, "not while it is closed"
    told = (await gustav.get(f"/units/{ANKARET}")).text
    assert "tillfälligt stängd" in told
    assert "I dag: Stängt" in told, "and no hours that do not hold"
    page = (await gunvor.get(f"{_PATH}?done=1")).text
    assert "Valet är sparat." in page
    assert f"Akut stängning. Anledning: {_WHY}" in page
    assert "Öppna igen nu" in page
    assert _WHY not in (await gustav.get("/units")).text
    shown = await fields_of(gunvor)
    assert (await gunvor.decide(_PATH, {"was": shown["was"], "remove": "0"})).status_code == 303
    assert ANKARET in (await Walk(region, gustav).begin()).html
    assert await region.value("select count(*) from closures where until_at <= now()") == 1, "what has been stays"
    assert await region.value("select count(*) from setting_versions where setting = 'closures'") == 2


async def test_a_planned_one_is_ordered_three_weeks_ahead_and_says_what_is_booked(region: Region) -> None:
    disa = await region.staff("disa")
    early = await close(disa, "planned", day(20))
    assert early.status_code == 422
    assert "minst tre veckor innan" in early.text
    assert f'value="{_WHY}"' in early.text, "what was typed stands"
    await owner_does(region, f"update visits set booked_on = '{day(22)}', booked_by = '{id_of('staff/karin')}',"
                             " kind = 'scheduled_free', begun_as = 'scheduled_free'"
                             f" where case_id = '{region.cases['waiting']}'")  # fmt: skip
    typed = {"kind": "planned", "from_on": day(21), "until_on": day(22), "reason": "Utbildning"}
    shown = await disa.post(_PATH, typed | await fields_of(disa))
    assert "Bokade besök på de stängda dagarna</dt><dd>0 nu, 1 med ändringen" in shown.text
    assert "Planerad stängning. Anledning: Utbildning" in shown.text
    assert (await close(disa, "planned", day(21), day(22), "Utbildning")).status_code == 303
    first = date_words(clock.local_date(clock.now()) + timedelta(days=21))
    assert f'Planerad stängning</th><td data-label="Från">{first}, kl. 00.00' in (await disa.get(_UNIT)).text
    assert (await close(disa, "acute", day(22))).status_code == 422, "it is closed that day already"


@pytest.mark.parametrize(("kind", "first", "last", "reason", "field"), [
    ("", 1, None, _WHY, "kind"), ("holiday_open", 1, None, _WHY, "kind"), ("acute", -1, None, _WHY, "from_on"),
    ("acute", 400, None, _WHY, "from_on"), ("acute", None, None, _WHY, "from_on"), ("acute", 2, 1, _WHY, "until_on"),
    ("acute", 1, 4, _WHY, "until_on"), ("planned", 30, 44, _WHY, "until_on"), ("acute", 1, None, "", "reason"),
    ("acute", 1, None, "x" * 201, "reason"),
])  # fmt: skip
async def test_what_is_no_closure_is_told_beside_its_field(
    region: Region, kind: str, first: int | None, last: int | None, reason: str, field: str
) -> None:
    disa = await region.staff("disa")
    begins, ends = ("" if one is None else day(one) for one in (first, last))
    answer = await close(disa, kind, begins, ends, reason)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert await region.value(_COUNT, UUID(ANKARET)) == 0


async def test_nobody_else_does_it_and_of_two_at_once_one_wins(region: Region) -> None:
    disa = await region.staff("disa")
    shown = await fields_of(disa)
    for key in ("karin", "pelle", "maja", "eva", "lena"):
        person = await region.staff(key)
        assert (await person.get(_PATH)).status_code == 404, key
        assert (await close(person, "acute", day(1), shown=shown)).status_code == 404, key
    answers = await asyncio.gather(*(close(disa, "acute", day(days), shown=shown) for days in (1, 3, 5)))
    assert sorted(one.status_code for one in answers) == [303, 409, 409]
    assert (await close(disa, "acute", day(7), shown={**shown, "was": "{"})).status_code == 409, "not our page's"
    assert await region.value(_COUNT, UUID(ANKARET)) == 1
    await owner_does(region, "alter table access_log add constraint n check (verb <> 'plan_closures') not valid")
    assert (await close(disa, "acute", day(9))).status_code == 500
    assert await region.value(_COUNT, UUID(ANKARET)) == 1


async def test_put_back_after_it_was_ended_it_begins_now(region: Region) -> None:
    disa = await region.staff("disa")
    assert (await close(disa, "acute", day(), day(1))).status_code == 303
    await owner_does(region, "update closures set from_at = now() - interval '3 hours'")
    shown = await fields_of(disa)
    assert (await disa.decide(_PATH, {"was": shown["was"], "remove": "0"})).status_code == 303
    await owner_does(region, "update closures set until_at = now() - interval '1 hour'")
    ended = await region.value("select id from setting_versions order by id desc limit 1")
    page = (await disa.get(f"{_UNIT}/versions/{ended}")).text
    assert (await disa.post(f"{_UNIT}/versions/{ended}", look_first(page))).status_code == 303
    assert await region.value(_COUNT, UUID(ANKARET)) == 1
    late = "select count(*) from closures where until_at > now() and from_at > now() - interval '1 minute'"
    assert await region.value(late) == 1, "the hour in between was open"


@pytest.mark.parametrize("number", ["-1", "7", "x"])
async def test_a_number_that_stands_for_none_takes_nothing_away(region: Region, number: str) -> None:
    disa = await region.staff("disa")
    assert (await close(disa, "acute", day(1))).status_code == 303
    shown = await fields_of(disa)
    assert (await disa.decide(_PATH, {"was": shown["was"], "remove": number})).status_code == 409
    assert await region.value(_COUNT, UUID(ANKARET)) == 1


async def test_a_reason_turns_no_letters_around(region: Region) -> None:
    disa = await region.staff("disa")
    assert (
        await close(disa, "acute", day(1), reason="Tele\u202efonerna \u2067ligger\u2069 nere\u200f")
    ).status_code == 303
    assert await region.value("select reason from closures") == "Telefonerna ligger nere"
    assert (await close(disa, "acute", day(3), reason="\u202e")).status_code == 422


async def test_before_an_acute_one_the_head_sees_whose_deadline_passes_and_what_to_do_and_the_resident_is_told(
    region: Region,
) -> None:
    gunvor, astrid, case_id = await region.staff("gunvor"), await region.resident("astrid"), region.cases["waiting"]
    await owner_does(
        region, "update visits set priority = 3, queued_at = now() - interval '2 minutes' where state = 'queued'"
                f" and case_id = '{case_id}'",
    )  # fmt: skip
    told = "Enheten är tillfälligt stängd när svaret senast skulle komma. Kan det inte vänta: ring 1177"
    assert told not in (await astrid.get(f"/cases/{case_id}")).text
    typed = {"kind": "acute", "from_on": day(0), "until_on": day(1), "reason": _WHY}
    shown = (await gunvor.post(_PATH, typed | await fields_of(gunvor))).text
    assert "får hjälp som vanligt" not in (await gunvor.get(_PATH)).text
    assert "De läses inte medan enheten är stängd." in shown
    assert "med brådskandegrad 3</li>" in shown
    assert "Öppna ärenden på enheten</dt>" in shown
    assert "Patienter som har lovats svar eller samtal de stängda dagarna</dt>" in shown
    assert "De som arbetar på enheten ser ärendena i sin patientliggare." in shown
    assert "Astrid" not in shown
    assert (await close(gunvor, "acute", day(0), day(1))).status_code == 303
    assert told in (await astrid.get(f"/cases/{case_id}")).text
