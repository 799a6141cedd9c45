"""Utkast: what somebody is writing survives a closed lid, is hers alone, and is gone when it has been sent."""

from __future__ import annotations

import asyncio

import asyncpg

from linjen.cases.moves.close import close
from linjen.cases.talk.drafts import Typed, find_draft
from linjen.core.ids import new_id
from linjen.demo.cases import SeedCase
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does


async def keep(who: Person, region: Region, case: object, text: str) -> int:
    """Save the box as the page's script does; the status."""
    prefix = "/clinic" if who.kind == "staff" else ""
    headers = {"origin": region.url, "sec-fetch-site": "same-origin", "x-csrf": who.csrf, "x-linjen": "1"}
    answer = await who.http.post(f"{prefix}/cases/{case}/drafts", json={"text": text}, headers=headers)
    return answer.status_code


async def shown(who: Person, case: object) -> str:
    """The case's page."""
    return (await who.get(f"{'/clinic' if who.kind == 'staff' else ''}/cases/{case}")).text


async def test_a_draft_survives_and_stands_in_the_box_on_the_next_device(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    assert await keep(gustav, region, case, "Jag har glömt att säga <att> jag\nröker") == 200
    elsewhere = await region.resident("gustav")
    assert "Jag har glömt att säga &lt;att&gt; jag\nröker</textarea>" in await shown(elsewhere, case)


async def test_each_has_a_draft_of_her_own_and_nobody_sees_another_persons(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    gustav = await region.resident("gustav")
    assert await keep(karin, region, case, "Mitt utkast") == 200
    assert await keep(gustav, region, case, "Hans utkast") == 200
    assert await keep(bo, region, case, "Kollegans utkast") == 200
    for who, own in ((karin, "Mitt utkast"), (gustav, "Hans utkast")):
        page = await shown(who, case)
        assert [text for text in ("Mitt utkast", "Hans utkast", "Kollegans utkast") if text in page] == [own]
    assert "Mitt utkast" not in await shown(bo, case)


async def test_nothing_of_a_draft_is_told_or_readable_in_the_database(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    async with karin.listen(f"/clinic/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        await keep(gustav, region, case, "Hemligt halvskrivet")
        await asyncio.sleep(0.3)
        assert not any("Hemligt" in data for _, _, data in ear.heard)
    sealed = await region.value("select body_sealed from drafts where case_id = $1", case)
    assert isinstance(sealed, bytes)
    assert b"Hemligt" not in sealed


async def test_an_emptied_or_sent_draft_is_erased(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    rows = "select count(*) from drafts where case_id = $1"
    await keep(gustav, region, case, "något")
    await keep(gustav, region, case, " \n ")
    assert await region.value(rows, case) == 0
    await keep(gustav, region, case, "något annat")
    await gustav.post(f"/cases/{case}/messages", {"message_id": str(new_id()), "text": "något annat"})
    assert await region.value(rows, case) == 0


async def test_what_was_sent_meanwhile_does_not_stand_in_the_box_again_whichever_came_first(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], region.actors.resident("gustav")

    async def kept() -> str:
        async with region.site.database.transaction() as db:
            return await find_draft(db, region.site.sealer, gustav, case)

    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    await region.site.drafts.submit(Typed(gustav, case, "Hej!\n\nEn sak till"))
    assert await kept() == "Hej!\n\nEn sak till"
    await seed.message(gustav, case, "Hej!")
    assert await kept() == "En sak till", "sent after it was kept"
    await region.site.drafts.submit(Typed(gustav, case, "Hej! "))
    assert await kept() == "", "kept after it was sent, by a page that was left"
    await region.site.drafts.submit(Typed(gustav, case, "Hej! Jag glömde en sak"))
    assert await kept() == "Hej! Jag glömde en sak"
    await seed.message(region.actors.staff("karin", "ankaret"), case, "Hej! Jag glömde en sak")
    assert await kept() == "Hej! Jag glömde en sak", "what somebody else wrote is hers to write, too"
    await owner_does(region, f"update messages set sent_at = now() - interval '1 hour' where case_id = '{case}'")
    await region.site.drafts.submit(Typed(gustav, case, "Hej!"))
    assert await kept() == "Hej!", "the same words once more, later"


async def test_saved_from_two_windows_at_once_one_of_the_texts_stands(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    statuses = await asyncio.gather(*(keep(gustav, region, case, f"utkast {n}") for n in range(8)))
    assert set(statuses) == {200}
    assert await region.value("select count(*) from drafts where case_id = $1", case) == 1
    assert (await shown(gustav, case)).count("utkast ") == 1


async def test_what_many_type_in_one_instant_is_one_commit_and_one_refusal_harms_nobody(region: Region) -> None:
    actors, cases, database = region.actors, region.cases, region.site.database
    held, other = cases["held_by_karin"], cases["held_by_bo"]
    gustav, karin, bo = actors.resident("gustav"), actors.staff("karin", "ankaret"), actors.staff("bo", "ankaret")
    posts = [
        Typed(gustav, held, "först"), Typed(karin, held, "hej"), Typed(actors.resident("amina"), held, "främmande"),
        Typed(bo, other, "jag med"), Typed(gustav, held, "sist"), Typed(bo, other, ""),
        Typed(actors.resident("astrid"), cases["draft"], "för tidigt"),
    ]  # fmt: skip
    answers = await asyncio.gather(*(region.site.drafts.submit(post) for post in posts), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == [
        "NoneType", "NoneType", "NotFound", "NoneType", "NoneType", "NoneType", "Refused"
    ]  # fmt: skip
    rows = await database.fetch("select case_id, person_id, xmin::text from drafts")
    assert {(row["case_id"], row["person_id"]) for row in rows} == {(held, gustav.person_id), (held, karin.person_id)}
    assert len({row["xmin"] for row in rows}) == 1, "one commit for all"
    async with database.transaction() as db:
        assert await find_draft(db, region.site.sealer, gustav, held) == "sist"
    logged = "select count(*) from access_log where verb = 'save_draft' and refused is null"
    assert await region.value(logged) == 5


async def test_a_draft_that_the_database_refuses_takes_no_other_with_it(region: Region) -> None:
    held, other = region.cases["held_by_karin"], region.cases["held_by_bo"]
    owner = await asyncpg.connect(region.dsn.replace("linjen_app@", "linjen_owner@"))
    await owner.execute(f"alter table drafts add constraint broken check (case_id <> '{held}') not valid")
    await owner.close()
    gustav, bo = await region.resident("gustav"), await region.staff("bo", "ankaret")
    both = ((gustav, held), (bo, other))
    assert await asyncio.gather(*(keep(who, region, case, "mitt") for who, case in both)) == [500, 200]
    posts = [
        Typed(region.actors.resident("gustav"), held, "mitt"),
        Typed(region.actors.staff("bo", "ankaret"), other, "nytt"),
    ]
    answers = await asyncio.gather(*(region.site.drafts.submit(post) for post in posts), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["CheckViolationError", "NoneType"]
    assert "nytt</textarea>" in await shown(bo, other)


async def test_strangers_closed_cases_and_what_cannot_be_a_message_are_refused(region: Region) -> None:
    case, gustav = region.cases["held_by_karin"], await region.resident("gustav")
    for who in (await region.resident("amina"), await region.staff("lena", "lyktan")):
        assert await keep(who, region, case, "hej") == 404
    assert await keep(gustav, region, case, "a\x00b") == 422
    assert await keep(gustav, region, case, "å" * 8_001) == 422
    assert await keep(gustav, region, case, "å" * 8_000) == 200
    async with region.site.database.transaction() as db:
        await close(db, region.actors.staff("karin", "ankaret"), case, "advice")
    assert await keep(gustav, region, case, "för sent") == 200, "what came too late stays with its writer"
    assert await keep(await region.resident("astrid"), region, region.cases["draft"], "hej") == 409
