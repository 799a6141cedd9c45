"""Nödöppning, and opening with the patient's consent: a reason, eight hours, one person, logged, told and reviewed."""

from __future__ import annotations

import asyncio
from html import unescape

import pytest

from linjen.core.ids import new_id
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.blocked_world import (
    ANKARET,
    EXISTS,
    SECRET,
    WHY,
    main,
    meet,
    open_up,
    press,
    read_blocked,
    visits_of,
)
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does

_ROWS = "select count(*) from block_openings"
_DEEDS = "select count(*) from access_log where case_id = $1 and verb like 'open_%' and refused is null"
_REVIEW = f"/manage/units/{ANKARET}/block-openings"


@pytest.mark.parametrize("how", ["emergency", "consent"])
async def test_who_opens_reads_for_eight_hours_and_nobody_else_does(region: Region, how: str) -> None:
    cases, ulf, petra = await meet(region), await region.staff("ulf", "bjorken"), await region.staff("petra", "bjorken")
    own = cases["beside_blocked"]
    page = main(await ulf.get(f"/clinic/cases/{own}/{how}-openings"))
    for words in ("loggas med ditt namn", "Patienten får veta det", "i 8 timmar"):
        assert words in page
    answer = await open_up(ulf, own, how)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{visits_of(own)}?opened=1#elsewhere-title")
    visits = main(await ulf.get(f"{visits_of(own)}?opened=1"))
    assert "Ärende på Hälsocentralen Ankaret" in visits
    assert "Öppningen är loggad" in visits
    assert EXISTS not in visits
    there = main(await read_blocked(ulf, cases))
    assert SECRET in there
    assert "Patienten har spärrat uppgifter som du har öppnat" in there
    unblocked = main(await ulf.get(f"/clinic/cases/{own}/elsewhere/{cases['not_blocked']}"))
    assert "Patienten har spärrat uppgifter" not in unblocked
    assert (await read_blocked(petra, cases)).status_code == 404
    assert EXISTS in main(await petra.get(visits_of(own)))
    ulf_elsewhere = await region.staff("ulf", "ankaret")
    assert (await ulf_elsewhere.get(visits_of(own))).status_code == 404


