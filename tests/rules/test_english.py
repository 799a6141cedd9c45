"""English: every text of the triage that a resident may meet has an English one, and it speaks of whom it should."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from linjen.triage import load
from linjen.triage.asking.wording import about_patient_in_english, asked, worded
from linjen.triage.content.shape import Block, FormQuestion, Words
from linjen.triage.state import Patient

ELSA = Patient(9, "female", "parent", "Elsa")
NAMELESS = Patient(82, "unknown", "relative")


def _blocks() -> Iterator[Block]:
    protocols = load()
    for reason in protocols.reasons.values():
        yield from reason.file.questions
    for asking in (*protocols.general_blocks, *protocols.always, *protocols.compass):
        yield asking.block
    for _, screen in protocols.screens:
        yield from (asking.block for asking in screen)


def _forms() -> Iterator[FormQuestion]:
    for reason in load().reasons.values():
        yield from reason.file.form


def test_every_code_is_asked_in_english_with_its_choices_help_and_unit() -> None:
    protocols = load()
    for code, finding in protocols.vocabulary.findings.items():
        words = protocols.words.get(code, Words())
        assert words.text_en, code
        assert bool(words.help) == bool(words.help_en), code
        assert set(finding.values) <= set(words.labels), code
        assert set(finding.values) <= set(words.labels_en), code
        assert set(words.labels) == set(words.labels_en), code
        swedish = re.search("dag|vecka|veckor|timm|minut|månad|slag|ggr|glas|flat", finding.unit)
        assert not swedish or finding.unit in protocols.units_en, finding.unit


def test_every_heading_and_its_help_is_there_in_english() -> None:
    for block in _blocks():
        assert block.text_en, block.id
        assert bool(block.help) == bool(block.help_en), block.id


def test_every_form_question_is_there_in_english() -> None:
    for question in _forms():
        assert question.text_en, question.id
        assert bool(question.help) == bool(question.help_en), question.id
        assert len(question.choices) == len(question.choices_en), question.id


def test_what_to_do_now_is_there_in_english() -> None:
    assert load().support
    for _, one in load().support:
        assert one.title_en, one.id
        assert one.text_en, one.id
        assert bool(one.title_other) == bool(one.title_other_en), one.id
        assert bool(one.text_other) == bool(one.text_other_en), one.id
        assert all(phone.name_en for phone in one.phones), one.id


def test_every_reason_its_advice_and_its_places_of_care_are_there_in_english() -> None:
    protocols = load()
    for id in protocols.vocabulary.reasons:
        file = protocols.reasons[id].file
        assert file.name_en, id
        for place in file.care:
            assert place.place_en, (id, place.place)
        for care in filter(None, (file.self_care, file.self_care_child)):
            assert care.title_en, id
            assert care.intro_en, id
            for part in ("do", "seek_care_if"):
                swedish, english = (getattr(care, f"{part}{end}") for end in ("", "_en"))
                assert len(swedish) == len(english), (id, part)


def test_a_question_about_somebody_else_never_says_you_where_it_means_the_patient() -> None:
    """What the parent herself sees, thinks or does may be asked of "you"; what the child feels may not."""
    protocols = load()
    for code in protocols.vocabulary.findings:
        words = protocols.words.get(code, Words())
        for patient in (ELSA, NAMELESS):
            text = asked(protocols, patient, code, "en").text
            if re.search(r"\b(you|your|yourself)\b(?! child)", text, re.IGNORECASE):
                assert words.text_other_en, (code, text)
            assert "{" not in text, text
            assert not re.search(r"\b(when|that|if|though|what) (she|Elsa) (do|have|are|breathe|need|feel)\b", text), (
                text
            )


def test_a_question_about_somebody_else_never_says_sig_where_it_means_the_patient() -> None:
    """ "dig" becomes "sig" only where the patient is the one who does it: else the file words it for others."""
    said = [(one.id, one.text, one.text_other) for one in _blocks()]
    said += [(one.id, one.text, one.text_other) for one in _forms()]
    for id, text, other in said:
        swedish = worded(ELSA, "sv", text, other, "")
        assert not re.search(r"\b(för|kontaktar|passar|hindrar|hjälper|till|hos|på|av) sig\b", swedish), (id, swedish)
        assert "Elsa Elsas" not in swedish, (id, swedish)


@pytest.mark.parametrize(
    ("text", "about_elsa"),
    [
        ("Do you have a fever?", "Does Elsa have a fever?"),
        ("Are you so ill that you cannot lift your head?", "Is Elsa so ill that she cannot lift her head?"),
        ("Is one corner of your mouth drooping?", "Is one corner of Elsa's mouth drooping?"),
        ("Have you burnt yourself?", "Has Elsa burnt herself?"),
        ("Do you feel that somebody is after you?", "Does Elsa feel that somebody is after her?"),
        ("Do you shake after you stopped drinking?", "Does Elsa shake after she stopped drinking?"),
        ("Does it hurt when you breathe in?", "Does it hurt when Elsa breathes in?"),
        ("Have you been near fainting when you turn?", "Has Elsa been near fainting when she turns?"),
    ],
)
def test_english_questions_are_turned_to_the_child(text: str, about_elsa: str) -> None:
    assert about_patient_in_english(text, ELSA) == about_elsa
    assert about_patient_in_english(text, Patient(30)) == text


def test_a_patient_whose_sex_is_not_known_is_named_again() -> None:
    turned = about_patient_in_english("Are you so ill that you cannot hold your cup yourself?", NAMELESS)
    assert turned == "Is the person so ill that the person cannot hold the person's cup themselves?"
