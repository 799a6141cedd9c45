"""A paper as a PDF: tagged, in its language, with every word as it was written, and apart from the rest."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from PIL import Image as Drawing

from linjen.core.errors import Unavailable
from linjen.records import paper
from linjen.records.paper import Image, Pair, Paper, Part, Section, write_pdf
from tests.pdf import Read, flat

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def of(*parts: Part, title: str = "Hosta", images: list[Image] | None = None) -> Paper:
    return Paper(
        language="sv", title=title, author="Region", lead="Hämtat 29 november 2026.",
        sections=[Section("Avsnitt", list(parts))], page="Sida", of="av", unshown="Tecken", unshown_text="Som nummer.",
        at=AT, images=images or [],
    )  # fmt: skip


async def written(text: str) -> Read:
    return Read(await write_pdf(of(Part(kind="said", text="Du skrev", said=text))))


async def test_it_has_a_title_a_language_headings_lists_and_page_numbers() -> None:
    content = await write_pdf(
        of(
            Part(kind="text", text="Först."),
            Part(kind="heading", text="Under"),
            Part(kind="pairs", pairs=[Pair("Enhet", "Ankaret")]),
            Part(kind="list", lines=["ett", "två"]),
            *(Part(kind="said", text=f"Du skrev {n}", said="ord " * 200) for n in range(20)),
        )
    )
    read = Read(content)
    assert (read.title, read.language, read.is_tagged) == ("Hosta", "sv", True)
    names = [name for name, _ in read.tags]
    assert [name for name in names if name.startswith("H")] == ["H1", "H2", "H3"]
    assert {"L", "LI", "P"} <= set(names)
    assert read.text.index("Hosta") < read.text.index("Avsnitt") < read.text.index("Under") < read.text.index("två")
    assert len(read.pages) > 1
    for number, page in enumerate(read.pages, 1):
        assert f"Sida {number} av {len(read.pages)}" in flat(page)


@pytest.mark.parametrize(
    "text",
    [
        "Åsa å ä ö é ü ñ ß – ” ’ … € ½ °",
        '#import "@preview/x:0.1.0": * #read("/etc/passwd") #sys.inputs #panic("x")',
        "*fet* _lutad_ `kod` $x^2$ = Rubrik @ref <etikett> // slut /* och */ \\u{41} \\ ~ -- --- 'citat' \"citat\"",
        "#set page(width: 1pt)",
        "- lista\n+ tal\n/ ord: sak",
        "Rad ett\nrad två\n\nstycke två",
        "</script><b>fet</b> & {{ 7*7 }} ${x} %s",
        "Привет Ελλάδα שלום",
        "fi fl ffi ffl och avstavningsbaraordsomärväldigtlånga" * 3,
    ],
)
async def test_what_people_write_stands_there_as_it_was_written(text: str) -> None:
    read = await written(text)
    found = read.text.replace(" ", "") if len(text) > 150 else read.text
    assert (flat(text).replace(" ", "") if len(text) > 150 else flat(text)) in found
    assert [name for name, _ in read.tags if name.startswith("H")] == ["H1", "H2"]


async def test_arabic_is_shown_and_each_word_can_be_copied() -> None:
    text = "مرحبا، عندي سعال"
    read = await written(text)  # readers put the words of a line from left to right, so they are looked for one by one
    assert all(word in read.text for word in text.split())
    assert "U+" not in read.text


async def test_every_ordinary_letter_has_its_sign() -> None:
    signs = "".join(chr(code) for code in range(0x20, 0x180) if not 0x7F <= code <= 0xA0 and code != 0xAD)
    read = await written("\n".join(signs[at : at + 20] for at in range(0, len(signs), 20)))
    assert not set(signs) - set(read.text + " ")
    assert "U+" not in read.text


async def test_a_sign_that_no_font_has_is_told_and_not_lost() -> None:
    read = await written("Bra 👍🏽 och 中, tack ❤️ 👩‍⚕️\ttab \x07")
    assert "Bra [U+1F44D][U+1F3FD] och [U+4E2D], tack ❤" in read.text
    assert "[U+1F469]" in read.text
    assert "[U+0007]" in read.text
    after = read.text[read.text.index("Som nummer.") :]
    assert "U+1F44D: thumbs up sign (1)" in after
    assert "U+4E2D" in after
    assert "Tecken" not in (await written("Inget särskilt")).text


async def test_a_picture_has_its_words_and_is_whole() -> None:
    out = io.BytesIO()
    Drawing.new("RGB", (1536, 2048), (200, 30, 30)).save(out, "JPEG")
    parts = [
        Part(kind="picture", text=f"Bild {n} av 2", alt=f'Bild {n} av 2 "<&', picture=n - 1, width=1536, height=2048)
        for n in (1, 2)
    ]
    read = Read(await write_pdf(of(*parts, images=[Image(out.getvalue(), 1536, 2048)] * 2)))
    assert [alt for name, alt in read.tags if name == "Figure"] == ['Bild 1 av 2 "<&', 'Bild 2 av 2 "<&']
    with Drawing.open(io.BytesIO(read.pictures[0])) as shown:
        assert shown.size == (1536, 2048)
        red = shown.convert("RGB").getpixel((5, 5))
    assert isinstance(red, tuple)
    assert red[0] > 180


async def test_the_same_paper_is_the_same_file() -> None:
    one, two = await write_pdf(of(Part(kind="text", text="x"))), await write_pdf(of(Part(kind="text", text="x")))
    assert one == two


async def test_a_whole_winter_of_talk_is_written_in_time() -> None:
    long = [Part(kind="said", text=f"Du skrev {n}", said="Jag hostar fortfarande 👍. " * 60) for n in range(200)]
    read = Read(await write_pdf(of(*long)))
    assert len(read.pages) > 20


async def test_what_cannot_be_written_is_told_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Part(kind="picture", text="x", alt="x", picture=3)
    with pytest.raises(Unavailable) as caught:
        await write_pdf(of(broken))
    assert caught.value.reason == "paper_failed"
    monkeypatch.setattr(paper, "WALL_S", 0.01)
    with pytest.raises(Unavailable) as slow:
        await write_pdf(of(Part(kind="text", text="x")))
    assert slow.value.reason == "paper_failed"


async def test_a_full_queue_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "MAX_WAITING", 0)
    one = of(Part(kind="text", text="x"))
    found = await asyncio.gather(*(write_pdf(one) for _ in range(3)), return_exceptions=True)
    assert [one.reason for one in found if isinstance(one, Unavailable)] == ["paper_queue_full"] * 2


def test_the_process_opens_neither_files_nor_sockets() -> None:
    code = (
        "import json, sys\nfrom linjen.records import paper_process as it\nimport typst\n"
        "fonts = typst.Fonts(include_system_fonts=False)\nit._write(fonts, it._PROBE, {'signs': 'x'})\nit.confine()\n"
        "said = []\n"
        "for source in (b'#read(\"/etc/hostname\")', b'#import \"@preview/cetz:0.2.0\": *'):\n"
        "    try:\n        it._write(fonts, source, {})\n        said.append('opened')\n"
        "    except Exception as error:\n        said.append(type(error).__name__)\n"
        "try:\n    open('/etc/hostname')\n    said.append('opened')\n"
        "except OSError:\n    said.append('OSError')\nprint(json.dumps(said))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(found.stdout) == ["TypstError", "TypstError", "OSError"]
