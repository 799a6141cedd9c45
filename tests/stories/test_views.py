"""The views of the clinic's work: one table, and every page of it shows the same tabs."""

from __future__ import annotations

import re

from linjen.web.clinic.waiting.views import VIEWS
from linjen.web.pages import all_pages
from tests.region import Region


def _tabs(html: str) -> tuple[list[str], list[str]]:
    """The addresses of the tabs, and of the current one."""
    nav = html.partition('id="views"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="([^"]+)"', nav), re.findall(r'<a href="([^"]+)" aria-current', nav)


async def test_every_view_has_a_page_and_every_page_shows_the_others(region: Region) -> None:
    routes = {path for handler in all_pages() for path in handler.paths}
    assert {view.href for view in VIEWS} <= routes
    karin = await region.staff("karin", "ankaret")
    always = {view.href for view in VIEWS if not view.only_filled}
    for view in VIEWS:
        page = await karin.get(view.href)
        assert page.status_code == 200, view.href
        hrefs, current = _tabs(page.text)
        assert always <= set(hrefs), view.href
        assert current == [view.href]


async def test_a_view_that_is_empty_is_offered_only_where_it_is_said_to(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert "/clinic/silent" not in _tabs((await karin.get("/clinic/ledger")).text)[0]


async def test_a_list_that_is_empty_says_what_is_missing_in_it_and_its_title_names_it(region: Region) -> None:
    ulf = await region.staff("ulf", "bjorken")
    empty = {
        "handed": ("Lämnat till mig", "Inget är lämnat till dig"),
        "answer": ("Väntar på patienten", "Inget ärende väntar på patienten."),
        "invited": ("Inbjuden", "Du är inte inbjuden i något ärende som pågår."),
    }
    for view, (name, text) in empty.items():
        page = (await ulf.get(f"/clinic/ledger/{view}")).text
        assert f"{name} – Linjen klinik</title>" in page
        assert f'data-title="{name}"' in page
        assert text in page, view
        assert "Inget ärende pågår just nu" not in page, view
