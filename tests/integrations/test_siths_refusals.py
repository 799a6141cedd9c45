"""Staff sign-in refuses what is forged, replayed, stale or meant for somebody else: each with its own reason.

Tokens are altered on the line, or signed with the simulated provider's true key: one thing is wrong at a time.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from linjen.core import clock
from linjen.core.errors import LinjenError, Misconfigured, Refused, Unavailable
from linjen.integrations.http_line import Answer
from linjen.integrations.siths import Siths
from linjen.integrations.siths_provider import ProviderLine
from linjen.simulators.staff_idp import StaffIdp
from tests.integrations.siths_journeys import CLIENT_SECRET, REDIRECT_URI, Noting, begun, demo_provider, siths_client
from tests.lines import Said

Claims = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def idp(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StaffIdp]:
    async with demo_provider(tmp_path_factory.mktemp("staff")) as running:
        yield running


async def _refusal(idp: StaffIdp, alter: Callable[[Claims], Claims]) -> LinjenError:
    """What becomes of a sign-in whose token answer is altered on its way to us."""
    line = Noting()
    async with siths_client(idp.issuer, line) as siths:
        pending, params = await begun(siths)
        line.alter = alter
        with pytest.raises(LinjenError) as caught:
            await siths.finish(pending, params)
        return caught.value


def _resigned(idp: StaffIdp, change: Callable[[Claims], object]) -> Callable[[Claims], Claims]:
    """The same token with changed claims, truly signed by the provider."""

    def alter(answer: Claims) -> Claims:
        claims = _claims(answer["id_token"])
        change(claims)
        return answer | {"id_token": idp.provider.sign(claims)}

    return alter


def _claims(token: str) -> Claims:
    payload = token.split(".")[1]
    claims: Claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def _part(data: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def _now(**shift: int) -> int:
    return int((clock.now() + timedelta(**shift)).timestamp())


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("iss", {"iss": "http://127.0.0.1:1"}),
        ("iss", {"iss": None}),
        ("aud", {"aud": "somebody-else"}),
        ("aud", {"aud": []}),
        ("aud", {"aud": None}),
        ("azp", {"aud": ["linjen", "somebody-else"]}),
        ("azp", {"azp": "somebody-else"}),
        ("exp", {"exp": _now(minutes=-2)}),
        ("exp", {"exp": None}),
        ("exp", {"exp": "tomorrow"}),
        ("exp", {"exp": True}),
        ("iat", {"iat": _now(minutes=30)}),
        ("iat", {"iat": _now(hours=-1)}),
        ("iat", {"iat": None}),
        ("nbf", {"nbf": _now(minutes=30)}),
        ("nonce", {"nonce": "another"}),
        ("nonce", {"nonce": None}),
        ("at_hash", {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
        ("at_hash", {"at_hash": None}),
    ],
)
async def test_a_true_signature_does_not_make_a_wrong_claim_right(idp: StaffIdp, why: str, change: Claims) -> None:
    refusal = await _refusal(idp, _resigned(idp, lambda claims: claims.update(change)))
    assert isinstance(refusal, Refused)
    assert (refusal.reason, refusal.detail) == ("token_invalid", {"why": why})


@pytest.mark.parametrize("acr", ["http://id.sambi.se/loa/loa2", "http://id.sambi.se/loa/loa3 ", ["x"], None])
async def test_only_the_demanded_level_is_enough(idp: StaffIdp, acr: object) -> None:
    assert (await _refusal(idp, _resigned(idp, lambda claims: claims.update(acr=acr)))).reason == "assurance_too_low"


@pytest.mark.parametrize("hsa_id", [None, "", "ANK1", 17, ["SE2321000099-ANK1"]])
async def test_only_a_service_id_is_an_identity(idp: StaffIdp, hsa_id: object) -> None:
    refusal = await _refusal(idp, _resigned(idp, lambda claims: claims.update(employeeHsaId=hsa_id)))
    assert isinstance(refusal, Refused)
    assert refusal.reason == "no_hsa_id"


async def test_small_differences_between_clocks_and_an_audience_list_are_fine(idp: StaffIdp) -> None:
    line = Noting()
    async with siths_client(idp.issuer, line) as siths:
        pending, params = await begun(siths)
        change = {"exp": _now(seconds=-20), "iat": _now(seconds=20), "aud": ["linjen"], "azp": "linjen"}
        line.alter = _resigned(idp, lambda claims: claims.update(change))
        assert (await siths.finish(pending, params)).employee_hsa_id == "SE2321000099-ANK1"


async def test_a_changed_payload_breaks_the_signature(idp: StaffIdp) -> None:
    def alter(answer: Claims) -> Claims:
        header, _, signature = answer["id_token"].split(".")
        payload = _part(_claims(answer["id_token"]) | {"employeeHsaId": "SE2321000099-CHEF"})
        return answer | {"id_token": f"{header}.{payload}.{signature}"}

    assert (await _refusal(idp, alter)).detail == {"why": "signature"}


async def test_another_key_under_the_providers_key_id(idp: StaffIdp) -> None:
    own = RSAKey.generate_key(2048)

    def alter(answer: Claims) -> Claims:
        header = {"alg": "RS256", "kid": idp.provider.key.kid}
        return answer | {"id_token": jwt.encode(header, _claims(answer["id_token"]), own)}

    assert (await _refusal(idp, alter)).detail == {"why": "signature"}


async def test_a_key_inside_the_header_is_not_listened_to(idp: StaffIdp) -> None:
    own = RSAKey.generate_key(2048)

    def alter(answer: Claims) -> Claims:
        header = {"alg": "RS256", "kid": "mine", "jwk": own.as_dict(private=False)}
        registry = jws.JWSRegistry(algorithms=["RS256"])
        registry.max_header_length = 4096
        token = jwt.encode(header, _claims(answer["id_token"]), own, registry=registry)
        return answer | {"id_token": token}

    assert (await _refusal(idp, alter)).detail == {"why": "unknown_key"}


async def test_an_unsigned_token(idp: StaffIdp) -> None:
    def alter(answer: Claims) -> Claims:
        return answer | {"id_token": f"{_part({'alg': 'none'})}.{answer['id_token'].split('.')[1]}."}

    assert (await _refusal(idp, alter)).detail == {"why": "alg"}


@pytest.mark.parametrize("secret", ["the published key", "the client secret"])
async def test_a_symmetric_signature_whoever_knows_the_secret(idp: StaffIdp, secret: str) -> None:
    key = idp.provider.key.as_pem(private=False) if secret == "the published key" else CLIENT_SECRET.encode()

    def alter(answer: Claims) -> Claims:
        header = _part({"alg": "HS256", "kid": idp.provider.key.kid})
        signed = f"{header}.{answer['id_token'].split('.')[1]}"
        signature = base64.urlsafe_b64encode(hmac.digest(key, signed.encode(), "sha256")).rstrip(b"=").decode()
        return answer | {"id_token": f"{signed}.{signature}"}

    assert (await _refusal(idp, alter)).detail == {"why": "alg"}


async def test_a_wrong_state_is_refused_before_anything_is_sent(idp: StaffIdp) -> None:
    line = Noting()
    async with siths_client(idp.issuer, line) as siths:
        pending, params = await begun(siths)
        for changed in ({"state": "another"}, {"state": ""}, {"state": "å"}):
            with pytest.raises(Refused, match="state_mismatch"):
                await siths.finish(pending, params | changed)
        assert "/token" not in line.asked


async def test_a_replayed_code(idp: StaffIdp) -> None:
    async with siths_client(idp.issuer) as siths:
        pending, params = await begun(siths)
        await siths.finish(pending, params)
        with pytest.raises(Refused, match="code_refused"):
            await siths.finish(pending, params)


async def test_a_sign_in_left_open_too_long(idp: StaffIdp) -> None:
    async with siths_client(idp.issuer) as siths:
        pending, params = await begun(siths)
        old = msgspec.structs.replace(pending, begun_at=clock.now() - timedelta(minutes=16))
        with pytest.raises(Refused, match="sign_in_too_old"):
            await siths.finish(old, params)


@pytest.mark.parametrize("auth_time", [None, _now(hours=-1)], ids=["none", "an_hour_ago"])
async def test_a_remembered_sign_in_is_not_a_fresh_one(idp: StaffIdp, auth_time: int | None) -> None:
    line = Noting()
    async with siths_client(idp.issuer, line) as siths:
        pending, params = await begun(siths, fresh=True)
        line.alter = _resigned(idp, lambda claims: claims.update(auth_time=auth_time))
        with pytest.raises(Refused, match="not_fresh"):
            await siths.finish(pending, params)


@pytest.mark.parametrize(
    ("changed", "kind", "reason"),
    [
        ({"error": "access_denied"}, Refused, "sign_in_cancelled"),
        ({"error": "login_required"}, Refused, "sign_in_failed"),
        ({"error": "temporarily_unavailable"}, Unavailable, "staff_provider_unavailable"),
        ({"code": ""}, Refused, "sign_in_failed"),
        ({"iss": "http://127.0.0.1:1"}, Refused, "sign_in_failed"),
        ({"iss": ""}, Refused, "sign_in_failed"),
    ],
)
async def test_answers_that_are_no_code(
    idp: StaffIdp, changed: dict[str, str], kind: type[LinjenError], reason: str
) -> None:
    async with siths_client(idp.issuer) as siths:
        pending, params = await begun(siths)
        with pytest.raises(kind, match=reason):
            await siths.finish(pending, params | changed)


async def test_a_provider_that_is_down(tmp_path: Path) -> None:
    async with demo_provider(tmp_path) as idp, siths_client(idp.issuer) as siths, siths_client(idp.issuer) as late:
        pending, params = await begun(siths)
        await idp.stop()
        with pytest.raises(Unavailable) as caught:
            await siths.finish(pending, params)
        assert caught.value.detail == {"step": "token", "why": "ClientConnectorError"}
        with pytest.raises(Unavailable) as caught:
            await late.begin(REDIRECT_URI)
        assert caught.value.detail == {"step": "discovery", "why": "ClientConnectorError"}


async def test_new_keys_after_the_provider_has_started_again(tmp_path: Path) -> None:
    line = Noting()
    async with demo_provider(tmp_path) as idp, siths_client(idp.issuer, line) as siths:
        await siths.finish(*await begun(siths))
        await idp.stop()
        async with demo_provider(tmp_path, int(idp.issuer.rsplit(":", 1)[1])):
            who = await siths.finish(*await begun(siths))
    assert who.employee_hsa_id == "SE2321000099-ANK1"
    assert line.asked.count("/jwks.json") == 2


@pytest.mark.parametrize(
    "document",
    [
        b"<html>",
        b"{}",
        b'{"issuer": 1}',
        b'{"issuer":"https://other.example","authorization_endpoint":"https://x","token_endpoint":"https://x","jwks_uri":"https://x"}',
        b'{"issuer":"https://idp.example","authorization_endpoint":"https://x","token_endpoint":"http://x","jwks_uri":"https://x"}',
    ],
)
async def test_a_discovery_document_that_cannot_be_trusted(document: bytes) -> None:
    siths = Siths(ProviderLine("https://idp.example", "linjen", "secret", Said(Answer(200, {}, document))), "loa3")
    with pytest.raises(Unavailable):
        await siths.begin(REDIRECT_URI)


@pytest.mark.parametrize("issuer", ["http://idp.example/oidc", "ftp://127.0.0.1", "idp.example", ""])
def test_an_issuer_without_tls_is_refused_at_start(issuer: str) -> None:
    with pytest.raises(Misconfigured):
        ProviderLine(issuer, "linjen", "secret")
