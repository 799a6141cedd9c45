"""Vinjetter: invented patients beside each contact reason, with the levels that are accepted; read when first needed.

They belong to the program and not to a version: what a change does to them is seen by holding the same ones twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.content.yaml_lines import read_yaml
from linjen.triage.state import Sex, Value, Writer

FOLDER = Path(__file__).parents[1] / "vignettes"


class ReasonVignette(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One invented patient. `facts` is what is true of her, `urgency` the levels 1-5 that are accepted."""

    id: str
    text: str
    age_years: float
    sex: Sex
    facts: dict[str, Value]
    urgency: tuple[int, ...]
    writer: Writer = "self"
    reason: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: str
    vignettes: list[ReasonVignette]


@cache
def vignettes_of(reason: str, folder: Path = FOLDER) -> tuple[ReasonVignette, ...]:
    """The vignettes of a contact reason, their ids made whole ("halsont.cellgifter"); none for one without a file.

    Raises Invalid("bad_vignette") with `file` and `why`.
    """
    path = folder / f"{reason}.yaml"
    if not path.exists():
        return ()
    try:
        file = msgspec.convert(read_yaml(path.read_bytes())[0], _File)
    except (Invalid, msgspec.ValidationError) as wrong:
        raise Invalid("bad_vignette", file=path.name, why=str(wrong)) from wrong
    return tuple(msgspec.structs.replace(one, reason=reason, id=f"{reason}.{one.id}") for one in file.vignettes)


@cache
def all_vignettes(folder: Path = FOLDER) -> Mapping[str, ReasonVignette]:
    """Every vignette by its whole id, in the order of the files' names."""
    return {one.id: one for path in sorted(folder.glob("*.yaml")) for one in vignettes_of(path.stem, folder)}
