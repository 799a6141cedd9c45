"""Ändra triagens innehåll: in forms and as text, with the linter's answers and the vignettes that change beside it."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from linjen.triage.content.library import load
from linjen.triage.releases import change_draft, read_files, save_draft
from tests.region import Person, Region
from tests.stories.released import release, shipped
from tests.stories.test_triage_pages import text_of

HOSTA = shipped()["hosta.yaml"] + b"# mer\n"
RULE = "/files/halsont/edit/rules/halsont.lange"
LANGE = next(rule for rule in load().reasons["halsont"].file.rules if rule.id == "halsont.lange")


async def begin(region: Region, files: dict[str, bytes] | None = None) -> str:
    """A draft of Eva's with the shipped content; its address."""
    async with region.site.database.transaction() as db:
        by = region.actors.staff("eva", "ankaret")
        return f"/manage/triage/{await save_draft(db, by, files or shipped(), 'Ett utkast', load().stamp)}"


async def held(region: Region, draft: str) -> dict[str, bytes]:
    """The files of a draft."""
    async with region.site.database.transaction() as db:
        return await read_files(db, UUID(draft.rsplit("/", 1)[1]))


def form_of(answer: httpx.Response) -> dict[str, Any]:
    """The form of a page as it stands."""
    html = answer.text.split('<form class="lj-form"', 1)[1].split("</form>", 1)[0]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html):
        fields[name] = unescape(value)
    for name, value in re.findall(
        r'<input class="lj-input[^"]*" id="\w+" name="(\w+)" type="\w+" value="([^"]*)"', html
    ):
        fields[name] = unescape(value)
    for name, value in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        fields[name] = unescape(value)
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    for name, value in re.findall(r'<input type="radio" name="(\w+)" value="([^"]*)" checked', html):
        fields[name] = value
    fields.pop("csrf", None)
    return fields


async def change(person: Person, path: str, act: str = "save", **typed: str) -> httpx.Response:
    """Open a form and send it with some fields otherwise."""
    fields = form_of(await person.get(path))
    return await person.post(
        path, fields | {f"f_{name.rstrip('_')}": text for name, text in typed.items()} | {"act": act}
    )


async def test_a_rule_is_changed_and_nothing_else_of_the_file(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    answer = await change(eva, draft + RULE, if_="gen.duration_days >= 10", why="Halsont i tio dagar: dags att titta.")
    assert answer.headers["location"] == f"{draft}{RULE}?saved=1"
    before, after = shipped()["halsont.yaml"].decode(), (await held(region, draft))["halsont.yaml"].decode()
    assert after == before.replace(f"if: {LANGE.condition}\n", "if: gen.duration_days >= 10\n").replace(
        f"why: {LANGE.why}\n", 'why: "Halsont i tio dagar: dags att titta."\n'
    )
    assert after != before
    page = text_of((await eva.get(f"{draft}{RULE}?saved=1")).text)
    assert "Sparat i utkastet." in page
    assert "Filen har inga fel" in page
    assert "besvärens längd i dagar minst 10" in page


async def test_a_fault_is_told_at_its_field_and_may_be_kept_in_the_draft(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    answer = await change(eva, draft + RULE, if_="gen.duration_days >= 8 and hx.dementia")
    assert answer.status_code == 422
    error = re.search(r'id="f_if-error">.*?</p>', answer.text, re.DOTALL)
    assert error
    assert "hx.dementia frågas aldrig i den här intervjun" in error[0]
    assert "halsont.yaml, Rad" in text_of(answer.text)
    assert "Vinjetterna prövas när felen är rättade" in answer.text
    assert (await held(region, draft)) == shipped()
    kept = await eva.post(draft + RULE, form_of(answer) | {"act": "keep"})
    assert kept.status_code == 303
    assert b"hx.dementia" in (await held(region, draft))["halsont.yaml"]
    assert "1 fel måste rättas" in (await eva.get(f"{draft}/problems")).text
    assert region.site.shelf.running().stamp == load().stamp


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"if_": "gen.feber"}, "f_if", "Koden eller begreppet gen.feber finns inte."),
        ({"if_": "(gen.fever"}, "f_if", "Här väntades"),
        ({"if_": "(" * 3000}, "f_if", "Fler än 20 nivåer"),
        ({"if_": "gen.fever and " * 2000}, "f_if", "Texten är för lång"),
        ({"why": ""}, "f_why", "Fyll i det här."),
        ({"level": "7"}, "f_level", "Välj ett av alternativen."),
        ({"version": "x"}, "f_version", "Skriv med siffror"),
        ({"id": "halsont.tid rum"}, "f_id", "Texten har inte den form"),
        ({"id": "hosta.lange"}, "f_id", "Regelns id ska börja med halsont."),
    ],
)
async def test_what_cannot_be_is_told_at_its_field(
    region: Region, typed: dict[str, str], field: str, words: str
) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    answer = await change(eva, draft + RULE, **typed)
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">.*?</p>', answer.text, re.DOTALL)
    assert error, text_of(answer.text)[:600]
    assert words in unescape(error[0])
    assert await held(region, draft) == shipped()


