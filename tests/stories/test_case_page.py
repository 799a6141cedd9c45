"""Ärendets sida: what a resident sees of her case in each state, and that nobody else sees any of it."""

from __future__ import annotations

import re

from linjen.cases.moves.claim import claim
from linjen.cases.moves.close import REASONS
from linjen.cases.overview import count_ahead
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from linjen.web.words import has_word
from tests.region import Region

# -- states ----------------------------------------------------------------------------------------------------------


async def test_a_waiting_case_says_so_with_the_clock_the_way_back_and_what_to_do_if_it_gets_worse(
    region: Region,
) -> None:
    astrid = await region.resident("astrid")
    page = (await astrid.get(f"/cases/{region.cases['waiting']}")).text
    for words in (
        "Väntar på svar", "Gäller dig, Astrid Nyberg", "Halsont", "Jag har haft ont i halsen", "Hälsocentralen Ankaret",
        "Ta tillbaka ärendet", 'href="tel:1177"', 'href="tel:112"', "Din läkemedelslista", 'role="log"',
    ):  # fmt: skip
        assert words in page, words


async def test_a_seeded_case_was_sent_when_it_began_to_wait_on_every_page(region: Region) -> None:
    """What the ledger says of the wait and what the case says of its sending are the same moment."""
    rows = await region.site.database.fetch(
        "select c.id, v.queued_at, c.sent_at, c.created_at, v.claimed_at, v.closed_at,"
        " (select min(m.sent_at) from messages m where m.case_id = c.id) as opened_at,"
        " (select max(m.sent_at) from messages m where m.case_id = c.id and m.by_kind = 'staff') as answered_at,"
        " (select min(e.at) from events e where e.case_id = c.id and e.kind = 'case_sent') as told_at"
        " from cases c join visits v on v.id = c.visit_id"
    )
    assert len(rows) > 8
    for row in rows:
        assert row["queued_at"] == row["sent_at"] == row["opened_at"] == row["told_at"] >= row["created_at"]
        steps = [row["queued_at"], row["claimed_at"], row["answered_at"], row["closed_at"]]
        known = [one for one in steps if one is not None]
        assert known == sorted(known)


async def test_who_reads_in_english_finds_her_answers_and_the_nurses_title_in_english(region: Region) -> None:
    astrid, gustav = await region.resident("astrid"), await region.resident("gustav")
    assert "Har du ont i bröstet?" in (await astrid.get(f"/cases/{region.cases['waiting']}")).text
    await region.site.database.execute("update sessions set language = 'en' where kind = 'resident'")
    waiting = (await astrid.get(f"/cases/{region.cases['waiting']}")).text
    answers = waiting.split("What you have answered")[1]
    assert "Do you have chest pain?" in answers
    assert not re.search(r"<d[td]>[^<]*[åäö]", answers.split("</dl>")[0])
    assert "<dd>Vet inte" not in answers
    child = (await astrid.get(f"/cases/{region.cases['child']}")).text
    assert "Elsa" in child.split("What you have answered")[1]
    held = (await gustav.get(f"/cases/{region.cases['held_by_karin']}")).text
    assert "Karin Lindqvist, nurse, has received your case" in held
    assert "Karin Lindqvist, nurse</p>" in held


async def test_a_page_that_does_not_exist_says_so_in_the_readers_language(region: Region) -> None:
    gustav = await region.resident("gustav")
    for headers in ({"accept-language": "en-GB,en;q=0.9"}, {"cookie": "linjen-language=en"}):
        answer = await gustav.http.get("/there-is-no-such-page", headers=headers)
        assert answer.status_code == 404
        assert '<html lang="en"' in answer.text
    assert '<html lang="sv"' in (await gustav.http.get("/there-is-no-such-page")).text


async def test_where_it_may_be_a_matter_of_life_there_is_no_advice_for_waiting_at_home(region: Region) -> None:
    astrid, path = await region.resident("astrid"), f"/cases/{region.cases['waiting']}"
    before = (await astrid.get(path)).text
    assert "Råd till dig" in before
    assert "Ring 112 nu" not in before
    await region.site.database.execute(
        "update visits set priority = 1 where case_id = $1", region.cases["waiting"]
    )  # fmt: skip
    page = (await astrid.get(path)).text
    assert "Råd till dig" not in page
    assert "Ring 112 nu" in page


