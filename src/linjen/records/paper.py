"""Papper: what a resident takes along as a tagged PDF, put together from plain words and pictures.

The file is written in a process of its own (paper_process.py) by Typst, which is asked for PDF/UA-1 and refuses what it
cannot tag. Whether the file keeps that standard is unverified: no validator has run (docs/decisions/tagged-pdf.md).
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Final, Literal

import msgspec

from linjen.core.apart import Desk
from linjen.core.errors import Unavailable

AT_ONCE: Final = 1
MAX_WAITING: Final = 8
#: Seconds; the process keeps its own, shorter time. A case with ten pictures and hundreds of messages takes under two.
WALL_S: Final = 25.0
#: Bytes of a file: ten pictures of 2,048 px come to about 20 MB, and to 80 MB when they are nothing but noise.
LONGEST: Final = 128 * 1000 * 1000

_DESK = Desk("paper", AT_ONCE)


class Pair(msgspec.Struct, frozen=True):
    """A name with what stands for it."""

    name: str
    text: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of a section. `said` has who and when in `text`; a picture has its caption there, and in `picture` its
    place in the paper's pictures; `width` and `height` are its own, in px.
    """

    kind: Literal["text", "heading", "pairs", "list", "said", "picture"]
    text: str = ""
    said: str = ""
    pairs: list[Pair] = []
    lines: list[str] = []
    alt: str = ""
    picture: int = 0
    width: int = 1
    height: int = 1


class Section(msgspec.Struct, frozen=True):
    """A heading with what stands beneath it."""

    title: str
    parts: list[Part]


class Image(msgspec.Struct, frozen=True):
    """A JPEG file with its size in px."""

    jpeg: bytes
    width: int
    height: int


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A whole paper in one language; `page` and `of` are the words around the page numbers.

    `unshown` is the heading of the list of signs that no font of ours has, `unshown_text` the words beneath it.
    """

    language: str
    title: str
    author: str
    lead: str
    sections: list[Section]
    page: str
    of: str
    unshown: str
    unshown_text: str
    at: datetime
    images: list[Image] = []


class Work(msgspec.Struct, frozen=True):
    """What the process is given: the paper as the template reads it, and its pictures, each as an SVG around a JPEG."""

    paper: dict[str, object]
    pictures: list[str]
    at_s: int


def _around(image: Image) -> str:
    """An SVG that shows one JPEG: the template takes pictures as text, and Typst puts the JPEG in as it is."""
    size = f'width="{image.width}" height="{image.height}"'
    data = base64.b64encode(image.jpeg).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {image.width} {image.height}">'
        f'<image {size} href="data:image/jpeg;base64,{data}"/></svg>'
    )


async def write_pdf(paper: Paper) -> bytes:
    """The paper as a PDF file. One is written at a time.

    Raises Unavailable('paper_queue_full' | 'paper_no_process' | 'paper_failed'), the last one when it took too long or
    could not be written.
    """
    plain = msgspec.to_builtins(paper, builtin_types=(bytes, datetime))
    del plain["images"], plain["at"]
    work = Work(plain, [_around(one) for one in paper.images], int(paper.at.timestamp()))
    found = await _DESK.run(
        "linjen.records.paper_process", msgspec.json.encode(work), wall_s=WALL_S, longest=LONGEST, waiting=MAX_WAITING
    )
    if found.code != 0 or not found.answer.startswith(b"%PDF-"):
        raise Unavailable("paper_failed")
    return found.answer
