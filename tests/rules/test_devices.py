"""A sign-in's device in two words: what a browser tells of itself is read, and nothing else of it is kept."""

from __future__ import annotations

import pytest

from linjen.access.devices import browser_of

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("told", "device"),
    [
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {_WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36", "chrome/android"),
        (f"Mozilla/5.0 (Linux; Android 14) {_WEBKIT} SamsungBrowser/27.0 Chrome/125 Safari/537.36", "samsung/android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1", "safari/iphone"),
        ("Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) CriOS/131.0 Mobile Safari/604.1", "chrome/ipad"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/141 Safari/537.36 Edg/141", "edge/windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.6; rv:133.0) Gecko/20100101 Firefox/133.0", "firefox/mac"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {_WEBKIT} Chrome/141 Safari/537.36", "chrome/chromeos"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "/linux"),
        ("Firefox", "firefox/"),
        ("curl/8.0", ""),
        ("", ""),
        ("x" * 5000 + "Chrome", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_two_words_of_a_fixed_list(told: str, device: str) -> None:
    assert browser_of(told) == device
