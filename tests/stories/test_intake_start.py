"""Börja: whose case, which unit, and who may come near a draft."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from linjen.core.ids import new_id
from linjen.demo import world
from linjen.demo.world import id_of
from linjen.integrations.listing import Listing
from linjen.integrations.rivta import Rivta
from linjen.simulators.rivta import serve
from linjen.web import rate
from tests.integrations.rivta_region import REGION, write_data
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET, BJORKEN = str(id_of("unit/ankaret")), str(id_of("unit/bjorken"))


@pytest.fixture(name="listed")
async def _listed(region: Region, tmp_path: Path) -> AsyncIterator[Region]:
    """The region with its listing service answering."""
    async with listing_service(region, tmp_path):
        yield region


@asynccontextmanager
async def listing_service(region: Region, folder: Path) -> AsyncIterator[None]:
    """It answers by the seeded region's list of who is registered where."""
    units = {unit.key: unit for unit in world.UNITS}
    listings = [
        {"number": world.number_of(one.key).canonical, "unit": units[one.registered].hsa_id,
         "unit_name": units[one.registered].name}
        for one in world.RESIDENTS if one.registered
    ]  # fmt: skip
    data = write_data(folder, {"persons": [], "custody": [], "listings": listings})
    running = await serve(data, logical_addresses=(REGION,), allowed=True)
    rivta = Rivta(running.url)
    region.site.listing = Listing(rivta, REGION)
    try:
        yield
    finally:
        await rivta.close()
        await running.stop()


async def test_who_is_registered_comes_to_her_own_unit_and_cannot_choose_another(listed: Region) -> None:
    walk = await Walk(listed, await listed.resident("gustav")).begin()
    assert "Ditt ärende går till Hälsocentralen Ankaret" in walk.html
    assert not [name for name, kind, _ in walk.fields() if kind == "radio"]
    await walk.send({"unit": BJORKEN})
    assert walk.step == "consent"
    assert str(await listed.value("select unit_id from cases where id = $1", UUID(walk.case_id))) == ANKARET


async def test_a_child_comes_to_her_own_unit_not_to_her_fathers(listed: Region) -> None:
    walk = await Walk(listed, await listed.resident("henrik")).begin()
    await walk.send({"patient": str(listed.actors.residents["elsa"])})
    assert "Ditt ärende går till Hälsocentralen Ankaret" in walk.html
    await walk.open("patient")
    await walk.send({"patient": str(listed.actors.residents["henrik"])})
    assert "Ditt ärende går till Hälsocentralen Björken" in walk.html


async def test_who_is_not_registered_chooses_and_must_choose(listed: Region) -> None:
    walk = await Walk(listed, await listed.resident("amina")).begin()
    assert "Du kan välja vilken hälsocentral du vill." in walk.html
    assert "Rehabenheten" not in walk.html
    await walk.send({})
    assert walk.response.status_code == 422
    assert "Välj en hälsocentral." in walk.html
    await walk.send({"unit": str(id_of("unit/rehab"))})
    assert walk.response.status_code == 422
    await walk.send({"unit": BJORKEN})
    assert walk.step == "consent"


async def test_when_her_own_unit_is_closed_for_a_while_she_chooses_another(listed: Region) -> None:
    await listed.site.database.execute(
        "insert into closures values ($1, $2, now() - interval '1 hour', now() + interval '1 day', 'acute', 'vatten')",
        new_id(), id_of("unit/ankaret"),
    )  # fmt: skip
    walk = await Walk(listed, await listed.resident("gustav")).begin()
    assert "Hälsocentralen Ankaret har stängt tillfälligt." in walk.html
    await walk.send({"unit": ANKARET})
    assert walk.response.status_code == 422
    await walk.send({"unit": BJORKEN})
    assert walk.step == "consent"


async def test_when_the_listing_service_is_down_she_chooses(region: Region) -> None:
    rivta = Rivta("http://127.0.0.1:9/")
    region.site.listing = Listing(rivta, REGION)
    try:
        walk = await Walk(region, await region.resident("gustav")).begin()
        assert walk.response.status_code == 200
        assert "Vi kan inte se var du är listad just nu." in walk.html
        await walk.send({"unit": ANKARET})
        assert walk.step == "consent"
    finally:
        await rivta.close()


