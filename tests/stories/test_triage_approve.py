"""Jämför, godkänn och sätt i drift: seen in words, approved by a named person, run on every node, and back again."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

from linjen.demo.world import id_of
from linjen.triage.content.library import load
from linjen.triage.releases import change_draft
from tests.region import Person, Region
from tests.stories.released import changed, release, run, shipped
from tests.stories.test_triage_edit import begin
from tests.stories.test_triage_pages import text_of

DEFAULT = load().reasons["halsont"].file.default
APPROVED = "select approver_id from triage_releases where id = $1"


def milder() -> dict[str, bytes]:
    """The shipped content with another default, a changed rule and a warning sign less."""
    files = changed("halsont.yaml", f"  level: {DEFAULT.level}\n  why:", "  level: 3\n  why:")
    text = files["halsont.yaml"].decode()
    return files | {"halsont.yaml": text.replace("if: expo.strep\n", "if: expo.strep and gen.fever\n").encode()}


async def approve(person: Person, draft: str, changes: str = "1", read: str = "yes") -> int:
    """Press the button; the status."""
    return (await person.post(f"{draft}/approvals", {"changes": changes, "read": read})).status_code


def triages(region: Region) -> bool:
    """Whether this node triages now."""
    return region.site.shelf.is_on


def uuid_of(draft: str) -> UUID:
    """The id in an address."""
    return UUID(draft.rsplit("/", 1)[1])


async def test_two_versions_are_compared_in_words_side_by_side(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region, milder())
    page = (await eva.get(f"{draft}/changes")).text
    text = text_of(page)
    assert re.search(r"Ändrat: [^.]*1 utgångsnivå[^.]*1 regel\.", text), text[:400]
    assert f"Ändrat: utgångsnivå. Nivå {DEFAULT.level} blir 3." in text
    assert "Del Förut Nu Villkor positivt streptokocktest positivt streptokocktest och" in text
    assert "<h2>Halsont</h2>" in page
    other = text_of((await eva.get(f"{draft}/changes?with={uuid_of(draft)}")).text)
    assert "Ingenting skiljer." in other
    assert (await eva.get(f"{draft}/changes?with={id_of('no/version')}")).status_code == 404
    back = await begin(region)
    assert "Kan göra ärenden mindre brådskande" in text_of(
        (await eva.get(f"{back}/changes?with={uuid_of(draft)}")).text
    )
    broken = await begin(region, shipped() | {"halsont.yaml": b"["})
    assert "Versionerna går inte att jämföra än halsont.yaml, rad" in text_of((await eva.get(f"{broken}/changes")).text)


async def test_the_approver_sees_what_it_does_and_approves_by_name(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region, milder())
    for _ in range(12):
        page = text_of((await eva.get(f"{draft}/approvals")).text)
        if "vinjetter är prövade" not in page:
            break
    for words in ("Versionen har inga fel.", "Ändringar mot linjen_exempel 0.1.0, som är i drift", "1 utgångsnivå",
                  "Hamnar utanför godtagna nivåer:", "Godkänn som Eva Rask"):  # fmt: skip
        assert words in page, words
    assert await approve(eva, draft, read="") == 422
    assert await region.value(APPROVED, uuid_of(draft)) is None
    answer = await eva.post(f"{draft}/approvals", {"changes": "1", "read": "yes"})
    assert answer.headers["location"] == f"{draft}?done=approved"
    assert await region.value(APPROVED, uuid_of(draft)) == id_of("staff/eva")
    seen = text_of((await eva.get(f"{draft}?done=approved")).text)
    assert "Versionen är godkänd." in seen
    assert "Godkänd av Eva Rask, Medicinskt ansvarig läkare" in seen
    assert region.site.shelf.running().stamp == load().stamp, "what is approved does not run by itself"


async def test_a_faulty_draft_is_refused_with_file_line_and_reason_and_what_runs_goes_on(region: Region) -> None:
    eva = await region.staff("eva")
    draft = await begin(region, changed("halsont.yaml", "if: expo.strep\n", "if: expo.strep and hx.dementia\n"))
    page = await eva.get(f"{draft}/approvals")
    assert "Godkänn som" not in page.text
    answer = await eva.post(f"{draft}/approvals", {"changes": "1", "read": "yes"})
    assert answer.status_code == 422
    text = text_of(answer.text)
    assert re.search(r"halsont\.yaml, Rad \d+ : hx\.dementia frågas aldrig", text), text[:500]
    assert await region.value(APPROVED, uuid_of(draft)) is None
    assert region.site.shelf.running().stamp == load().stamp


async def test_of_two_who_approve_at_once_one_wins_and_a_changed_draft_is_not_approved(region: Region) -> None:
    eva, other, draft = await region.staff("eva"), await region.staff("eva"), await begin(region, milder())
    assert sorted(await asyncio.gather(approve(eva, draft), approve(other, draft))) == [303, 409]
    second = await begin(region, changed("hosta.yaml", "Hosta", "Hostan", "0.4.0"))
    async with region.site.database.transaction() as db:
        by = region.actors.staff("eva", "ankaret")
        await change_draft(db, by, uuid_of(second), 1, {"hosta.yaml": shipped()["hosta.yaml"]})
    assert await approve(eva, second) == 409
    assert await region.value(APPROVED, uuid_of(second)) is None
    same = await begin(region, milder())
    answer = await eva.post(f"{same}/approvals", {"changes": "1", "read": "yes"})
    assert (answer.status_code, "Innehållet är redan godkänt" in answer.text) == (409, True)


async def test_a_version_is_run_and_an_earlier_one_again_and_the_triage_turned_off(region: Region) -> None:
    eva, shelf = await region.staff("eva"), region.site.shelf
    version = f"/manage/triage/{await release(region, milder())}"
    page = text_of((await eva.get(f"{version}/runs")).text)
    assert "1 utgångsnivå" in page
    stale = re.search(r'name="seen" value="(\d+)"', (await eva.get(f"{version}/runs")).text)
    assert stale
    answer = await eva.post(f"{version}/runs", {"seen": stale[1], "note": "Nya nivåer", "act": "on"})
    assert answer.headers["location"] == "/manage/triage?done=runs"
    assert shelf.running().reasons["halsont"].file.default.level == 3
    seen = text_of((await eva.get("/manage/triage?done=runs")).text)
    assert "linjen_exempel 0.2.0 I drift Godkänd" in seen
    assert "Eva Rask Nya nivåer" in seen
    late = await eva.post("/manage/triage/shipped/runs", {"seen": stale[1], "act": "on"})
    assert (late.status_code, "En annan version har satts i drift" in late.text) == (409, True)
    assert (await eva.post(f"{version}/retirements")).status_code == 409
    assert (await eva.post("/manage/triage/shipped/runs", {"seen": "1", "note": "", "act": "on"})).status_code == 303
    assert shelf.running().stamp == load().stamp
    assert (
        await eva.post("/manage/triage/shipped/runs", {"seen": "2", "note": "Paus", "act": "off"})
    ).status_code == 303
    assert not triages(region)
    assert "Triagen är avstängd" in text_of((await eva.get("/manage/triage")).text)
    assert (await eva.post("/manage/triage/shipped/runs", {"seen": "3", "note": "", "act": "on"})).status_code == 303
    assert triages(region)
    assert (await eva.post(f"{version}/retirements")).status_code == 303
    assert (await eva.get(f"{version}/runs")).status_code == 409
    assert "Tagen ur bruk" in text_of((await eva.get(version)).text)


async def test_two_who_switch_at_once_one_wins(region: Region) -> None:
    eva, other = await region.staff("eva"), await region.staff("eva")
    version = f"/manage/triage/{await release(region, milder())}"
    answers = await asyncio.gather(
        eva.post(f"{version}/runs", {"seen": "0", "act": "on"}),
        other.post("/manage/triage/shipped/runs", {"seen": "0", "act": "off"}),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]


async def test_stored_interviews_are_held_again_and_shown_as_numbers_only(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region, changed("risk.yaml", "rules:\n", _EVERYBODY))
    logged = "select count(*) from access_log where by_id = $1 and verb = 'replay_triage'"
    assert await region.value(logged, id_of("staff/eva")) == 0
    assert "är inte prövade" in (await eva.get(f"{draft}/approvals")).text
    assert (await eva.post(f"{draft}/replays")).status_code == 303
    for _ in range(12):
        page = text_of((await eva.get(f"{draft}/replays")).text)
        if "intervjuer är prövade" not in page:
            break
    found = re.search(r"(\d+) av (\d+) intervjuer får en annan nivå, 0 av dem mindre", page)
    assert found, page
    assert 0 < int(found[1]) <= int(found[2])
    assert not any(str(case_id) in page for case_id in region.cases.values())
    assert await region.value(logged, id_of("staff/eva")) > 0  # type: ignore[operator]
    assert found[0] in text_of((await eva.get(f"{draft}/approvals")).text)
    read = await region.value(logged, id_of("staff/eva"))
    assert (await eva.post(f"{draft}/replays")).status_code == 303
    assert await region.value(logged, id_of("staff/eva")) > read, "asked again, read again"  # type: ignore[operator]


_EVERYBODY = "rules:\n  - id: risk.alla\n    if: age_years >= 0\n    level: 2\n    why: Prov.\n"


async def test_only_who_may_approve_approves_runs_and_replays(region: Region) -> None:
    disa, karin = await region.staff("disa"), await region.staff("karin", "ankaret")
    eva, draft = await region.staff("eva"), await begin(region, milder())
    for person in (disa, karin):
        for path in (f"{draft}/approvals", f"{draft}/runs", f"{draft}/replays"):
            assert (await person.get(path)).status_code == 404, path
            assert (await person.post(path, {"changes": "1", "read": "yes", "seen": "0"})).status_code == 404, path
        assert (await person.post(f"{draft}/retirements")).status_code == 404
    assert (await disa.get(f"{draft}/changes")).status_code == 200
    assert (await karin.get(f"{draft}/changes")).status_code == 404
    assert "Godkänn" not in (await disa.get(draft)).text
    for path in (f"{draft}/runs", "/manage/triage/shipped/approvals"):
        assert (await eva.get(path)).status_code == 409, path
    assert (await eva.post(f"{draft}/runs", {"seen": "0", "act": "on"})).status_code == 409
    await run(region, None)
    assert await region.value("select count(*) from triage_switches") == 1
