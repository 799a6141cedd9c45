"""How a browser starts the BankID app on its own device: one link, chosen by what the browser can open."""

from __future__ import annotations

from urllib.parse import quote

_UNIVERSAL = "https://app.bankid.com/"
_SCHEME = "bankid:///"

# Browsers on iOS that are not Safari name themselves so. Each value is the scheme that brings its user back: given a
# page's address, iOS would open that page in Safari, where the person is not signed in.
_IOS_OTHERS = {
    "CriOS/": "googlechromes://",
    "FxiOS/": "firefox://",
    "EdgiOS/": "microsoft-edge-https://",
    "OPT/": "null",
    "OPiOS/": "null",
    "DuckDuckGo/": "null",
    "GSA/": "null",
}
# On Android everything built on Chromium says "Chrome/"; these are not Chrome or Edge.
_ANDROID_OTHERS = ("OPR/", "SamsungBrowser/", "Firefox/", "DuckDuckGo/", "YaBrowser/", "UCBrowser/", "; wv)")


def is_mobile(user_agent: str) -> bool:
    """True for phones and tablets that say so. An iPad that calls itself a Mac counts as a computer."""
    return any(word in user_agent for word in ("iPhone", "iPad", "iPod", "Android", "Mobile"))


def start_link(auto_start_token: str, user_agent: str, *, return_url: str = "", app_url: str = "") -> str:
    """The address that opens the BankID app on the same device with this order.

    iOS Safari and Android Chrome and Edge take the https form, the others the app's own scheme. The order's returnUrl
    rules where the app sends the person afterwards; `redirect` is for older apps, which is why it is `null` except on
    iOS. `app_url` replaces the app's address: the demo gives its simulated phone's, ending in `/start`.
    """
    start = app_url or (_UNIVERSAL if _opens_universal_links(user_agent) else _SCHEME)
    redirect = return_url if app_url else _redirect(user_agent, return_url)
    return f"{start}?autostarttoken={quote(auto_start_token, safe='')}&redirect={quote(redirect or 'null', safe='')}"


def _is_ios(user_agent: str) -> bool:
    return any(word in user_agent for word in ("iPhone", "iPad", "iPod"))


def _opens_universal_links(user_agent: str) -> bool:
    if _is_ios(user_agent):
        return "Safari/" in user_agent and not any(mark in user_agent for mark in _IOS_OTHERS)
    if "Android" in user_agent:
        return "Chrome/" in user_agent and not any(mark in user_agent for mark in _ANDROID_OTHERS)
    return False


def _redirect(user_agent: str, return_url: str) -> str:
    if not _is_ios(user_agent):
        return "null"
    for mark, scheme in _IOS_OTHERS.items():
        if mark in user_agent:
            return scheme
    return return_url