async def test_a_teenager_signs_in_herself(region: Region) -> None:
    walk = await Walk(region, await region.resident("astrid")).begin()
    assert "Nils har fyllt 13 år och loggar in här med sitt eget BankID." in walk.html, (
        "told before anything is pressed"
    )
    nils = str(region.actors.residents["nils"])
    assert nils not in walk.html, "nobody is offered to choose him"
    assert str(region.actors.residents["elsa"]) in walk.html
    await walk.send({"patient": nils})
    assert walk.response.status_code == 422
    assert "be Nils att logga in" in walk.html
    own = await Walk(region, await region.resident("nils")).begin()
    assert own.step == "unit"


async def test_an_infant_meets_the_danger_questions_and_then_a_telephone(region: Region) -> None:
    walk = await Walk(region, await region.resident("astrid")).begin()
    await walk.send({"patient": str(region.actors.residents["vera"])})
    assert walk.step.startswith("infants/")
    assert "Hur mår Vera just nu?" in walk.html
    assert "gen.unresponsive" in _boxes(walk)
    await walk.send(_held(walk))
    assert walk.response.status_code == 422
    await walk.send({**_held(walk), "gen.unresponsive": "yes"})
    assert "Ring 112 nu" in walk.html
    assert 'href="tel:112"' in walk.html
    await walk.open(f"infants/{region.actors.residents['vera']}")
    seen = await _answer_infant(walk)
    assert len(seen) > 10
    assert "Ring 1177" in walk.html
    assert "behöver bedömas snart" not in walk.html
    assert 'href="tel:1177"' in walk.html
    assert await region.value("select patient_id from cases where id = $1", UUID(walk.case_id)) is None


async def test_each_page_of_an_infant_is_a_page_of_its_own_that_back_leads_to(region: Region) -> None:
    walk = await Walk(region, await region.resident("astrid")).begin()
    await walk.send({"patient": str(region.actors.residents["vera"])})
    first = _boxes(walk)
    path = f"/intakes/{walk.case_id}/infants/{region.actors.residents['vera']}"
    sent = await walk.who.post(path, {**_held(walk), "none": "1"})
    assert sent.status_code == 303
    for _ in range(2):  # as often as the browser asks for it
        again = await walk.who.get(sent.headers["location"])
        assert again.status_code == 200
        assert f'name="{first[0]}"' not in again.text
    assert f'name="{first[0]}"' in (await walk.who.get(path)).text
    amina = await region.resident("amina")
    assert (await amina.get(sent.headers["location"])).status_code == 404


def _boxes(walk: Walk) -> list[str]:
    return [name for name, kind, value in walk.fields() if kind == "checkbox" and value == "yes"]


def _held(walk: Walk) -> dict[str, str]:
    return {"held": walk.field("held"), "place": walk.field("place")}


async def _answer_infant(walk: Walk, **answers: str) -> list[str]:
    """Page after page with nothing ticked but `answers` (a dot as two underscores); every code that was asked."""
    seen: list[str] = []
    while boxes := _boxes(walk):
        assert len(boxes) <= 6, boxes
        assert "Vera" in walk.html
        main = walk.html[walk.html.index("<main") :]
        assert "barnet" not in main.lower()
        ticked = {name.replace("__", "."): value for name, value in answers.items()}
        mine = {name: value for name, value in ticked.items() if name.removesuffix(".unknown") in boxes}
        await walk.send({**_held(walk), **(mine or {"none": "1"})})
        assert walk.response.status_code == 200
        seen += boxes
    return seen


async def test_an_infants_questions_come_six_at_a_time_by_name_and_can_be_gone_back_to(region: Region) -> None:
    walk = await Walk(region, await region.resident("astrid")).begin()
    await walk.send({"patient": str(region.actors.residents["vera"])})
    await _answer_infant(walk, child__feeding_poor="yes")
    assert "Vera behöver bedömas snart" in walk.html
    await walk.open(f"infants/{region.actors.residents['vera']}")
    await _answer_infant(walk, child__feeding_poor__unknown="1")
    assert "Vera behöver bedömas snart" in walk.html, "a vet inte is no reassurance"
    await walk.open(f"infants/{region.actors.residents['vera']}")
    first = _boxes(walk)
    await walk.send({**_held(walk), "none": "1"})
    second = _boxes(walk)
    assert second
    assert second != first
    await walk.send({**_held(walk), "do": "back"})
    assert _boxes(walk) == first
    assert walk.response.status_code == 200
    await walk.send({**_held(walk), "gen.cyanosis": "yes"})
    assert "Ring 112 nu" in walk.html