async def test_it_closes_by_itself(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    await open_up(ulf, cases["beside_blocked"])
    lasts = await region.value("select until_at - opened_at from block_openings")
    assert lasts.total_seconds() == 8 * 3600  # type: ignore[attr-defined]
    await region.site.database.execute(
        "update block_openings set opened_at = now() - interval '9 hours', until_at = now() - interval '1 second'"
    )
    assert (await read_blocked(ulf, cases)).status_code == 404
    page = main(await ulf.get(visits_of(cases["beside_blocked"])))
    assert EXISTS in page
    assert "Du har öppnat" not in page
    assert (await open_up(ulf, cases["beside_blocked"])).status_code == 303, "and is opened anew, with a row of its own"
    assert await region.value(_ROWS) == 2


@pytest.mark.parametrize(
    ("how", "fields", "words"),
    [
        ("emergency", {"reason": ""}, "Välj ett skäl"), ("emergency", {"reason": "phone"}, "Välj ett skäl"),
        ("emergency", {"why": " "}, "Skriv varför du öppnar"), ("emergency", {"why": "x" * 501}, "Skriv högst 500"),
        ("consent", {"reason": "urgent"}, "Välj ett skäl"),
    ],
)  # fmt: skip
async def test_without_a_reason_nothing_is_opened(
    region: Region, how: str, fields: dict[str, str], words: str
) -> None:  # fmt: skip
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    answer = await open_up(ulf, cases["beside_blocked"], how, **fields)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert await region.value(_ROWS) == 0
    assert (await read_blocked(ulf, cases)).status_code == 404


async def test_it_stands_in_the_log_in_the_case_and_before_the_patient(region: Region) -> None:
    cases, ulf, frida = await meet(region), await region.staff("ulf", "bjorken"), await region.resident("frida")
    own = cases["beside_blocked"]
    await open_up(ulf, own)
    await read_blocked(ulf, cases)
    logged = "select count(*) from access_log where verb = $1 and case_id = $2 and by_id = $3 and refused is null"
    assert await region.value(logged, "open_in_emergency", own, id_of("staff/ulf")) == 1
    assert await region.value(logged, "see_elsewhere", cases["blocked"], id_of("staff/ulf")) == 1
    assert "Ulf Dahl gjorde en nödöppning av spärrade uppgifter" in main(await ulf.get(f"/clinic/cases/{own}"))
    openings = main(await frida.get("/openings"))
    assert "Hälsocentralen Björken: gjorde en nödöppning av spärrade uppgifter" in openings
    page = main(await frida.get("/profile/blocks"))
    assert "Hälsocentralen Björken öppnade i en nödsituation. Du kunde inte svara. Öppet till" in page
    assert "Din enhet går igenom varför." in page
    assert "Ulf" not in page
    assert WHY not in page, "the words are for the review"
    sealed = await region.value("select why_sealed from block_openings")
    assert WHY.encode() not in sealed  # type: ignore[operator]


async def test_a_look_at_the_form_is_no_opening_and_neither_is_one_that_was_refused(region: Region) -> None:
    cases, ulf, frida = await meet(region), await region.staff("ulf", "bjorken"), await region.resident("frida")
    own = cases["beside_blocked"]
    for how in ("emergency", "consent"):
        assert (await ulf.get(f"/clinic/cases/{own}/{how}-openings")).status_code == 200
        assert (await open_up(ulf, own, how, reason="")).status_code == 422
    assert await region.value(_DEEDS, own) == 0
    assert await region.value("select count(*) from access_log where verb = 'see' and case_id = $1", own) == 4
    openings = main(await frida.get("/openings"))
    assert "Hälsocentralen Björken: läste ärendet" in openings
    for words in ("nödöppning", "med ditt samtycke"):
        assert words not in openings


async def test_she_is_told_by_sms_in_words_that_say_nothing_of_it(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    sms = await Sms(region).begin()
    await open_up(ulf, cases["beside_blocked"])
    sent = await sms.go_on()
    assert [one.text for one in sent] == [
        "Region Exempel: Det finns något nytt att läsa om dina uppgifter. Logga in som du brukar, med BankID."
    ]
    assert await sms.go_on() == [], "once"


async def test_a_second_press_and_two_at_once_are_one_opening(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    answers = await asyncio.gather(*(open_up(ulf, cases["beside_blocked"]) for _ in range(4)))
    assert {one.status_code for one in answers} == {303}
    assert await region.value(_ROWS) == 1
    assert await region.value("select count(*) from events where kind = 'block_opened'") == 1
    assert await region.value(_DEEDS, cases["beside_blocked"]) == 1, "the others are looks"


async def test_without_its_event_nothing_is_opened(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'block_opened') not valid")
    assert (await open_up(ulf, cases["beside_blocked"])).status_code == 500
    assert await region.value(_ROWS) == 0
    assert (await read_blocked(ulf, cases)).status_code == 404


async def test_blocked_again_it_is_closed_for_who_had_opened_it(region: Region) -> None:
    cases, ulf, frida = await meet(region), await region.staff("ulf", "bjorken"), await region.resident("frida")
    await open_up(ulf, cases["beside_blocked"], "consent")
    assert (await read_blocked(ulf, cases)).status_code == 200
    stream = f"/clinic/cases/{cases['beside_blocked']}/stream?apart"
    async with ulf.listen(stream) as ear:
        await ear.wait_for("hello")
        await press(frida, "liftings")
        await asyncio.sleep(0.2)
        ear.heard.clear()  # what it was told of before is no news
        await press(frida, "settings")
        await ear.wait_for("reload", within_s=2)
    assert (await read_blocked(ulf, cases)).status_code == 404
    page = main(await frida.get("/profile/blocks"))
    assert "öppnade, med ditt samtycke. Du sa ja på telefon." in page
    assert "Öppet till" not in page, "it ended with the block"


async def test_lifted_while_the_form_was_open_there_is_nothing_to_open(region: Region) -> None:
    cases, ulf, frida = await meet(region), await region.staff("ulf", "bjorken"), await region.resident("frida")
    await press(frida, "liftings")
    answer = await open_up(ulf, cases["beside_blocked"])
    assert answer.status_code == 409
    assert "Det finns inget spärrat att öppna nu" in unescape(answer.text)
    assert WHY in unescape(answer.text), "what she wrote is given back"
    refused = "select count(*) from access_log where verb = 'open_in_emergency' and refused = 'nothing_blocked'"
    assert await region.value(refused) == 1
    assert await region.value(_DEEDS, cases["beside_blocked"]) == 0


async def test_only_who_cares_for_her_in_a_case_that_goes_on_opens(region: Region) -> None:
    cases = await meet(region)
    for key, unit, case, status in (
        ("lena", "lyktan", "beside_blocked", 404), ("fadime", "rehab", "not_blocked", 409),
        ("pelle", "bjorken", "beside_blocked", 404), ("sara", "ankaret", "blocked", 409),
    ):  # fmt: skip
        answer = await open_up(await region.staff(key, unit), cases[case])
        assert answer.status_code == status, (key, answer.status_code)
    assert await region.value(_ROWS) == 0


async def test_it_is_work_for_who_leads_the_blocked_unit_until_she_has_judged_it(region: Region) -> None:
    cases, ulf, gunvor = await meet(region), await region.staff("ulf", "bjorken"), await region.staff("gunvor")
    assert "Ingen nödöppning väntar" in main(await gunvor.get(_REVIEW))
    await open_up(ulf, cases["beside_blocked"])
    assert "1 nödöppning väntar på granskning" in main(await gunvor.get("/manage"))
    page = main(await gunvor.get(_REVIEW))
    by = "Ulf Dahl, Sjuksköterska, Hälsocentralen Björken"
    for words in (by, "Patient: Frida Alm", WHY, "Patienten kan inte svara"):
        assert words in page
    opening = await region.value("select id from block_openings")
    to, choice, remark = f"{_REVIEW}/{opening}/verdicts", f"verdict-{opening}", f"remark-{opening}"
    for wrong, words in (({}, "Välj om öppningen var rätt"), ({choice: "wrong"}, "Skriv vad som görs åt det")):
        answer = await gunvor.post(to, wrong)
        assert answer.status_code == 422
        assert words in unescape(answer.text)
    judged = {choice: "wrong", remark: "Samtal med enhetens chef"}
    assert (await gunvor.post(to, judged)).status_code == 303
    assert (await gunvor.post(to, judged)).status_code == 303, "the same once more"
    late = await gunvor.post(to, {choice: "right", remark: "Nej, rätt"})
    assert late.status_code == 409
    assert "Nej, rätt" in unescape(late.text)
    page = main(await gunvor.get(_REVIEW))
    assert "Inte rätt. Gunvor Sjö" in page
    assert "Samtal med enhetens chef" in page
    assert "Ingen nödöppning väntar" in page
    assert "väntar på granskning" not in main(await gunvor.get("/manage"))
    frida = await region.resident("frida")
    assert "Din enhet har gått igenom varför." in main(await frida.get("/profile/blocks"))
    looked = "select count(*) from access_log where verb = 'review_openings' and $1 = any(shown)"
    assert await region.value(looked, opening)


async def test_nobody_judges_her_own_opening_also_when_she_leads_the_unit(region: Region) -> None:
    cases, gunvor = await meet(region), await region.staff("gunvor")
    await region.site.database.execute(  # Ulf leads Ankaret, too, where Frida has blocked
        "insert into assignments (id, staff_id, unit_id, role, from_at) values ($1, $2, $3, 'unit_manager', now())",
        new_id(), id_of("staff/ulf"), id_of("unit/ankaret"),
    )  # fmt: skip
    ulf = await region.staff("ulf", "bjorken")
    await open_up(ulf, cases["beside_blocked"])
    page, words = main(await ulf.get(_REVIEW)), "Den väntar på någon annan som leder enheten"
    assert words in page
    assert "Spara granskningen" not in page
    assert "väntar på granskning" not in main(await ulf.get("/manage")), "no work of his"
    opening = await region.value("select id from block_openings")
    to, judged = f"{_REVIEW}/{opening}/verdicts", {f"verdict-{opening}": "right"}
    answer = await ulf.post(to, judged)
    assert answer.status_code == 409
    assert words in main(answer)
    assert await region.value("select count(*) from block_openings where verdict is not null") == 0
    refused = "select count(*) from access_log where verb = 'review_openings' and refused = 'own_opening'"
    assert await region.value(refused) == 1
    assert words not in main(await gunvor.get(_REVIEW))
    assert "1 nödöppning väntar på granskning" in main(await gunvor.get("/manage"))
    assert (await gunvor.post(to, judged)).status_code == 303


async def test_with_consent_it_stands_there_and_wants_no_verdict(region: Region) -> None:
    cases, ulf, gunvor = await meet(region), await region.staff("ulf", "bjorken"), await region.staff("gunvor")
    await open_up(ulf, cases["beside_blocked"], "consent", why="Ringde och sa ja")
    assert "väntar på granskning" not in main(await gunvor.get("/manage"))
    page = main(await gunvor.get(_REVIEW))
    assert "Med patientens samtycke" in page
    assert "Ringde och sa ja" in page
    opening = await region.value("select id from block_openings")
    answer = await gunvor.post(f"{_REVIEW}/{opening}/verdicts", {f"verdict-{opening}": "right"})
    assert answer.status_code == 404


@pytest.mark.parametrize(("key", "unit"), [("disa", None), ("ulf", "bjorken"), ("maja", None), ("pelle", None)])
async def test_nobody_else_reads_or_judges_them(region: Region, key: str, unit: str | None) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    await open_up(ulf, cases["beside_blocked"])
    person, opening = await region.staff(key, unit), await region.value("select id from block_openings")
    assert (await person.get(_REVIEW)).status_code == 404
    answer = await person.post(f"{_REVIEW}/{opening}/verdicts", {f"verdict-{opening}": "right"})
    assert answer.status_code == 404
    assert await region.value("select count(*) from block_openings where verdict is not null") == 0


async def test_who_leads_another_unit_judges_none_of_this_one(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    await open_up(ulf, cases["beside_blocked"])
    await region.site.database.execute(
        "update assignments set role = 'unit_manager' where staff_id = $1", id_of("staff/pelle")
    )
    pelle, opening = await region.staff("pelle"), await region.value("select id from block_openings")
    own = f"/manage/units/{id_of('unit/bjorken')}/block-openings"
    assert "Frida" not in main(await pelle.get(own)), "what Björken opened is for who leads the unit that was blocked"
    answer = await pelle.post(f"{own}/{opening}/verdicts", {f"verdict-{opening}": "right"})
    assert answer.status_code == 404
    assert await region.value("select count(*) from block_openings where verdict is not null") == 0


async def test_a_protected_patient_has_no_name_in_the_list(region: Region) -> None:
    cases, ulf, gunvor = await meet(region), await region.staff("ulf", "bjorken"), await region.staff("gunvor")
    await open_up(ulf, cases["beside_blocked"])
    await region.site.database.execute(
        "update residents set protected = 'yes' where id = $1", region.actors.residents["frida"]
    )
    page = main(await gunvor.get(_REVIEW))
    assert "Frida" not in page
    assert "skyddade" in page.lower()
