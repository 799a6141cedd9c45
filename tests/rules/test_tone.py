"""Tips om texten: what the routine's way of writing says of a text, line by line; our own phrases need no hint."""

from __future__ import annotations

from datetime import date

import pytest

from linjen.demo.phrases import _CENTRE, _OWN
from linjen.phrases.tone import find_hints

TODAY = date(2023, 4, 20)

#: A text, and its hints as (kind, found, instead). The page's script is held against the same lines.
LINES: list[tuple[str, list[tuple[str, str, str]]]] = [
    ("Välkommen, tack, absolut, precis. Vi ses den 15 maj 2023, kl. 09.00–10.30.", []),
    ("Kl. 09.00-10.30 går bra.", []),
    ("Tyvärr har vi ingen tid.", [("negative", "Tyvärr", "")]),
    ("Det är dessvärre fullt.", [("negative", "dessvärre", "")]),
    ("Vi kan inte hjälpa dig. Vi kan inte.", [("negative", "Vi kan inte", "")]),
    ("Du kan kanske vila, kanske inte.", [("unsure", "kanske", "")]),
    ("Jag tror att det går över.", [("unsure", "Jag tror", "")]),
    ("Du borde ha ringt.", [("should", "Du borde ha", "")]),
    ("Det kan bli feber. Kan du svälja?", []),
    ("kanskeord och borderline är andra ord", []),
    ("Ssk ringer dig på tfn.", [("jargon", "Ssk", "Sjuksköterska"), ("jargon", "tfn", "telefon")]),
    ("Ta t.ex. Alvedon, bl.a. mot feber, p.g.a. infektionen.", [
        ("jargon", "t.ex.", "till exempel"), ("jargon", "bl.a.", "bland annat"), ("jargon", "p.g.a.", "på grund av"),
    ]),
    ("Kom till HC för DT.", [("jargon", "HC", "hälsocentralen"), ("jargon", "DT", "skiktröntgen")]),
    ("Det är en hc-fråga om ssken.", []),
    ("Jag skriver det i Cosmic.", [("system", "Cosmic", "journalen")]),
    ("Du & jag -> möte", [("symbol", "&", "och"), ("symbol", "->", "")]),
    ("Feber > 38,5 eller <40", [("symbol", ">", "mer än"), ("symbol", "<", "mindre än")]),
    ("Vila >= 2 dagar", [("symbol", ">=", "minst")]),
    ("Krya på dig :) 🙂", [("smiley", ":)", ""), ("smiley", "🙂", "")]),
    ("Vi ses 2023-05-15.", [("date", "2023-05-15", "15 maj 2023")]),
    ("Vi ses 15/5 2024!", [("date", "15/5 2024", "15 maj 2024")]),
    ("Vi ses 15/5.", [("date", "15/5", "15 maj 2023")]),
    ("Det började 1/12.", [("date", "1/12", "1 december 2022")]),
    ("Vi ses 15.5.2023.", [("date", "15.5.2023", "15 maj 2023")]),
    ("Vi ses 3 jan. och 4 sept 2023", [
        ("date", "3 jan.", "3 januari 2023"), ("date", "4 sept 2023", "4 september 2023"),
    ]),
    ("Vi ses 15 maj och 3 januari.", []),
    ("Ta 1/2 tablett, 120/80 i tryck, 31/2 och 24/7.", []),
    ("Ring 0480-123 45 eller 1177.", []),
    ("Vi ses 9:00.", [("time", "9:00", "kl. 09.00")]),
    ("9:00 passar", [("time", "9:00", "Kl. 09.00")]),
    ("Vi ses kl 9 i dag.", [("time", "kl 9", "kl. 09.00")]),
    ("Kl 9-10.30 passar.", [("time", "Kl 9-10.30", "Kl. 09.00–10.30")]),
    ("Öppet klockan 8–16.", [("time", "klockan 8–16", "kl. 08.00–16.00")]),
    ("Vi ses 09.00-10.30.", [("time", "09.00-10.30", "kl. 09.00–10.30")]),
    ("Barn 8-16 år, 37.5 grader, 10.30 och 38:70.", []),
    ("Ord " * 26 + "slut.", [("long", "Ord Ord Ord Ord", "")]),
    ("Ord " * 20 + "slut. " + "Ord " * 20 + "slut.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), LINES, ids=[text[:40] for text, _ in LINES])
def test_the_hints_of_a_text(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert [(one.kind, one.found, one.instead) for one in find_hints(text, TODAY)] == wanted


@pytest.mark.parametrize("text", [text for text, _ in LINES])
def test_what_was_found_stands_where_it_says_and_mended_it_is_found_no_more(text: str) -> None:
    for one in find_hints(text, TODAY):
        assert text[one.start :].startswith(one.found)
        if one.instead and one.kind in {"date", "time", "jargon", "system", "symbol"}:
            mended = text[: one.start] + one.instead + text[one.end :]
            again = [(other.kind, other.start) for other in find_hints(mended, TODAY)]
            assert (one.kind, one.start) not in again, (mended, again)


@pytest.mark.parametrize("phrase", [*_CENTRE, *_OWN], ids=lambda phrase: phrase.short)
def test_the_phrases_of_the_demo_are_written_as_the_routine_asks(phrase: object) -> None:
    assert find_hints(phrase.body, TODAY) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "[datum]", "a" * 8_000, "9" * 8_000, "1/" * 4_000, "kl. " * 2_000])
def test_any_text_is_read_quickly_and_without_fault(text: str) -> None:
    assert len(find_hints(text, TODAY)) < 5