async def test_an_interview_of_another_child_in_the_form_counts_for_nothing(region: Region) -> None:
    walk = await Walk(region, await region.resident("astrid")).begin()
    await walk.send({"patient": str(region.actors.residents["vera"])})
    for held in ("", "inget", "A" * 200):
        await walk.send({"held": held, "place": "9", "none": "1"})
        assert walk.response.status_code == 200
        assert len(_boxes(walk)) in range(1, 7)
    await walk.send({"held": "", "place": "0", "gen.unresponsive": "yes"})
    assert "Ring 112 nu" in walk.html, "what was ticked counts all the same"


async def test_somebody_elses_child_is_not_hers(region: Region) -> None:
    walk = await Walk(region, await region.resident("henrik")).begin()
    await walk.send({"patient": str(region.actors.residents["gustav"])})
    assert walk.response.status_code == 404
    await walk.open(f"infants/{region.actors.residents['gustav']}")
    assert walk.response.status_code == 404


async def test_a_stranger_meets_404_on_every_page_of_a_draft(region: Region) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    amina, case_id = await region.resident("amina"), walk.case_id
    steps = ["", "/unit", "/patient", "/consent", "/fee", "/words", "/reasons", "/questions/1", "/self-care",
             "/pictures", "/extra", "/warning", "/check", "/emergency", "/receipt", "/advice"]  # fmt: skip
    for step in steps:
        assert (await amina.get(f"/intakes/{case_id}{step}")).status_code == 404, step
    posts = [step for step in steps[1:] if step not in {"/check", "/emergency", "/receipt", "/advice"}]
    for step in [*posts, "/send", "/words/draft", "/self-care/follow"]:
        answer = await amina.post(f"/intakes/{case_id}{step}", {"version": "1", "text": "hej"})
        assert answer.status_code == 404, step
    karin = await region.staff("karin", "ankaret")
    assert (await karin.get(f"/intakes/{case_id}/words")).status_code == 303
    assert await region.value("select version from intakes where case_id = $1", UUID(case_id)) == 0
    refused = await region.value("select count(*) from access_log where case_id = $1 and refused is not null",
                                 UUID(case_id))  # fmt: skip
    assert refused == len(steps) + len(posts) + 3


async def test_pressing_again_goes_on_with_the_draft_that_is_still_empty(region: Region) -> None:
    gustav = await region.resident("gustav")
    walk = await Walk(region, gustav).begin()
    first = walk.case_id
    assert (await Walk(region, gustav).begin()).case_id == first
    await walk.send({"unit": ANKARET})
    again = await Walk(region, gustav).begin()
    assert (again.case_id, again.step) == (first, "unit"), "a unit alone tells nothing: it is chosen in a moment"
    assert (await Walk(region, gustav).begin("admin")).case_id != first, "another way in is another draft"
    assert (await Walk(region, await region.resident("nils")).begin()).case_id != first
    await again.pass_start("Jag har ont i halsen", unit=ANKARET)
    assert (await Walk(region, gustav).begin()).case_id != first, "what has content is resumed by choice"


async def test_words_that_were_only_typed_are_content_too(region: Region) -> None:
    gustav = await region.resident("gustav")
    walk = await Walk(region, gustav).begin("admin")
    await walk.send({"unit": ANKARET})
    typed = {"version": walk.field("version"), "text": "Jag undrar"}
    assert (await gustav.post(f"/intakes/{walk.case_id}/words/draft", typed)).status_code == 204
    assert (await Walk(region, gustav).begin("admin")).case_id != walk.case_id


async def test_two_presses_at_once_come_to_one_draft(region: Region) -> None:
    gustav = await region.resident("gustav")
    rate.forget()
    answers = await asyncio.gather(*(gustav.post("/cases", {"entry": "symptom"}) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1


async def test_a_draft_whose_child_is_no_longer_hers_or_whose_days_are_over_is_not_gone_on_with(region: Region) -> None:
    astrid = await region.resident("astrid")
    walk = await Walk(region, astrid).begin()
    await walk.send({"patient": str(region.actors.residents["elsa"])})
    await region.site.database.execute("update guardianships set ended_at = now()")
    other = await Walk(region, astrid).begin()
    assert other.case_id != walk.case_id
    past = "update intakes set expires_at = now() - interval '1 minute' where case_id = $1"
    await region.site.database.execute(past, UUID(other.case_id))
    assert (await Walk(region, astrid).begin()).case_id not in {walk.case_id, other.case_id}


async def test_an_unknown_way_in_is_refused(region: Region) -> None:
    gustav = await region.resident("gustav")
    assert (await gustav.post("/cases", {"entry": "banan"})).status_code == 422
