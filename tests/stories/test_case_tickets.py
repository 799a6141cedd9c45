"""Biljetter: the tab of a case with the tickets that were made from it."""

from __future__ import annotations

from tests.region import Region
from tests.stories.test_clinic_case import read
from tests.stories.test_ticket import form, issue


async def test_the_tab_shows_the_tickets_of_the_case_with_their_state(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    assert "Det finns inga biljetter" in await read(karin, case_id, "/patient-tickets")
    assert (await issue(karin, case_id, form())).status_code == 303
    page = await read(bo, case_id, "/patient-tickets")
    assert "Hälsocentralen Lyktan" in page
    assert "Gäller till och med" in page
    assert "Skicka en biljett" not in page  # her colleague holds the case
    lena = await region.staff("lena", "lyktan")
    assert (await lena.get(f"/clinic/cases/{case_id}/patient-tickets")).status_code == 404


async def test_the_tabs_stand_in_the_routine_s_order(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    page = await read(karin, case_id, "/patient-tickets")
    page = page[page.index("Aktuellt besök") :]
    places = [page.index(tab) for tab in ("Aktuellt besök", "Patientinfo", "Biljetter", "Alla besök")]
    assert places == sorted(places)
