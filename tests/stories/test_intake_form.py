"""Några frågor till vården: short forms are asked when the level is set, reach staff, and are read for danger."""

from __future__ import annotations

import dataclasses
import html

import pytest

from linjen.demo.world import id_of
from linjen.triage import load
from linjen.triage.content.library import Reason
from linjen.triage.content.shape import Default, FormQuestion, ReasonFile
from tests.region import Region
from tests.stories.intake_walk import Walk

_FORM = [
    FormQuestion(id="recept.lakemedel", text="Vilket läkemedel gäller det?", text_en="Which medicine?", required=True),
    FormQuestion(id="recept.racker", text="Hur länge räcker den?", kind="choice", choices=["Slut nu", "En vecka"]),
    FormQuestion(id="recept.nar", text="När tog du det senast?", kind="date"),
    FormQuestion(id="recept.mer", text="Vill du berätta något mer?", kind="text"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def a_form_for_prescriptions(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """The administrative reason "recept" with a form of its own, whatever content there is."""
    protocols = load()
    file = ReasonFile(
        kind="reason", id="recept", version=1, author="Test", source="Test", reviewed=False, form=_FORM,
        default=Default(level=5, why="Test."),
    )  # fmt: skip
    reasons = {**protocols.reasons, "recept": Reason(file, (), ())}
    changed = dataclasses.replace(protocols, reasons=reasons)
    monkeypatch.setattr(region.site.shelf, "_running", changed)


WORDS = "Jag behöver nytt recept på min medicin"


async def at_the_form(region: Region) -> Walk:
    """An administrative question about a prescription, at its form."""
    walk = await Walk(region, await region.resident("amina")).begin("admin")
    await walk.send({"unit": str(id_of("unit/bjorken"))})
    await walk.send({"text": WORDS})
    assert walk.step == "about"
    assert "Gäller det något av det här?" in walk.html
    return await walk.send({"about": "recept"})


async def test_a_prescription_is_asked_about_and_staff_read_the_answers(region: Region) -> None:
    walk = await at_the_form(region)
    assert walk.step == "form"
    await walk.send({"recept.racker": "1", "recept.nar": "2026-11-02", "recept.mer": "Tack på förhand"})
    assert "Svara på frågan." in walk.html
    assert "Tack på förhand" in walk.html, "what was answered stays"
    await walk.send({"recept.lakemedel": "Levaxin 100", "recept.racker": "1", "recept.nar": "2026-11-02"})
    assert walk.step == "check"
    assert "Levaxin 100" in walk.html
    assert "2 november 2026" in walk.html
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    ulf = await region.staff("ulf", "bjorken")
    page = html.unescape((await ulf.get(f"/clinic/cases/{walk.case_id}")).text)
    for part in ("Vilket läkemedel gäller det?", "Levaxin 100", "En vecka", "Administrativ", "recept"):
        assert part in page, part


async def test_something_else_is_sent_without_a_form(region: Region) -> None:
    walk = await Walk(region, await region.resident("amina")).begin("admin")
    await walk.send({"unit": str(id_of("unit/bjorken"))})
    await walk.send({"text": WORDS})
    await walk.send({"about": "hittepå"})
    assert "Välj ett av alternativen" in walk.html
    await walk.send({"about": "none"})
    assert walk.step == "check"


async def test_values_outside_the_form_are_asked_again(region: Region) -> None:
    walk = await at_the_form(region)
    await walk.send({"recept.lakemedel": "Levaxin", "recept.racker": "9", "recept.nar": "i tisdags"})
    assert walk.html.count("Välj eller skriv ett svar som passar.") >= 2
    await walk.send({"recept.lakemedel": "x" * 301})
    assert "Skriv högst 300 tecken." in walk.html


async def test_a_warning_sign_in_a_form_is_heard(region: Region) -> None:
    walk = await at_the_form(region)
    await walk.send({"recept.lakemedel": "Levaxin", "recept.mer": "Jag har svårt att andas och ont i bröstet nu"})
    assert walk.step in {"emergency", "warning"}, walk.step


async def test_a_warning_sign_in_the_form_of_a_care_reason_becomes_a_question(region: Region) -> None:
    """The level is set, but nothing written goes unread: she is asked before the case can be sent."""
    walk = await Walk(region, await region.resident("amina")).begin()
    await walk.pass_start("Jag vet inte riktigt vad det är, något konstigt", unit=str(id_of("unit/bjorken")))
    if walk.step == "reasons":
        await walk.send({"reasons": ["ovrigt"]})
    await walk.answer_all()
    assert walk.step == "form"
    await walk.send({"ovrigt.onskar": "Hjälp, jag har svårt att andas och det trycker över bröstet"})
    assert walk.step.startswith("questions/")
    assert "Du skrev ”" in walk.html
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step.startswith("questions/"), "it cannot be sent past the question"


async def test_a_warning_sign_in_a_free_answer_becomes_a_question(region: Region) -> None:
    walk = await Walk(region, await region.resident("amina")).begin()
    await walk.pass_start("Jag har eksem på händerna", unit=str(id_of("unit/bjorken")))
    await walk.send({"reasons": ["eksem"]})
    words = {"skin.location": "På händerna. Det trycker över bröstet och jag har svårt att andas"}
    while walk.step.startswith("questions"):
        asked = {name for name, kind, _ in walk.fields() if kind == "textarea"} & words.keys()
        await walk.send({**walk.filled(), **({name: words[name] for name in asked})})
        if asked:
            break
    else:
        raise AssertionError("where it sits is asked in own words")
    assert walk.step.startswith("questions/")
    assert "Du skrev ”Det trycker över bröstet" in walk.html
    await walk.send({name: "yes" for name, kind, _ in walk.fields() if kind == "radio"})
    assert walk.step == "emergency"
