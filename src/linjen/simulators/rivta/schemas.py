"""Validators: the owners' schemas where a folder of them is given, our own grammar for the one that is not public."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from lxml import etree

from linjen.core.errors import Misconfigured
from linjen.simulators.rivta import listings, person_records

Check = Callable[[etree._Element], str]
"""What is wrong with an element, without its values; empty when nothing is."""


def checks(folder: Path | None) -> dict[str, Check]:
    """A check for each interaction. Without a folder, person data is not validated.

    Raises Misconfigured when the folder lacks a schema, so that a wrong path is not taken for success.
    """
    grammar = etree.fromstring(files("linjen.simulators.rivta").joinpath("listing.rng").read_bytes())
    found = {listings.NAME: _check(etree.RelaxNG(etree.ElementTree(grammar)))}
    if folder is not None:
        found[person_records.NAME] = _check(_schema(folder, "GetPersonsForProfileResponder_5.0.xsd"))
    return found


def _schema(folder: Path, name: str) -> etree.XMLSchema:
    paths = sorted(folder.rglob(name))
    if not paths:
        raise Misconfigured("schema_missing", setting="LINJEN_RIV_SCHEMAS", why=f"no {name} below it")
    return etree.XMLSchema(etree.parse(paths[0], etree.XMLParser(no_network=True)))


def _check(validator: etree.XMLSchema | etree.RelaxNG) -> Check:
    def what_is_wrong(element: etree._Element) -> str:
        # A copy of its own, because a validator looks at the whole document that an element stands in.
        if validator.validate(etree.ElementTree(etree.fromstring(etree.tostring(element)))):
            return ""
        errors: Any = validator.error_log  # iterable, which its type stubs do not say
        kinds = sorted({entry.type_name for entry in errors})
        return f"schema: {', '.join(kinds)}"

    return what_is_wrong
