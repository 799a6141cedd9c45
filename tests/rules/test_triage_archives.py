"""Protocol files as a zip: byte for byte there and back, and nothing of what an archive must not hold."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linjen.core.errors import Invalid
from linjen.triage.content.archives import MOST_ARCHIVE_BYTES, MOST_FILES, read_archive, sha256_of, write_archive
from linjen.triage.content.files import FOLDER, files_in

_NAMES = st.from_regex(r"[a-z0-9_]{1,20}\.yaml", fullmatch=True)


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """An archive with these entries, whatever they are called."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in entries:
            archive.writestr(name, raw)
    return held.getvalue()


def why_not(raw: bytes) -> str:
    """The reason for which an archive is refused."""
    with pytest.raises(Invalid) as refused:
        read_archive(raw)
    return refused.value.reason


@given(st.dictionaries(_NAMES, st.binary(max_size=300), min_size=1, max_size=6))
def test_any_files_come_back_byte_for_byte_and_the_same_files_give_the_same_archive(files: dict[str, bytes]) -> None:
    raw = write_archive(files)
    assert read_archive(raw) == files
    assert write_archive(dict(reversed(files.items()))) == raw


def test_what_ships_comes_back_and_has_another_hash_when_a_byte_is_changed() -> None:
    files = files_in(FOLDER)
    back = read_archive(write_archive(files))
    assert back == files
    assert list(back) == sorted(files)
    assert sha256_of(back) == sha256_of(files)
    assert sha256_of(back | {"hosta.yaml": files["hosta.yaml"] + b" "}) != sha256_of(files)
    assert sha256_of({"a.yaml": b"b.yaml 1\nx"}) != sha256_of({"a.yaml": b"", "b.yaml": b"x"})


def test_a_folder_packed_on_a_desktop_is_read_without_its_litter() -> None:
    raw = zipped(
        ("protokoll/", b""), ("protokoll/hosta.yaml", b"a"), ("protokoll/.DS_Store", b"x"),
        ("__MACOSX/protokoll/._hosta.yaml", b"x"), ("protokoll/risk.yaml", b"b\r\n"),
    )  # fmt: skip
    assert read_archive(raw) == {"hosta.yaml": b"a", "risk.yaml": b"b\r\n"}


@pytest.mark.parametrize(
    "name",
    ["../hosta.yaml", "/etc/hosta.yaml", "a/../hosta.yaml", "a\\hosta.yaml", "c:hosta.yaml", "a/b/hosta.yaml",
     "./hosta.yaml", "//hosta.yaml"],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(name: str) -> None:
    info = zipfile.ZipInfo("x.yaml")
    info.filename = name
    assert why_not(zipped((info, b"a"))) == "archive_path"


def test_a_link_and_files_of_two_folders_are_refused() -> None:
    link = zipfile.ZipInfo("hosta.yaml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert why_not(zipped((link, b"/etc/passwd"))) == "archive_path"
    assert why_not(zipped(("a/hosta.yaml", b"a"), ("b/risk.yaml", b"b"))) == "archive_path"
    assert why_not(zipped(("hosta.yaml", b"a"), ("b/risk.yaml", b"b"))) == "archive_path"


def test_what_is_no_protocol_file_is_refused_rather_than_lost() -> None:
    for name in ("README.md", "Hosta.yaml", "hosta.yml", "halsont åäö.yaml", ".yaml"):
        assert why_not(zipped((name, b"a"))) == "archive_file_name", name
    assert why_not(zipped()) == "archive_empty"


def test_a_bomb_is_opened_no_further_than_the_limit() -> None:
    assert why_not(zipped(("hosta.yaml", b"0" * 1_000_001))) == "archive_file_too_large"
    lying = bytearray(zipped(("hosta.yaml", b"0" * 3_000_000)))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):  # the sizes that the archive tells
        place = lying.index(mark) + at
        lying[place : place + 4] = (10).to_bytes(4, "little")
    assert why_not(bytes(lying)) in {"archive_file_too_large", "archive_unreadable"}
    many = zipped(*((f"f{number}.yaml", b"0" * 1_000_000) for number in range(21)))
    assert why_not(many) == "archive_too_large"
    assert why_not(zipped(*((f"f{number}.yaml", b"") for number in range(MOST_FILES + 1)))) == "archive_too_many_files"
    assert why_not(b"0" * (MOST_ARCHIVE_BYTES + 1)) == "archive_too_large"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused() -> None:
    assert why_not(zipped(("hosta.yaml", b"a"), ("hosta.yaml", b"b"))) == "archive_twice"


def test_what_cannot_be_read_is_refused() -> None:
    good = zipped(("hosta.yaml", b"abc" * 100))
    assert why_not(b"") == "archive_unreadable"
    assert why_not(b"kind: reason") == "archive_unreadable"
    assert why_not(good[:-30]) == "archive_unreadable"
    broken = bytearray(good)
    broken[45] ^= 0xFF
    assert why_not(bytes(broken)) == "archive_unreadable"
    locked = bytearray(good)
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        locked[locked.index(mark) + at] |= 1
    assert why_not(bytes(locked)) == "archive_encrypted"


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 255))
def test_no_bytes_lead_to_anything_but_files_or_a_named_refusal(noise: bytes, at: int, byte: int) -> None:
    spoilt = bytearray(zipped(("a.yaml", b"kind: reason\n" * 9), ("b.yaml", noise)))
    spoilt[at % len(spoilt)] = byte
    for raw in (noise, bytes(spoilt)):
        try:
            read_archive(raw)
        except Invalid as refused:
            assert refused.reason.startswith("archive_")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_the_usual_ways_of_packing_are_read(method: int) -> None:
    """The others are seldom met, and harmed data fails in ways of their own."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        archive.writestr("halsont.yaml", b"x" * 1000)
    with pytest.raises(Invalid, match="archive_unreadable"):
        read_archive(held.getvalue())
