"""The format of the protocol files only grows: what a region released with an older program is read by this one."""

from __future__ import annotations

from pathlib import Path

from linjen.triage import assess, begin, choose
from linjen.triage.content.archives import read_archive
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.content.library import compile_files
from linjen.triage.in_words.changes import find_changes
from tests.rules.resident import interviewed, knowing

FIRST = Path(__file__).with_name("data") / "first_release.zip"


def test_the_first_format_that_could_be_released_still_triages() -> None:
    """The files are those of the first version with releases, and never change. They name codes of that time."""
    protocols = compile_files(read_archive(FIRST.read_bytes()))
    assert protocols.stamp.startswith("linjen_exempel@0.1.0+")
    state = choose(protocols, begin(protocols, 31, "female", "self", "Jag har ont i halsen"), ["halsont"])
    found = assess(protocols, interviewed(protocols, state, knowing(protocols, {"ent.sore_throat": True})))
    assert found.complete
    assert found.urgency in {4, 5}
    assert protocols.reasons["recept"].file.form


def test_it_can_be_compared_with_what_ships_today() -> None:
    changes = find_changes(read_archive(FIRST.read_bytes()), files_in(FOLDER))
    assert {one.how for one in changes if one.file == "hosta.yaml"} == {"added"}
