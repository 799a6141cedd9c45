"""Ärendet i kliniken: warning signs first, why it is urgent, consents with time, the talk; nothing for strangers."""

from __future__ import annotations

import html
import re
from uuid import UUID

from linjen.core import clock
from linjen.core.ids import new_id
from linjen.demo.cases import SeedCase
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.triaged import WORDS, question, send_triaged

_LOGGED = "select count(*) from access_log where by_id = $1 and case_id = $2 and verb = $3 and refused is null"


async def read(person: Person, case_id: UUID, part: str = "") -> str:
    """A page of the case as text: tags and the text for copying away, entities resolved."""
    page = await person.get(f"/clinic/cases/{case_id}{part}")
    assert page.status_code == 200, page.text
    shown = re.sub(r'<textarea[^>]*id="copy-text".*?</textarea>', " ", page.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", shown)))


async def test_warning_signs_come_first_then_what_is_unknown_each_as_the_resident_read_it(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = await send_triaged(
        region, "gustav", {"ent.neck_swelling_one", "gen.fever"}, {"gen.chills", "gen.swollen_nodes"}
    )
    page = await read(karin, case_id)
    places = [
        page.index(part)
        for part in (
            "Varningstecken", f"{question('ent.neck_swelling_one')} Ja", "besvarade med ”vet inte”",
            f"{question('gen.chills')} Vet inte", "Med egna ord", WORDS, "Svar",
            f"{question('gen.fever')} Ja", "Nej", f"{question('gen.syncope')} Nej",
        )
    ]  # fmt: skip
    assert places == sorted(places), page
    raw = (await karin.get(f"/clinic/cases/{case_id}")).text
    unsure, denied = (raw.split(heading)[1].split("</dl>")[0] for heading in ("<h3>Vet inte</h3>", "Svarade nej på"))
    assert ("<dd>Vet inte</dd>" in unsure, "<dd>Nej</dd>" in unsure) == (True, False)
    assert ("<dd>Vet inte</dd>" in denied, "<dd>Nej</dd>" in denied) == (False, True)


async def test_the_triage_says_why_with_rule_and_version_and_that_it_is_not_reviewed(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = await send_triaged(region, "gustav", {"ent.trismus"}, {"gen.chills"})
    level = await region.value("select urgency from cases where id = $1", case_id)
    page = await read(karin, case_id)
    assert f"Därför brådskandegrad {level}" in page
    assert "Regel " in page
    assert "bygger på ”vet inte”" in page
    assert re.search(r"Det ger ensamt brådskandegrad \d\. Regel niva\.ent\.trismus, version \d+", page)
    assert "källa ej läst" not in page
    assert page.count("väntar på medicinsk granskning") == 1
    assert re.search(r"Protokoll linjen_exempel, version \d+\.\d+\.\d+", page)
    assert re.search(r"Fullständig version: \S+@\S+\+[0-9a-f]{12}", page)
    assert "väntar på medicinsk granskning" in page


async def test_the_anamnesis_can_be_copied_as_plain_text(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = await send_triaged(region, "gustav", {"ent.trismus"}, set(), pictures=2)
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    found = re.search(r'id="copy-text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    text = html.unescape(found[1])
    for part in ("AKTUELLT", f"- {WORDS}", f"- {question('ent.trismus')} Ja", "BEDÖMNING", "ÅTGÄRD", "2 bilder"):
        assert part in text, part
    assert "<" not in text
    assert "Gustav" not in text


async def test_a_case_without_interview_shows_the_own_words(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert "Kan jag få ett intyg" in (admin := await read(karin, region.cases["admin"]))
    assert "Administrativa frågor sorteras" in admin
    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    bare = await seed.draft("gustav", "symptom", "gustav", "ankaret", "Ont i knät")
    await seed.send("gustav", bare, 4, "", 3)
    assert "inga besvarade följdfrågor" in await read(karin, bare)


async def test_the_demos_own_cases_have_been_asked_by_the_real_triage(region: Region) -> None:
    page = await read(await region.staff("karin", "ankaret"), region.cases["urgent"])
    assert "inga besvarade följdfrågor" not in page
    assert "exempel" in page


async def test_each_consent_has_its_choice_and_its_time(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    page = await read(karin, region.cases["waiting"])
    year = clock.local(clock.now()).year
    assert re.search(rf"Sjukvårdshistorik Tillåtet, \d+ \w+ {year}, kl\. \d\d\.\d\d", page)
    assert "Läkemedelslista Inte tillåtet" in page
    assert "Avgift Patientavgifter Godkänt" in page
    assert "Inget samtycke är lämnat" in await read(karin, region.cases["admin"])


async def test_what_has_happened_stands_in_sentences(region: Region) -> None:
    page = await read(await region.staff("karin", "ankaret"), region.cases["closed"])
    places = [page.index(part) for part in (
        "Karin Lindqvist avslutade ärendet: Recept eller annan åtgärd är ordnad",
        "Karin Lindqvist tog emot ärendet", "Ingrid Åkesson skickade ärendet",
    )]  # fmt: skip
    assert places == sorted(places), page
    assert "Orsak: Recept" in page


async def test_only_the_holder_has_a_box_to_write_in(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    for name, box, words in (
        ("held_by_karin", True, "Du är ansvarig"), ("held_by_bo", False, "Bo Hellström för samtalet"),
        ("waiting", False, "Ta emot ärendet för att svara"), ("closed", False, "Ärendet är avslutat"),
    ):  # fmt: skip
        page = (await karin.get(f"/clinic/cases/{region.cases[name]}")).text
        assert ('name="message_id"' in page) is box, name
        assert words in page, name
        assert ('/releases"' in page, '/closings"' in page) == (box, box), name
        assert ('/claims"' in page) is (name == "waiting"), name


async def test_protected_identity_is_seen_on_every_page_and_the_phone_is_hidden(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["protected"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    for part in ("", "/patient", "/visits", "/closings"):
        assert "Skyddade personuppgifter" in (await read(karin, case_id, part)), part
        assert "lj-protected" in (await karin.get(f"/clinic/cases/{case_id}{part}")).text, part
    assert "174 06 05" not in await read(karin, case_id, "/patient")
    assert "070-174 06 05" in await read(karin, region.cases["waiting"], "/patient")
    assert "lj-protected" not in (await karin.get(f"/clinic/cases/{region.cases['waiting']}")).text


async def test_what_nobody_has_checked_is_not_taken_for_safe(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["waiting"]
    await region.site.database.execute("update residents set protected = 'unchecked' where given_name = 'Astrid'")
    assert "ej kontrollerade" in await read(karin, case_id)
    patient = await read(karin, case_id, "/patient")
    assert "Ej kontrollerad" in patient
    assert "174 06 05" not in patient


async def test_whom_it_is_about_and_who_wrote(region: Region) -> None:
    page = await read(await region.staff("karin", "ankaret"), region.cases["child"])
    assert "Elsa Nyberg 9 år" in page
    assert "Skrivet av Astrid Nyberg" in page
    assert "Hälsocentralen Ankaret" in page


async def test_all_visits_are_those_that_the_reader_may_see(region: Region) -> None:
    karin, mona = await region.staff("karin", "ankaret"), await region.staff("mona", "ankaret")
    admin, held = str(region.cases["admin"]), str(region.cases["held_by_bo"])
    seen = (await karin.get(f"/clinic/cases/{admin}/visits")).text
    assert f'href="/clinic/cases/{held}"' in seen
    assert held not in (await mona.get(f"/clinic/cases/{admin}/visits")).text
    shown = await region.value("select shown from access_log where verb = 'list' order by id desc limit 1")
    assert shown == [region.cases["admin"]]


async def test_pictures_are_shown_and_each_look_is_logged(region: Region) -> None:
    karin, lena = await region.staff("karin", "ankaret"), await region.staff("lena", "lyktan")
    case_id = await send_triaged(region, "gustav", set(), {"gen.chills"}, pictures=2)
    desk = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert desk.index('id="case-alarms"') < desk.index('id="pictures-title"'), "no picture pushes an alarm down"
    pages = re.findall(
        r'href="(/clinic/cases/[^"]+/pictures\?show=[^"]+)"', (await karin.get(f"/clinic/cases/{case_id}")).text
    )
    links = [page.replace("?show=", "/") for page in pages]
    assert len(links) == 2
    big, small = await karin.get(links[0]), await karin.get(f"{links[0]}?size=thumbnail")
    assert (big.content, small.content) == (b"stor 0", b"liten 0")
    assert big.headers["content-type"] == "image/jpeg"
    assert big.headers["cache-control"] == "no-store"
    assert await region.value(_LOGGED, id_of("staff/karin"), case_id, "see_picture") == 2
    assert (await lena.get(links[0])).status_code == 404
    assert (await karin.get(f"/clinic/cases/{region.cases['waiting']}/pictures/{links[0][-36:]}")).status_code == 404


async def test_every_reading_of_a_case_leaves_a_row_in_the_access_log(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_bo"]
    for number, part in enumerate(("", "/patient", "/visits"), 1):
        await karin.get(f"/clinic/cases/{case_id}{part}")
        assert await region.value(_LOGGED, id_of("staff/karin"), case_id, "see") == number


async def test_a_form_is_a_look_and_the_log_has_the_deed_only_when_it_was_done(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    last = await region.value("select max(id) from access_log")
    rows = "select array_agg(distinct verb) from access_log where case_id = $1 and id > $2 and refused is null"
    for part in ("closings", "handovers", "tickets", "phrases", "signposts", "notes", "priorities", "actions"):
        assert (await karin.get(f"/clinic/cases/{case_id}/{part}")).status_code == 200, part
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": ""})).status_code == 422
    assert await region.value(rows, case_id, last) == ["see"]
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})).status_code == 303
    assert await region.value(rows, case_id, last) == ["close", "see"]


async def test_strangers_meet_nothing_and_the_attempt_is_kept(region: Region) -> None:
    case_id = region.cases["waiting"]
    for key, unit in (("lena", "lyktan"), ("ulf", "bjorken"), ("mona", "ankaret"), ("maja", "ankaret")):
        person = await region.staff(key, unit)
        for part in ("", "/patient", "/visits", "/closings", f"/pictures/{new_id()}"):
            page = await person.get(f"/clinic/cases/{case_id}{part}")
            assert page.status_code == 404, (key, part)
            assert "Astrid" not in page.text
    refused = "select count(*) from access_log where case_id = $1 and refused is not null"
    assert await region.value(refused, case_id) == 20
    karin = await region.staff("karin", "ankaret")
    for wrong in ("banan", str(new_id()), str(region.cases["draft"]), str(region.cases["emergency"])):
        assert (await karin.get(f"/clinic/cases/{wrong}")).status_code == 404, wrong


async def test_an_answer_can_be_sent_without_javascript_and_a_bad_one_is_kept_in_the_box(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    message_id = str(new_id())
    for _ in range(2):
        sent = await karin.post(
            f"/clinic/cases/{case_id}/messages", {"text": "Välkommen i morgon", "message_id": message_id}
        )
        assert sent.status_code == 303
    assert sent.headers["location"].startswith(f"/clinic/cases/{case_id}#m-")
    assert await region.value("select count(*) from messages where id = $1", UUID(message_id)) == 1
    assert "Välkommen i morgon" in await read(karin, case_id)
    long = await karin.post(
        f"/clinic/cases/{case_id}/messages", {"text": "för långt " * 900, "message_id": str(new_id())}
    )
    assert long.status_code == 422
    assert "Korta meddelandet" in long.text
    assert "för långt för långt" in long.text


async def test_what_the_resident_writes_is_shown_as_text(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    await gustav.say(region.cases["held_by_karin"], "<img src=x onerror=alert(1)>")
    page = (await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}")).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


async def test_consents_have_a_tick_only_when_all_that_was_asked_was_given(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["waiting"]
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Samtycke: 1 av 2" in page
    assert "lj-fold-yes" not in page
    await region.site.database.execute("update consents set choice = true where case_id = $1", case_id)
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "lj-fold-yes" in page
    assert "Samtycke: " not in page


async def test_who_reads_the_talk_of_a_child_is_named_where_it_is_written(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["child"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    page = await read(karin, case_id)
    for words in ("Chatt med Astrid Nyberg om Elsa Nyberg, 9 år", "till Astrid Nyberg om Elsa Nyberg, 9 år"):
        assert words in page, words
    assert "Chatt med Gustav Öberg, " in await read(karin, region.cases["held_by_karin"])


async def test_who_is_under_18_is_a_girl_or_a_boy_beside_the_age(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    for case, words in (("child", "flicka"), ("teen", "pojke"), ("waiting", "kvinna")):
        page = (await karin.get(f"/clinic/cases/{region.cases[case]}")).text
        assert f", {words}</span>" in page.partition('class="lj-case-bar-name"')[2].partition("</header>")[0], case
