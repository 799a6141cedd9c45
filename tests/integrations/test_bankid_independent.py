"""The simulator held against an independent client, and its evidence against an XML library and OCSP."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import bankid.baseclient
import httpx
import pytest
from bankid import BankIDClient
from bankid.exceptions import AlreadyInProgressError, BankIDError, InvalidParametersError, MaintenanceError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import ocsp
from lxml import etree

from tests.integrations.bankid_world import ASTRID, World, bankid_world

DSIG = "{http://www.w3.org/2000/09/xmldsig#}"


def _independent(world: World, patch: pytest.MonkeyPatch) -> BankIDClient:
    """pybankid as published, with the simulator's address and root in place of BankID's."""
    simulator = world.simulator
    patch.setattr(bankid.baseclient, "resolve_cert_path", lambda _: simulator.ca_file)
    files = (str(simulator.client_cert_file), str(simulator.client_key_file))
    client = BankIDClient(certificates=files)
    for name in ("auth", "sign", "collect", "cancel"):
        setattr(client, f"_{name}_endpoint", urljoin(simulator.rp_url, name))
    return client


# The library uses a parameter of its HTTP client that is on its way out.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:httpx")


async def test_an_independent_client_authenticates_collects_and_cancels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bankid_world(tmp_path) as world:
        client = await asyncio.to_thread(_independent, world, monkeypatch)
        order = await asyncio.to_thread(client.authenticate, "192.0.2.7", user_visible_data="Hej")
        started = await asyncio.to_thread(client.collect, order["orderRef"])
        assert (started["status"], started["hintCode"]) == ("pending", "outstandingTransaction")
        # The library counts the seconds by the real clock, where this order is as new as by the test's own.
        content = client.generate_qr_code_content(order["qrStartToken"], time.time(), order["qrStartSecret"])
        assert (await world.tap("/scan", qr=content, person=ASTRID)).json()["hint"] == "userSign"
        await world.tap("/sign")
        done = await asyncio.to_thread(client.collect, order["orderRef"])
        assert done["status"] == "complete" and done["completionData"]["user"]["personalNumber"] == ASTRID
        assert done["completionData"]["bankIdIssueDate"] and "risk" not in done["completionData"]
        second = await asyncio.to_thread(client.authenticate, "192.0.2.7")
        assert await asyncio.to_thread(client.cancel, second["orderRef"])
        with pytest.raises(InvalidParametersError):
            await asyncio.to_thread(client.collect, second["orderRef"])
        client.client.close()


async def test_an_independent_client_meets_the_errors_it_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bankid_world(tmp_path) as world:
        client = await asyncio.to_thread(_independent, world, monkeypatch)
        with pytest.raises(InvalidParametersError):
            await asyncio.to_thread(client.authenticate, "not an address")
        wanted = {"personalNumber": ASTRID}
        await asyncio.to_thread(client.sign, "192.0.2.7", "Jag skriver under.", requirement=wanted)
        with pytest.raises(AlreadyInProgressError):
            await asyncio.to_thread(client.sign, "192.0.2.7", "Jag skriver under.", requirement=wanted)
        await world.tap("/fault", status=503)
        with pytest.raises(MaintenanceError):
            await asyncio.to_thread(client.authenticate, "192.0.2.7")
        await world.tap("/fault", status=429)
        with pytest.raises(BankIDError):
            await asyncio.to_thread(client.authenticate, "192.0.2.7")
        client.client.close()


@asynccontextmanager
async def _raw(world: World) -> AsyncIterator[httpx.AsyncClient]:
    context = ssl.create_default_context(cafile=str(world.simulator.ca_file))
    context.load_cert_chain(world.simulator.client_cert_file, world.simulator.client_key_file)
    async with httpx.AsyncClient(verify=context, base_url=world.simulator.rp_url, trust_env=False) as client:
        yield client


async def test_the_wire_is_as_strict_as_bankid(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world, _raw(world) as client:
        good = json.dumps({"endUserIp": "192.0.2.7"})
        for content_type, status in (
            ("application/json", 200),
            ("application/json; charset=utf-8", 415),
            ("application/json;charset=UTF-8", 415),
            ("text/plain", 415),
        ):
            reply = await client.post("auth", content=good, headers={"Content-Type": content_type})
            assert reply.status_code == status, content_type
        assert (await client.post("auth", content=good)).json()["errorCode"] == "unsupportedMediaType"
        assert (await client.get("auth")).status_code == 405
        for path in ("nothing", "phone/auth", "payment", "../v5/auth"):
            reply = await client.post(path, json={})
            assert (reply.status_code, reply.json()["errorCode"]) == (404, "notFound")


BAD: list[dict[str, Any]] = [
    {"endUserIp": "192.0.2"},
    {"endUserIp": 7},
    {"userVisibleData": "not base64!"},
    {"userVisibleData": "/w=="},
    {"userVisibleData": "QUJD" * 376},
    {"userNonVisibleData": "QUJD" * 376},
    {"userVisibleDataFormat": "markdown"},
    {"returnUrl": "no scheme"},
    {"returnRisk": "yes"},
    {"unknown": 1},
    {"web": {"referringDomain": "a", "userAgent": "b"}},
    {"web": {"referringDomain": "a", "userAgent": "", "deviceIdentifier": "c"}},
    {"app": {"appIdentifier": "a", "deviceOs": "b", "deviceModelName": "c", "deviceIdentifier": "d"}},
    {"requirement": {"personalNumber": "9512262396"}},
    {"requirement": {"pinCode": "true"}},
    {"requirement": {"cardReader": "class1"}},
    {"requirement": {"cardReader": "class3", "certificatePolicies": ["1.2"]}},
    {"requirement": {"certificatePolicies": ["one"]}},
    {"requirement": {"tokenStartRequired": True}},
]


async def test_a_field_out_of_bounds_is_invalid_parameters(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world, _raw(world) as client:
        for fields in BAD:
            reply = await client.post("auth", json={"endUserIp": "192.0.2.7"} | fields)
            assert (reply.status_code, reply.json()["errorCode"]) == (400, "invalidParameters"), fields
        # 1,500 characters after encoding are the last that fit; sign needs a text.
        fits = {"endUserIp": "192.0.2.7", "userVisibleData": "QUJD" * 375}
        assert (await client.post("auth", json=fits)).status_code == 200
        assert (await client.post("sign", json=fits)).status_code == 200
        assert (await client.post("sign", json={"endUserIp": "192.0.2.7"})).status_code == 400
        for body in (b"", b"[]", b"{", b'{"orderRef": 1}', b'{"orderRef": "nobody"}'):
            reply = await client.post("collect", content=body, headers={"Content-Type": "application/json"})
            assert reply.json()["errorCode"] == "invalidParameters"


async def test_the_evidence_of_a_signature_holds(tmp_path: Path) -> None:
    async with bankid_world(tmp_path) as world:
        order = await world.start(visible_text="Jag heter Åsa.", non_visible_data=b"ref")
        await world.scan(order, person=ASTRID)
        await world.tap("/sign")
        completion = (await world.bankid.collect(order.order_ref)).completion
        assert completion is not None
        root = x509.load_pem_x509_certificate(await asyncio.to_thread(world.simulator.root_file.read_bytes))
        certificates = _check_signature(base64.b64decode(completion.signature))
        _check_chain([*certificates, root])
        assert certificates[0].subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)[0].value == ASTRID
        _check_ocsp(completion.ocsp_response, completion.signature, certificates)
        tampered = base64.b64decode(completion.signature).replace(b"SmFn", b"SmFo")
        with pytest.raises(AssertionError):
            _check_signature(tampered)


def _check_signature(document: bytes) -> list[x509.Certificate]:
    """XML-DSig by the book: canonicalise each referenced element, compare digests, verify SignedInfo."""
    signature = etree.fromstring(document)
    by_id = {element.get("Id"): element for element in signature.iter() if element.get("Id")}
    info = signature.find(f"{DSIG}SignedInfo")
    assert info is not None
    references = info.findall(f"{DSIG}Reference")
    assert len(references) == 2
    for reference in references:
        target = by_id[(reference.get("URI") or "").removeprefix("#")]
        digest = hashlib.sha256(_canonical(target)).digest()
        assert base64.b64encode(digest).decode() == reference.findtext(f"{DSIG}DigestValue")
    texts = [element.text or "" for element in signature.iter(f"{DSIG}X509Certificate")]
    certificates = [x509.load_der_x509_certificate(base64.b64decode(text)) for text in texts]
    key = certificates[0].public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    value = base64.b64decode(signature.findtext(f"{DSIG}SignatureValue") or "")
    key.verify(value, _canonical(info), padding.PKCS1v15(), SHA256())
    return certificates


def _canonical(element: etree._Element) -> bytes:
    """Canonical XML 1.0. Parsed anew, because lxml 6.1 writes `xmlns=""` where it canonicalises part of a document."""
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(alone, method="c14n")


def _check_chain(certificates: list[x509.Certificate]) -> None:
    for lower, upper in itertools.pairwise(certificates):
        lower.verify_directly_issued_by(upper)
    certificates[-1].verify_directly_issued_by(certificates[-1])


def _check_ocsp(response_text: str, signature: str, certificates: list[x509.Certificate]) -> None:
    response = ocsp.load_der_ocsp_response(base64.b64decode(response_text))
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert response.serial_number == certificates[0].serial_number
    nonce = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    assert nonce.startswith(hashlib.sha1(signature.encode(), usedforsecurity=False).digest())
    bank_key = certificates[1].public_key()
    assert isinstance(bank_key, ec.EllipticCurvePublicKey)
    bank_key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(SHA256()))
