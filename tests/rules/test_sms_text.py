"""What may stand in an SMS: what is refused, how long it is, and that our own texts pass in every language."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linjen.core.errors import Invalid
from linjen.core.personal_number import personnummer_for
from linjen.integrations.gsm import encode, is_gsm, parts_of
from linjen.integrations.sms_text import LONGEST, check_sms_text
from linjen.web.words import LANGUAGES, has_word, read_words, say

OWN = [key for key in read_words("sv") if key.startswith("sms.")]


def refusal(text: str, *names: str) -> str:
    """The reason, '' when it may be sent."""
    try:
        check_sms_text(text, names)
    except Invalid as error:
        assert error.field == "text"
        return error.reason
    return ""


@pytest.mark.parametrize("key", OWN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_texts_pass_the_guard_and_fit_in_one_sms(language: str, key: str) -> None:
    text = say(language, key, region="Region Kalmar län")
    assert refusal(text, "Astrid", "Nyberg", "Karin Lindqvist") == ""
    assert is_gsm(text)
    assert parts_of(text) == 1
    assert has_word(language, key) or language not in {"sv", "en"}
    assert set(re.findall(r"\{(\w+)", read_words("sv")[key])) <= {"region"}, "no text has a place for a name"


@pytest.mark.parametrize(
    "text",
    [
        "Logga in på https://linjen.example/x", "http://1.2.3.4/", "HTTPS : //x", "www.1177.se", "Gå till 1177.se nu",
        "linjen.nu", "bit.ly/abc", "t.co/x", "Se regionkalmar․se", "se １１７７．se", "min-sida[.]se", "sida(punkt)se",
        "hxxps://x", "ring tel:112", "192.168.0.1", "1177\u200b.se", "Läs.Se mer", "klicka: ftp://x", "a.zip", "x.lol",
        "1177 punkt se", "Gå till 1177 Punkt Nu", "minsida dot com", "1177punktse", "1177 . se", "linjen .nu",
        "vård.cfd", "min.clinic", "x.abcdef/y", "rb.gy/x1",
    ],
)  # fmt: skip
def test_a_link_is_refused_however_it_is_written(text: str) -> None:
    assert refusal(text) == "sms_link"


@pytest.mark.parametrize("text", ["skriv till a@b.se", "a @ b", "namn(at)region", "karin snabel-a region"])
def test_an_address_is_refused(text: str) -> None:
    assert refusal(text) == "sms_address"


@given(
    st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(1, 999), st.sampled_from(["", "-", " ", " - ", "+", "–"]),
    st.booleans(), st.sampled_from(["", "Ditt nummer är ", "x"]),
)  # fmt: skip
def test_no_personal_number_passes(born: date, serial: int, mark: str, whole: bool, before: str) -> None:
    digits = personnummer_for(born, serial).canonical
    day = digits[:8] if whole else digits[2:8]
    assert refusal(f"{before}{day}{mark}{digits[8:]}.") == "sms_number"


@pytest.mark.parametrize("between", [" ", " - ", "  ", "/"])
def test_a_personal_number_with_its_digits_apart_is_refused_and_a_phone_number_is_not(between: str) -> None:
    digits = personnummer_for(date(1987, 11, 23), 239).canonical
    assert refusal(between.join(digits)) == "sms_number"
    assert refusal(f"Ditt: {between.join(digits[2:])}.") == "sms_number"
    for phone in ("070-112 12 34", "08-123 456 78", "0480-12 34 56", "0 7 0 1 7 4 0 6 0 5"):
        assert refusal(f"Ring {phone}.") == ""


def test_control_characters_are_taken_out() -> None:
    assert check_sms_text("Hej\x07\x1b[1m\rdu\x9b") == "Hej[1m\ndu"


def test_a_coordination_number_is_one_too() -> None:
    assert refusal("701063-2391") == "sms_number"
    assert refusal("１９７０１０６３２３９１") == "sms_number"


@pytest.mark.parametrize(
    "text",
    [
        "Hör av dig när du kan. Vi väntar på ditt svar.", "Ring 0480-123 45 eller 070-174 06 05.",
        "Vi hörs 15 maj 2026, kl. 09.00–10.30.", "Logga in som vanligt. Det är din tur. Se dina ärenden.",
        "Vi kollar. En kollega svarar bl.a. på måndag, t.ex. kl. 10.", "Please answer. No hurry. Is it all right?",
        "Det är ont om tider just nu.", "Vi tar hand om det här i ögonblicket.", "Vardagar kl. 8–16. Punkt slut.",
        "Vi har hört av oss. Nackdelen är att det dröjer.", "På den punkten svarar vi i morgon.",
        "Tack! Å, ä och ö: 50 % €", "Kom ihåg mötet den 3/12. Mvh",
    ],
)  # fmt: skip
def test_an_ordinary_sentence_passes(text: str) -> None:
    assert refusal(text) == ""
    assert check_sms_text(f"  {text}\r\n") == text


@pytest.mark.parametrize(
    "text",
    ["Dina provsvar är klara", "Ny tid hos läkaren", "Hur är febern?", "Din MEDICIN", "Din KOL",
     "Psykmottagningen väntar", "Har du ont i halsen?", "Gör det ont?", "Hostar du än?", "Är du förkyld",
     "Hur är magen?",
     "Din huvudvärk", "Ryggen", "lunginflammation", "Mår du illa av illamåendet", "sore throat",
     "Your prescription is ready", "test result", "Hälsocentralen Ankaret"],
)  # fmt: skip
def test_words_of_health_are_refused_and_named(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_sms_text(text)
    assert caught.value.reason == "sms_health"
    assert str(caught.value.detail["word"]) in text


@pytest.mark.parametrize("text", ["Hej Astrid!", "hej ASTRID", "Hej fru Nyberg", "Astrid: svara gärna"])
def test_the_name_of_the_one_it_is_about_is_refused(text: str) -> None:
    assert refusal(text, "Astrid Maria", "Nyberg") == "sms_name"
    assert refusal(text) == ""


@pytest.mark.parametrize(
    "text",
    ["Gustavs tid", "Hej Oberg", "Öbergs svar", "Obergs", "OBERG", "Oebergs", "Gustav:s", "Gustav’s", "gustav-adolf",
     "Anna Karins", "annakarin eller Karin", "O\u0308berg"],
)  # fmt: skip
def test_a_name_is_a_name_in_the_genitive_and_without_its_dots(text: str) -> None:
    assert refusal(text, "Gustav", "Öberg", "Anna-Karin") == "sms_name"
    assert refusal(text) == ""
    assert refusal("Gustavsberg ligger på berget", "Gustav", "Öberg") == "", "another word is not her name"


@pytest.mark.parametrize("text", ["", "  \n", "\u200b"])
def test_nothing_is_refused(text: str) -> None:
    assert refusal(text) == "sms_empty"


def test_the_longest_is_three_parts() -> None:
    assert parts_of("å" * LONGEST) == 3
    assert refusal("å" * LONGEST) == ""
    assert refusal("å" * (LONGEST + 1)) == "sms_too_long"


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("å" * 306, 2), ("€" * 80, 1), ("€" * 81, 2), ("ж" * 70, 1), ("ж" * 71, 2),
     ("😀" * 35, 1), ("😀" * 36, 2), ("", 1)],
)  # fmt: skip
def test_parts_are_counted_as_gsm_counts(text: str, parts: int) -> None:
    assert parts_of(text) == parts


@given(st.text(max_size=500))
def test_the_guard_never_fails_otherwise(text: str) -> None:
    refusal(text, "Åke")


def test_days_of_the_year_are_not_numbers() -> None:
    for n in range(366):
        on = date(2026, 1, 1) + timedelta(days=n)
        assert refusal(f"Vi hörs den {on.day}/{on.month} {on.year}, kl. 10.00") == "", on


def test_gsm_bytes_are_those_of_the_standard() -> None:
    assert encode("@åÅäÄöÖé€") == (0, [b"\x00\x0f\x0e\x7b\x5b\x7c\x5c\x05\x1b\x65"])
    assert encode("aÖz ¿à") == (0, [b"a\x5cz\x20\x60\x7f"])
    assert encode("ж") == (8, ["ж".encode("utf-16-be")])


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=500))
def test_parts_are_whole_characters_and_join_to_the_text(text: str) -> None:
    coding, parts = encode(text)
    assert len(parts) == parts_of(text)
    assert all(len(part) <= (160 if coding == 0 else 140) for part in parts)
    bodies = [part[6:] for part in parts] if len(parts) > 1 else parts
    if coding == 8:
        assert [body.decode("utf-16-be") for body in bodies]
        assert b"".join(bodies).decode("utf-16-be") == text
    if len(parts) > 1:
        assert [(part[0], part[4], part[5]) for part in parts] == [(5, len(parts), n + 1) for n in range(len(parts))]
        assert len({part[3] for part in parts}) == 1
