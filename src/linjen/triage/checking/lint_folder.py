"""A folder of protocol files checked as a folder: what is no file, which contact reasons lack one, which vignettes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from linjen.core.errors import Invalid
from linjen.triage.checking.lint import check
from linjen.triage.checking.lint_file import Problem
from linjen.triage.content.files import FOLDER, Loaded, files_in, read_one
from linjen.triage.content.shape import GeneralFile, ReasonFile
from linjen.triage.vocabulary import vocabulary


def check_folder(folder: Path) -> list[Problem]:
    """As `check`, and what is seen of the folder alone; ordered by file and line."""
    return sorted({*check(folder), *_no_files(folder), *_missing(folder)})


def coverage(folder: Path) -> str:
    """How many of the vocabulary's contact reasons have a readable protocol in the folder, as a line to print."""
    reasons = vocabulary().reasons
    have = len(reasons) - len(without_protocol(_readable(folder)))
    return f"{have} of {len(reasons)} contact reasons have a protocol of their own"


def vignettes_beside(folder: Path) -> Path | None:
    """The folder of vignettes that belongs to a folder of protocols: within it, or beside it; None without one."""
    for found in (folder / "vignettes", folder.resolve().parent / "vignettes"):
        if any(path.is_file() for path in found.glob("*.yaml")):
            return found
    return None


def without_protocol(files: list[Loaded]) -> list[str]:
    """The contact reasons of the vocabulary that no file is about, in its order."""
    have = {loaded.file.id for loaded in files if isinstance(loaded.file, ReasonFile)}
    return [reason for reason in vocabulary().reasons if reason not in have]


def _no_files(folder: Path) -> Iterator[Problem]:
    for path in folder.glob("*.yaml"):
        if not path.is_file():
            yield Problem(path.name, 1, "a name that ends in .yaml, but no file")


def _missing(folder: Path) -> Iterator[Problem]:
    """Only the content that ships covers every reason; a region's own may leave some to the general protocol."""
    files = _readable(folder)
    if folder.resolve() == FOLDER or _name(files) == _name(_readable(FOLDER)):
        for reason in without_protocol(files):
            yield Problem(f"{reason}.yaml", 1, f"the contact reason {reason} has no protocol")


def _name(files: list[Loaded]) -> str:
    return next((loaded.file.name for loaded in files if isinstance(loaded.file, GeneralFile)), "")


def _readable(folder: Path) -> list[Loaded]:
    """The files that can be read; those that cannot are faults of their own."""
    files = []
    for name, raw in files_in(folder).items():
        try:
            files.append(read_one(name, raw))
        except Invalid:
            continue
    return files
