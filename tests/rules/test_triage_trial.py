"""What a change does: vignettes that ship are read, held with two versions and compared; parts of files are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from linjen.core.errors import Invalid, NotFound
from linjen.triage.content.file_parts import Where, find_part, place_of, with_part, without_part
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.content.library import compile_files, load
from linjen.triage.content.part_fields import fields_of
from linjen.triage.content.vignettes import all_vignettes, vignettes_of
from linjen.triage.content.yaml_lines import read_yaml
from linjen.triage.trials.trial import Readings, changed_reasons, concerned, difference_of, hold

FILES = files_in(FOLDER)
HALSONT = read_yaml(FILES["halsont.yaml"])[0]


def _with(file: str, old: str, new: str) -> dict[str, bytes]:
    text = FILES[file].decode()
    assert old in text
    return FILES | {file: text.replace(old, new).encode()}


def test_every_vignette_that_ships_is_read_and_known_by_its_whole_id() -> None:
    found = all_vignettes()
    assert len(found) > 700
    assert found["halsont.cellgifter"].urgency == (1, 2)
    assert {one.reason for one in found.values()} == set(load().reasons)
    assert vignettes_of("no_such_reason") == ()


def test_a_faulty_vignette_file_is_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "halsont.yaml").write_text("reason: halsont\nvignettes:\n  - id: x\n", encoding="utf-8")
    with pytest.raises(Invalid, match="bad_vignette") as wrong:
        vignettes_of("halsont", tmp_path)
    assert wrong.value.detail["file"] == "halsont.yaml"


def test_a_change_shows_in_the_vignettes_that_it_concerns() -> None:
    before, after = load(), compile_files(_with("halsont.yaml", "  level: 5\n", "  level: 3\n"))
    one = all_vignettes()["halsont.forkyld_vuxen"]
    found = difference_of(one, hold(before, one, chosen=True), hold(after, one, chosen=True), chosen=True)
    assert found is not None
    assert (found.before.level, found.after.level) == (5, 3)
    assert (found.was_accepted, found.is_accepted, found.is_milder) == (True, False, False)
    assert difference_of(one, hold(before, one, chosen=True), hold(before, one, chosen=True), chosen=True) is None
    ids = concerned(Readings(), [before, after], ["halsont"])
    assert {"halsont.forkyld_vuxen", "halsont.halsboeld"} <= set(ids)
    assert "fotvarta" not in ids
    assert len(ids) < 150


def test_remembering_a_version_changes_nothing_of_what_it_comes_to() -> None:
    readings, protocols = Readings(), load()
    again = readings.remembering(protocols)
    for id in list(all_vignettes())[::60]:
        one = all_vignettes()[id]
        assert hold(protocols, one, chosen=False) == hold(again, one, chosen=False) == hold(again, one, chosen=False)


def test_which_reasons_a_change_is_about() -> None:
    assert changed_reasons(FILES, FILES) == set()
    assert changed_reasons(FILES, _with("halsont.yaml", "level: 5", "level: 4")) == {"halsont"}
    assert changed_reasons(FILES, _with("general.yaml", "release: 0.1.0", "release: 0.2.0")) == set()
    assert changed_reasons(FILES, _with("general.yaml", "Var det här", "Är det här") if b"Var det h" in FILES[
        "general.yaml"] else FILES | {"general.yaml": FILES["general.yaml"] + b"\nx: 1\n"}) is None  # fmt: skip
    assert changed_reasons(FILES, FILES | {"halsont.yaml": b"["}) == {"halsont"}
    gone = {name: raw for name, raw in FILES.items() if name != "hosta.yaml"}
    assert changed_reasons(FILES, gone) == {"hosta"}


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_part_of_every_file_is_found_and_can_be_put_back_unchanged(name: str) -> None:
    content = read_yaml(FILES[name])[0]
    wheres = [Where("about")] + [Where("asked")] * (content["kind"] == "reason")
    for listed in ("rules", "questions", "form", "care", "always", "compass", "floors"):
        items = enumerate(content.get(listed, []), start=1)
        wheres += [Where(listed, str(one.get("id") or one.get("code") or number)) for number, one in items]
    wheres += [Where("pages", page["id"]) for screen in content.get("screens", []) for page in screen["pages"]]
    wheres += [Where("codes", code) for code in list(content.get("codes", {}))[:20]]
    for where in wheres:
        part = find_part(content, where)
        names = {field.name for field in fields_of(content["kind"], where)}
        assert set(part) <= names | {"phones"}, where
        assert with_part(content, where, part) == content, where
        assert place_of(content, where)


def test_a_field_left_out_is_taken_away_and_one_unknown_to_the_form_stays() -> None:
    strange = {**HALSONT, "rules": [{**HALSONT["rules"][0], "later": "nytt"}, *HALSONT["rules"][1:]]}
    where = Where("rules", HALSONT["rules"][0]["id"])
    new = with_part(strange, where, {"why": "Ny", "source": None})
    assert new["rules"][0] == {**strange["rules"][0], "why": "Ny"}
    assert without_part(strange, where)["rules"] == HALSONT["rules"][1:]
    assert strange["rules"][0]["why"] != "Ny", "what was given is not changed"


@pytest.mark.parametrize("where", [Where("nonsense"), Where("rules", "none"), Where("rules"), Where("about", "x")])
def test_what_is_no_part_is_not_found(where: Where) -> None:
    with pytest.raises(NotFound):
        find_part(HALSONT, where)
        fields_of("reason", where)
