"""Nothing is ever lost: what is held by who has left goes back to its queue, with a trace, and keeps its place."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from linjen import rounds
from linjen.cases.moves.left_behind import return_from_gone, return_unstaffed
from linjen.core import clock
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.test_ledger import names_in_order, owner_does, send_new

#: A Tuesday far ahead, so that the program's own sweep leaves it alone: Ankaret closes at 16 and its staff leaves at
#: 16.30, Swedish winter time.
_NOON, _EVENING = datetime(2037, 11, 24, 11, tzinfo=UTC), datetime(2037, 11, 24, 18, tzinfo=UTC)
_STATE = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_WHY = "select data->>'reason' from events where case_id = $1 and kind = 'returned'"


async def works_as(region: Region, key: str, role: str, unit: str = "ankaret") -> None:
    """One more assignment."""
    await region.site.database.execute(
        "insert into assignments (id, staff_id, unit_id, role) values ($1, $2, $3, $4)",
        new_id(), id_of(f"staff/{key}"), id_of(f"unit/{unit}"), role,
    )  # fmt: skip


async def ends(region: Region, key: str, role: str, unit: str = "ankaret") -> None:
    """An assignment has ended."""
    await region.site.database.execute(
        "update assignments set ended_at = now() where staff_id = $1 and unit_id = $2 and role = $3",
        id_of(f"staff/{key}"), id_of(f"unit/{unit}"), role,
    )  # fmt: skip


async def _claimed(region: Region, at: datetime, name: str = "held_by_karin") -> None:
    await owner_does(region, "update visits set claimed_at = '2047-01-01' where claimed_at is not null")
    await owner_does(
        region,
        f"update visits set claimed_at = '{at.isoformat()}', queued_at = '{(at - timedelta(hours=1)).isoformat()}'"
        f" where case_id = '{region.cases[name]}'",
    )


async def test_what_is_held_when_the_staff_leaves_returns_to_the_ledger_with_its_place(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    await _claimed(region, _NOON)
    assert await return_unstaffed(region.site.database, _NOON + timedelta(hours=2)) == 0
    assert await return_unstaffed(region.site.database, _EVENING) == 1
    assert await region.value(_STATE, case_id) == "queued"
    assert await region.value(_WHY, case_id) == "unstaffed"
    bo = await region.staff("bo", "ankaret")
    assert "held_by_karin" in names_in_order(region, (await bo.get("/clinic/ledger")).text)
    page = (await bo.get(f"/clinic/cases/{case_id}")).text
    assert "Linjen lade tillbaka ärendet i kön: bemanningen slutade för dagen" in page
    gustav = await region.resident("gustav")
    assert "Ärendet väntar i kön igen, med sin plats kvar" in (await gustav.get(f"/cases/{case_id}")).text


async def test_it_comes_back_within_the_minute_not_at_the_next_long_sweep(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _claimed(region, _NOON)
    assert rounds._WATCH_S <= 30
    monkeypatch.setattr(rounds, "_WATCH_S", 0.05)
    monkeypatch.setattr(clock, "now", lambda: _EVENING)
    watching = asyncio.create_task(rounds._watch(region.site))
    async with asyncio.timeout(20):
        while await region.value(_STATE, region.cases["held_by_karin"]) != "queued":  # noqa: ASYNC110 - rows tell no one
            await asyncio.sleep(0.05)
    watching.cancel()


async def test_the_frequent_look_locks_nothing_while_nothing_has_been_left(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    await _claimed(region, _NOON)
    async with region.site.database.transaction() as db:
        await db.execute("select 1 from cases where id = $1 for no key update", case_id)
        assert await return_unstaffed(region.site.database, _NOON + timedelta(hours=2)) == 0
    await owner_does(region, f"update assignments set ended_at = now() where staff_id = '{id_of('staff/karin')}'")
    assert await return_unstaffed(region.site.database, _EVENING) == 1, (
        "what has ended is looked for by its own statement"
    )
    assert await region.value(_WHY, case_id) == "unstaffed"
    assert await return_unstaffed(region.site.database, _EVENING) == 0


async def test_a_stop_of_the_program_at_that_minute_does_not_lose_it(region: Region) -> None:
    await _claimed(region, _NOON)
    assert await return_unstaffed(region.site.database, _NOON + timedelta(days=1)) == 1  # the next noon, staffed again


async def test_who_works_on_in_the_evening_keeps_what_she_takes_then(region: Region) -> None:
    await _claimed(region, _EVENING)
    assert await return_unstaffed(region.site.database, _EVENING + timedelta(hours=3)) == 0
    assert await region.value(_STATE, region.cases["held_by_karin"]) == "in_progress"


async def test_what_is_asynchronous_stays_until_its_day_has_passed(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    await _claimed(region, _NOON)
    await owner_does(region, f"update visits set kind = 'async', until_on = '2037-11-26' where case_id = '{case_id}'")
    assert await return_unstaffed(region.site.database, _EVENING) == 0
    assert await return_unstaffed(region.site.database, _EVENING + timedelta(days=2)) == 0
    assert await return_unstaffed(region.site.database, _EVENING + timedelta(days=3)) == 1


async def test_an_ended_assignment_lets_go_of_everything_also_what_is_asynchronous(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    await owner_does(region, f"update visits set kind = 'async', until_on = '2047-01-01' where case_id = '{case_id}'")
    assert await return_from_gone(region.site.database) == 0
    await owner_does(region, f"update assignments set ended_at = now() where staff_id = '{id_of('staff/karin')}'")
    assert await return_from_gone(region.site.database) == 1
    assert await region.value(_WHY, case_id) == "assignment_ended"


async def test_who_keeps_a_role_that_does_not_open_the_case_lets_go_of_it_and_of_no_other(region: Region) -> None:
    """Karin was nurse and secretary: the case is 404 to her now, so it would be stuck with her."""
    case_id, admin = region.cases["held_by_karin"], await send_new(region, "olle", "ankaret")
    await owner_does(region, f"update cases set entry = 'admin' where id = '{admin}'")
    karin = await region.staff("karin", "ankaret")
    assert (await karin.post(f"/clinic/cases/{admin}/claims")).status_code == 303
    await works_as(region, "karin", "medical_secretary")
    assert await return_from_gone(region.site.database) == 0
    await ends(region, "karin", "nurse")
    assert (await karin.get(f"/clinic/cases/{case_id}")).status_code == 404
    assert await return_from_gone(region.site.database) == 1
    assert await region.value(_STATE, case_id) == "queued"
    assert await region.value(_STATE, admin) == "in_progress"
    assert await region.value(_WHY, case_id) == "role_ended"
    bo = await region.staff("bo", "ankaret")
    told = "Linjen lade tillbaka ärendet i kön: den ansvariga arbetar inte längre i en roll som öppnar ärendet"
    assert told in (await bo.get(f"/clinic/cases/{case_id}")).text


async def test_what_rests_on_an_ended_assignment_is_seen_to_within_half_a_minute(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "_WATCH_S", 0.05)
    await ends(region, "karin", "nurse")
    watching = asyncio.create_task(rounds._watch(region.site))
    async with asyncio.timeout(20):
        while await region.value(_STATE, region.cases["held_by_karin"]) != "queued":  # noqa: ASYNC110 - rows tell no one
            await asyncio.sleep(0.05)
    watching.cancel()


async def test_who_signs_out_is_led_through_what_she_holds_and_the_rest_returns(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    first = await karin.post("/clinic/sign-out")
    assert first.headers["location"] == "/clinic/leaving?out=1"
    out = (await karin.get("/clinic/leaving?out=1")).text
    assert str(case_id) in out
    for words in ("<h1>Innan du går</h1>", "Gör inget nu (går tillbaka till kön när du loggar ut)", 'name="out"'):
        assert words in out
    assert "<h1>Inför stängning</h1>" in (await karin.get("/clinic/leaving")).text
    assert await region.value(_STATE, case_id) == "in_progress"
    last = await karin.post("/clinic/sign-out", {"leave": "yes"})
    assert last.headers["location"] == "/clinic/sign-in"
    assert await region.value(_STATE, case_id) == "queued"
    assert await region.value(_WHY, case_id) == "signed_out"


async def test_who_came_to_sign_out_has_that_alone_left_when_all_is_settled(region: Region) -> None:
    karin, held = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    secondary = '<button class="lj-button lj-button-secondary" type="submit"><span>Logga ut</span></button>'
    primary = secondary.replace(" lj-button-secondary", "")
    assert secondary in (await karin.get("/clinic/leaving?out=1")).text
    answer = await karin.post("/clinic/leaving", {f"do-{held}": "queue", "out": "1"})
    assert answer.headers["location"] == "/clinic/leaving?done=yes&out=1"
    done = (await karin.get("/clinic/leaving?done=yes&out=1")).text
    assert "Allt är omhändertaget" in done
    assert primary in done
    assert secondary not in done
    assert secondary in (await karin.get("/clinic/leaving?done=yes")).text, "she did not come to sign out"
    assert (await karin.post("/clinic/sign-out", {"leave": "yes"})).headers["location"] == "/clinic/sign-in"


async def test_her_own_case_of_another_unit_says_where_it_is_and_to_nobody_else(region: Region) -> None:
    petra, case_id = await region.staff("petra", "ankaret"), region.cases["urgent"]
    assert (await petra.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    await petra.post("/clinic/units", {"unit": str(id_of("unit/bjorken"))})
    told, url = "Du har ärendet hos Hälsocentralen Ankaret", f"/clinic/cases/{case_id}"
    for path in (url, f"{url}/handovers"):
        page = await petra.get(path)
        assert page.status_code == 404
        assert told in page.text
        assert "Byt enhet för att öppna det." in page.text
        assert f'name="next" value="{url}"' in page.text
        assert "Ingrid" not in page.text
    plain = (await petra.get(f"/clinic/cases/{new_id()}")).text
    assert told not in plain
    assert told not in (await petra.get(f"/clinic/cases/{region.cases['held_by_karin']}")).text, "not hers"
    for key, unit in (("lena", "lyktan"), ("fadime", "rehab")):
        assert told not in (await (await region.staff(key, unit)).get(url)).text
    changed = await petra.post("/clinic/units", {"unit": str(id_of("unit/ankaret")), "next": url})
    assert changed.headers["location"] == url
    assert (await petra.get(url)).status_code == 200
    astray = await petra.post("/clinic/units", {"unit": str(id_of("unit/ankaret")), "next": "//evil.example"})
    assert astray.headers["location"] == "/clinic/ledger"


async def test_one_pass_settles_all_and_tells_each_patient(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    held, other = region.cases["held_by_karin"], region.cases["waiting"]
    await karin.post(f"/clinic/cases/{other}/claims")
    form = {
        f"do-{held}": "async", f"tell-{held}": "Jag svarar på torsdag.",
        f"do-{other}": "queue", f"tell-{other}": "En kollega fortsätter.",
    }  # fmt: skip
    answer = await karin.post("/clinic/leaving", form)
    assert answer.headers["location"] == "/clinic/leaving?done=yes"
    assert "Allt är omhändertaget" in (await karin.get("/clinic/leaving?done=yes")).text
    assert await region.value(_STATE, held) == "in_progress"
    assert await region.value(_STATE, other) == "queued"
    assert "Jag svarar på torsdag." in (await gustav.get(f"/cases/{held}")).text
    assert (await karin.post("/clinic/sign-out")).headers["location"] == "/clinic/sign-in"


async def test_what_changed_meanwhile_is_told_and_the_rest_is_done(region: Region) -> None:
    karin, held, other = await region.staff("karin", "ankaret"), region.cases["held_by_karin"], region.cases["waiting"]
    await karin.post(f"/clinic/cases/{other}/claims")
    await karin.say(other, "Hur länge har du haft ont?")  # unanswered, it could not wait for every next day
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'released') not valid")
    too_long = await karin.post("/clinic/leaving", {
        f"do-{held}": "async", f"tell-{held}": "x" * 8001, f"do-{other}": "async", f"tell-{other}": "Vi hörs.",
    })  # fmt: skip
    assert too_long.status_code == 422
    assert "Ett meddelande behöver ändras innan det skickas. Det som gick att göra är gjort." in too_long.text
    kind = "select v.kind from cases c join visits v on v.id = c.visit_id where c.id = $1"
    assert await region.value(kind, other) == "async"
    assert await region.value(kind, held) == "drop_in"


async def test_a_case_that_somebody_took_meanwhile_is_told_with_the_words_that_were_not_sent(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    held, other = region.cases["held_by_karin"], region.cases["waiting"]
    await karin.post(f"/clinic/cases/{other}/claims")
    await karin.post(f"/clinic/cases/{held}/releases")
    await bo.post(f"/clinic/cases/{held}/claims")
    answer = await karin.post("/clinic/leaving", {
        f"do-{held}": "queue", f"tell-{held}": "Mina egna ord", f"do-{other}": "async", f"tell-{other}": "x" * 8001,
    })  # fmt: skip
    assert answer.status_code == 409
    page = answer.text.partition("</main")[0]
    assert "Allt är omhändertaget" not in page
    assert "Bo Hellström är ansvarig. Bo Hellström tog emot ärendet" in page
    assert "Mina egna ord" in page
    assert "x" * 8001 in page
    refused = "select verb from access_log where case_id = $1 and refused is not null"
    assert await region.value(refused, held) == "release"
    again = await karin.post("/clinic/leaving", {f"do-{held}": "queue", f"tell-{held}": "Mina egna ord"})
    assert "Mina egna ord" in again.text


async def test_the_same_pass_twice_is_one_and_other_words_are_not_dropped(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    said = "select count(*) from messages where case_id = $1 and by_kind = 'staff'"
    before = int(str(await region.value(said, case_id)))
    for choice in ("async", "queue"):
        form = {f"do-{case_id}": choice, f"tell-{case_id}": f"Ord om {choice}"}
        assert [(await karin.post("/clinic/leaving", form)).status_code for _ in range(2)] == [303, 303]
    assert await region.value(said, case_id) == before + 2
    other = await karin.post("/clinic/leaving", form | {f"tell-{case_id}": "Helt andra ord"})
    assert other.status_code == 409
    assert "Helt andra ord" in other.text
    assert "Du lade tillbaka ärendet i kön" in other.text


async def test_who_has_changed_unit_sees_what_she_still_holds_and_leaves_nothing_behind(region: Region) -> None:
    petra, case_id = await region.staff("petra", "ankaret"), region.cases["urgent"]
    assert (await petra.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    assert "Byt till Hälsocentralen Ankaret" not in (await petra.get("/clinic/ledger")).text
    await petra.post("/clinic/units", {"unit": str(id_of("unit/bjorken"))})
    assert "Byt till Hälsocentralen Ankaret" in (await petra.get("/clinic/ledger")).text
    await (await region.resident("ingrid")).say(case_id, "Nu blir det mycket sämre")
    told = "Du har 1 pågående ärende på Hälsocentralen Ankaret. Patienten har skrivit där."
    assert told in (await petra.get("/clinic/ledger")).text
    there = await region.staff("petra", "ankaret")
    asked = await petra.post("/clinic/sign-out")
    assert asked.headers["location"] == "/clinic/leaving?out=1", "first she sees what she holds"
    page = (await petra.get("/clinic/leaving?out=1")).text
    assert "Byt till Hälsocentralen Ankaret" in page
    assert "Du har inga pågående ärenden kvar" not in page
    await petra.post("/clinic/sign-out", {"leave": "yes"})
    held = "select v.state from visits v join cases c on c.visit_id = v.id where c.id = $1"
    assert await region.value(held, case_id) == "in_progress", "she is signed in there on another screen"
    await there.post("/clinic/units", {"unit": str(id_of("unit/bjorken"))})
    await there.post("/clinic/sign-out", {"leave": "yes"})
    assert await region.value(held, case_id) == "queued"


async def test_who_has_chosen_no_unit_yet_signs_out_and_leaves_nothing_behind(region: Region) -> None:
    petra, case_id = await region.staff("petra", "ankaret"), region.cases["urgent"]
    await petra.post(f"/clinic/cases/{case_id}/claims")
    await region.site.database.execute("update sessions set ended_at = now() where kind = 'staff'")
    again = await region.staff("petra")
    assert (await again.post("/clinic/sign-out")).headers["location"] == "/clinic/sign-in"
    held = "select v.state from visits v join cases c on c.visit_id = v.id where c.id = $1"
    assert await region.value(held, case_id) == "queued"