async def test_a_case_in_somebodys_hands_names_her_and_her_profession(region: Region) -> None:
    gustav = await region.resident("gustav")
    page = (await gustav.get(f"/cases/{region.cases['held_by_karin']}")).text
    assert "Karin Lindqvist, sjuksköterska, har tagit emot ditt ärende" in page
    assert "Karin Lindqvist, sjuksköterska</p>" in page
    assert "Ta tillbaka ärendet" not in page


async def test_a_closed_case_stays_readable_with_its_reason_and_a_way_to_start_anew(region: Region) -> None:
    ingrid = await region.resident("ingrid")
    page = (await ingrid.get(f"/cases/{region.cases['closed']}")).text
    assert "Ditt recept är klart" in page
    assert "receptet är förnyat och finns på apoteket" in page
    assert "Starta ett nytt ärende" in page
    assert 'id="composer"' not in page


def test_every_reason_to_close_has_its_words() -> None:
    for reason in (*REASONS, "self_care"):
        for language in ("sv", "en"):
            assert has_word(language, f"closed.{reason}.title"), (reason, language)


async def test_a_draft_leads_on_to_where_it_was_left(region: Region) -> None:
    astrid, draft = await region.resident("astrid"), region.cases["draft"]
    answer = await astrid.get(f"/cases/{draft}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/intakes/{draft}")


# -- who -------------------------------------------------------------------------------------------------------------


async def test_a_guardian_reads_for_her_child_and_a_teenager_for_himself_alone(region: Region) -> None:
    astrid, nils = await region.resident("astrid"), await region.resident("nils")
    child = await astrid.get(f"/cases/{region.cases['child']}")
    assert child.status_code == 200
    assert "Gäller Elsa Nyberg" in child.text
    assert (await nils.get(f"/cases/{region.cases['teen']}")).status_code == 200
    assert (await astrid.get(f"/cases/{region.cases['teen']}")).status_code == 404
    assert "Ont i ryggen" not in (await astrid.get("/cases")).text


async def test_a_strangers_case_does_not_exist_whatever_is_asked_of_it(region: Region) -> None:
    case, amina, lena = (
        region.cases["held_by_karin"],
        await region.resident("amina"),
        await region.staff("lena", "lyktan"),
    )
    nobody = new_id()
    for who, prefix in ((amina, ""), (lena, "/clinic")):
        strange, missing = f"{prefix}/cases/{case}", f"{prefix}/cases/{nobody}"
        for path in ("", f"/pictures/{new_id()}", f"/pictures/{new_id()}/thumbnail"):
            if path and prefix:
                continue
            one, other = await who.get(strange + path), await who.get(missing + path)
            assert one.status_code == 404, path
            texts = one.text.replace(str(case), ""), other.text.replace(str(nobody), "")
            timeless = [re.sub(r'data-idle-left="\d+"', "", text) for text in texts]  # a second may pass between them
            assert timeless[0] == timeless[1], path
        for path, data in (
            ("/reads", {"seq": "1"}), ("/typing", {}), ("/drafts", {"text": "hej"}), ("/withdrawals", {}),
            ("/messages", {"message_id": str(new_id()), "text": "hej"}),
        ):  # fmt: skip
            answer = await who.post(strange + path, dict(data))
            assert answer.status_code == 404, (prefix, path, answer.status_code)
    assert await region.value("select count(*) from messages where case_id = $1", case) == 2
    assert await region.value("select count(*) from access_log where refused is not null and case_id = $1", case)


