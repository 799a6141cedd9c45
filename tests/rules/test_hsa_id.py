"""HSA-ids: one canonical spelling, everything else refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linjen.core.errors import Invalid
from linjen.core.hsa_id import parse_hsa_id


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("SE2321000099-ank1", "SE2321000099-ANK1"),
        (" se2321000099-E000000000001 ", "SE2321000099-E000000000001"),
        ("SE2321000099-A-B", "SE2321000099-A-B"),
        ("SE2321000099-" + "A" * 19, "SE2321000099-" + "A" * 19),
    ],
)
def test_canonical_spelling(text: str, canonical: str) -> None:
    assert parse_hsa_id(text) == canonical
    assert parse_hsa_id(canonical) == canonical


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "hsa_id_empty"),
        ("SE2321000099", "hsa_id_form"),
        ("SE2321000099-", "hsa_id_form"),
        ("SE2321000099-A-", "hsa_id_form"),
        ("SE232100009-A", "hsa_id_form"),
        ("NO2321000099-A", "hsa_id_form"),
        ("SE2321000099-Å", "hsa_id_form"),
        ("SE2321000099-ſ", "hsa_id_form"),
        ("SE2321000099-A B", "hsa_id_form"),
        ("SE2321000099-" + "A" * 20, "hsa_id_too_long"),
    ],
)
def test_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_hsa_id(text)
    assert (caught.value.reason, caught.value.field) == (reason, "hsa_id")


@given(st.text(max_size=40))
def test_any_text_is_canonical_or_refused(text: str) -> None:
    try:
        canonical = parse_hsa_id(text)
    except Invalid:
        return
    assert canonical.isascii()
    assert canonical == canonical.upper()
    assert len(canonical) <= 32
