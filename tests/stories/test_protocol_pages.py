"""Every protocol as a clinician reads it, against what it said last time: a change of content or page is seen as words.

LINJEN_WRITE_PAGES=1 writes tests/stories/protocol_pages anew; read what has changed.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

from linjen.triage.content.library import load
from tests.region import Region

FOLDER = Path(__file__).with_name("protocol_pages")
_LONG = 700  # characters: the phrases that lead to a reason have files of their own
_BREAK = re.compile(r"</(?:h[1-6]|p|li|dt|dd|tr|summary|caption|legend)>|<br")


def lines_of(page: str) -> str:
    """What the main part of a page says, a line for each heading, sentence and row."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0].split(">", 1)[1]
    text = html.unescape(re.sub(r"<[^>]+>", " ", _BREAK.sub("\n<", main)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line if len(line) < _LONG else f"{line[:_LONG]} …" for line in lines if line) + "\n"


async def test_every_protocol_reads_as_it_did(region: Region) -> None:
    eva, seen = await region.staff("eva"), {}
    for reason in load().reasons:
        answer = await eva.get(f"/manage/triage/shipped/files/{reason}")
        assert answer.status_code == 200, reason
        # The version's name holds the hash of all files together: one change would alter every page.
        seen[reason] = re.sub(r"\+[0-9a-f]{12}", "", lines_of(answer.text))
    if os.environ.get("LINJEN_WRITE_PAGES"):
        FOLDER.mkdir(exist_ok=True)
        for reason, text in seen.items():
            (FOLDER / f"{reason}.txt").write_text(text, "utf-8")
    kept = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.txt")}
    assert kept.keys() == seen.keys()
    other = [reason for reason, text in seen.items() if kept[reason] != text]
    assert not other, f"changed, so read them and write them anew: {other}"
