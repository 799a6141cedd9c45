"""The envelope as a producer sees it: what comes in is checked hard, what goes out is made here."""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
REGISTRY = "urn:riv:itintegration:registry:1"


class Fault(Exception):
    """A SOAP fault: `code` is Client or Server, the text is the faultstring and holds no data of a person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Asked(NamedTuple):
    """What an envelope holds."""

    logical_address: str
    request: etree._Element


def read_envelope(data: bytes) -> Asked:
    """Take a SOAP 1.1 envelope apart. Raises Fault for anything else, and for any document type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Fault("Client", "the request is not XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Fault("Client", "a SOAP message has no document type")
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or len(body) != 1:
        raise Fault("Client", "the request is not a SOAP 1.1 envelope with one element in its body")
    addresses = root.findall(f"{{{SOAP}}}Header/{{{REGISTRY}}}LogicalAddress")
    if len(addresses) != 1:
        raise Fault("Client", "VP003 the header must hold one LogicalAddress")
    return Asked((addresses[0].text or "").strip(), body[0])


def write_envelope(content: etree._Element) -> bytes:
    """A SOAP 1.1 envelope around the content, as bytes."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def write_fault(fault: Fault) -> bytes:
    """An envelope that holds a fault."""
    element = etree.Element(f"{{{SOAP}}}Fault")
    # Unqualified, as SOAP 1.1 has it.
    etree.SubElement(element, "faultcode").text = f"soap:{fault.code}"
    etree.SubElement(element, "faultstring").text = str(fault)
    return write_envelope(element)


def put(parent: etree._Element, namespace: str, name: str, value: str | None = None) -> etree._Element:
    """Add an element under `parent`, with text where there is a value; the new element."""
    child = etree.SubElement(parent, f"{{{namespace}}}{name}")
    child.text = value
    return child


def yes_no(value: bool) -> str:
    """The schema's word for a truth value."""
    return "true" if value else "false"
