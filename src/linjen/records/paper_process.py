"""The short-lived process that writes one paper as a tagged PDF.

Started as `python -I -m linjen.records.paper_process` by `records/paper.py`: the paper comes on standard input, the
file goes to standard output. It has little memory and time, and neither files nor network. Signs that none of the fonts
has are written as their number, and told at the end of the paper, so that no word is lost in silence.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

MEMORY_BYTES = 3 << 30
CPU_S = 20
WALL_S = 20
STANDARD: Final = "ua-1"
#: Up to here every sign is in the fonts; a test writes them all.
_ALWAYS = 0x17F
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}|\\(.)")
#: A sign may be followed by what changes its look; without the sign that is nothing.
_CHANGES_LOOK = "\u200d\ufe0e\ufe0f"
_TRIES = 4
_MOST_TOLD = 200

_PROBE = b"""#set document(title: "x")
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))
#for sign in sys.inputs.signs.split("\\n") { par(sign) }"""


def confine() -> None:
    """Give up, for good, what writing does not need. Called before the first byte of the paper is read."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in limits.items():
        resource.setrlimit(kind, (value, value))
    signal.setitimer(signal.ITIMER_REAL, WALL_S)


def _write(fonts: typst.Fonts, source: bytes, inputs: dict[str, str], at_s: int = 0) -> bytes:
    compiler = typst.Compiler(source, font_paths=fonts, ignore_system_fonts=True, sys_inputs=inputs)
    written = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=at_s)
    assert isinstance(written, bytes)  # noqa: S101 - one file was asked for; tells the type checker
    return written


def _signs(value: Any) -> Counter[str]:
    """Each unusual sign of the paper's words, with how often it stands there."""
    if isinstance(value, str):
        return Counter(sign for sign in value if ord(sign) > _ALWAYS or (ord(sign) < 0x20 and sign not in "\n\t"))
    found: Counter[str] = Counter()
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        found += _signs(one)
    return found


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


def find_unshown(fonts: typst.Fonts, signs: set[str]) -> set[str]:
    """Those of `signs` that no font has, as the writer itself says; all of them when it cannot be understood."""
    unshown: set[str] = {sign for sign in signs if unicodedata.category(sign) in {"Cc", "Co", "Cn", "Cs"}}
    for _ in range(_TRIES):
        left = signs - unshown
        if not left:
            return unshown
        try:
            _write(fonts, _PROBE, {"signs": "\n".join(sorted(left))})
        except typst.TypstError as error:
            told = {sign for found in _MISSING.findall(error.diagnostic) for sign in _unescaped(found)} & left
            if not told:
                return signs
            unshown |= told
        else:
            return unshown
    return signs


def legible(value: Any, unshown: set[str]) -> Any:
    """The paper with each sign that cannot be shown as its number."""
    if isinstance(value, dict):
        return {key: legible(one, unshown) for key, one in value.items()}
    if isinstance(value, list):
        return [legible(one, unshown) for one in value]
    if not isinstance(value, str) or not unshown.intersection(value):
        return value
    pieces: list[str] = []
    for at, sign in enumerate(value):
        if sign in unshown:
            pieces.append(f"[U+{ord(sign):04X}]")
        elif sign not in _CHANGES_LOOK or at == 0 or value[at - 1] not in unshown:
            pieces.append(sign)
    return "".join(pieces)


def _told(paper: dict[str, Any], signs: Counter[str], unshown: set[str]) -> dict[str, Any]:
    """A last section that says which signs are written as numbers."""
    lines = [
        f"U+{ord(sign):04X}: {unicodedata.name(sign, '?').lower()} ({signs[sign]})"
        for sign in sorted(unshown)[:_MOST_TOLD]
    ]
    parts = [{"kind": "text", "text": paper["unshown_text"]}, {"kind": "list", "lines": lines}]
    return {**paper, "sections": [*paper["sections"], {"title": paper["unshown"], "parts": parts}]}


def write(fonts: typst.Fonts, template: bytes, work: dict[str, Any]) -> bytes:
    """The file of one paper."""
    paper, signs = work["paper"], _signs(work["paper"])
    unshown = find_unshown(fonts, set(signs))
    if unshown:
        paper = _told(legible(paper, unshown), signs, unshown)
    inputs = {f"picture{number}": svg for number, svg in enumerate(work["pictures"])}
    inputs["paper"] = msgspec.json.encode(paper).decode()
    return _write(fonts, template, inputs, work["at_s"])


def main() -> None:
    """Read, write, answer."""
    os.environ["RAYON_NUM_THREADS"] = "1"  # one core, and no memory set aside for threads
    template = Path(__file__).with_name("paper.typ").read_bytes()
    fonts = typst.Fonts(include_system_fonts=False)
    _write(fonts, _PROBE, {"signs": "x"})  # the threads and tables that it needs are there before it is confined
    confine()
    work = msgspec.json.decode(sys.stdin.buffer.read())
    sys.stdout.buffer.write(write(fonts, template, work))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
