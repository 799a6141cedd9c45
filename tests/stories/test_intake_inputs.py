"""Vad dåliga svar får: long texts, emoji, spaces, other languages, values that do not exist, a lost connection."""

from __future__ import annotations

from uuid import UUID

import pytest

from linjen.cases.intake.start import read_intake
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))


async def _at_words(region: Region, entry: str = "symptom") -> Walk:
    walk = await Walk(region, await region.resident("gustav")).begin(entry)
    await walk.send({"unit": ANKARET})
    if entry == "symptom":
        await walk.send({"care_history": "allow", "medication_list": "refuse"})
        await walk.send()
    assert walk.step == "words"
    return walk


@pytest.mark.parametrize("text", ["a" * 20_001, "🤒" * 20_001, "Jag har ont i halsen. " * 1_000])
async def test_a_very_long_text_is_told_to_be_too_long_and_stays(region: Region, text: str) -> None:
    walk = await _at_words(region)
    await walk.send({"text": text})
    assert walk.response.status_code == 422
    assert "tecken för lång" in walk.html
    assert text.strip() in walk.html, "nothing that was typed is lost"


LONG = ("Jag har varit förkyld och hostat lite sedan i måndags, mest på kvällen. " * 300)[:19_900].rsplit(".", 1)[0]
DANGER = ". Nu har jag tryck över bröstet och svårt att andas."


@pytest.mark.parametrize("entry", ["symptom", "admin"])
async def test_the_last_sentence_of_a_very_long_text_is_read(region: Region, entry: str) -> None:
    walk = await _at_words(region, entry)
    assert 'maxlength="20000"' in walk.html
    await walk.send({"text": LONG + DANGER})
    assert walk.response.status_code == 200
    if entry == "admin":
        assert walk.step == "emergency"
        return
    async with region.site.database.transaction() as db:
        intake = await read_intake(db, region.site.sealer, UUID(walk.case_id))
    assert intake.text == LONG + DANGER
    assert "chest.pain" in str(intake.interview["suspected"])


async def test_the_last_sentence_of_a_long_addition_is_read(region: Region) -> None:
    walk = await _at_words(region)
    await walk.send({"text": "Jag har ont i halsen"})
    await walk.send({"reasons": ["halsont"]})
    await walk.answer_all()
    await walk.to_pictures()
    await walk.send({"do": "next"})
    assert 'maxlength="20000"' in walk.html
    await walk.send({"extra": LONG + DANGER})
    assert walk.step.startswith("questions")
    assert "tryck över bröstet" in walk.html


@pytest.mark.parametrize("text", ["", "   ", "\n\n\t", "\u00a0", "\u200b\u2060\u202e"])
async def test_only_spaces_is_asked_again_kindly(region: Region, text: str) -> None:
    walk = await _at_words(region)
    await walk.send({"text": text})
    assert walk.response.status_code == 422
    assert "Skriv några ord om vad du vill ha hjälp med." in walk.html


@pytest.mark.parametrize("text", ["🤒🤧🥵", "asdf qwer zxcv", "x" * 20_000, "<script>alert(1)</script>"])
async def test_words_that_resemble_nothing_lead_to_general_questions_and_a_human(region: Region, text: str) -> None:
    walk = await _at_words(region)
    await walk.send({"text": text})
    if walk.step == "language":
        await walk.send({"do": "next"})
    if walk.step == "reasons":
        await walk.send({"reasons": ["ovrigt"]})
    assert walk.step == "questions/1"
    await walk.answer_all()
    assert walk.step != "self-care"
    await walk.finish()
    assert walk.step == "receipt"
    assert await region.value("select reason from cases where id = $1", UUID(walk.case_id)) == "ovrigt"


async def test_nothing_fits_leads_to_the_general_protocol_and_a_human(region: Region) -> None:
    walk = await _at_words(region)
    await walk.send({"text": "Jag har lite ont i halsen"})
    assert "Då får du allmänna frågor, och någon i vården läser det du skrev." in walk.html
    values = [value for name, _, value in walk.fields() if name == "reasons"]
    assert 3 <= len(values) - 1 <= 5
    await walk.send({"reasons": ["ovrigt"]})
    await walk.answer_all()
    assert walk.step != "self-care", "nobody is sent home on general questions alone"
    await walk.finish()
    assert walk.step == "receipt"


@pytest.mark.parametrize(
    ("text", "greeting"),
    [
        ("لدي صداع شديد منذ يومين", "اتصل بالرقم 112"),
        ("У мене болить голова вже три дні, і я не можу їсти", "Зателефонуйте 112"),
        ("J'ai mal à la tête depuis trois jours et je tousse", "Appelez le 112"),
        ("Minulla on kuumetta ja kurkku on kipeä", "Soita 112"),
    ],
)
async def test_another_language_is_met_in_it_and_can_go_on(region: Region, text: str, greeting: str) -> None:
    walk = await _at_words(region)
    await walk.send({"text": text})
    assert walk.step == "language"
    assert greeting in walk.html
    for words in ("Frågorna är skrivna på enkel svenska.", 'href="tel:1177"', "Behöver du tolk?", text):
        assert words in walk.html, words
    assert 'value="switch"' not in walk.html, "there is no version in it"
    await walk.send({"do": "next"})
    assert walk.step in {"reasons", "questions/1"}
    await walk.open("language")
    assert walk.step != "language", "it is said once"


