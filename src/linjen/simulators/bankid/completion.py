"""The evidence of a signature: completionData with an XML-DSig and an OCSP response, signed by the test authorities."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from linjen.simulators.bankid.certificates import CLIENT_NAME, SigningChain
from linjen.simulators.bankid.orders import Order
from linjen.simulators.bankid.persons import Person

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_TYPES = "http://www.bankid.com/signature/v1.0.0/types"


def make_completion(
    chain: SigningChain, order: Order, person: Person, device_ip: str, at: datetime, risk: str = ""
) -> dict[str, Any]:
    """The completionData of `collect`, signed at `at` by `person` on a device at `device_ip`."""
    certificate = chain.issue(person, at)
    signature = base64.b64encode(_xml_signature(chain, certificate, order).encode()).decode("ascii")
    data: dict[str, Any] = {
        "user": {
            "personalNumber": person.personal_number,
            "name": person.name,
            "givenName": person.given_name,
            "surname": person.surname,
        },
        # The same person on the same address is the same device, as BankID's own hash would say.
        "device": {"ipAddress": device_ip, "uhi": _b64(_digest(f"{person.personal_number} {device_ip}".encode()))},
        "bankIdIssueDate": person.issued_on,
        "signature": signature,
        "ocspResponse": _b64(_ocsp_response(chain, certificate, signature, at)),
    }
    if order.request.requirement.mrtd:
        data["stepUp"] = {"mrtd": order.mrtd_read}
    if order.request.return_risk:
        data["risk"] = risk or person.risk
    return data


def _xml_signature(chain: SigningChain, certificate: x509.Certificate, order: Order) -> str:
    """An enveloping XML-DSig with BankID's element names.

    Each signed part is written in canonical form already (own namespace, no short tags, attributes in order), so that
    its digest is the digest of its text, which is how BankID's own signatures can be checked without an XML library.
    """
    signed_data = _signed_data(order)
    key_info = _key_info(chain, certificate)
    signed_info = (
        f'<SignedInfo xmlns="{_DSIG}">'
        f'<CanonicalizationMethod Algorithm="{_C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{_RSA_SHA256}"></SignatureMethod>'
        f"{_reference('bidSignedData', signed_data)}{_reference('bidKeyInfo', key_info)}"
        "</SignedInfo>"
    )
    value = _b64(chain.person_key.sign(signed_info.encode(), padding.PKCS1v15(), SHA256()))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
        f'<Signature xmlns="{_DSIG}">{signed_info}<SignatureValue>{value}</SignatureValue>'
        f"{key_info}<Object>{signed_data}</Object></Signature>"
    )


def _signed_data(order: Order) -> str:
    visible, hidden = order.request.user_visible_data, order.request.user_non_visible_data
    shown = f'<usrVisibleData charset="UTF-8" visible="wysiwys">{visible}</usrVisibleData>' if visible else ""
    unseen = f"<usrNonVisibleData>{hidden}</usrNonVisibleData>" if hidden else ""
    function = "Identification" if order.kind == "auth" else "Signing"
    return (
        f'<bidSignedData xmlns="{_TYPES}" Id="bidSignedData">{shown}{unseen}'
        f"<srvInfo><name>{_b64(f'cn={CLIENT_NAME},o=Linjen,c=SE'.encode())}</name>"
        f"<nonce>{_b64(secrets.token_bytes(20))}</nonce>"
        f"<displayName>{_b64(CLIENT_NAME.encode())}</displayName></srvInfo>"
        f"<clientInfo><funcId>{function}</funcId><version>{_b64(b'Linjen simulator')}</version></clientInfo>"
        "</bidSignedData>"
    )


def _key_info(chain: SigningChain, certificate: x509.Certificate) -> str:
    certificates = (certificate, chain.bank.certificate, chain.bankid.certificate)
    texts = [f"<X509Certificate>{_b64(each.public_bytes(Encoding.DER))}</X509Certificate>" for each in certificates]
    return f'<KeyInfo xmlns="{_DSIG}" Id="bidKeyInfo"><X509Data>{"".join(texts)}</X509Data></KeyInfo>'


def _reference(element_id: str, content: str) -> str:
    return (
        f'<Reference URI="#{element_id}"><Transforms><Transform Algorithm="{_C14N}"></Transform></Transforms>'
        f'<DigestMethod Algorithm="{_SHA256}"></DigestMethod>'
        f"<DigestValue>{_b64(_digest(content.encode()))}</DigestValue></Reference>"
    )


def _ocsp_response(chain: SigningChain, certificate: x509.Certificate, signature: str, at: datetime) -> bytes:
    """ "Good" for the person's certificate, bound to the signature: its nonce begins with SHA-1 of the base64 text."""
    nonce = hashlib.sha1(signature.encode(), usedforsecurity=False).digest() + secrets.token_bytes(12)
    bank = chain.bank
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=certificate,
        issuer=bank.certificate,
        algorithm=SHA1(),  # noqa: S303 — the certificate id of RFC 6960, not a signature
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=at,
        next_update=at + timedelta(hours=1),
        revocation_time=None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, bank.certificate).certificates([bank.certificate])
    response = builder.add_extension(x509.OCSPNonce(nonce), critical=False).sign(bank.key, SHA256())
    return response.public_bytes(Encoding.DER)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
