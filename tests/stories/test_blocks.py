"""Spärr: the patient sets and lifts it, and other units see that something is blocked and nothing else of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest

from linjen.cases.blocks.block import set_block
from linjen.cases.patients.patients import reaches
from linjen.core import clock
from linjen.core.errors import NotFound, Refused
from linjen.demo.cases import SeedCase
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.blocked_world import ANKARET, EXISTS, SECRET, main, meet, press, read_blocked, visits_of
from tests.stories.test_handover import pass_on, to
from tests.stories.test_ledger import owner_does


async def test_another_unit_reads_what_is_not_blocked_and_only_that_something_else_is(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    page = main(await ulf.get(visits_of(cases["beside_blocked"])))
    assert EXISTS in page
    assert "Ärende på Rehabenheten Exempel" in page
    assert "Ankaret" not in page, "neither where it is"
    assert "utslag" not in page.lower(), "nor what it is about"
    assert str(cases["blocked"]) not in page
    there = await ulf.get(f"/clinic/cases/{cases['beside_blocked']}/elsewhere/{cases['not_blocked']}")
    assert "Gör övningarna varje dag" in main(there)
    assert (await read_blocked(ulf, cases)).status_code == 404
    assert (await ulf.get(f"/clinic/cases/{cases['beside_blocked']}/elsewhere/{uuid4()}")).status_code == 404
    for path in ("", "/patient", "/patient-tickets"):
        assert "Spärrade uppgifter finns" in main(await ulf.get(f"/clinic/cases/{cases['beside_blocked']}{path}"))
    for path in ("/stream", "", "/record", "/pictures", "/attestations", "/handovers"):
        assert (await ulf.get(f"/clinic/cases/{cases['blocked']}{path}")).status_code == 404, path


async def test_each_look_at_another_units_case_is_logged_and_so_is_one_that_was_refused(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    await ulf.get(f"/clinic/cases/{cases['beside_blocked']}/elsewhere/{cases['not_blocked']}")
    await read_blocked(ulf, cases)
    seen = "select count(*) from access_log where verb = 'see_elsewhere' and case_id = $1 and (refused is null) = $2"
    assert await region.value(seen, cases["not_blocked"], True) == 1
    assert await region.value(seen, cases["blocked"], False) == 1
    assert await region.value(seen, cases["blocked"], True) == 0
    frida = await region.resident("frida")
    assert "Hälsocentralen Björken: läste ärendet" in main(await frida.get("/openings"))


async def test_her_own_unit_reads_and_works_as_before(region: Region) -> None:
    cases, sara = await meet(region), await region.staff("sara", "ankaret")
    page = main(await sara.get(f"/clinic/cases/{cases['blocked']}"))
    assert SECRET in page
    assert "Spärrade uppgifter finns" not in page
    assert EXISTS not in main(await sara.get(visits_of(cases["blocked"])))


async def test_without_a_case_that_is_open_here_nobody_reads_at_other_units(region: Region) -> None:
    cases = await meet(region)
    sara, fadime = await region.staff("sara", "ankaret"), await region.staff("fadime", "rehab")
    for person, own in ((sara, "blocked"), (fadime, "not_blocked")):
        page = main(await person.get(visits_of(cases[own])))
        assert "Ärende på" not in page
        assert EXISTS not in page, "who does not care for her now has nothing to know"
        there = await person.get(f"/clinic/cases/{cases[own]}/elsewhere/{cases['beside_blocked']}")
        assert there.status_code == 404


async def test_another_care_provider_and_who_has_no_medical_role_reads_nothing(region: Region) -> None:
    cases = await meet(region)
    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    there = await seed.draft("frida", "symptom", "frida", "lyktan", "Ont i magen")
    await seed.send("frida", there, 3, "magont", 5)
    lena = await region.staff("lena", "lyktan")
    page = main(await lena.get(visits_of(there)))
    assert "Ärende på" not in page
    assert EXISTS not in page
    assert (await lena.get(f"/clinic/cases/{there}/elsewhere/{cases['not_blocked']}")).status_code == 404
    admin = await seed.draft("frida", "admin", "frida", "ankaret", "Ett intyg")
    await seed.send("frida", admin, 4, "", 5)
    mona = await region.staff("mona", "ankaret")
    assert "Ärende på" not in main(await mona.get(visits_of(admin)))


async def test_she_blocks_and_lifts_it_and_reads_since_when(region: Region) -> None:
    cases, frida, ulf = await meet(region), await region.resident("frida"), await region.staff("ulf", "bjorken")
    page = main(await frida.get("/profile/blocks"))
    for words in ("Hälsocentralen Ankaret", "Rehabenheten Exempel", "Hälsocentralen Björken", "Sedan den"):
        assert words in page
    answer = await press(frida, "liftings")
    assert (answer.status_code, answer.headers["location"]) == (303, "/profile/blocks?done=lifted")
    assert SECRET in main(await read_blocked(ulf, cases))
    assert EXISTS not in main(await ulf.get(visits_of(cases["beside_blocked"])))
    assert "Spärren är hävd nu." in main(await frida.get(answer.headers["location"]))
    assert (await press(frida, "settings")).status_code == 303
    assert (await read_blocked(ulf, cases)).status_code == 404
    page = main(await frida.get("/profile/blocks?done=set"))
    assert "Uppgifterna är spärrade nu." in page
    assert "Spärrad från den" in page, "what was before stands there, too"
    sara = await region.staff("sara", "ankaret")
    told = main(await sara.get(f"/clinic/cases/{cases['blocked']}"))
    assert "Frida Alm hävde spärren av enhetens uppgifter" in told
    assert told.count("Frida Alm spärrade enhetens uppgifter") == 2


async def test_the_same_press_twice_and_at_once_is_one_block_with_one_event(region: Region) -> None:
    cases, frida = await meet(region), await region.resident("frida")
    rehab = str(id_of("unit/rehab"))
    answers = await asyncio.gather(*(press(frida, "settings", rehab) for _ in range(4)))
    assert {one.status_code for one in answers} == {303}
    assert await region.value("select count(*) from access_blocks where unit_id = $1", id_of("unit/rehab")) == 1
    told = "select count(*) from events where case_id = $1 and kind = $2"
    assert await region.value(told, cases["not_blocked"], "block_set") == 1
    await asyncio.gather(*(press(frida, "liftings", rehab) for _ in range(4)))
    assert await region.value(told, cases["not_blocked"], "block_lifted") == 1


async def test_without_its_event_nothing_is_blocked(region: Region) -> None:
    await meet(region)
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'block_set') not valid")
    frida, rehab = await region.resident("frida"), id_of("unit/rehab")
    assert (await press(frida, "settings", str(rehab))).status_code == 500
    assert await region.value("select count(*) from access_blocks where unit_id = $1", rehab) == 0


async def test_nobody_blocks_anothers_a_childs_or_a_unit_without_a_case(region: Region) -> None:
    await meet(region)
    astrid, gustav = await region.resident("astrid"), await region.resident("gustav")
    assert "Du kan inte spärra ett barns uppgifter" in main(await astrid.get("/profile/blocks"))
    assert "Dina barn" not in main(await gustav.get("/profile/blocks"))
    assert (await press(gustav, "settings", str(id_of("unit/rehab")))).status_code == 404
    assert (await press(gustav, "liftings", str(id_of("unit/rehab")))).status_code == 404
    assert (await press(astrid, "settings")).status_code == 303
    blocked = "select array_agg(resident_id) from access_blocks where unit_id = $1"
    found = await region.value(blocked, id_of("unit/ankaret"))
    assert region.actors.residents["elsa"] not in found  # type: ignore[operator]
    assert region.actors.residents["astrid"] in found  # type: ignore[operator]
    async with region.site.database.transaction() as db:
        with pytest.raises(Refused, match="too_young"):
            await set_block(db, region.actors.resident("elsa"), id_of("unit/ankaret"))
        with pytest.raises(NotFound):
            await set_block(db, region.actors.staff("karin", "ankaret"), id_of("unit/ankaret"))


async def test_a_teenager_blocks_her_own(region: Region) -> None:
    nils = await region.resident("nils")
    assert (await press(nils, "settings")).status_code == 303
    assert "Spärrad" in main(await nils.get("/profile/blocks"))


async def test_a_block_set_while_the_page_is_open_wakes_it_and_the_case_is_gone(region: Region) -> None:
    cases, frida, ulf = await meet(region), await region.resident("frida"), await region.staff("ulf", "bjorken")
    await region.site.database.execute("update access_blocks set lifted_at = now()")  # not by a press: that wakes, too
    own = cases["beside_blocked"]
    page = await read_blocked(ulf, cases)
    assert SECRET in page.text
    assert f'data-elsewhere="/clinic/cases/{own}/visits' in page.text, "what the page's script asks for anew"
    stream = f"/clinic/cases/{own}/stream"
    async with ulf.listen(f"{stream}?apart") as apart, ulf.listen(stream) as talk:
        await apart.wait_for("hello")
        await talk.wait_for("hello")
        await press(frida, "settings")
        await apart.wait_for("reload", within_s=2)
        await talk.wait_for("reload", within_s=2)
    assert (await read_blocked(ulf, cases)).status_code == 404
    assert EXISTS in main(await ulf.get(visits_of(own)))


async def test_a_blocked_case_is_no_care_relation_for_other_units(region: Region) -> None:
    await meet(region)
    frida, karin = region.actors.residents["frida"], region.actors.staff("karin", "ankaret")
    ulf = region.actors.staff("ulf", "bjorken")
    for by in (karin, ulf):
        async with region.site.database.transaction() as db:
            assert await reaches(db, by, frida), "each by a case of its own"
    amina = region.actors.residents["amina"]
    async with region.site.database.transaction() as db:
        assert await reaches(db, ulf, amina), "Ankaret's case makes the relation"
    her = await region.resident("amina")
    await press(her, "settings")
    async with region.site.database.transaction() as db:
        assert not await reaches(db, ulf, amina)
        assert await reaches(db, karin, amina)


async def test_a_case_that_was_handed_on_is_blocked_with_the_unit_that_had_it(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin, fadime = await region.staff("karin", "ankaret"), await region.staff("fadime", "rehab")
    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    own = await seed.draft("gustav", "symptom", "gustav", "bjorken", "Ont i foten")
    await seed.send("gustav", own, 3, "halsont", 5)
    assert (await pass_on(karin, case_id, to("physiotherapist", unit="rehab"))).status_code == 303
    ulf = await region.staff("ulf", "bjorken")
    assert (await ulf.get(f"/clinic/cases/{own}/elsewhere/{case_id}")).status_code == 200
    assert "Hälsocentralen Ankaret" in main(await gustav.get("/profile/blocks")), "what it wrote is still hers to block"
    await press(gustav, "settings")
    assert (await ulf.get(f"/clinic/cases/{own}/elsewhere/{case_id}")).status_code == 404
    assert EXISTS in main(await ulf.get(visits_of(own)))
    assert (await fadime.get(f"/clinic/cases/{case_id}")).status_code == 200, "who has the case goes on with it"


async def test_who_has_a_case_that_was_handed_on_reads_nothing_of_the_block(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin, fadime = await region.staff("karin", "ankaret"), await region.staff("fadime", "rehab")
    await region.site.database.execute(  # the only case that Ankaret has had of his
        "update cases set patient_id = $2, opened_by = $2 where patient_id = $1 and id <> $3",
        region.actors.residents["gustav"], region.actors.residents["ingrid"], case_id,
    )  # fmt: skip
    await press(gustav, "settings")
    assert "spärrade enhetens uppgifter" in main(await karin.get(f"/clinic/cases/{case_id}"))
    await press(gustav, "liftings")
    assert (await pass_on(karin, case_id, to("physiotherapist", unit="rehab"))).status_code == 303
    events = "select count(*) from events where case_id = $1 and kind in ('block_set', 'block_lifted')"
    assert await region.value(events, case_id) == 2
    assert (await press(gustav, "settings")).status_code == 303
    assert (await press(gustav, "liftings")).status_code == 303
    assert await region.value(events, case_id) == 2, "what Ankaret has handed on is told nothing more"
    page = main(await fadime.get(f"/clinic/cases/{case_id}"))
    for words in ("spärr", "hävde"):
        assert words not in page, "neither what came after the hand-over nor what came before"
    logged = "select count(*) from access_log where verb in ('set_block', 'lift_block') and case_id is null"
    assert await region.value(logged) == 2


async def test_a_blocked_units_case_goes_to_another_unit_only_when_she_has_been_asked(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    karin, rehab = await region.staff("karin", "ankaret"), to("physiotherapist", unit="rehab")
    form, words = f"/clinic/cases/{case_id}/handovers", "Patienten har spärrat er enhets uppgifter"
    assert words not in main(await karin.get(form))
    await press(gustav, "settings")
    assert words in main(await karin.get(form))
    answer = await pass_on(karin, case_id, rehab)
    assert answer.status_code == 422
    assert "Fråga patienten innan" in unescape(answer.text)
    assert (await pass_on(karin, case_id, rehab, agreed="yes")).status_code == 303
    data = await region.value("select data from events where case_id = $1 and kind = 'handed_over'", case_id)
    assert data["agreed"] is True  # type: ignore[index]
    assert "Patienten har spärrat" not in main(
        await (await region.staff("bo", "ankaret")).get(f"/clinic/cases/{region.cases['waiting']}/handovers")
    )


async def test_inside_the_unit_it_goes_on_without_a_question(region: Region) -> None:
    case_id, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    await press(gustav, "settings")
    assert (await pass_on(await region.staff("karin", "ankaret"), case_id, to("physician"))).status_code == 303


async def test_a_block_does_not_move_her_cases_or_stop_the_triage(region: Region) -> None:
    cases = await meet(region)
    frida = await region.resident("frida")
    assert str(cases["blocked"]) in (await frida.get("/cases")).text
    assert SECRET in (await frida.get(f"/cases/{cases['blocked']}")).text
    assert await region.value("select count(*) from visits where case_id = $1 and state = 'closed'", cases["blocked"])
    assert clock.now() - timedelta(days=29) > await region.value(  # type: ignore[operator]
        "select sent_at from cases where id = $1", cases["blocked"]
    )
    assert ANKARET in (await frida.get("/profile/blocks")).text


async def test_when_her_own_case_ends_the_open_page_of_another_units_looks_again(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    own, there = cases["beside_blocked"], f"/clinic/cases/{cases['beside_blocked']}/elsewhere/{cases['not_blocked']}"
    assert (await ulf.post(f"/clinic/cases/{own}/claims")).status_code == 303
    assert (await ulf.get(there)).status_code == 200
    async with (
        ulf.listen(f"/clinic/cases/{own}/stream?apart") as ear,
        ulf.listen(f"/clinic/cases/{region.cases['at_bjorken']}/stream?apart") as strange,
    ):
        await ear.wait_for("hello")
        await strange.wait_for("hello")
        assert (await ulf.post(f"/clinic/cases/{own}/closings", {"reason": "other_way"})).status_code == 303
        await ear.wait_for("reload", within_s=2)
        await asyncio.sleep(0.2)
        assert [one[0] for one in strange.heard] == ["hello"], "another patient's"
    assert (await ulf.get(there)).status_code == 404


async def test_when_the_case_that_she_cared_by_ends_pages_of_her_other_cases_look_again(region: Region) -> None:
    cases, ulf = await meet(region), await region.staff("ulf", "bjorken")
    own = cases["beside_blocked"]
    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    earlier = await seed.draft("frida", "symptom", "frida", "bjorken", "Något tidigare")
    await seed.send("frida", earlier, 4, "halsont", 0)
    for case_id in (own, earlier):
        assert (await ulf.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    assert (await ulf.post(f"/clinic/cases/{earlier}/closings", {"reason": "other_way"})).status_code == 303
    there = f"/clinic/cases/{earlier}/elsewhere/{cases['not_blocked']}"
    assert (await ulf.get(there)).status_code == 200
    async with ulf.listen(f"/clinic/cases/{earlier}/stream?apart") as ear:
        await ear.wait_for("hello")
        assert (await ulf.post(f"/clinic/cases/{own}/closings", {"reason": "other_way"})).status_code == 303
        await ear.wait_for("reload", within_s=2)
    assert (await ulf.get(there)).status_code == 404
