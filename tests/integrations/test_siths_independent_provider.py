"""Staff sign-in against an implementation that is not ours: npm oidc-provider, through its own forms."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from linjen.core.errors import LinjenError, Refused, Unavailable
from linjen.integrations.siths import Pending
from tests.integrations.siths_journeys import (
    LOA3,
    REDIRECT_URI,
    Browser,
    Noting,
    independent_provider,
    log_in,
    siths_client,
    way_back,
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def issuer() -> AsyncIterator[str]:
    async with independent_provider("client_secret_post") as address:
        yield address


async def _refusal(issuer: str, login: str) -> LinjenError:
    async with siths_client(issuer) as siths:
        url, pending = await siths.begin(REDIRECT_URI)
        params = await log_in(url, login)
        with pytest.raises(LinjenError) as caught:
            await siths.finish(pending, params)
        return caught.value


@pytest.mark.parametrize("auth_method", ["client_secret_basic", "client_secret_post"])
async def test_a_nurse_signs_in(auth_method: str) -> None:
    line = Noting()
    async with independent_provider(auth_method) as issuer, siths_client(issuer, line) as siths:
        url, pending = await siths.begin(REDIRECT_URI)
        kept = msgspec.json.decode(msgspec.json.encode(pending), type=Pending)  # as the web layer stores it
        who = await siths.finish(kept, await log_in(url, "karin"))
    assert (who.employee_hsa_id, who.given_name, who.family_name) == ("SE2321000099-ANK1", "Karin", "Ekdahl")
    assert who.acr == LOA3
    assert line.basic == (auth_method == "client_secret_basic")


async def test_a_fresh_sign_in_shows_when_it_was_made(issuer: str) -> None:
    async with siths_client(issuer) as siths:
        url, pending = await siths.begin(REDIRECT_URI, fresh=True)
        who = await siths.finish(pending, await log_in(url, "karin"))
    assert who.authenticated_at is not None


async def test_a_remembered_browser_must_sign_in_anew_when_asked(issuer: str) -> None:
    async with Browser() as browser, siths_client(issuer) as siths:
        url, _ = await siths.begin(REDIRECT_URI)
        page = await browser.submit(await browser.go(url), login="karin", password="x")
        way_back(await browser.submit(page))
        url, _ = await siths.begin(REDIRECT_URI)
        way_back(await browser.go(url))  # the provider remembers her
        url, _ = await siths.begin(REDIRECT_URI, fresh=True)
        assert 'name="login"' in (await browser.go(url)).text


@pytest.mark.parametrize(
    ("login", "reason"), [("low", "assurance_too_low"), ("nobody", "no_hsa_id"), ("garbled", "no_hsa_id")]
)
async def test_a_card_that_does_not_do(issuer: str, login: str, reason: str) -> None:
    refusal = await _refusal(issuer, login)
    assert isinstance(refusal, Refused)
    assert refusal.reason == reason


async def test_turning_back_at_the_provider(issuer: str) -> None:
    async with Browser() as browser, siths_client(issuer) as siths:
        url, pending = await siths.begin(REDIRECT_URI)
        params = way_back(await browser.click(await browser.go(url), "Cancel"))
        with pytest.raises(Refused, match="sign_in_cancelled"):
            await siths.finish(pending, params)


async def test_a_code_works_once(issuer: str) -> None:
    async with siths_client(issuer) as siths:
        url, pending = await siths.begin(REDIRECT_URI)
        params = await log_in(url, "karin")
        await siths.finish(pending, params)
        with pytest.raises(Refused, match="code_refused"):
            await siths.finish(pending, params)


async def test_a_code_that_another_client_was_given(issuer: str) -> None:
    async with siths_client(issuer) as siths, siths_client(issuer, staff_client_id="other") as other:
        url, pending = await other.begin(REDIRECT_URI)
        params = await log_in(url, "karin")
        with pytest.raises(Refused, match="code_refused"):
            await siths.finish(pending, params)


async def test_a_code_with_another_verifier(issuer: str) -> None:
    async with siths_client(issuer) as siths:
        url, pending = await siths.begin(REDIRECT_URI)
        params = await log_in(url, "karin")
        with pytest.raises(Refused, match="code_refused"):
            await siths.finish(msgspec.structs.replace(pending, verifier="x" * 64), params)


async def test_another_sign_ins_nonce(issuer: str) -> None:
    async with siths_client(issuer) as siths:
        url, pending = await siths.begin(REDIRECT_URI)
        params = await log_in(url, "karin")
        with pytest.raises(Refused, match="token_invalid") as caught:
            await siths.finish(msgspec.structs.replace(pending, nonce="another"), params)
        assert caught.value.detail["why"] == "nonce"


async def test_a_wrong_secret_is_the_installations_fault_not_the_persons(issuer: str) -> None:
    async with siths_client(issuer, staff_client_secret="wrong") as siths:
        url, pending = await siths.begin(REDIRECT_URI)
        params = await log_in(url, "karin")
        with pytest.raises(Unavailable) as caught:
            await siths.finish(pending, params)
        assert caught.value.detail == {"step": "token", "why": "invalid_client"}


async def test_discovery_and_keys_are_read_once(issuer: str) -> None:
    line = Noting()
    async with siths_client(issuer, line) as siths:
        for _ in range(2):
            url, pending = await siths.begin(REDIRECT_URI)
            await siths.finish(pending, await log_in(url, "karin"))
    assert line.asked == ["/.well-known/openid-configuration", "/token", "/jwks", "/token"]
