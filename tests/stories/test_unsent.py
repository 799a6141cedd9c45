"""Osänt meddelande: who lets go of a case is told of what she has typed in it and not sent, and can read it after."""

from __future__ import annotations

import pytest

from tests.region import Region
from tests.stories.test_drafts import keep
from tests.stories.test_handover import to

_TEXT = "Hej Gustav! Ring oss om hostan inte ger med sig."
_STATE = "select v.kind || ' ' || v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_TOLD = "Du har ett meddelande som inte är skickat"


@pytest.mark.parametrize(("path", "form", "after"), [
    ("handovers", {"to": to("nurse", "bo"), "note": "Står kvar"}, "drop_in queued"),
    ("asynchronous", {"days": "2", "tell": "Står kvar"}, "async in_progress"),
])  # fmt: skip
async def test_it_is_shown_and_asked_about_before_the_case_is_let_go(
    region: Region, path: str, form: dict[str, str], after: str
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    url = f"/clinic/cases/{case_id}/{path}"
    assert _TOLD not in (await karin.get(url)).text
    await keep(karin, region, case_id, _TEXT)
    page = (await karin.get(url)).text
    assert _TOLD in page
    assert _TEXT in page
    assert f'href="/clinic/cases/{case_id}#composer-text"' in page
    refused = await karin.post(url, form)
    assert refused.status_code == 422
    assert 'id="leave_draft-error"' in refused.text
    assert "Skicka meddelandet först" in refused.text
    assert "Står kvar" in refused.text
    assert await region.value(_STATE, case_id) == "drop_in in_progress"
    assert (await karin.post(url, form | {"leave_draft": "yes"})).status_code == 303
    assert await region.value(_STATE, case_id) == after


async def test_released_it_is_still_there_for_its_writer_alone(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    await keep(karin, region, case_id, _TEXT)
    assert (await karin.post(f"/clinic/cases/{case_id}/releases")).status_code == 303
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert 'id="talk-unsent"' in page
    assert _TEXT in page
    other = (await bo.get(f"/clinic/cases/{case_id}")).text
    assert _TEXT not in other
    assert 'id="talk-unsent"' not in other


async def test_it_is_shown_to_who_goes_through_what_she_holds(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert _TOLD not in (await karin.get("/clinic/leaving")).text
    await keep(karin, region, case_id, _TEXT)
    page = (await karin.get("/clinic/leaving")).text
    assert _TOLD in page
    assert _TEXT in page
