"""The simulator's own certificates, made anew at each start: for TLS both ways and for signing completions."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from linjen.simulators.bankid.persons import Person

CLIENT_NAME = "Linjen Testcert"
_VALID = timedelta(days=400)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Authority:
    """A certificate that signs others, with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class TlsFiles:
    """PEM files in the simulator's folder; the keys are readable by their owner alone."""

    server_ca: Path
    server_cert: Path
    server_key: Path
    client_ca: Path
    client_cert: Path
    client_key: Path


def make_tls_files(folder: Path, at: datetime) -> TlsFiles:
    """Write server and client certificates under `folder`, each with an authority of its own, valid 400 days."""
    folder.mkdir(parents=True, exist_ok=True)
    server_root = make_authority("Linjen Testrot server", at)
    client_root = make_authority("Linjen Testrot klient", at)
    files = TlsFiles(
        server_ca=folder / "server_ca.pem",
        server_cert=folder / "server_cert.pem",
        server_key=folder / "server_key.pem",
        client_ca=folder / "client_ca.pem",
        client_cert=folder / "client_cert.pem",
        client_key=folder / "client_key.pem",
    )
    server_key, client_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    server = _end_entity("127.0.0.1", server_key, server_root, at, ExtendedKeyUsageOID.SERVER_AUTH)
    client = _end_entity(CLIENT_NAME, client_key, client_root, at, ExtendedKeyUsageOID.CLIENT_AUTH)
    _write(files.server_ca, pem(server_root.certificate))
    _write(files.server_cert, pem(server))
    _write(files.server_key, _key_pem(server_key))
    _write(files.client_ca, pem(client_root.certificate))
    _write(files.client_cert, pem(client))
    _write(files.client_key, _key_pem(client_key))
    return files


@dataclass(frozen=True)
class SigningChain:
    """Root, BankID's part, the bank's part; and one key that all simulated persons share, for speed alone."""

    root: Authority
    bankid: Authority
    bank: Authority
    person_key: rsa.RSAPrivateKey

    def issue(self, person: Person, at: datetime) -> x509.Certificate:
        """A person's certificate, named as BankID names them: the personal number is the serialNumber attribute."""
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Linjen Testbank"),
                x509.NameAttribute(NameOID.SURNAME, person.surname),
                x509.NameAttribute(NameOID.GIVEN_NAME, person.given_name),
                x509.NameAttribute(NameOID.SERIAL_NUMBER, person.personal_number),
                x509.NameAttribute(NameOID.COMMON_NAME, person.name),
            ]
        )
        usage = _usage(content_commitment=True, digital_signature=True)
        builder = _builder(subject, self.person_key.public_key(), self.bank.certificate.subject, at)
        return (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(_authority_id(self.bank), critical=False)
            .sign(self.bank.key, SHA256())
        )


def make_signing_chain(at: datetime) -> SigningChain:
    """A fresh chain of test authorities, in memory."""
    root = make_authority("Linjen Testrot BankID", at)
    bankid = make_authority("Linjen Test BankID CA", at, root)
    bank = make_authority("Linjen Testbank CA", at, bankid)
    return SigningChain(root, bankid, bank, rsa.generate_private_key(public_exponent=65537, key_size=2048))


def make_authority(name: str, at: datetime, issuer: Authority | None = None) -> Authority:
    """A certificate authority; its own issuer when none is given."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    builder = _builder(subject, key.public_key(), issuer.certificate.subject if issuer else subject, at)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    usage = _usage(digital_signature=True, key_cert_sign=True, crl_sign=True)
    builder = builder.add_extension(usage, critical=True)
    if issuer:
        builder = builder.add_extension(_authority_id(issuer), critical=False)
    return Authority(builder.sign(issuer.key if issuer else key, SHA256()), key)


def pem(certificate: x509.Certificate) -> bytes:
    """The certificate in PEM."""
    return certificate.public_bytes(Encoding.PEM)


def _end_entity(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: Authority, at: datetime, purpose: x509.ObjectIdentifier
) -> x509.Certificate:
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    builder = _builder(_name(name), key.public_key(), issuer.certificate.subject, at)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    builder = builder.add_extension(_authority_id(issuer), critical=False)
    if purpose == ExtendedKeyUsageOID.SERVER_AUTH:
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer.key, SHA256())


def _builder(
    subject: x509.Name, key: CertificatePublicKeyTypes, issuer: x509.Name, at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # An hour of grace, for machines whose clocks differ a little.
        .not_valid_before(at - _HOUR)
        .not_valid_after(at + _VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Linjen"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _authority_id(issuer: Authority) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
