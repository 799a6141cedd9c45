"""Triagens innehåll: who may see it reads every version, reason by reason, as a page and as a flow; others see none."""

from __future__ import annotations

import re

import pytest

from linjen.cli.main import main
from linjen.demo.world import id_of
from linjen.triage.content.library import load
from linjen.triage.releases import retire, save_draft
from tests.region import Region
from tests.stories.released import changed, release, run, shipped

LIST, SHIPPED = "/manage/triage", "/manage/triage/shipped"
HALSONT = f"{SHIPPED}/files/halsont"
PAGES = [LIST, SHIPPED, HALSONT, f"{HALSONT}/flow", f"{SHIPPED}/files/danger"]


def text_of(html: str) -> str:
    """What a page says, without tags and with single spaces."""
    main = html.split("<main", 1)[1].split("</main>", 1)[0].split(">", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


async def test_the_list_has_every_version_with_state_people_and_note(region: Region) -> None:
    eva, by = await region.staff("eva"), region.actors.staff("eva", "ankaret")
    first = await release(region, changed("halsont.yaml", "Berätta om febern", "Hur är febern?"), "Nya ord om feber")
    await run(region, first)
    second = await release(region, changed("hosta.yaml", "Hosta", "Hostan", "0.3.0"))
    async with region.site.database.transaction() as db:
        await retire(db, by, second)
        await save_draft(db, by, shipped(), "Arbetas med", load().stamp)
    page = text_of((await eva.get(LIST)).text)
    for words in (
        "linjen_exempel 0.2.0 I drift Godkänd Nya ord om feber Godkänd av Eva Rask, Medicinskt ansvarig läkare,",
        "linjen_exempel 0.3.0 Tagen ur bruk", "Utkast Arbetas med Ändrat av Eva Rask",
        "linjen_exempel 0.1.0 Följer med Linjen", "linjen_exempel 0.2.0 Eva Rask",
    ):  # fmt: skip
        assert words in page, words
    assert "Ingen med vårdutbildning har granskat det" in page


async def test_a_version_lists_every_contact_reason_and_can_be_searched(region: Region) -> None:
    eva = await region.staff("eva")
    page = (await eva.get(SHIPPED)).text
    assert len(set(re.findall(r'href="/manage/triage/shipped/files/([a-z_]+)"', page)) - {
        "general", "danger", "risk", "codes"
    }) == 143  # fmt: skip
    assert "143 av 143 kontaktorsaker har en egen fil" in text_of(page)
    for wanted, file in (
        ("halsont", "halsont"), ("expo.strep", "halsont"), ("ont i snoppen", "penis")
    ):  # fmt: skip
        found = (await eva.get(f"{SHIPPED}?q={wanted}")).text
        assert f"/files/{file}" in found, wanted
    assert "Ingen kontaktorsak passar" in (await eva.get(f"{SHIPPED}?q=finns inte alls")).text
    assert "143 kontaktorsaker" in (await eva.get(f"{SHIPPED}?show=unreviewed&q=")).text


async def test_the_rules_are_counted_as_the_command_counts_them(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["triage", "check"]) == 0
    counted = re.search(r"(\d+) rules: (\d+) with a source", capsys.readouterr().out)
    assert counted
    page = text_of((await (await region.staff("eva")).get(SHIPPED)).text)
    assert f"{counted[1]} regler, även de som gäller alla. {counted[2]} av dem" in page


async def test_a_reason_is_read_as_it_is_asked_with_levels_rules_advice_and_who_stands_behind(region: Region) -> None:
    eva = await region.staff("eva")
    page = text_of((await eva.get(HALSONT)).text)
    for words in (
        "Ej granskad Källa ej läst", f"Skriven av: {load().reasons['halsont'].file.author}. Version",
        "5 Egenvård Halsont går oftast över", "Är det omöjligt att svälja saliv", "ent.swallow_unable",
        "Frågas när: ’feber 38,0 eller mer’ eller ”vet inte” på feber 38,0 eller mer", "Berätta om febern",
        "När någon annan skriver: Vad mer har du märkt hos {vem}?", "Ett snabbtest har visat streptokocker.",
        "Gäller när: minst 3 av 4:", "halsont.streptokocker", "Så lindrar du ont i halsen",
        "Visas först för personalen",
    ):  # fmt: skip
        assert words in page, words
    assert "Sore throat" in page
    assert "Tell us about the fever" not in page
    assert "Tell us about the fever" in text_of((await eva.get(f"{HALSONT}?english=1")).text)


async def test_the_flow_goes_from_own_words_to_the_outcome_in_order(region: Region) -> None:
    page = text_of((await (await region.staff("eva")).get(f"{HALSONT}/flow")).text)
    steps = ["Egna ord", "Stämmer det?", "Farofrågor", "Varningstecken", "Vad har du märkt mer?", "Frågas när:",
             "Berätta om febern", "Reglerna prövas", "Annars", "Utfall"]  # fmt: skip
    places = [page.index(step) for step in steps]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["recept", "spadbarn", "ovrigt", "vald", "general", "danger", "risk", "codes"])
