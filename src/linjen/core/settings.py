"""Settings from the environment and one TOML file; a wrong one stops the start with its name and the reason.

`LINJEN_CONFIG` names the file; an environment variable `LINJEN_<NAME>` wins over the file, and one that names no
setting is refused, so that a misspelt one is seen. Every setting is documented in `docs/operate.md`, which a house test
compares with this class.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from linjen.core.errors import Misconfigured


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One installation's settings. Times are seconds, sizes bytes, unless the name says otherwise."""

    data_dir: Path = Path("data")
    dsn: str = ""
    owner_dsn: str = ""
    database_patience_ms: int = 1600
    master_key_file: Path | None = None
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: list[str] = []
    cookie_secure: bool = True
    region_name: str = "Region Exempel"
    demo: bool = False
    made_up_language: bool = False

    resident_idle_s: int = 30 * 60
    resident_absolute_s: int = 8 * 3600
    staff_idle_s: int = 15 * 60
    staff_absolute_s: int = 10 * 3600

    emergency_may_queue: bool = False
    triage_on: bool = True
    message_undo_s: int = 5
    record_before_reply: bool = True
    quick_exit_url: str = "https://www.smhi.se/"
    accessibility_file: Path | None = None
    data_protection_contact: str = ""

    bankid_url: str = ""
    bankid_ca_file: Path | None = None
    bankid_cert_file: Path | None = None
    bankid_key_file: Path | None = None
    bankid_order_total_s: int = 180

    staff_issuer: str = ""
    staff_client_id: str = ""
    staff_client_secret: str = ""
    staff_acr: str = "http://id.sambi.se/loa/loa3"

    rivta_url: str = ""
    rivta_ca_file: Path | None = None
    rivta_cert_file: Path | None = None
    rivta_key_file: Path | None = None
    rivta_logical_address: str = ""

    sms_url: str = ""
    sms_user: str = ""
    sms_password: str = ""
    sms_sender: str = "Linjen"
    sms_encoding: str = "form"
    sms_fields: list[str] = []
    sms_headers: list[str] = []
    sms_id_path: str = "id"
    sms_idempotent: bool = False
    sms_report_field: str = "status"
    sms_report_delivered: list[str] = []
    sms_report_failed: list[str] = []
    sms_unread_after_s: int = 300

    push_key: str = ""
    push_contact: str = ""
    push_hosts: list[str] = []

    record_template: str = "Telefonkontakt/Annan kontakt (primärvård)"
    record_customer: str = ""
    record_agreement: str = ""

    training_url: str = ""
    service_status_url: str = ""
    suggestions_url: str = ""
    picture_support: str = ""

    metrics_token: str = ""


#: Variables of ours that are no settings: the file, the simulators' leave to start, and what tests are told.
_NO_SETTINGS = frozenset({"LINJEN_CONFIG", "LINJEN_SIMULATORS", "LINJEN_RIV_SCHEMAS", "LINJEN_PICTURES"})
_FOR_TESTS = ("LINJEN_TEST_", "LINJEN_WRITE_")

_TYPES: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(Settings)}


def _from_text(name: str, text: str) -> object:
    """An environment variable's text as the setting's type; lists are comma-separated, booleans 1/0/true/false."""
    kind = _TYPES[name]
    if kind == list[str]:
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind is bool and text.lower() in {"1", "true", "0", "false"}:
        return text.lower() in {"1", "true"}
    if kind is int:
        try:
            return int(text)
        except ValueError:
            return text
    return text