async def test_no_header_and_no_address_carries_what_is_in_a_case(region: Region) -> None:
    gustav, case = await region.resident("gustav"), region.cases["held_by_karin"]
    path = f"/cases/{case}"
    answers = [await gustav.get(path), await gustav.get("/home"), await gustav.get("/cases")]
    answers.append(await gustav.post(f"{path}/messages", {"message_id": str(new_id()), "text": "Hemligt besked"}))
    answers.append(await gustav.post(f"{path}/drafts", {"text": "Hemligt utkast"}))
    for answer in answers:
        said = " ".join(f"{name}: {value}" for name, value in answer.headers.multi_items())
        for secret in ("Gustav", "Öberg", "Karin", "Hosta", "hosta", "Hemligt"):
            assert secret not in said, said
        assert answer.headers["cache-control"] == "no-store"


# -- the open page ---------------------------------------------------------------------------------------------------


async def test_what_happens_to_the_case_wakes_the_open_page_which_then_shows_it(region: Region) -> None:
    astrid, case = await region.resident("astrid"), region.cases["waiting"]
    async with astrid.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        async with region.site.database.transaction() as db:
            await claim(db, region.actors.staff("bo", "ankaret"), case)
        await ear.wait_for("claimed")
    page = (await astrid.get(f"/cases/{case}")).text
    assert "Bo Hellström, sjuksköterska, har tagit emot ditt ärende" in page
    kinds = re.search(r'data-kinds="([^"]*)"', page)
    assert kinds
    assert {"claimed", "released", "closed", "withdrawn", "message_sent"} <= set(kinds[1].split())


async def test_a_live_bubble_is_the_same_as_the_one_of_the_page(region: Region) -> None:
    gustav, karin = await region.resident("gustav"), await region.staff("karin", "ankaret")
    case = region.cases["held_by_karin"]
    async with gustav.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        await karin.say(case, "Samma bubbla?\nJa.")
        _, _, live = await ear.wait_for("message_sent", "Samma bubbla")
    page = (await gustav.get(f"/cases/{case}")).text
    assert live.startswith('<li id="m-')
    assert "".join(live.split()) in "".join(page.split())


async def test_the_page_speaks_english_to_who_chose_it(region: Region) -> None:
    gustav = await region.resident("gustav")
    await region.site.database.execute("update sessions set language = 'en' where kind = 'resident'")
    page = (await gustav.get(f"/cases/{region.cases['held_by_karin']}")).text
    assert '<html lang="en"' in page
    assert "has received your case" in page
    assert "Write a message" in page


async def test_nobody_is_let_in_without_a_session(region: Region) -> None:
    gustav = await region.resident("gustav")
    await region.site.database.execute("update sessions set ended_at = now()")
    answer = await gustav.get(f"/cases/{region.cases['held_by_karin']}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/cases/")
    scripted = await gustav.http.post(
        f"/cases/{region.cases['held_by_karin']}/drafts", json={"text": "hej"}, headers={"x-linjen": "1"}
    )
    assert scripted.status_code == 401


async def test_where_too_few_have_been_answered_she_is_told_that_nobody_can_say_when(region: Region) -> None:
    astrid, case = await region.resident("astrid"), region.cases["waiting"]
    for path in (f"/cases/{case}", f"/intakes/{case}/receipt"):
        assert "Vi kan ännu inte säga när svaret brukar komma." in (await astrid.get(path)).text, path
    assert "läses ett ärende före" not in (await astrid.get(f"/cases/{case}")).text


async def test_what_waits_for_another_role_or_for_one_person_is_not_ahead(region: Region) -> None:
    case, database = region.cases["waiting"], region.site.database

    async def ahead() -> int:
        async with database.connection() as db:
            return await count_ahead(db, case)

    await database.execute("update visits set priority = 5 where case_id = $1", case)
    at_first = await ahead()
    assert at_first > 1
    one = await region.value(
        "select min(v.id::text)::uuid from visits v, visits mine where mine.case_id = $1 and v.unit_id = mine.unit_id"
        " and v.state = 'queued' and v.priority < 5 and v.for_role = mine.for_role and v.queued_at <= now()", case
    )  # fmt: skip
    await database.execute("update visits set for_staff_id = $2 where id = $1", one, id_of("staff/sara"))
    assert await ahead() == at_first - 1
    await database.execute("update visits set for_role = 'physician' where case_id <> $1 and state = 'queued'", case)
    assert await ahead() == 0
