"""What no page may do, watched in every window: errors, broken policies, other hosts, server errors."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, Response, WebError

from linjen.demo.running import Demo


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


class Watch:
    """Notes the faults of the windows it follows; a test fails on any that it has not said it expects."""

    def __init__(self, demo: Demo) -> None:
        self.own = origin_of(demo.url)
        self.simulators = {
            origin_of(demo.simulators["bankid"].phone_url),
            origin_of(demo.simulators["staff_idp"].issuer),
        }
        self.faults: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def expect(self, pattern: str) -> None:
        """From here on, a fault whose text holds this pattern is part of what the test does."""
        self._expected.append(re.compile(pattern))

    def follow(self, context: BrowserContext) -> None:
        """Watch every page of a context, now and later."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def judge(self) -> None:
        """Fail on what was noted."""
        faults = [fault for fault in self.faults if not any(one.search(fault) for one in self._expected)]
        assert not faults, "\n".join(faults)

    def _console(self, message: ConsoleMessage) -> None:
        page = message.page.url if message.page else ""
        if message.type == "error" and origin_of(page) not in self.simulators:
            self.faults.append(f"console on {page}: {message.text} {message.location.get('url', '')}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"page error: {error.error}")

    def _request(self, request: Request) -> None:
        origin = origin_of(request.url)
        if origin == self.own or urlsplit(request.url).scheme in {"data", "blob", "about"}:
            return
        if origin in self.simulators and (request.is_navigation_request() or _is_within(request, origin)):
            return
        self.faults.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} from {response.request.method} {response.url}")


def _is_within(request: Request, origin: str) -> bool:
    """Whether the simulator's own page asks, and not one of ours."""
    return origin_of(request.frame.url) == origin
