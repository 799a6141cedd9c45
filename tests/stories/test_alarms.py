"""Larm: what a resident writes later is read, too. It raises the case, is shown, and is never lowered by words."""

from __future__ import annotations

import re
from uuid import UUID

from tests.region import Person, Region

WORDS = "Nu har jag jätteont i bröstet och svårt att andas"


async def waiting(region: Region) -> tuple[UUID, Person]:
    """A case that waits with urgency 4, and its writer."""
    case = region.cases["waiting"]
    await region.site.database.execute("update visits set priority = 4 where case_id = $1", case)
    return case, await region.resident("astrid")


async def test_a_warning_sign_in_a_later_message_raises_the_case_and_moves_it_in_open_ledgers(region: Region) -> None:
    case, astrid = await waiting(region)
    karin = await region.staff("karin", "ankaret")
    async with karin.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        await astrid.say(case, WORDS)
        _, _, row = await ear.wait_for("row", f'id="case-{case}" class="lj-row-1"', within_s=20)
    assert 'data-priority="1"' in row
    page = (await karin.get(f"/clinic/cases/{case}")).text
    assert "Ord som larmade" in page
    assert "ont i bröstet" in page
    assert "Ärendet fick brådskandegrad 1" in page
    codes = await region.site.database.fetch("select code, level from alarms where case_id = $1", case)
    assert "chest.pain" in {row["code"] for row in codes}
    assert await region.value("select urgency from cases where id = $1", case) != 1, "what the triage said stays"


async def test_answers_without_warning_signs_are_told_neutrally_once_the_chat_has_raised_an_alarm(
    region: Region,
) -> None:
    case, astrid = await waiting(region)
    karin = await region.staff("karin", "ankaret")
    calm, neutral = "Inga varningstecken i svaren</p>", "Inga varningstecken i svaren på frågorna."
    await region.site.database.execute("delete from alarms where case_id = $1", case)
    page = (await karin.get(f"/clinic/cases/{case}")).text
    assert calm in page
    assert neutral not in page
    async with karin.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        await astrid.say(case, WORDS)
        await ear.wait_for("row", f'id="case-{case}" class="lj-row-1"', within_s=20)
    page = (await karin.get(f"/clinic/cases/{case}")).text
    assert calm not in page
    assert "lj-quiet-sign" not in page
    assert f'{neutral} <a href="#case-alarms">Se orden i chatten.</a>' in page


async def test_the_resident_is_told_to_call_112_until_staff_have_written(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin = await region.staff("karin", "ankaret")
    async with gustav.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        await gustav.say(case, "Jag svimmade nyss och har ont i bröstet")
        await ear.wait_for("alarm_heard", within_s=20)
    page = (await gustav.get(f"/cases/{case}")).text
    assert "Det kan vara brådskande" in page
    assert 'href="tel:112"' in page
    await karin.say(case, "Jag ringer dig nu.")
    assert "Det kan vara brådskande" not in (await gustav.get(f"/cases/{case}")).text


async def test_what_staff_write_what_is_denied_and_what_a_case_began_with_raise_nothing(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin = await region.staff("karin", "ankaret")
    before = await region.value("select priority from visits where case_id = $1", case)
    heard = await region.value("select count(*) from alarms where case_id = $1", case)
    await karin.say(case, "Har du ont i bröstet eller svårt att andas?")
    await gustav.say(case, "Nej, jag har inte ont i bröstet")
    async with gustav.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        await gustav.say(case, "Men jag har svimmat två gånger")
        await ear.wait_for("alarm_heard", within_s=20)
    rows = await region.site.database.fetch("select code from alarms where case_id = $1", case)
    assert len(rows) == heard + 1, rows  # type: ignore[operator]
    after = await region.value("select priority from visits where case_id = $1", case)
    assert after <= before  # type: ignore[operator]


async def test_staff_say_whether_it_was_right_and_may_think_again(region: Region) -> None:
    case, astrid = await waiting(region)
    karin = await region.staff("karin", "ankaret")
    async with astrid.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        await astrid.say(case, WORDS)
        await ear.wait_for("alarm_heard", within_s=20)
    page = (await karin.get(f"/clinic/cases/{case}")).text
    action = re.findall(r'action="(/clinic/cases/[^"]+/verdicts)"', page)[0]
    for verdict in ("wrong", "right"):
        assert (await karin.post(action, {"verdict": verdict})).status_code == 303
        found = await region.value("select string_agg(coalesce(verdict, ''), '') from alarms where case_id = $1", case)
        assert verdict in str(found)
    assert (await karin.post(action, {"verdict": "kanske"})).status_code == 422
    other = region.cases["held_by_bo"]
    assert (await karin.post(action.replace(str(case), str(other)), {"verdict": "right"})).status_code == 404
    assert (await (await region.staff("lena", "lyktan")).post(action, {"verdict": "wrong"})).status_code == 404
    assert "wrong" not in str(await region.value("select string_agg(verdict, '') from alarms where case_id = $1", case))