async def test_every_kind_of_file_can_be_read(region: Region, name: str) -> None:
    answer = await (await region.staff("eva")).get(f"{SHIPPED}/files/{name}?english=1")
    assert answer.status_code == 200
    assert "Ej granskad" in answer.text
    if name == "general":
        assert "Hjälp att få just nu" in answer.text
        assert load().general.support[0].title in answer.text
        assert load().general.form[0].text in answer.text


async def test_a_file_that_cannot_be_read_is_shown_with_the_line_and_the_rest_of_the_version_too(
    region: Region,
) -> None:
    eva, by = await region.staff("eva"), region.actors.staff("eva", "ankaret")
    files = shipped() | {"halsont.yaml": b"kind: reason\nid: [\n", "risk.yaml": b"\xff\xfe"}
    async with region.site.database.transaction() as db:
        draft = await save_draft(db, by, files, "", "")
    page = text_of((await eva.get(f"{LIST}/{draft}")).text)
    assert "Filer som inte går att läsa halsont.yaml : Rad 3:" in page
    assert "risk.yaml : Rad 1: the file is not UTF-8" in page
    assert "Rad 3" in (await eva.get(f"{LIST}/{draft}/files/halsont")).text
    assert (await eva.get(f"{LIST}/{draft}/files/hosta")).status_code == 200
    assert (await eva.get(f"{LIST}/{draft}/files/halsont/flow")).status_code == 404


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["karin", "maja", "mona", "lena"])
async def test_who_may_not_see_the_triage_meets_no_page_and_leaves_a_trace(region: Region, path: str, who: str) -> None:
    assert (await (await region.staff(who)).get(path)).status_code == 404
    refused = "select count(*) from access_log where by_id = $1 and verb = 'see_triage' and refused = 'page'"
    assert await region.value(refused, id_of(f"staff/{who}")) == 1


async def test_a_resident_is_sent_to_the_staff_s_sign_in_and_a_strange_address_is_no_page(region: Region) -> None:
    astrid, eva = await region.resident("astrid"), await region.staff("eva")
    assert (await astrid.get(SHIPPED)).headers["location"].startswith("/clinic/sign-in")
    for path in ("/manage/triage/nonsense", f"{LIST}/{id_of('no/version')}", f"{SHIPPED}/files/nonsense",
                 f"{SHIPPED}/files/..%2fgeneral", f"{SHIPPED}/files/general/flow"):  # fmt: skip
        assert (await eva.get(path)).status_code == 404, path


async def test_who_configures_a_unit_reads_it_and_the_navigation_leads_there(region: Region) -> None:
    disa = await region.staff("disa")
    page = (await disa.get("/manage")).text
    assert 'href="/manage/triage"' in page
    assert (await disa.get(HALSONT)).status_code == 200
    assert 'href="/manage/triage"' not in (await (await region.staff("maja")).get("/manage")).text