async def test_english_words_offer_the_pages_in_english(region: Region) -> None:
    walk = await _at_words(region)
    await walk.send({"text": "I have had a sore throat and a cough for three days"})
    assert walk.step == "language"
    assert "Continue in English" in walk.html
    await walk.send({"do": "switch"})
    assert walk.step == "reasons"
    assert '<html lang="en"' in walk.html
    assert "What is it about?" in walk.html
    await walk.open("words")
    await walk.send({"text": "I have a sore throat"})
    assert walk.step == "reasons", "English words on English pages are nothing to speak of"


async def test_an_administrative_question_in_another_language_is_met_too(region: Region) -> None:
    walk = await _at_words(region, "admin")
    await walk.send({"text": "Potrzebuję zaświadczenia i nie wiem jak je dostać, jest to dla szkoły"})
    assert walk.step == "language"
    assert "zadzwoń pod numer 112" in walk.html
    await walk.send({"do": "next"})
    await walk.to_check()


async def test_an_answer_outside_its_values_is_asked_again(region: Region) -> None:
    walk = await _at_words(region)
    await walk.send({"text": "Jag har ont i halsen sedan länge"})
    await walk.send({"reasons": ["finns_inte"]})
    assert walk.response.status_code == 422
    assert "Välj det som passar bäst." in walk.html
    await walk.send({"reasons": ["halsont"]})
    codes = [name for name, kind, value in walk.fields() if kind == "checkbox" and value == "yes"]
    await walk.send({codes[0]: "kanske"})
    assert walk.response.status_code == 422
    while "gen.course" not in {name for name, _, _ in walk.fields()}:
        await walk.send(walk.filled())
    await walk.send({**walk.filled(), "gen.course": "sideways"})
    assert walk.response.status_code == 422
    assert "Välj ett svar. Välj Vet inte om du är osäker." in walk.html
    await walk.send(walk.filled())
    assert walk.response.status_code == 200


async def test_after_a_lost_connection_every_answer_is_there_on_another_device(region: Region) -> None:
    first = await _at_words(region)
    await first.send({"text": "Jag har haft feber i tre dagar och har ont i halsen, hostar"})
    await first.send({"reasons": ["halsont"]})
    await first.send({"do": "all"})
    await first.send(first.filled())
    step, given = first.step, await _answers(region, first.case_id)
    await first.who.post("/sign-out")
    assert (await first.who.get(f"/intakes/{first.case_id}")).headers["location"].startswith("/sign-in")
    other = await Walk(region, await region.resident("gustav")).open(case_id=first.case_id)
    assert other.step == step
    assert await _answers(region, other.case_id) == given
    await other.open("questions/1")
    assert other.response.text.count(" checked") >= 3, "what she said stands there"


async def _answers(region: Region, case_id: str) -> dict[str, object]:
    async with region.site.database.transaction() as db:
        intake = await read_intake(db, region.site.sealer, UUID(case_id))
    return intake.interview["answers"]  # type: ignore[return-value]


async def _page_of(region: Region, case_id: str, code: str) -> int:
    """Which page a code was asked on, counted from 1."""
    async with region.site.database.transaction() as db:
        intake = await read_intake(db, region.site.sealer, UUID(case_id))
    pages: list[dict[str, list[str]]] = intake.interview["pages"]  # type: ignore[assignment]
    return next(number for number, page in enumerate(pages, 1) if code in page["codes"])


async def test_what_falls_away_after_a_change_is_said_on_the_check_page(region: Region) -> None:
    walk = await _at_words(region)
    await walk.send({"text": "Jag har ont i halsen"})
    await walk.send({"reasons": ["halsont"]})
    await walk.answer_all(lambda code: {"gen.fever": "yes", "gen.temp": "38,6"}.get(code, "no"))
    await walk.to_check()
    assert "38,6" in walk.html
    assert "Svar som inte skickas" not in walk.html
    await walk.open(f"questions/{await _page_of(region, walk.case_id, 'gen.fever')}")
    await walk.send(walk.filled())
    await walk.answer_all()
    await walk.to_check()
    kept, _, fallen = walk.html.partition("Svar som inte skickas")
    assert "38,6" in fallen
    assert "38,6" not in kept
    assert "då behövs inte de här svaren längre" in fallen


@pytest.mark.parametrize("charset", ["bogus", "rot13", "base64", "hex"])
async def test_a_form_in_an_unheard_of_charset_is_refused_and_is_no_defect(region: Region, charset: str) -> None:
    gustav = await region.resident("gustav")
    body = (
        '--x\r\nContent-Disposition: form-data; name="csrf"\r\n'
        f"Content-Type: text/plain; charset={charset}\r\n\r\nhi\r\n--x--"
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await gustav.http.post("/language", content=body.encode(), headers=headers)
    assert answer.status_code in {400, 409, 422}
