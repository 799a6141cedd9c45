"""Which keys and algorithms an id-token may lean on, without any provider."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linjen.core.errors import Refused
from linjen.integrations import siths_token

Claims = dict[str, Any]


def _part(data: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def test_symmetric_algorithms_stay_out_even_when_announced() -> None:
    token = f"{_part({'alg': 'HS256'})}.{_part({})}.AAAA"
    with pytest.raises(Refused) as caught:
        siths_token.read_header(token, ["HS256", "none", "RS256"])
    assert caught.value.detail == {"why": "alg"}


def test_an_algorithm_that_the_provider_has_not_announced() -> None:
    with pytest.raises(Refused) as caught:
        siths_token.read_header(f"{_part({'alg': 'ES256'})}.{_part({})}.AAAA", ["RS256"])
    assert caught.value.detail == {"why": "alg"}


@pytest.mark.parametrize(
    ("keys", "kid", "found"),
    [
        ([{"kty": "RSA", "kid": "a"}], "a", 0),
        ([{"kty": "RSA", "kid": "a"}], None, 0),
        ([{"kty": "RSA", "kid": "a"}], "b", None),
        ([{"kty": "RSA", "kid": "a"}, {"kty": "RSA", "kid": "b"}], None, None),
        ([{"kty": "oct", "kid": "a"}, {"kty": "RSA", "kid": "b", "use": "sig"}], None, 1),
        ([{"kty": "oct", "kid": "a"}], "a", None),
        ([{"kty": "RSA", "kid": "a", "use": "enc"}], "a", None),
        ([{"kty": "RSA", "kid": "a", "alg": "RS512"}], "a", None),
    ],
)
def test_which_published_key_counts(keys: list[Claims], kid: str | None, found: int | None) -> None:
    expected = None if found is None else keys[found]
    assert siths_token.find_key(keys, {"alg": "RS256"} | ({"kid": kid} if kid else {})) == expected


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}")))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_refusal_and_never_a_crash(text: str) -> None:
    with pytest.raises(Refused):
        siths_token.read_header(text, siths_token.ALGORITHMS)
