"""Biljetter: the tab of a case with the tickets that were made from it, and what the receiver's list tells of one."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

from tests.region import Region
from tests.stories.test_clinic_case import read
from tests.stories.test_ticket import form, issue, issued


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


async def test_the_receivers_list_names_the_reason_where_the_copied_anamnesis_does(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    lena = await region.staff("lena", "lyktan")
    path = f"/clinic/cases/{case_id}/tickets"
    copied = (await karin.post(path, {**form(history="", note=""), "step": "copy"})).text
    box = re.search(r'<textarea[^>]* id="history"[^>]*>(.*?)</textarea>', copied, re.DOTALL)
    assert box is not None
    history = unescape(box[1])
    assert "Kontaktorsak: Hosta\n" in history
    for sent, heading in (
        (history, "67 år, Hosta, Drop-in"),
        (history.replace("Kontaktorsak: Hosta\n", ""), "67 år, Drop-in"),
        (history.replace("Kontaktorsak: Hosta", "Kontaktorsak: Gustavs oro"), "67 år, Drop-in"),
        ("", "67 år, Drop-in"),
    ):
        ticket_id = await issued(region, history=sent)
        row = _row((await lena.get("/clinic/tickets")).text, ticket_id)
        assert f">{heading}</a>" in row, sent
        assert "oro" not in row
        assert re.search(r"Gäller till och med [^<]+</span></p><p>Från Hälsocentralen Ankaret\.", row), "a line each"


def _row(page: str, ticket_id: UUID) -> str:
    return next(row for row in page.split("<li ") if f"/clinic/tickets/{ticket_id}" in row)
