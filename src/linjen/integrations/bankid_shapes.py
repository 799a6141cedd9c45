"""What is sent to BankID and what comes back, as data: the fields of relying-party API v6."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address
from typing import Literal

import msgspec

from linjen.core.errors import Invalid

VISIBLE_LIMIT = 1500
"""Characters of userVisibleData and userNonVisibleData, counted after base64."""


class Requirement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Who and what is good enough for this order; what is left out is not asked for."""

    pin_code: bool | None = None
    mrtd: bool | None = None
    card_reader: Literal["class1", "class2"] | None = None
    certificate_policies: list[str] | None = None
    personal_number: str | None = None


class Web(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The browser, for BankID's risk judgement. `device_identifier`: one long-lived random value per device."""

    referring_domain: str
    user_agent: str
    device_identifier: str


class App(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A native app instead of a browser."""

    app_identifier: str
    device_os: str = msgspec.field(name="deviceOS")
    device_model_name: str
    device_identifier: str


class AuthRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """The body of `auth`, as it goes over the wire: the two data fields are base64 already."""

    end_user_ip: str
    user_visible_data: str | None = None
    user_non_visible_data: str | None = None
    user_visible_data_format: Literal["simpleMarkdownV1"] | None = None
    requirement: Requirement | None = None
    return_url: str | None = None
    return_risk: bool = False
    web: Web | None = None
    app: App | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A started order. `qr_start_secret` and `order_ref` never leave the server."""

    order_ref: str
    auto_start_token: str
    qr_start_token: str
    qr_start_secret: str

    def __repr__(self) -> str:
        return "Order(…)"


class User(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who identified themselves. `personal_number` has 12 digits."""

    personal_number: str
    name: str
    given_name: str
    surname: str

    def __repr__(self) -> str:
        return "User(…)"


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """A completed order: the person, the device, and the evidence (base64 XML-DSig and OCSP response)."""

    user: User
    ip_address: str = ""
    uhi: str = ""
    issued_on: date | None = None
    mrtd: bool = False
    risk: str = ""
    signature: str = ""
    ocsp_response: str = ""

    def __repr__(self) -> str:
        return "Completion(…)"


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of `collect`. `hint_code` is empty when complete and may be a word we have never heard."""

    status: Literal["pending", "failed", "complete"]
    hint_code: str = ""
    completion: Completion | None = None


def check_request(request: AuthRequest) -> None:
    """Raise Invalid, naming the field, for what BankID would answer with invalidParameters: our own mistakes."""
    try:
        ip_address(request.end_user_ip)
    except ValueError as error:
        raise Invalid("bankid_field_invalid", field="endUserIp") from error
    for field in ("user_visible_data", "user_non_visible_data"):
        if len(getattr(request, field) or "") > VISIBLE_LIMIT:
            raise Invalid("bankid_field_too_long", field=field)
    if request.web is not None and request.app is not None:
        raise Invalid("bankid_field_invalid", field="app")
    requirement = request.requirement
    if requirement is None:
        return
    if requirement.personal_number is not None and not re.fullmatch(r"[0-9]{12}", requirement.personal_number):
        raise Invalid("bankid_field_invalid", field="personalNumber")
    if requirement.card_reader is not None and not requirement.certificate_policies:
        raise Invalid("bankid_field_invalid", field="cardReader")
