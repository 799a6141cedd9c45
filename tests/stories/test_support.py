"""Support för personal: the page links to what the region has set, and says whom to ask where it has set nothing."""

from __future__ import annotations

import msgspec

from tests.region import Person, Region
from tests.stories.test_picture_desk import pictured

_ASKS = (
    "Fråga superanvändaren om driftstörningar", "Fråga superanvändaren vilka utbildningar", "Berätta ditt förslag för"
)  # fmt: skip


async def main(person: Person, path: str) -> str:
    """A page's own part, without the list of keys."""
    return (await person.get(path)).text.split("</main", 1)[0]


async def test_without_settings_the_page_says_whom_to_ask_and_links_to_nobody(region: Region) -> None:
    page = await main(await region.staff("karin", "ankaret"), "/clinic/support")
    for words in (*_ASKS, "kontakta regionens support för felaktig import"):
        assert words in page
    assert 'rel="noopener' not in page


async def test_what_the_region_has_set_is_linked(region: Region) -> None:
    urls = {"training_url": "https://utbildning.example/", "service_status_url": "https://drift.example/",
            "suggestions_url": "https://forslag.example/"}  # fmt: skip
    whom = "Bildsupporten, 08-123 456 00"
    region.site.settings = msgspec.structs.replace(region.site.settings, picture_support=whom, **urls)
    karin = await region.staff("karin", "ankaret")
    page = await main(karin, "/clinic/support")
    for url in urls.values():
        assert f'<a href="{url}" rel="noopener noreferrer">' in page
    for words in _ASKS:
        assert words not in page
    assert f"kontakta {whom}" in page
    case_id = (await pictured(region))[2]
    assert f"kontakta {whom}" in await main(karin, f"/clinic/cases/{case_id}/pictures")
