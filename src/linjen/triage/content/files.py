"""Protocol files as they are read: bytes from a folder or a release, their shapes and places, and their stamp."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.content.shape import SHAPES, AnyFile, GeneralFile
from linjen.triage.content.yaml_lines import Lines, line_of, read_yaml
from linjen.triage.vocabulary import FINDINGS_FILE, REASONS_FILE

FOLDER = Path(__file__).parents[1] / "protocols"


@dataclass(frozen=True)
class Loaded:
    """One file as read: its name, its shape, the line of every place, and its bytes with plain line ends."""

    name: str
    file: AnyFile
    lines: Lines
    raw: bytes

    def line(self, place: str) -> int:
        """The line of a place such as `$.rules[0].if`."""
        return line_of(self.lines, place)


def read_one(name: str, raw: bytes) -> Loaded:
    """Read one protocol file from its bytes. Raises Invalid("bad_protocol") with `file`, `line` and `why`."""
    try:
        data, lines = read_yaml(raw)
    except Invalid as wrong:
        line, why = wrong.detail["line"], wrong.detail["why"]
        raise Invalid("bad_protocol", file=name, line=line, why=why) from None
    kind = data.get("kind") if isinstance(data, dict) else None
    shape = SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        why = f"kind must be one of {', '.join(SHAPES)}"
        raise Invalid("bad_protocol", file=name, line=line_of(lines, "$.kind"), why=why)
    try:
        file = msgspec.convert(data, shape)
    except msgspec.ValidationError as wrong:
        why, _, place = str(wrong).partition(" - at `")
        place = place.rstrip("`") or "$"
        if (unknown := re.search(r"unknown field `(.+)`", why)) and f"{place}.{unknown[1]}" in lines:
            place = f"{place}.{unknown[1]}"
        where = f"{place.removeprefix('$.')}: " if place != "$" else ""
        raise Invalid("bad_protocol", file=name, line=line_of(lines, place), why=where + why) from None
    return Loaded(name, file, lines, raw.replace(b"\r\n", b"\n"))


def files_in(folder: Path) -> dict[str, bytes]:
    """The bytes of every `*.yaml` of a folder, in name order."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml")) if path.is_file()}


def read_files(files: Mapping[str, bytes]) -> list[Loaded]:
    """Read every file in name order, wherever the bytes are from. Raises like `read_one` at the first fault."""
    return [read_one(name, raw) for name, raw in sorted(files.items())]


def read_folder(folder: Path) -> list[Loaded]:
    """As `read_files` for a folder's."""
    return read_files(files_in(folder))


def digest_of(files: Iterable[tuple[str, bytes]]) -> str:
    """The first twelve hex digits of the SHA-256 of all content: files (name and bytes) by name, both vocabularies."""
    digest = hashlib.sha256()
    for path in (FINDINGS_FILE, REASONS_FILE):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    for name, raw in sorted(files):
        digest.update(f"\n{name}\n".encode())
        digest.update(raw.replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def stamp_of(files: Mapping[str, bytes]) -> str:
    """The stamp that these files get when they are compiled; without a readable general.yaml its hash alone."""
    try:
        general = read_one("general.yaml", files.get("general.yaml", b"")).file
    except Invalid:
        general = None
    name = f"{general.name}@{general.release}" if isinstance(general, GeneralFile) else ""
    return f"{name}+{digest_of(files.items())}"
