"""Protocols and lexicon are read fast without reading anything else out of them."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from linjen.core.errors import Invalid
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.content.library import compile_files, make_ready
from linjen.triage.content.yaml_lines import line_of, read_yaml
from linjen.triage.own_words import matching
from linjen.triage.own_words.compiled import find_compiled, keep_compiled, key_of
from linjen.triage.own_words.likeness import Learned, Likeness, WordClasses, learn
from linjen.triage.own_words.slips import SHORTEST, Slips
from linjen.triage.own_words.words import is_near, read_lexicon_file
from tests.rules.lines import read_lines

listed_words = st.lists(st.text(alphabet="abå", min_size=SHORTEST, max_size=10), min_size=1, max_size=8)
many = settings(max_examples=500, deadline=None)


@st.composite
def lists_and_words(draw: st.DrawFn) -> tuple[list[str], str]:
    """Words, and a word that is one of them or its beginning with up to two slips, perhaps with more behind."""
    listed = draw(listed_words)
    word = draw(st.sampled_from(listed))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(word) - 1))
        letter = draw(st.sampled_from("abå"))
        word = draw(
            st.sampled_from([
                word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            ])
        )  # fmt: skip
    return listed, word + draw(st.text(alphabet="abå", max_size=3))


def slips_of(listed: list[str]) -> Slips:
    """The words, each under its place in the list."""
    slips = Slips()
    for number, word in enumerate(listed):
        slips.add(word, number)
    return slips


@many
@given(lists_and_words())
def test_a_slip_is_found_exactly_where_comparing_with_every_word_finds_it(case: tuple[list[str], str]) -> None:
    listed, word = case
    near = {at for at, one in enumerate(listed) if one[0] == word[0] and is_near(one, word)}
    assert slips_of(listed).whole(word) == near


@many
@given(lists_and_words())
def test_a_beginning_is_found_exactly_where_comparing_with_every_word_finds_it(case: tuple[list[str], str]) -> None:
    listed, word = case
    heads = [word[:end] for end in range(SHORTEST, len(word) + 1)]
    found = {
        at
        for at, one in enumerate(listed)
        if one in heads or (len(one) > 6 and one[0] == word[0] and any(is_near(one, head) for head in heads))
    }
    assert slips_of(listed).beginnings(word) == found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_protocol_file_is_read_as_yaml_reads_it(path: Path) -> None:
    raw = path.read_bytes()
    content, lines = read_yaml(raw)
    assert content == yaml.load(raw, yaml.CSafeLoader)
    text = raw.decode().splitlines()
    assert text[line_of(lines, "$.kind") - 1].startswith("kind:")
    assert all(text[line - 1].strip() for line in lines.values())


@pytest.mark.parametrize(
    "value", ["1", "2.5", "yes", "no", "~", "''", "null", "0x1f", "010", "1_0", "-", "'1'", "nej tack"]
)
def test_a_value_has_the_type_that_yaml_gives_it(value: str) -> None:
    raw = f"a: {value}\nb: [{value}]\n".encode() if value != "-" else b"a: -"
    try:
        wanted = yaml.load(raw, yaml.CSafeLoader)
    except yaml.YAMLError:
        with pytest.raises(Invalid):
            read_yaml(raw)
    else:
        assert read_yaml(raw)[0] == wanted


@pytest.mark.parametrize(
    ("raw", "line", "why"),
    [
        (b"a: 1\nb: *a", 2, "aliases"),
        (b"a: 1\n\na: 2", 3, "written twice"),
        (b"a: !own 1", 1, "own"),
        (b"a: 1\n--- \nb: 2", 2, "second document"),
        (b"a: 1\n? [b]\n: 2", 2, "a key"),
        (b"a:\n  b: 2026-02-30", 2, "cannot be read"),
        (b"[" * 400 + b"]" * 400, 1, "nested deeper"),
        (b"a: [1, 2", 2, "did not find"),
        (b"a: \xff", 1, "UTF-8"),
    ],
)
def test_what_is_no_protocol_is_refused_with_its_line(raw: bytes, line: int, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_yaml(raw)
    assert (refused.value.reason, refused.value.detail["line"]) == ("bad_yaml", line)
    assert why in str(refused.value.detail["why"])


def test_what_was_worked_out_is_found_under_its_key_alone(tmp_path: Path) -> None:
    folder = tmp_path / "compiled"
    key = key_of([b"one", b"two"])
    assert find_compiled("x", key, folder) is None
    keep_compiled("x", key, b"payload", folder)
    assert find_compiled("x", key, folder) == b"payload"
    assert find_compiled("x", key_of([b"onetwo"]), folder) is None
    assert len(list(folder.iterdir())) == 1
    keep_compiled("x", key, b"another", folder)
    assert find_compiled("x", key, folder) == b"another"


def test_of_many_versions_those_used_last_are_kept(tmp_path: Path) -> None:
    keys = [key_of([bytes([number])]) for number in range(9)]
    for at, key in enumerate(keys):
        keep_compiled("x", key, b"payload", tmp_path)
        for path in tmp_path.iterdir():
            os.utime(path, (at, min(at, path.stat().st_mtime)))
        assert find_compiled("x", keys[0], tmp_path) == b"payload", "it is in use"
    kept = [number for number, key in enumerate(keys) if find_compiled("x", key, tmp_path)]
    assert kept == [0, 4, 5, 6, 7, 8]


def test_what_is_harmed_or_open_to_others_is_not_relied_on(tmp_path: Path) -> None:
    key = key_of([b"one"])
    keep_compiled("x", key, b"payload", tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"X")
    assert find_compiled("x", key, tmp_path) is None
    path.write_bytes(whole[:20])
    assert find_compiled("x", key, tmp_path) is None
    path.write_bytes(whole)
    path.chmod(0o666)
    assert find_compiled("x", key, tmp_path) is None
    path.chmod(0o600)
    assert find_compiled("x", key, tmp_path) == b"payload"


def test_where_nothing_may_be_written_nothing_happens(tmp_path: Path) -> None:
    occupied = tmp_path / "compiled"
    occupied.write_text("no folder")
    keep_compiled("x", key_of([]), b"payload", occupied)
    assert occupied.read_text() == "no folder"
    assert find_compiled("x", key_of([]), occupied) is None


def test_likeness_from_what_was_kept_is_the_likeness_that_was_worked_out() -> None:
    classes = WordClasses(read_lexicon_file("concepts.yaml"))
    learned = learn(list(matching.reason_phrases())[::5], classes)
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(learned), type=Learned)
    fresh, stored = Likeness(learned, classes), Likeness(kept, classes)
    for line in read_lines("openings"):
        assert fresh.scores(line["text"]) == stored.scores(line["text"])


def test_a_start_without_anything_kept_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [line["text"] for line in read_lines("openings")][:40]
    before = [matching.match_reasons(text) for text in texts]
    monkeypatch.setattr(matching, "find_compiled", lambda name, key: find_compiled(name, key, tmp_path))
    monkeypatch.setattr(matching, "keep_compiled", lambda name, key, data: keep_compiled(name, key, data, tmp_path))
    asked: list[Iterable[tuple[str, str]]] = []
    once = functools.cache(lambda classes: learn(asked[0], classes))  # it takes ten seconds

    def learn_again(phrases: Iterable[tuple[str, str]], classes: WordClasses) -> Learned:
        asked.append(phrases)
        return once(classes)

    monkeypatch.setattr(matching, "learn", learn_again)
    for _ in ("worked out", "found again"):
        matching._likeness.cache_clear()
        assert [matching.match_reasons(text) for text in texts] == before
        (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"garbage")
    matching._likeness.cache_clear()
    assert [matching.match_reasons(text) for text in texts] == before
    assert len(asked) == 2, "at first, and when what was kept was harmed"


def test_what_is_made_ready_keeps_nobody_waiting_at_its_first_text(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    def find(name: str, key: bytes) -> bytes | None:
        looked.append(name)
        return find_compiled(name, key)

    files = files_in(FOLDER)
    files["halsont.yaml"] = files["halsont.yaml"].replace(b"name: Halsont", b"name: Ont i provhalsen")
    monkeypatch.setattr(matching, "find_compiled", find)
    protocols = make_ready(compile_files(files))
    assert looked == ["likeness"], "what the phrases of this version teach is at hand"
    protocols.read("Jag har ont i halsen och det gör ont att svälja")
    assert looked == ["likeness"], "a text works nothing out"
