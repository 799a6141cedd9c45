"""Skyddad identitet: in titles and other people's cases words stand for the name, and no search finds it."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from tests.region import Region
from tests.stories.test_ledger import owner_does

_MASKED = "Person med skyddade personuppgifter"


async def _protect(region: Region, case_id: UUID, who: str = "patient_id") -> str:
    """The patient or the writer of the case is protected from now on; her surname."""
    person = await region.value(f"select {who} from cases where id = $1", case_id)
    await owner_does(region, f"update residents set protected = 'yes' where id = '{person}'")
    name = await region.value("select surname from residents where id = $1", person)
    assert isinstance(name, str)
    return name


def _title(page: str) -> str:
    return page.partition("<title>")[2].partition("</title>")[0]


@pytest.mark.parametrize("part", ["", "/patient", "/visits", "/patient-tickets", "/pictures"])
async def test_the_title_of_the_window_does_not_hold_the_name(region: Region, part: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert "Öberg" in _title((await karin.get(f"/clinic/cases/{case_id}{part}")).text)
    name = await _protect(region, case_id)
    page = (await karin.get(f"/clinic/cases/{case_id}{part}")).text
    assert name not in _title(page)
    assert _MASKED in _title(page)
    assert name in page, "her own case's head holds it, beneath the banner"


async def test_a_found_patients_title_does_not_hold_it_either(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    name = await _protect(region, case_id)
    page = (await karin.get(f"/clinic/patients/{region.actors.residents['gustav']}")).text
    assert name not in _title(page)
    assert _MASKED in _title(page)


@pytest.mark.parametrize("part", ["", "/patient", "/visits"])
async def test_a_protected_guardian_is_named_on_no_page_of_the_childs_case(region: Region, part: str) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    case_id = region.cases["child"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert (await astrid.say(case_id, "Hon har feber också.")).status_code == 201
    await owner_does(region, "update residents set surname = 'Vårdnadsson' where given_name = 'Astrid'")
    assert "Astrid Vårdnadsson" in (await karin.get(f"/clinic/cases/{case_id}{part}")).text
    await _protect(region, case_id, "opened_by")
    page = (await karin.get(f"/clinic/cases/{case_id}{part}")).text
    assert "Vårdnadsson" not in page
    assert f"Skrivet av {_MASKED}" in page
    assert "Den som skrev ärendet har skyddade personuppgifter" in page


async def test_nor_in_the_note_of_it(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    case_id = region.cases["child"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert (await astrid.say(case_id, "Hon har feber också.")).status_code == 201
    assert (
        await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "other_way", "fee": "none"})
    ).status_code == 303
    await owner_does(region, "update residents set surname = 'Vårdnadsson' where given_name = 'Astrid'")
    assert "Vårdnadsson" in (await karin.get(f"/clinic/cases/{case_id}/record")).text
    await _protect(region, case_id, "opened_by")
    page = (await karin.get(f"/clinic/cases/{case_id}/record")).text
    assert "Vårdnadsson" not in page
    assert _MASKED in page


async def test_who_has_not_been_checked_is_neither_found_by_name_nor_in_a_title(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    form, title = {"q": "öberg", "view": "unit"}, re.compile(r"<title>[^<]*Öberg")
    pages = [f"/clinic/cases/{case_id}{part}" for part in ("", "/patient", "/visits")]
    assert title.search((await karin.get(pages[0])).text)
    await region.site.database.execute("update residents set protected = 'unchecked' where surname = 'Öberg'")
    for path in pages:
        assert not title.search((await karin.get(path)).text), path
    assert str(case_id) not in (await karin.post("/clinic/ledger/names", form)).text


async def test_the_ledgers_search_does_not_find_her_by_name(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    form = {"q": "öberg", "view": "unit"}
    assert str(case_id) in (await karin.post("/clinic/ledger/names", form)).text
    assert await _protect(region, case_id) == "Öberg"
    assert str(case_id) not in (await karin.post("/clinic/ledger/names", form)).text
    page = (await karin.post("/clinic/ledger/search", form)).text
    rows = re.findall(r"<tr[^>]*>", page.partition("<tbody")[2].partition("</tbody")[0])
    assert [one for one in rows if str(case_id) in one and " hidden" not in one] == []
