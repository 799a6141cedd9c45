"""National services over RIV-TA Basic Profile 2.1: SOAP 1.1 over mutual TLS, with a logical address in the header.

Knows envelopes, addresses and faults; what is asked and answered belongs to the file of each service. No error of
this module holds anything that a service wrote: its texts may name a person. What is kept is the fault's code.
"""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec
from lxml import etree

from linjen.core.errors import Misconfigured, Unavailable
from linjen.core.settings import Settings
from linjen.integrations.http_line import HttpLine, LineError, TooLong

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
REGISTRY = "urn:riv:itintegration:registry:1"

TOTAL_S = 8.0
_CONNECT_S, _READ_S = 2.0, 5.0
# 500 full records are about 3 MB.
MAX_ANSWER = 16 * 1024 * 1024

# The service platform's own refusals. The rest of its codes mean that somebody behind it does not answer.
_FAULT_REASONS = {
    "VP002": "rivta_not_authorised",
    "VP007": "rivta_not_authorised",
    "VP011": "rivta_not_authorised",
    "VP003": "rivta_not_addressed",
    "VP004": "rivta_not_addressed",
    "VP006": "rivta_not_addressed",
}


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """One interaction of a service domain, for example GetListing 2 of supportprocess:logistics:carelisting."""

    domain: str
    name: str
    major: int

    @property
    def namespace(self) -> str:
        """That of the request and the answer."""
        return f"urn:riv:{self.domain}:{self.name}Responder:{self.major}"

    @property
    def types(self) -> str:
        """The namespace of what stands inside them."""
        return f"urn:riv:{self.domain}:{self.major}"

    @property
    def soap_action(self) -> str:
        return f"{self.namespace}:{self.name}"

    @property
    def path(self) -> str:
        """Where the service platform has it, below the address in the settings."""
        return f"{self.domain.replace(':', '/')}/{self.name}/{self.major}/rivtabp21"

    def request(self) -> etree._Element:
        """An empty request to be filled."""
        return etree.Element(f"{{{self.namespace}}}{self.name}", nsmap={"r": self.namespace, "d": self.types})


class Rivta:
    """One client for all national services of an installation; it keeps its connections open. Close it."""

    def __init__(
        self,
        url: str,
        *,
        ca_file: Path | None = None,
        cert_file: Path | None = None,
        key_file: Path | None = None,
        total_s: float = TOTAL_S,
    ) -> None:
        """`url` is the service platform's address up to and including `/vp`; plain http only to this very machine.

        Raises Misconfigured for another address or for files that TLS cannot use.
        """
        _check_url(url)
        self._url = url.rstrip("/")
        tls = _tls(ca_file, cert_file, key_file)
        self._line = HttpLine(tls=tls, connect_s=_CONNECT_S, read_s=_READ_S, total_s=total_s, longest=MAX_ANSWER)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The client that the settings describe. Raises Misconfigured when `rivta_url` is missing or no good."""
        if not settings.rivta_url:
            raise Misconfigured("setting_missing", setting="rivta_url", why="the national services need it")
        return cls(
            settings.rivta_url,
            ca_file=settings.rivta_ca_file,
            cert_file=settings.rivta_cert_file,
            key_file=settings.rivta_key_file,
        )

    async def close(self) -> None:
        await self._line.close()

    async def ask(self, contract: Contract, request: etree._Element, logical_address: str) -> etree._Element:
        """Send one request to whom `logical_address` names, and return the answer's element.

        Raises Unavailable: rivta_down (nobody answers in time), rivta_not_authorised, rivta_not_addressed, rivta_fault
        (the service gave up; `code` says how, where it is the platform's), rivta_answer_unreadable.
        """
        url = f"{self._url}/{contract.path}"
        headers = {
            "Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml", "SOAPAction": f'"{contract.soap_action}"',
        }  # fmt: skip
        try:
            # Every contract that we speak asks and changes nothing.
            answer = await self._line.ask(
                "POST", url, body=_envelope(request, logical_address), headers=headers, repeatable=True
            )
        except TooLong:
            raise Unavailable("rivta_answer_unreadable", contract=contract.name) from None
        except LineError as error:
            raise Unavailable("rivta_down", contract=contract.name) from error
        return _read_answer(contract, answer.status, answer.body)


def add(parent: etree._Element, namespace: str, name: str, value: str | None = None) -> etree._Element:
    """A new last child of `parent`, holding `value`."""
    child = etree.SubElement(parent, f"{{{namespace}}}{name}")
    child.text = value
    return child


def text_at(element: etree._Element, *names: str) -> str:
    """The trimmed text at a path of local names below `element`; empty when there is no such path.

    Local names, because minor versions of a contract move their new fields to a namespace of their own.
    """
    return (element.findtext("/".join(f"{{*}}{name}" for name in names)) or "").strip()


def flag_at(element: etree._Element, name: str) -> bool | None:
    """An XML boolean; None when it is absent or neither true nor false."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text_at(element, name))


def _envelope(request: etree._Element, logical_address: str) -> bytes:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "registry": REGISTRY})
    add(add(envelope, SOAP, "Header"), REGISTRY, "LogicalAddress", logical_address)
    add(envelope, SOAP, "Body").append(request)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _read_answer(contract: Contract, status: int, data: bytes) -> etree._Element:
    """The one element in the body. A fault comes with status 500, but some producers send it with 200."""
    answer = _first_in_body(data)
    if answer is not None and answer.tag == f"{{{SOAP}}}Fault":
        raise _fault(contract, answer)
    if status >= 500:
        raise Unavailable("rivta_down", contract=contract.name, status=status)
    if status in {401, 403}:
        raise Unavailable("rivta_not_authorised", contract=contract.name, status=status)
    if status != 200 or answer is None or answer.tag != f"{{{contract.namespace}}}{contract.name}Response":
        raise Unavailable("rivta_answer_unreadable", contract=contract.name, status=status)
    return answer


def _first_in_body(data: bytes) -> etree._Element | None:
    """None for what is no SOAP envelope. A document type is refused: SOAP forbids it, and entities begin there."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{SOAP}}}Envelope":
        return None
    body = root.find(f"{{{SOAP}}}Body")
    return body[0] if body is not None and len(body) == 1 else None


def _fault(contract: Contract, fault: etree._Element) -> Unavailable:
    """A named error from a fault. Of its text only the platform's code is taken over, never the words."""
    found = re.search(r"\bVP\d{3}\b", fault.findtext("faultstring") or "")
    code = found.group() if found else ""
    return Unavailable(_FAULT_REASONS.get(code, "rivta_fault"), contract=contract.name, code=code)


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        why = "must be an https:// address; http:// only to this machine"
        raise Misconfigured("setting_invalid", setting="rivta_url", why=why)


def _tls(ca_file: Path | None, cert_file: Path | None, key_file: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise Misconfigured("setting_invalid", setting="rivta_ca_file", why=str(error)) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert_file is None and key_file is None:
        return context
    if cert_file is None or key_file is None:
        missing = "rivta_key_file" if key_file is None else "rivta_cert_file"
        raise Misconfigured("setting_missing", setting=missing, why="certificate and key go together")
    try:
        # An encrypted key must fail here, not wait for a password at a terminal that nobody watches.
        context.load_cert_chain(cert_file, key_file, password=lambda: b"")
    except OSError as error:
        raise Misconfigured("setting_invalid", setting="rivta_cert_file", why=str(error)) from error
    return context