async def test_a_check_tells_which_vignettes_end_otherwise_and_saves_nothing(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    answer = await change(eva, draft + RULE, "check", if_="gen.duration_days >= 2")
    assert answer.status_code == 200
    page = text_of(answer.text)
    assert "halsont.forkyld_vuxen 31 år" in page
    assert "5 Egenvård blir 4 Inom en vecka Utanför godtagna nivåer (5)" in page
    assert await held(region, draft) == shipped()
    harmless = text_of((await change(eva, draft + RULE, "check", why="Andra ord.")).text)
    assert "slutar som i versionen som är i drift" in harmless


async def test_parts_of_every_kind_are_changed_added_moved_and_taken_away(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    file = f"{draft}/files/halsont/edit"
    steps: list[tuple[str, str, dict[str, str]]] = [
        ("about", "save", {"synonyms": "ont när jag sväljer\nhalsfluss", "version": "2"}),
        ("default", "save", {"why": "Går oftast över."}),
        ("asked", "save", {"risk_groups": "hx.immune\nmed.immunosuppr\nmed.new\nKOL\nhx.dvt  Tidigare blodpropp"}),
        ("questions/halsont.feber", "save", {"help": "Mät i örat."}),
        ("questions/new", "save", {"id": "halsont.ny", "text": "Har du svårt att sova?", "ask": "hx.dementia"}),
        ("rules/new", "save", {"id": "halsont.ny_regel", "if_": "hx.dementia", "level": "4", "why": "Prov."}),
        ("self_care", "save", {"do": "Drick lite och ofta.\nVila."}),
        ("form/new", "save", {"id": "halsont.provat", "text": "Vad har du provat?", "kind": "choice",
                               "choices": "Te\nVila"}),
        ("care/new", "save", {"levels": "3, 4", "place": "Din vårdcentral", "days": "1 2 3 4 5",
                               "hours": "08:00-17:00"}),
        ("care/1", "save", {"place": "Din hälsocentral"}),
        ("rules/halsont.positivt_test", "remove_now", {}),
    ]  # fmt: skip
    for part, act, typed in steps:
        answer = await change(eva, f"{file}/{part}", act, **typed)
        assert answer.status_code == 303, (part, re.findall(r"error-summary.*?<.ul>", answer.text, re.DOTALL))
    form = form_of(await eva.get(f"{file}/questions/halsont.ny"))
    assert (await eva.post(f"{file}/questions/halsont.ny", form | {"place": "1", "act": "save"})).status_code == 303
    files = await held(region, draft)
    text = files["halsont.yaml"].decode()
    for line in (
        "synonyms:\n  - ont när jag sväljer\n  - halsfluss\n", "version: 2\n", "  why: Går oftast över.\n",
        "risk_groups: [hx.immune, med.immunosuppr, med.new, hx.copd, hx.dvt]\n", "    help: Mät i örat.\n",
        "    if: hx.dementia\n", "    - Vila.\n", "    place: Din hälsocentral\n",
        "    days: [1, 2, 3, 4, 5]\n", "    hours: 08:00-17:00\n",
        "    kind: choice\n    choices:\n      - Te\n      - Vila\n",
    ):  # fmt: skip
        assert line in text, line
    assert "positivt_test" not in text
    assert text.index("halsont.ny\n") < text.index("halsont.tecken")
    assert text.startswith("# Exempelinnehåll: inte granskat av någon med vårdutbildning.\n")
    assert "Versionen har inga fel" in (await eva.get(f"{draft}/problems")).text
    page = text_of((await eva.get(f"{draft}/files/halsont")).text)
    for words in ("Andra ord: ont när jag sväljer, halsfluss.", "Nivå 3, 4: Din hälsocentral", "måndag, tisdag",
                  "Vad har du provat? ett val: Te, Vila"):  # fmt: skip
        assert words in page, words
    assert {name for name in files if files[name] != shipped().get(name)} == {"halsont.yaml"}


async def test_taking_away_asks_first_and_an_id_is_used_once(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    asked = await change(eva, draft + RULE, "remove")
    assert asked.status_code == 200
    assert "Ska den här delen tas bort?" in asked.text
    assert await held(region, draft) == shipped()
    twice = await change(eva, draft + RULE, id="halsont.samre")
    assert twice.status_code == 422
    assert "Id används redan i den här filen." in twice.text


async def test_shared_files_are_changed_in_the_same_way(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    for path, typed, line in (
        ("risk/edit/rules/risk.brostsmarta", {"why": "Bröstsmärta."}, "    why: Bröstsmärta."),
        ("codes/edit/codes/gen.fever", {"help": "Mät i örat."}, "help: Mät i örat."),
        ("general/edit/about", {"release": "0.9.0"}, "release: 0.9.0"),
        ("danger/edit/pages/fara.spadbarn_kontakt", {"help": "Svara för barnet."}, "help: Svara för barnet."),
    ):  # fmt: skip
        answer = await change(eva, f"{draft}/files/{path}", **typed)
        assert answer.status_code == 303, (path, text_of(answer.text)[:800])
        assert line in (await held(region, draft))[f"{path.split('/')[0]}.yaml"].decode(), path
    checked = await change(eva, f"{draft}/files/risk/edit/rules/risk.brostsmarta", "check")
    assert "prövas på en egen sida" in checked.text


async def test_a_file_is_changed_as_text_with_the_same_answers(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    path = f"{draft}/files/halsont/source"
    form = form_of(await eva.get(path))
    assert form["text"].encode() == shipped()["halsont.yaml"]
    unchanged = await eva.post(path, {**form, "text": form["text"].replace("\n", "\r\n"), "act": "save"})
    assert unchanged.status_code == 303
    assert await held(region, draft) == shipped()
    broken = await eva.post(path, {**form_of(await eva.get(path)), "text": "kind: reason\nid: [\n", "act": "save"})
    assert broken.status_code == 422
    assert "halsont.yaml, Rad 3" in text_of(broken.text)
    assert "kind: reason\nid: [" in broken.text
    kept = await eva.post(path, form_of(broken) | {"act": "keep"})
    assert kept.status_code == 303
    assert (await held(region, draft))["halsont.yaml"] == b"kind: reason\nid: [\n"
    assert (await eva.get(draft + RULE)).headers["location"] == path
    assert (await eva.get(path)).status_code == 200


async def test_a_reason_without_a_file_gets_one_as_text(region: Region) -> None:
    files = {name: raw for name, raw in shipped().items() if name != "halsont.yaml"}
    eva, draft = await region.staff("eva"), await begin(region, files)
    assert f"{draft}/files/halsont/source" in (await eva.get(draft)).text
    path = f"{draft}/files/halsont/source"
    form = form_of(await eva.get(path))
    assert form["text"].startswith("kind: reason\nid: halsont\n")
    answer = await eva.post(path, {**form, "text": shipped()["halsont.yaml"].decode(), "act": "save"})
    assert answer.status_code == 303
    assert await held(region, draft) == shipped()


async def test_what_somebody_else_has_changed_is_not_overwritten_and_what_was_typed_stays(region: Region) -> None:
    eva, draft, by = await region.staff("eva"), await begin(region), region.actors.staff("eva", "ankaret")
    form, text = form_of(await eva.get(draft + RULE)), form_of(await eva.get(f"{draft}/files/halsont/source"))
    async with region.site.database.transaction() as db:
        other = shipped()["halsont.yaml"].replace(LANGE.why.encode(), b"En annans ord.")
        await change_draft(db, by, UUID(draft.rsplit("/", 1)[1]), 1, {"halsont.yaml": other})
    answer = await eva.post(draft + RULE, form | {"f_why": "Mina egna ord.", "act": "save"})
    assert answer.status_code == 409
    assert "Mina egna ord." in answer.text
    assert "En annans ord." in text_of(answer.text)
    assert (await held(region, draft))["halsont.yaml"] == other
    answer_to_text = await eva.post(
        f"{draft}/files/halsont/source", {**text, "text": text["text"] + "# mitt\n", "act": "save"}
    )
    assert answer_to_text.status_code == 409
    assert "# mitt" in answer_to_text.text
    assert "-    why: En annans ord." in answer_to_text.text
    again = await eva.post(draft + RULE, form_of(answer) | {"act": "save"})
    assert again.status_code == 303
    assert b"Mina egna ord." in (await held(region, draft))["halsont.yaml"]


async def test_a_change_of_another_file_is_no_obstacle(region: Region) -> None:
    eva, draft, by = await region.staff("eva"), await begin(region), region.actors.staff("eva", "ankaret")
    form = form_of(await eva.get(draft + RULE))
    async with region.site.database.transaction() as db:
        await change_draft(
            db, by, UUID(draft.rsplit("/", 1)[1]), 1, {"hosta.yaml": shipped()["hosta.yaml"] + b"# mer\n"}
        )
    assert (await eva.post(draft + RULE, form | {"f_why": "Andra ord.", "act": "save"})).status_code == 303
    files = await held(region, draft)
    assert files["hosta.yaml"].endswith(b"# mer\n")
    assert "Andra ord." in files["halsont.yaml"].decode()


async def test_two_who_save_the_same_part_at_once_do_not_lose_either(region: Region) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    form = form_of(await eva.get(draft + RULE))
    answers = await asyncio.gather(
        *(eva.post(draft + RULE, form | {"f_why": words, "act": "save"}) for words in ("Först.", "Sedan."))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert form_of(lost)["f_why"].encode() not in (await held(region, draft))["halsont.yaml"]


async def test_only_a_draft_is_changed_and_only_by_who_may(region: Region) -> None:
    eva, disa, karin = await region.staff("eva"), await region.staff("disa"), await region.staff("karin", "ankaret")
    draft = await begin(region)
    released = f"/manage/triage/{await release(region, shipped() | {'hosta.yaml': shipped()['hosta.yaml'] + b'#'})}"
    for version in (released, "/manage/triage/shipped"):
        assert (await eva.get(version + RULE)).status_code == 409
        assert (await eva.post(version + RULE, {"act": "save"})).status_code == 409
        assert "edit/rules" not in (await eva.get(f"{version}/files/halsont")).text
    for person in (disa, karin):
        for path in (RULE, "/files/halsont/source", "/details", "/drafts"):
            assert (await person.get(draft + path)).status_code == 404, path
            assert (await person.post(draft + path, {"act": "save"})).status_code == 404, path
        assert (await person.get("/manage/triage-imports")).status_code == 404
    assert "edit/rules" not in (await disa.get(f"{draft}/files/halsont")).text
    assert await held(region, draft) == shipped()
    for path in ("/files/halsont/edit/nonsense", "/files/halsont/edit/rules/halsont.none", "/files/nonsense/source",
                 "/files/halsont/edit/rules", "/files/halsont/edit/about/x"):  # fmt: skip
        assert (await eva.get(draft + path)).status_code == 404, path


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("# " + "å" * 600_000, 422, "Högst 1 MB"),
        ("a: " + "x" * 900_000, 422, "Rad 1"),
        ("a: &x [1]\nb: *x\n", 422, "Hänvisningar"),
        ("[" * 5000, 422, "Fler än 20 nivåer"),
        ("kind: reason\x00", 422, "tecken som inte går att spara"),
        ("!!python/object/apply:os.system ['ls']", 422, "Rad 1"),
        ("   \n", 422, "Fyll i"),
    ],
)
async def test_a_hostile_text_is_refused_with_its_reason_and_changes_nothing(
    region: Region, text: str, status: int, words: str
) -> None:
    eva, draft = await region.staff("eva"), await begin(region)
    path = f"{draft}/files/halsont/source"
    answer = await eva.post(path, {**form_of(await eva.get(path)), "text": text, "act": "save"})
    assert answer.status_code == status
    assert words in unescape(text_of(answer.text))
    assert await held(region, draft) == shipped()
    assert region.site.shelf.running().stamp == load().stamp
