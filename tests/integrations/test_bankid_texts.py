"""The published QR vector, the picture, the start links, and words for everything BankID can say."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest
import zxingcpp
from PIL import Image

from linjen.core.errors import LinjenError
from linjen.integrations.bankid import error_key, is_mobile, message_key, qr_code, qr_content, start_link
from linjen.integrations.bankid_messages import _ERRORS, FAILED_HINTS, PENDING_HINTS
from linjen.simulators.bankid import orders

TOKEN, SECRET = "67df3917-fa0d-44e5-b327-edcc928297f8", "d28db9a7-4cde-429e-a983-359be676944c"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
UNIVERSAL, SCHEME = "https://app.bankid.com/", "bankid:///"
RETURN = "https://linjen.example/back#nonce=1"
RETURN_QUOTED = "https%3A%2F%2Flinjen.example%2Fback%23nonce%3D1"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (0, "dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8"),
        (1, "949d559bf23403952a94d103e67743126381eda00f0b3cbddbf7c96b1adcbce2"),
    ],
)
def test_the_published_vector(seconds: int, code: str) -> None:
    assert qr_content(TOKEN, SECRET, seconds) == f"bankid.{TOKEN}.{seconds}.{code}"


def test_a_time_before_the_order_is_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        qr_content(TOKEN, SECRET, -1)


def test_the_picture_is_read_as_the_code_from_its_own_white_ground() -> None:
    for seconds in (3, 59, 170):
        content = qr_content(TOKEN, SECRET, seconds)
        picture = qr_code(content).drawn()
        dark = _dark_modules(picture.path)
        for axis in (0, 1):  # with a quiet zone of four modules on each side
            assert {min(place[axis] for place in dark), max(place[axis] for place in dark)} == {4, picture.size - 5}
        image = Image.new("L", (picture.size, picture.size), 255)
        for place in dark:
            image.putpixel(place, 0)
        read = zxingcpp.read_barcode(image.resize((picture.size * 4,) * 2, Image.Resampling.NEAREST))
        assert read is not None and read.text == content


def _dark_modules(path: str) -> set[tuple[int, int]]:
    """The dark squares that the strokes of the picture cover."""
    dark: set[tuple[int, int]] = set()
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-0-9. ]+)", path):
        values = [float(number) for number in numbers.split()]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            dark |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
    return dark


@pytest.mark.parametrize(
    ("user_agent", "start", "redirect"),
    [
        (IPHONE + "Version/18.0 Mobile/15E148 Safari/604.1", UNIVERSAL, RETURN_QUOTED),
        (IPHONE + "CriOS/140.0 Mobile/15E148 Safari/604.1", SCHEME, "googlechromes%3A%2F%2F"),
        (IPHONE + "FxiOS/140.0 Mobile/15E148 Safari/604.1", SCHEME, "firefox%3A%2F%2F"),
        (ANDROID + "Chrome/140.0.0.0 Mobile Safari/537.36", UNIVERSAL, "null"),
        (ANDROID + "Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0", UNIVERSAL, "null"),
        (ANDROID + "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", SCHEME, "null"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", SCHEME, "null"),
        (WINDOWS, SCHEME, "null"),
        ("", SCHEME, "null"),
    ],
)
def test_each_browser_gets_the_link_that_it_can_open(user_agent: str, start: str, redirect: str) -> None:
    link = start_link("ab cd", user_agent, return_url=RETURN)
    assert link == f"{start}?autostarttoken=ab%20cd&redirect={redirect}"


def test_the_demo_leads_to_its_own_phone() -> None:
    link = start_link("t", WINDOWS, return_url=RETURN, app_url="http://127.0.0.1:9/start")
    assert link == f"http://127.0.0.1:9/start?autostarttoken=t&redirect={RETURN_QUOTED}"


def test_phones_are_told_from_computers() -> None:
    assert is_mobile(IPHONE) and is_mobile(ANDROID) and not is_mobile(WINDOWS)


def _words(language: str) -> dict[str, str]:
    return tomllib.loads(files("linjen.web").joinpath("words", language, "bankid.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_everything_bankid_can_say_has_words(language: str) -> None:
    words = _words(language)
    said = [("pending", hint) for hint in (*PENDING_HINTS, "newPendingHint")]
    said += [("failed", hint) for hint in (*FAILED_HINTS, "newFailedHint")]
    keys = {message_key(*each, here, mobile) for each in said for here in (True, False) for mobile in (True, False)}
    keys |= {error_key(LinjenError(reason)) for reason in (*_ERRORS, "never heard of")}
    for key in keys:
        assert words[key.removeprefix("bankid.")].strip(), key


def test_both_languages_have_the_same_keys() -> None:
    assert _words("sv").keys() == _words("en").keys()


@pytest.mark.parametrize(
    ("status", "hint", "same_device", "mobile", "key"),
    [
        ("pending", "outstandingTransaction", False, False, "rfa1"),
        ("pending", "outstandingTransaction", True, False, "rfa13"),
        ("pending", "noClient", True, True, "rfa1"),
        ("pending", "started", False, False, "rfa15a"),
        ("pending", "started", False, True, "rfa15b"),
        ("pending", "userMrtd", False, False, "rfa23"),
        ("pending", "userSign", False, False, "rfa9"),
        ("pending", "userCallConfirm", False, False, "rfa21"),
        ("pending", "somethingNew", False, False, "rfa21"),
        ("failed", "expiredTransaction", False, False, "rfa8"),
        ("failed", "certificateErr", False, False, "rfa16"),
        ("failed", "userCancel", False, False, "rfa6"),
        ("failed", "cancelled", False, False, "rfa3"),
        ("failed", "startFailed", True, False, "rfa17a"),
        ("failed", "startFailed", False, True, "rfa17b"),
        ("failed", "notSupportedByUserApp", False, False, "rfa22"),
        ("failed", "transactionRiskBlocked", False, False, "rfa22"),
        ("failed", "somethingNew", False, False, "rfa22"),
    ],
)
def test_the_recommended_text_for_each_answer(
    status: str, hint: str, same_device: bool, mobile: bool, key: str
) -> None:
    assert message_key(status, hint, same_device, mobile) == f"bankid.{key}"


def test_client_and_simulator_know_the_same_hints() -> None:
    assert (PENDING_HINTS, FAILED_HINTS) == (orders.PENDING_HINTS, orders.FAILED_HINTS)