def _name_of(key: str) -> str:
    """The setting that an environment variable is for. Raises Misconfigured("setting_unknown")."""
    name = key.removeprefix("LINJEN_").lower()
    if name not in _TYPES or key != f"LINJEN_{name.upper()}":
        near = difflib.get_close_matches(name, _TYPES, n=1)
        why = "there is no such setting" + (f"; did you mean LINJEN_{near[0].upper()}?" if near else "")
        raise Misconfigured("setting_unknown", setting=key, why=why)
    return name


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Misconfigured("config_unreadable", setting="LINJEN_CONFIG", why=str(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured("config_not_toml", setting="LINJEN_CONFIG", why=str(error)) from error


def _checked(name: str, value: object) -> object:
    try:
        return msgspec.convert(value, _TYPES[name], strict=True, dec_hook=lambda kind, raw: kind(raw))
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise Misconfigured("setting_invalid", setting=name, why=str(error)) from error


def read_settings(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Read, check and freeze the settings; `overrides` (from flags) win over everything.

    Raises Misconfigured with `setting` and `why` for an unknown name or a value of the wrong type or range.
    """
    env = os.environ if environ is None else environ
    values: dict[str, object] = {}
    config = env.get("LINJEN_CONFIG")
    if config:
        values |= _from_file(Path(config))
    for key, text in env.items():
        if key.startswith("LINJEN_") and key not in _NO_SETTINGS and not key.startswith(_FOR_TESTS):
            values[_name_of(key)] = _from_text(_name_of(key), text)
    values |= overrides
    for name in values:
        if name not in _TYPES:
            raise Misconfigured("setting_unknown", setting=name, why="there is no such setting")
    settings = Settings(**{name: _checked(name, value) for name, value in values.items()})  # type: ignore[arg-type]
    _check_ranges(settings)
    return settings


def _check_ranges(settings: Settings) -> None:
    for name in ("resident_idle_s", "resident_absolute_s", "staff_idle_s", "staff_absolute_s"):
        if not 60 <= getattr(settings, name) <= 24 * 3600:
            raise Misconfigured("setting_invalid", setting=name, why="must be between 60 and 86400 seconds")
    for one in settings.trusted_proxies:
        _check_proxy(one)
    if not 0 <= settings.message_undo_s <= 30:
        raise Misconfigured("setting_invalid", setting="message_undo_s", why="must be between 0 and 30 seconds")
    if not 500 <= settings.database_patience_ms <= 60_000:
        why = "must be between 500 and 60000 milliseconds"
        raise Misconfigured("setting_invalid", setting="database_patience_ms", why=why)
    if not 30 <= settings.sms_unread_after_s <= 24 * 3600:
        raise Misconfigured("setting_invalid", setting="sms_unread_after_s", why="must be between 30 and 86400 seconds")
    if not re.fullmatch(r"[A-Za-z0-9]{3,11}|\+\d{7,15}", settings.sms_sender):
        why = "must be 3 to 11 letters and digits, or a number such as +46701740605"
        raise Misconfigured("setting_invalid", setting="sms_sender", why=why)
    if not 0 < settings.port < 65536:
        raise Misconfigured("setting_invalid", setting="port", why="must be between 1 and 65535")
    if not settings.public_url.startswith(("http://", "https://")):
        raise Misconfigured("setting_invalid", setting="public_url", why="must start with http:// or https://")
    for name in ("training_url", "service_status_url", "suggestions_url"):
        if (url := getattr(settings, name)) and not url.startswith(("http://", "https://")):
            raise Misconfigured("setting_invalid", setting=name, why="must start with http:// or https://")
    _check_demo(settings)


def _check_demo(settings: Settings) -> None:
    """What is for trying things out, and nowhere else."""
    if settings.made_up_language and not settings.demo:
        why = "a language that nobody speaks is for the demo and for tests"
        raise Misconfigured("setting_invalid", setting="made_up_language", why=why)
    if settings.cookie_secure and settings.public_url.startswith("http://") and not settings.demo:
        why = "cookies are Secure, so the public address must be https (or this must be the demo)"
        raise Misconfigured("setting_invalid", setting="public_url", why=why)


def _check_proxy(text: str) -> None:
    """An address or a network, as the server compares with: a name is never looked up."""
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        why = f"{text!r} is neither an address such as 127.0.0.1 nor a network such as 10.0.0.0/8 ({error})"
        raise Misconfigured("setting_invalid", setting="trusted_proxies", why=why) from error
