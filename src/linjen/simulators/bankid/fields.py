"""What an auth or sign request may hold: everything else is answered with 400 invalidParameters, as BankID does."""

from __future__ import annotations

import base64
import binascii
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]
Data = Annotated[str, msgspec.Meta(min_length=1, max_length=1500)]
"""Base64; the limit counts characters after encoding."""


class BadParameter(Exception):
    """The request breaks a field rule; the text goes into `details`."""


class Requirement(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What the order demands of the one who signs it."""

    pin_code: bool = False
    mrtd: bool = False
    card_reader: Literal["class1", "class2"] | None = None
    certificate_policies: list[Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(\.[0-9*]+)+$")]] | None = None
    personal_number: Annotated[str, msgspec.Meta(pattern="^[0-9]{12}$")] | None = None


class Web(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The browser that the person sits at."""

    referring_domain: Text
    user_agent: Text
    device_identifier: Text


class App(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The native app that the person sits at."""

    app_identifier: Text
    device_os: Text = msgspec.field(name="deviceOS")
    device_model_name: Text
    device_identifier: Text


class OrderRequest(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The body of `auth` and `sign`."""

    end_user_ip: str
    user_visible_data: Data | None = None
    user_non_visible_data: Data | None = None
    user_visible_data_format: Literal["simpleMarkdownV1"] | None = None
    requirement: Requirement = Requirement()
    return_url: Annotated[str, msgspec.Meta(min_length=1, max_length=512)] | None = None
    return_risk: bool = False
    web: Web | None = None
    app: App | None = None

    @property
    def visible_text(self) -> str:
        """What the app shows, decoded; empty when nothing was sent."""
        return base64.b64decode(self.user_visible_data).decode("utf-8") if self.user_visible_data else ""


class OrderRef(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The body of `collect` and `cancel`."""

    order_ref: Text


def read_order_request(body: bytes, *, sign: bool) -> OrderRequest:
    """The checked request; raises BadParameter with what is wrong."""
    try:
        request = msgspec.json.decode(body, type=OrderRequest)
    except msgspec.MsgspecError as error:
        raise BadParameter(str(error)) from error
    _check_address(request.end_user_ip)
    _check_data(request.user_visible_data, "userVisibleData", text=True)
    _check_data(request.user_non_visible_data, "userNonVisibleData", text=False)
    if sign and not request.user_visible_data:
        raise BadParameter("userVisibleData is required for sign")
    if request.web is not None and request.app is not None:
        raise BadParameter("web and app exclude each other")
    if request.requirement.card_reader is not None and not request.requirement.certificate_policies:
        raise BadParameter("cardReader goes with certificatePolicies")
    if request.return_url is not None and not urlsplit(request.return_url).scheme:
        raise BadParameter("Invalid returnUrl")
    return request


def read_order_ref(body: bytes) -> str:
    """The order's reference; raises BadParameter."""
    try:
        return msgspec.json.decode(body, type=OrderRef).order_ref
    except msgspec.MsgspecError as error:
        raise BadParameter(str(error)) from error


def _check_address(text: str) -> None:
    try:
        ip_address(text)
    except ValueError as error:
        raise BadParameter("Incorrect endUserIp") from error


def _check_data(data: str | None, name: str, *, text: bool) -> None:
    try:
        decoded = base64.b64decode(data or "", validate=True)
        if text:
            decoded.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadParameter(f"Invalid {name}") from error
