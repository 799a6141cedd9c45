"""Every page that a resident meets reads easily: LIX at most 35 and 15 words a sentence, outside what the law says."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
import pytest

from linjen.demo.world import id_of
from linjen.triage.checking.reading_level import lix, word_count
from linjen.web.public.information import PAGES
from tests.plain_http import plain_client
from tests.region import Person, Region
from tests.stories.intake_walk import Walk

_MOST_LIX = 35
_MOST_WORDS = 15
#: Fewer words than this are headings and labels, which neither measure says anything about.
_LEAST = 30
ANKARET = str(id_of("unit/ankaret"))

_PUBLIC = ("/", "/sign-in", "/units", f"/units/{ANKARET}", "/accessibility", "/complaints", "/offline",
           *(f"/about/{name}" for name in PAGES))  # fmt: skip
_RESIDENT = (
    "/home", "/cases", "/profile", "/profile/notices", "/profile/needs", "/profile/consents", "/support", "/openings",
    "/profile/blocks",
)  # fmt: skip
#: What the law says, in its words: read by those who want to know it.
_LAW = ("/privacy", "/corrections")


def sentences(html: str) -> str:
    """The running text of a page, paragraph by paragraph; names, figures, labels and other people's words left out."""
    main = html[html.index("<main") : html.index("</main")]
    main = re.sub(r"<(script|svg|template|textarea|select)\b.*?</\1>", " ", main, flags=re.DOTALL)
    main = re.sub(r'<li id="m-.*?</li>|<section[^>]* lang="en".*?</section>', " ", main, flags=re.DOTALL)
    parts = re.split(
        r"</?(?:p|li|h[1-6]|dt|dd|label|legend|summary|button|div|section|details|form|ul|dl)\b[^>]*>", main
    )
    texts = (" ".join(unescape(re.sub(r"<[^>]+>", "", part)).split()) for part in parts)
    return " ".join(text for text in texts if text.endswith((".", "!", "?")))


def judge(where: str, html: str) -> list[str]:
    """What is too hard to read on a page."""
    text = sentences(html)
    words, found = word_count(text), []
    if words < _LEAST:
        return []
    mean = words / max(1, len(re.findall(r"[.!?](?:\s|$)", text)))
    if (hard := lix(text)) > _MOST_LIX:
        found.append(f"{where}: LIX {hard:.0f}")
    if mean > _MOST_WORDS:
        found.append(f"{where}: {mean:.0f} words a sentence")
    return found


async def _pages_of(person: Person, paths: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for path in paths:
        page = await person.get(path)
        assert page.status_code == 200, (path, page.status_code)
        found += judge(path, page.text)
    return found


async def test_the_public_pages_and_a_residents_own(region: Region) -> None:
    async with plain_client(base_url=region.url, headers={"accept-language": "sv"}) as anybody:
        found = [one for path in _PUBLIC for one in judge(path, (await anybody.get(path)).text)]
    gustav, astrid = await region.resident("gustav"), await region.resident("astrid")
    found += await _pages_of(gustav, _RESIDENT)
    found += await _pages_of(astrid, _RESIDENT)
    assert not found, "\n".join(found)


async def test_a_case_in_every_state(region: Region) -> None:
    found, states = [], set()
    ids = {person_id: name for name, person_id in region.actors.residents.items()}
    people = {name: await region.resident(name) for name in ids.values()}
    for name, case in region.cases.items():
        opener: Any = await region.value("select opened_by from cases where id = $1", case)
        page = await people[ids[opener]].get(f"/cases/{case}")
        if page.status_code == 200:
            states.add(
                await region.value(
                    "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1", case
                )
            )
            found += judge(f"the case {name}", page.text)
    assert states == {"queued", "in_progress", "closed"}
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "reason"), [("Jag har ont i halsen och feber", "halsont"), ("Jag har ont i bröstet", "brostsmarta")]
)
async def test_the_way_from_the_first_word_to_the_receipt(region: Region, text: str, reason: str) -> None:
    walk = await Walk(region, await region.resident("gustav")).begin()
    found: list[str] = []
    original = walk._follow

    async def follow(response: httpx.Response) -> Walk:
        await original(response)
        if walk.response.status_code == 200:
            found.extend(judge(walk.step, walk.response.text))
        return walk

    walk._follow = follow  # type: ignore[method-assign]
    await walk.pass_start(text, unit=ANKARET)
    if walk.step == "reasons":
        await walk.send({"reasons": [reason]})
    await walk.answer_all()
    if walk.step != "emergency":
        await walk.finish()
    assert not found, "\n".join(found)


def test_the_measure_sees_what_is_hard() -> None:
    hard = "Sjukvårdsrådgivningens tillgänglighetsredogörelse förutsätter kontinuerliga kvalitetsgranskningar. " * 10
    assert judge("x", f"<main><p>{hard}</p></main>")
    long = "Det är så att du kan gå dit när du vill och se hur det går och om det är bra för dig och oss. " * 5
    assert judge("x", f"<main><p>{long}</p></main>")
    assert not judge("x", "<main><p>Du kan gå dit när du vill. Ring oss om du mår dåligt.</p></main>" * 3)
