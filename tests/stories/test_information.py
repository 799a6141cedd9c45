"""Om tjänsten: pages for who has not signed in, plain enough for everybody, in both languages."""

from __future__ import annotations

import re
from html import unescape

import pytest

from linjen.core import swedish
from linjen.triage.checking.reading_level import lix
from linjen.web.public.information import PAGES
from linjen.web.resident.statement import read_statement
from tests.plain_http import plain_client
from tests.region import Region

#: Issue: every page outside legal texts reads easily (LIX at most 35).
_MOST_LIX = 35


def _read(html: str) -> str:
    """What a reader reads of the main part, each heading and paragraph a sentence of its own."""
    main = html[html.index("<main") : html.index("</main")]
    text = re.sub(r"</(?:p|li|h[1-6]|dt|dd)>", ". ", main)
    return unescape(re.sub(r"<[^>]+>", "", text)).replace("..", ".")


@pytest.mark.parametrize("name", sorted(PAGES))
async def test_each_page_opens_for_anybody_and_reads_easily(region: Region, name: str) -> None:
    async with plain_client(base_url=region.url, headers={"accept-language": "sv"}) as anybody:
        page = await anybody.get(f"/about/{name}")
        assert page.status_code == 200
        assert lix(_read(page.text)) <= _MOST_LIX, lix(_read(page.text))
        assert "112" in page.text
        english = await anybody.get(f"/about/{name}", headers={"accept-language": "en"})
        assert 'lang="en"' in english.text


# A list of names is no text to read, so /units is not here.
@pytest.mark.parametrize("path", ["/", "/sign-in", "/support", "/accessibility", "/complaints"])
async def test_the_other_public_pages_read_easily_too(region: Region, path: str) -> None:
    person = await region.resident("gustav")
    page = await person.get(path)
    text = _read(page.text) if page.status_code == 200 else ""
    assert lix(text) <= _MOST_LIX, lix(text)


async def test_no_page_of_another_name(region: Region) -> None:
    async with plain_client(base_url=region.url) as anybody:
        for name in ("", "secret", "how_it_works"):
            assert (await anybody.get(f"/about/{name}")).status_code == 404, name


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_the_accessibility_statement_shows_all_of_its_file(region: Region, language: str) -> None:
    async with plain_client(base_url=region.url, headers={"accept-language": language}) as anybody:
        page = unescape((await anybody.get("/accessibility")).text)
    statement = read_statement()
    said = [statement.method, statement.authority, statement.authority_link, *statement.tried, *statement.untried]
    said += [text for gap in statement.gaps for text in (gap.page, gap.what, gap.reason, gap.instead)]
    for text in [*said, *statement.exempt]:
        assert text.read(language) in page, text
    days = [swedish.date_words(day, language) for day in (statement.assessed_on, statement.updated_on)]
    days += [swedish.month_words(gap.planned_on, language) for gap in statement.gaps]
    for words in [*days, *(f"WCAG 2.2, {gap.criterion}" for gap in statement.gaps)]:
        assert words in page, words
    assert f'href="{statement.authority_url}"' in page
    assert region.site.settings.region_name in page[page.index("<main") :]
    assert 'href="tel:' in page[page.index("<main") : page.index("</main")]
