"""Skyddade personuppgifter: the banner cannot be missed, whichever page of her case somebody opens."""

from __future__ import annotations

from tests.browser.test_clinic_pages import OF_A_CLOSED_CASE, OF_A_HELD_CASE, OF_A_WAITING_CASE
from tests.region import Person, Region

_BANNER = "Skyddade personuppgifter"


async def _without(karin: Person, paths: list[str]) -> list[str]:
    """Those of the pages that do not have the banner before their end."""
    missing = []
    for path in paths:
        page = await karin.get(path)
        assert page.status_code == 200, path
        if _BANNER not in page.text.partition("</main")[0]:
            missing.append(path)
    return missing


async def test_the_banner_stands_on_every_page_of_a_case_and_of_its_patient(region: Region) -> None:
    karin, case = await region.staff("karin", "ankaret"), region.cases["protected"]
    here = f"/clinic/cases/{case}"
    patient = await region.value("select patient_id from cases where id = $1", case)
    assert await _without(karin, [here + part for part in OF_A_WAITING_CASE]) == []
    await karin.post(f"{here}/claims")
    # She gets no SMS, so there is no page to remind her from.
    assert await _without(karin, [here + part for part in OF_A_HELD_CASE if part != "/reminders"]) == []
    assert await _without(karin, [f"/clinic/patients/{patient}{part}" for part in ("", "/calls")]) == []
    await karin.post(f"{here}/closings", {"reason": "advice"})
    assert await _without(karin, [here + part for part in OF_A_CLOSED_CASE]) == []


async def test_nobody_else_gets_the_banner(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert len(await _without(karin, [f"/clinic/cases/{region.cases['held_by_karin']}"])) == 1
