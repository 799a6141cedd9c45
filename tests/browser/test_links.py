"""No page leads nowhere: every link that a person can see is followed once."""

from __future__ import annotations

from urllib.parse import urldefrag

from playwright.async_api import Page

from linjen.web import rate
from tests.browser.watching import origin_of
from tests.browser.windows import DESKTOP, Windows

_MOST = 120


async def _crawl(page: Page, start: str, *, skip: tuple[str, ...] = ()) -> dict[str, int]:
    """Follow links by HTTP with the window's session, from page to page; the status of each address."""
    own = origin_of(page.url)
    waiting, seen = [start], {start}
    answers: dict[str, int] = {}
    while waiting and len(answers) < _MOST:
        url = waiting.pop()
        rate.forget()  # nobody takes so many files along in a minute
        response = await page.request.get(url, max_redirects=5)
        answers[url] = response.status
        if "text/html" not in response.headers.get("content-type", ""):
            continue
        links = await page.evaluate(
            "([html, base]) => [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('a[href]')]"
            ".map((one) => new URL(one.getAttribute('href'), base).href)",
            [await response.text(), response.url],
        )
        for link in (urldefrag(one).url for one in links):
            if origin_of(link) == own and link not in seen and not any(part in link for part in skip):
                seen.add(link)
                waiting.append(link)
    return answers


async def test_every_link_of_a_resident_leads_somewhere(windows: Windows) -> None:
    page = await windows.resident("Gustav Öberg", DESKTOP)
    answers = await _crawl(page, f"{windows.url}/home", skip=("/clinic", "/manage"))
    assert len(answers) > 8
    assert not {url: status for url, status in answers.items() if status != 200}


async def test_every_link_of_the_staff_leads_somewhere(windows: Windows) -> None:
    page = await windows.nurse("Karin Lindqvist", DESKTOP)
    answers = await _crawl(page, f"{windows.url}/clinic/ledger", skip=("/clinic/sign-in", "/clinic/booked?"))
    assert len(answers) > 12
    assert not {url: status for url, status in answers.items() if status != 200}


async def test_every_link_of_the_administration_leads_somewhere(windows: Windows) -> None:
    page = await windows.open(DESKTOP)
    await page.goto(f"{windows.url}/clinic")
    await page.get_by_role("link", name="Logga in med SITHS").click()
    await page.get_by_role("link", name="Maja Ek").click()
    await page.wait_for_url("**/manage")
    answers = await _crawl(page, f"{windows.url}/manage", skip=("/clinic",))
    assert {f"{windows.url}/manage{part}" for part in ("", "/users", "/units")} < set(answers)
    assert not {url: status for url, status in answers.items() if status != 200}
