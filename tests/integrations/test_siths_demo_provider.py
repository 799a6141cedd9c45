"""The simulated provider keeps the protocol's rules, and its page of cards works with links alone."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import pytest_asyncio
from lxml import html

from linjen.core import clock
from linjen.core.errors import Refused
from linjen.simulators.staff_idp import StaffIdp
from linjen.simulators.staff_idp.card_holders import read_card_holders
from linjen.simulators.staff_idp.protocol import OAuthError, Provider
from tests.integrations.siths_journeys import (
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT_URI,
    STAFF,
    Browser,
    begun,
    choose,
    demo_provider,
    siths_client,
    way_back,
)
from tests.plain_http import plain_client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def idp(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StaffIdp]:
    async with demo_provider(tmp_path_factory.mktemp("staff")) as running:
        yield running


async def test_choosing_a_card_signs_in(idp: StaffIdp) -> None:
    async with siths_client(idp.issuer) as siths:
        who = await siths.finish(*await begun(siths, fresh=True))
    assert (who.employee_hsa_id, who.given_name, who.family_name) == ("SE2321000099-ANK1", "Karin", "Ekdahl")
    assert who.authenticated_at is not None
    assert who.id_token_sid


@pytest.mark.parametrize(("name", "reason"), [("Bo Lind", "assurance_too_low"), ("Olle", "no_hsa_id")])
async def test_cards_that_do_not_do(idp: StaffIdp, name: str, reason: str) -> None:
    async with siths_client(idp.issuer) as siths:
        with pytest.raises(Refused, match=reason):
            await siths.finish(*await begun(siths, name))


async def test_turning_back(idp: StaffIdp) -> None:
    async with siths_client(idp.issuer) as siths:
        with pytest.raises(Refused, match="sign_in_cancelled"):
            await siths.finish(*await begun(siths, "Tillbaka"))


async def test_the_page_is_plain_safe_and_says_that_it_is_a_simulator(idp: StaffIdp) -> None:
    async with Browser() as browser, siths_client(idp.issuer) as siths:
        page = await browser.go((await siths.begin(REDIRECT_URI))[0])
        style = await browser.go(idp.issuer + "/style.css")
    assert "Simulator" in page.text
    assert "&lt;b&gt;Utan" in page.text
    assert "<b>" not in page.text
    tree = html.fromstring(page.text)
    assert not tree.xpath("//script | //form | //*[@style] | //*[starts-with(@href, 'http')]")
    assert tree.xpath("count(//ul[@class='cards']//a)") == len(STAFF)
    assert "default-src 'none'; style-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert style.headers["content-type"].startswith("text/css")


async def _question(idp: StaffIdp, **changed: str | None) -> str:
    """An authorization request of ours with some parameters changed, or taken away when None."""
    async with siths_client(idp.issuer) as siths:
        url, _ = await siths.begin(REDIRECT_URI)
    base, _, query = url.partition("?")
    params: dict[str, str | None] = {**dict(parse_qsl(query)), **changed}
    return f"{base}?{urlencode({name: value for name, value in params.items() if value is not None})}"


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://127.0.0.1:8000/elsewhere"},
        {"redirect_uri": REDIRECT_URI + "/"},
        {"redirect_uri": None},
        {"client_id": "somebody-else"},
    ],
)
async def test_nobody_is_sent_to_an_address_in_doubt(idp: StaffIdp, changed: dict[str, str | None]) -> None:
    url = await _question(idp, **changed)
    async with plain_client() as http:
        for address in (url, url.replace("/authorize", "/choose") + "&card=0", url.replace("/authorize", "/cancel")):
            answer = await http.get(address)
            assert answer.status_code == 400
            assert "location" not in answer.headers
            assert "Börja från inloggningen" in answer.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"claims": "[]"}, "invalid_request"),
        ({"claims": '{"id_token": 3}'}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_a_faulty_question_goes_back_with_the_reason(
    idp: StaffIdp, changed: dict[str, str | None], error: str
) -> None:
    async with Browser() as browser:
        params = way_back(await browser.go(await _question(idp, **changed, state="kept")))
    assert (params["error"], params["state"], params["iss"]) == (error, "kept", idp.issuer)
    assert "code" not in params


@pytest.mark.parametrize("card", ["3", "-1", "x", ""])
async def test_a_card_that_is_not_on_the_page(idp: StaffIdp, card: str) -> None:
    url = (await _question(idp)).replace("/authorize", "/choose")
    async with Browser() as browser:
        assert way_back(await browser.go(f"{url}&card={card}"))["error"] == "access_denied"


async def test_only_what_is_asked_for_is_told(idp: StaffIdp) -> None:
    async with plain_client() as http:
        url, verifier = await _question_with_verifier(idp)
        code = (await choose(url, "Karin"))["code"]
        form = _form(code, verifier) | {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        answer = (await http.post(idp.issuer + "/token", data=form)).json()
    payload = answer["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert {"employeeHsaId", "given_name", "family_name", "name"}.isdisjoint(claims)


async def _question_with_verifier(idp: StaffIdp) -> tuple[str, str]:
    async with siths_client(idp.issuer) as siths:
        url, pending = await siths.begin(REDIRECT_URI)
    base, _, query = url.partition("?")
    params = {name: value for name, value in parse_qsl(query) if name != "claims"}
    return f"{base}?{urlencode(params)}", pending.verifier


def _form(code: str, verifier: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "code_verifier": verifier,
    }


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code": "guessed"}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:8000/elsewhere"}, 400, "invalid_grant"),
        ({"code_verifier": "x" * 64}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
    ],
)
async def test_a_faulty_token_request(idp: StaffIdp, changed: dict[str, str], status: int, error: str) -> None:
    url, verifier = await _question_with_verifier(idp)
    form = _form((await choose(url, "Karin"))["code"], verifier)
    form |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | changed
    async with plain_client() as http:
        answer = await http.post(idp.issuer + "/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_a_failed_try_uses_up_the_code(idp: StaffIdp) -> None:
    async with siths_client(idp.issuer) as siths:
        pending, params = await begun(siths)
        form = _form(params["code"], "x" * 64) | {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        async with plain_client() as http:
            await http.post(idp.issuer + "/token", data=form)
        with pytest.raises(Refused, match="code_refused"):
            await siths.finish(pending, params)


@pytest.mark.parametrize(("seconds", "good"), [(59, True), (60, False)])
def test_a_code_lives_for_a_minute(tmp_path: Path, seconds: int, good: bool) -> None:
    at = clock.now()
    provider = Provider("http://127.0.0.1:1", "c", "s", ["http://127.0.0.1:2/"], now=lambda: at)
    (tmp_path / "staff.json").write_text(json.dumps(STAFF))
    question = provider.read_question(
        {
            "client_id": "c",
            "redirect_uri": "http://127.0.0.1:2/",
            "response_type": "code",
            "scope": "openid",
            # The example pair of RFC 7636, appendix B.
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        }
    )
    back = provider.answer(question, read_card_holders(tmp_path / "staff.json")[0])
    at += timedelta(seconds=seconds)
    form = _form(dict(parse_qsl(urlsplit(back).query))["code"], "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    form |= {"redirect_uri": "http://127.0.0.1:2/", "client_id": "c", "client_secret": "s"}
    if good:
        assert provider.redeem(form, "")["id_token"]
    else:
        with pytest.raises(OAuthError, match="invalid_grant"):
            provider.redeem(form, "")
