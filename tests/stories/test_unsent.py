"""Osänt meddelande: who lets go of a case is told of what she has typed in it and not sent, and can read it after."""

from __future__ import annotations

import pytest

from tests.region import Region
from tests.stories.test_drafts import keep
from tests.stories.test_handover import to

_TEXT = "Hej Gustav! Ring oss om hostan inte ger med sig."
_STATE = "select v.kind || ' ' || v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_SENT = "select count(*) from messages where case_id = $1"
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


async def test_who_releases_is_asked_what_is_to_become_of_it(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    url = f"/clinic/cases/{case_id}/releases"
    await keep(karin, region, case_id, _TEXT)
    asked = await karin.post(url)
    assert (asked.status_code, asked.headers["location"]) == (303, url)
    assert await region.value(_STATE, case_id) == "drop_in in_progress"
    page = (await karin.get(url)).text
    assert _TOLD in page
    assert _TEXT in page
    assert "Skicka och släpp" in page
    assert "Släpp utan att skicka" in page
    assert f'href="/clinic/cases/{case_id}#composer-text"' in page


async def test_released_it_is_still_there_for_its_writer_alone(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    await keep(karin, region, case_id, _TEXT)
    before = await region.value(_SENT, case_id)
    released = await karin.post(f"/clinic/cases/{case_id}/releases", {"tell": _TEXT, "leave_draft": "yes"})
    assert (released.status_code, released.headers["location"]) == (303, "/clinic/ledger?done=released")
    assert await region.value(_SENT, case_id) == before
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert 'id="talk-unsent"' in page
    assert _TEXT in page
    other = (await bo.get(f"/clinic/cases/{case_id}")).text
    assert _TEXT not in other
    assert 'id="talk-unsent"' not in other


async def test_it_is_sent_with_the_release_once_and_no_draft_is_left(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    before = await region.value(_SENT, case_id)
    await keep(karin, region, case_id, _TEXT)
    for _ in range(2):  # pressed twice
        sent = await karin.post(f"/clinic/cases/{case_id}/releases", {"tell": _TEXT, "send": "yes"})
        assert (sent.status_code, sent.headers["location"]) == (303, "/clinic/ledger?done=released")
    assert await region.value(_STATE, case_id) == "drop_in queued"
    assert await region.value(_SENT, case_id) == int(str(before)) + 1
    assert await region.value("select count(*) from drafts where case_id = $1", case_id) == 0
    assert await region.value("select turn from cases where id = $1", case_id) == "resident"
    assert _TEXT in (await gustav.get(f"/cases/{case_id}")).text


async def test_a_field_left_open_is_not_sent_with_the_release(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    text = "Hej Gustav! Du har fått en tid den [datum]."
    await keep(karin, region, case_id, text)
    refused = await karin.post(f"/clinic/cases/{case_id}/releases", {"tell": text, "send": "yes"})
    assert refused.status_code == 422
    assert 'id="send-error"' in refused.text
    assert text in refused.text
    assert await region.value(_STATE, case_id) == "drop_in in_progress"


@pytest.mark.parametrize("left", ["", "  \n"])
async def test_an_empty_draft_costs_no_page(region: Region, left: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    for text in (_TEXT, left):
        await keep(karin, region, case_id, text)
    to_case = await karin.get(f"/clinic/cases/{case_id}/releases")
    assert (to_case.status_code, to_case.headers["location"]) == (303, f"/clinic/cases/{case_id}")
    released = await karin.post(f"/clinic/cases/{case_id}/releases")
    assert (released.status_code, released.headers["location"]) == (303, "/clinic/ledger?done=released")


async def test_who_does_not_hold_the_case_is_refused_before_anything_is_asked(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    before = await region.value(_SENT, case_id)
    await keep(karin, region, case_id, _TEXT)
    await karin.post(f"/clinic/cases/{case_id}/releases", {"leave_draft": "yes"})
    await bo.post(f"/clinic/cases/{case_id}/claims")
    forms: tuple[dict[str, str], ...] = ({}, {"tell": _TEXT, "send": "yes"})
    for form in forms:
        late = await karin.post(f"/clinic/cases/{case_id}/releases", form)
        assert late.status_code == 409
        assert "Bo Hellström har ärendet" in late.text
        assert (_TEXT in late.text) == bool(form)
    assert (await karin.get(f"/clinic/cases/{case_id}/releases")).status_code == 409
    assert await region.value(_SENT, case_id) == before


async def test_it_is_shown_to_who_goes_through_what_she_holds(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert _TOLD not in (await karin.get("/clinic/leaving")).text
    await keep(karin, region, case_id, _TEXT)
    page = (await karin.get("/clinic/leaving")).text
    assert _TOLD in page
    assert _TEXT in page
