"""Skyddade personuppgifter: the banner cannot be missed, whichever page of her case somebody opens."""

from __future__ import annotations

from uuid import uuid4

from tests.browser.test_clinic_pages import OF_A_CLOSED_CASE, OF_A_HELD_CASE, OF_A_WAITING_CASE
from tests.region import Person, Region
from tests.stories.test_drafts import keep

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
    # What she has written stands on a page of its own when she lets the case go.
    await keep(karin, region, case, "Hej! Jag återkommer.")
    # She gets no SMS, so there is no page to remind her from.
    assert await _without(karin, [here + part for part in OF_A_HELD_CASE if part != "/reminders"]) == []
    assert await _without(karin, [f"/clinic/patients/{patient}{part}" for part in ("", "/calls")]) == []
    await keep(karin, region, case, "")
    await karin.post(f"{here}/closings", {"reason": "other_way"})
    assert await _without(karin, [here + part for part in OF_A_CLOSED_CASE]) == []


async def test_no_list_of_work_has_her_name(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case, other = region.cases["protected"], region.cases["waiting"]
    for one in (case, other):
        await karin.post(f"/clinic/cases/{one}/claims")
        await region.site.database.execute(
            "insert into silences (case_id, since_seq, since_at, due_at, flagged_at)"
            " values ($1, 10000, now(), now(), now())", one,
        )  # fmt: skip
        await region.site.database.execute(
            "insert into sms (id, kind, cause, to_kind, case_id, state, reason)"
            " values ($1, 'new_message', $2, 'resident', $3, 'failed', 'unreachable')", uuid4(), f"test/{one}", one,
        )  # fmt: skip
    for path in ("/clinic/silent", "/clinic/sms", "/clinic/mine", "/clinic/ledger/unit", "/clinic/leaving"):
        page = (await karin.get(path)).text
        assert str(case) in page, path
        assert "Ängström" not in page, path
    for path in ("/clinic/silent", "/clinic/sms"):
        page = (await karin.get(path)).text
        assert "Astrid Nyberg" in page, path
        assert _BANNER in page, path
    await karin.post(f"/clinic/cases/{case}/closings", {"reason": "other_way"})
    for person in (karin, bo):
        page = (await person.get("/clinic/document")).text
        assert str(case) in page
        assert "Ängström" not in page
        assert _BANNER in page


async def test_nobody_else_gets_the_banner(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert len(await _without(karin, [f"/clinic/cases/{region.cases['held_by_karin']}"])) == 1
