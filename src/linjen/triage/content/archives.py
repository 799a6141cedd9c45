"""A set of protocol files as one zip and back, byte for byte; what is too large or no protocol file is refused."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping

from linjen.core.errors import Invalid
from linjen.triage.content.yaml_lines import MAX_BYTES

MOST_FILES = 500
MOST_BYTES = 20_000_000  # of all files together; the content that ships has less than one
MOST_ARCHIVE_BYTES = 5_000_000
_NAME = re.compile(r"[a-z0-9_]{1,80}\.yaml")
_ENCRYPTED = 0x1
_AT = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive, whenever it is made
_LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|\._|Thumbs\.db$)")  # what desktops put into every archive


def checked_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files in name order. Raises Invalid as `read_archive` does for what a set of files may not hold."""
    if not files:
        raise Invalid("archive_empty", "archive")
    if len(files) > MOST_FILES:
        raise Invalid("archive_too_many_files", "archive", most=MOST_FILES)
    for name, raw in files.items():
        if not _NAME.fullmatch(name):
            raise Invalid("archive_file_name", "archive", file=name)
        if len(raw) > MAX_BYTES:
            raise Invalid("archive_file_too_large", "archive", file=name, most=MAX_BYTES)
    if sum(map(len, files.values())) > MOST_BYTES:
        raise Invalid("archive_too_large", "archive", most=MOST_BYTES)
    return dict(sorted(files.items()))


def sha256_of(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of names, lengths and bytes in name order, as hex: what a release is known by."""
    digest = hashlib.sha256()
    for name, raw in sorted(files.items()):
        digest.update(f"{name} {len(raw)}\n".encode())
        digest.update(raw)
    return digest.hexdigest()


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip; the same files give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in sorted(files.items()):
            info = zipfile.ZipInfo(name, _AT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, raw)
    return held.getvalue()


def read_archive(raw: bytes) -> dict[str, bytes]:
    """The files of a zip, file name to bytes; they may lie in one folder, as desktops pack them.

    Nothing is unpacked to disk, and no more is unpacked than may be kept. Raises Invalid with `file` where one is
    meant: archive_too_large, archive_unreadable, archive_encrypted, archive_path (absolute, upwards, in several
    folders, or no ordinary file), archive_twice, archive_file_name, archive_file_too_large, archive_too_many_files,
    archive_empty.
    """
    if len(raw) > MOST_ARCHIVE_BYTES:
        raise Invalid("archive_too_large", "archive", most=MOST_ARCHIVE_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            listed = [info for info in archive.infolist() if not info.is_dir() and not _LITTER.search(info.filename)]
            return checked_files(_unpacked(archive, _named(listed)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError):
        raise Invalid("archive_unreadable", "archive") from None


def _named(listed: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The entries by file name, without the one folder that they may share."""
    if len(listed) > MOST_FILES:
        raise Invalid("archive_too_many_files", "archive", most=MOST_FILES)
    for info in listed:
        kind = stat.S_IFMT(info.external_attr >> 16)
        parts = info.filename.split("/")
        strange = {"", ".", ".."} & set(parts) or "\\" in info.filename or ":" in info.filename or len(parts) > 2
        if strange or kind not in {0, stat.S_IFREG}:
            raise Invalid("archive_path", "archive", file=info.filename[:200])
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Invalid("archive_unreadable", "archive")
        if info.flag_bits & _ENCRYPTED:
            raise Invalid("archive_encrypted", "archive", file=info.filename[:200])
    if len({info.filename.rpartition("/")[0] for info in listed}) > 1:
        raise Invalid("archive_path", "archive", file=listed[-1].filename[:200])
    named: dict[str, zipfile.ZipInfo] = {}
    for info in listed:
        name = info.filename.rpartition("/")[2]
        if name in named:
            raise Invalid("archive_twice", "archive", file=name[:200])
        named[name] = info
    return named


def _unpacked(archive: zipfile.ZipFile, named: Mapping[str, zipfile.ZipInfo]) -> dict[str, bytes]:
    """What the entries hold, read no further than what may be kept: the sizes an archive tells are not believed."""
    found: dict[str, bytes] = {}
    total = 0
    for name, info in named.items():
        with archive.open(info) as file:
            found[name] = file.read(MAX_BYTES + 1)
        total += len(found[name])
        if len(found[name]) > MAX_BYTES:
            raise Invalid("archive_file_too_large", "archive", file=name[:200], most=MAX_BYTES)
        if total > MOST_BYTES:
            raise Invalid("archive_too_large", "archive", most=MOST_BYTES)
    return found
