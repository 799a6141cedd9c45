"""Det som följer med: who hands a case over to another unit reads beforehand what changes hands with it."""

from __future__ import annotations

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.blocked_world import main
from tests.stories.test_attestation import ask, sara
from tests.stories.test_handover import pass_on, to
from tests.stories.test_ticket import issued

_ANYWHERE = "Lämnas ärendet till en annan enhet följer det här med:"


async def _page(region: Region, person: Person) -> str:
    return main(await person.get(f"/clinic/cases/{region.cases['held_by_karin']}/handovers"))


async def test_what_goes_along_is_told_in_a_line_each_and_nothing_where_nothing_does(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert "följer det här med" not in await _page(region, karin)
    assert (await ask(karin, case_id, sara())).status_code == 303
    page = await _page(region, karin)
    assert page.count(_ANYWHERE) == 1, "it is the same wherever it goes"
    told = "1 vidimering som väntar: Sara Ahmadi kan inte läsa ärendet där, så den går till en kollega på den enheten."
    assert f"<li>{told}</li>" in page
    assert "biljett, som" not in page
    await issued(region)
    assert "<li>1 biljett, som sedan bevakas av den enheten.</li>" in await _page(region, karin)
    await issued(region)
    assert "<li>2 biljetter, som sedan bevakas av den enheten.</li>" in await _page(region, karin)
    assert (await ask(karin, case_id, "nurse")).status_code == 303
    page = await _page(region, karin)
    assert "<li>2 vidimeringar som väntar. De går till kollegor på den enheten.</li>" in page
    assert "Sara Ahmadi kan inte" not in page


async def test_it_stands_in_the_form_that_comes_back_and_is_over_when_nothing_is_open(region: Region) -> None:
    karin, doctor = await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret")
    case_id = region.cases["held_by_karin"]
    await ask(karin, case_id, sara())
    again = await pass_on(karin, case_id, "")
    assert again.status_code == 422
    assert _ANYWHERE in main(again)
    one = await region.value("select id from attestations where case_id = $1", case_id)
    assert (await doctor.post(f"/clinic/cases/{case_id}/attestations/{one}/answers")).status_code == 303
    assert "följer det här med" not in await _page(region, karin)


async def test_who_works_at_the_other_unit_too_keeps_what_she_was_asked_and_is_not_said_to_be_cut_off(
    region: Region,
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await ask(karin, case_id, f"nurse/{id_of('staff/petra')}")
    page = await _page(region, karin)
    assert "Lämnas ärendet till Rehabenheten Exempel följer det här med:" in page
    assert "Petra Sund kan inte läsa ärendet där" in page
    assert _ANYWHERE not in page
    assert "Björken följer" not in page, "Petra goes on with it there"
    assert (await pass_on(karin, case_id, to("nurse", unit="bjorken"))).status_code == 303
    petra = await region.staff("petra", "bjorken")
    assert str(case_id) in (await petra.get("/clinic/attestations")).text
